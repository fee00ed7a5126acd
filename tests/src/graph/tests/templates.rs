//! A send must fit its template, and the customer sees it filled in.

use serde_json::{Value, json};

use super::{code, deliver_all, graph, send_kind};

fn order(header: &[&str], body: &[&str]) -> Value {
    let texts = |texts: &[&str]| -> Vec<Value> {
        texts.iter().map(|text| json!({"type": "text", "text": text})).collect()
    };
    json!({
        "name": "order_ready",
        "language": {"code": "id"},
        "components": [
            {"type": "header", "parameters": texts(header)},
            {"type": "body", "parameters": texts(body)},
            {"type": "button", "sub_type": "quick_reply", "index": "0",
             "parameters": [{"type": "payload", "payload": "TODAY"}]},
        ],
    })
}

fn refused(template: Value, with: u64) {
    let mut graph = graph();
    assert_eq!(code(&send_kind(&mut graph, "template", template.clone())), with, "{template}");
    assert!(graph.log().is_empty());
}

#[test]
fn a_template_is_shown_filled_in_and_priced() {
    let mut graph = graph();
    let answer = send_kind(&mut graph, "template", order(&["KK-17"], &["Budi", "Rp 75.000"]));
    assert_eq!(code(&answer), 0);
    let sent = &graph.log()[0];
    assert!(sent.text.starts_with("Halo Budi, "));
    assert_eq!(sent.shown["header"]["text"], "Pesanan KK-17");
    assert_eq!(sent.shown["buttons"][0]["payload"], "TODAY");
    assert_eq!(sent.shown["buttons"][1]["payload"], "Besok");
    let (_, value) = deliver_all(&mut graph).remove(0);
    assert_eq!(
        value["statuses"][0]["pricing"],
        json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility"})
    );
}

#[test]
fn too_few_and_too_many_parameters_are_132000() {
    refused(order(&["KK-17"], &["Budi"]), 132_000);
    refused(order(&["KK-17"], &["Budi", "1", "2"]), 132_000);
    refused(order(&[], &["Budi", "1"]), 132_000);
}

#[test]
fn what_does_not_exist_or_is_not_approved_cannot_be_sent() {
    refused(json!({"name": "nobody", "language": {"code": "id"}}), 132_001);
    refused(json!({"name": "hello_world", "language": {"code": "id"}}), 132_001);
    refused(json!({"name": "flash_sale", "language": {"code": "id"}}), 132_001);
    refused(json!({"name": "winback", "language": {"code": "id"}}), 132_015);
    refused(json!({"name": "hello_world"}), 131_008);
}

#[test]
fn parameters_of_another_form_are_132012() {
    let picture = |header: Value| {
        json!({
            "name": "new_beans",
            "language": {"code": "id"},
            "components": [
                {"type": "header", "parameters": [header]},
                {"type": "body", "parameters": [{"type": "text", "text": "Budi"}]},
                {"type": "button", "sub_type": "url", "index": 0,
                 "parameters": [{"type": "text", "text": "gayo"}]},
            ],
        })
    };
    let link = json!({"link": "https://kopikita.example/a.png"});
    refused(picture(json!({"type": "text", "text": "x"})), 132_012);
    refused(picture(json!({"type": "video", "video": link})), 132_012);
    let mut graph = graph();
    let good = picture(json!({"type": "image", "image": link}));
    assert_eq!(code(&send_kind(&mut graph, "template", good)), 0);
    let url = &graph.log()[0].shown["buttons"][0]["url"];
    assert_eq!(url, "https://kopikita.example/promo/gayo");

    let extra = json!({
        "name": "hello_world",
        "language": {"code": "en_US"},
        "components": [{"type": "button", "sub_type": "url", "index": "0", "parameters": []}],
    });
    refused(extra, 132_012);
}

#[test]
fn a_variable_holds_one_line_and_a_body_1024_characters() {
    refused(order(&["KK-17"], &["Budi\nSantoso", "1"]), 132_018);
    refused(order(&["KK-17"], &["Budi     Santoso", "1"]), 132_018);
    refused(order(&["KK-17"], &[&"x".repeat(1000), "1"]), 132_005);
}

#[test]
fn named_parameters_go_by_their_names() {
    let appointment = |first: &str| {
        json!({
            "name": "appointment",
            "language": {"code": "id"},
            "components": [{"type": "body", "parameters": [
                {"type": "text", "parameter_name": "day", "text": "Senin"},
                {"type": "text", "parameter_name": first, "text": "Budi"},
            ]}],
        })
    };
    let mut graph = graph();
    assert_eq!(code(&send_kind(&mut graph, "template", appointment("customer_name"))), 0);
    assert_eq!(graph.log()[0].text, "Halo Budi, sampai jumpa Senin.");
    refused(appointment("name"), 132_012);
}

#[test]
fn a_form_that_is_not_named_is_131009() {
    let form = |components: Value| json!({ "name": "survey", "language": {"code": "id"}, "components": components });
    let button = |action: Value| {
        json!([{ "type": "button", "sub_type": "flow", "index": "0",
            "parameters": [{ "type": "action", "action": action }] }])
    };
    let buttons = json!([{ "type": "FLOW", "text": "Isi", "flow_id": "1" }]);
    let survey = json!({ "id": "1", "name": "survey", "language": "id", "status": "APPROVED",
        "category": "UTILITY", "components": [{ "type": "BODY", "text": "Puas?" },
            { "type": "BUTTONS", "buttons": buttons }] });
    for (components, expected) in [
        (json!([]), 131_009),
        (button(json!("x")), 131_009),
        (button(json!({ "flow_token": "t", "flow_action_data": {} })), 131_009),
        (button(json!({ "flow_token": "unused" })), 0),
    ] {
        let mut graph = graph();
        graph.put_template(survey.clone());
        assert_eq!(code(&send_kind(&mut graph, "template", form(components))), expected);
    }
}
