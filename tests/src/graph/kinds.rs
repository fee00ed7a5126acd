//! What a customer can send, and how each kind looks in a webhook.
//!
//! One page each below `webhooks/reference/messages/` of Meta's documentation: `text`, `image`,
//! `audio`, `video`, `document`, `sticker`, `location`, `contacts`, `interactive`, `button`,
//! `reaction`, `order`, `edit`, `revoke`, `unsupported`, `system`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::media::MediaKind;

/// A message of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// Words.
    Text {
        /// The words.
        body: String,
    },
    /// A file that [`super::Graph::customer_uploads`] took.
    Media {
        /// What it is shown as.
        kind: MediaKind,
        /// The file.
        #[serde(flatten)]
        file: Attachment,
    },
    /// A place.
    Location(Location),
    /// Address cards.
    Contacts {
        /// Each as Meta shows it: `name`, `phones`, `emails`, `org` ...
        contacts: Vec<Value>,
    },
    /// A tap on a reply button of an interactive message.
    ButtonReply {
        /// The button's id, as the business chose it.
        id: String,
        /// Its label.
        title: String,
    },
    /// A row chosen from an interactive list.
    ListReply {
        /// The row's id, as the business chose it.
        id: String,
        /// Its title.
        title: String,
        /// Its second line.
        #[serde(default)]
        description: Option<String>,
    },
    /// A form that was filled in.
    FlowReply {
        /// What the chat shows for it.
        body: String,
        /// The answers, as a JSON text.
        response_json: String,
    },
    /// A tap on a quick reply of a template.
    Button {
        /// What the business put behind the button.
        payload: String,
        /// Its label.
        text: String,
    },
    /// A reaction to a message, or (without an emoji) its removal.
    Reaction {
        /// The message reacted to.
        message_id: String,
        /// One emoji.
        #[serde(default)]
        emoji: Option<String>,
    },
    /// A cart from the business's catalog.
    Order {
        /// The catalog.
        catalog_id: String,
        /// What the customer wrote to it.
        text: String,
        /// `product_retailer_id`, `quantity`, `item_price`, `currency` each.
        product_items: Vec<Value>,
    },
    /// Other words for an earlier text; only businesses that also use the phone app get these.
    Edit {
        /// The message meant.
        message_id: String,
        /// What it says now.
        body: String,
    },
    /// An earlier message is taken back; only businesses that also use the phone app get these.
    Revoke {
        /// The message meant.
        message_id: String,
    },
    /// Something that the API does not carry.
    Unsupported {
        /// What it was: `poll_creation`, `video_note` ...
        kind: String,
    },
    /// The customer has another phone number from now on.
    NumberChanged {
        /// Digits.
        new_phone: String,
        /// The number's new business-scoped user id, if it is told.
        #[serde(default)]
        new_user_id: Option<String>,
    },
    /// The customer has another business-scoped user id from now on.
    UserIdChanged {
        /// The new one.
        new_user_id: String,
    },
}

/// A file in a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What [`super::Graph::customer_uploads`] answered.
    pub media_id: String,
    /// Words below it.
    #[serde(default)]
    pub caption: Option<String>,
    /// What a document is called.
    #[serde(default)]
    pub filename: Option<String>,
    /// An audio that was spoken into the phone.
    #[serde(default)]
    pub voice: bool,
    /// A sticker that moves.
    #[serde(default)]
    pub animated: bool,
}

/// A place on earth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// What it is called.
    #[serde(default)]
    pub name: Option<String>,
    /// Where it is.
    #[serde(default)]
    pub address: Option<String>,
}

impl Kind {
    /// Words, the most usual kind.
    pub fn text(body: &str) -> Self {
        Self::Text { body: body.to_owned() }
    }

    /// A file without a caption.
    pub fn file(kind: MediaKind, media_id: &str) -> Self {
        let file = Attachment { media_id: media_id.to_owned(), ..Attachment::default() };
        Self::Media { kind, file }
    }

    /// `type` in the webhook.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Media { kind, .. } => kind.name(),
            Self::Location(_) => "location",
            Self::Contacts { .. } => "contacts",
            Self::ButtonReply { .. } | Self::ListReply { .. } | Self::FlowReply { .. } => {
                "interactive"
            }
            Self::Button { .. } => "button",
            Self::Reaction { .. } => "reaction",
            Self::Order { .. } => "order",
            Self::Edit { .. } => "edit",
            Self::Revoke { .. } => "revoke",
            Self::Unsupported { .. } => "unsupported",
            Self::NumberChanged { .. } | Self::UserIdChanged { .. } => "system",
        }
    }

    /// What a person would read in it, if there are words in it.
    pub fn words(&self) -> &str {
        match self {
            Self::Text { body } | Self::Edit { body, .. } | Self::FlowReply { body, .. } => body,
            Self::Media { file, .. } => file.caption.as_deref().unwrap_or_default(),
            Self::Location(place) => place.name.as_deref().unwrap_or_default(),
            Self::ButtonReply { title, .. } | Self::ListReply { title, .. } => title,
            Self::Button { text, .. } | Self::Order { text, .. } => text,
            Self::Reaction { emoji, .. } => emoji.as_deref().unwrap_or_default(),
            Self::Contacts { .. }
            | Self::Revoke { .. }
            | Self::Unsupported { .. }
            | Self::NumberChanged { .. }
            | Self::UserIdChanged { .. } => "",
        }
    }

    /// The object under the type's name. A file's is the shelf's to say.
    pub(super) fn content(&self) -> Value {
        match self {
            Self::Text { body } => json!({"body": body}),
            Self::Media { .. } => Value::Null,
            Self::Location(place) => place.content(),
            Self::Contacts { contacts } => json!(contacts),
            Self::ButtonReply { id, title } => {
                json!({"type": "button_reply", "button_reply": {"id": id, "title": title}})
            }
            Self::ListReply { id, title, description } => {
                let mut row = json!({"id": id, "title": title});
                if let Some(description) = description {
                    row["description"] = json!(description);
                }
                json!({"type": "list_reply", "list_reply": row})
            }
            Self::FlowReply { body, response_json } => json!({
                "type": "nfm_reply",
                "nfm_reply": {"name": "flow", "body": body, "response_json": response_json},
            }),
            Self::Button { payload, text } => json!({"payload": payload, "text": text}),
            Self::Reaction { message_id, emoji: Some(emoji) } => {
                json!({"message_id": message_id, "emoji": emoji})
            }
            Self::Reaction { message_id, emoji: None } => json!({"message_id": message_id}),
            Self::Order { catalog_id, text, product_items } => {
                json!({"catalog_id": catalog_id, "text": text, "product_items": product_items})
            }
            Self::Edit { message_id, body } => json!({
                "original_message_id": message_id,
                "message": {"context": {"id": message_id}, "type": "text", "text": {"body": body}},
            }),
            Self::Revoke { message_id } => json!({"original_message_id": message_id}),
            Self::Unsupported { kind } => json!({"type": kind}),
            Self::NumberChanged { .. } | Self::UserIdChanged { .. } => Value::Null,
        }
    }
}

impl Location {
    fn content(&self) -> Value {
        let mut content = json!({"latitude": self.latitude, "longitude": self.longitude});
        for (field, value) in [("name", &self.name), ("address", &self.address)] {
            if let Some(value) = value {
                content[field] = json!(value);
            }
        }
        content
    }
}
