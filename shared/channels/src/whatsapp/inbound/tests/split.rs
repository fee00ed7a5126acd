//! Where a delivery is cut, case by case.

use serde_json::{Value, json};

use super::super::split;
use crate::whatsapp::limits::{MAX_DELIVERY, MAX_ELEMENTS};

const OBJECT: &str = "whatsapp_business_account";

fn bodies(delivery: &Value) -> Vec<Value> {
    let elements = split(delivery.to_string().as_bytes()).unwrap();
    elements.iter().map(|element| serde_json::from_str(&element.body).unwrap()).collect()
}

#[test]
fn a_message_gets_its_own_envelope_and_contact() {
    let metadata = json!({"display_phone_number": "622150000001", "phone_number_id": 1055501});
    let contacts = json!([{"wa_id": "621"}, {"wa_id": "622"}, {"user_id": "ID.3"}]);
    let delivery = json!({"object": OBJECT, "entry": [{"id": "7", "time": 5, "changes": [{
        "field": "messages",
        "value": {
            "messaging_product": "whatsapp", "metadata": metadata, "contacts": contacts,
            "messages": [
                {"id": "a", "from": 622}, {"id": "b", "from_user_id": "ID.3"},
                {"id": "c", "from": "629"},
            ],
            "statuses": [{"id": "d", "recipient_id": "621"}],
        },
    }]}]});
    let values: Vec<Value> = bodies(&delivery)
        .iter()
        .map(|body| {
            assert_eq!(
                (&body["entry"][0]["id"], &body["entry"][0]["time"]),
                (&json!("7"), &json!(5))
            );
            let value = &body["entry"][0]["changes"][0]["value"];
            assert_eq!(value["metadata"], metadata);
            let mut value = value.clone();
            value
                .as_object_mut()
                .unwrap()
                .retain(|key, _| key != "metadata" && key != "messaging_product");
            value
        })
        .collect();
    assert_eq!(
        values,
        [
            json!({"contacts": [{"wa_id": "622"}], "messages": [{"id": "a", "from": 622}]}),
            json!({"contacts": [{"user_id": "ID.3"}], "messages": [{"id": "b", "from_user_id": "ID.3"}]}),
            json!({"messages": [{"id": "c", "from": "629"}]}),
            json!({"contacts": [{"wa_id": "621"}], "statuses": [{"id": "d", "recipient_id": "621"}]}),
        ]
    );
    let elements = split(delivery.to_string().as_bytes()).unwrap();
    assert!(elements.iter().all(|element| element.account.as_deref() == Some("1055501")));
}

#[test]
fn the_only_contact_of_the_only_message_is_its_person() {
    let delivery = |messages: Value| {
        json!({"object": OBJECT, "entry": [{"changes": [{"field": "messages", "value": {
            "contacts": [{"user_id": "ID.3"}], "messages": messages,
        }}]}]})
    };
    let contact_of = |body: &Value| body.pointer("/entry/0/changes/0/value/contacts").cloned();
    let alone = bodies(&delivery(json!([{"id": "a"}])));
    assert_eq!(contact_of(&alone[0]), Some(json!([{"user_id": "ID.3"}])));
    let two = bodies(&delivery(json!([{"id": "a"}, {"id": "b"}])));
    assert_eq!(two.iter().map(contact_of).collect::<Vec<_>>(), [None, None]);

    let mut of_two = delivery(json!([{"id": "a"}]));
    of_two["entry"][0]["changes"][0]["value"]["contacts"] = json!([{"wa_id": "1"}, {"wa_id": "2"}]);
    assert_eq!(bodies(&of_two).iter().map(contact_of).collect::<Vec<_>>(), [None]);
}

#[test]
fn what_stands_beside_known_things_is_an_element_of_its_own() {
    let delivery = json!({
        "object": OBJECT, "signed_by": "x",
        "entry": [
            {"id": "7", "uid": 1, "changes": [
                {"field": "messages", "value": {
                    "metadata": {}, "statuses": [{"id": "d"}], "messages": {"odd": 1},
                    "contacts": "odd", "errors": [{"code": 1}],
                }},
                {"field": "messages", "value": {"messages": [1]}, "hop": 2},
                {"field": "account_update", "value": {"messages": [1, 2]}},
                "odd",
            ]},
            {"id": "8", "changes": []},
            {"id": "9", "messaging": [1, 2]},
            null,
        ],
    });
    let entry = |entry: Value| json!({"object": OBJECT, "entry": [entry]});
    let change = |change: Value| entry(json!({"id": "7", "changes": [change]}));
    let expected = [
        change(json!({"field": "messages", "value": {"metadata": {}, "statuses": [{"id": "d"}]}})),
        change(json!({"field": "messages", "value": {
            "metadata": {}, "messages": {"odd": 1}, "contacts": "odd", "errors": [{"code": 1}],
        }})),
        change(json!({"field": "messages", "value": {"messages": [1]}})),
        change(json!({"field": "messages", "value": {}, "hop": 2})),
        change(json!({"field": "account_update", "value": {"messages": [1, 2]}})),
        change(json!("odd")),
        entry(json!({"id": "7", "uid": 1})),
        entry(json!({"id": "8", "changes": []})),
        entry(json!({"id": "9", "messaging": [1, 2]})),
        entry(json!(null)),
        json!({"object": OBJECT, "signed_by": "x", "entry": []}),
    ];
    assert_eq!(bodies(&delivery), expected);
}

#[test]
fn what_is_no_delivery_is_refused_without_quoting_it() {
    let deep = format!("{{\"object\":{}{}}}", "[".repeat(200), "]".repeat(200));
    for body in [
        &b""[..],
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b"{\"object\":\"whatsapp_business_account\"}",
        b"{\"object\":\"whatsapp_business_account\",\"entry\":{}}",
        b"{\"object\":\"page\",\"entry\":[]}",
        b"{\"entry\":[]}",
        b"{\"object\":\"whatsapp_business_account\",\"entry\":[]} rahasia",
        b"{\"object\":\"rahasia",
        deep.as_bytes(),
    ] {
        let refused = split(body).unwrap_err().to_string();
        assert!(!refused.contains("rahasia"), "{refused}");
    }
    assert_eq!(split(br#"{"object":"whatsapp_business_account","entry":[]}"#).unwrap(), []);
}

#[test]
fn size_and_number_are_bounded() {
    let delivery = |count: usize, id: &str| {
        let changes: Vec<usize> = (0..count).collect();
        json!({"object": OBJECT, "entry": [{"id": id, "changes": changes}]}).to_string()
    };
    assert_eq!(split(delivery(MAX_ELEMENTS, "7").as_bytes()).unwrap().len(), MAX_ELEMENTS);
    assert!(split(delivery(MAX_ELEMENTS + 1, "7").as_bytes()).is_err());
    assert!(split(delivery(100, &"7".repeat(1 << 20)).as_bytes()).is_err());
    assert!(split(delivery(1, &"7".repeat(MAX_DELIVERY)).as_bytes()).is_err());
}

#[test]
fn half_an_emoji_does_not_cost_the_other_messages() {
    let body = br#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[
        {"field":"messages","value":{"messages":[
            {"id":"a","text":{"body":"cut \ud83d"}},
            {"id":"b","text":{"body":"whole \ud83d\ude00, written \\ud83d, alone \ude00"}}]}}]}]}"#;
    let elements = split(body).unwrap();
    assert_eq!(elements.len(), 2);
    assert!(elements[0].body.contains("cut \u{fffd}"), "{}", elements[0].body);
    assert!(elements[1].body.contains("whole \u{1f600}"), "{}", elements[1].body);
    assert!(elements[1].body.contains(r"written \\ud83d, alone"), "{}", elements[1].body);
}
