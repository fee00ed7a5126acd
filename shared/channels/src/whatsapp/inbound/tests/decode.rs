//! Odd messages and statuses, one by one.

use domain::{
    Time,
    message::{Change, Status},
};
use serde_json::{Value, json};

use super::super::{decode, split};
use crate::{
    CustomerBody, Element, Inbound,
    whatsapp::limits::{MAX_ID, MAX_TEXT_BYTES},
};

/// The meaning of one item of a `messages` change.
fn meaning(list: &str, item: Value) -> Inbound {
    let body = json!({"object": "whatsapp_business_account", "entry": [{"time": 1_795_000_009,
        "changes": [{"field": "messages", "value": { (list): [item] }}]}]});
    let elements = split(body.to_string().as_bytes()).unwrap();
    assert_eq!(elements.len(), 1);
    decode(&elements[0])
}

/// An item, with one field set or removed.
fn with(mut item: Value, pointer: &str, value: Option<Value>) -> Value {
    match value {
        Some(value) => item[pointer] = value,
        None => drop(item.as_object_mut().unwrap().remove(pointer)),
    }
    item
}

fn halo() -> Value {
    json!({"id": "wamid.1", "from": "628123", "timestamp": "1795000000", "type": "text",
        "text": {"body": "Halo"}})
}

#[test]
fn a_message_without_its_facts_is_an_event_and_never_quotes_the_customer() {
    for (field, value) in [
        ("id", None),
        ("id", Some(json!(""))),
        ("id", Some(json!("x".repeat(MAX_ID + 1)))),
        ("from", None),
        ("from", Some(json!({}))),
        ("timestamp", None),
        ("timestamp", Some(json!("0"))),
        ("timestamp", Some(json!("9999999999"))),
    ] {
        let Inbound::Event(event) = meaning("messages", with(halo(), field, value)) else {
            panic!("{field} is needed");
        };
        assert_eq!(event.kind, "message");
        assert!(event.at.is_some());
        assert!(!event.summary.contains("Halo"));
    }
}

#[test]
fn a_message_with_its_facts_is_always_a_message() {
    let long = "a".repeat(MAX_TEXT_BYTES);
    for (field, value, expected) in [
        ("id", json!("wamid.2"), CustomerBody::Text("Halo".into())),
        ("from", json!(628_123), CustomerBody::Text("Halo".into())),
        ("timestamp", json!(1_795_000_000), CustomerBody::Text("Halo".into())),
        ("text", json!({ "body": long }), CustomerBody::Text(long.clone())),
        ("text", json!({"body": format!("{long}a")}), CustomerBody::Unsupported("text".into())),
        ("text", json!({"body": ""}), CustomerBody::Unsupported("text".into())),
        ("text", json!("Halo"), CustomerBody::Unsupported("text".into())),
        ("type", json!("video"), CustomerBody::Unsupported("video".into())),
        ("type", json!(5), CustomerBody::Unsupported("unknown".into())),
        ("type", json!("some words"), CustomerBody::Unsupported("unknown".into())),
    ] {
        let Inbound::Message(message) = meaning("messages", with(halo(), field, Some(value)))
        else {
            panic!("{field} doesn't matter");
        };
        assert_eq!((message.body, &*message.from), (expected, "628123"));
    }
}

#[test]
fn the_number_goes_before_the_user_id_and_the_contact_comes_last() {
    let both = with(halo(), "from_user_id", Some(json!("ID.3")));
    let hidden = with(both.clone(), "from", None);
    for (item, expected) in [(both, "628123"), (hidden, "ID.3")] {
        let Inbound::Message(message) = meaning("messages", item) else { panic!("a message") };
        assert_eq!(message.from, expected);
    }

    let body = json!({"object": "whatsapp_business_account", "entry": [{"changes": [{
        "field": "messages", "value": {
            "contacts": [{"user_id": "ID.4", "profile": {"username": "dewi.kopi"}}],
            "messages": [with(halo(), "from", None)],
        },
    }]}]});
    let Inbound::Message(message) = decode(&Element { account: None, body: body.to_string() })
    else {
        panic!("the contact says who wrote");
    };
    assert_eq!((&*message.from, message.profile_name.as_deref()), ("ID.4", Some("dewi.kopi")));
}

#[test]
fn a_status_that_says_nothing_of_progress_is_an_event() {
    let read = || json!({"id": "wamid.1", "status": "read", "timestamp": "1795000000"});
    for (field, value) in [
        ("status", Some(json!("deleted"))),
        ("status", Some(json!("warning"))),
        ("status", Some(json!("Read"))),
        ("status", None),
        ("id", None),
        ("timestamp", Some(json!("soon"))),
    ] {
        let Inbound::Event(event) = meaning("statuses", with(read(), field, value)) else {
            panic!("{field} is needed");
        };
        assert_eq!(event.kind, "status");
    }
    let Inbound::Status(report) =
        meaning("statuses", with(read(), "status", Some(json!("played"))))
    else {
        panic!("played is progress");
    };
    assert_eq!(report.update.change, Change::Reached(Status::Played));
}

#[test]
fn failures_and_prices_are_read_as_far_as_they_are_told() {
    let failed = json!({"id": "wamid.1", "status": "failed", "timestamp": "1795000000"});
    let Inbound::Status(report) = meaning("statuses", failed.clone()) else { panic!("a status") };
    let Change::Failed(failure) = report.update.change else { panic!("a failure") };
    assert_eq!((failure.code, failure.at), (0, Time::from_millis(1_795_000_000_000)));

    for (pricing, billable) in [
        (json!({"billable": true, "pricing_model": "CBP", "category": "service"}), Some(true)),
        (json!({"pricing_model": "PMP", "type": "regular", "category": "service"}), Some(true)),
        (json!({"pricing_model": "PMP", "type": "free_entry_point"}), Some(false)),
        (json!({"pricing_model": "PMP", "category": "service"}), None),
        (json!([]), None),
    ] {
        let item = with(failed.clone(), "pricing", Some(pricing));
        let Inbound::Status(report) = meaning("statuses", item) else { panic!("a status") };
        assert_eq!(report.update.pricing.map(|pricing| pricing.billable), billable);
    }
}
