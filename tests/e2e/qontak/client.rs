//! A client of Qontak's. Its signatures are its own, made as Qontak's client makes them
//! (github.com/mekari-engineering/qontak-api-js, `src/utils/hmac.ts`): nothing here is shared with what
//! checks them.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::V1;
use crate::stack::{Answer, STEP, Stack, http_date, text};

/// A client as Qontak's customers have one, with a key of its own: a key may ask 100 times a minute.
pub(super) struct Client<'a> {
    pub(super) stack: &'a Stack,
    pub(super) id: String,
    pub(super) secret: String,
    /// Methods and paths that were served.
    pub(super) served: Mutex<Vec<(String, String)>>,
}

impl<'a> Client<'a> {
    pub(super) async fn of(stack: &'a Stack) -> anyhow::Result<Self> {
        let body = json!({ "name": "Bot", "kind": "hmac", "role": "admin" });
        let key = stack.done("POST", "/v1/api_keys", body).await?;
        let (id, secret) = (text(&key["username"]).to_owned(), text(&key["secret"]).to_owned());
        Ok(Self { stack, id, secret, served: Mutex::default() })
    }

    /// `Authorization` for a request of this moment. `target` is path and query, decoded.
    fn authorization(&self, date: &str, method: &str, target: &str) -> anyhow::Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes())?;
        mac.update(format!("date: {date}\n{method} {target} HTTP/1.1").as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        Ok(format!(
            r#"hmac username="{}", algorithm="hmac-sha256", headers="date request-line", signature="{signature}""#,
            self.id
        ))
    }

    /// Sends bytes, and once more if it was too fast: a key may ask ten times a second.
    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<Answer> {
        let answer = self.send_once(method, path, kind, body.clone()).await?;
        if answer.status != 429 {
            return Ok(answer);
        }
        let wait = answer.header("retry-after").parse()?;
        tokio::time::sleep(Duration::from_secs(wait)).await;
        self.send_once(method, path, kind, body).await
    }

    /// Spaces in a query are signed as they are and sent as `+`.
    async fn send_once(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<Answer> {
        let (target, date) = (format!("{V1}{path}"), http_date()?);
        let authorization = self.authorization(&date, method, &target)?;
        let url = format!("{}{}", self.stack.value("api_url"), target.replace(' ', "+"));
        let headers = [
            ("date", date.as_str()),
            ("authorization", authorization.as_str()),
            ("content-type", kind),
        ];
        let answer = self.stack.send(method, &url, &headers, body).await?;
        if answer.status < 300 {
            let path = target.split('?').next().unwrap_or_default().to_owned();
            let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
            served.push((method.to_owned(), path));
        }
        Ok(answer)
    }

    pub(super) async fn ask(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> anyhow::Result<Answer> {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, path, "application/json", body).await
    }

    /// The data of a success.
    pub(super) async fn done(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> anyhow::Result<Value> {
        let answer = self.ask(method, path, body).await?;
        ensure!(matches!(answer.status, 200..=202), "{method} {path}: {answer:?}");
        ensure!(answer.json["status"] == "success", "{answer:?}");
        Ok(answer.json["data"].clone())
    }

    pub(super) async fn list(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let data = self.done("GET", path, Value::Null).await?;
        data.as_array().cloned().with_context(|| format!("{path} is no list"))
    }

    /// Waits until a room's message has got this far.
    pub(super) async fn until(&self, room: &str, id: &Value, status: &str) -> anyhow::Result<()> {
        for _ in 0..20 {
            let messages = self.list(&format!("/rooms/{room}/histories?limit=50")).await?;
            let message = messages.iter().find(|message| message["id"] == *id);
            if message.context("the message is not in the history")?["status"] == status {
                return Ok(());
            }
            tokio::time::sleep(STEP / 2).await;
        }
        anyhow::bail!("{id} is not {status}")
    }
}

/// The room of a customer who has just written.
pub(super) async fn room_of(client: &Client<'_>, customer: &str) -> anyhow::Result<String> {
    client.stack.hears(customer, "Halo").await?;
    let rooms = client.list("/rooms?limit=100&offset=1&channels[]=wa_cloud").await?;
    let room = rooms.iter().find(|room| room["account_uniq_id"] == customer);
    let id = room.and_then(|room| room["id"].as_str());
    Ok(id.with_context(|| format!("{customer} has no room"))?.to_owned())
}
