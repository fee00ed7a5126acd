//! The wire: the HTTP client of every AWS client in the world.
//!
//! Every call passes here, so here calls are routed to the services, metered, and made to fail.
//! A failure is drawn by whoever owns the world (a test names one, the simulation draws them):
//! refused before it is carried out, carried out but never answered, or the process dies.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
            http_client_fn,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::{
    aws::{
        Answer,
        apigateway::ApiGateway,
        cognito::Cognito,
        dynamodb::DynamoDb,
        kms,
        s3::{Headers, S3},
        sqs::Sqs,
    },
    heat::written_partitions,
    meter::Meter,
    rights::leading_keys,
};

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is carried out and answered.
    Served,
    /// The service refuses it for now: too many requests.
    Throttled,
    /// It is carried out, and its answer is lost.
    AnswerLost,
    /// The process dies before the call leaves.
    DiesBefore,
    /// The process dies after the call was carried out.
    DiesAfter,
}

/// One call, as whoever draws its fate sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Which function's process makes it.
    pub process: String,
    /// `cognito`, `dynamodb`, `sqs`, `s3`, `kms`, `execute-api`.
    pub service: &'static str,
    /// The service's name of the operation.
    pub operation: String,
}

/// Draws a call's fate, and how many virtual milliseconds it takes.
pub type Fates = Box<dyn FnMut(&Call) -> (Fate, u64) + Send>;

/// The services and what is known of the calls to them.
pub struct Services {
    /// The table.
    pub dynamodb: DynamoDb,
    /// The bucket.
    pub s3: S3,
    /// The user pool.
    pub cognito: Cognito,
    /// The open sockets.
    pub sockets: ApiGateway,
    /// The queues, by the last part of their address.
    pub queues: BTreeMap<String, Sqs>,
    /// What the calls cost.
    pub meter: Meter,
    /// The calls, in order, for traces.
    pub calls: Vec<String>,
    /// Units that each partition took in the current virtual second.
    written: BTreeMap<String, (u64, f64)>,
    partition_limit: f64,
    fates: Fates,
}

/// The services, shared by all processes.
#[derive(Clone)]
pub struct Wire {
    services: Arc<Mutex<Services>>,
    now: Arc<dyn Fn() -> u64 + Send + Sync>,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

/// What the wire knows of one process.
#[derive(Debug, Default)]
pub struct Line {
    /// Told when the process dies.
    pub died: Notify,
    /// Whether it has died.
    pub is_dead: AtomicBool,
    /// The organizations whose rows it touched.
    pub organizations: Mutex<BTreeSet<String>>,
    /// What it did to the table, and to which partitions, its own or an index's.
    pub reached: Mutex<BTreeSet<(String, String)>>,
}

/// The queue of what `outbound.fifo` has given up.
pub const DEAD_LETTERS: &str = "outbound-dead.fifo";

/// The queue of what `media` has given up.
pub const DEAD_FILES: &str = "media-dead";

/// DynamoDB's limit for one partition key, in write units a second.
const PARTITION_LIMIT: f64 = 1000.0;

impl Wire {
    /// Connects the services; `now` is the virtual time in milliseconds.
    pub fn new(
        dynamodb: DynamoDb,
        cognito: Cognito,
        now: Arc<dyn Fn() -> u64 + Send + Sync>,
    ) -> Self {
        let queues = [
            ("retry", Sqs::new(180_000, 20)),
            ("outbound.fifo", Sqs::new(45_000, 10)),
            (DEAD_LETTERS, Sqs::new(120_000, u32::MAX)),
            ("media", Sqs::new(240_000, 40)),
            (DEAD_FILES, Sqs::new(120_000, u32::MAX)),
        ];
        let services = Services {
            dynamodb,
            s3: S3::default(),
            cognito,
            sockets: ApiGateway::default(),
            queues: queues.into_iter().map(|(name, queue)| (name.to_owned(), queue)).collect(),
            meter: Meter::default(),
            calls: Vec::new(),
            written: BTreeMap::new(),
            partition_limit: PARTITION_LIMIT,
            fates: Box::new(|_| (Fate::Served, 1)),
        };
        Self { services: Arc::new(Mutex::new(services)), now }
    }

    /// The services, for whoever plays AWS.
    pub fn services(&self) -> MutexGuard<'_, Services> {
        match self.services.lock() {
            Ok(services) => services,
            Err(poisoned) => poisoned.into_inner(),
        }
    }

    /// Rules what happens to calls from now on.
    pub fn set_fates(&self, fates: Fates) {
        self.services().fates = fates;
    }

    /// From now on a partition key takes so many write units a second, and refuses what comes above:
    /// for worlds that are too small to reach the limit there is.
    pub fn set_partition_limit(&self, units: f64) {
        self.services().partition_limit = units;
    }

    /// The HTTP client of one process.
    pub fn client(&self, process: &str, line: Arc<Line>) -> SharedHttpClient {
        let plug = Plug { wire: self.clone(), process: process.to_owned(), line };
        http_client_fn(move |_, _| SharedHttpConnector::new(plug.clone()))
    }
}

#[derive(Debug, Clone)]
struct Plug {
    wire: Wire,
    process: String,
    line: Arc<Line>,
}

impl HttpConnector for Plug {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let plug = self.clone();
        HttpConnectorFuture::new(async move { plug.carry(request).await })
    }
}

impl Plug {
    async fn carry(&self, mut request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body = read_body(request.take_body()).await?;
        let (service, operation) = route(&request);
        let call = Call { process: self.process.clone(), service, operation };
        let (fate, millis) = (self.wire.services().fates)(&call);
        if fate == Fate::DiesBefore {
            return self.die(&call, "dies before").await;
        }
        // What is listed stands in the query.
        let is_list = request.uri().contains("list-type=2");
        let path = request.uri().split('?').next().filter(|_| !is_list);
        let path = path.unwrap_or(request.uri()).to_owned();
        let headers = request.headers().iter();
        let headers: Headers =
            headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let slow = self.wire.services().sockets.delay_ms(&path);
        let slow = if call.service == "execute-api" { slow } else { 0 };
        tokio::time::sleep(Duration::from_millis(millis + slow)).await;
        let answer = match fate {
            Fate::Throttled => throttled(call.service),
            _ => self.serve(&call, request.method(), (&path, &headers), &body),
        };
        match fate {
            Fate::DiesAfter => self.die(&call, "dies after").await,
            Fate::AnswerLost => {
                self.note(&call, "answer lost");
                Err(ConnectorError::timeout("the answer was lost".into()))
            }
            Fate::Served | Fate::Throttled | Fate::DiesBefore => {
                self.note(&call, &answer.status.to_string());
                let status = StatusCode::try_from(answer.status)
                    .map_err(|error| ConnectorError::other(error.into(), None))?;
                let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
                if let Some(tag) = self.wire.services().s3.tag(path_of(&path)) {
                    response.headers_mut().insert("etag", tag);
                }
                Ok(response)
            }
        }
    }

    /// The process is no more: nobody hears of this call, and nothing after it happens.
    async fn die(&self, call: &Call, how: &str) -> Result<HttpResponse, ConnectorError> {
        self.note(call, how);
        self.line.is_dead.store(true, Ordering::Relaxed);
        self.line.died.notify_one();
        std::future::pending().await
    }

    fn note(&self, call: &Call, outcome: &str) {
        let now = (self.wire.now)();
        let line = format!("{now} {} {}.{}: {outcome}", call.process, call.service, call.operation);
        self.wire.services().calls.push(line);
    }

    fn serve(
        &self,
        call: &Call,
        method: &str,
        (path, headers): (&str, &Headers),
        body: &[u8],
    ) -> Answer {
        let now = (self.wire.now)();
        let services = &mut *self.wire.services();
        let mut request: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let answer = match call.service {
            "dynamodb" => {
                self.watch_tenants(body);
                if let Ok(mut reached) = self.line.reached.lock() {
                    reached.extend(leading_keys(&call.operation, &request));
                }
                // Not asked for in production, where it would make every answer longer.
                request["ReturnConsumedCapacity"] = json!("TOTAL");
                let row = |key: &Value| services.dynamodb.row(key);
                let partitions = written_partitions(&call.operation, &request, row);
                if partitions.iter().any(|pk| services.is_hot(pk, now)) {
                    throttled("dynamodb")
                } else {
                    partitions.into_iter().for_each(|pk| services.heat(pk, now));
                    let body = serde_json::to_vec(&request).unwrap_or_default();
                    services.dynamodb.call(&call.operation, &body)
                }
            }
            "kms" => kms::call(&call.operation, body),
            "cognito" => services.cognito.call(&call.operation, body, now),
            "execute-api" => services.sockets.call(&call.operation, path, body),
            "s3" => services.s3.call(method, path_of(path), headers, body),
            _ => {
                let url = request["QueueUrl"].as_str().unwrap_or_default();
                let name = url.rsplit('/').next().unwrap_or_default();
                services.bury(now);
                match services.queues.get_mut(name) {
                    Some(queue) => queue.call(&call.operation, body, now),
                    None => Answer::error(400, "AWS.SimpleQueueService.NonExistentQueue"),
                }
            }
        };
        services.meter.count(call.service, &call.operation, &request, &answer);
        answer
    }

    /// Notes every organization whose keys a request names.
    fn watch_tenants(&self, body: &[u8]) {
        let text = String::from_utf8_lossy(body);
        let Ok(mut organizations) = self.line.organizations.lock() else { return };
        for (index, _) in text.match_indices("\"o#") {
            organizations.extend(text.get(index + 3..index + 39).map(str::to_owned));
        }
    }
}

impl Services {
    /// What a queue has given up is found in its dead-letter queue.
    fn bury(&mut self, now: u64) {
        for (name, dead) in [("outbound.fifo", DEAD_LETTERS), ("media", DEAD_FILES)] {
            let Some(mut queue) = self.queues.remove(name) else { continue };
            if let Some(dead) = self.queues.get_mut(dead) {
                dead.inherit(&mut queue, now);
            }
            self.queues.insert(name.to_owned(), queue);
        }
    }

    fn is_hot(&self, partition: &str, now: u64) -> bool {
        let second = now / 1000;
        self.written
            .get(partition)
            .is_some_and(|(at, units)| *at == second && *units >= self.partition_limit)
    }

    fn heat(&mut self, partition: String, now: u64) {
        let second = now / 1000;
        let entry = self.written.entry(partition).or_insert((second, 0.0));
        if entry.0 != second {
            *entry = (second, 0.0);
        }
        entry.1 += 1.0;
    }
}

fn throttled(service: &str) -> Answer {
    match service {
        "dynamodb" => Answer::error(400, "ProvisionedThroughputExceededException"),
        "s3" => Answer {
            status: 503,
            body: b"<Error><Code>SlowDown</Code><Message>slow down</Message></Error>".to_vec(),
        },
        _ => Answer::error(400, "ThrottlingException"),
    }
}

/// Which service and operation a request is for.
fn route(request: &HttpRequest) -> (&'static str, String) {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let (prefix, operation) = target.split_once('.').unwrap_or_default();
    match prefix {
        "DynamoDB_20120810" => ("dynamodb", operation.to_owned()),
        "AWSCognitoIdentityProviderService" => ("cognito", operation.to_owned()),
        "AmazonSQS" => ("sqs", operation.to_owned()),
        "TrentService" => ("kms", operation.to_owned()),
        _ if request.uri().contains("connections/") => {
            let operation = match request.method() {
                "POST" => "PostToConnection",
                "DELETE" => "DeleteConnection",
                other => other,
            };
            ("execute-api", operation.to_owned())
        }
        _ => {
            let is_copy = request.headers().get("x-amz-copy-source").is_some();
            let operation = match request.method() {
                "PUT" if is_copy => "CopyObject",
                "PUT" => "PutObject",
                "DELETE" => "DeleteObject",
                _ if request.uri().contains("list-type=2") => "ListObjectsV2",
                _ => "GetObject",
            };
            ("s3", operation.to_owned())
        }
    }
}

fn path_of(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

async fn read_body(body: SdkBody) -> Result<Vec<u8>, ConnectorError> {
    use http_body_util::BodyExt;
    let collected = body.collect().await;
    let collected = collected.map_err(|error| ConnectorError::other(error, None))?;
    Ok(collected.to_bytes().to_vec())
}
