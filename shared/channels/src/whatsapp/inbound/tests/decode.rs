//! Odd messages and statuses, one by one.

use domain::{
    Time,
    contact::Person,
    message::{Annotated, Change, Content, Status},
};
use serde_json::{Value, json};

use super::super::{decode, split};
use crate::{
    Body, Element, Inbound,
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

fn words(text: &str) -> Body {
    Body::Content(Content::Text { text: text.into() })
}

fn unsupported(kind: &str) -> Body {
    Body::Unsupported { provider_type: kind.into(), code: None, reason: None }
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
        ("id", json!("wamid.2"), words("Halo")),
        ("from", json!(628_123), words("Halo")),
        ("timestamp", json!(1_795_000_000), words("Halo")),
        ("text", json!({ "body": long }), words(&long)),
        ("text", json!({"body": format!("{long}a")}), unsupported("text")),
        ("text", json!({"body": ""}), unsupported("text")),
        ("text", json!("Halo"), unsupported("text")),
        ("type", json!("video"), unsupported("video")),
        ("type", json!(5), unsupported("unknown")),
        ("type", json!("some words"), unsupported("unknown")),
    ] {
        let Inbound::Message(message) = meaning("messages", with(halo(), field, Some(value)))
        else {
            panic!("{field} doesn't matter");
        };
        assert_eq!((message.body, message.from.primary()), (expected, Some("628123")));
    }
}

#[test]
fn the_number_goes_before_the_user_id_and_the_contact_comes_last() {
    let both = with(halo(), "from_user_id", Some(json!("ID.3")));
    let hidden = with(both.clone(), "from", None);
    for (item, expected) in [(both, "628123"), (hidden, "ID.3")] {
        let Inbound::Message(message) = meaning("messages", item) else { panic!("a message") };
        assert_eq!(message.from.primary(), Some(expected));
        assert_eq!(message.from.user_id.as_deref(), Some("ID.3"));
    }

    let with_contact = |from: Option<&str>| {
        let body = json!({"object": "whatsapp_business_account", "entry": [{"changes": [{
            "field": "messages", "value": {
                "contacts": [{"wa_id": "628123", "user_id": "ID.4",
                    "profile": {"username": "@dewi.kopi"}}],
                "messages": [with(halo(), "from", from.map(|from| json!(from)))],
            },
        }]}]});
        match decode(&Element { account: None, body: body.to_string() }) {
            Inbound::Message(message) => message.from,
            other => panic!("{other:?}"),
        }
    };
    for from in [None, Some("628123")] {
        let person = with_contact(from);
        assert_eq!(
            (person.number.as_deref(), person.user_id.as_deref()),
            (Some("628123"), Some("ID.4"))
        );
        assert_eq!(
            (person.username.as_deref(), person.display()),
            (Some("dewi.kopi"), Some("dewi.kopi"))
        );
    }
    // A contact of somebody else says nothing of who wrote.
    assert_eq!(with_contact(Some("629999")).user_id, None);
}

#[test]
fn what_is_said_about_no_message_is_shown_as_what_it_is() {
    let of = |kind: &str, told: Value| {
        let item = with(with(halo(), "type", Some(json!(kind))), kind, Some(told));
        meaning("messages", item)
    };
    for (kind, told) in [
        ("reaction", json!({"emoji": "👍"})),
        ("reaction", json!({"message_id": "wamid.T", "emoji": "👍".repeat(99)})),
        ("reaction", json!({"message_id": "wamid.T", "emoji": 5})),
        ("reaction", json!("👍")),
        ("edit", json!({"original_message_id": "wamid.T"})),
        ("edit", json!({"original_message_id": "wamid.T", "message": {"type": "poll"}})),
        ("edit", json!({"message": {"type": "text", "text": {"body": "Hai"}}})),
        ("revoke", json!({})),
    ] {
        let Inbound::Message(message) = of(kind, told) else { panic!("{kind} is a message") };
        assert_eq!(message.body, unsupported(kind));
    }
    for told in [json!({"message_id": "wamid.T"}), json!({"message_id": "wamid.T", "emoji": ""})] {
        let Inbound::Annotation(said) = of("reaction", told) else { panic!("it is taken back") };
        assert_eq!(said.annotation.change, Annotated::Reaction(None));
    }
}

#[test]
fn notices_about_identities_say_what_was_and_what_is() {
    let notice = |system: Value| {
        let item = with(halo(), "type", Some(json!("system")));
        meaning("messages", with(item, "system", Some(system)))
    };
    for (system, old, new) in [
        (
            json!({"type": "user_changed_number", "wa_id": "629"}),
            (Some("628123"), None),
            (Some("629"), None),
        ),
        (
            json!({"type": "user_changed_number", "new_wa_id": "629"}),
            (Some("628123"), None),
            (Some("629"), None),
        ),
        (
            json!({"type": "user_changed_number", "wa_id": "629", "user_id": "ID.2",
                "previous_user_id": "ID.1"}),
            (Some("628123"), Some("ID.1")),
            (Some("629"), Some("ID.2")),
        ),
        (
            json!({"type": "user_changed_user_id", "user_id": "ID.2",
                "body": "User D from B changed from ID.1 to ID.2"}),
            (Some("628123"), Some("ID.1")),
            (None, Some("ID.2")),
        ),
    ] {
        let Inbound::IdentityChange(change) = notice(system) else { panic!("a change") };
        assert_eq!((change.old.number.as_deref(), change.old.user_id.as_deref()), old);
        assert_eq!((change.new.number.as_deref(), change.new.user_id.as_deref()), new);
        assert_eq!(change.event.kind, "system");
    }
    for system in [
        json!({"type": "user_changed_number"}),
        json!({"type": "user_changed_number", "wa_id": "628123"}),
        json!({"type": "user_changed_user_id"}),
        json!({"type": "customer_identity_changed", "identity": "x"}),
        json!("odd"),
    ] {
        let Inbound::Event(event) = notice(system) else { panic!("nobody has changed") };
        assert_eq!(event.kind, "system");
    }
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

#[test]
fn what_is_said_in_a_group_is_an_event_that_names_its_people() {
    let group = |kind: &str, told: Value| {
        let item = with(halo(), "group_id", Some(json!("Y2FwaV9ncm91cDox")));
        with(with(item, "type", Some(json!(kind))), kind, Some(told))
    };
    let reaction = json!({ "message_id": "wamid.0", "emoji": "👍" });
    let edit = json!({ "original_message_id": "wamid.0",
        "message": { "type": "text", "text": { "body": "Hai" } } });
    let revoke = json!({ "original_message_id": "wamid.0" });
    let moved = json!({ "type": "user_changed_number", "wa_id": "628999" });
    for (item, summary) in [
        (group("text", json!({ "body": "Halo" })), "A message of type text in a group"),
        (group("reaction", reaction), "A reaction in a group"),
        (group("edit", edit), "An edit of a message in a group"),
        (group("revoke", revoke), "A deletion of a message in a group"),
        (group("system", moved), "A message of type system in a group"),
        (group("unsupported", json!({})), "A message of type unsupported in a group"),
        (with(halo(), "group_id", Some(json!(7))), "A message of type text in a group"),
        (with(halo(), "recipient_type", Some(json!("group"))), "A message of type text in a group"),
        (with(group("text", json!({})), "timestamp", None), "A message of type text in a group"),
    ] {
        let Inbound::Event(event) = meaning("messages", item) else { panic!("{summary}") };
        assert_eq!((event.kind.as_str(), event.summary.as_str()), ("group_message", summary));
        assert_eq!(event.about, [Person::of_number("628123")]);
        assert!(event.at.is_some());
    }
    // Whom it answers is named, too.
    let context = json!({ "from": "628999", "id": "wamid.0" });
    let item = with(group("text", json!({})), "context", Some(context));
    let Inbound::Event(event) = meaning("messages", item) else { panic!("an event") };
    assert_eq!(event.about, [Person::of_number("628123"), Person::of_number("628999")]);
    for none in [json!(null), json!("")] {
        let item = with(halo(), "group_id", Some(none));
        assert!(matches!(meaning("messages", item), Inbound::Message(_)));
    }
}

#[test]
fn a_message_to_a_group_from_the_phones_app_is_an_event() {
    let item = json!({"id": "wamid.1", "from": "6221", "to": "628123", "timestamp": "1795000000",
        "type": "text", "text": { "body": "Halo" }, "group_id": "Y2FwaV9ncm91cDox"});
    let body = json!({"object": "whatsapp_business_account", "entry": [{ "changes": [
        {"field": "smb_message_echoes", "value": { "message_echoes": [item] }}]}]});
    let element = Element { account: None, body: body.to_string() };
    let Inbound::Event(event) = decode(&element) else { panic!("an event") };
    assert_eq!(event.kind, "group_message");
    assert_eq!(event.summary, "A message of type text to a group, from the phone's app");
    assert_eq!(event.about, [Person::of_number("628123")]);
}

#[test]
fn a_status_in_a_group_is_about_who_received_it() {
    let item = json!({"id": "wamid.1", "status": "read", "timestamp": "1795000000",
        "recipient_id": "Y2FwaV9ncm91cDox", "recipient_type": "group",
        "recipient_participant_id": "628123"});
    let Inbound::Status(report) = meaning("statuses", item) else { panic!("a status") };
    assert_eq!(report.to, Person::of_number("628123"));
}

#[test]
fn what_is_told_of_customers_is_an_event_that_names_them() {
    let siti = || Person::of_number("628123");
    let join = json!({ "type": "group_join_request_created", "wa_id": "628123" });
    let left = json!({ "type": "group_participants_remove",
        "removed_participants": [{ "wa_id": "628123" }, { "input": "628999" }] });
    let rings = json!({ "type": "call", "status": "RINGING", "recipient_id": "628123" });
    let out = json!({ "from": "6221", "to": "628123", "event": "connect",
        "direction": "BUSINESS_INITIATED" });
    for (field, list, item, summary, about) in [
        ("group_participants_update", "groups", join, "group_join_request_created", vec![siti()]),
        ("group_participants_update", "groups", left, "group_participants_remove", vec![siti()]),
        ("group_settings_update", "groups", json!({}), "About a group", vec![]),
        ("calls", "statuses", rings, "RINGING", vec![siti()]),
        ("calls", "calls", out, "BUSINESS_INITIATED", vec![siti()]),
        ("history", "history", json!({ "errors": [{}] }), "were not shared", vec![]),
        ("user_preferences", "user_preferences", json!({ "wa_id": "628123" }), "", vec![siti()]),
    ] {
        let body = json!({"object": "whatsapp_business_account", "entry": [{"time": 1_795_000_009,
            "changes": [{ "field": field, "value": { (list): [item, item] } }]}]});
        let elements = split(body.to_string().as_bytes()).unwrap();
        assert_eq!(elements.len(), 2, "{field}: each is an element of its own");
        let Inbound::Event(event) = decode(&elements[0]) else { panic!("{field}") };
        assert!(event.summary.contains(summary), "{}", event.summary);
        assert_eq!((event.kind.as_str(), event.about), (field, about));
        assert!(event.at.is_some());
    }
    // Of another form it is an event all the same.
    let body = json!({"object": "whatsapp_business_account", "entry": [{
        "changes": [{ "field": "calls", "value": { "calls": "none" } }]}]});
    let element = Element { account: None, body: body.to_string() };
    let Inbound::Event(event) = decode(&element) else { panic!("an event") };
    assert_eq!(event.summary, "calls changed");
}
