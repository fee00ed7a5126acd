//! The provider's side of a running stack: what it delivers, what it was asked to send, its faults.

use anyhow::ensure;
use serde_json::{Value, json};
use world::graph::sign;

use super::{Answer, Stack, now_seconds, unique};

impl Stack {
    /// A delivery as the provider would sign it.
    pub(crate) async fn deliver(&self, body: &[u8]) -> anyhow::Result<Answer> {
        let signature = sign(self.value("app_secret"), body);
        let headers = [("x-hub-signature-256", signature.as_str())];
        self.send("POST", self.value("webhook_url"), &headers, body.to_vec()).await
    }

    /// A message of a customer's arrives; their room.
    pub(crate) async fn hears(&self, from: &str, text: &str) -> anyhow::Result<Value> {
        self.hears_of(0, from, text).await
    }

    /// The same, said so many seconds ago.
    pub(crate) async fn hears_of(&self, ago: i64, from: &str, text: &str) -> anyhow::Result<Value> {
        let delivered = self.deliver(&self.message_of(ago, from, text)).await?;
        ensure!(delivered.status == 200, "{delivered:?}");
        self.room_of(from).await
    }

    /// The body of a delivery with one text message, said now. No two have one id.
    pub(crate) fn message(&self, from: &str, text: &str) -> Vec<u8> {
        self.message_of(0, from, text)
    }

    /// The same, said so many seconds ago.
    pub(crate) fn message_of(&self, ago: i64, from: &str, text: &str) -> Vec<u8> {
        let (said, wamid) = (now_seconds() - ago, format!("wamid.{}", unique()));
        json!({
            "object": "whatsapp_business_account",
            "entry": [{"id": "102290129340398", "changes": [{"field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": {
                    "display_phone_number": "6281100000000",
                    "phone_number_id": self.value("phone_number_id"),
                },
                "contacts": [{"profile": {"name": "Budi"}, "wa_id": from}],
                "messages": [{
                    "from": from, "id": wamid, "timestamp": said.to_string(),
                    "type": "text", "text": {"body": text},
                }],
            }}]}],
        })
        .to_string()
        .into_bytes()
    }

    pub(crate) async fn fault(&self, fault: &str, count: u32) -> anyhow::Result<()> {
        let url = format!("{}/faults", self.value("simulator_url"));
        let body = json!({ "fault": fault, "count": count }).to_string().into_bytes();
        let headers = [("content-type", "application/json")];
        let answer = self.send("PUT", &url, &headers, body).await?;
        ensure!(answer.status == 200, "{answer:?}");
        Ok(())
    }

    /// What the provider was asked to send to a customer.
    pub(crate) async fn sent_to(&self, customer: &str) -> anyhow::Result<Vec<Value>> {
        let url = format!("{}/messages", self.value("simulator_url"));
        let answer = self.send("GET", &url, &[], Vec::new()).await?;
        let sent = answer.json["sent"].as_array().cloned().unwrap_or_default();
        Ok(sent.into_iter().filter(|sent| sent["to"] == customer).collect())
    }

    /// How often the provider was asked to send a customer this text.
    pub(crate) async fn times_sent(&self, customer: &str, text: &str) -> anyhow::Result<usize> {
        let sent = self.sent_to(customer).await?;
        Ok(sent.iter().filter(|sent| sent["text"] == text).count())
    }

    /// Something that a person does on the simulator's page, by the request that the page makes.
    pub(crate) async fn simulator(&self, path: &str, body: Value) -> anyhow::Result<Answer> {
        let headers = [("content-type", "application/json")];
        let url = format!("{}{path}", self.value("simulator_url"));
        let answer = self.send("POST", &url, &headers, body.to_string().into_bytes()).await?;
        ensure!(matches!(answer.status, 200 | 204), "{path}: {answer:?}");
        Ok(answer)
    }
}
