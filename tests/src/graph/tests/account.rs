//! The account answers for its number, its templates and its token.

use http::Request;
use serde_json::json;

use super::{NOW, answer_json, code, get, graph};

#[test]
fn the_number_shows_the_fields_asked_for() {
    let mut graph = graph();
    let usual = answer_json(&get(&mut graph, NOW, "/v24.0/100200300"));
    assert_eq!(usual["display_phone_number"], "+6281100001111");
    let two = answer_json(&get(&mut graph, NOW, "/v24.0/100200300?fields=status,quality_rating"));
    assert_eq!(two, json!({"id": "100200300", "status": "CONNECTED", "quality_rating": "GREEN"}));
    assert_eq!(code(&get(&mut graph, NOW, "/v24.0/100200300?fields=moon")), 100);
    assert_eq!(code(&get(&mut graph, NOW, "/v24.0/404")), 100);
    let numbers = answer_json(&get(&mut graph, NOW, "/v24.0/900800/phone_numbers"));
    assert_eq!(numbers["data"][0]["id"], "100200300");
}

#[test]
fn a_wrong_token_is_190_here_too() {
    let request = Request::get("/v24.0/100200300").header("authorization", "Bearer other");
    let answer = graph().handle(NOW, &request.body(Vec::new()).unwrap());
    assert_eq!((answer.response.status().as_u16(), code(&answer)), (401, 190));
    let debug = |token: &str| {
        let path = format!("/v24.0/debug_token?input_token={token}");
        answer_json(&get(&mut graph(), NOW, &path))["data"]["is_valid"].clone()
    };
    assert_eq!((debug("token"), debug("other")), (json!(true), json!(false)));
}

#[test]
fn templates_are_listed_page_by_page_and_by_what_they_are() {
    let mut graph = graph();
    let first = answer_json(&get(&mut graph, NOW, "/v24.0/900800/message_templates?limit=7"));
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let path = format!("/v24.0/900800/message_templates?limit=7&after={after}");
    let second = answer_json(&get(&mut graph, NOW, &path));
    let count = |page: &serde_json::Value| page["data"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&second)), (7, 3));
    assert!(first["paging"]["next"].is_string() && second["paging"]["next"].is_null());

    let path = "/v24.0/900800/message_templates?name=order_ready&language=id&fields=name,status";
    let one = answer_json(&get(&mut graph, NOW, path));
    let expected = json!({"id": "900100000000002", "name": "order_ready", "status": "APPROVED"});
    assert_eq!(one["data"], json!([expected]));

    graph.put_template(json!({
        "id": "1", "name": "hello_world", "language": "en_US", "status": "DISABLED",
        "category": "UTILITY", "components": [{"type": "BODY", "text": "Hi"}],
    }));
    let hello = json!({"name": "hello_world", "language": {"code": "en_US"}});
    assert_eq!(code(&super::send_kind(&mut graph, "template", hello)), 132_016);
}
