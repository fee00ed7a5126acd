//! A blocked contact is not heard: nothing of what they write is kept.

use std::time::Duration;

use domain::api_key::Role;
use futures_util::future::join;
use serde_json::{Value, json};
use world::{
    World,
    company::webhook_request,
    graph::{Kind, Person},
    wire::Fate,
};

use super::{assert_aligned, block, says, unblock, unlucky};
use crate::desk::{
    BUDI, Desk, SITI,
    fates::{self, UNLUCKY},
    problem, stored, texts,
};

/// A customer who has written, been answered and blocked: their contact and room.
async fn blocked(desk: &Desk<'_>) -> (Value, Value) {
    let budi = desk.introduced(BUDI, "Budi").await;
    let room = desk.room_of(BUDI).await["id"].clone();
    let done = desk.call(block(&room)).await;
    assert_eq!(done.status, 200, "{}", done.json);
    (budi, room)
}

#[tokio::test(start_paused = true)]
async fn what_a_blocked_contact_writes_changes_nothing_at_all() {
    let world = World::new().await.unwrap();
    let key = world.add_member("Wati", Role::Supervisor).await.unwrap();
    let desk = Desk::with_key(&world, &key);
    let (budi, room) = blocked(&desk).await;
    let first = desk.history(&room).await[0].clone();
    let shown = desk.contact(&budi).await;
    assert_eq!((&shown["is_blocked"], &shown["block"]["reason"]), (&json!(true), &json!("Spam")));
    assert_eq!(shown["block"]["blocked_by"]["name"], "Wati");
    assert_eq!(desk.room(&room).await["is_contact_blocked"], true);
    let before = stored(&world);
    let person = Person::with_phone(BUDI, "Budi");
    let message_id = world.company().graph().written()[0].wamid.clone();
    for kind in [
        Kind::text("Beli sekarang!"),
        Kind::Reaction { message_id: message_id.clone(), emoji: Some("👍".into()) },
        Kind::Edit { message_id: message_id.clone(), body: "Lain".into() },
        Kind::Revoke { message_id },
        Kind::Unsupported { kind: "poll_creation".into() },
    ] {
        world.pass(Duration::from_secs(400)).await;
        let now = world.clock.now_ms();
        let said = world.company().graph().customer_sends(now, &person, kind);
        assert_eq!(world.deliver(world.company(), &said).await.unwrap(), 200);
    }
    assert_eq!(stored(&world), before);
    assert_eq!(desk.history(&room).await, [first]);
    // Others are heard.
    says(&world, SITI, "Siti", "Halo").await;
    assert_eq!(desk.rooms("all").await.len(), 2);
    assert_aligned(&world);
}

#[tokio::test(start_paused = true)]
async fn what_a_blocked_contact_calls_themselves_is_not_kept_and_no_other_name_is_heard() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (_, room) = blocked(&desk).await;
    let before = stored(&world);
    let loud = |person: Person| Person { username: Some("beli_sekarang".into()), ..person };
    let say = async |person: &Person| {
        world.pass(Duration::from_secs(60)).await;
        let now = world.clock.now_ms();
        let said = world.company().graph().customer_sends(now, person, Kind::text("Beli!"));
        assert_eq!(world.deliver(world.company(), &said).await.unwrap(), 200);
    };
    say(&loud(Person::with_phone(BUDI, "BELI SEKARANG"))).await;
    assert_eq!(stored(&world), before);
    // That a user id is theirs is kept: they are refused under it, too.
    let both = Person { user_id: Some("ID.1".into()), ..Person::with_phone(BUDI, "BELI SEKARANG") };
    say(&loud(both)).await;
    say(&loud(Person::with_user_id("ID.1", "BELI SEKARANG"))).await;
    assert_eq!(desk.rooms("all").await.len(), 1);
    assert_eq!(texts(&desk.history(&room).await), ["Halo"]);
    let is_loud = |row: &&String| row.to_lowercase().contains("beli");
    assert_eq!(stored(&world).0.iter().find(is_loud), None);
    assert_aligned(&world);
}

#[tokio::test(start_paused = true)]
async fn a_refused_message_costs_the_read_of_its_author_and_no_write() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    blocked(&desk).await;
    world.wire.services().meter = world::meter::Meter::default();
    says(&world, BUDI, "Budi", "Beli!").await;
    let cost = world.wire.services().meter.total();
    assert_eq!((cost.wru, cost.calls), (0.0, 2));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_to_them_and_what_was_sent_still_tells_how_far_it_got() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.introduced(BUDI, "Budi").await;
    let room = desk.room_of(BUDI).await["id"].clone();
    assert_eq!(desk.reply(&room, "Halo juga", "a").await.status, 201);
    world.settle(Duration::from_millis(10)).await.unwrap();
    assert_eq!(desk.call(block(&room)).await.status, 200);
    let refused = desk.reply(&room, "Masih ada?", "b").await;
    assert_eq!(problem(&refused), (422, "contact_blocked", ""));
    // The same click again is answered with what it sent.
    assert_eq!(desk.reply(&room, "Halo juga", "a").await.status, 201);
    world.settle(Duration::from_secs(10)).await.unwrap();
    assert_eq!(desk.history(&room).await[1]["status"], "read");
}

#[tokio::test(start_paused = true)]
async fn a_contact_is_blocked_and_unblocked_in_a_room_that_is_not_resolved() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = desk.introduced(BUDI, "Budi").await;
    let room = desk.room_of(BUDI).await["id"].clone();
    let other = desk.first_words(SITI).await;
    desk.resolve(&room).await;
    let resolved = (422, "room_resolved", "room_id");
    assert_eq!(problem(&desk.call(block(&room)).await), resolved);
    world.pass(Duration::from_secs(2)).await;
    says(&world, BUDI, "Budi", "Lagi").await;
    for _ in 0..2 {
        assert_eq!(desk.call(block(&room)).await.status, 200);
    }
    let elsewhere = desk.call(unblock(&budi, &other)).await;
    assert_eq!(problem(&elsewhere), (400, "invalid_field", "room_id"));
    let unnamed = desk.call(unblock(&budi, &Value::Null)).await;
    assert_eq!(problem(&unnamed), (422, "room_needed", "room_id"));
    desk.resolve(&room).await;
    assert_eq!(problem(&desk.call(unblock(&budi, &room)).await), resolved);
    world.pass(Duration::from_secs(2)).await;
    says(&world, BUDI, "Budi", "Halo?").await;
    assert_eq!(desk.room(&room).await["status"], "resolved");
    // Nothing can reopen it: that nobody is blocked for ever, no room is named.
    for _ in 0..2 {
        assert_eq!(desk.call(unblock(&budi, &Value::Null)).await.status, 200);
    }
    world.pass(Duration::from_secs(2)).await;
    says(&world, BUDI, "Budi", "Akhirnya").await;
    assert_eq!(desk.room(&room).await["status"], "unassigned");
    assert_eq!(texts(&desk.history(&room).await), ["Halo", "Lagi", "Akhirnya"]);
    assert_aligned(&world);
}

#[tokio::test(start_paused = true)]
async fn what_was_said_while_it_lasted_stays_unheard_when_it_comes_again() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (budi, room) = blocked(&desk).await;
    world.pass(Duration::from_secs(5)).await;
    let now = world.clock.now_ms();
    let said = world.company().graph().customer_says(now, BUDI, "Budi", "Beli!");
    let request = webhook_request(world.company(), &said.body);
    world.webhook(&world.process, &request).await.unwrap();
    world.pass(Duration::from_secs(5)).await;
    assert_eq!(desk.call(unblock(&budi, &room)).await.status, 200);
    world.webhook(&world.process, &request).await.unwrap();
    assert_eq!(texts(&desk.history(&room).await), ["Halo"]);
    says(&world, BUDI, "Budi", "Maaf").await;
    assert_eq!(texts(&desk.history(&room).await), ["Halo", "Maaf"]);
    let shown = desk.contact(&budi).await;
    assert_eq!((&shown["is_blocked"], &shown["block"]), (&json!(false), &Value::Null));
    assert_eq!(desk.reply(&room, "Tidak apa-apa", "a").await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_stored_before_is_still_taken_in() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.introduced(BUDI, "Budi").await;
    let room = desk.room_of(BUDI).await["id"].clone();
    world.pass(Duration::from_secs(2)).await;
    let now = world.clock.now_ms();
    let said = world.company().graph().customer_says(now, BUDI, "Budi", "Ada?");
    let request = webhook_request(world.company(), &said.body);
    // The process dies between the message and its room.
    let unlucky = world.start_process(UNLUCKY);
    let mut puts = 0;
    world.wire.set_fates(Box::new(move |call| {
        puts += u32::from(call.process == UNLUCKY && call.operation == "PutItem");
        let dies = call.process == UNLUCKY && call.operation == "PutItem" && puts == 1;
        (if dies { Fate::DiesAfter } else { Fate::Served }, 1)
    }));
    assert!(world.webhook(&unlucky, &request).await.unwrap().is_none());
    fates::recover(&world);
    assert_eq!(desk.call(block(&room)).await.status, 200);
    world.webhook(&world.process, &request).await.unwrap();
    let shown = desk.room(&room).await;
    assert_eq!(
        (&shown["unread_count"], &shown["last_message"]["text"]),
        (&json!(2), &json!("Ada?"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_block_and_a_message_at_the_same_moment_leave_a_room_that_agrees_with_its_messages() {
    for wait in 0..8 {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        desk.introduced(BUDI, "Budi").await;
        let room = desk.room_of(BUDI).await["id"].clone();
        world.pass(Duration::from_secs(2)).await;
        let saying = async {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            says(&world, BUDI, "Budi", "Ada?").await;
        };
        let (answered, ()) = join(unlucky(&desk, block(&room)), saying).await;
        assert_eq!(answered.unwrap().status, 200);
        let (shown, history) = (desk.room(&room).await, desk.history(&room).await);
        assert_eq!(shown["unread_count"], history.len());
        assert_eq!(shown["last_message"]["id"], history.last().unwrap()["id"]);
        assert_aligned(&world);
        says(&world, BUDI, "Budi", "Sesudahnya").await;
        assert_eq!(desk.history(&room).await.len(), history.len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_that_dies_anywhere_is_finished_by_the_next() {
    for fate in fates::EACH {
        for call in 0.. {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            let budi = desk.introduced(BUDI, "Budi").await;
            let room = desk.room_of(BUDI).await["id"].clone();
            let mut has_struck = false;
            for request in [block(&room), unblock(&budi, &room)] {
                let calls = fates::strike(&world, call, fate);
                unlucky(&desk, request.clone()).await;
                has_struck |= fates::has_struck(&calls, call);
                fates::recover(&world);
                let done = desk.call(request).await;
                assert_eq!(done.status, 200, "{fate:?} {call}: {}", done.json);
                assert_aligned(&world);
            }
            if !has_struck {
                assert!(call > 6, "{fate:?} struck {call} calls");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_that_broke_off_is_finished_though_its_room_was_resolved_meanwhile() {
    for call in 0.. {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let budi = desk.introduced(BUDI, "Budi").await;
        let room = desk.room_of(BUDI).await["id"].clone();
        let mut has_struck = false;
        for (request, is_to_be) in [(block(&room), true), (unblock(&budi, &room), false)] {
            let calls = fates::strike(&world, call, Fate::DiesBefore);
            unlucky(&desk, request.clone()).await;
            has_struck |= fates::has_struck(&calls, call);
            fates::recover(&world);
            desk.resolve(&room).await;
            // What had not begun is refused, and what had is finished.
            let done = desk.call(request).await;
            let is_blocked = desk.contact(&budi).await["is_blocked"] == true;
            let expected = if is_blocked == is_to_be { 200 } else { 422 };
            assert_eq!(done.status, expected, "call {call}: {}", done.json);
            assert_aligned(&world);
            world.pass(Duration::from_secs(2)).await;
            says(&world, BUDI, "Budi", "Lagi").await;
        }
        if !has_struck {
            assert!(call > 6, "only {call} calls were struck");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_and_an_end_of_it_at_the_same_moment_leave_no_room_that_disagrees() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (budi, room) = blocked(&desk).await;
    let (one, other) =
        join(unlucky(&desk, unblock(&budi, &room)), unlucky(&desk, block(&room))).await;
    assert_eq!((one.unwrap().status, other.unwrap().status), (200, 200));
    assert_aligned(&world);
}

#[tokio::test(start_paused = true)]
async fn whoever_turns_out_to_be_a_blocked_contact_is_blocked_too() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let say = async |person: Person, words: &str| {
        let now = world.clock.now_ms();
        let said = world.company().graph().customer_sends(now, &person, Kind::text(words));
        assert_eq!(world.deliver(world.company(), &said).await.unwrap(), 200);
        world.pass(Duration::from_secs(2)).await;
    };
    say(Person::with_phone(BUDI, "Budi"), "satu").await;
    say(Person::with_user_id("ID.1", "Budi"), "dua").await;
    let room = desk.room_of(BUDI).await["id"].clone();
    assert_eq!(desk.call(block(&room)).await.status, 200);
    let both = Person { user_id: Some("ID.1".into()), ..Person::with_phone(BUDI, "Budi") };
    say(both, "tiga").await;
    say(Person::with_user_id("ID.1", "Budi"), "empat").await;
    let shown: Vec<_> = desk.everything().await;
    let words: Vec<_> = shown.iter().flat_map(|room| room["history"].as_array().unwrap()).collect();
    assert_eq!(words.len(), 2);
    assert!(desk.rooms("all").await.iter().all(|room| room["is_contact_blocked"] == true));
    assert_aligned(&world);
}
