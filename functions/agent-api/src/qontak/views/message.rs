//! Messages, as Qontak's clients see them.
//!
//! As under `/v1`, an edited message shows what its author made of it, and of a deleted one
//! nothing is shown but that it was.

use app::views::ContentView;
use domain::{
    Time,
    integration::Member,
    message::{self, Content, Direction, Failure, File, Media, Message, Origin, Outbound, Status},
    note::Note,
    room::Room,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Company, QontakRoom, participant_type, sender_type};

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakMessage {
    id: String,
    /// `text` (also what a customer chose of buttons, and templates), `image`, `audio`, `voice`,
    /// `video`, `document`, `sticker`, `location`, `contact`, `interactive`, `system`, and, where
    /// Qontak has no name, ours: `form_reply`, `order`, `reaction`, `unsupported`.
    r#type: &'static str,
    room_id: String,
    /// Always false: there are no campaigns.
    is_campaign: bool,
    /// The contact or the member.
    sender_id: String,
    /// `Models::Contact`, `Models::User`, or `Models::SystemAccount` for the phone's app.
    sender_type: &'static str,
    sender: QontakSender,
    /// The same as `sender_id`.
    participant_id: String,
    /// `customer` or `agent`.
    participant_type: &'static str,
    organization_id: String,
    /// The words: of a file, those below it; of buttons, lists and templates, their body, with what
    /// was filled in. Null where there are none.
    text: Option<String>,
    /// `created`, `sent`, `delivered`, `read` or `failed`.
    status: &'static str,
    /// Why it failed, in the provider's words.
    error: Option<String>,
    /// The provider's id.
    external_id: Option<String>,
    /// What the client called it, in the answer to its request only.
    local_id: Option<String>,
    created_at: String,
    is_edited: bool,
    is_deleted: bool,
    /// What it replies to.
    reply: Option<QontakReply>,
    /// Of a file, and of one above the words (of several, the first): where it is.
    file: Option<QontakMessageFile>,
    /// All that was said, as `/v1` shows it. Qontak has no such field.
    content: ContentView,
    /// Its room, in the answer to its request only.
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<QontakRoom>,
}

/// Who said it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakSender {
    name: String,
    /// Always null.
    avatar: Option<String>,
}

/// What a message replies to.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakReply {
    /// The provider's id of that message.
    external_id: String,
}

/// The file of a message.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakMessageFile {
    /// Its bytes, for five minutes; null while they are not here.
    url: Option<String>,
    filename: Option<String>,
    size: Option<u64>,
    mime_type: String,
}

/// A message with what its view needs beside it.
pub(in crate::qontak) struct Shown<'a> {
    pub(in crate::qontak) shown: &'a message::Shown,
    pub(in crate::qontak) room: &'a Room,
    /// A link to its file, once that is here.
    pub(in crate::qontak) url: Option<String>,
}

impl QontakMessage {
    /// What Qontak's clients see of this message.
    pub(in crate::qontak) fn new(of: Shown<'_>, company: &Company) -> Self {
        let Shown { shown, room, url } = of;
        let message = &shown.message;
        let (edited, is_deleted) = (shown.edited(), shown.deleted_at().is_some());
        let is_edited = edited.is_some();
        let content = edited.map_or_else(|| message.content.clone(), |(content, _)| content);
        let ours = match &message.direction {
            Direction::Inbound { .. } => None,
            Direction::Outbound(outbound) => Some(outbound.as_ref()),
        };
        let customer = || Member { id: room.contact_id.cast(), name: room.shown_name().to_owned() };
        let sender = ours.map_or_else(customer, |outbound| outbound.sender.clone());
        let text = Some(content.words()).filter(|words| !words.is_empty() && !is_deleted);
        let reply = message.context.reply_to.clone();
        let said = (message.id.to_string(), message.at);
        Self {
            text: text.map(str::to_owned),
            is_edited,
            is_deleted,
            status: ours.map_or("created", status),
            error: ours.and_then(|o| o.failure.as_ref()).map(Failure::words),
            external_id: message.provider_id.clone(),
            reply: reply.map(|external_id| QontakReply { external_id }),
            file: media(&content)
                .filter(|_| !is_deleted)
                .map(|media| QontakMessageFile::new(media, url)),
            content: if is_deleted { ContentView::default() } else { ContentView::new(&content) },
            sender_type: match ours.map(|outbound| outbound.origin) {
                None | Some(Origin::Here) => sender_type(ours.is_none()),
                Some(Origin::PhoneApp) => "Models::SystemAccount",
            },
            ..Self::said(room, company, type_name(&content), (&sender, ours.is_none()), said)
        }
    }

    /// The same in the answer to a client that has just sent it.
    pub(in crate::qontak) fn sent(
        message: &Message,
        room: &Room,
        local_id: Option<String>,
        company: &Company,
    ) -> Self {
        let shown = message::Shown { message: message.clone(), annotations: None };
        let view = Self::new(Shown { shown: &shown, room, url: None }, company);
        Self { local_id, room: Some(QontakRoom::new(room, company)), ..view }
    }

    /// What Qontak calls a system message: one for colleagues, which the customer never gets.
    pub(in crate::qontak) fn system(
        note: &Note,
        room: &Room,
        local_id: Option<String>,
        company: &Company,
    ) -> Self {
        let content = Content::Text { text: note.text.clone() };
        let said = (note.id.to_string(), note.at);
        Self {
            text: Some(note.text.clone()),
            content: ContentView::new(&content),
            local_id,
            room: Some(QontakRoom::new(room, company)),
            ..Self::said(room, company, "system", (&note.author, false), said)
        }
    }

    /// What every message has.
    fn said(
        room: &Room,
        company: &Company,
        r#type: &'static str,
        (sender, is_customer): (&Member, bool),
        (id, at): (String, Time),
    ) -> Self {
        Self {
            id,
            r#type,
            room_id: room.id.to_string(),
            is_campaign: false,
            sender_id: sender.id.to_string(),
            sender_type: sender_type(is_customer),
            sender: QontakSender { name: sender.name.clone(), avatar: None },
            participant_id: sender.id.to_string(),
            participant_type: participant_type(is_customer),
            organization_id: company.id.to_string(),
            text: None,
            status: "created",
            error: None,
            external_id: None,
            local_id: None,
            created_at: at.to_string(),
            is_edited: false,
            is_deleted: false,
            reply: None,
            file: None,
            content: ContentView::default(),
            room: None,
        }
    }
}

impl QontakMessageFile {
    fn new(media: &Media, url: Option<String>) -> Self {
        let (size, mime_type) = match &media.file {
            File::Stored { size, mime_type, .. } => (Some(*size), mime_type.clone()),
            File::Awaited { mime_type, .. } | File::Failed { mime_type, .. } => {
                (None, mime_type.clone())
            }
        };
        Self { url, filename: media.filename.clone(), size, mime_type }
    }
}

/// The file that a message is, or that stands above its words. Qontak's messages have one.
pub(in crate::qontak) fn media(content: &Content) -> Option<&Media> {
    content.files().first().copied()
}

/// What was said by Qontak's name for it.
fn type_name(content: &Content) -> &'static str {
    match content {
        Content::Text { .. } | Content::Choice(_) | Content::Template(_) => "text",
        Content::Media(media) if media.is_voice => "voice",
        Content::Contacts { .. } => "contact",
        Content::Media(_)
        | Content::Location(_)
        | Content::Interactive(_)
        | Content::FormReply(_)
        | Content::Order(_)
        | Content::Reaction { .. }
        | Content::Unsupported { .. } => content.type_name(),
    }
}

/// How far a message got, in Qontak's steps. What waits, is under way, or has an outcome that
/// nobody knows was created, and no more is certain. A failure is the status of a message that
/// nobody has.
fn status(outbound: &Outbound) -> &'static str {
    match (&outbound.failure, outbound.status) {
        (Some(_), Status::Queued | Status::Sending | Status::Unknown | Status::Sent) => "failed",
        (None, Status::Queued | Status::Sending | Status::Unknown) => "created",
        (None, Status::Sent) => "sent",
        (_, Status::Delivered) => "delivered",
        (_, Status::Read | Status::Played) => "read",
    }
}
