//! A running stack, as its clients and its operating system see it.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use platform::transport::{Https, Transport};
use serde_json::{Value, json};
use world::graph::sign;

/// What a step may take.
pub(crate) const STEP: Duration = Duration::from_secs(2);

/// What `cargo dev up --json` printed, and the state it left.
pub(crate) struct Stack {
    connection: Value,
    state: Value,
    https: Https,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) json: Value,
    pub(crate) text: String,
    /// What the answer sets, as it is sent back.
    pub(crate) cookie: Option<String>,
}

#[expect(clippy::disallowed_methods, reason = "how cargo dev test says where the stack is")]
pub(crate) fn variable(name: &str) -> anyhow::Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set: run this by `cargo dev test`"))
}

#[expect(clippy::disallowed_methods, reason = "real time passes here")]
fn clock() -> Instant {
    Instant::now()
}

impl Stack {
    pub(crate) fn running() -> anyhow::Result<Self> {
        let state = fs::read(variable("SAPA_E2E_STATE")?)?;
        Ok(Self {
            connection: serde_json::from_str(&variable("SAPA_E2E")?)?,
            state: serde_json::from_slice(&state)?,
            https: Https::new()?,
        })
    }

    pub(crate) fn value(&self, name: &str) -> &str {
        self.connection[name].as_str().unwrap_or_default()
    }

    /// Part of the state that `up` left: the stack's name, the emulator's port.
    pub(crate) fn state(&self, name: &str) -> String {
        let value = &self.state[name];
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> anyhow::Result<Answer> {
        let mut request = http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = self.https.send(request.body(body)?, Duration::from_secs(60)).await?;
        let text = String::from_utf8_lossy(sent.body()).into_owned();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        let cookie = sent.headers().get("set-cookie").and_then(|set| set.to_str().ok());
        let cookie = cookie.and_then(|set| set.split(';').next()).map(str::to_owned);
        Ok(Answer { status: sent.status().as_u16(), json, text, cookie })
    }

    /// A call of the API with the demo key.
    pub(crate) async fn api(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> anyhow::Result<Answer> {
        let bearer = format!("Bearer {}", self.value("api_key"));
        let mut all =
            vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        all.extend(headers);
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, &format!("{}{path}", self.value("api_url")), &all, body).await
    }

    /// A delivery as the provider would sign it.
    pub(crate) async fn deliver(&self, body: &[u8]) -> anyhow::Result<Answer> {
        let signature = sign(self.value("app_secret"), body);
        let headers = [("x-hub-signature-256", signature.as_str())];
        self.send("POST", self.value("webhook_url"), &headers, body.to_vec()).await
    }

    /// The body of a delivery with one text message, said now.
    pub(crate) fn message(&self, from: &str, wamid: &str, text: &str) -> Vec<u8> {
        self.message_of(0, from, wamid, text)
    }

    /// The same, said so many seconds ago.
    pub(crate) fn message_of(&self, ago: i64, from: &str, wamid: &str, text: &str) -> Vec<u8> {
        let said = jiff_seconds() - ago;
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

    /// The room of a customer, once it is there.
    pub(crate) async fn room_of(&self, customer: &str) -> anyhow::Result<Value> {
        let list = self.api("GET", "/v1/rooms?limit=100", &[], Value::Null).await?;
        let rooms = list.json["data"].as_array().cloned().unwrap_or_default();
        let room = rooms.into_iter().find(|room| room["account_uniq_id"] == customer);
        room.with_context(|| format!("{customer} has no room"))
    }

    /// A room's messages, oldest first.
    pub(crate) async fn history(&self, room: &Value) -> anyhow::Result<Vec<Value>> {
        let path = format!("/v1/rooms/{}/histories", room["id"].as_str().unwrap_or_default());
        let answer = self.api("GET", &path, &[], Value::Null).await?;
        ensure!(answer.status == 200, "{answer:?}");
        let mut messages = answer.json["data"].as_array().cloned().unwrap_or_default();
        messages.reverse();
        Ok(messages)
    }

    pub(crate) async fn reply(&self, room: &Value, text: &str, key: &str) -> anyhow::Result<Value> {
        let path = format!("/v1/rooms/{}/messages", room["id"].as_str().unwrap_or_default());
        let answer =
            self.api("POST", &path, &[("idempotency-key", key)], json!({ "text": text })).await?;
        ensure!(answer.status == 201, "{answer:?}");
        Ok(answer.json["data"].clone())
    }

    /// Waits until a room's message has this status; how long it took.
    pub(crate) async fn until(
        &self,
        room: &Value,
        id: &Value,
        status: &str,
        limit: Duration,
    ) -> anyhow::Result<Duration> {
        let began = clock();
        loop {
            let history = self.history(room).await?;
            let message = history.iter().find(|message| message["id"] == *id);
            let message = message.context("the message is not in the history")?;
            if message["status"] == status {
                return Ok(began.elapsed());
            }
            ensure!(began.elapsed() < limit, "not {status} after {limit:?}: {message}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn fault(&self, fault: &str, count: u32) -> anyhow::Result<()> {
        let url = format!("{}/faults", self.value("simulator_url"));
        let body = json!({ "fault": fault, "count": count }).to_string().into_bytes();
        let headers = [("content-type", "application/json")];
        let answer = self.send("PUT", &url, &headers, body).await?;
        ensure!(answer.status == 200, "{answer:?}");
        Ok(())
    }

    /// How often the provider was asked to send this text.
    pub(crate) async fn times_sent(&self, text: &str) -> anyhow::Result<usize> {
        let url = format!("{}/messages", self.value("simulator_url"));
        let answer = self.send("GET", &url, &[], Vec::new()).await?;
        let sent = answer.json["sent"].as_array().cloned().unwrap_or_default();
        Ok(sent.iter().filter(|sent| sent["text"] == text).count())
    }

    /// Kills every process of a function; how many there were.
    pub(crate) fn kill(&self, function: &str) -> anyhow::Result<usize> {
        let stack = self.state["stack"].as_str().unwrap_or_default();
        let variable = format!("AWS_LAMBDA_FUNCTION_NAME={stack}-{function}");
        let emulator = self.state["emulator"]["pid"].as_u64().context("no emulator of ours")?;
        let mut killed = 0;
        for entry in fs::read_dir("/proc")? {
            let path = entry?.path();
            let Some(pid) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let Ok(environment) = fs::read(path.join("environ")) else { continue };
            let is_ours =
                environment.split(|byte| *byte == 0).any(|line| line == variable.as_bytes());
            let stat = fs::read_to_string(path.join("stat")).unwrap_or_default();
            let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1));
            if is_ours && parent.and_then(|pid| pid.parse().ok()) == Some(emulator) {
                let done = std::process::Command::new("kill").args(["-9", pid]).status()?;
                killed += usize::from(done.success());
            }
        }
        Ok(killed)
    }
}

/// The `Date` header of a request that is sent now.
#[expect(clippy::disallowed_methods, reason = "real time passes here")]
pub(crate) fn http_date() -> anyhow::Result<String> {
    let now = jiff::Timestamp::now();
    Ok(jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now)?)
}

#[expect(clippy::disallowed_methods, reason = "real time passes here")]
fn jiff_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Runs a step and holds it to its time.
pub(crate) async fn timely<T>(
    what: &str,
    step: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let began = clock();
    let done = step.await.with_context(|| what.to_owned())?;
    ensure!(began.elapsed() < STEP, "{what} took {:?}", began.elapsed());
    Ok(done)
}

/// The faults and the processes of the stack are shared: one story at a time.
pub(crate) static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
