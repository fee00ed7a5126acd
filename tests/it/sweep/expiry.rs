//! A reply window closes, and the room says so.

use std::time::Duration;

use serde_json::{Value, json};
use world::World;

use super::{DAY, HOUR, MINUTE, minutes, sweep, sweep_unluckily, worth_striking};
use crate::desk::{BUDI, Desk, SITI, fates, rows, stored};

#[tokio::test(start_paused = true)]
async fn a_window_that_closes_is_marked_and_opens_again_with_the_customers_next_words() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    world.pass(DAY - MINUTE).await;
    sweep(&world).await;
    let open = desk.room(&room).await;
    assert_eq!((&open["session"], &open["expired_at"]), (&json!("expiring"), &Value::Null));

    world.pass(MINUTE + Duration::from_secs(1)).await;
    assert_eq!(sweep(&world).await.expired, 1);
    let closed = desk.room(&room).await;
    assert_eq!(closed["session"], "expired");
    assert_eq!(closed["expired_at"], closed["session_expires_at"]);
    assert_eq!(closed["status"], "unassigned", "nothing else has happened to it");
    // It is said once.
    let before = stored(&world);
    minutes(&world, 5).await;
    assert_eq!(stored(&world), before);

    world.customer_says(BUDI, "Masih ada?").await.unwrap();
    assert_eq!(desk.room(&room).await["expired_at"], Value::Null);
    world.pass(DAY).await;
    assert_eq!(sweep(&world).await.expired, 1);
}

#[tokio::test(start_paused = true)]
async fn who_writes_again_is_looked_at_when_the_new_window_closes() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    world.pass(10 * HOUR).await;
    world.customer_says(BUDI, "Halo?").await.unwrap();
    world.pass(15 * HOUR).await;
    let first = sweep(&world).await;
    assert_eq!((first.expired, first.later), (0, 1));
    assert_eq!(desk.room(&room).await["expired_at"], Value::Null);
    // Found out once, and not again until the new window closes.
    let reads = |world: &World| world.wire.services().meter.total().rru;
    let before = reads(&world);
    sweep(&world).await;
    let idle = reads(&world) - before;
    assert!(idle <= 8.5, "an idle run reads its shards and nothing else, not {idle}");
    world.pass(9 * HOUR + MINUTE).await;
    assert_eq!(sweep(&world).await.expired, 1);
}

#[tokio::test(start_paused = true)]
async fn a_resolved_room_does_not_expire() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    assert_eq!(desk.resolve(&room).await.status, 200);
    world.pass(DAY + MINUTE).await;
    assert_eq!(sweep(&world).await.expired, 0);
    assert_eq!(desk.room(&room).await["expired_at"], Value::Null);
    world.customer_says(BUDI, "Halo lagi").await.unwrap();
    world.pass(DAY + MINUTE).await;
    assert_eq!(sweep(&world).await.expired, 1);
}

#[tokio::test(start_paused = true)]
async fn a_run_waits_for_what_is_due_in_a_moment() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let rooms = [desk.first_words(BUDI).await, {
        world.pass(Duration::from_secs(30)).await;
        desk.first_words(SITI).await
    }];
    world.pass(DAY - Duration::from_secs(36)).await;
    let tally = sweep(&world).await;
    assert_eq!(tally.expired, 1);
    assert!(tally.late_ms < 1000, "{tally:?}");
    assert!(desk.room(&rooms[0]).await["expired_at"].is_string());
    assert_eq!(desk.room(&rooms[1]).await["expired_at"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn two_runs_at_once_mark_a_room_once() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.first_words(BUDI).await;
    world.pass(DAY + MINUTE).await;
    let processes = ["a", "b"].map(|name| world.start_process(name));
    let (one, two) =
        futures_util::future::join(world.sweep(&processes[0]), world.sweep(&processes[1])).await;
    assert_eq!((one.unwrap().failed, two.unwrap().failed), (0, 0));
    let row = &rows(&world, "room")[0];
    assert_eq!(row["v"]["N"], "2", "it was written once");
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_run_the_next_one_marks_the_room() {
    for fate in fates::EACH {
        for call in worth_striking() {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            let room = desk.first_words(BUDI).await;
            world.pass(DAY + MINUTE).await;
            let calls = fates::strike(&world, call, fate);
            sweep_unluckily(&world).await;
            fates::recover(&world);
            minutes(&world, 1).await;
            assert!(desk.room(&room).await["expired_at"].is_string(), "call {call} {fate:?}");
            if !fates::has_struck(&calls, call) {
                assert!(call >= 18, "only {call} calls were struck");
                break;
            }
        }
    }
}
