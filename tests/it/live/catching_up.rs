//! Clients that were away.

use std::time::Duration;

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{
    World,
    client::{Client, everything},
    requests::ApiRequest,
};

use super::{Caller, kinds, relay};
use crate::desk::{BUDI, Desk, SITI, people::Browser, problem};

async fn cursor(desk: &Desk<'_>) -> String {
    let page = desk.get("/v1/events").await;
    assert_eq!(page["data"], serde_json::json!([]));
    assert_eq!(page["meta"]["more"], false);
    page["meta"]["next"].as_str().unwrap().to_owned()
}

async fn after(desk: &Desk<'_>, cursor: &str) -> Value {
    desk.get(&format!("/v1/events?after={cursor}")).await
}

#[tokio::test(start_paused = true)]
async fn a_client_that_was_away_shows_what_one_shows_that_reads_everything_anew() {
    let world = World::new().await.unwrap();
    let tono = world.add_member("Tono", Role::Agent).await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    world.settle(Duration::from_secs(60)).await.unwrap();
    world.pass(Duration::from_secs(60)).await;

    let boss = Caller { world: &world, key: &desk.key };
    let agent = Caller { world: &world, key: &tono };
    let id = world.api_with(&tono, ApiRequest::new("POST", "/v1/live/tickets")).await.unwrap();
    assert_eq!(id.status, 201);
    let tono_id = domain::Id::<domain::integration::Member>::derived(&[
        "member",
        &world.company().setup.organization,
        "Tono",
    ])
    .to_string();
    let mut all = Client::of(None);
    let mut own = Client::of(Some(tono_id.clone()));
    assert!(all.begin(&boss).await.unwrap() && own.begin(&agent).await.unwrap());

    // Both are away while everything happens.
    world.customer_says(SITI, "Halo").await.unwrap();
    assert_eq!(desk.take_over(&room).await.status, 200);
    assert_eq!(desk.reply(&room, "Halo juga", "k").await.status, 201);
    world.settle(Duration::from_secs(60)).await.unwrap();
    let second = desk.room_of(SITI).await["id"].clone();
    assert_eq!(desk.tag("POST", &second, "vip").await.status, 200);
    world.settle(Duration::from_secs(60)).await.unwrap();

    assert!(all.catch_up(&boss).await.unwrap() && own.catch_up(&agent).await.unwrap());
    let truth = everything(&boss, None).await.unwrap().unwrap();
    assert_eq!(all.shown(), truth);
    assert_eq!(all.shown().messages.len(), 3);
    let truth = truth.to_agent(&tono_id);
    assert_eq!(own.shown(), truth);
    assert_eq!(own.shown().rooms.len(), 1);
    // Again changes nothing.
    assert!(all.catch_up(&boss).await.unwrap() && own.catch_up(&agent).await.unwrap());
    assert_eq!((all.shown().messages.len(), own.shown()), (3, truth));
}

#[tokio::test(start_paused = true)]
async fn whoever_loses_a_room_learns_that_and_nothing_that_came_after() {
    let world = World::new().await.unwrap();
    let (tono, siti) = (
        world.add_member("Tono", Role::Agent).await.unwrap(),
        world.add_member("Siti", Role::Agent).await.unwrap(),
    );
    let (tono, siti) = (Desk::with_key(&world, &tono), Desk::with_key(&world, &siti));
    let room = Desk::of(&world).first_words(BUDI).await;
    relay(&world).await;
    world.pass(Duration::from_secs(60)).await;
    let (of_tono, of_siti) = (cursor(&tono).await, cursor(&siti).await);
    assert_eq!(tono.take_over(&room).await.status, 200);
    relay(&world).await;
    world.pass(Duration::from_secs(60)).await;
    let later = cursor(&siti).await;
    world.customer_says(BUDI, "Rahasia").await.unwrap();
    relay(&world).await;

    let page = after(&tono, &of_tono).await;
    let events = page["data"].as_array().unwrap();
    assert_eq!(kinds(events), ["room.changed", "message.changed"]);
    let page = after(&siti, &of_siti).await;
    assert_eq!(kinds(page["data"].as_array().unwrap()), ["room.gone"]);
    assert!(!page.to_string().contains("Rahasia"));
    // Who never had it since hears nothing at all.
    assert_eq!(after(&siti, &later).await["data"], serde_json::json!([]));
}

#[tokio::test(start_paused = true)]
async fn an_item_that_a_slow_clock_dates_back_is_not_missed() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let start = cursor(&desk).await;
    desk.first_words(BUDI).await;
    relay(&world).await;
    let next = after(&desk, &start).await["meta"]["next"].as_str().unwrap().to_owned();
    // Another run of relay wrote this before, but it comes to light only now.
    world.customer_says(SITI, "Halo").await.unwrap();
    let written = world.clock.now_ms();
    relay(&world).await;
    assert!(world.clock.now_ms() - written < 35_000);
    let events = after(&desk, &next).await;
    let again = after(&desk, events["meta"]["next"].as_str().unwrap()).await;
    // What is not settled is listed again, until it is.
    let ids = |page: &Value| {
        let events = page["data"].as_array().unwrap().iter();
        events.map(|event| event["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&events), ids(&again));
    assert_eq!(events["data"].as_array().unwrap().len(), 4);
    world.pass(Duration::from_secs(120)).await;
    let quiet = after(&desk, events["meta"]["next"].as_str().unwrap()).await;
    let quiet = after(&desk, quiet["meta"]["next"].as_str().unwrap()).await;
    assert_eq!(quiet["data"], serde_json::json!([]));
}

#[tokio::test(start_paused = true)]
async fn pages_end_however_much_has_happened_in_a_moment() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let mut at = cursor(&desk).await;
    for customer in 0..80 {
        world.customer_says(&format!("62812{customer:07}"), "Halo").await.unwrap();
    }
    relay(&world).await;
    let (mut rooms, mut pages) = (std::collections::BTreeSet::new(), 0);
    loop {
        let page = after(&desk, &at).await;
        let events = page["data"].as_array().unwrap();
        assert!(events.len() <= 120, "{} events", events.len());
        rooms.extend(events.iter().map(|event| event["room_id"].to_string()));
        at = page["meta"]["next"].as_str().unwrap().to_owned();
        pages += 1;
        if page["meta"]["more"] == false {
            break;
        }
    }
    assert_eq!((rooms.len(), pages), (80, 2));
}

#[tokio::test(start_paused = true)]
async fn a_cursor_that_is_too_old_or_not_ours_is_refused() {
    let mut world = World::new().await.unwrap();
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let desk = Desk::of(&world);
    let own = cursor(&desk).await;
    let other = Desk::of_company(&world, &world.companies[1]);
    let ask = async |desk: &Desk<'_>, cursor: &str| {
        desk.call(ApiRequest::new("GET", format!("/v1/events?after={cursor}"))).await
    };
    for wrong in ["", "x", &own[1..], &own[..own.len() - 1]] {
        assert_eq!(problem(&ask(&desk, wrong).await), (400, "invalid_field", "after"), "{wrong}");
    }
    assert_eq!(problem(&ask(&other, &own).await), (400, "invalid_field", "after"));
    world.pass(Duration::from_secs(22 * 3600)).await;
    assert_eq!(ask(&desk, &own).await.status, 200);
    world.pass(Duration::from_secs(2 * 3600)).await;
    assert_eq!(problem(&ask(&desk, &own).await), (410, "too_old", "after"));
}

#[tokio::test(start_paused = true)]
async fn a_cursor_goes_on_for_who_sees_the_same_rooms_and_for_nobody_else() {
    let world = World::new().await.unwrap();
    let boss = Desk::of(&world);
    let [tono, sari] = [("Tono", Role::Agent), ("Sari", Role::Agent)]
        .map(|(name, role)| world.add_member(name, role));
    let (tono, sari) = (tono.await.unwrap(), sari.await.unwrap());
    let dewi = world.add_member("Dewi", Role::Supervisor).await.unwrap();
    let [tono, sari, dewi] = [&tono, &sari, &dewi].map(|key| Desk::with_key(&world, key));
    let (of_boss, of_tono) = (cursor(&boss).await, cursor(&tono).await);
    let ask = async |desk: &Desk<'_>, cursor: &str| {
        desk.call(ApiRequest::new("GET", format!("/v1/events?after={cursor}"))).await
    };
    for (desk, cursor) in [(&boss, &of_boss), (&dewi, &of_boss), (&tono, &of_tono)] {
        assert_eq!(ask(desk, cursor).await.status, 200);
    }
    for (desk, cursor) in [(&tono, &of_boss), (&boss, &of_tono), (&sari, &of_tono)] {
        assert_eq!(problem(&ask(desk, cursor).await), (410, "other_view", "after"));
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_another_role_now_reads_everything_anew() {
    let world = World::new().await.unwrap();
    let tono = "tono@example.com";
    world.seat(world.company(), tono, "Tono", Role::Agent).await.unwrap();
    let tono = Browser::of(&world, tono).await;
    let me = tono.get("/v1/me").await.json["data"]["id"].as_str().unwrap().to_owned();
    let begun = tono.get("/v1/events").await.json["meta"]["next"].as_str().unwrap().to_owned();
    let path = format!("/v1/events?after={begun}");
    assert_eq!(tono.get(&path).await.status, 200);
    for (role, status) in [("supervisor", 410), ("agent", 200)] {
        let edit = json!({ "role": role }).to_string();
        let edit = ApiRequest::new("PUT", format!("/v1/users/{me}")).body(edit);
        assert_eq!(world.api(edit).await.unwrap().status, 200);
        assert_eq!(tono.get(&path).await.status, status, "{role}");
    }
}
