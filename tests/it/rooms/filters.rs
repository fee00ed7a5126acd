//! What lists are asked for.

use std::time::Duration;

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest};

use super::{all, ids, member};
use crate::desk::{BUDI, Desk, SITI, problem};

const HOUR: u64 = 3600;

#[tokio::test(start_paused = true)]
async fn rooms_are_found_by_channel_window_and_answer() {
    let mut world = World::new().await.unwrap();
    world.add_company("Kopi Kita", "555000555000555").await.unwrap();
    let desk = Desk::of(&world);
    let closed = desk.first_words("628111").await;
    world.pass(Duration::from_secs(3 * HOUR)).await;
    let closing = desk.first_words("628222").await;
    world.pass(Duration::from_secs(10 * HOUR)).await;
    let open = desk.first_words("628333").await;
    let second = &world.companies[1];
    let said = second.graph().customer_says(world.clock.now_ms(), BUDI, "Budi", "Halo");
    world.deliver(second, &said).await.unwrap();
    let other = desk.room_of(BUDI).await["id"].clone();
    world.pass(Duration::from_secs(2)).await;
    desk.reply(&open, "Halo juga", "k").await;
    world.settle(Duration::from_secs(2)).await.unwrap();
    world.pass(Duration::from_secs(11 * HOUR)).await;

    let integrations = [&world.companies[0], second].map(|c| c.provisioned.integration_id);
    let sort = |mut rooms: Vec<Value>| {
        rooms.sort_by_key(Value::to_string);
        rooms
    };
    for (query, expected) in [
        ("session=open".to_owned(), vec![&open, &other]),
        ("session=expiring".to_owned(), vec![&closing]),
        ("session=expired".to_owned(), vec![&closed]),
        ("response_status=responded".to_owned(), vec![&open]),
        ("response_status=unresponded&session=open".to_owned(), vec![&other]),
        (format!("channel_integration_id={}", integrations[1]), vec![&other]),
        (
            format!("channel=wa_cloud&channel_integration_id={}", integrations[0]),
            vec![&closed, &closing, &open],
        ),
        ("status=assigned&session=open".to_owned(), vec![]),
    ] {
        let shown = sort(all(&desk, &format!("/v1/rooms?{query}")).await);
        assert_eq!(shown, sort(expected.into_iter().cloned().collect()), "{query}");
    }
    assert_eq!(ids(&desk, "/v1/rooms/list/expired").await, [closed]);
}

#[tokio::test(start_paused = true)]
async fn what_a_filter_does_not_know_is_refused_by_name() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.first_words(BUDI).await;
    for (list, query, field) in [
        ("", "channel=sms", "channel"),
        ("", "session=closed", "session"),
        ("", "response_status=yes", "response_status"),
        ("", "agent_id=x", "agent_id"),
        ("", "channel_integration_id=1", "channel_integration_id"),
        ("", "tag=", "tag"),
        ("", "tag=a%00b", "tag"),
        ("", "tags=vip", "tags"),
        ("", "status=campaign", "status"),
        ("/list/expired", "status=assigned", "status"),
        ("/list/expired", "channel=sms", "channel"),
        ("/specific/info", "account_uniq_id=628", "channel_integration_id"),
        ("/specific/info", "channel_integration_id=628", "account_uniq_id"),
        (
            "/specific/info",
            "account_uniq_id=628&channel_integration_id=1",
            "channel_integration_id",
        ),
        ("/specific/info", "account_uniq_id=&channel_integration_id=1", "account_uniq_id"),
    ] {
        let refused = desk.call(ApiRequest::new("GET", format!("/v1/rooms{list}?{query}"))).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field), "{list}?{query}");
    }
    // A cursor belongs to the question that it was given for.
    desk.first_words(SITI).await;
    let page = desk.get("/v1/rooms?limit=1&session=open").await;
    let cursor = page["meta"]["pagination"]["cursor"]["next"].as_str().unwrap();
    for query in ["session=expired", "response_status=unresponded", ""] {
        let path = format!("/v1/rooms?limit=1&{query}&cursor={cursor}").replace("&&", "&");
        let refused = desk.call(ApiRequest::new("GET", path)).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "cursor"), "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rare_thing_is_found_among_many_in_several_short_pages() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let rare = desk.first_words(BUDI).await;
    world.pass(Duration::from_secs(2)).await;
    desk.reply(&rare, "Halo juga", "k").await;
    world.settle(Duration::from_secs(2)).await.unwrap();
    world.pass(Duration::from_secs(600)).await;
    for customer in 0..450 {
        world.customer_says(&format!("62812{customer:07}"), "Halo").await.unwrap();
    }
    world.pass(Duration::from_secs(600)).await;
    let path = "/v1/rooms?response_status=responded";
    let first = desk.get(path).await;
    // 400 rooms were read, and none of them was it.
    assert_eq!(first["data"], json!([]));
    let next = first["meta"]["pagination"]["cursor"]["next"].as_str().unwrap();
    let second = desk.get(&format!("{path}&cursor={next}")).await;
    assert_eq!(second["data"][0]["id"], rare);
    assert_eq!(second["meta"]["pagination"]["cursor"]["next"], Value::Null);
    let many = all(&desk, "/v1/rooms?response_status=unresponded&limit=20").await;
    assert_eq!(many.len(), 450);
}

#[tokio::test(start_paused = true)]
async fn expired_rooms_are_listed_from_the_oldest_on() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (tono, _) = member(&world, "Tono", Role::Agent).await;
    let mut rooms = Vec::new();
    for customer in ["628111", "628222", "628333", "628444", "628555"] {
        rooms.push(desk.first_words(customer).await);
        world.pass(Duration::from_secs(600)).await;
    }
    desk.take_over(&rooms[1]).await;
    tono.take_over(&rooms[2]).await;
    desk.resolve(&rooms[3]).await;
    // Of the first, our own words are younger than a day when its window closes.
    world.pass(Duration::from_secs(20 * HOUR)).await;
    assert_eq!(desk.reply(&rooms[0], "Masih ada?", "k").await.status, 201);
    world.settle(Duration::from_secs(2)).await.unwrap();
    world.pass(Duration::from_secs(5 * HOUR)).await;
    world.customer_says("628555", "Halo?").await.unwrap();

    let path = "/v1/rooms/list/expired";
    let expired = [rooms[1].clone(), rooms[2].clone(), rooms[0].clone()];
    assert_eq!(ids(&desk, path).await, expired);
    assert_eq!(all(&desk, &format!("{path}?limit=1")).await, expired);
    assert_eq!(ids(&tono, path).await, [rooms[2].clone(), rooms[0].clone()]);
    assert_eq!(
        all(&desk, "/v1/rooms?session=expired&status=assigned").await,
        expired[..2].iter().rev().cloned().collect::<Vec<_>>()
    );
}

#[tokio::test(start_paused = true)]
async fn a_customers_room_is_found_by_their_number() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let integration = world.company().provisioned.integration_id;
    let path = |who: &str| {
        format!(
            "/v1/rooms/specific/info?account_uniq_id={who}&channel_integration_id={integration}"
        )
    };
    assert_eq!(desk.get(&path(BUDI)).await["data"]["id"], room);
    let nobody = desk.call(ApiRequest::new("GET", path(SITI))).await;
    assert_eq!(problem(&nobody), (404, "not_found", ""));
}

#[tokio::test(start_paused = true)]
async fn a_members_rooms_are_found_by_who_has_them() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (tono, tono_id) = member(&world, "Tono", Role::Agent).await;
    let mut rooms = Vec::new();
    for customer in ["628111", "628222", "628333"] {
        rooms.push(desk.first_words(customer).await);
        world.pass(Duration::from_secs(1)).await;
    }
    tono.take_over(&rooms[0]).await;
    tono.take_over(&rooms[1]).await;
    tono.resolve(&rooms[1]).await;
    let of_tono = |rest: &str| format!("/v1/rooms?agent_id={tono_id}{rest}");
    for desk in [&desk, &tono] {
        assert_eq!(ids(desk, &of_tono("")).await, [rooms[1].clone(), rooms[0].clone()]);
        assert_eq!(ids(desk, &of_tono("&status=assigned")).await, [rooms[0].clone()]);
        assert_eq!(ids(desk, &of_tono("&status=resolved")).await, [rooms[1].clone()]);
        assert_eq!(ids(desk, &of_tono("&status=unassigned")).await, Vec::<Value>::new());
    }
}
