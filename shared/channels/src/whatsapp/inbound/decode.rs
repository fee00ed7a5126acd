//! What an element means.
//!
//! Total: every element is something that is kept and can be shown. A message needs an id, a
//! person and a time, since its row is made of them; a status needs an id, a name we know and a
//! time. Whatever lacks these is an event, which is shown but touches no room. What a person wrote
//! and we can't show is a message all the same, by its type's name.
//!
//! What is said in a group is an event, too: there are no rooms of groups, and in the sender's own
//! it would pass for words to us alone, and be answered to them alone.

use domain::{Time, contact::Person, message::Side};
use serde_json::Value;

use super::{
    account,
    annotation::{self, Kind},
    content::body,
    context::context,
    event,
    fields::{id, only, seconds, seconds_or_millis, word},
    notice,
    person::{chat_partner, known_by, quoted, sender},
    status::status,
    system,
};
use crate::{
    ChatAnnotation, CustomerMessage, Echo, Element, Inbound, whatsapp::limits::takes_reference,
};

/// Says what an element means. The account it is for is the element's.
pub fn decode(element: &Element) -> Inbound {
    let delivery: Value = serde_json::from_str(&element.body).unwrap_or(Value::Null);
    let Some(entry) = only(&delivery, "entry") else {
        return Inbound::Event(event::unknown("delivery", None));
    };
    let at = seconds_or_millis(entry, "time");
    let Some(change) = only(entry, "changes") else {
        return Inbound::Event(event::unknown("entry", at));
    };
    let field = word(change, "field");
    let value = change.get("value").unwrap_or(&Value::Null);
    let contact = only(value, "contacts").unwrap_or(&Value::Null);
    let item = |list| only(value, list);
    let known = match field {
        Some("messages") => item("messages")
            .map(|message| of_customer(message, contact, at))
            .or_else(|| item("statuses").map(|report| status(report, at))),
        Some("smb_message_echoes") => {
            item("message_echoes").map(|echo| from_phone(echo, contact, at))
        }
        Some("user_id_update") => item("user_id_update")
            .and_then(|update| system::user_id_update(update, contact, at))
            .map(Inbound::IdentityChange),
        Some(other) => notice::notice(other, value, contact, at)
            .map(Inbound::Event)
            .or_else(|| account::news(other, value, entry, at)),
        None => None,
    };
    known.unwrap_or_else(|| Inbound::Event(event::of_change(field, value, at)))
}

/// What every message has that is one.
struct Facts {
    provider_id: String,
    person: Person,
    at: Time,
}

impl Facts {
    fn of(item: &Value, person: Person) -> Option<Self> {
        person.primary()?;
        Some(Self { provider_id: id(item, "id")?, person, at: seconds(item, "timestamp")? })
    }
}

/// A message of a customer's. `system` messages tell that a number or id changed: nobody wrote
/// them, so they must not open the reply window or a resolved room.
fn of_customer(item: &Value, contact: &Value, entry_at: Option<Time>) -> Inbound {
    let kind = word(item, "type").unwrap_or("unknown");
    let at = seconds(item, "timestamp").or(entry_at);
    if is_in_group(item) {
        let people = [sender(item, contact), quoted(item)];
        return Inbound::Event(event::in_group(kind, "in a group", at, known_by(people)));
    }
    if kind == "system" {
        return system::notice(item, contact, at);
    }
    let Some(Facts { provider_id, person, at: said_at }) = Facts::of(item, sender(item, contact))
    else {
        return Inbound::Event(event::message(kind, at));
    };
    match annotation::read(kind, item, &provider_id, Side::Customer, said_at) {
        Kind::Annotation(annotation) => {
            Inbound::Annotation(ChatAnnotation { chat: person, annotation })
        }
        Kind::Message => Inbound::Message(CustomerMessage {
            provider_id,
            from: person,
            at: said_at,
            body: body(kind, item),
            context: context(item),
        }),
    }
}

/// What one of ours did in the WhatsApp Business app (`webhooks/reference/smb_message_echoes`).
fn from_phone(item: &Value, contact: &Value, entry_at: Option<Time>) -> Inbound {
    let kind = word(item, "type").unwrap_or("unknown");
    let at = seconds(item, "timestamp").or(entry_at);
    if is_in_group(item) {
        let (place, people) = ("to a group, from the phone's app", [chat_partner(item, contact)]);
        return Inbound::Event(event::in_group(kind, place, at, known_by(people)));
    }
    let Some(Facts { provider_id, person, at: said_at }) =
        Facts::of(item, chat_partner(item, contact))
    else {
        return Inbound::Event(event::echo(kind, at));
    };
    match annotation::read(kind, item, &provider_id, Side::Business, said_at) {
        Kind::Annotation(annotation) => {
            Inbound::Annotation(ChatAnnotation { chat: person, annotation })
        }
        Kind::Message => Inbound::Echo(Echo {
            provider_id,
            to: person,
            at: said_at,
            body: body(kind, item),
            context: context(item),
            reference: reference(item),
        }),
    }
}

/// Whether something is said in a group (`groups/groups-messaging`), of whatever form its id is.
fn is_in_group(item: &Value) -> bool {
    let has_id = match item.get("group_id") {
        None | Some(Value::Null) => false,
        Some(Value::String(id)) => !id.is_empty(),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => true,
    };
    has_id || word(item, "recipient_type") == Some("group")
}

/// Our own reference, where something repeats it.
pub(super) fn reference(item: &Value) -> Option<String> {
    let reference = item.get("biz_opaque_callback_data").and_then(Value::as_str);
    reference.filter(|text| takes_reference(text)).map(str::to_owned)
}
