//! Of one who is known before they have a room: the room that their first words open is the one to
//! answer in, whatever was linked before or is linked beside it.

use std::time::Duration;

use serde_json::Value;
use world::{
    World,
    graph::{Kind, Person},
    wire::Fate,
};

use super::{ID, one, said, take, take_slowly, take_unluckily};
use crate::desk::{BUDI, Desk, payload::post, texts};

/// The phone's app knows Budi by number before he has a room; he has one under his user id, and the two
/// turn out to be one. Then he writes under his number, which is to be the room that stays.
async fn known_by_phone(world: &World) -> Value {
    let budi = Person::with_phone(BUDI, "Budi");
    let (now, words) = (world.clock.now_ms(), Kind::text("Halo dari HP"));
    let echo = world.company().graph().business_says_by_phone(now, &budi, &words);
    assert_eq!(post(world, world.company(), &echo.body).await, 200);
    world.pass(Duration::from_secs(100)).await;
    take(world, &said(world, None, Some(ID), "satu", 0)).await;
    world.pass(Duration::from_secs(100)).await;
    said(world, Some(BUDI), Some(ID), "dua", 0)
}

#[tokio::test(start_paused = true)]
async fn the_room_that_first_words_open_takes_in_the_one_that_was_waiting_for_it() {
    // What dies before a call died after the one before it.
    for nth in 0.. {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let both = known_by_phone(&world).await;
        let has_struck = take_unluckily(&world, &one(&both), nth, Fate::DiesAfter).await;
        take(&world, &both).await;
        world.settle(Duration::from_secs(900)).await.unwrap();
        let rooms = desk.rooms("all").await;
        let merged = |room: &&Value| !room["merged_into_room_id"].is_null();
        let (gone, stays) = (rooms.iter().find(merged), rooms.iter().find(|room| !merged(room)));
        let (gone, stays) = (gone.expect("one is merged"), stays.expect("one stays"));
        assert_eq!(gone["merged_into_room_id"], stays["id"], "call {nth}");
        assert_eq!(gone["contact_id"], stays["contact_id"], "call {nth}");
        assert_eq!(texts(&desk.history(&gone["id"]).await), ["satu"], "call {nth}");
        assert_eq!(texts(&desk.history(&stays["id"]).await), ["Halo dari HP", "dua"]);
        if !has_struck {
            assert!(nth > 20, "it takes more than {nth} calls");
            break;
        }
    }
}

/// What the phone's app wrote to Budi, who is known by both now: it links, and no message comes with it
/// that would open a room.
fn said_by_phone(world: &World) -> Vec<u8> {
    let budi = Person { user_id: Some(ID.into()), ..Person::with_phone(BUDI, "Budi") };
    let (now, words) = (world.clock.now_ms(), Kind::text("Halo lagi"));
    world.company().graph().business_says_by_phone(now, &budi, &words).body
}

/// Whichever of the two runs is faster at whichever call, there is one room to answer in.
#[tokio::test(start_paused = true)]
async fn a_room_that_is_made_beside_a_linking_is_merged_all_the_same() {
    for (is_by_phone, is_linking_slow) in
        [(true, true), (true, false), (false, true), (false, false)]
    {
        for nth in 0.. {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            let both = known_by_phone(&world).await;
            let linking = match is_by_phone {
                true => said_by_phone(&world),
                false => one(&both),
            };
            let first = one(&said(&world, Some(BUDI), None, "tiga", 0));
            let (slow, quick) = if is_linking_slow { (linking, first) } else { (first, linking) };
            let has_struck = take_slowly(&world, &slow, (nth, Fate::Served), &quick).await;
            world.settle(Duration::from_secs(900)).await.unwrap();
            let rooms = desk.rooms("all").await;
            let open = rooms.iter().filter(|room| room["merged_into_room_id"].is_null());
            let case = format!("phone: {is_by_phone}, slow: {is_linking_slow}, call {nth}");
            assert_eq!(open.count(), 1, "{case}: {rooms:?}");
            if !has_struck {
                assert!(nth > 8, "it takes more than {nth} calls");
                break;
            }
        }
    }
}
