//! The business's own phone: what is sent by the WhatsApp Business app beside the API comes back
//! as an echo (`webhooks/reference/smb_message_echoes`).

use serde_json::{Value, json};

use super::{Delivery, Graph, Sent, kinds::Kind, payload, person::Person};

impl Graph {
    /// Somebody at the business writes to a customer by the phone app. It is no send of the API's,
    /// so it stands in [`Graph::echoes`] and not in [`Graph::log`].
    pub fn business_says_by_phone(&mut self, now_ms: u64, to: &Person, kind: &Kind) -> Delivery {
        let wamid = self.ids.outgoing(to.key());
        let content = match kind {
            Kind::Media { kind, file } => self.shelf.content(now_ms, *kind, file),
            other => other.content(),
        };
        let mut message = json!({
            "from": self.config.display_phone_number,
            "id": wamid,
            "timestamp": payload::seconds(now_ms),
            "type": kind.name(),
        });
        message[kind.name()] = content.clone();
        if let Some(phone) = &to.phone {
            message["to"] = json!(phone);
        }
        if let Some(user_id) = &to.user_id {
            message["to_user_id"] = json!(user_id);
        }
        self.echoes.push(Sent {
            to: to.key().to_owned(),
            text: kind.words().to_owned(),
            reference: None,
            wamid,
            at_ms: now_ms,
            kind: kind.name().to_owned(),
            content,
            context: None,
            shown: Value::Null,
            statuses: Vec::new(),
        });
        let value = json!({"message_echoes": [message]});
        self.outbox.post_now(now_ms, payload::change(&self.config, "smb_message_echoes", value))
    }

    /// Any other webhook of the provider's, about the whole account: `value` of a change of this
    /// field, such as `account_update`. It names no number of ours (webhooks/reference).
    pub fn announces(&mut self, now_ms: u64, field: &str, value: &Value) -> Delivery {
        let body = json!({
            "object": "whatsapp_business_account",
            "entry": [{
                "id": self.config.waba_id,
                "time": now_ms / 1000,
                "changes": [{"value": value, "field": field}],
            }],
        });
        self.outbox.post_now(now_ms, body.to_string().into_bytes())
    }

    /// Everything that was sent by the phone app, in order.
    pub fn echoes(&self) -> &[Sent] {
        &self.echoes
    }
}
