//! Deliveries made by hand: what the provider's double never says by itself.

use serde_json::{Value, json};
use world::{
    World,
    company::{Company, webhook_request},
};

/// A delivery with one change for this phone number id.
pub(crate) fn delivery(account: &str, messages: &[Value], statuses: &[Value]) -> Vec<u8> {
    change(account, "messages", json!({ "messages": messages, "statuses": statuses }))
}

/// A delivery with one change of this field.
pub(crate) fn change(account: &str, field: &str, mut value: Value) -> Vec<u8> {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] =
        json!({ "display_phone_number": "6281100000000", "phone_number_id": account });
    let change = json!({ "field": field, "value": value });
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "102290129340398", "changes": [change] }],
    })
    .to_string()
    .into_bytes()
}

/// A text message, so many seconds before now.
pub(crate) fn text(world: &World, from: &str, id: &str, ago: u64, words: &str) -> Value {
    json!({
        "from": from,
        "id": id,
        "timestamp": (world.clock.now_ms() / 1000 - ago).to_string(),
        "type": "text",
        "text": { "body": words },
    })
}

/// A status of now, about the company's first sent message.
pub(crate) fn status(world: &World, company: &Company, name: &str) -> Value {
    let sent = company.graph().log()[0].clone();
    json!({
        "id": sent.wamid,
        "status": name,
        "timestamp": (world.clock.now_ms() / 1000).to_string(),
        "recipient_id": sent.to,
        "biz_opaque_callback_data": sent.reference,
    })
}

/// Posts a body, rightly signed, through the company's app.
pub(crate) async fn post(world: &World, company: &Company, body: &[u8]) -> u16 {
    let request = webhook_request(company, body);
    world.webhook(&world.process, &request).await.unwrap().unwrap().0
}
