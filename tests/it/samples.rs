//! The sample events: each is served by its function, and brings about what it is a sample of.
//!
//! They name each other. What the webhook's text makes is the room of all others, and the rows in
//! relay's records are what the jobs in the queues' samples lead to.

use std::sync::Arc;

use app::authenticate::fingerprint;
use domain::{
    Id,
    api_key::Role,
    integration::{IntegrationEvent, Member},
    live::{Right, TICKET_LIFE, Ticket},
    message::MediaKind,
};
use lambda_http::request::from_str;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use world::{
    World,
    files::{JPEG, arrived, stored_file, with_file},
};

use crate::{
    architecture::root,
    desk::{BUDI, Desk, rows, texts},
};

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

fn event(function: &str, wanted: &str) -> String {
    let found = events(function).into_iter().find(|(name, _)| name == wanted);
    found.unwrap_or_else(|| panic!("{function} has no {wanted}")).1
}

fn parse<T: DeserializeOwned>(event: &str) -> T {
    serde_json::from_str(event).unwrap()
}

/// A world in which Budi wrote the words of the webhook's sample.
async fn talking() -> (World, Value) {
    let world = World::new().await.unwrap();
    let text = from_str(&event("webhook", "text")).unwrap();
    let response = webhook::handle(Arc::clone(&world.process.webhook), text).await;
    assert_eq!(response.status().as_u16(), 200);
    let room = Desk::of(&world).only_room().await["id"].clone();
    (world, room)
}

/// The row that one of relay's records tells of.
fn image(record: &str) -> Value {
    let event: Value = parse(&event("relay", record));
    event["Records"][0]["dynamodb"]["NewImage"].clone()
}

fn put(world: &World, row: Value) {
    world.wire.services().dynamodb.seed(vec![row]).unwrap();
}

/// The job in the sample of a queue's function.
fn job(function: &str, name: &str) -> Value {
    let event: Value = parse(&event(function, name));
    parse(event["Records"][0]["body"].as_str().unwrap())
}

/// The jobs that a queue holds.
fn jobs(world: &World, queue: &str) -> Vec<Value> {
    let now = world.clock.now_ms();
    let taken = std::iter::from_fn(|| world.queue(queue, |queue| queue.receive(0, now)));
    let messages = taken.flat_map(|event| event.records);
    messages.map(|message| parse(message.body.as_deref().unwrap())).collect()
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
        let (world, room) = talking().await;
        world.seat(world.company(), "ani@example.com", "Ani", Role::Admin).await.unwrap();
        world.add_member("Tono", Role::Agent).await.unwrap();
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

#[tokio::test(start_paused = true)]
async fn the_element_that_a_retry_names_is_stored() {
    for (name, event) in events("inbound-retry") {
        let world = World::new().await.unwrap();
        let org = world.company().provisioned.organization_id;
        let element = job("inbound-retry", &name)["element_id"].clone();
        let place = format!("set-aside/{org}/{}.json", element.as_str().unwrap());
        let text: Value = parse(&self::event("webhook", "text"));
        let body = text["body"].as_str().unwrap();
        world.wire.services().s3.place(&place, body.as_bytes());
        let served = inbound_retry::handle(Arc::clone(&world.process.retry), parse(&event)).await;
        assert!(served.batch_item_failures.is_empty(), "{name}");
        let desk = Desk::of(&world);
        let room = desk.only_room().await;
        assert_eq!(room["account_uniq_id"], BUDI, "{name}");
        let history = desk.history(&room["id"]).await;
        assert_eq!(texts(&history), ["Halo, kopinya masih ada?"], "{name}");
        assert!(world.wire.services().s3.object(&place).is_none(), "{name}: its object is gone");
    }
}

#[tokio::test(start_paused = true)]
async fn the_message_that_a_job_names_is_sent() {
    for (name, event) in events("outbound") {
        let (world, room) = talking().await;
        let record = match name.as_str() {
            "text" => "new-message",
            other => panic!("which record of relay's brings {other} about?"),
        };
        let row = image(record);
        put(&world, row.clone());
        let served = outbound::handle(Arc::clone(&world.process.outbound), parse(&event)).await;
        assert!(served.batch_item_failures.is_empty(), "{name}");
        let sent = world.company().graph().log().to_vec();
        assert_eq!(sent.len(), 1, "{name}");
        assert_eq!(json!(sent[0].text), row["content"]["M"]["text"]["S"], "{name}");
        assert_eq!(json!(sent[0].to), row["to"]["S"], "{name}");
        let history = Desk::of(&world).history(&room).await;
        let ours = history.iter().find(|message| message["id"] == row["id"]["S"]);
        assert_eq!(ours.expect("the message")["status"], "sent", "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_file_that_a_job_names_is_fetched() {
    for (name, event) in events("media") {
        let (world, room) = talking().await;
        let mut row = image(&name);
        let now = world.clock.now_ms();
        let id = world.company().graph().customer_uploads(now, "image/jpeg", JPEG.to_vec());
        row["content"]["M"]["file"]["M"]["provider_media_id"]["S"] = json!(id);
        put(&world, row.clone());
        let served = media::handle(Arc::clone(&world.process.media), parse(&event)).await;
        assert!(served.batch_item_failures.is_empty(), "{name}");
        let history = Desk::of(&world).history(&room).await;
        let theirs = history.iter().find(|message| message["id"] == row["id"]["S"]);
        let file = &theirs.expect("the message")["file"];
        assert_eq!(
            (&file["state"], &file["size"]),
            (&json!("stored"), &json!(JPEG.len())),
            "{name}"
        );
        let services = world.wire.services();
        let is_its = |key: &&str| key.ends_with(row["id"]["S"].as_str().unwrap());
        let key = services.s3.keys().find(is_its).expect("its object");
        assert_eq!(services.s3.object(key), Some(JPEG), "{name}");
    }
}

/// The ticket in the sample of a socket that is opened.
const SAMPLE_TICKET: &str = "5a61cd9bd84b0c8ea3a9ea6b7d7b0b6f2b8e0f4c";

#[tokio::test(start_paused = true)]
async fn a_socket_is_opened_heard_and_closed() {
    let world = World::new().await.unwrap();
    let ticket = Ticket {
        organization_id: world.company().provisioned.organization_id,
        member: Member { id: Id::derived(&["ani"]), name: "Ani".into() },
        role: Role::Agent,
        right: Right::Key { lookup: fingerprint(&world.company().setup.api_key) },
        expires_at: world.now().plus(TICKET_LIFE),
    };
    world.process.table.put_ticket(&fingerprint(SAMPLE_TICKET), &ticket).await.unwrap();
    let names: Vec<_> = events("live").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["connect", "disconnect", "ping"]);
    for (name, sockets) in [("connect", 1), ("ping", 1), ("disconnect", 0)] {
        let answer =
            live::handle(Arc::clone(&world.process.live), parse(&event("live", name))).await;
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(rows(&world, "socket#").len(), sockets, "{name}");
        let is_pong = answer.body.is_some_and(|body| body.contains("pong"));
        assert_eq!(is_pong, name == "ping", "{name}");
    }
}

/// Hands one of relay's samples to it; the events that clients hear of it.
async fn relayed(world: &World, record: &str) -> Vec<Value> {
    let desk = Desk::of(world);
    let cursor = desk.get("/v1/events").await["meta"]["next"].clone();
    let relay = Arc::clone(&world.process.relay);
    let served = relay::handle(relay, parse(&event("relay", record))).await.unwrap();
    assert!(served.batch_item_failures.is_empty(), "{record}");
    let path = format!("/v1/events?after={}", cursor.as_str().unwrap());
    desk.get(&path).await["data"].as_array().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn each_record_of_the_stream_brings_its_job_about_or_its_news() {
    for (record, _) in events("relay") {
        let (world, _) = talking().await;
        let row = image(&record);
        if !row.is_null() {
            put(&world, row.clone());
        }
        let (mut sends, mut fetches) = (Vec::new(), Vec::new());
        let news = match record.as_str() {
            "new-message" => {
                sends.push(job("outbound", "text"));
                ("message.changed", "/data/id", &row["id"]["S"])
            }
            "awaited-file" => {
                fetches.push(job("media", "awaited-file"));
                ("message.changed", "/data/id", &row["id"]["S"])
            }
            "reaction" => ("annotations.changed", "/data/message_external_id", &row["target"]["S"]),
            "socket-closed" => {
                world.wire.services().sockets.open("socket-1");
                ("", "", &Value::Null)
            }
            other => panic!("what does {other} bring about?"),
        };
        let heard = relayed(&world, &record).await;
        assert_eq!(jobs(&world, "outbound.fifo"), sends, "{record}");
        assert_eq!(jobs(&world, "media"), fetches, "{record}");
        if record == "socket-closed" {
            assert!(!world.is_open("socket-1"), "it is closed");
            assert_eq!(heard, [] as [Value; 0]);
            continue;
        }
        let (kind, place, told) = news;
        assert_eq!(heard.len(), 1, "{record}: {heard:?}");
        assert_eq!(heard[0]["type"], kind, "{record}");
        assert_eq!(heard[0].pointer(place), Some(told), "{record}: {heard:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_sweeps_tick_marks_the_room_whose_window_has_closed() {
    for (name, event) in events("sweep") {
        let (world, room) = talking().await;
        world.pass(std::time::Duration::from_secs(25 * 3600)).await;
        let tally = sweep::handle(Arc::clone(&world.process.sweep), parse(&event)).await;
        assert_eq!((tally.failed, tally.expired), (0, 1), "{name}");
        assert!(Desk::of(&world).room(&room).await["expired_at"].is_string(), "{name}");
    }
}
