//! What is neither a customer's message nor a status of ours, as a line for people.
//!
//! The line is made of our words and of the provider's vocabulary, never of free text that a
//! customer may have written; the element itself is kept, and says the rest.

use domain::{Time, contact::Person};
use serde_json::Value;

use super::fields::word;
use crate::{Event, whatsapp::errors::code_and_title};

/// The facts of the account, template, number and quality webhooks that say what happened.
const FACTS: [&str; 14] = [
    "event",
    "decision",
    "status",
    "message_template_name",
    "reason",
    "current_limit",
    "new_quality_score",
    "new_category",
    "display_phone_number",
    "message_template_language",
    "previous_quality_score",
    "previous_category",
    "username",
    "entity_id",
];

/// A form that we don't know.
pub(super) fn unknown(kind: &str, at: Option<Time>) -> Event {
    event(kind, at, format!("A {kind} of a form that is not known"))
}

/// A message that no room can take.
pub(super) fn message(kind: &str, at: Option<Time>) -> Event {
    event("message", at, format!("A message of type {kind} without a usable id, sender or time"))
}

/// A message from the phone's app that no room can take.
pub(super) fn echo(kind: &str, at: Option<Time>) -> Event {
    let facts = "without a usable id, recipient or time";
    event("echo", at, format!("A message of type {kind} from the phone's app {facts}"))
}

/// What is said in a group; `people` are those whom it names.
pub(super) fn in_group(kind: &str, place: &str, at: Option<Time>, people: Vec<Person>) -> Event {
    let what = match kind {
        "reaction" => "A reaction".to_owned(),
        "edit" => "An edit of a message".to_owned(),
        "revoke" => "A deletion of a message".to_owned(),
        other => format!("A message of type {other}"),
    };
    Event { about: people, ..event("group_message", at, format!("{what} {place}")) }
}

/// Somebody has another business-scoped user id.
pub(super) fn user_id_update(at: Option<Time>) -> Event {
    event("user_id_update", at, "A customer has another business-scoped user id".to_owned())
}

/// A status that says nothing about how far a message got.
pub(super) fn status(kind: &str, at: Option<Time>) -> Event {
    event("status", at, format!("A status {kind} that can't be applied to a message"))
}

/// A notice about a customer: `user_changed_number`, `user_changed_user_id`.
pub(super) fn system(item: &Value, at: Option<Time>) -> Event {
    let what = item.get("system").and_then(|system| word(system, "type"));
    event(
        "system",
        at,
        format!("WhatsApp's notice about a customer: {}", what.unwrap_or("unknown")),
    )
}

/// A change of any field. Errors of a number come as a `messages` change with nothing in it but
/// `errors`, and are called by that name.
pub(super) fn of_change(field: Option<&str>, value: &Value, at: Option<Time>) -> Event {
    let Some(field) = field else {
        return unknown("change", at);
    };
    if field == "messages" {
        return match value.pointer("/errors/0").and_then(code_and_title) {
            Some((code, title)) => event("errors", at, format!("WhatsApp reports {code}: {title}")),
            None => event(field, at, "Something beside messages and statuses".to_owned()),
        };
    }
    let facts: Vec<&str> = FACTS.iter().filter_map(|key| word(value, key)).collect();
    let summary = match facts.is_empty() {
        true => format!("{field} changed"),
        false => format!("{field}: {}", facts.join(", ")),
    };
    event(field, at, summary)
}

/// What has a line of its own.
pub(super) fn event(kind: &str, at: Option<Time>, summary: String) -> Event {
    Event { kind: kind.to_owned(), at, summary, about: vec![] }
}
