//! What the provider does not accept, in its own error codes, and without a trace.

use http::Request;
use serde_json::{Value, json};

use super::super::Graph;
use super::{CUSTOMER, NOW, answer_json, graph, request, send_body};

const PATH: &str = "/v24.0/100200300/messages";

/// Status, code and subcode of a refusal; nothing may have been accepted.
fn refused(graph: &mut Graph, request: &Request<Vec<u8>>) -> (u16, u64, Option<u64>) {
    let answer = graph.handle(NOW, request);
    let error = answer_json(&answer)["error"].clone();
    assert!(graph.log().is_empty() && graph.idle(), "{error}");
    assert!(error["message"].is_string() && error["fbtrace_id"].is_string());
    (
        answer.response.status().as_u16(),
        error["code"].as_u64().unwrap(),
        error["error_subcode"].as_u64(),
    )
}

#[test]
fn a_wrong_or_missing_token_is_190() {
    let wrong = request(PATH, "other", &send_body("Halo"));
    assert_eq!(refused(&mut graph(), &wrong), (401, 190, None));

    let missing = Request::post(PATH).body(Vec::new()).unwrap();
    assert_eq!(refused(&mut graph(), &missing), (401, 190, None));
}

#[test]
fn another_number_is_100_33() {
    let other = request("/v24.0/555/messages", "token", &send_body("Halo"));
    assert_eq!(refused(&mut graph(), &other), (400, 100, Some(33)));

    let mut get = request(PATH, "token", &send_body("Halo"));
    *get.method_mut() = http::Method::GET;
    assert_eq!(refused(&mut graph(), &get), (400, 100, Some(33)));

    let number = request("/v24.0/100200300", "token", &send_body("Halo"));
    assert_eq!(refused(&mut graph(), &number), (400, 100, Some(33)));
}

#[test]
fn paths_of_no_endpoint_are_2500() {
    for path in [
        "/",
        "/v24.0/100200300/subscriptions",
        "/v24.0/100200300/messages/more",
        "/100200300/messages",
        "/v24/100200300/messages",
        "/graph/v24.0/100200300/messages",
    ] {
        let request = request(path, "token", &send_body("Halo"));
        assert_eq!(refused(&mut graph(), &request), (400, 2500, None), "{path}");
    }
}

#[test]
fn a_body_that_is_no_text_message_is_100() {
    let changed = |pointer: &str, value: Value| {
        let mut body = send_body("Halo");
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let bodies = [
        json!({}),
        json!([]),
        changed("/messaging_product", json!("sms")),
        changed("/to", json!(628_123)),
        changed("/to", json!("Budi")),
        changed("/to", json!("")),
        changed("/type", json!("image")),
        changed("/type", json!(null)),
        changed("/text", json!("Halo")),
        changed("/text/body", json!("  ")),
        changed("/text/body", json!("é".repeat(4097))),
        changed("/biz_opaque_callback_data", json!({"a": 1})),
        changed("/biz_opaque_callback_data", json!("x".repeat(513))),
    ];
    for body in bodies {
        let request = request(PATH, "token", &body);
        assert_eq!(refused(&mut graph(), &request), (400, 100, None), "{body}");
    }

    let mut broken = request(PATH, "token", &json!({}));
    *broken.body_mut() = b"{\"to\"".to_vec();
    assert_eq!(refused(&mut graph(), &broken), (400, 100, None));
}

#[test]
fn the_longest_text_and_a_number_as_people_write_it_are_accepted() {
    let mut graph = graph();
    let mut body = send_body(&"é".repeat(4096));
    body["to"] = json!("+62 812-3456-789");

    let answer = graph.handle(NOW, &request(PATH, "token", &body));

    assert_eq!(answer.response.status(), 200);
    let contact = answer_json(&answer)["contacts"][0].clone();
    assert_eq!(contact["wa_id"], CUSTOMER);
    assert_eq!(contact["input"], "+62 812-3456-789");
    assert_eq!(graph.log()[0].to, CUSTOMER);
}
