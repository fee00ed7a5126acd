//! Whose words come from a number whose holder was erased: nobody's who had it before.

use std::time::Duration;

use serde_json::{Value, json};
use world::{
    World,
    graph::{Kind, Person},
    requests::ApiRequest,
    wire::Fate,
};

use super::{
    edit,
    holdings::{WORDS, erase, erased, well_known},
    merge, says, unlucky,
};
use crate::{
    desk::{BUDI, Desk, SITI, fates, payload::post, rows, stored, texts},
    identities::{ID, said, take},
};

/// Whoever has this number has another one from now on.
async fn moves(world: &World, from: &str, to: &str) {
    let moved = Kind::NumberChanged { new_phone: to.into(), new_user_id: None };
    let person = Person::with_phone(from, "Ani Lama");
    let company = world.company();
    let notice = company.graph().customer_sends(world.clock.now_ms(), &person, moved);
    assert_eq!(world.deliver(company, &notice).await.unwrap(), 200);
    world.pass(Duration::from_secs(60)).await;
}

/// Budi says words that nobody else says, and is erased; the delivery that brought them.
async fn said_and_erased(desk: &Desk<'_>) -> Vec<u8> {
    let (world, company) = (desk.world, desk.world.company());
    let said = company.graph().customer_says(world.clock.now_ms(), BUDI, "Budi", WORDS);
    assert_eq!(world.deliver(company, &said).await.unwrap(), 200);
    let budi = desk.room_of(BUDI).await["contact_id"].clone();
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(erased(desk, &budi).await.status, 200);
    said.body
}

#[tokio::test(start_paused = true)]
async fn whoever_writes_from_an_erased_number_is_somebody_new() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (budi, room) = well_known(&desk).await;
    assert_eq!(desk.call(erase(&budi)).await.status, 202);
    world.pass(Duration::from_secs(1)).await;
    says(&world, BUDI, "Orang Lain", "Permisi").await;
    let new = desk.room_of(BUDI).await;
    assert_ne!((&new["id"], &new["contact_id"]), (&room, &budi));
    assert_eq!(texts(&desk.history(&new["id"]).await), ["Permisi"]);
    assert_eq!(erased(&desk, &budi).await.status, 200);
    says(&world, BUDI, "Orang Lain", "Halo?").await;
    assert_eq!(texts(&desk.history(&new["id"]).await), ["Permisi", "Halo?"]);
    assert_eq!(desk.found("", 10).await, ["Orang Lain"]);
    // And may be erased in turn.
    assert_eq!(erased(&desk, &new["contact_id"]).await.status, 200);
    says(&world, BUDI, "Lagi", "Sekali lagi").await;
    assert_eq!(texts(&desk.history(&desk.room_of(BUDI).await["id"]).await), ["Sekali lagi"]);
}

#[tokio::test(start_paused = true)]
async fn what_an_erased_contact_said_is_not_heard_when_it_is_delivered_again() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let old = said_and_erased(&desk).await;
    let again = async || assert_eq!(post(&world, world.company(), &old).await, 200);
    again().await;
    assert_eq!(desk.rooms("all").await.len(), 0);
    says(&world, BUDI, "Orang Lain", "Permisi").await;
    again().await;
    let new = desk.room_of(BUDI).await;
    assert_eq!(texts(&desk.history(&new["id"]).await), ["Permisi"]);
    // Nor after somebody edited who writes now, which has all that follows a contact say the same.
    let named = json!({ "full_name": "Ibu Sri" });
    assert_eq!(desk.call(edit(&new["contact_id"], &named)).await.status, 200);
    again().await;
    assert_eq!(texts(&desk.history(&new["id"]).await), ["Permisi"]);
    let says = |row: &String| row.contains(WORDS) || row.contains("\"Budi\"");
    assert!(!stored(&world).0.iter().any(says));
}

#[tokio::test(start_paused = true)]
async fn a_number_of_somebody_erased_never_leads_back_to_who_had_it_before() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let ani = desk.introduced(BUDI, "Ani Lama").await;
    world.pass(Duration::from_secs(60)).await;
    moves(&world, BUDI, "628555000111").await;
    says(&world, BUDI, "Budi Baru", "Halo").await;
    let budi = desk.room_of(BUDI).await["contact_id"].clone();
    assert_ne!(budi, ani);
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(erased(&desk, &budi).await.status, 200);
    says(&world, BUDI, "Orang Lain", "Permisi").await;
    let new = desk.room_of(BUDI).await;
    assert!(new["contact_id"] != ani && new["contact_id"] != budi);
    assert_eq!(texts(&desk.history(&new["id"]).await), ["Permisi"]);
    assert_eq!(desk.room_of("628555000111").await["contact_id"], ani);
}

#[tokio::test(start_paused = true)]
async fn what_an_erased_contact_said_is_not_heard_where_somebody_had_the_number_before() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.introduced(BUDI, "Ani Lama").await;
    world.pass(Duration::from_secs(60)).await;
    moves(&world, BUDI, "628555000111").await;
    let old = said_and_erased(&desk).await;
    assert_eq!(post(&world, world.company(), &old).await, 200);
    let says = |row: &String| row.contains(WORDS) || row.contains("\"Budi\"");
    assert!(!stored(&world).0.iter().any(says));
    assert_eq!(desk.rooms("all").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_writes_while_a_merged_contact_is_being_erased_is_somebody_new() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (budi, siti) = (desk.introduced(BUDI, "Budi").await, desk.introduced(SITI, "Siti").await);
    assert_eq!(desk.call(merge(&budi, &siti)).await.status, 200);
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(desk.call(erase(&siti)).await.status, 202);
    for contact in [&budi, &siti] {
        let path = format!("/v1/contacts/{}", contact.as_str().unwrap());
        assert_eq!(desk.call(ApiRequest::new("GET", path)).await.status, 404);
    }
    world.pass(Duration::from_secs(2)).await;
    says(&world, BUDI, "Orang Lain", "Permisi").await;
    let new = desk.room_of(BUDI).await;
    assert_eq!(erased(&desk, &siti).await.status, 200);
    assert_eq!(texts(&desk.history(&new["id"]).await), ["Permisi"]);
}

#[tokio::test(start_paused = true)]
async fn a_number_that_somebody_took_over_does_not_lead_back_once_they_are_erased() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let ani = desk.introduced(SITI, "Ani Lama").await;
    world.pass(Duration::from_secs(60)).await;
    let budi = desk.introduced(BUDI, "Budi").await;
    world.pass(Duration::from_secs(60)).await;
    // Ani's carrier gave her number to Budi, and nobody told us of her.
    moves(&world, BUDI, SITI).await;
    assert_eq!(erased(&desk, &budi).await.status, 200);
    says(&world, SITI, "Orang Lain", "Permisi").await;
    let rooms = desk.rooms("all").await;
    let new = rooms.iter().find(|room| room["name"] == "Orang Lain").expect("a room of their own");
    assert!(new["contact_id"] != ani && new["contact_id"] != budi);
    assert_eq!(texts(&desk.history(&new["id"]).await), ["Permisi"]);
}

/// Wherever the erasure has come to: their words are not tied to one who is nobody.
#[tokio::test(start_paused = true)]
async fn who_turns_out_to_be_one_who_is_being_erased_keeps_their_own_room() {
    let mut tried = 0;
    for nth in 0.. {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let budi = desk.introduced(BUDI, "Budi").await;
        take(&world, &said(&world, None, Some(ID), "satu", 0)).await;
        world.pass(Duration::from_secs(60)).await;
        let calls = fates::strike(&world, nth, Fate::DiesAfter);
        unlucky(&desk, erase(&budi)).await;
        let has_struck = fates::has_struck(&calls, nth);
        fates::recover(&world);
        if rows(&world, "contact").iter().any(|row| row["erased"].is_object()) {
            tried += 1;
            take(&world, &said(&world, Some(BUDI), Some(ID), "dua", 0)).await;
            assert_eq!(erased(&desk, &budi).await.status, 200);
            let room = desk.only_room().await;
            assert_eq!(room["merged_into_room_id"], Value::Null);
            assert_eq!(texts(&desk.history(&room["id"]).await), ["satu", "dua"], "call {nth}");
            take(&world, &said(&world, Some(BUDI), None, "tiga", 0)).await;
            assert_eq!(desk.only_room().await["id"], room["id"], "call {nth}");
        }
        if !has_struck {
            assert!(tried > 5, "the erasure was begun {tried} times");
            break;
        }
    }
}

/// They were somebody else's words: whoever has the number now is known by another name already.
#[tokio::test(start_paused = true)]
async fn what_was_said_from_an_erased_number_is_not_heard_from_whoever_it_turns_out_to_be() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let old = said_and_erased(&desk).await;
    take(&world, &said(&world, None, Some(ID), "satu", 0)).await;
    world.pass(Duration::from_secs(60)).await;
    take(&world, &said(&world, Some(BUDI), Some(ID), "dua", 0)).await;
    // Neither now, nor after a member has blocked them for a while.
    let room = desk.only_room().await;
    let blocked = json!({ "room_id": room["id"] }).to_string();
    let path = format!("/v1/contact_block/{}", room["contact_id"].as_str().unwrap());
    let block = ApiRequest::new("POST", "/v1/contact_block").body(blocked.clone());
    for between in [None, Some([block, ApiRequest::new("DELETE", path).body(blocked)])] {
        for request in between.into_iter().flatten() {
            assert_eq!(desk.call(request).await.status, 200);
            world.pass(Duration::from_secs(2)).await;
        }
        assert_eq!(post(&world, world.company(), &old).await, 200);
        assert_eq!(texts(&desk.history(&desk.only_room().await["id"]).await), ["satu", "dua"]);
    }
}
