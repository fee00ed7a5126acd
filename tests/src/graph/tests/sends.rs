//! What the business may send, type by type, and what it may not.

use serde_json::{Value, json};

use super::{NOW, answer_json, code, graph, request, send_kind};

fn accepted(kind: &str, object: Value, reads: &str) {
    let mut graph = graph();
    let answer = send_kind(&mut graph, kind, object.clone());
    assert_eq!(code(&answer), 0, "{kind} {}", answer_json(&answer));
    let sent = &graph.log()[0];
    assert_eq!((sent.kind.as_str(), &sent.content, sent.text.as_str()), (kind, &object, reads));
}

fn refused(kind: &str, object: Value, with: u64) {
    let mut graph = graph();
    let answer = send_kind(&mut graph, kind, object.clone());
    assert_eq!(code(&answer), with, "{object} {}", answer_json(&answer));
    assert!(graph.log().is_empty() && graph.idle());
}

fn buttons(titles: &[&str]) -> Value {
    let buttons: Vec<Value> = titles
        .iter()
        .map(|title| json!({"type": "reply", "reply": {"id": title, "title": title}}))
        .collect();
    json!({"type": "button", "body": {"text": "Jadi?"}, "action": {"buttons": buttons}})
}

fn list(rows: usize) -> Value {
    let rows: Vec<Value> = (0..rows)
        .map(|row| json!({"id": row.to_string(), "title": format!("Kopi {row}")}))
        .collect();
    let action = json!({"button": "Pilih", "sections": [{"rows": rows}]});
    json!({"type": "list", "body": {"text": "Kopi apa?"}, "action": action})
}

#[test]
fn files_by_link_or_by_id() {
    let link = "https://kopikita.example/menu.pdf";
    accepted("document", json!({"link": link, "filename": "menu.pdf", "caption": "Menu"}), "Menu");
    accepted("audio", json!({"link": "https://kopikita.example/a.ogg"}), "");
    refused("image", json!({}), 131_008);
    refused("image", json!({"link": link, "id": "1"}), 131_009);
    refused("image", json!({"id": "404"}), 131_009);
    refused("image", json!({"link": "ftp://kopikita.example/a.png"}), 131_009);
    refused("image", json!({"link": link, "caption": "x".repeat(1025)}), 131_009);
    refused("sticker", json!({"link": link, "caption": "x"}), 131_009);
}

#[test]
fn places_cards_and_reactions() {
    accepted("location", json!({"latitude": -6.2, "longitude": "106.8", "name": "Toko"}), "Toko");
    refused("location", json!({"latitude": -6.2}), 131_008);
    refused("location", json!({"latitude": 91, "longitude": 0}), 131_009);
    let card = json!({"name": {"formatted_name": "Ani", "first_name": "Ani"}});
    accepted("contacts", json!([card]), "Ani");
    refused("contacts", json!([]), 131_008);
    refused("contacts", json!([{"name": {"formatted_name": "Ani"}}]), 131_008);
    accepted("reaction", json!({"message_id": "wamid.1", "emoji": "👍"}), "👍");
    accepted("reaction", json!({"message_id": "wamid.1", "emoji": ""}), "");
    refused("reaction", json!({"emoji": "👍"}), 131_008);
}

#[test]
fn buttons_and_lists_have_their_limits() {
    accepted("interactive", buttons(&["Ya", "Tidak", "Nanti"]), "Jadi?");
    refused("interactive", buttons(&[]), 131_009);
    refused("interactive", buttons(&["1", "2", "3", "4"]), 131_009);
    refused("interactive", buttons(&["Ya", "Ya"]), 131_009);
    refused("interactive", buttons(&["lebih dari dua puluh huruf"]), 131_009);
    accepted("interactive", list(10), "Kopi apa?");
    refused("interactive", list(11), 131_009);
    refused("interactive", json!({"type": "list", "body": {"text": "x"}, "action": {}}), 131_008);
    let link = json!({
        "type": "cta_url",
        "body": {"text": "Lihat menu"},
        "action": {
            "name": "cta_url",
            "parameters": {"display_text": "Menu", "url": "https://kopikita.example"},
        },
    });
    accepted("interactive", link, "Lihat menu");
    let place = json!({
        "type": "location_request_message",
        "body": {"text": "Di mana?"},
        "action": {"name": "send_location"},
    });
    accepted("interactive", place, "Di mana?");
    refused("interactive", json!({"type": "poll", "body": {"text": "x"}, "action": {}}), 131_009);
}

#[test]
fn an_answer_quotes_and_goes_to_a_user_id_too() {
    let mut graph = graph();
    let body = json!({
        "messaging_product": "whatsapp",
        "recipient": "ID.17400555544443333222",
        "type": "text",
        "text": {"body": "Bisa"},
        "context": {"message_id": "wamid.theirs"},
    });
    let answer = graph.handle(NOW, &request("/v24.0/100200300/messages", "token", &body));
    assert_eq!(
        answer_json(&answer)["contacts"][0],
        json!({"input": "ID.17400555544443333222", "user_id": "ID.17400555544443333222"})
    );
    assert_eq!(graph.log()[0].context.as_deref(), Some("wamid.theirs"));
    let (_, value) = super::deliver_all(&mut graph).remove(0);
    assert_eq!(value["statuses"][0]["recipient_user_id"], "ID.17400555544443333222");
    assert!(value["statuses"][0].get("recipient_id").is_none());
}
