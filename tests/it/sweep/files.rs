//! Customers' files whose fetching the queue has given up.

use domain::message::MediaKind;
use serde_json::json;
use store::MessageKey;
use world::{
    World,
    aws::sqs::Sqs,
    files::JPEG,
    graph::{self, Fault, Kind, Person},
    requests::ApiRequest,
    wire::DEAD_FILES,
};

use super::{HOUR, MINUTE, minutes, sweep, sweep_unluckily, worth_striking};
use crate::{
    desk::{BUDI, Desk, fates},
    media::{retry, sends, shown, talking},
};

const PICTURE: (MediaKind, &str) = (MediaKind::Image, "image/jpeg");

/// A picture whose jobs find no way to its account's token, for as long as the queue hands them out.
async fn abandoned() -> (World, MessageKey) {
    let (world, room) = talking().await;
    let picture = sends(&world, &room, PICTURE, JPEG).await;
    fates::refuse(&world, |call| call.service == "kms");
    give_up(&world).await;
    (world, picture)
}

/// The queue hands out its job until it gives up.
async fn give_up(world: &World) {
    while world.relay(&world.process, 20).await.unwrap() {}
    for _ in 0..41 {
        let cold = world.start_process("cold");
        world.consume(&cold, "media", 0).await.unwrap();
        world.pass(4 * MINUTE).await;
    }
    assert_eq!(letters(world), 1);
}

/// How many jobs were given up, and not dealt with.
fn letters(world: &World) -> usize {
    let buried = world.queue(DEAD_FILES, |queue| queue.len());
    buried + world.queue("media", |queue| queue.dead().len())
}

fn jobs(world: &World) -> usize {
    world.queue("media", |queue| queue.len())
}

#[tokio::test(start_paused = true)]
async fn a_file_whose_job_was_given_up_is_fetched_after_all() {
    let (world, picture) = abandoned().await;
    assert_eq!(shown(&world, picture).await["state"], "awaited");
    fates::recover(&world);
    assert_eq!(sweep(&world).await.taken_up, 1);
    world.settle(MINUTE).await.unwrap();
    assert_eq!(shown(&world, picture).await["state"], "stored");
    assert_eq!((letters(&world), jobs(&world)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_can_not_be_had_for_long_fails_where_everyone_sees_it() {
    let (world, picture) = abandoned().await;
    for _ in 0..3 {
        assert_eq!(sweep(&world).await.taken_up, 1);
        give_up(&world).await;
    }
    assert_eq!(sweep(&world).await.given_up, 1);
    let file = shown(&world, picture).await;
    assert_eq!((&file["state"], &file["failure"]), (&json!("failed"), &json!("unreachable")));
    assert_eq!((letters(&world), jobs(&world)), (0, 0));
    // Who asks for it gets it.
    fates::recover(&world);
    assert_eq!(retry(&world, picture).await.status, 200);
    world.settle(MINUTE).await.unwrap();
    assert_eq!(shown(&world, picture).await["state"], "stored");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_an_agent_has_asked_for_meanwhile_has_one_chain_of_tries() {
    let (world, room) = talking().await;
    let picture = sends(&world, &room, PICTURE, JPEG).await;
    // It fails once where everyone sees it, and is given up after that.
    world.company().graph().set_fault(Fault::MediaMissing, None);
    while world.relay(&world.process, 20).await.unwrap() {}
    world.consume(&world.process, "media", 0).await.unwrap();
    assert_eq!(shown(&world, picture).await["state"], "failed");
    fates::refuse(&world, |call| call.service == "kms");
    world.pass(MINUTE).await;
    give_up(&world).await;
    fates::recover(&world);
    world.company().graph().clear();
    assert_eq!(retry(&world, picture).await.json["data"]["file"]["state"], "awaited");
    assert_eq!(sweep(&world).await.taken_up, 0);
    assert_eq!(letters(&world), 0);
    while world.relay(&world.process, 20).await.unwrap() {}
    assert_eq!(jobs(&world), 1);
    world.settle(MINUTE).await.unwrap();
    assert_eq!(shown(&world, picture).await["state"], "stored");
}

#[tokio::test(start_paused = true)]
async fn what_was_not_taken_away_is_asked_for_again_until_it_is() {
    let (world, _) = talking().await;
    let keep = json!({ "days": 30 }).to_string();
    let keep = ApiRequest::new("PUT", "/v1/settings/retention").body(keep);
    assert_eq!(Desk::of(&world).call(keep).await.status, 200);
    world.pass(2 * MINUTE).await;
    let (budi, now) = (Person::with_phone(BUDI, "Budi"), world.clock.now_ms());
    let picture = world.company().graph().customer_uploads(now, "image/jpeg", JPEG.to_vec());
    let picture = Kind::file(graph::MediaKind::Image, &picture);
    let said = world.company().graph().customer_sends(now, &budi, picture);
    assert_eq!(world.deliver(world.company(), &said).await.unwrap(), 200);
    world.settle(MINUTE).await.unwrap();
    let files =
        || world.wire.services().s3.keys().filter(|key| key.starts_with("contact/")).count();
    assert_eq!(files(), 1);
    world.pass(31 * 24 * HOUR).await;
    assert!(world.expire().unwrap() > 0);
    // The bucket can't be reached for as long as the queue tries.
    fates::refuse(&world, |call| call.operation == "DeleteObject");
    give_up(&world).await;
    assert_eq!(sweep(&world).await.taken_up, 1);
    assert_eq!((letters(&world), jobs(&world), files()), (0, 1, 1));
    fates::recover(&world);
    world.settle(MINUTE).await.unwrap();
    assert_eq!((letters(&world), jobs(&world), files()), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_letter_that_does_not_read_is_put_off_and_stays_for_a_person() {
    let (world, _) = talking().await;
    let (now, nonsense) = (world.clock.now_ms(), json!({ "MessageBody": "{}" }).to_string());
    world.queue(DEAD_FILES, |queue| queue.call("SendMessage", nonsense.as_bytes(), now));
    for _ in 0..3 {
        assert_eq!(sweep(&world).await.failed, 0);
        assert_eq!(letters(&world), 1);
        // Whoever redrives can have it within a quarter of an hour.
        let next = world.queue(DEAD_FILES, |queue| queue.next_at()).unwrap();
        assert!(next <= world.clock.now_ms() + 15 * 60_000);
        world.pass(20 * MINUTE).await;
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_the_sweep_the_file_is_fetched() {
    for fate in fates::EACH {
        for call in worth_striking() {
            let (world, room) = talking().await;
            let picture = sends(&world, &room, PICTURE, JPEG).await;
            while world.relay(&world.process, 20).await.unwrap() {}
            world.queue("media", Sqs::give_up);
            let calls = fates::strike(&world, call, fate);
            sweep_unluckily(&world).await;
            fates::recover(&world);
            while world.relay(&world.process, 20).await.unwrap() {}
            assert!(jobs(&world) <= 1, "call {call} {fate:?}");
            minutes(&world, 2).await;
            world.settle(MINUTE).await.unwrap();
            assert_eq!(shown(&world, picture).await["state"], "stored", "call {call} {fate:?}");
            assert_eq!((letters(&world), jobs(&world)), (0, 0), "call {call} {fate:?}");
            if !fates::has_struck(&calls, call) {
                assert!(call >= 20, "only {call} calls were struck");
                break;
            }
        }
    }
}
