//! What the customer does with a message, and what either side learns of it.

use serde_json::json;

use super::super::{Fault, Kind, Person, Reading, Timing};
use super::{
    CUSTOMER, NOW, answer_json, deliver_all, graph, request, send, send_kind, status_names,
};

const DAY: u64 = 24 * 3_600_000;

#[test]
fn a_chat_is_read_when_it_is_opened() {
    let mut graph = graph();
    graph.set_reading(CUSTOMER, Reading::WhenOpened);
    send(&mut graph, NOW);
    assert_eq!(status_names(&deliver_all(&mut graph)), ["sent", "delivered"]);

    graph.customer_reads(NOW + 5_000, "628999");
    graph.customer_reads(NOW + 5_000, CUSTOMER);
    graph.customer_reads(NOW + 6_000, CUSTOMER);

    let seen = deliver_all(&mut graph);
    assert_eq!(status_names(&seen), ["read"]);
    assert_eq!(seen[0].1["statuses"][0]["timestamp"], "1767225605");
    assert_eq!(seen[0].1["statuses"][0]["biz_opaque_callback_data"], "ours-1");
    let told: Vec<_> = graph.log()[0].statuses.iter().map(|told| told.status).collect();
    assert_eq!(told, ["sent", "delivered", "read"]);
}

#[test]
fn without_read_receipts_nothing_is_told() {
    let mut graph = graph();
    graph.set_reading(CUSTOMER, Reading::Never);
    send(&mut graph, NOW);
    graph.customer_reads(NOW + 5_000, CUSTOMER);
    assert_eq!(status_names(&deliver_all(&mut graph)), ["sent", "delivered"]);
}

#[test]
fn a_voice_message_is_played_once() {
    let mut graph = graph().with_timing(Timing { read_after_ms: None, ..Timing::default() });
    send_kind(&mut graph, "audio", json!({"link": "https://kopikita.example/a.ogg"}));
    deliver_all(&mut graph);
    let wamid = graph.log()[0].wamid.clone();
    assert!(graph.customer_plays(NOW + 5_000, &wamid));
    assert!(graph.customer_plays(NOW + 6_000, &wamid));
    assert!(!graph.customer_plays(NOW + 6_000, "wamid.other"));
    assert_eq!(status_names(&deliver_all(&mut graph)), ["read", "played"]);
}

#[test]
fn an_undeliverable_message_is_accepted_and_fails() {
    let mut graph = graph();
    graph.set_fault(Fault::Undeliverable, Some(1));
    assert_eq!(send(&mut graph, NOW).response.status(), 200);
    let seen = deliver_all(&mut graph);
    assert_eq!(status_names(&seen), ["failed"]);
    assert_eq!(seen[0].1["statuses"][0]["errors"][0]["code"], 131_026);
    assert!(seen[0].1["statuses"][0].get("pricing").is_none());
}

#[test]
fn a_day_after_the_customers_last_message_only_templates_arrive() {
    let mut graph = graph();
    let delivery = graph.customer_says(NOW, CUSTOMER, "Budi", "Halo");
    graph.answered(delivery.id, NOW, 200);
    send(&mut graph, NOW + DAY);
    assert_eq!(status_names(&deliver_all(&mut graph)), ["sent", "delivered", "read"]);

    send(&mut graph, NOW + DAY + 120_000);
    let seen = deliver_all(&mut graph);
    assert_eq!(status_names(&seen), ["failed"]);
    assert_eq!(seen[0].1["statuses"][0]["errors"][0]["code"], 131_047);

    let mut body = json!({"messaging_product": "whatsapp", "to": CUSTOMER, "type": "template"});
    body["template"] = json!({"name": "hello_world", "language": {"code": "en_US"}});
    graph.handle(NOW + 2 * DAY, &request("/v24.0/100200300/messages", "token", &body));
    assert_eq!(status_names(&deliver_all(&mut graph)), ["sent", "delivered", "read"]);
}

#[test]
fn a_customers_message_is_taken_and_then_seen() {
    let mut graph = graph();
    let budi = Person::with_phone(CUSTOMER, "Budi");
    let delivery = graph.customer_sends(NOW, &budi, Kind::text("Halo"));
    graph.answered(delivery.id, NOW, 503);
    assert!(!graph.written()[0].taken);
    let again = graph.due(NOW + 1_000).remove(0);
    graph.answered(again.id, NOW + 1_000, 200);
    assert!(graph.written()[0].taken && !graph.written()[0].seen);
    let attempts: Vec<_> =
        graph.attempts().map(|attempt| (attempt.status, attempt.about.as_str())).collect();
    assert_eq!(attempts, [(503, "text from 628123456789"), (200, "text from 628123456789")]);

    let wamid = graph.written()[0].wamid.clone();
    let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": wamid});
    let answer = graph.handle(NOW, &request("/v24.0/100200300/messages", "token", &read));
    assert_eq!(answer_json(&answer), json!({"success": true}));
    assert!(graph.written()[0].seen);
    assert!(graph.log().is_empty());
}

#[test]
fn a_share_of_all_occasions_is_spread_evenly() {
    let mut graph = graph();
    graph.set_fault_share(Fault::RateLimit, 25);
    let refused: Vec<bool> =
        (0..8).map(|_| send(&mut graph, NOW).response.status() == 429).collect();
    assert_eq!(refused, [false, false, false, true, false, false, false, true]);
    assert_eq!(graph.fault_percent(Fault::RateLimit), 25);
    graph.set_fault_share(Fault::RateLimit, 100);
    assert_eq!(send(&mut graph, NOW).response.status(), 429);
    graph.set_fault_share(Fault::RateLimit, 0);
    assert!(graph.faults().is_empty());
}
