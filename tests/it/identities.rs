//! One person is one contact and one room, whichever of their identities WhatsApp tells.

mod first_rooms;
mod newcomers;

use std::time::Duration;

use futures_util::future::join;
use serde_json::{Value, json};
use world::{World, company::webhook_request, requests::ApiRequest, wire::Fate};

use crate::desk::{
    BUDI, Desk, SITI, fates,
    payload::{delivery, post, text},
    problem, rows, texts,
};

const NUMBER: &str = "106540352242922";
pub(crate) const ID: &str = "ID.1111";
const NEW_ID: &str = "ID.2222";

/// A text of one who is known by a number, a user id, or both.
pub(crate) fn said(
    world: &World,
    number: Option<&str>,
    user_id: Option<&str>,
    id: &str,
    ago: u64,
) -> Value {
    let mut said = text(world, number.unwrap_or_default(), id, ago, id);
    if number.is_none() {
        said.as_object_mut().unwrap().remove("from");
    }
    if let Some(user_id) = user_id {
        said["from_user_id"] = json!(user_id);
    }
    said
}

pub(crate) async fn take(world: &World, what: &Value) {
    assert_eq!(post(world, world.company(), &one(what)).await, 200);
}

/// A process takes a delivery and has a misfortune at one of its calls, counted from 0. Whether it came
/// that far.
async fn take_unluckily(world: &World, body: &[u8], nth: usize, fate: Fate) -> bool {
    let calls = fates::strike(world, nth, fate);
    take_by_unlucky(world, body).await;
    fates::recover(world);
    fates::has_struck(&calls, nth)
}

/// A process takes a delivery, and one of its calls, counted from 0, takes so long that another
/// process takes what comes beside it. If it dies over that, the delivery comes again. Whether it came
/// that far.
async fn take_slowly(
    world: &World,
    body: &[u8],
    (nth, fate): (usize, Fate),
    beside: &[u8],
) -> bool {
    let calls = fates::slow(world, nth, fate);
    let other = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        assert_eq!(post(world, world.company(), beside).await, 200);
    };
    join(take_by_unlucky(world, body), other).await;
    fates::recover(world);
    if fate != Fate::Served {
        assert_eq!(post(world, world.company(), body).await, 200);
    }
    fates::has_struck(&calls, nth)
}

async fn take_by_unlucky(world: &World, body: &[u8]) {
    let process = world.start_process(fates::UNLUCKY);
    world.webhook(&process, &webhook_request(world.company(), body)).await.unwrap();
}

/// A delivery of one message.
fn one(what: &Value) -> Vec<u8> {
    delivery(NUMBER, std::slice::from_ref(what), &[])
}

/// The notice that someone changed.
fn notice(world: &World, from: Option<&str>, system: Value, ago: u64) -> Value {
    let mut notice = said(world, from, None, "wamid.N", ago);
    notice["type"] = json!("system");
    notice["system"] = system;
    notice
}

#[tokio::test(start_paused = true)]
async fn a_number_and_a_user_id_told_together_are_one_person_from_then_on() {
    for first in [(Some(BUDI), None), (None, Some(ID)), (Some(BUDI), Some(ID))] {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let both = (Some(BUDI), Some(ID));
        for (n, (number, user_id)) in
            [first, both, (None, Some(ID)), (Some(BUDI), None)].into_iter().enumerate()
        {
            take(&world, &said(&world, number, user_id, &format!("kata-{n}"), 0)).await;
            world.pass(Duration::from_secs(2)).await;
        }
        let room = desk.only_room().await;
        assert_eq!(
            texts(&desk.history(&room["id"]).await),
            ["kata-0", "kata-1", "kata-2", "kata-3"]
        );
        // Where a reply goes: the number, once it is known.
        assert_eq!(room["account_uniq_id"], BUDI);
        assert_eq!(rows(&world, "contact").len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn two_contacts_that_turn_out_to_be_one_are_linked_and_nothing_is_hidden() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    take(&world, &said(&world, Some(BUDI), None, "satu", 0)).await;
    world.pass(Duration::from_secs(100)).await;
    let hidden = said(&world, None, Some(ID), "dua", 0);
    take(&world, &hidden).await;
    let (old, young) = (desk.room_of(BUDI).await, desk.room_of(ID).await);
    assert_ne!(old["contact_id"], young["contact_id"]);
    desk.reply(&young["id"], "Halo", "a").await;
    world.settle(Duration::from_secs(2)).await.unwrap();

    world.pass(Duration::from_secs(100)).await;
    let both = said(&world, Some(BUDI), Some(ID), "tiga", 0);
    // The provider delivers again what came before the linking, and the linking itself.
    for again in [&both, &hidden, &both, &hidden] {
        take(&world, again).await;
    }
    let (old, young) = (desk.room(&old["id"]).await, desk.room(&young["id"]).await);
    assert_eq!(young["contact_id"], old["contact_id"]);
    assert_eq!(young["merged_into_room_id"], old["id"]);
    assert_eq!(texts(&desk.history(&old["id"]).await), ["satu", "tiga"]);
    assert_eq!(texts(&desk.history(&young["id"]).await), ["dua", "Halo"]);
    // What nobody has resolved stays where agents look.
    assert_eq!(desk.rooms("unassigned").await.len(), 2);
    let merged = rows(&world, "contact").into_iter().filter(|row| !row["merged_into"].is_null());
    assert_eq!(merged.count(), 1);

    // Whatever they write from now on comes to one room, and they are answered there.
    world.pass(Duration::from_secs(2)).await;
    take(&world, &said(&world, None, Some(ID), "empat", 0)).await;
    assert_eq!(desk.history(&old["id"]).await.len(), 3);
    let refused = desk.reply(&young["id"], "Halo?", "b").await;
    assert_eq!(problem(&refused), (422, "room_merged", ""));
    assert_eq!(desk.reply(&old["id"], "Halo lagi", "c").await.status, 201);
    world.settle(Duration::from_secs(2)).await.unwrap();
    // The day that was begun in the other room is billed once.
    assert_eq!(rows(&world, "s#").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_block_of_one_number_does_not_refuse_what_was_said_under_the_user_id() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    take(&world, &said(&world, Some(BUDI), None, "satu", 0)).await;
    world.pass(Duration::from_secs(2)).await;
    take(&world, &said(&world, None, Some(ID), "dua", 0)).await;
    let (by_number, by_id) = (desk.room_of(BUDI).await, desk.room_of(ID).await);
    let blocked = json!({ "room_id": by_number["id"] }).to_string();
    world.pass(Duration::from_secs(60)).await;
    let block = ApiRequest::new("POST", "/v1/contact_block").body(blocked.clone());
    assert_eq!(desk.call(block).await.status, 200);
    world.pass(Duration::from_secs(60)).await;
    let late =
        [said(&world, Some(BUDI), None, "Beli!", 0), said(&world, None, Some(ID), "tiga", 0)];
    world.pass(Duration::from_secs(60)).await;
    let path = format!("/v1/contact_block/{}", by_number["contact_id"].as_str().unwrap());
    let unblock = ApiRequest::new("DELETE", path).body(blocked);
    assert_eq!(desk.call(unblock).await.status, 200);
    world.pass(Duration::from_secs(2)).await;
    // They turn out to be one, and then what was under way arrives.
    for what in [&said(&world, Some(BUDI), Some(ID), "empat", 0), &late[0], &late[1]] {
        take(&world, what).await;
    }
    let mut heard = Vec::new();
    for room in [&by_number, &by_id] {
        heard.extend(desk.history(&room["id"]).await);
    }
    assert_eq!(texts(&heard), ["satu", "tiga", "empat", "dua"]);
}

#[tokio::test(start_paused = true)]
async fn a_reply_is_possible_in_the_window_that_the_other_room_opened() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    take(&world, &said(&world, Some(BUDI), None, "satu", 0)).await;
    world.pass(Duration::from_secs(30 * 3600)).await;
    take(&world, &said(&world, None, Some(ID), "dua", 0)).await;
    // Delivered late: said before the window closed, it links, and opens nothing by itself.
    take(&world, &said(&world, Some(BUDI), Some(ID), "nol", 29 * 3600)).await;
    let room = desk.room_of(BUDI).await;
    assert_eq!(room["session"], "open");
    assert_eq!(desk.reply(&room["id"], "Halo", "a").await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn who_changes_their_number_keeps_their_room() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    take(&world, &said(&world, Some(BUDI), Some(ID), "satu", 100)).await;
    let change = json!({ "type": "user_changed_number", "wa_id": SITI, "user_id": NEW_ID,
        "previous_user_id": ID, "body": "x" });
    let notice = notice(&world, Some(BUDI), change, 50);
    for _ in 0..2 {
        take(&world, &notice).await;
    }
    take(&world, &said(&world, Some(SITI), Some(NEW_ID), "dua", 40)).await;
    // What was under way from the old number is theirs, too, and changes nothing back.
    take(&world, &said(&world, Some(BUDI), Some(ID), "terlambat", 60)).await;
    let room = desk.only_room().await;
    assert_eq!(room["account_uniq_id"], SITI);
    assert_eq!(texts(&desk.history(&room["id"]).await), ["satu", "terlambat", "dua"]);
    assert_eq!(desk.events("integration").await.len(), 1);
    // Whoever gets the old number is somebody else.
    take(&world, &said(&world, Some(BUDI), Some("ID.3333"), "orang-lain", 0)).await;
    take(&world, &notice).await;
    assert_eq!(desk.rooms("all").await.len(), 2);
    assert_eq!(texts(&desk.history(&desk.room_of(BUDI).await["id"]).await), ["orang-lain"]);
    assert_eq!(desk.history(&room["id"]).await.len(), 3);
}

/// Whoever has the number now may be anybody, and is nobody's contact before they are written to.
#[tokio::test(start_paused = true)]
async fn what_is_said_about_words_under_a_number_that_was_left_makes_nobody_known() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    take(&world, &said(&world, Some(BUDI), None, "satu", 100)).await;
    let change = json!({ "type": "user_changed_number", "wa_id": SITI, "body": "x" });
    take(&world, &notice(&world, Some(BUDI), change, 50)).await;
    let mut revoked = said(&world, Some(BUDI), None, "wamid.R", 0);
    revoked["type"] = json!("revoke");
    revoked["revoke"] = json!({ "original_message_id": "satu" });
    let before = (rows(&world, "identity").len(), rows(&world, "contact").len());
    take(&world, &revoked).await;
    assert_eq!((rows(&world, "identity").len(), rows(&world, "contact").len()), before);
    assert_eq!(texts(&desk.history(&desk.only_room().await["id"]).await), ["satu"]);
    let events = desk.events("integration").await;
    assert_eq!(events.len(), 2, "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn first_words_from_the_new_number_may_overtake_the_notice() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    take(&world, &said(&world, Some(BUDI), None, "satu", 100)).await;
    world.pass(Duration::from_secs(200)).await;
    take(&world, &said(&world, Some(SITI), None, "dua", 0)).await;
    let change = json!({ "type": "user_changed_number", "wa_id": SITI, "body": "x" });
    let notice = notice(&world, Some(BUDI), change, 5);
    for _ in 0..2 {
        take(&world, &notice).await;
    }
    world.pass(Duration::from_secs(2)).await;
    take(&world, &said(&world, Some(SITI), None, "tiga", 0)).await;
    let rooms = desk.rooms("all").await;
    assert_eq!(rooms.len(), 2);
    let merged = rooms.iter().find(|room| room["merged_into_room_id"].is_string()).unwrap();
    let live = rooms.iter().find(|room| room["merged_into_room_id"].is_null()).unwrap();
    assert_eq!(live["contact_id"], merged["contact_id"]);
    assert_eq!(texts(&desk.history(&live["id"]).await), ["satu", "tiga"]);
    assert_eq!(texts(&desk.history(&merged["id"]).await), ["dua"]);
}

/// Meanwhile they write from the new number, and a member edits them, which has all that follows a
/// contact say the same.
#[tokio::test(start_paused = true)]
async fn a_notice_that_dies_after_any_call_is_finished_by_the_next_delivery() {
    for nth in 0.. {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        take(&world, &said(&world, Some(BUDI), None, "satu", 100)).await;
        world.pass(Duration::from_secs(200)).await;
        let change = json!({ "type": "user_changed_number", "wa_id": SITI, "body": "x" });
        let notice = notice(&world, Some(BUDI), change, 5);
        let mut has_struck = take_unluckily(&world, &one(&notice), nth, Fate::DiesAfter).await;
        take(&world, &said(&world, Some(SITI), None, "dua", 0)).await;
        has_struck |= take_unluckily(&world, &one(&notice), nth, Fate::DiesAfter).await;
        for room in desk.rooms("all").await {
            let path = format!("/v1/contacts/{}", room["contact_id"].as_str().unwrap());
            let named = json!({ "company": "Toko" }).to_string();
            desk.call(ApiRequest::new("PUT", path).body(named)).await;
        }
        take(&world, &notice).await;
        world.pass(Duration::from_secs(2)).await;
        take(&world, &said(&world, Some(SITI), None, "tiga", 0)).await;
        let rooms = desk.rooms("all").await;
        let open: Vec<_> = rooms.iter().filter(|r| r["merged_into_room_id"].is_null()).collect();
        assert_eq!(open.len(), 1, "call {nth}: {rooms:?}");
        let mut words = Vec::new();
        for room in &rooms {
            words.extend(texts(&desk.history(&room["id"]).await).iter().map(ToString::to_string));
        }
        words.sort();
        assert_eq!(words, ["dua", "satu", "tiga"], "call {nth}");
        assert!(texts(&desk.history(&open[0]["id"]).await).contains(&"tiga"), "call {nth}");
        if !has_struck {
            assert!(nth > 10, "a notice takes more than {nth} calls");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_gets_another_user_id_keeps_their_room() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    take(&world, &said(&world, None, Some(ID), "satu", 100)).await;
    let change = json!({ "type": "user_changed_user_id", "user_id": NEW_ID,
        "previous_user_id": ID, "body": "x" });
    take(&world, &notice(&world, None, change, 50)).await;
    take(&world, &said(&world, None, Some(NEW_ID), "dua", 0)).await;
    let room = desk.only_room().await;
    assert_eq!(texts(&desk.history(&room["id"]).await), ["satu", "dua"]);
}

#[tokio::test(start_paused = true)]
async fn a_linking_that_dies_after_any_call_is_finished_by_the_next_delivery() {
    for fate in fates::EACH {
        for nth in 0.. {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            take(&world, &said(&world, Some(BUDI), None, "satu", 0)).await;
            world.pass(Duration::from_secs(10)).await;
            take(&world, &said(&world, None, Some(ID), "dua", 0)).await;
            world.pass(Duration::from_secs(10)).await;
            let both = said(&world, Some(BUDI), Some(ID), "tiga", 0);
            let has_struck = take_unluckily(&world, &one(&both), nth, fate).await;
            take(&world, &both).await;
            world.settle(Duration::from_secs(900)).await.unwrap();
            let old = desk.room_of(BUDI).await;
            assert_eq!(texts(&desk.history(&old["id"]).await), ["satu", "tiga"], "call {nth}");
            let rooms = desk.rooms("all").await;
            let young = rooms.iter().find(|room| room["id"] != old["id"]).unwrap();
            assert_eq!(young["merged_into_room_id"], old["id"], "call {nth}");
            if !has_struck {
                assert!(nth > 10, "a linking takes more than {nth} calls");
                break;
            }
        }
    }
}
