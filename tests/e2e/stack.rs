//! A running stack, as its clients see it; as the provider does (`provider`), and who runs it (`machine`).

mod machine;
mod provider;

use std::{
    fs,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use platform::transport::{Https, Transport};
use serde_json::{Value, json};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

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
    pub(crate) headers: http::HeaderMap,
}

impl Answer {
    /// A header's text; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The data of a success.
    pub(crate) fn data(self) -> anyhow::Result<Value> {
        ensure!((200..300).contains(&self.status), "{self:?}");
        Ok(self.json["data"].clone())
    }

    /// Status, code and field of a refusal.
    pub(crate) fn problem(&self) -> (u16, &str, &str) {
        let text = |name: &str| self.json[name].as_str().unwrap_or_default();
        (self.status, text("code"), text("field"))
    }
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
        let headers = sent.headers().clone();
        Ok(Answer { status: sent.status().as_u16(), json, text, cookie, headers })
    }

    /// A call of the API with the demo key.
    pub(crate) async fn api(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> anyhow::Result<Answer> {
        self.api_as(self.value("api_key"), method, path, headers, body).await
    }

    /// A call of the API with somebody's token.
    pub(crate) async fn api_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> anyhow::Result<Answer> {
        let bearer = format!("Bearer {token}");
        let mut all =
            vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        all.extend(headers);
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, &format!("{}{path}", self.value("api_url")), &all, body).await
    }

    /// The same with the demo key, which must succeed: the answer's data.
    pub(crate) async fn done(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> anyhow::Result<Value> {
        let answer = self.api(method, path, &[], body).await?;
        answer.data().with_context(|| format!("{method} {path}"))
    }

    /// The demo's number, as the API shows it.
    pub(crate) async fn integration(&self) -> anyhow::Result<Value> {
        let listed = self.done("GET", "/v1/integrations", Value::Null).await?;
        let own = listed.as_array().into_iter().flatten();
        let mut own = own.filter(|one| one["account_id"] == self.value("phone_number_id"));
        own.next().cloned().context("the demo has no number")
    }

    /// The room of a customer, by what the channel knows them by.
    pub(crate) async fn room_of(&self, customer: &str) -> anyhow::Result<Value> {
        let integration = self.integration().await?;
        let path = format!(
            "/v1/rooms/specific/info?account_uniq_id={customer}&channel_integration_id={}",
            text(&integration["id"])
        );
        self.done("GET", &path, Value::Null).await
    }

    /// Asks for a thing, again and again, until it is as it should be. What other stories do to the
    /// functions meanwhile is no answer.
    pub(crate) async fn until_shown(
        &self,
        path: &str,
        limit: Duration,
        is_so: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let (began, mut shown) = (clock(), Value::Null);
        loop {
            if let Ok(answer) = self.api("GET", path, &[], Value::Null).await
                && answer.status == 200
            {
                shown = answer.json["data"].clone();
                if is_so(&shown) {
                    return Ok(shown);
                }
            }
            ensure!(began.elapsed() < limit, "after {limit:?}, {path} is {shown}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
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
}

/// The `Date` header of a request that is sent now.
#[expect(clippy::disallowed_methods, reason = "real time passes here")]
pub(crate) fn http_date() -> anyhow::Result<String> {
    let now = jiff::Timestamp::now();
    Ok(jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now)?)
}

#[expect(clippy::disallowed_methods, reason = "real time passes here")]
pub(crate) fn now_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Digits that nobody else has, in this run or one before on the same stack.
pub(crate) fn unique() -> String {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    static BEGAN: std::sync::OnceLock<i64> = std::sync::OnceLock::new();
    let run = BEGAN.get_or_init(now_seconds) % 1_000_000;
    format!("{run:06}{:03}", GIVEN.fetch_add(1, Ordering::Relaxed))
}

/// The number of a customer whom no other story has.
pub(crate) fn customer() -> String {
    format!("6281{}", unique())
}

/// Text of a value; empty if it is none.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
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

/// The faults and the processes of the stack are shared by all stories.
static STACK: RwLock<()> = RwLock::const_new(());

/// For a story that turns faults on, kills processes, or changes what all stories work with: no
/// other one runs meanwhile, but for what it waits for.
pub(crate) async fn alone() -> RwLockWriteGuard<'static, ()> {
    STACK.write().await
}

/// For every other story. One that waits for minutes lets go first, so that it holds up nobody.
pub(crate) async fn beside_others() -> RwLockReadGuard<'static, ()> {
    STACK.read().await
}
