//! A running stack, as its clients and its operating system see it.

use std::{
    fs,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_kms::config::Credentials;
use platform::transport::{Https, Transport};
use serde_json::{Value, json};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
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

    /// The emulator as its owner reaches it.
    pub(crate) async fn aws(&self) -> anyhow::Result<SdkConfig> {
        let endpoint = format!("http://127.0.0.1:{}", self.state("emulator_port"));
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(platform::aws::http_client())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "e2e"))
            .endpoint_url(endpoint);
        Ok(config.load().await)
    }

    /// The stack's bucket.
    pub(crate) async fn bucket(&self, s3: &aws_sdk_s3::Client) -> anyhow::Result<String> {
        let name = self.state("stack");
        let buckets = s3.list_buckets().send().await?.buckets.unwrap_or_default();
        let mut names = buckets.into_iter().filter_map(|bucket| bucket.name);
        let is_own = |bucket: &String| bucket.starts_with(&name) && !bucket.ends_with("-artifacts");
        names.find(is_own).context("the stack has a bucket")
    }

    /// A command of `cargo dev` on this stack; what it prints.
    pub(crate) fn dev(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let name = self.state("stack");
        let instance = name.strip_prefix("sapa-").context("the environment's name")?;
        let output = Command::new(variable("SAPA_E2E_DEV")?)
            .args(arguments)
            .args(["--instance", instance])
            // It belongs to the package whose test this is: the program knows its own.
            .env_remove("CARGO_MANIFEST_DIR")
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{said}");
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
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
                let done = Command::new("kill").args(["-9", pid]).status()?;
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
