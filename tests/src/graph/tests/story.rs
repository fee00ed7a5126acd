//! A customer writes, is answered, and reads the answer.

use base64::Engine;
use serde_json::{Value, json};

use super::super::{Said, Timing, sign};
use super::{
    CUSTOMER, NOW, answer_json, deliver_all, graph, request, send, send_body, status_names, value,
};

#[test]
fn a_customers_message_is_a_whole_webhook() {
    let mut graph = graph();

    let delivery = graph.customer_says(NOW, "+628123456789", "Budi", "Halo");

    let wamid = graph.written()[0].wamid.clone();
    let body: Value = serde_json::from_slice(&delivery.body).unwrap();
    assert_eq!(
        body,
        json!({
            "object": "whatsapp_business_account",
            "entry": [{
                "id": "900800",
                "changes": [{
                    "field": "messages",
                    "value": {
                        "messaging_product": "whatsapp",
                        "metadata": {
                            "display_phone_number": "6281100001111",
                            "phone_number_id": "100200300",
                        },
                        "contacts": [{"profile": {"name": "Budi"}, "wa_id": CUSTOMER}],
                        "messages": [{
                            "from": CUSTOMER,
                            "id": wamid,
                            "timestamp": "1767225600",
                            "type": "text",
                            "text": {"body": "Halo"},
                        }],
                    },
                }],
            }],
        })
    );
    assert_eq!(graph.next_due(), None, "nothing else is owed");
}

#[test]
fn an_accepted_send_is_logged_once_and_its_three_statuses_follow() {
    let mut graph = graph();

    let answer = send(&mut graph, NOW);

    let wamid = graph.log()[0].wamid.clone();
    assert_eq!(answer.response.status(), 200);
    assert_eq!((answer.delay_ms, answer.lost), (0, false));
    assert_eq!(
        answer_json(&answer),
        json!({
            "messaging_product": "whatsapp",
            "contacts": [{"input": CUSTOMER, "wa_id": CUSTOMER}],
            "messages": [{"id": wamid}],
        })
    );
    assert_eq!(graph.log().len(), 1);
    assert_eq!(graph.log()[0].text, "Halo");
    assert_eq!(graph.log()[0].to, CUSTOMER);
    assert_eq!(graph.log()[0].reference.as_deref(), Some("ours-1"));

    assert!(graph.due(NOW + 99).is_empty());
    let seen = deliver_all(&mut graph);
    assert_eq!(status_names(&seen), ["sent", "delivered", "read"]);
    let times: Vec<u64> = seen.iter().map(|(at_ms, _)| at_ms - NOW).collect();
    assert_eq!(times, [100, 200, 300]);
    assert_eq!(
        seen[0].1["statuses"][0],
        json!({
            "id": wamid,
            "status": "sent",
            "timestamp": "1767225600",
            "recipient_id": CUSTOMER,
            "biz_opaque_callback_data": "ours-1",
            "pricing": {
                "billable": false,
                "pricing_model": "PMP",
                "type": "free_customer_service",
                "category": "service",
            },
        })
    );
    assert!(seen[1].1["statuses"][0]["pricing"].is_object());
    assert!(seen[2].1["statuses"][0]["pricing"].is_null());
}

#[test]
fn before_version_24_statuses_carry_their_conversation() {
    let mut graph = graph();

    graph.handle(NOW, &request("/v23.0/100200300/messages", "token", &send_body("Halo")));

    let seen = deliver_all(&mut graph);
    let conversation = |index: usize| seen[index].1["statuses"][0]["conversation"].clone();
    assert_eq!(conversation(0)["expiration_timestamp"], "1767312000");
    assert_eq!(conversation(0)["origin"]["type"], "service");
    assert_eq!(conversation(1)["id"], conversation(0)["id"]);
    assert!(conversation(2).is_null());
}

#[test]
fn a_customer_without_read_receipts_stops_at_delivered() {
    let mut graph = graph().with_timing(Timing { read_after_ms: None, ..Timing::default() });

    send(&mut graph, NOW);

    let seen = deliver_all(&mut graph);
    assert_eq!(status_names(&seen), ["sent", "delivered"]);
}

#[test]
fn a_send_without_a_reference_gets_statuses_without_one() {
    let mut graph = graph();
    let mut body = send_body("Halo");
    body.as_object_mut().unwrap().remove("biz_opaque_callback_data");

    graph.handle(NOW, &request("/v24.0/100200300/messages", "token", &body));

    assert_eq!(graph.log()[0].reference, None);
    for (_, value) in deliver_all(&mut graph) {
        assert!(value["statuses"][0].get("biz_opaque_callback_data").is_none());
    }
}

#[test]
fn a_batch_keeps_its_order_and_names_each_writer_once() {
    let mut graph = graph();
    let said = |at_ms, from, text| Said { at_ms, from, name: "Budi", text };

    let delivery = graph.customers_say(
        NOW,
        &[
            said(NOW - 3_000, CUSTOMER, "satu"),
            said(NOW - 2_000, "628222222222", "dua"),
            said(NOW - 1_000, CUSTOMER, "tiga"),
        ],
    );

    let value = value(&delivery);
    let texts: Vec<_> =
        value["messages"].as_array().unwrap().iter().map(|m| &m["text"]["body"]).collect();
    assert_eq!(texts, ["satu", "dua", "tiga"]);
    assert_eq!(value["messages"][0]["timestamp"], "1767225597");
    assert_eq!(value["contacts"].as_array().unwrap().len(), 2);
}

#[test]
fn the_same_calls_give_the_same_bytes_and_no_id_comes_twice() {
    let play = || {
        let mut graph = graph();
        let first = graph.customer_says(NOW, CUSTOMER, "Budi", "Halo").body;
        let second = graph.customer_says(NOW, CUSTOMER, "Budi", "Halo").body;
        let answer = send(&mut graph, NOW).response.into_body();
        let wamids = [
            graph.written()[0].wamid.clone(),
            graph.written()[1].wamid.clone(),
            graph.log()[0].wamid.clone(),
        ];
        (first, second, answer, wamids)
    };

    let (first, second, answer, wamids) = play();
    assert_eq!(play(), (first, second, answer, wamids.clone()));
    assert_ne!(wamids[0], wamids[1]);
    assert_ne!(wamids[1], wamids[2]);
}

#[test]
fn a_restarted_provider_goes_on_counting() {
    let config = graph().config;
    let mut before = super::Graph::starting_at(config.clone(), 0);
    let mut after = super::Graph::starting_at(config, 1 << 32);

    before.customer_says(NOW, CUSTOMER, "Budi", "Halo");
    after.customer_says(NOW, CUSTOMER, "Budi", "Halo");

    assert_ne!(before.written()[0].wamid, after.written()[0].wamid);
}

#[test]
fn a_wamid_is_padded_base64_around_the_number() {
    let mut graph = graph();
    send(&mut graph, NOW);

    let encoded = graph.log()[0].wamid.strip_prefix("wamid.").unwrap();
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap();
    let inside = String::from_utf8_lossy(&decoded).into_owned();
    assert!(inside.contains(CUSTOMER), "{inside}");
}

/// The vector is RFC 4231, test case 2.
#[test]
fn a_signature_is_hmac_sha256_in_hex() {
    assert_eq!(
        sign("Jefe", b"what do ya want for nothing?"),
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}
