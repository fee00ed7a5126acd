//! One world: a company, its provider, its customers, and everything in between.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::Context;
use app::{
    members::{Seat, seat_member},
    provision::{Setup, provision},
    sweep::Tally,
};
use aws_lambda_events::event::dynamodb::EventRecord;
use domain::{Time, api_key::Role, member::Membership};
use platform::{Source, transport::Transport};
use serde_json::Value;

use crate::{
    aws::{cognito::Cognito, dynamodb::DynamoDb, s3::Served},
    clock::Clock,
    company::{Company, ToGraph, lock, webhook_request},
    graph::{Delivery, Graph, GraphConfig},
    process::Process,
    requests::ApiRequest,
    wire::Wire,
};

/// What everybody who was seated signs in with.
pub const PASSWORD: &str = "Kopi-Susu-2026";

/// An answer of the API.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// The JSON, or null where there is none.
    pub json: Value,
    /// The headers, by their names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// The world.
pub struct World {
    /// Its time.
    pub clock: Clock,
    /// Its AWS.
    pub wire: Wire,
    /// Its functions, warm.
    pub process: Process,
    source: Source,
    to_graph: Arc<ToGraph>,
    /// The companies in it; the first is the one that stories are about.
    pub companies: Vec<Company>,
}

impl World {
    /// A world with one company, on a paused tokio runtime.
    pub async fn new() -> anyhow::Result<Self> {
        Self::seeded(0).await
    }

    /// The same with this seed for its randomness.
    pub async fn seeded(seed: u64) -> anyhow::Result<Self> {
        let clock = Clock::start();
        let rng = Mutex::new(fastrand::Rng::with_seed(seed));
        let source = Source::new(move || clock.timestamp(), move || random(&rng));
        let dynamodb = DynamoDb::new(Arc::new(clock))?;
        let wire = Wire::new(dynamodb, Cognito::new()?, Arc::new(move || clock.now_ms()));
        let to_graph = Arc::new(ToGraph { graphs: Mutex::default(), clock, wire: wire.clone() });
        let transport: Arc<dyn Transport> = to_graph.clone();
        let process = Process::start("warm", &wire, &source, &transport, clock);
        let mut world = Self { clock, wire, process, source, to_graph, companies: Vec::new() };
        world.add_company("Kopi Kita", "106540352242922").await?;
        Ok(world)
    }

    /// Sets another company up.
    pub async fn add_company(&mut self, name: &str, phone_number_id: &str) -> anyhow::Result<()> {
        let setup = Setup {
            organization: name.into(),
            app_key: format!("app-{phone_number_id}"),
            app_secret: format!("secret of {name}"),
            verify_token: format!("verify {name}"),
            phone_number_id: phone_number_id.into(),
            business_account: Some(format!("555{phone_number_id}")),
            access_token: format!("token-{phone_number_id}"),
            api_key: format!("sapa_{phone_number_id}"),
            member: "Ani".into(),
            role: Role::Admin,
        };
        let provisioned = provision(&self.process.table, &self.process.secrets, &setup).await?;
        let config = GraphConfig {
            phone_number_id: phone_number_id.into(),
            display_phone_number: "6281100000000".into(),
            waba_id: format!("555{phone_number_id}"),
            access_token: setup.access_token.clone(),
            app_secret: setup.app_secret.clone(),
        };
        // Numbers of their own, as two providers' accounts have.
        let first_id = 1_000_000 * (1 + self.companies.len() as u64);
        let graph = Arc::new(Mutex::new(Graph::starting_at(config, first_id)));
        lock(&self.to_graph.graphs).push(Arc::clone(&graph));
        self.companies.push(Company { setup, provisioned, graph });
        Ok(())
    }

    /// A key of the first company for another member.
    pub async fn add_member(&self, name: &str, role: Role) -> anyhow::Result<String> {
        self.add_member_of(self.company(), name, role, format!("sapa_{name}")).await
    }

    /// A key of a company for another member.
    pub async fn add_member_of(
        &self,
        company: &Company,
        name: &str,
        role: Role,
        api_key: String,
    ) -> anyhow::Result<String> {
        let setup =
            Setup { member: name.into(), api_key: api_key.clone(), role, ..company.setup.clone() };
        provision(&self.process.table, &self.process.secrets, &setup).await?;
        Ok(api_key)
    }

    /// Somebody of this company who can sign in with [`PASSWORD`].
    pub async fn seat(
        &self,
        company: &Company,
        email: &str,
        name: &str,
        role: Role,
    ) -> anyhow::Result<Membership> {
        let seat = Seat {
            organization_id: company.provisioned.organization_id,
            email: email.into(),
            password: PASSWORD.into(),
            name: name.into(),
            role,
        };
        let (table, pool) = (&self.process.table, &self.process.pool);
        let seated = seat_member(table, pool, &seat, self.now()).await;
        seated.map_err(|problem| anyhow::anyhow!("{problem:?}"))
    }

    /// The company that stories are about.
    pub fn company(&self) -> &Company {
        &self.companies[0]
    }

    /// A process that starts now.
    pub fn start_process(&self, name: &str) -> Process {
        let transport: Arc<dyn Transport> = self.to_graph.clone();
        Process::start(name, &self.wire, &self.source, &transport, self.clock)
    }

    /// Now.
    pub fn now(&self) -> Time {
        Time::from(self.clock.timestamp())
    }

    /// Has the table take away the rows that have had their time, as DynamoDB does some time later;
    /// how many there were.
    pub fn expire(&self) -> anyhow::Result<usize> {
        self.wire.services().dynamodb.expire()
    }

    /// Lets time pass, and nothing else happen.
    pub async fn pass(&self, time: Duration) {
        tokio::time::advance(time).await;
    }

    /// A customer of the first company writes; the webhook's answer.
    pub async fn customer_says(&self, from: &str, text: &str) -> anyhow::Result<u16> {
        let delivery =
            self.company().graph().customer_says(self.clock.now_ms(), from, "Budi", text);
        self.deliver(self.company(), &delivery).await
    }

    /// Posts a delivery of a company's provider to the webhook, and tells the provider.
    pub async fn deliver(&self, company: &Company, delivery: &Delivery) -> anyhow::Result<u16> {
        let request = webhook_request(company, &delivery.body);
        let status = self.webhook(&self.process, &request).await?.map_or(0, |(status, _)| status);
        company.graph().answered(delivery.id, self.clock.now_ms(), status);
        Ok(status)
    }

    /// Calls the webhook in a process; `None` if the process died.
    pub async fn webhook(
        &self,
        process: &Process,
        request: &ApiRequest,
    ) -> anyhow::Result<Option<(u16, String)>> {
        let work = webhook::handle(Arc::clone(&process.webhook), request.lambda()?);
        Ok(process.run(work).await.map(|response| {
            let status = response.status().as_u16();
            (status, String::from_utf8_lossy(response.body().as_ref()).into_owned())
        }))
    }

    /// Calls the API with the first company's key.
    pub async fn api(&self, request: ApiRequest) -> anyhow::Result<Answered> {
        self.api_with(&self.company().setup.api_key, request).await
    }

    /// Calls the API with this key.
    pub async fn api_with(&self, key: &str, request: ApiRequest) -> anyhow::Result<Answered> {
        let request = request.header("authorization", format!("Bearer {key}"));
        self.api_in(&self.process, &request).await?.context("the process died")
    }

    /// Calls the API in a process; `None` if the process died.
    pub async fn api_in(
        &self,
        process: &Process,
        request: &ApiRequest,
    ) -> anyhow::Result<Option<Answered>> {
        let request = request.lambda()?;
        let work = async {
            let response = agent_api::handle(process.api.clone(), request).await;
            let status = response.status().as_u16();
            let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            };
            let headers = response.headers().iter().map(header).collect();
            let body = axum::body::to_bytes(response.into_body(), 1 << 24).await?;
            let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
            anyhow::Ok(Answered { status, json, headers })
        };
        process.run(work).await.transpose()
    }

    /// Hands the next records of the stream to relay; whether there were any.
    pub async fn relay(&self, process: &Process, most: usize) -> anyhow::Result<bool> {
        let records = self.wire.services().dynamodb.stream(most)?;
        if records.is_empty() {
            return Ok(false);
        }
        let count = records.len();
        let mut event = aws_lambda_events::event::dynamodb::Event::default();
        event.records = records.into_iter().filter(is_followed).collect();
        if event.records.is_empty() {
            self.wire.services().dynamodb.read_up_to(count);
            return Ok(true);
        }
        let done = process.run(relay::handle(Arc::clone(&process.relay), event)).await;
        if let Some(Ok(response)) = done {
            anyhow::ensure!(response.batch_item_failures.is_empty(), "relay refused a record");
            self.wire.services().dynamodb.read_up_to(count);
        }
        Ok(true)
    }

    /// Hands a message of a queue to its function; whether there was one.
    pub async fn consume(
        &self,
        process: &Process,
        queue: &str,
        pick: usize,
    ) -> anyhow::Result<bool> {
        let now = self.clock.now_ms();
        let Some(event) = self.queue(queue, |queue| queue.receive(pick, now)) else {
            return Ok(false);
        };
        let ids: Vec<_> = event.records.iter().filter_map(|m| m.message_id.clone()).collect();
        let done = match queue {
            "retry" => process.run(inbound_retry::handle(Arc::clone(&process.retry), event)).await,
            "media" => process.run(media::handle(Arc::clone(&process.media), event)).await,
            _ => process.run(outbound::handle(Arc::clone(&process.outbound), event)).await,
        };
        if let Some(response) = done {
            let failed: Vec<_> =
                response.batch_item_failures.into_iter().map(|f| f.item_identifier).collect();
            for id in ids.iter().filter(|id| !failed.contains(id)) {
                self.queue(queue, |queue| queue.delete(id));
            }
        }
        Ok(true)
    }

    /// Follows a link into the bucket, as a browser does.
    pub fn open(&self, url: &str) -> Served {
        self.wire.services().s3.open(url, self.clock.now_ms())
    }

    /// Posts a form into the bucket, as a browser does; the HTTP status.
    pub fn post_form(&self, url: &str, fields: &Value, file: &[u8]) -> u16 {
        self.wire.services().s3.post(url, fields, file, self.clock.now_ms())
    }

    /// Runs the sweep once in a process; `None` if the process died.
    pub async fn sweep(&self, process: &Process) -> Option<Tally> {
        let tick = aws_lambda_events::event::eventbridge::EventBridgeEvent::default();
        process.run(sweep::handle(Arc::clone(&process.sweep), tick)).await
    }

    /// Does something with a queue.
    pub fn queue<T>(&self, name: &str, work: impl FnOnce(&mut crate::aws::sqs::Sqs) -> T) -> T {
        let mut services = self.wire.services();
        work(
            services
                .queues
                .entry(name.into())
                .or_insert_with(|| crate::aws::sqs::Sqs::new(30_000, 10)),
        )
    }

    /// Lets everything that is under way arrive, for at most this long.
    pub async fn settle(&self, limit: Duration) -> anyhow::Result<()> {
        let end = self.clock.now_ms() + u64::try_from(limit.as_millis())?;
        loop {
            while self.relay(&self.process, 20).await?
                || self.consume(&self.process, "outbound.fifo", 0).await?
                || self.consume(&self.process, "retry", 0).await?
                || self.consume(&self.process, "media", 0).await?
                || self.deliver_due().await?
            {}
            let Some(next) = self.next_event() else { return Ok(()) };
            if next > end {
                return Ok(());
            }
            let now = self.clock.now_ms();
            self.pass(Duration::from_millis(next.saturating_sub(now).max(1))).await;
        }
    }

    async fn deliver_due(&self) -> anyhow::Result<bool> {
        let mut any = false;
        for company in &self.companies {
            let due = company.graph().due(self.clock.now_ms());
            for delivery in due {
                self.deliver(company, &delivery).await?;
                any = true;
            }
        }
        Ok(any)
    }

    /// When something is due next.
    pub fn next_event(&self) -> Option<u64> {
        let graphs = self.companies.iter().filter_map(|company| company.graph().next_due());
        let queues = ["outbound.fifo", "retry", "media"];
        let queues = queues.iter().filter_map(|name| self.queue(name, |queue| queue.next_at()));
        graphs.chain(queues).min()
    }
}

/// The filter of relay's mapping: what is new or has changed in rooms, rooms that were erased,
/// sockets that were opened or closed, and what has had its time and named objects.
fn is_followed(record: &EventRecord) -> bool {
    let text = |item: &serde_dynamo::Item, name: &str| match item.get(name) {
        Some(serde_dynamo::AttributeValue::S(text)) => text.clone(),
        _ => String::new(),
    };
    let kind = text(&record.change.new_image, "kind");
    let sk = text(&record.change.keys, "sk");
    let is_message = kind == "inbound" || kind == "outbound";
    let is_beside = sk.starts_with("a#") || sk.starts_with("note#");
    match record.event_name.as_str() {
        "INSERT" => is_message || is_beside || sk == "room" || sk.starts_with("socket#"),
        "MODIFY" => is_message || is_beside || sk == "room",
        "REMOVE" => {
            let is_expired = record.user_identity.is_some();
            let names_objects = sk.starts_with("m#") || sk == "file" || sk.starts_with("to#");
            sk == "room" || sk.starts_with("socket#") || (is_expired && names_objects)
        }
        _ => false,
    }
}

fn random(rng: &Mutex<fastrand::Rng>) -> [u8; 10] {
    let mut bytes = [0; 10];
    lock(rng).fill(&mut bytes);
    bytes
}
