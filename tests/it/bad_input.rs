//! What is wrong is refused by name, changes nothing, and leaves no words behind in a log.

mod addresses;
mod api;
mod captured;
mod cursors;
mod forms;
mod webhook;

use std::time::Duration;

use serde_json::{Value, json};
use world::{World, company::webhook_request, graph::Fault, requests::ApiRequest};

use crate::desk::{
    BUDI, Desk, fates,
    payload::{delivery, post, status, text},
};

const NUMBER: &str = "106540352242922";

async fn webhook_status(world: &World, request: &ApiRequest) -> u16 {
    world.webhook(&world.process, request).await.unwrap().unwrap().0
}

/// A rightly signed delivery of a customer's message.
fn signed(world: &World) -> ApiRequest {
    let body = delivery(NUMBER, &[text(world, BUDI, "wamid.1", 0, "Halo")], &[]);
    webhook_request(world.company(), &body)
}

/// What a customer writes, a stranger signs with and an agent answers.
const WORDS: &str = "kata-rahasia";

/// A conversation; returns its room.
async fn all_goes_well(world: &World) -> Value {
    let desk = Desk::of(world);
    world.customer_says(BUDI, WORDS).await.unwrap();
    let room = desk.only_room().await["id"].clone();
    desk.reply(&room, WORDS, WORDS).await;
    world.settle(Duration::from_secs(2)).await.unwrap();
    room
}

async fn wrong_things_come_in(world: &World, room: &Value) {
    let desk = Desk::of(world);
    let mut unsigned = signed(world);
    unsigned.headers[1].1 = format!("sha256={WORDS}");
    assert_eq!(webhook_status(world, &unsigned).await, 401);
    for body in
        [format!("{{\"{WORDS}"), format!("\"{WORDS}\""), format!("{{\"object\":\"{WORDS}\"}}")]
    {
        assert_eq!(post(world, world.company(), body.as_bytes()).await, 200);
    }
    let mut strange = text(world, BUDI, "wamid.9", 0, WORDS);
    strange["type"] = json!(WORDS);
    let mut report = status(world, world.company(), WORDS);
    report["errors"] = json!([{ "code": 1, "title": WORDS }]);
    let body = delivery(NUMBER, &[strange], &[report]);
    assert_eq!(post(world, world.company(), &body).await, 200);
    let bad = format!("{{\"text\":{{\"{WORDS}\":1}},\"type\":\"{WORDS}\"}}");
    let path = format!("/v1/rooms/{}/messages", room.as_str().unwrap());
    assert_eq!(desk.call(ApiRequest::new("POST", path).body(bad)).await.status, 400);
    let stranger = Desk::with_key(world, &format!("sapa_{WORDS}"));
    let refused = stranger.call(ApiRequest::new("GET", format!("/v1/rooms?status={WORDS}"))).await;
    assert_eq!(refused.status, 401);
}

async fn everything_breaks(world: &World, room: &Value) {
    let desk = Desk::of(world);
    world.company().graph().set_fault(Fault::ExpiredToken, Some(1));
    desk.reply(room, WORDS, "b").await;
    world.settle(Duration::from_secs(60)).await.unwrap();
    desk.reply(room, WORDS, "c").await;
    fates::refuse(world, |_| true);
    assert_eq!(world.customer_says("628777", WORDS).await.unwrap(), 503);
    assert_eq!(desk.reply(room, WORDS, "d").await.status, 503);
    world.relay(&world.process, 20).await.unwrap();
    fates::hang(world, fates::writes);
    assert_eq!(world.customer_says("628777", WORDS).await.unwrap(), 200);
}

#[tokio::test(start_paused = true)]
async fn no_log_holds_a_customers_words_or_a_secret() {
    let (log, _listening) = captured::Log::listen();
    let world = World::new().await.unwrap();
    let room = all_goes_well(&world).await;
    wrong_things_come_in(&world, &room).await;
    everything_breaks(&world, &room).await;

    let setup = &world.company().setup;
    let lines = log.lines();
    for source in ["webhook ", "app ", "app::inbound::receive_delivery "] {
        let speaks = lines.iter().any(|line| line.starts_with(source));
        assert!(speaks, "{source} was silent, which proves nothing: {lines:#?}");
    }
    for line in &lines {
        for secret in [
            WORDS,
            &setup.app_secret,
            &setup.verify_token,
            &setup.access_token,
            &setup.api_key,
            BUDI,
            "628777",
        ] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}
