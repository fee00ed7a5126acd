//! Deliveries while the table, the bucket, a queue or the function itself breaks.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use serde_json::{Value, json};
use world::{
    World,
    company::webhook_request,
    wire::{Call, Fate},
};

use super::halo;
use crate::desk::{
    BUDI, Desk, SITI, episodes,
    fates::{self, UNLUCKY},
    payload::{delivery, post, text},
    stored, texts,
};

const MINUTES: Duration = Duration::from_secs(15 * 60);

#[tokio::test(start_paused = true)]
async fn an_element_that_cannot_be_stored_is_set_aside_and_its_neighbours_are_not() {
    for hangs in [false, true] {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let siti = desk.first_words(SITI).await;
        world.pass(Duration::from_secs(60)).await;
        // Two messages, an identity and a contact without a name are put before the new room; the
        // rows by which it is found are a transaction.
        let puts = AtomicUsize::new(0);
        let new_room = move |call: &Call| {
            call.operation == "PutItem" && puts.fetch_add(1, Ordering::Relaxed) >= 4
        };
        if hangs {
            fates::hang(&world, new_room);
        } else {
            fates::refuse(&world, new_room);
        }
        let messages =
            [text(&world, BUDI, "wamid.B", 0, "baru"), text(&world, SITI, "wamid.S", 0, "lagi")];
        let body = delivery("106540352242922", &messages, &[]);
        let before = world.clock.now_ms();
        assert_eq!(post(&world, world.company(), &body).await, 200);
        assert!(world.clock.now_ms() - before < 20_000, "API Gateway waits 30 s");
        assert_eq!(texts(&desk.history(&siti).await), ["Halo", "lagi"]);
        assert_eq!(desk.rooms("all").await.len(), 1);
        assert_eq!(stored(&world).1.iter().filter(|key| key.contains("set-aside")).count(), 1);
        assert_eq!(world.queue("retry", |queue| queue.len()), 1);

        // While the table still fails, the element waits. Only it is tried: relay, which writes the
        // journal, would try without end.
        assert!(world.consume(&world.process, "retry", 0).await.unwrap());
        assert_eq!(world.queue("retry", |queue| queue.len()), 1);
        fates::recover(&world);
        world.settle(MINUTES).await.unwrap();
        assert_eq!(world.queue("retry", |queue| queue.len()), 0);
        let budi = desk.room_of(BUDI).await;
        assert_eq!(budi["unread_count"], 1);
        assert_eq!(texts(&desk.history(&budi["id"]).await), ["baru"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_delivery_outlives_a_table_that_takes_no_writes() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    fates::refuse(&world, fates::writes);
    let said = ["satu", "dua", "tiga"];
    let ago = [30, 20, 10];
    let messages: Vec<_> =
        said.iter().zip(ago).map(|(word, ago)| text(&world, BUDI, word, ago, word)).collect();
    let body = delivery("106540352242922", &messages, &[]);
    assert_eq!(post(&world, world.company(), &body).await, 200);
    assert_eq!(world.queue("retry", |queue| queue.len()), 3);
    fates::recover(&world);
    // The queue is a standard one: the last may well come first.
    while world.consume(&world.process, "retry", 2).await.unwrap() {}
    let room = desk.only_room().await;
    assert_eq!(texts(&desk.history(&room["id"]).await), said);
    assert_eq!((&room["unread_count"], &room["last_message"]["text"]), (&json!(3), &json!("tiga")));
}

#[tokio::test(start_paused = true)]
async fn when_nothing_can_be_kept_the_provider_delivers_again() {
    for broken in [["s3", "s3"], ["sqs", "sqs"], ["s3", "sqs"]] {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        fates::refuse(&world, move |call| fates::writes(call) || broken.contains(&call.service));
        assert_eq!(world.customer_says(BUDI, "Halo").await.unwrap(), 503);
        assert_eq!(desk.rooms("all").await.len(), 0);
        fates::recover(&world);
        world.settle(MINUTES).await.unwrap();
        let room = desk.only_room().await;
        assert_eq!(texts(&desk.history(&room["id"]).await), ["Halo"]);
        assert!(world.company().graph().idle());
        assert_eq!(world.queue("retry", |queue| queue.len()), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_broken_body_that_cannot_be_kept_is_delivered_again() {
    let world = World::new().await.unwrap();
    fates::refuse(&world, |call| call.service == "s3");
    assert_eq!(post(&world, world.company(), b"{").await, 503);
}

/// What a customer's message finds.
#[derive(Debug, Clone, Copy)]
enum Before {
    Nothing,
    ARoom,
    AResolvedRoom,
}

impl Before {
    async fn world(self) -> World {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        match self {
            Self::Nothing => {}
            Self::ARoom => drop(desk.first_words(BUDI).await),
            Self::AResolvedRoom => {
                let room = desk.first_words(BUDI).await;
                assert_eq!(desk.resolve(&room).await.status, 200);
            }
        }
        world.pass(Duration::from_secs(600)).await;
        world
    }
}

/// What the API shows of everything, but for when we learned of it.
async fn shown(world: &World) -> Vec<Value> {
    let mut all = Desk::of(world).everything().await;
    for room in &mut all {
        room["room"]["updated_at"].take();
        room["room"]["created_at"].take();
    }
    all
}

async fn whatever_befalls_a_webhook_call_the_end_is_the_same(before: Before) {
    let world = before.world().await;
    post(&world, world.company(), &halo(&world).body).await;
    let undisturbed = (shown(&world).await, episodes(&world));
    for fate in fates::EACH {
        let mut call = 0;
        while message_struck(before, call, fate, &undisturbed).await {
            call += 1;
        }
        assert!(call >= 7, "{before:?}: only {call} calls were struck");
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_first_message_the_end_is_the_same() {
    whatever_befalls_a_webhook_call_the_end_is_the_same(Before::Nothing).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_next_message_the_end_is_the_same() {
    whatever_befalls_a_webhook_call_the_end_is_the_same(Before::ARoom).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_reopening_message_the_end_is_the_same() {
    whatever_befalls_a_webhook_call_the_end_is_the_same(Before::AResolvedRoom).await;
}

/// Strikes one call of the webhook, has the provider deliver again, and compares. `false` if
/// there is no such call.
async fn message_struck(
    before: Before,
    call: usize,
    fate: Fate,
    undisturbed: &(Vec<Value>, usize),
) -> bool {
    let world = before.world().await;
    let process = world.start_process(UNLUCKY);
    let calls = fates::strike(&world, call, fate);
    let delivery = halo(&world);
    let request = webhook_request(world.company(), &delivery.body);
    let answer = world.webhook(&process, &request).await.unwrap();
    let status = answer.map_or(0, |(status, _)| status);
    world.company().graph().answered(delivery.id, world.clock.now_ms(), status);
    fates::recover(&world);
    world.settle(MINUTES).await.unwrap();
    let now = (shown(&world).await, episodes(&world));
    assert_eq!(&now, undisturbed, "{before:?}, call {call} {fate:?}");
    assert!(world.company().graph().idle());
    fates::has_struck(&calls, call)
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_retry_the_end_is_the_same() {
    let world = World::new().await.unwrap();
    post(&world, world.company(), &halo(&world).body).await;
    let undisturbed = shown(&world).await;
    for fate in fates::EACH {
        for call in 0.. {
            let world = World::new().await.unwrap();
            fates::refuse(&world, fates::writes);
            assert_eq!(post(&world, world.company(), &halo(&world).body).await, 200);
            let process = world.start_process(UNLUCKY);
            let calls = fates::strike(&world, call, fate);
            assert!(world.consume(&process, "retry", 0).await.unwrap());
            fates::recover(&world);
            world.settle(MINUTES).await.unwrap();
            assert_eq!(shown(&world).await, undisturbed, "call {call} {fate:?}");
            assert_eq!(world.queue("retry", |queue| (queue.len(), queue.dead().len())), (0, 0));
            if !fates::has_struck(&calls, call) {
                assert!(call >= 8, "only {call} calls were struck");
                break;
            }
        }
    }
}
