//! What is told of customers apart from messages: calls, what they want to be sent, the phone app's
//! address book, groups, and chats from before the number was connected. No room takes any of it;
//! each is an event that says what it is, and of whom.
//!
//! Chats from before name nobody here: one element holds thousands of messages of as many people,
//! and lies where nobody's events lie, for as long.

use domain::{Time, contact::Person};
use serde_json::Value;

use super::{
    event::event,
    fields::{id, only, seconds, word},
    person::{chat_partner, known_by, recipient, sender},
};
use crate::Event;

/// The most people of a group that are looked for; ours, WhatsApp takes eight into one.
const MAX_PARTICIPANTS: usize = 32;

/// The change of a field that tells of customers; nothing of another, or of another form.
pub(super) fn notice(
    field: &str,
    value: &Value,
    contact: &Value,
    entry_at: Option<Time>,
) -> Option<Event> {
    let list = ["calls", "statuses", "user_preferences", "state_sync", "groups", "history"];
    let item = list.into_iter().find_map(|name| only(value, name))?;
    let words = |keys: &[&str]| {
        let words: Vec<&str> = keys.iter().filter_map(|key| word(item, key)).collect();
        words.join(", ")
    };
    let (summary, about) = match field {
        "calls" => {
            let what = words(&["event", "status", "direction"]);
            let people = match word(item, "direction") {
                Some("USER_INITIATED") => vec![sender(item, contact)],
                Some("BUSINESS_INITIATED") => vec![chat_partner(item, contact)],
                Some(_) | None => {
                    vec![sender(item, contact), chat_partner(item, contact), recipient(item)]
                }
            };
            (format!("A call on WhatsApp, which is not taken here: {what}"), people)
        }
        "user_preferences" => {
            let what = words(&["category", "value"]);
            (format!("What a customer wants to be sent: {what}"), vec![customer(item, contact)])
        }
        "smb_app_state_sync" => {
            let entry = item.get("contact").unwrap_or(&Value::Null);
            let person = Person { number: id(entry, "phone_number"), ..customer(entry, contact) };
            let what = words(&["type", "action"]);
            (format!("The address book of the phone's app: {what}"), vec![person])
        }
        "group_lifecycle_update"
        | "group_participants_update"
        | "group_settings_update"
        | "group_status_update" => {
            (format!("About a group: {}", words(&["type", "reason"])), participants(item))
        }
        "history" => (history(item), vec![]),
        _ => return None,
    };
    let at = seconds(item, "timestamp");
    let at = at.or_else(|| item.get("metadata").and_then(|told| seconds(told, "timestamp")));
    Some(Event { about: known_by(about), ..event(field, at.or(entry_at), summary) })
}

fn customer(item: &Value, contact: &Value) -> Person {
    let known = |key: &str| id(item, key).or_else(|| id(contact, key));
    Person { number: known("wa_id"), user_id: known("user_id"), ..Person::default() }
}

/// Whom a change of a group names: one who asks to be let in, or those who came, went or did not.
fn participants(item: &Value) -> Vec<Person> {
    let lists = ["added_participants", "removed_participants", "failed_participants"];
    let listed = lists.into_iter().filter_map(|name| item.get(name)?.as_array()).flatten();
    let all = [item].into_iter().chain(listed);
    all.map(|told| customer(told, &Value::Null)).take(MAX_PARTICIPANTS).collect()
}

/// Chats from before, as far as they were shared (`webhooks/reference/history`).
fn history(item: &Value) -> String {
    match item.get("threads").and_then(Value::as_array) {
        Some(threads) => {
            let chats = threads.len();
            format!("Chats from before the number was connected, which are not taken in: {chats}")
        }
        None => "Chats from before the number was connected were not shared".to_owned(),
    }
}
