//! What an element means.
//!
//! Total: every element is a message, a status or an event. A message needs an id, a sender and
//! a time, since its row is made of them; a status needs an id, a name we know and a time.
//! Whatever lacks these is an event, which is shown but touches no room.

use domain::{
    Time,
    message::{Change, Failure, Pricing, Status, StatusUpdate},
};
use serde_json::Value;

use super::{
    event,
    fields::{id, name, only, seconds, seconds_or_millis, word},
};
use crate::{
    CustomerBody, CustomerMessage, Element, Inbound, StatusReport,
    whatsapp::{
        errors::failure,
        limits::{MAX_TEXT_BYTES, takes_reference},
    },
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
    if field == Some("messages") {
        if let Some(item) = only(value, "messages") {
            return message(item, value, at);
        }
        if let Some(item) = only(value, "statuses") {
            return status(item, at);
        }
    }
    Inbound::Event(event::of_change(field, value, at))
}

/// A message. `system` messages tell that a number or id changed: nobody wrote them, so they
/// must not open the reply window or a resolved room, and are events.
fn message(item: &Value, value: &Value, entry_at: Option<Time>) -> Inbound {
    let contact = only(value, "contacts").unwrap_or(&Value::Null);
    let kind = word(item, "type").unwrap_or("unknown");
    let at = seconds(item, "timestamp");
    if kind == "system" {
        return Inbound::Event(event::system(item, at.or(entry_at)));
    }
    let (Some(provider_id), Some(from), Some(at)) = (id(item, "id"), sender(item, contact), at)
    else {
        return Inbound::Event(event::message(kind, at.or(entry_at)));
    };
    let text = match kind {
        "text" => item.pointer("/text/body").and_then(Value::as_str),
        _ => None,
    };
    let body = match text {
        Some(text) if (1..=MAX_TEXT_BYTES).contains(&text.len()) => {
            CustomerBody::Text(text.to_owned())
        }
        Some(_) | None => CustomerBody::Unsupported(kind.to_owned()),
    };
    let profile = contact.get("profile").unwrap_or(&Value::Null);
    let profile_name = name(profile, "name").or_else(|| name(profile, "username"));
    Inbound::Message(CustomerMessage { provider_id, from, profile_name, at, body })
}

/// Who wrote: the phone number, or the business-scoped user id of one who hides it. Messages of
/// one who shares a contact card on request have neither (business-scoped user ids, "contacts"
/// webhook); then it is the person of the contact that came with it.
fn sender(item: &Value, contact: &Value) -> Option<String> {
    id(item, "from")
        .or_else(|| id(item, "from_user_id"))
        .or_else(|| id(contact, "wa_id"))
        .or_else(|| id(contact, "user_id"))
}

fn status(item: &Value, entry_at: Option<Time>) -> Inbound {
    let at = seconds(item, "timestamp");
    let kind = word(item, "status").unwrap_or("unknown");
    let known = at.and_then(|at| Some((id(item, "id")?, at, change(kind, item, at)?)));
    let Some((provider_id, at, change)) = known else {
        return Inbound::Event(event::status(kind, at.or(entry_at)));
    };
    let reference = item.get("biz_opaque_callback_data").and_then(Value::as_str);
    Inbound::Status(StatusReport {
        reference: reference.filter(|text| takes_reference(text)).map(str::to_owned),
        update: StatusUpdate { provider_id, at, change, pricing: pricing(item) },
    })
}

/// The statuses of a message that a business sent (`webhooks/reference/messages/status`). Others
/// that exist, `deleted` and `warning`, tell nothing about how far it got.
fn change(kind: &str, item: &Value, at: Time) -> Option<Change> {
    let reached = match kind {
        "sent" => Status::Sent,
        "delivered" => Status::Delivered,
        "read" => Status::Read,
        "played" => Status::Played,
        "failed" => {
            let told = item.pointer("/errors/0").and_then(|error| failure(error, at));
            let silent = || Failure { at, code: 0, title: "No reason given".into() };
            return Some(Change::Failed(told.unwrap_or_else(silent)));
        }
        _ => return None,
    };
    Some(Change::Reached(reached))
}

/// What Meta charges. `billable` is to go; `type` says the same (`regular` is charged).
fn pricing(item: &Value) -> Option<Pricing> {
    let pricing = item.get("pricing")?;
    let kind = word(pricing, "type");
    let billable = pricing.get("billable").and_then(Value::as_bool);
    let text = |key| word(pricing, key).unwrap_or("unknown").to_owned();
    Some(Pricing {
        billable: billable.or_else(|| kind.map(|kind| kind == "regular"))?,
        model: text("pricing_model"),
        kind: kind.map(str::to_owned),
        category: text("category"),
    })
}
