//! What holds for every delivery, however odd.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::{decode, split};
use crate::Element;

/// Any JSON, with the names that deliveries use more often than others.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(
            &[
                "text",
                "failed",
                "sent",
                "1795000000",
                "628123",
                "reaction",
                "edit",
                "revoke",
                "image",
                "contacts",
                "interactive",
                "order",
                "system",
                "user_changed_number",
            ][..]
        )
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            object(&NAMES, inner),
        ]
    })
}

const NAMES: [&str; 36] = [
    "to",
    "image",
    "reaction",
    "edit",
    "revoke",
    "message_id",
    "original_message_id",
    "message",
    "emoji",
    "contacts",
    "interactive",
    "order",
    "context",
    "referral",
    "from",
    "from_user_id",
    "id",
    "timestamp",
    "type",
    "text",
    "body",
    "status",
    "errors",
    "code",
    "title",
    "pricing",
    "billable",
    "wa_id",
    "user_id",
    "profile",
    "name",
    "metadata",
    "system",
    "phone_number_id",
    "recipient_id",
    "event",
];

/// An object with some of these names.
fn object(
    names: &'static [&'static str],
    values: impl Strategy<Value = Value>,
) -> impl Strategy<Value = Value> {
    prop::collection::btree_map(prop::sample::select(names), values, 0..6).prop_map(|fields| {
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
        Value::Object(fields.collect::<Map<_, _>>())
    })
}

fn message() -> impl Strategy<Value = Value> {
    (anything(), anything()).prop_map(|(text, mut odd)| {
        if let Value::Object(fields) = &mut odd {
            fields.insert("text".into(), json!({ "body": text }));
        }
        odd
    })
}

fn list(items: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::vec(items, 0..7).prop_map(Value::from)
}

fn change() -> impl Strategy<Value = Value> {
    let field = prop_oneof![
        4 => Just(json!("messages")),
        1 => prop::sample::select(&["smb_message_echoes", "user_id_update"][..])
            .prop_map(Value::from),
        1 => anything(),
    ];
    let value = (
        prop::option::of(prop_oneof![4 => list(message()), 1 => anything()]),
        prop::option::of(prop_oneof![4 => list(message()), 1 => anything()]),
        prop::option::of(prop_oneof![4 => list(anything()), 1 => anything()]),
        prop::option::of(anything()),
        prop::option::weighted(0.2, anything()),
    );
    let known = (field, value, prop::option::weighted(0.2, anything())).prop_map(
        |(field, (messages, statuses, contacts, metadata, errors), extra)| {
            let value = fields([
                ("messages", messages),
                ("statuses", statuses),
                ("contacts", contacts),
                ("metadata", metadata),
                ("errors", errors),
            ]);
            fields([("field", Some(field)), ("value", Some(value)), ("extra", extra)])
        },
    );
    prop_oneof![6 => known, 1 => echoes(), 1 => anything()]
}

/// What the phone's app sent, and other lists whose items are elements of their own.
fn echoes() -> impl Strategy<Value = Value> {
    let lists = [("smb_message_echoes", "message_echoes"), ("user_id_update", "user_id_update")];
    (prop::sample::select(lists.to_vec()), list(message()), anything()).prop_map(
        |((field, name), items, metadata)| {
            json!({"field": field, "value": {(name): items, "metadata": metadata}})
        },
    )
}

fn fields<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let present = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect())
}

fn delivery() -> impl Strategy<Value = Value> {
    let entry = (
        prop::option::of(anything()),
        prop::option::of(anything()),
        prop::option::weighted(0.9, prop_oneof![6 => list(change()), 1 => anything()]),
        prop::option::weighted(0.2, anything()),
    )
        .prop_map(|(id, time, changes, extra)| {
            fields([("id", id), ("time", time), ("changes", changes), ("extra", extra)])
        });
    let entry = prop_oneof![6 => entry, 1 => anything()];
    (prop::collection::vec(entry, 0..4), prop::option::weighted(0.2, anything())).prop_map(
        |(entries, extra)| {
            fields([
                ("object", Some(json!("whatsapp_business_account"))),
                ("entry", Some(Value::from(entries))),
                ("extra", extra),
            ])
        },
    )
}

fn items<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Whether an object has fields besides these; lists count as these, other forms do not.
fn has_others(object: &Value, lists: &[&str], others: &[&str]) -> bool {
    object.as_object().is_some_and(|fields| {
        fields.iter().any(|(name, value)| {
            !(others.contains(&&**name) || lists.contains(&&**name) && value.is_array())
        })
    })
}

/// The messages and statuses of a delivery in its order, and how many other elements it has:
/// written apart from `split`, by counting instead of cutting.
fn contents(delivery: &Value) -> (Vec<Value>, usize) {
    let (mut leaves, mut others) = (Vec::new(), 0);
    for entry in items(delivery, "entry") {
        let changes = items(entry, "changes");
        others +=
            usize::from(changes.is_empty() || has_others(entry, &[], &["id", "time", "changes"]));
        for change in changes {
            let value = &change["value"];
            let lists: &[&str] = match change["field"].as_str() {
                Some("messages") => &["messages", "statuses", "contacts"],
                Some("smb_message_echoes") => &["message_echoes", "contacts"],
                Some("user_id_update") => &["user_id_update", "contacts"],
                _ => &["contacts"],
            };
            let found: Vec<Value> = lists[..lists.len() - 1]
                .iter()
                .flat_map(|name| items(value, name).iter().cloned())
                .collect();
            if found.is_empty() {
                others += 1;
                continue;
            }
            leaves.extend(found);
            let rest = has_others(value, lists, &["metadata", "messaging_product"]);
            others += usize::from(rest || has_others(change, &[], &["field", "value"]));
        }
    }
    others += usize::from(has_others(delivery, &[], &["object", "entry"]));
    (leaves, others)
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in any::<Vec<u8>>(), text in any::<String>()) {
        let _ = split(&bytes);
        let _ = split(text.as_bytes());
        decode(&Element { account: None, body: text });
    }

    #[test]
    fn no_json_panics(value in anything()) {
        let body = value.to_string();
        let _ = split(body.as_bytes());
        decode(&Element { account: None, body });
    }

    #[test]
    fn nothing_is_dropped_and_order_is_kept(delivery in delivery()) {
        let elements = split(delivery.to_string().as_bytes()).unwrap();
        let (leaves, others) = contents(&delivery);
        prop_assert_eq!(elements.len(), leaves.len() + others);

        let mut kept = Vec::new();
        for element in &elements {
            let body: Value = serde_json::from_str(&element.body).unwrap();
            kept.extend(contents(&body).0);
        }
        prop_assert_eq!(kept, leaves);
    }

    #[test]
    fn an_element_split_again_is_itself(delivery in delivery()) {
        for element in split(delivery.to_string().as_bytes()).unwrap() {
            let again = split(element.body.as_bytes()).unwrap();
            decode(&element);
            prop_assert_eq!(again, [element]);
        }
    }
}
