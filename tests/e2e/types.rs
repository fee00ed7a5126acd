//! Every type of message that needs no file, on the deployed stack.

use anyhow::ensure;
use serde_json::{Value, json};

use crate::stack::{ALONE, STEP, Stack};

#[tokio::test]
async fn every_type_is_accepted_by_the_provider() -> anyhow::Result<()> {
    let _alone = ALONE.lock().await;
    let stack = Stack::running()?;
    let customer = "628110000021";
    stack.deliver(&stack.message(customer, "wamid.types", "Halo")).await?;
    let room = stack.room_of(customer).await?;
    let id = room["id"].as_str().unwrap_or_default();

    let list = stack.api("GET", "/v1/integrations", &[], Value::Null).await?;
    let integration = list.json["data"][0]["id"].as_str().unwrap_or_default();
    let path = format!("/v1/integrations/{integration}/templates/sync");
    let synced = stack.api("POST", &path, &[], Value::Null).await?;
    ensure!(synced.status == 200, "{synced:?}");

    let asked = stack.history(&room).await?[0]["id"].clone();
    let buttons = json!([{ "id": "yes", "title": "Ya" }]);
    let words = |text: &str| json!([{ "type": "text", "text": text }]);
    let bodies = [
        json!({ "text": "Halo juga", "reply_to": asked }),
        json!({ "type": "location", "location": { "latitude": -6.2, "longitude": 106.8 } }),
        json!({ "type": "contacts", "contacts": [{ "name": "Ani", "phones": ["+62811"] }] }),
        json!({ "type": "interactive", "interactive": { "body": "Antar?", "buttons": buttons } }),
        json!({ "type": "template", "template": { "name": "invoice", "language": "id" } }),
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
        if body["template"]["name"] == "invoice" {
            // Its header is a document, and there is none.
            ensure!(sent.json["field"] == "template.components", "{sent:?}");
            continue;
        }
        ensure!(sent.status == 201, "{sent:?}");
        stack.until(&room, &sent.json["data"]["id"], "read", 5 * STEP).await?;
    }
    Ok(())
}
