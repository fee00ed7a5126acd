//! The business's own phone: what is sent by the WhatsApp Business app beside the API comes back
//! as an echo (`webhooks/reference/smb_message_echoes`).

use serde_json::{Value, json};

use super::payload::Status;
use super::send::Recipient;
use super::{Delivery, Graph, Sent, Told, kinds::Kind, payload, person::Person};

/// The version whose statuses the echo's are like; none of them names a reference.
const MAJOR: u32 = 24;

impl Graph {
    /// Somebody at the business writes to a customer by the phone app. It is no send of the API's,
    /// so it stands in [`Graph::echoes`] and not in [`Graph::log`].
    pub fn business_says_by_phone(&mut self, now_ms: u64, to: &Person, kind: &Kind) -> Delivery {
        self.business_said_by_phone(now_ms, now_ms, to, kind)
    }

    /// The same of what was written at `at_ms`, and of which WhatsApp tells only now.
    pub fn business_said_by_phone(
        &mut self,
        now_ms: u64,
        at_ms: u64,
        to: &Person,
        kind: &Kind,
    ) -> Delivery {
        let wamid = self.ids.outgoing(to.key());
        let content = match kind {
            Kind::Media { kind, file } => self.shelf.content(now_ms, *kind, file),
            other => other.content(),
        };
        let mut message = json!({
            "from": self.config.display_phone_number,
            "id": wamid,
            "timestamp": payload::seconds(at_ms),
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
            at_ms,
            kind: kind.name().to_owned(),
            content,
            context: None,
            shown: Value::Null,
            statuses: Vec::new(),
        });
        self.echo(now_ms, &message)
    }

    /// What was written by phone reaches its customer, who reads it: its statuses come as those of
    /// any message do.
    pub fn echo_arrives(&mut self, now_ms: u64, to: &Person, wamid: &str) {
        let to = Recipient::of(to);
        let after = [
            ("delivered", Some(self.timing.delivered_after_ms)),
            ("read", self.timing.read_after_ms),
        ];
        let happened = after.into_iter().filter_map(|(status, after)| {
            after.map(|after| Told { status, at_ms: now_ms + after })
        });
        let happened: Vec<_> = happened.collect();
        for told in &happened {
            let status = Status {
                wamid,
                name: told.status,
                at_ms: told.at_ms,
                recipient: &to,
                reference: None,
                priced: None,
                major: MAJOR,
                error: None,
            };
            let body = payload::status(&self.config, &status);
            self.post_later(told.at_ms, &body);
        }
        if let Some(echo) = self.echoes.iter_mut().find(|echo| echo.wamid == wamid) {
            echo.statuses = happened;
        }
    }

    /// An echo of what was sent by the API: Meta's pages speak of none, and who relies on that
    /// shows such a message twice.
    pub fn echoes_what_was_sent(&mut self, now_ms: u64, sent: &Sent) -> Delivery {
        let mut message = json!({
            "from": self.config.display_phone_number,
            "to": sent.to,
            "id": sent.wamid,
            "timestamp": payload::seconds(sent.at_ms),
            "type": sent.kind,
            "biz_opaque_callback_data": sent.reference,
        });
        message[&sent.kind] = sent.content.clone();
        self.echo(now_ms, &message)
    }

    fn echo(&mut self, now_ms: u64, message: &Value) -> Delivery {
        let value = json!({"message_echoes": [message]});
        let body = payload::change(&self.config, "smb_message_echoes", value);
        for copy in 1..self.copies() {
            let due_ms = now_ms + copy * self.timing.copy_gap_ms;
            self.outbox.schedule(due_ms, body.clone());
        }
        self.outbox.post_now(now_ms, body)
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
