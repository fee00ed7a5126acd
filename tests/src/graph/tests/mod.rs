//! The double is itself tested: a fault that quietly did nothing would make every other test weaker.

mod account;
mod customers;
mod faults;
mod media;
mod reading;
mod redelivery;
mod refusals;
mod sends;
mod story;
mod templates;

use http::Request;
use serde_json::{Value, json};

use super::{Answer, Delivery, Graph, GraphConfig};

const NOW: u64 = 1_767_225_600_000;
const CUSTOMER: &str = "628123456789";

fn graph() -> Graph {
    Graph::new(GraphConfig {
        phone_number_id: "100200300".to_owned(),
        display_phone_number: "6281100001111".to_owned(),
        waba_id: "900800".to_owned(),
        access_token: "token".to_owned(),
        app_secret: "secret".to_owned(),
    })
}

fn send_body(text: &str) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": CUSTOMER,
        "type": "text",
        "text": {"body": text},
        "biz_opaque_callback_data": "ours-1",
    })
}

fn request(path: &str, token: &str, body: &Value) -> Request<Vec<u8>> {
    Request::post(path)
        .header("authorization", format!("Bearer {token}"))
        .body(body.to_string().into_bytes())
        .unwrap()
}

fn send(graph: &mut Graph, now_ms: u64) -> Answer {
    let request = request("/v24.0/100200300/messages", "token", &send_body("Halo"));
    graph.handle(now_ms, &request)
}

fn answer_json(answer: &Answer) -> Value {
    serde_json::from_slice(answer.response.body()).unwrap()
}

/// Everything that is ever delivered, each delivery taken at once, as (when, `value` of the change).
fn deliver_all(graph: &mut Graph) -> Vec<(u64, Value)> {
    let mut seen = Vec::new();
    while let Some(now_ms) = graph.next_due() {
        for delivery in graph.due(now_ms) {
            seen.push((now_ms, value(&delivery)));
            graph.answered(delivery.id, now_ms, 200);
        }
    }
    assert!(graph.idle());
    seen
}

fn value(delivery: &Delivery) -> Value {
    let body: Value = serde_json::from_slice(&delivery.body).unwrap();
    body["entry"][0]["changes"][0]["value"].clone()
}

fn status_names(seen: &[(u64, Value)]) -> Vec<&str> {
    seen.iter().map(|(_, value)| value["statuses"][0]["status"].as_str().unwrap()).collect()
}

/// Sends this type with this object; what it is answered.
fn send_kind(graph: &mut Graph, kind: &str, object: Value) -> Answer {
    let mut body = json!({"messaging_product": "whatsapp", "to": CUSTOMER, "type": kind});
    body[kind] = object;
    graph.handle(NOW, &request("/v24.0/100200300/messages", "token", &body))
}

/// The code of a refusal; 0 if there was none.
fn code(answer: &Answer) -> u64 {
    answer_json(answer)["error"]["code"].as_u64().unwrap_or(0)
}

/// A `GET` with the right token.
fn get(graph: &mut Graph, now_ms: u64, path: &str) -> Answer {
    let request = Request::get(path).header("authorization", "Bearer token");
    graph.handle(now_ms, &request.body(Vec::new()).unwrap())
}
