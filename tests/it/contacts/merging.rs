//! Members say that two contacts are one person.

use std::time::Duration;

use domain::api_key::Role;
use futures_util::future::join;
use serde_json::{Value, json};
use world::{World, company::webhook_request, requests::ApiRequest, wire::Fate};

use super::{assert_aligned, block, edit, merge, says, unblock, unlucky};
use crate::desk::{
    BUDI, Desk, SITI,
    fates::{self},
    problem, rows, stored, texts,
};

#[tokio::test(start_paused = true)]
async fn what_two_contacts_had_is_one_persons_and_each_number_is_answered_where_it_wrote() {
    let world = World::new().await.unwrap();
    let key = world.add_member("Wati", Role::Supervisor).await.unwrap();
    let desk = Desk::with_key(&world, &key);
    let old = desk.introduced(BUDI, "Budi").await;
    world.pass(Duration::from_secs(2)).await;
    let new = desk.introduced(SITI, "Budi Baru").await;
    desk.call(edit(&new, &json!({ "email": "budi@kopi.id", "company": "Kopi" }))).await;
    desk.call(edit(&old, &json!({ "company": "Kopi Kita" }))).await;
    let rooms = [desk.room_of(BUDI).await["id"].clone(), desk.room_of(SITI).await["id"].clone()];
    for (room, key) in rooms.iter().zip(["a", "b"]) {
        assert_eq!(desk.reply(room, "Halo juga", key).await.status, 201);
    }
    world.settle(Duration::from_secs(2)).await.unwrap();
    assert_eq!(rows(&world, "s#").len(), 2);

    for _ in 0..2 {
        let merged = desk.call(merge(&new, &old)).await;
        assert_eq!(merged.status, 200, "{}", merged.json);
        let shown = &merged.json["data"];
        assert_eq!(shown["id"], old);
        assert_eq!(shown["room_ids"], json!(rooms));
        assert_eq!(
            (&shown["email"], &shown["company"]),
            (&json!("budi@kopi.id"), &json!("Kopi Kita"))
        );
        assert_aligned(&world);
    }
    assert_eq!(desk.contact(&new).await["merged_into_contact_id"], old);
    assert_eq!(desk.found("", 10).await, ["Budi"]);
    for number in ["0812", "08987"] {
        assert_eq!(desk.found(&format!("query={number}&"), 10).await, ["Budi"]);
    }

    // Nothing is billed anew, and both conversations go on.
    world.pass(Duration::from_secs(2)).await;
    for (number, words) in [(BUDI, "dari yang lama"), (SITI, "dari yang baru")] {
        says(&world, number, "Budi", words).await;
    }
    for (room, words) in rooms.iter().zip(["dari yang lama", "dari yang baru"]) {
        assert_eq!(desk.room(room).await["contact_id"], old);
        assert_eq!(texts(&desk.history(room).await), ["Halo", "Halo juga", words]);
        assert_eq!(desk.reply(room, "Baik", words).await.status, 201);
    }
    world.settle(Duration::from_secs(2)).await.unwrap();
    assert_eq!(rows(&world, "s#").len(), 2);
    assert_aligned(&world);
}

#[tokio::test(start_paused = true)]
async fn of_two_who_merge_in_opposite_directions_one_is_told() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let one = desk.introduced(BUDI, "Budi").await;
    let other = desk.introduced(SITI, "Siti").await;
    let (there, back) =
        join(unlucky(&desk, merge(&one, &other)), unlucky(&desk, merge(&other, &one))).await;
    let (there, back) = (there.unwrap(), back.unwrap());
    let mut statuses = [there.status, back.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", there.json, back.json);
    let refused = if there.status == 409 { &there } else { &back };
    assert_eq!(refused.json["code"], "contact_merged");
    assert_eq!(desk.found("", 10).await.len(), 1);
    assert_aligned(&world);
}

/// What somebody says now and is delivered later.
fn said_now(world: &World, from: &str, words: &str) -> ApiRequest {
    let now = world.clock.now_ms();
    let said = world.company().graph().customer_says(now, from, "Budi", words);
    webhook_request(world.company(), &said.body)
}

#[tokio::test(start_paused = true)]
async fn what_was_said_under_a_number_that_nobody_had_blocked_is_heard_after_the_merging() {
    for is_blocked_one_gone in [true, false] {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let deliver = async |request: &ApiRequest| {
            let answered = world.webhook(&world.process, request).await.unwrap().unwrap();
            assert_eq!(answered.0, 200);
        };
        let minute = || world.pass(Duration::from_secs(60));
        let blocked = desk.introduced(BUDI, "Budi").await;
        let free = desk.introduced(SITI, "Budi Baru").await;
        let rooms = [desk.room_of(BUDI).await, desk.room_of(SITI).await];
        let [of_blocked, of_free] = rooms.map(|room| room["id"].clone());
        let merging = match is_blocked_one_gone {
            true => merge(&blocked, &free),
            false => merge(&free, &blocked),
        };
        minute().await;
        assert_eq!(desk.call(block(&of_blocked)).await.status, 200);
        minute().await;
        let late = [said_now(&world, BUDI, "Beli!"), said_now(&world, SITI, "satu")];
        minute().await;
        assert_eq!(desk.call(unblock(&blocked, &of_blocked)).await.status, 200);
        minute().await;
        let early = said_now(&world, SITI, "dua");
        assert_eq!(desk.call(block(&of_blocked)).await.status, 200);
        minute().await;
        assert_eq!(desk.call(merging.clone()).await.status, 200);
        assert_aligned(&world);
        minute().await;
        // Now both are one, who is blocked.
        let refused = said_now(&world, SITI, "Beli juga!");
        deliver(&refused).await;
        minute().await;
        let one = desk.room(&of_free).await["contact_id"].clone();
        assert_eq!(desk.call(unblock(&one, &of_free)).await.status, 200);
        minute().await;
        for request in late.iter().chain([&early, &refused]) {
            deliver(request).await;
        }
        assert_eq!(texts(&desk.history(&of_free).await), ["Halo", "satu", "dua"]);
        assert_aligned(&world);
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_that_had_ended_is_not_the_other_ones() {
    for is_blocked_one_gone in [true, false] {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let blocked = desk.introduced(BUDI, "Budi").await;
        let free = desk.introduced(SITI, "Budi Baru").await;
        let rooms = [desk.room_of(BUDI).await, desk.room_of(SITI).await];
        let [of_blocked, of_free] = rooms.map(|room| room["id"].clone());
        world.pass(Duration::from_secs(60)).await;
        assert_eq!(desk.call(block(&of_blocked)).await.status, 200);
        world.pass(Duration::from_secs(60)).await;
        let late = [said_now(&world, BUDI, "Beli!"), said_now(&world, SITI, "satu")];
        world.pass(Duration::from_secs(60)).await;
        assert_eq!(desk.call(unblock(&blocked, &of_blocked)).await.status, 200);
        let merging = match is_blocked_one_gone {
            true => merge(&blocked, &free),
            false => merge(&free, &blocked),
        };
        assert_eq!(desk.call(merging).await.status, 200);
        for request in &late {
            world.webhook(&world.process, request).await.unwrap().unwrap();
        }
        // What was refused stays refused, and what nobody refused is heard.
        assert_eq!(texts(&desk.history(&of_blocked).await), ["Halo"]);
        assert_eq!(texts(&desk.history(&of_free).await), ["Halo", "satu"]);
        assert_aligned(&world);
    }
}

#[tokio::test(start_paused = true)]
async fn a_merging_that_dies_anywhere_is_finished_by_the_next() {
    for fate in [Fate::DiesBefore, Fate::DiesAfter] {
        for call in 0.. {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            let old = desk.introduced(BUDI, "Budi").await;
            let new = desk.introduced(SITI, "Siti").await;
            let room = desk.room_of(BUDI).await["id"].clone();
            assert_eq!(desk.call(block(&room)).await.status, 200);
            let calls = fates::strike(&world, call, fate);
            unlucky(&desk, merge(&new, &old)).await;
            let has_struck = fates::has_struck(&calls, call);
            fates::recover(&world);
            let merged = desk.call(merge(&new, &old)).await;
            assert_eq!(merged.status, 200, "{fate:?} {call}: {}", merged.json);
            assert_aligned(&world);
            if !has_struck {
                assert!(call > 6, "{fate:?} struck {call} calls");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_merged_contact_is_changed_no_more_and_says_who_it_is() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let one = desk.introduced(BUDI, "Budi").await;
    let other = desk.introduced(SITI, "Siti").await;
    let third = desk.introduced("628777", "Dewi").await;
    desk.call(merge(&one, &other)).await;
    let before = stored(&world);
    let edited = desk.call(edit(&one, &json!({ "full_name": "X" }))).await;
    assert_eq!(problem(&edited), (409, "contact_merged", ""));
    assert!(edited.json["detail"].as_str().unwrap().contains(other.as_str().unwrap()));
    for (goes, into, code, field) in
        [(&one, &third, "contact_merged", ""), (&third, &one, "contact_merged", "into")]
    {
        assert_eq!(problem(&desk.call(merge(goes, into)).await), (409, code, field));
    }
    let itself = desk.call(merge(&third, &third)).await;
    assert_eq!(problem(&itself), (400, "invalid_field", "into"));
    let nobody = json!("3f0c2a52-6f6e-8d1f-9a55-0c6a54b2f1de");
    let unknown = desk.call(merge(&third, &nobody)).await;
    assert_eq!(problem(&unknown), (422, "unknown_contact", "into"));
    assert_eq!(stored(&world), before);
    // On it goes: whoever was merged into the other goes along.
    assert_eq!(desk.call(merge(&other, &third)).await.status, 200);
    assert_eq!(desk.contact(&third).await["room_ids"].as_array().unwrap().len(), 3);
    assert_aligned(&world);
}

#[tokio::test(start_paused = true)]
async fn another_companys_contact_is_nobody_to_merge_into() {
    let mut world = World::new().await.unwrap();
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let teh = &world.companies[1];
    let said = teh.graph().customer_says(world.clock.now_ms(), SITI, "Siti", "Halo");
    assert_eq!(world.deliver(teh, &said).await.unwrap(), 200);
    let foreign = Desk::of_company(&world, teh).room_of(SITI).await;
    let desk = Desk::of(&world);
    let budi = desk.introduced(BUDI, "Budi").await;
    let before = stored(&world);
    let refused = desk.call(merge(&budi, &foreign["contact_id"])).await;
    assert_eq!(problem(&refused), (422, "unknown_contact", "into"));
    assert_eq!(problem(&desk.call(block(&foreign["id"])).await), (422, "unknown_room", "room_id"));
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn the_channel_may_link_what_a_member_has_merged() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let person = |number: Option<&str>, id: Option<&str>| world::graph::Person {
        user_id: id.map(str::to_owned),
        ..match number {
            Some(number) => world::graph::Person::with_phone(number, "Dewi"),
            None => world::graph::Person::with_user_id("ID.1", "Dewi"),
        }
    };
    let say = async |person: world::graph::Person, words: &str| {
        let kind = world::graph::Kind::text(words);
        let now = world.clock.now_ms();
        let said = world.company().graph().customer_sends(now, &person, kind);
        assert_eq!(world.deliver(world.company(), &said).await.unwrap(), 200);
        world.pass(Duration::from_secs(2)).await;
    };
    say(person(Some(BUDI), None), "satu").await;
    say(person(None, Some("ID.1")), "dua").await;
    let by_number = desk.room_of(BUDI).await;
    let by_id = desk.room_of("ID.1").await;
    let merged = desk.call(merge(&by_number["contact_id"], &by_id["contact_id"])).await;
    assert_eq!(merged.status, 200);
    say(person(Some(BUDI), Some("ID.1")), "tiga").await;
    for words in ["empat", "lima"] {
        say(person(None, Some("ID.1")), words).await;
    }
    let rooms = desk.rooms("all").await;
    let [gone]: [&Value; 1] = rooms
        .iter()
        .filter(|room| !room["merged_into_room_id"].is_null())
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let stays = desk.room(&gone["merged_into_room_id"]).await;
    assert!(stays["merged_into_room_id"].is_null());
    let said = desk.history(&stays["id"]).await;
    assert_eq!(texts(&said)[1..], ["tiga", "empat", "lima"]);
    assert_eq!(desk.found("", 10).await, ["Dewi"]);
    assert_aligned(&world);
    let list = desk.call(ApiRequest::new("GET", "/v1/contacts")).await;
    assert_eq!(list.json["data"][0]["id"], by_id["contact_id"]);
}
