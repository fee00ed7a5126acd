//! The JSON of a message, by type: Meta's pages under `messages/` ("Sending messages"), one each.

use domain::message::{Card, Content, File, Location, Media, MediaKind};
use serde_json::{Map, Value, json};

use super::{Unsendable, interactive::interactive, template::template};
use crate::OutboundMessage;

/// A phone number goes into `to`; a business-scoped user id (`ID.1349...`, of customers who hide
/// their number) into `recipient`, with which `to` would take precedence.
pub(super) fn body(message: &OutboundMessage<'_>) -> Result<Value, Unsendable> {
    let digits = message.to.strip_prefix('+').unwrap_or(message.to);
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let recipient = if is_number { "to" } else { "recipient" };
    let (kind, object) = typed(message)?;
    let mut body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        (recipient): message.to,
        "type": kind,
        (kind): object,
        "biz_opaque_callback_data": message.reference,
    });
    if let Some(quoted) = message.reply_to {
        // messages/contextual-replies
        body["context"] = json!({ "message_id": quoted });
    }
    Ok(body)
}

/// The type's name, and the object that stands under it.
fn typed(message: &OutboundMessage<'_>) -> Result<(&'static str, Value), Unsendable> {
    let object = match message.content {
        // No preview: the customer gets what the agent wrote and saw, and not a picture and a
        // title that a third party's page decides on.
        Content::Text { text } => json!({ "preview_url": false, "body": text }),
        Content::Media(media) => Value::Object(file(media, message)?),
        Content::Location(place) => location(place),
        Content::Contacts { cards } => cards.iter().map(card).collect(),
        Content::Interactive(content) => interactive(content, message)?,
        Content::Template(content) => template(content, message)?,
        // An empty emoji takes the reaction back.
        Content::Reaction { target, emoji } => {
            json!({ "message_id": target, "emoji": emoji.as_deref().unwrap_or_default() })
        }
        Content::Choice(_)
        | Content::FormReply(_)
        | Content::Order(_)
        | Content::Unsupported { .. } => return Err(Unsendable::Type),
    };
    Ok((message.content.type_name(), object))
}

/// A file, by a link that Meta fetches it from.
pub(super) fn file(
    media: &Media,
    message: &OutboundMessage<'_>,
) -> Result<Map<String, Value>, Unsendable> {
    let File::Stored { key, .. } = &media.file else { return Err(Unsendable::File) };
    let link = message.links.get(key).ok_or(Unsendable::File)?;
    let mut object = Map::from_iter([("link".to_owned(), json!(link))]);
    put(&mut object, "caption", media.caption.as_ref());
    if media.kind == MediaKind::Document {
        put(&mut object, "filename", media.filename.as_ref());
    }
    Ok(object)
}

pub(super) fn location(place: &Location) -> Value {
    let mut object = Map::new();
    object.insert("latitude".into(), degrees(place.latitude_e7));
    object.insert("longitude".into(), degrees(place.longitude_e7));
    put(&mut object, "name", place.name.as_ref());
    put(&mut object, "address", place.address.as_ref());
    Value::Object(object)
}

/// Ten-millionths of a degree as a decimal number, digit by digit.
fn degrees(e7: i64) -> Value {
    let (sign, all) = (if e7 < 0 { "-" } else { "" }, e7.unsigned_abs());
    let text = format!("{sign}{}.{:07}", all / 10_000_000, all % 10_000_000);
    text.parse::<f64>().map_or(Value::Null, Value::from)
}

/// A card (messages/contacts-messages). Meta asks for one part of the name beside the whole.
fn card(card: &Card) -> Value {
    let mut name = Map::from_iter([("formatted_name".to_owned(), json!(card.name))]);
    put(&mut name, "first_name", card.first_name.as_ref());
    put(&mut name, "last_name", card.last_name.as_ref());
    if name.len() == 1 {
        name.insert("first_name".into(), json!(card.name));
    }
    let mut object = json!({ "name": name });
    if let Some(company) = &card.company {
        object["org"] = json!({ "company": company });
    }
    for (field, part, lines) in
        [("phones", "phone", &card.phones), ("emails", "email", &card.emails)]
    {
        if !lines.is_empty() {
            object[field] = lines.iter().map(|line| json!({ (part): line })).collect();
        }
    }
    object
}

/// Puts what is there.
pub(super) fn put(object: &mut Map<String, Value>, name: &str, text: Option<&String>) {
    if let Some(text) = text {
        object.insert(name.to_owned(), json!(text));
    }
}
