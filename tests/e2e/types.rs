//! Every type of message that agents send, on the deployed stack.

use anyhow::ensure;
use serde_json::{Value, json};
use world::files::JPEG;

use crate::{
    files,
    stack::{STEP, Stack, beside_others, customer, text},
};

#[tokio::test]
async fn every_type_is_accepted_by_the_provider() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let customer = &customer();
    let room = stack.hears(customer, "Halo").await?;
    let id = room["id"].as_str().unwrap_or_default();

    let list = stack.api("GET", "/v1/integrations", &[], Value::Null).await?;
    let integration = list.json["data"][0]["id"].as_str().unwrap_or_default();
    let path = format!("/v1/integrations/{integration}/templates/sync");
    let synced = stack.api("POST", &path, &[], Value::Null).await?;
    ensure!(synced.status == 200, "{synced:?}");

    let asked = stack.history(&room).await?[0]["id"].clone();
    let buttons = json!([{ "id": "yes", "title": "Ya" }]);
    let words = |text: &str| json!([{ "type": "text", "text": text }]);
    let invoice = files::uploaded(&stack, "nota.pdf", "application/pdf", b"%PDF-1.7 nota").await?;
    let film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
    let film = files::uploaded(&stack, "seduh.mp4", "video/mp4", film).await?;
    let webp = b"RIFF\x12\0\0\0WEBPVP8X\x0a\0\0\0\0\0";
    let sticker = files::uploaded(&stack, "kopi.webp", "image/webp", webp).await?;
    let picture = files::uploaded(&stack, "menu.jpg", "image/jpeg", JPEG).await?;
    let song = b"ID3\x04\0\0\0\0\0\0la la";
    let song = files::uploaded(&stack, "lagu.mp3", "audio/mpeg", song).await?;
    let bodies = [
        json!({ "text": "Halo juga", "reply_to": asked }),
        json!({ "type": "image", "file_id": picture, "caption": "Menu" }),
        json!({ "type": "audio", "file_id": song }),
        json!({ "type": "video", "file_id": film, "caption": "Begini" }),
        json!({ "type": "document", "file_id": invoice, "filename": "nota 7.pdf" }),
        json!({ "type": "sticker", "file_id": sticker }),
        json!({ "type": "location", "location": { "latitude": -6.2, "longitude": 106.8 } }),
        json!({ "type": "contacts", "contacts": [{ "name": "Ani", "phones": ["+62811"] }] }),
        json!({ "type": "interactive", "interactive": { "body": "Antar?", "buttons": buttons } }),
        json!({ "type": "interactive", "interactive": { "body": "Mau?", "buttons": buttons,
            "header": { "type": "image", "file_id": picture } } }),
        json!({ "type": "template", "template": { "name": "invoice", "language": "id" } }),
        json!({ "type": "template", "template": { "name": "invoice", "language": "id",
            "components": [
                { "type": "header", "parameters": [{ "type": "document", "file_id": invoice }] },
                { "type": "body", "parameters": words("INV-7") },
            ] } }),
        json!({ "type": "template", "template": { "name": "appointment", "language": "id",
            "components": [{ "type": "body", "parameters": [
                { "type": "text", "parameter_name": "customer_name", "text": "Budi" },
                { "type": "text", "parameter_name": "day", "text": "Senin" },
            ]}] } }),
        json!({ "type": "template", "template": { "name": "verification_code", "language": "id",
            "components": [
                { "type": "body", "parameters": words("123456") },
                { "type": "button", "sub_type": "url", "index": 0, "parameters": words("123456") },
            ] } }),
        json!({ "type": "reaction", "reaction": { "message_id": asked, "emoji": "👍" } }),
    ];
    let path = format!("/v1/rooms/{id}/messages");
    for (index, body) in bodies.iter().enumerate() {
        let key = format!("types-{index}");
        let sent = stack.api("POST", &path, &[("idempotency-key", &key)], body.clone()).await?;
        if body["template"]["name"] == "invoice" && body["template"]["components"].is_null() {
            // Its header is a document, and there is none.
            ensure!(sent.json["field"] == "template.components", "{sent:?}");
            continue;
        }
        ensure!(sent.status == 201, "{sent:?}");
        stack.until(&room, &sent.json["data"]["id"], "read", 5 * STEP).await?;
    }
    // The provider got each once, as what it is.
    let sent = stack.sent_to(customer).await?;
    let kinds: Vec<_> = sent.iter().map(|sent| text(&sent["kind"])).collect();
    let types = ["text", "image", "audio", "video", "document", "sticker", "location", "contacts"];
    let types = types.into_iter().chain(["interactive"; 2]).chain(["template"; 3]);
    ensure!(kinds == types.chain(["reaction"]).collect::<Vec<_>>(), "{kinds:?}");
    files_above_words_can_be_seen_again(&stack, &room).await
}

async fn files_above_words_can_be_seen_again(stack: &Stack, room: &Value) -> anyhow::Result<()> {
    let mut seen = Vec::new();
    for message in stack.history(room).await? {
        for part in ["interactive", "template"] {
            let file = &message[part]["header"]["file"];
            if file.is_null() {
                continue;
            }
            let (room, id) = (text(&message["room_id"]), text(&message["id"]));
            let path = format!("/v1/rooms/{room}/messages/{id}/file?index={}", file["index"]);
            let linked = stack.done("GET", &path, Value::Null).await?;
            let opened = stack.send("GET", text(&linked["url"]), &[], Vec::new()).await?;
            ensure!(opened.status == 200, "{opened:?}");
            seen.push(file["mime_type"].clone());
        }
    }
    ensure!(seen == ["image/jpeg", "application/pdf"], "{seen:?}");
    Ok(())
}
