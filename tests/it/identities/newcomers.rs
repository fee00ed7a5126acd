//! Who was not known before becomes one contact, however many runs make them known, and wherever one
//! of them dies.

use std::time::Duration;

use futures_util::future::join;
use serde_json::Value;
use world::{
    World,
    company::webhook_request,
    graph::{Kind, Person},
    wire::Fate,
};

use super::{ID, NUMBER, said, take};
use crate::desk::{
    BUDI, Desk, fates,
    payload::{delivery, post},
    rows,
};

/// What one message says of who wrote it.
type Names = (Option<&'static str>, Option<&'static str>);

const BY_NUMBER: Names = (Some(BUDI), None);
const BY_ID: Names = (None, Some(ID));
const BY_BOTH: Names = (Some(BUDI), Some(ID));

fn says(world: &World, (number, user_id): Names, words: &str) -> Value {
    said(world, number, user_id, words, 0)
}

/// There is one contact who is nobody else, and one line for them in the list of all.
async fn is_one(desk: &Desk<'_>, case: &str) {
    let contacts = rows(desk.world, "contact");
    let living: Vec<_> = contacts.iter().filter(|row| row["merged_into"].is_null()).collect();
    assert_eq!(living.len(), 1, "{case}: {living:?}");
    assert_eq!(desk.found("", 10).await.len(), 1, "{case}");
}

#[tokio::test(start_paused = true)]
async fn a_first_message_that_dies_leaves_no_contact_beside_who_it_turned_out_to_be() {
    for (dies, beside) in
        [(BY_BOTH, BY_ID), (BY_BOTH, BY_NUMBER), (BY_ID, BY_BOTH), (BY_NUMBER, BY_BOTH)]
    {
        for nth in 0.. {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            let first = says(&world, dies, "satu");
            let calls = fates::strike(&world, nth, Fate::DiesAfter);
            let process = world.start_process(fates::UNLUCKY);
            let body = delivery(NUMBER, std::slice::from_ref(&first), &[]);
            let request = webhook_request(world.company(), &body);
            world.webhook(&process, &request).await.unwrap();
            let has_struck = fates::has_struck(&calls, nth);
            fates::recover(&world);
            world.pass(Duration::from_secs(10)).await;
            take(&world, &says(&world, beside, "dua")).await;
            world.pass(Duration::from_secs(10)).await;
            take(&world, &first).await;
            world.settle(Duration::from_secs(900)).await.unwrap();
            is_one(&desk, &format!("{dies:?}, then {beside:?}, call {nth}")).await;
            if !has_struck {
                assert!(nth > 8, "it takes more than {nth} calls");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn first_messages_side_by_side_make_one_contact() {
    for (slow, quick) in
        [(BY_BOTH, BY_ID), (BY_ID, BY_BOTH), (BY_BOTH, BY_NUMBER), (BY_NUMBER, BY_BOTH)]
    {
        for nth in 0.. {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            let calls = fates::slow(&world, nth);
            let process = world.start_process(fates::UNLUCKY);
            let body = delivery(NUMBER, &[says(&world, slow, "satu")], &[]);
            let request = webhook_request(world.company(), &body);
            let beside = async {
                tokio::time::sleep(Duration::from_millis(700)).await;
                take(&world, &says(&world, quick, "dua")).await;
            };
            join(async { world.webhook(&process, &request).await.unwrap() }, beside).await;
            let has_struck = fates::has_struck(&calls, nth);
            fates::recover(&world);
            world.settle(Duration::from_secs(900)).await.unwrap();
            is_one(&desk, &format!("slow {slow:?}, quick {quick:?}, call {nth}")).await;
            if !has_struck {
                assert!(nth > 8, "it takes more than {nth} calls");
                break;
            }
        }
    }
}

fn echo(world: &World) -> Vec<u8> {
    let (now, budi) = (world.clock.now_ms(), Person::with_phone(BUDI, "Budi"));
    world.company().graph().business_says_by_phone(now, &budi, &Kind::text("Halo dari HP")).body
}

#[tokio::test(start_paused = true)]
async fn whom_the_phone_wrote_to_is_a_contact_wherever_the_run_dies() {
    for nth in 0.. {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let (first, second) = (echo(&world), echo(&world));
        let calls = fates::strike(&world, nth, Fate::DiesAfter);
        let process = world.start_process(fates::UNLUCKY);
        world.webhook(&process, &webhook_request(world.company(), &first)).await.unwrap();
        let has_struck = fates::has_struck(&calls, nth);
        fates::recover(&world);
        world.pass(Duration::from_secs(10)).await;
        for body in [&second, &first] {
            assert_eq!(post(&world, world.company(), body).await, 200);
        }
        is_one(&desk, &format!("call {nth}")).await;
        if !has_struck {
            assert!(nth > 6, "it takes more than {nth} calls");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whom_only_the_phone_knew_gets_their_name_with_their_first_words() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    assert_eq!(post(&world, world.company(), &echo(&world)).await, 200);
    assert_eq!(desk.found("", 10).await, [BUDI]);
    world.pass(Duration::from_secs(60)).await;
    world.customer_says(BUDI, "Halo").await.unwrap();
    assert_eq!(desk.room_of(BUDI).await["name"], "Budi");
    assert_eq!(desk.found("query=bud&", 10).await, ["Budi"]);
    assert_eq!(desk.found("", 10).await, ["Budi"]);
}
