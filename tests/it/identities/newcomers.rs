//! Who was not known before becomes one contact, however many runs make them known, and wherever one
//! of them dies.

use std::time::Duration;

use serde_json::Value;
use world::{
    World,
    graph::{Kind, Person},
    wire::Fate,
};

use super::{ID, one, said, take, take_slowly, take_unluckily};
use crate::desk::{BUDI, Desk, payload::post, rows};

/// What one message says of who wrote it.
type Names = (Option<&'static str>, Option<&'static str>);

const BY_NUMBER: Names = (Some(BUDI), None);
const BY_ID: Names = (None, Some(ID));
const BY_BOTH: Names = (Some(BUDI), Some(ID));

fn says(world: &World, (number, user_id): Names, words: &str) -> Value {
    said(world, number, user_id, words, 0)
}

/// There is one contact who is nobody else, found by one whole name: also of those rows none is left
/// that a list would pass by.
async fn is_one(desk: &Desk<'_>, case: &str) {
    let contacts = rows(desk.world, "contact");
    let living: Vec<_> = contacts.iter().filter(|row| row["merged_into"].is_null()).collect();
    assert_eq!(living.len(), 1, "{case}: {living:?}");
    assert_eq!(whole_names(desk.world), 1, "{case}");
    assert_eq!(desk.found("", 10).await.len(), 1, "{case}");
}

fn whole_names(world: &World) -> usize {
    let is_of_contact = |row: &&Value| row["pk"]["S"].as_str().unwrap().ends_with("#contacts");
    rows(world, "a#").iter().filter(is_of_contact).count()
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
            let has_struck = take_unluckily(&world, &one(&first), nth, Fate::DiesAfter).await;
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
        one_contact_side_by_side(&format!("{slow:?}, quick {quick:?}"), |world| {
            (one(&says(world, slow, "satu")), one(&says(world, quick, "dua")))
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn first_words_beside_what_the_phone_writes_make_one_contact() {
    let said = |world: &World| {
        let (now, company) = (world.clock.now_ms(), world.company());
        company.graph().customer_says(now, BUDI, "Budi", "Halo").body
    };
    one_contact_side_by_side("the phone's app is slow", |world| (echo(world), said(world))).await;
    one_contact_side_by_side("the customer is slow", |world| (said(world), echo(world))).await;
}

/// Of two deliveries the first is slow at one of its calls, whichever, and may die over it.
async fn one_contact_side_by_side(case: &str, two: impl Fn(&World) -> (Vec<u8>, Vec<u8>)) {
    for fate in [Fate::Served, Fate::DiesAfter] {
        for nth in 0.. {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            let (slow, quick) = two(&world);
            let has_struck = take_slowly(&world, &slow, (nth, fate), &quick).await;
            world.settle(Duration::from_secs(900)).await.unwrap();
            is_one(&desk, &format!("{case}, call {nth}, {fate:?}")).await;
            if !has_struck {
                assert!(nth > 6, "it takes more than {nth} calls");
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
        let has_struck = take_unluckily(&world, &first, nth, Fate::DiesAfter).await;
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
