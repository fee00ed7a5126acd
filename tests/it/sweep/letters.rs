//! Messages whose jobs the queue has given up: they do not stay `queued` for ever.

use std::time::Duration;

use serde_json::{Value, json};
use world::{World, aws::sqs::Sqs, wire::DEAD_LETTERS};

use super::{HOUR, MINUTE, minutes, sweep, sweep_unluckily, worth_striking};
use crate::desk::{BUDI, Desk, fates};

/// An answer whose job was given up: its account could not be read for as long as the queue tried.
async fn stranded(world: &World) -> Value {
    let desk = Desk::of(world);
    let room = desk.first_words(BUDI).await;
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(desk.reply(&room, "Masih!", "k").await.status, 201);
    break_down(world);
    give_up(world).await;
    room
}

/// Nothing can be sent any more.
fn break_down(world: &World) {
    fates::refuse(world, |call| call.service == "kms");
}

/// The queue tries until it gives up.
async fn give_up(world: &World) {
    world.start_process("cold");
    while world.relay(&world.process, 20).await.unwrap() {}
    for _ in 0..12 {
        let cold = world.start_process("cold");
        world.consume(&cold, "outbound.fifo", 0).await.unwrap();
        world.pass(MINUTE).await;
    }
    let now = world.clock.now_ms();
    assert!(world.queue("outbound.fifo", |queue| queue.receive(0, now)).is_none());
}

async fn answer(world: &World, room: &Value) -> Value {
    let history = Desk::of(world).history(room).await;
    history.into_iter().find(|message| message["participant_type"] == "agent").unwrap()
}

fn letters(world: &World) -> usize {
    let buried = world.queue(DEAD_LETTERS, |queue| queue.len());
    buried + world.queue("outbound.fifo", |queue| queue.dead().len())
}

#[tokio::test(start_paused = true)]
async fn a_job_that_was_given_up_is_taken_up_again_and_the_message_sent() {
    let world = World::new().await.unwrap();
    let room = stranded(&world).await;
    assert_eq!(answer(&world, &room).await["status"], "queued");
    assert_eq!(letters(&world), 1);
    fates::recover(&world);
    minutes(&world, 3).await;
    world.settle(MINUTE).await.unwrap();
    assert_eq!(answer(&world, &room).await["status"], "read");
    assert_eq!(world.company().graph().log().len(), 1);
    assert_eq!(letters(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_sent_for_hours_fails_where_its_sender_sees_it() {
    let world = World::new().await.unwrap();
    let room = stranded(&world).await;
    for _ in 0..4 {
        world.pass(HOUR + MINUTE).await;
        sweep(&world).await;
        world.pass(HOUR + MINUTE).await;
        sweep(&world).await;
        give_up(&world).await;
    }
    minutes(&world, 1).await;
    let failed = answer(&world, &room).await;
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["error"]["code"], 0);
    assert_eq!((letters(&world), world.company().graph().log().len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_the_sweep_the_message_is_sent_once() {
    for fate in fates::EACH {
        for call in worth_striking() {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            let room = desk.first_words(BUDI).await;
            world.pass(Duration::from_secs(1)).await;
            assert_eq!(desk.reply(&room, "Masih!", "k").await.status, 201);
            while world.relay(&world.process, 20).await.unwrap() {}
            world.queue("outbound.fifo", Sqs::give_up);
            sweep(&world).await;
            world.pass(2 * MINUTE).await;
            let calls = fates::strike(&world, call, fate);
            sweep_unluckily(&world).await;
            fates::recover(&world);
            minutes(&world, 3).await;
            world.settle(15 * MINUTE).await.unwrap();
            minutes(&world, 3).await;
            assert_eq!(answer(&world, &room).await["status"], "read", "call {call} {fate:?}");
            assert_eq!(world.company().graph().log().len(), 1, "call {call} {fate:?}");
            assert_eq!(letters(&world), 0, "call {call} {fate:?}");
            if !fates::has_struck(&calls, call) {
                assert!(call >= 20, "only {call} calls were struck");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_letter_of_a_message_that_was_sent_is_thrown_away() {
    let world = World::new().await.unwrap();
    let room = stranded(&world).await;
    fates::recover(&world);
    let tenant = world.process.table.tenant(world.company().provisioned.organization_id);
    let id = answer(&world, &room).await["id"].clone();
    assert!(id.is_string());
    // Another job of the same message got through.
    let row = crate::desk::rows(&world, "m#").into_iter().find(|row| row["id"]["S"] == id).unwrap();
    let key = format!(
        "{}:{}:{}",
        room.as_str().unwrap(),
        row["at"]["N"].as_str().unwrap(),
        id.as_str().unwrap()
    );
    let key = store::MessageKey::parse(&key).unwrap();
    assert!(tenant.message(key).await.unwrap().is_some());
    let job = app::jobs::SendJob {
        organization_id: world.company().provisioned.organization_id,
        integration_id: world.company().provisioned.integration_id,
        message: key.to_string(),
        trace: None,
        rounds: 0,
    };
    world.process.outbound.sender.send_queued_message(&job).await.unwrap();
    minutes(&world, 3).await;
    assert_eq!(letters(&world), 0);
    assert!(world.queue("outbound.fifo", |queue| queue.is_empty()));
    assert_eq!(json!(world.company().graph().log().len()), json!(1));
}
