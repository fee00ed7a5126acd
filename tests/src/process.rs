//! A function's process: its clients, its warm state, and its death.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use agent_api::Api;
use app::{
    inbound::Inbound,
    integrations::Connector,
    live::Pusher,
    media::Fetcher,
    outbound::Sender,
    sweep::{Queues, Sweep},
};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_kms::config::Credentials;
use aws_smithy_async::{rt::sleep::TokioSleep, time::TimeSource};
use axum::Router;
use live::Live;
use media::Media;
use outbound::Outbound;
use platform::{
    Source, aws, cognito::UserPool, files::Files, jwt::Verifier, objects::Bucket, push::Push,
    queue::Queue, secrets::Secrets, transport::Transport,
};
use relay::Relay;
use store::Table;
use webhook::Webhook;

use crate::{
    aws::{cognito, dynamodb::TABLE},
    wire::{DEAD_FILES, DEAD_LETTERS, Line, Wire},
};

/// Where the provider answers.
const GRAPH: &str = "https://graph.test/v24.0";

/// Every function, as one process each would run them, and the line that tells of their death.
#[derive(Clone)]
pub struct Process {
    /// What the wire knows of this process.
    pub line: Arc<Line>,
    /// `webhook`.
    pub webhook: Arc<Webhook>,
    /// `inbound-retry`.
    pub retry: Arc<Inbound>,
    /// `relay`.
    pub relay: Arc<Relay>,
    /// `outbound`.
    pub outbound: Arc<Outbound>,
    /// `live`.
    pub live: Arc<Live>,
    /// `media`.
    pub media: Arc<Media>,
    /// `sweep`.
    pub sweep: Arc<Sweep>,
    /// `agent-api`.
    pub api: Router,
    /// The user pool, for setting up.
    pub pool: UserPool,
    /// The table, for setting up.
    pub table: Table,
    /// The keys, for setting up.
    pub secrets: Arc<Secrets>,
}

impl Process {
    /// A process that has just started: no cache is warm.
    pub fn start(
        name: &str,
        wire: &Wire,
        source: &Source,
        transport: &Arc<dyn Transport>,
        time: impl TimeSource + 'static,
    ) -> Self {
        let line = Arc::new(Line::default());
        let config = config(name, wire, &line, time);
        let table = Table::new(&config, TABLE.into());
        let bucket = || Bucket::new(&config, "sapa".into());
        let sends = || Queue::new(&config, "https://sqs.test/1/outbound.fifo".into());
        let fetches = || Queue::new(&config, "https://sqs.test/1/media".into());
        let queues = Queues {
            outbound: sends(),
            outbound_dead: Queue::new(&config, format!("https://sqs.test/1/{DEAD_LETTERS}")),
            media: fetches(),
            media_dead: Queue::new(&config, format!("https://sqs.test/1/{DEAD_FILES}")),
        };
        let files = || Files::new(&config, "sapa".into());
        let secrets = || Secrets::new(&config, "world".into());
        let inbound = || Inbound::new(table.clone(), bucket(), source.clone());
        let sender = Sender::new(
            table.clone(),
            secrets(),
            Files::new(&config, "sapa".into()),
            Arc::clone(transport),
            source.clone(),
            GRAPH.into(),
        );
        let connector = Connector {
            secrets: secrets(),
            transport: Arc::clone(transport),
            source: source.clone(),
            graph_url: GRAPH.into(),
            webhook_url: "https://api.test".into(),
        };
        let fetcher = Fetcher::new(
            table.clone(),
            secrets(),
            files(),
            Arc::clone(transport),
            source.clone(),
            "https://graph.test/v24.0".into(),
        );
        let pool = UserPool::new(&config, cognito::POOL.into(), cognito::CLIENT.into());
        let (issuer, client) = (cognito::ISSUER.into(), cognito::CLIENT.into());
        let keys = cognito::JWKS_URL.into();
        let verifier = Verifier::new(issuer, client, keys, Arc::clone(transport));
        let (own_table, own_pool) = (table.clone(), pool.clone());
        let api = Api::new(
            own_table,
            source.clone(),
            secrets(),
            files(),
            connector,
            own_pool,
            verifier,
            "wss://sockets.test/live".into(),
        );
        let sockets = Push::new(&config, "https://sockets.test/live".into());
        Self {
            webhook: Arc::new(Webhook {
                inbound: inbound(),
                retries: Queue::new(&config, "https://sqs.test/1/retry".into()),
                secrets: secrets(),
                source: source.clone(),
            }),
            retry: Arc::new(inbound()),
            relay: Arc::new(Relay {
                sends: sends(),
                media: fetches(),
                table: table.clone(),
                bucket: bucket(),
                function: "sapa-relay".into(),
                pusher: Pusher::new(sockets),
                source: source.clone(),
            }),
            live: Arc::new(Live { table: table.clone(), source: source.clone() }),
            media: Arc::new(Media { fetcher, queue: fetches() }),
            sweep: Arc::new(Sweep::new(table.clone(), source.clone(), queues)),
            outbound: Arc::new(Outbound { sender, queue: sends() }),
            api: agent_api::router(api),
            secrets: Arc::new(secrets()),
            pool,
            table,
            line,
        }
    }

    /// Runs work of this process until it is done or the process dies: then `None`.
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.line.died.notified() => None,
            done = work => Some(done),
        }
    }
}

/// A region of its own for each process. The SDK keeps one allowance of retries for all clients of a
/// service and region: without this, worlds that suffer would use up those of their neighbours, and
/// a seed would not replay alike.
fn region() -> Region {
    static NEXT: AtomicU64 = AtomicU64::new(1_000_000);
    Region::new(format!("ap-southeast-{}", NEXT.fetch_add(1, Ordering::Relaxed)))
}

fn config(name: &str, wire: &Wire, line: &Arc<Line>, time: impl TimeSource + 'static) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region())
        .credentials_provider(aws_sdk_kms::config::SharedCredentialsProvider::new(
            Credentials::new("test", "test", None, None, "world"),
        ))
        .http_client(wire.client(name, Arc::clone(line)))
        .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(aws_smithy_async::time::SharedTimeSource::new(time))
        // Jitter would make two runs of a seed differ.
        .retry_config(aws::retries().with_use_static_exponential_base(true))
        .timeout_config(aws::timeouts())
        .build()
}
