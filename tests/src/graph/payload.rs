//! The webhook bodies, from the inside out: one status or message, and the envelope around it.

use serde_json::{Value, json};

use super::send::Recipient;
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
    pub(super) recipient: &'a Recipient,
    pub(super) reference: Option<&'a str>,
    /// Pricing stands on `sent` and on one of `delivered` and `read`.
    pub(super) priced: Option<Price>,
    pub(super) major: u32,
    pub(super) error: Option<Failure>,
}

/// What a message costs the business (whatsapp/pricing, per-message pricing since July 2025): a
/// message without a template can only be sent inside the customer service window, where it is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Price {
    pub(super) billable: bool,
    pub(super) category: String,
}

/// Why a message that was accepted did not arrive (support/error-codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: u32,
    pub(super) title: &'static str,
    pub(super) details: &'static str,
}

/// A webhook with one status.
pub(super) fn status(config: &GraphConfig, status: &Status<'_>) -> Vec<u8> {
    let mut body = json!({
        "id": status.wamid,
        "status": status.name,
        "timestamp": seconds(status.at_ms),
    });
    if let Some(phone) = &status.recipient.phone {
        body["recipient_id"] = json!(phone);
    }
    if let Some(user_id) = &status.recipient.user_id {
        body["recipient_user_id"] = json!(user_id);
    }
    if let Some(reference) = status.reference {
        body["biz_opaque_callback_data"] = json!(reference);
    }
    if let Some(price) = &status.priced {
        body["pricing"] = json!({
            "billable": price.billable,
            "pricing_model": "PMP",
            "type": if price.billable { "regular" } else { "free_customer_service" },
            "category": price.category,
        });
        if status.major < WITHOUT_CONVERSATION {
            body["conversation"] = conversation(status, &price.category);
        }
    }
    if let Some(Failure { code, title, details }) = status.error {
        body["errors"] = json!([{
            "code": code,
            "title": title,
            "message": title,
            "error_data": {"details": details},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }]);
    }
    change(config, "messages", json!({ "statuses": [body] }))
}

/// A webhook with messages, in this order, and each writer once under `contacts`.
pub(super) fn messages(config: &GraphConfig, written: &[&Written]) -> Vec<u8> {
    let mut contacts: Vec<Value> = Vec::new();
    // "Unlike other incoming messages webhooks, system messages webhooks don't include a contacts
    // array" (webhooks/reference/messages/system).
    for line in written.iter().filter(|line| line.kind != "system") {
        let contact = line.person.contact();
        let same = |other: &Value| {
            other["wa_id"] == contact["wa_id"] && other["user_id"] == contact["user_id"]
        };
        if !contacts.iter().any(same) {
            contacts.push(contact);
        }
    }
    let messages: Vec<&Value> = written.iter().map(|line| &line.message).collect();
    let mut value = json!({ "messages": messages });
    if !contacts.is_empty() {
        value["contacts"] = json!(contacts);
    }
    change(config, "messages", value)
}

fn conversation(status: &Status<'_>, category: &str) -> Value {
    let mut conversation = json!({
        "id": format!("{:0>32}", status.recipient.key()),
        "origin": {"type": category},
    });
    if status.name == "sent" {
        let ends = status.at_ms / 1000 + CONVERSATION_SECONDS;
        conversation["expiration_timestamp"] = json!(ends.to_string());
    }
    conversation
}

/// A webhook with one change of this field.
pub(super) fn change(config: &GraphConfig, field: &str, content: Value) -> Vec<u8> {
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
            "changes": [{"value": value, "field": field}],
        }],
    })
    .to_string()
    .into_bytes()
}

/// Webhooks carry whole seconds, as a string.
pub(super) fn seconds(at_ms: u64) -> String {
    (at_ms / 1000).to_string()
}
