//! A deletion that overtakes its message, or comes while it is being stored: in no order, and
//! whatever befalls the calls, do the deleted words stay in the inbox.

use std::time::Duration;

use futures_util::future::join;
use serde_json::{Value, json};
use world::{
    World,
    company::webhook_request,
    graph::{Fault, Kind, Person},
    wire::Fate,
};

use super::NUMBER;
use crate::desk::{
    BUDI, Desk,
    fates::{self, UNLUCKY},
    payload::{delivery, post, text},
};

fn body(what: &[Value]) -> Vec<u8> {
    delivery(NUMBER, what, &[])
}

async fn take(world: &World, what: &[Value]) {
    assert_eq!(post(world, world.company(), &body(what)).await, 200);
}

fn deletion(world: &World, of: &str, ago: u64) -> Value {
    let mut deletion = text(world, BUDI, &format!("{of}.D"), ago, "");
    deletion["type"] = json!("revoke");
    deletion["revoke"] = json!({ "original_message_id": of });
    deletion
}

/// Budi is known, since he was written to from the phone: there is no room yet.
async fn known_by_phone(world: &World) {
    let now = world.clock.now_ms();
    let (budi, words) = (Person::with_phone(BUDI, "Budi"), Kind::text("Pesanan Bapak siap"));
    let echo = world.company().graph().business_says_by_phone(now, &budi, &words);
    assert_eq!(post(world, world.company(), &echo.body).await, 200);
    world.pass(Duration::from_secs(60)).await;
}

async fn assert_deleted(world: &World, at: &str) {
    let desk = Desk::of(world);
    let rooms = desk.rooms("all").await;
    assert_eq!(rooms[0]["last_message"]["text"], "[deleted]", "{at}");
    let all = json!([rooms, desk.history(&rooms[0]["id"]).await]).to_string();
    assert!(!all.contains("rahasia"), "{at}: {all}");
}

#[tokio::test(start_paused = true)]
async fn words_deleted_while_their_message_is_being_stored_are_shown_nowhere() {
    for is_first in [true, false] {
        for fate in [&[Fate::Served], &fates::EACH[..]].concat() {
            for nth in 0.. {
                let world = World::new().await.unwrap();
                if is_first {
                    known_by_phone(&world).await;
                } else {
                    Desk::of(&world).first_words(BUDI).await;
                    world.pass(Duration::from_secs(60)).await;
                }
                let said = text(&world, BUDI, "wamid.1", 10, "rahasia");
                let deletion = deletion(&world, "wamid.1", 5);
                let process = world.start_process(UNLUCKY);
                let request = webhook_request(world.company(), &body(std::slice::from_ref(&said)));
                let calls = if fate == Fate::Served {
                    fates::slow(&world, nth, Fate::Served)
                } else {
                    fates::strike(&world, nth, fate)
                };
                // The deletion comes while a slow call is under way.
                join(async { world.webhook(&process, &request).await.unwrap() }, async {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    take(&world, std::slice::from_ref(&deletion)).await;
                })
                .await;
                let has_struck = fates::has_struck(&calls, nth);
                fates::recover(&world);
                take(&world, &[said]).await;
                world.settle(Duration::from_secs(900)).await.unwrap();
                assert_deleted(&world, &format!("{fate:?} call {nth}, first: {is_first}")).await;
                if !has_struck {
                    assert!(nth > 3, "storing takes more than {nth} calls");
                    break;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_came_before_there_was_a_room_is_remembered_by_it() {
    let world = World::new().await.unwrap();
    known_by_phone(&world).await;
    take(&world, &[deletion(&world, "wamid.2", 5)]).await;
    take(&world, &[text(&world, BUDI, "wamid.1", 30, "Halo")]).await;
    assert_eq!(Desk::of(&world).only_room().await["last_message"]["text"], "Halo");
    take(&world, &[text(&world, BUDI, "wamid.2", 10, "rahasia")]).await;
    assert_deleted(&world, "the second message").await;
}

#[tokio::test(start_paused = true)]
async fn who_deletes_a_whole_conversation_deletes_what_is_still_under_way() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.first_words(BUDI).await;
    world.pass(Duration::from_secs(600)).await;
    let id = |n: u64| format!("wamid.{n}");
    let said: Vec<_> = (1..=30).map(|n| text(&world, BUDI, &id(n), 300 - n, "rahasia")).collect();
    take(&world, &said).await;
    let late = text(&world, BUDI, "wamid.late", 200, "rahasia");
    let mut deletions = vec![deletion(&world, "wamid.late", 150)];
    deletions.extend((1..=30).map(|n| deletion(&world, &id(n), 100)));
    take(&world, &deletions).await;
    take(&world, &[late]).await;
    assert_deleted(&world, "the late one").await;
    // Whatever they write later is shown as ever.
    world.pass(Duration::from_secs(900)).await;
    take(&world, &[text(&world, BUDI, "wamid.new", 0, "Halo lagi")]).await;
    assert_eq!(desk.only_room().await["last_message"]["text"], "Halo lagi");
}

#[tokio::test(start_paused = true)]
async fn what_the_phone_deletes_of_what_was_sent_from_here_is_shown_nowhere() {
    for is_answer_lost in [true, false] {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let room = desk.first_words(BUDI).await;
        if is_answer_lost {
            world.company().graph().set_fault(Fault::TimeoutAfterAccept, Some(1));
        }
        desk.reply(&room, "rahasia", "k").await;
        while world.relay(&world.process, 20).await.unwrap() {}
        assert!(world.consume(&world.process, "outbound.fifo", 0).await.unwrap());
        let wamid = world.company().graph().log()[0].wamid.clone();
        let (budi, now) = (Person::with_phone(BUDI, "Budi"), world.clock.now_ms());
        let revoke = Kind::Revoke { message_id: wamid };
        let echo = world.company().graph().business_says_by_phone(now, &budi, &revoke);
        assert_eq!(post(&world, world.company(), &echo.body).await, 200);
        // Only now a report tells that it was sent.
        world.settle(Duration::from_secs(900)).await.unwrap();
        assert_deleted(&world, &format!("answer lost: {is_answer_lost}")).await;
    }
}
