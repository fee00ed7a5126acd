//! The webhook bodies, from the inside out: one status or message, and the envelope around it.

use serde_json::{Value, json};

use super::{GraphConfig, Written};

/// The hours that a conversation lasted before per-message pricing, in seconds.
const CONVERSATION_SECONDS: u64 = 24 * 3600;
/// From this major version on, statuses carry no conversation object (webhooks/reference/messages/status).
const WITHOUT_CONVERSATION: u32 = 24;

/// What a status webhook says.
pub(super) struct Status<'a> {
    pub(super) wamid: &'a str,
    pub(super) name: &'static str,
    pub(super) at_ms: u64,
    pub(super) recipient: &'a str,
    pub(super) reference: Option<&'a str>,
    /// Pricing stands on `sent` and on one of `delivered` and `read`.
    pub(super) priced: bool,
    pub(super) major: u32,
}

/// A webhook with one status.
pub(super) fn status(config: &GraphConfig, status: &Status<'_>) -> Vec<u8> {
    let mut body = json!({
        "id": status.wamid,
        "status": status.name,
        "timestamp": seconds(status.at_ms),
        "recipient_id": status.recipient,
    });
    if let Some(reference) = status.reference {
        body["biz_opaque_callback_data"] = json!(reference);
    }
    if status.priced {
        // A free-form message can only be sent inside the customer service window, where it is free
        // (whatsapp/pricing, per-message pricing since July 2025).
        body["pricing"] = json!({
            "billable": false,
            "pricing_model": "PMP",
            "type": "free_customer_service",
            "category": "service",
        });
        if status.major < WITHOUT_CONVERSATION {
            body["conversation"] = conversation(status);
        }
    }
    envelope(config, json!({ "statuses": [body] }))
}

/// A webhook with text messages, in this order, and each writer once under `contacts`.
pub(super) fn messages(config: &GraphConfig, written: &[&Written]) -> Vec<u8> {
    let mut contacts: Vec<Value> = Vec::new();
    for line in written {
        if contacts.iter().all(|contact| contact["wa_id"] != line.from.as_str()) {
            contacts.push(json!({"profile": {"name": line.name}, "wa_id": line.from}));
        }
    }
    let messages: Vec<Value> = written.iter().copied().map(message).collect();
    envelope(config, json!({"contacts": contacts, "messages": messages}))
}

fn message(line: &Written) -> Value {
    json!({
        "from": line.from,
        "id": line.wamid,
        "timestamp": seconds(line.at_ms),
        "text": {"body": line.text},
        "type": "text",
    })
}

fn conversation(status: &Status<'_>) -> Value {
    let mut conversation = json!({
        "id": format!("{:0>32}", status.recipient),
        "origin": {"type": "service"},
    });
    if status.name == "sent" {
        let ends = status.at_ms / 1000 + CONVERSATION_SECONDS;
        conversation["expiration_timestamp"] = json!(ends.to_string());
    }
    conversation
}

fn envelope(config: &GraphConfig, content: Value) -> Vec<u8> {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": config.display_phone_number,
            "phone_number_id": config.phone_number_id,
        },
    });
    if let (Some(value), Value::Object(content)) = (value.as_object_mut(), content) {
        value.extend(content);
    }
    json!({
        "object": "whatsapp_business_account",
        "entry": [{
            "id": config.waba_id,
            "changes": [{"value": value, "field": "messages"}],
        }],
    })
    .to_string()
    .into_bytes()
}

/// Webhooks carry whole seconds, as a string.
fn seconds(at_ms: u64) -> String {
    (at_ms / 1000).to_string()
}
