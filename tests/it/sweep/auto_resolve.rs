//! Silence resolves rooms, where and when the company has set so.

use domain::api_key::Role;
use futures_util::future::join;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest, wire::Fate};

use super::{DAY, HOUR, MINUTE, minutes, set, sweep, sweep_unluckily, turn_on, worth_striking};
use crate::desk::{BUDI, Desk, SITI, episodes, fates, problem, rows, stored};

#[tokio::test(start_paused = true)]
async fn silence_of_both_sides_resolves_a_room_and_the_next_words_reopen_it() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    turn_on(&desk, 60, json!({})).await;
    let room = desk.first_words(BUDI).await;
    desk.take_over(&room).await;
    minutes(&world, 30).await;
    desk.reply(&room, "Sebentar ya", "k").await;
    world.settle(MINUTE).await.unwrap();
    // An hour after the customer's message, but not after ours.
    minutes(&world, 58).await;
    assert_eq!(desk.room(&room).await["status"], "assigned");
    minutes(&world, 2).await;
    let done = desk.room(&room).await;
    assert_eq!(done["status"], "resolved");
    assert_eq!(
        (&done["resolved_by_id"], &done["resolved_by_type"]),
        (&Value::Null, &json!("Models::SystemAccount"))
    );
    // Nobody has read it.
    assert_eq!(done["unread_count"], 1);

    world.customer_says(BUDI, "Jadi?").await.unwrap();
    let back = desk.only_room().await;
    assert_eq!((&back["id"], &back["status"]), (&room, &json!("unassigned")));
    assert_eq!(back["unread_count"], 2);
    assert_eq!(episodes(&world), 2);
    let first = &rows(&world, "episode#")[0];
    assert_eq!(first["resolution"]["S"], "auto_resolve");
    assert!(first["resolved_at"]["N"].is_string() && first["resolved_by"].is_null());
}

#[tokio::test(start_paused = true)]
async fn a_late_room_is_resolved_within_a_minute() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    turn_on(&desk, 1, json!({ "include_unassigned": true })).await;
    for from in [BUDI, SITI] {
        desk.first_words(from).await;
        world.pass(MINUTE / 3).await;
    }
    let mut late = 0;
    for _ in 0..3 {
        late = late.max(sweep(&world).await.late_ms);
        world.pass(MINUTE).await;
    }
    assert_eq!(desk.rooms("resolved").await.len(), 2);
    assert!(late <= 60_000, "{late} ms late");
}

#[tokio::test(start_paused = true)]
async fn only_what_is_meant_is_resolved() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let free = desk.first_words(BUDI).await;
    let taken = desk.first_words(SITI).await;
    desk.take_over(&taken).await;
    let status = async |room: &Value| desk.room(room).await["status"].clone();

    minutes(&world, 90).await;
    assert_eq!(
        (status(&free).await, status(&taken).await),
        (json!("unassigned"), json!("assigned"))
    );
    // Nobody's rooms are not meant unless somebody says so.
    turn_on(&desk, 60, json!({ "channels": ["wa_cloud"] })).await;
    minutes(&world, 1).await;
    assert_eq!(
        (status(&free).await, status(&taken).await),
        (json!("unassigned"), json!("resolved"))
    );
    turn_on(&desk, 60, json!({ "include_unassigned": true })).await;
    minutes(&world, 1).await;
    assert_eq!(status(&free).await, "resolved");

    // Off is off, for what has become silent as well.
    world.customer_says(BUDI, "Halo").await.unwrap();
    world.pass(2 * HOUR).await;
    assert_eq!(set(&desk, json!({ "enabled": false })).await.status, 200);
    minutes(&world, 3).await;
    assert_eq!(status(&free).await, "unassigned");
}

/// Exempts every room from auto-resolve.
async fn exempt_all(world: &World) {
    let tenant = world.process.table.tenant(world.company().provisioned.organization_id);
    for row in rows(world, "room") {
        let id = row["id"]["S"].as_str().unwrap().parse().unwrap();
        let old = tenant.room(id).await.unwrap().unwrap();
        let exempt = domain::room::Room { is_dont_auto_resolve: true, ..old.value.clone() };
        tenant.save_room(&old, &exempt).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_exempt_room_stays() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.first_words(BUDI).await;
    exempt_all(&world).await;
    turn_on(&desk, 1, json!({ "include_unassigned": true })).await;
    minutes(&world, 10).await;
    let room = desk.only_room().await;
    assert_eq!(
        (&room["status"], &room["is_dont_auto_resolve"]),
        (&json!("unassigned"), &json!(true))
    );
}

#[tokio::test(start_paused = true)]
async fn turned_on_later_it_reaches_the_rooms_that_are_silent_already() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    for _ in 0..3 {
        world.pass(DAY).await;
        sweep(&world).await;
    }
    turn_on(&desk, 2 * 24 * 60, json!({ "include_unassigned": true })).await;
    minutes(&world, 1).await;
    assert_eq!(desk.room(&room).await["status"], "resolved");
}

#[tokio::test(start_paused = true)]
async fn who_takes_an_old_room_has_time_to_answer() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    turn_on(&desk, 60, json!({})).await;
    let room = desk.first_words(BUDI).await;
    world.pass(5 * HOUR).await;
    desk.take_over(&room).await;
    minutes(&world, 59).await;
    assert_eq!(desk.room(&room).await["status"], "assigned");
    minutes(&world, 2).await;
    assert_eq!(desk.room(&room).await["status"], "resolved");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_still_on_its_way_breaks_the_silence() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    turn_on(&desk, 60, json!({})).await;
    let room = desk.first_words(BUDI).await;
    desk.take_over(&room).await;
    minutes(&world, 30).await;
    // Nothing takes the answer to the provider for an hour.
    desk.reply(&room, "Sebentar ya", "k").await;
    minutes(&world, 1).await;
    world.customer_says(BUDI, "Halo?").await.unwrap();
    minutes(&world, 61).await;
    assert_eq!(desk.room(&room).await["status"], "assigned");
    world.settle(MINUTE).await.unwrap();
    minutes(&world, 58).await;
    assert_eq!(desk.room(&room).await["status"], "assigned", "it has just been answered");
    minutes(&world, 3).await;
    assert_eq!(desk.room(&room).await["status"], "resolved");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_races_the_sweep_is_not_hidden() {
    // However the calls of the two fall together.
    for ahead in 0..12 {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        turn_on(&desk, 60, json!({ "include_unassigned": true })).await;
        let room = desk.first_words(BUDI).await;
        world.pass(HOUR).await;
        let message = async {
            tokio::time::sleep(std::time::Duration::from_millis(ahead)).await;
            world.customer_says(BUDI, "Tunggu!").await.unwrap()
        };
        let (_, status) = join(world.sweep(&world.process), message).await;
        assert_eq!(status, 200);
        let shown = desk.only_room().await;
        assert_eq!((&shown["id"], &shown["status"]), (&room, &json!("unassigned")), "{ahead} ms");
        assert_eq!(shown["unread_count"], 2);
    }
}

/// The room's row and its episode, after one struck run and one that is not.
async fn resolved_after(call: usize, fate: Fate) -> (World, bool) {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    turn_on(&desk, 60, json!({ "include_unassigned": true })).await;
    desk.first_words(BUDI).await;
    world.pass(HOUR + MINUTE).await;
    let calls = fates::strike(&world, call, fate);
    sweep_unluckily(&world).await;
    fates::recover(&world);
    minutes(&world, 1).await;
    let has_struck = fates::has_struck(&calls, call);
    (world, has_struck)
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_run_the_room_is_resolved_and_its_episode_complete_in_the_end() {
    for fate in fates::EACH {
        for call in worth_striking() {
            let (world, has_struck) = resolved_after(call, fate).await;
            let desk = Desk::of(&world);
            let at = format!("call {call} {fate:?}");
            let room = desk.only_room().await;
            assert_eq!(room["status"], "resolved", "{at}");
            // At the latest when the next episode begins.
            world.customer_says(BUDI, "Halo lagi").await.unwrap();
            let episodes = rows(&world, "episode#");
            assert_eq!(episodes.len(), 1, "{at}");
            assert_eq!(episodes[0]["resolution"]["S"], "auto_resolve", "{at}");
            assert!(episodes[0]["opened_at"]["N"].is_string(), "{at}");
            let back = desk.only_room().await;
            assert_eq!((&back["id"], &back["status"]), (&room["id"], &json!("unassigned")), "{at}");
            if !has_struck {
                assert!(call >= 20, "only {call} calls were struck");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rooms_that_are_spared_are_not_read_every_minute() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    for customer in 0..60 {
        world.customer_says(&format!("62812{customer:07}"), "Halo").await.unwrap();
    }
    exempt_all(&world).await;
    turn_on(&desk, 1, json!({ "include_unassigned": true })).await;
    minutes(&world, 15).await;
    let before = world.wire.services().meter.total().rru;
    minutes(&world, 1).await;
    let reads = world.wire.services().meter.total().rru - before;
    assert!(reads < 20.0, "{reads} units to read");
    let room = desk.first_words(BUDI).await;
    minutes(&world, 3).await;
    assert_eq!(desk.room(&room).await["status"], "resolved");
}

#[tokio::test(start_paused = true)]
async fn admins_set_it_and_everyone_sees_it() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let shown = desk.get("/v1/settings/auto_resolve").await["data"].clone();
    assert_eq!((&shown["enabled"], &shown["updated_at"]), (&json!(false), &Value::Null));
    let before = stored(&world);
    for (body, field) in [
        (json!({ "after_minutes": 0 }), "after_minutes"),
        (json!({ "after_minutes": 43_201 }), "after_minutes"),
        (json!({ "channels": ["fax"] }), "channels[0]"),
        (json!({ "channels": vec!["wa_cloud"; 51] }), "channels"),
    ] {
        let refused = set(&desk, body).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field));
    }
    assert_eq!(stored(&world), before);
    let key = world.add_member("Tono", Role::Supervisor).await.unwrap();
    let tono = Desk::with_key(&world, &key);
    assert_eq!(problem(&set(&tono, json!({ "enabled": true })).await), (403, "forbidden", ""));
    turn_on(&desk, 90, json!({ "channels": ["wa_cloud", "wa_cloud"] })).await;
    let shown = tono.call(ApiRequest::new("GET", "/v1/settings/auto_resolve")).await.json;
    let shown = &shown["data"];
    assert_eq!((&shown["after_minutes"], &shown["channels"]), (&json!(90), &json!(["wa_cloud"])));
    assert!(shown["updated_at"].is_string());
}
