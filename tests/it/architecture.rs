//! The rules of the workspace: who may know whom, what a function links, and that the sample
//! events are ones.

use std::{collections::BTreeSet, path::PathBuf, process::Command, sync::Arc};

use app::authenticate::fingerprint;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use domain::{
    Id,
    api_key::Role,
    integration::{IntegrationEvent, Member},
    live::{Right, TICKET_LIFE, Ticket},
    message::MediaKind,
};
use lambda_http::request::from_str;
use serde::de::DeserializeOwned;
use serde_json::Value;
use world::{
    World,
    files::{arrived, stored_file, with_file},
};

use crate::desk::Desk;

const FUNCTIONS: [&str; 8] =
    ["agent-api", "inbound-retry", "live", "media", "outbound", "relay", "sweep", "webhook"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn workspace() -> Metadata {
    let mut command = MetadataCommand::new();
    command.cargo_path(env!("CARGO")).current_dir(root()).no_deps();
    command.other_options(["--locked".to_owned(), "--offline".to_owned()]);
    command.exec().unwrap()
}

/// The crates of the workspace that a crate may name, outside its tests.
fn allowed(name: &str) -> &'static [&'static str] {
    match name {
        "domain" | "platform" => &[],
        "channels" => &["domain"],
        "store" => &["domain", "platform"],
        "app" => &["channels", "domain", "platform", "store"],
        "webhook" => &["app", "channels", "domain", "platform", "store"],
        "agent-api" | "inbound-retry" | "live" | "media" | "outbound" | "relay" | "sweep" => {
            &["app", "domain", "platform", "store"]
        }
        "world" => &[
            "agent-api",
            "app",
            "channels",
            "domain",
            "inbound-retry",
            "live",
            "media",
            "outbound",
            "platform",
            "relay",
            "store",
            "sweep",
            "webhook",
        ],
        "dev" => &["app", "domain", "platform", "store", "world"],
        other => panic!("say here what {other} may know"),
    }
}

#[test]
fn dependencies_point_one_way() {
    let workspace = workspace();
    let members: BTreeSet<_> = workspace.packages.iter().map(|p| p.name.to_string()).collect();
    for package in &workspace.packages {
        let dependencies = package.dependencies.iter();
        let known = dependencies.filter(|dependency| {
            dependency.kind != DependencyKind::Development && members.contains(&dependency.name)
        });
        for dependency in known {
            assert!(
                allowed(&package.name).contains(&dependency.name.as_str()),
                "{} must not know {}",
                package.name,
                dependency.name
            );
        }
    }
    for function in FUNCTIONS {
        assert!(members.contains(function), "{function}");
    }
}

/// What a crate links when it is built alone: `cargo metadata` would show the features that the
/// rest of the workspace turns on, too.
fn linked(package: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--package", package])
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let lines = String::from_utf8(tree.stdout).unwrap();
    let names: BTreeSet<_> =
        lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    assert!(names.contains(package));
    names
}

#[test]
fn rules_and_codecs_do_no_io() {
    let banned = ["reqwest", "getrandom", "rand", "chrono", "time", "async-std", "smol", "mio"];
    for package in ["domain", "channels"] {
        for name in linked(package) {
            let does_io = ["aws", "tokio", "hyper", "lambda", "rustls"]
                .iter()
                .any(|prefix| name.starts_with(prefix));
            assert!(!does_io && !banned.contains(&name.as_str()), "{package} links {name}");
        }
    }
}

#[test]
fn a_function_links_the_services_of_its_role_and_no_others() {
    for (function, services) in [
        ("agent-api", &["cognitoidentityprovider", "dynamodb", "kms", "s3"][..]),
        ("inbound-retry", &["dynamodb", "s3", "sqs"]),
        ("live", &["dynamodb"]),
        ("media", &["dynamodb", "kms", "s3", "sqs"]),
        ("outbound", &["dynamodb", "kms", "s3", "sqs"]),
        ("relay", &["apigatewaymanagement", "dynamodb", "s3", "sqs"]),
        ("sweep", &["dynamodb", "sqs"]),
        ("webhook", &["dynamodb", "kms", "s3", "sqs"]),
    ] {
        let linked = linked(function);
        let sdks: Vec<_> = linked.iter().filter_map(|name| name.strip_prefix("aws-sdk-")).collect();
        // STS is part of aws-config, which asks it for nothing inside Lambda.
        let sdks: Vec<_> = sdks.into_iter().filter(|sdk| *sdk != "sts").collect();
        assert_eq!(sdks, services, "{function}");
        assert!(linked.contains("ring"), "{function}");
    }
}

#[test]
fn there_is_one_tls_and_it_is_ring() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let names: BTreeSet<_> = lock.lines().filter_map(|line| line.strip_prefix("name = ")).collect();
    assert!(names.contains("\"ring\""));
    for banned in ["aws-lc-rs", "aws-lc-sys", "openssl", "openssl-sys", "native-tls", "rsa"] {
        assert!(!names.contains(format!("\"{banned}\"").as_str()), "{banned} is in the tree");
    }
}

/// The message and the upload that the sample events of the API name.
const SAMPLE_MESSAGE: &str = "0b9f7c7e-3f0e-8d4c-9a51-7d2f4c1e8a66";
const SAMPLE_UPLOAD: &str = "019b8c2a-7b10-7c3e-8f4d-2a6b5c4d3e2f";

/// The sample events of a function, by file name.
fn events(function: &str) -> Vec<(String, String)> {
    let folder = root().join("events").join(function);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|_| panic!("{function} has no events"));
    let mut events: Vec<_> = files
        .map(|file| file.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    assert!(!events.is_empty(), "{function}");
    events.sort();
    events
}

fn parse<T: DeserializeOwned>(event: &str) -> T {
    serde_json::from_str(event).unwrap()
}

#[tokio::test(start_paused = true)]
async fn each_event_of_the_webhook_is_served() {
    for (name, event) in events("webhook") {
        let world = World::new().await.unwrap();
        let request = from_str(&event).unwrap();
        let response = webhook::handle(Arc::clone(&world.process.webhook), request).await;
        assert_eq!(response.status().as_u16(), 200, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn each_event_of_the_api_is_served_once_there_are_a_room_and_files() {
    for (name, event) in events("agent-api") {
        let world = World::new().await.unwrap();
        world.seat(world.company(), "ani@example.com", "Ani", Role::Admin).await.unwrap();
        let (_, text) = events("webhook").into_iter().find(|(name, _)| name == "text").unwrap();
        let text = from_str(&text).unwrap();
        webhook::handle(Arc::clone(&world.process.webhook), text).await;
        world.add_member("Tono", Role::Agent).await.unwrap();
        let room = Desk::of(&world).only_room().await["id"].clone();
        let picture = (SAMPLE_MESSAGE, MediaKind::Image, stored_file("contact/picture"));
        with_file(&world, world.company(), room.as_str().unwrap(), picture).await.unwrap();
        arrived(&world, world.company(), SAMPLE_UPLOAD).await.unwrap();
        let told = IntegrationEvent {
            id: SAMPLE_MESSAGE.parse().unwrap(),
            kind: "status".into(),
            received_at: world.now(),
            raw_key: "raw/event".into(),
            summary: "read, of a message that was not sent from here".into(),
        };
        let company = &world.company().provisioned;
        let tenant = world.process.table.tenant(company.organization_id);
        let of = company.integration_id.to_string();
        tenant.put_event(&of, Some(world.now()), &told).await.unwrap();
        let request = from_str(&event).unwrap();
        let response = agent_api::handle(world.process.api.clone(), request).await;
        assert!(response.status().is_success(), "{name}: {}", response.status());
    }
}

/// The ticket in the sample of a socket that is opened.
const SAMPLE_TICKET: &str = "5a61cd9bd84b0c8ea3a9ea6b7d7b0b6f2b8e0f4c";

#[tokio::test(start_paused = true)]
async fn each_event_of_the_queues_and_the_stream_is_served() {
    let world = World::new().await.unwrap();
    let process = &world.process;
    for (name, event) in events("inbound-retry") {
        let response = inbound_retry::handle(Arc::clone(&process.retry), parse(&event)).await;
        assert!(response.batch_item_failures.is_empty(), "{name}");
    }
    for (name, event) in events("outbound") {
        let response = outbound::handle(Arc::clone(&process.outbound), parse(&event)).await;
        assert!(response.batch_item_failures.is_empty(), "{name}");
    }
    for (name, event) in events("media") {
        let response = media::handle(Arc::clone(&process.media), parse(&event)).await;
        assert!(response.batch_item_failures.is_empty(), "{name}");
    }
    for (name, event) in events("live") {
        let ticket = Ticket {
            organization_id: world.company().provisioned.organization_id,
            member: Member { id: Id::derived(&["ani"]), name: "Ani".into() },
            role: Role::Agent,
            right: Right::Key { lookup: fingerprint(&world.company().setup.api_key) },
            expires_at: world.now().plus(TICKET_LIFE),
        };
        process.table.put_ticket(&fingerprint(SAMPLE_TICKET), &ticket).await.unwrap();
        let answer = live::handle(Arc::clone(&process.live), parse(&event)).await;
        assert_eq!(answer.status, 200, "{name}");
    }
    for (name, event) in events("relay") {
        let response = relay::handle(Arc::clone(&process.relay), parse(&event)).await.unwrap();
        assert!(response.batch_item_failures.is_empty(), "{name}");
        let queue = if name == "awaited-file" { "media" } else { "outbound.fifo" };
        assert!(world.queue(queue, |queue| !queue.is_empty()), "{name}");
    }
    for (name, event) in events("sweep") {
        let tally = sweep::handle(Arc::clone(&process.sweep), parse(&event)).await;
        assert_eq!(tally.failed, 0, "{name}");
    }
}

#[test]
fn every_event_belongs_to_a_function_or_channel() {
    let folders = std::fs::read_dir(root().join("events")).unwrap();
    for folder in folders {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(name == "channels" || FUNCTIONS.contains(&name.as_str()), "events/{name}");
    }
}

#[test]
fn the_samples_name_each_other() {
    // The jobs that relay's samples make are the queues' samples.
    for (record, function, job) in
        [("new-message", "outbound", "text"), ("awaited-file", "media", "awaited-file")]
    {
        let sample = |function: &str, wanted: &str| -> Value {
            let found = events(function).into_iter().find(|(name, _)| name == wanted);
            parse(&found.unwrap_or_else(|| panic!("{function} has no {wanted}")).1)
        };
        let (record, job) = (sample("relay", record), sample(function, job));
        let body: Value = parse(job["Records"][0]["body"].as_str().unwrap());
        let id = record["Records"][0]["dynamodb"]["NewImage"]["id"]["S"].as_str().unwrap();
        assert!(body["message"].as_str().unwrap().ends_with(id), "{function}");
    }
}
