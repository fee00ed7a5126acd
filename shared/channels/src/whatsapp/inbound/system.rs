//! Notices that somebody is known by another identity now.
//!
//! Two system messages (`webhooks/reference/messages/system`), and the change `user_id_update`,
//! which older versions send. Before v12.0 the new number was `new_wa_id`; what the user id was
//! before is told since August 2026 only.

use domain::{Time, contact::Person};
use serde_json::Value;

use super::{
    event,
    fields::{id, name, seconds, word},
};
use crate::{IdentityChange, Inbound};

/// A system message.
pub(super) fn notice(item: &Value, contact: &Value, at: Option<Time>) -> Inbound {
    let event = event::system(item, at);
    let told = item.get("system").unwrap_or(&Value::Null);
    let person_name = contact.get("profile").and_then(|profile| name(profile, "name"));
    let known = match word(told, "type") {
        Some("user_changed_number" | "customer_changed_number") => {
            let new_number = id(told, "wa_id").or_else(|| id(told, "new_wa_id"));
            new_number.map(|number| {
                let old = Person {
                    number: id(item, "from").or_else(|| id(contact, "wa_id")),
                    user_id: id(told, "previous_user_id").or_else(|| id(item, "from_user_id")),
                    ..Person::default()
                };
                (old, Person { user_id: id(told, "user_id"), ..Person::of_number(number) })
            })
        }
        Some("user_changed_user_id") => id(told, "user_id").map(|user_id| {
            let old = Person {
                number: id(item, "from").or_else(|| id(contact, "wa_id")),
                user_id: id(told, "previous_user_id").or_else(|| previous(told)),
                ..Person::default()
            };
            (old, Person::of_user_id(user_id))
        }),
        _ => None,
    };
    let change = known.and_then(|(old, new)| {
        let parent_user_id = id(told, "parent_user_id");
        let new = Person { parent_user_id, name: person_name, ..new };
        change(old, new, at?, event.clone())
    });
    change.map_or(Inbound::Event(event), Inbound::IdentityChange)
}

/// The user id that was replaced, from the only place where versions before August 2026 tell it:
/// "User NAME changed from ID to ID".
fn previous(told: &Value) -> Option<String> {
    let body = told.get("body")?.as_str()?;
    let (_, ids) = body.rsplit_once(" from ")?;
    let (old, new) = ids.split_once(" to ")?;
    let is_new = id(told, "user_id").as_deref() == Some(new);
    let is_user_id = old.get(2..3) == Some(".")
        && old.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    (is_new && is_user_id && old.len() <= 200).then(|| old.to_owned())
}

/// A change of a user id.
pub(super) fn user_id_update(
    item: &Value,
    contact: &Value,
    entry_at: Option<Time>,
) -> Option<IdentityChange> {
    let number = id(item, "wa_id");
    let of = |name: &str, when: &str| item.get(name).and_then(|ids| id(ids, when));
    let at = seconds(item, "timestamp").or(entry_at);
    let old =
        Person { number: number.clone(), user_id: of("user_id", "previous"), ..Person::default() };
    let new = Person {
        number,
        user_id: Some(of("user_id", "current")?),
        parent_user_id: of("parent_user_id", "current"),
        username: None,
        name: contact.get("profile").and_then(|profile| name(profile, "name")),
    };
    change(old, new, at?, event::user_id_update(at))
}

/// A change that says both what they were known by and what they are known by now.
fn change(old: Person, new: Person, at: Time, event: crate::Event) -> Option<IdentityChange> {
    old.primary()?;
    let moves = new.number.as_ref().is_some_and(|new| old.number.as_ref() != Some(new))
        || new.user_id.as_ref().is_some_and(|new| old.user_id.as_ref() != Some(new));
    let event = crate::Event { about: vec![old.clone(), new.clone()], ..event };
    moves.then_some(IdentityChange { old, new, at, event })
}
