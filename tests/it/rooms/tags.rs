//! Rooms are sorted by tags.

use std::time::Duration;

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest};

use super::{all, ids, member};
use crate::desk::{BUDI, Desk, problem, rows, stored};

fn tagged_rows(world: &World) -> usize {
    let all = world.wire.services().dynamodb.rows().unwrap();
    all.iter().filter(|row| row["pk"]["S"].as_str().unwrap().contains("#tag#")).count()
}

#[tokio::test(start_paused = true)]
async fn a_tag_is_given_once_found_and_taken_away() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let mut rooms = Vec::new();
    for customer in ["628111", "628222", "628333"] {
        rooms.push(desk.first_words(customer).await);
        world.pass(Duration::from_secs(400)).await;
    }
    for name in ["VIP", " vip "] {
        let tagged = desk.tag("POST", &rooms[2], name).await;
        assert_eq!((tagged.status, &tagged.json["data"]["tags"]), (200, &json!(["vip"])));
    }
    world.pass(Duration::from_secs(400)).await;
    desk.tag("POST", &rooms[0], "vip").await;
    desk.tag("POST", &rooms[0], "pesanan").await;
    // By when they were tagged, the latest first.
    let path = "/v1/rooms?tag=Vip";
    assert_eq!(ids(&desk, path).await, [rooms[0].clone(), rooms[2].clone()]);
    assert_eq!(all(&desk, "/v1/rooms?tag=vip&limit=1").await, ids(&desk, path).await);
    assert_eq!(ids(&desk, "/v1/rooms?tag=nope").await, Vec::<Value>::new());

    // Messages, resolving and reopening leave tags alone.
    desk.resolve(&rooms[2]).await;
    assert_eq!(ids(&desk, "/v1/rooms?tag=vip&status=resolved").await, [rooms[2].clone()]);
    world.customer_says("628333", "Satu lagi").await.unwrap();
    assert_eq!(desk.room(&rooms[2]).await["tags"], json!(["vip"]));
    assert_eq!(tagged_rows(&world), 3);

    for _ in 0..2 {
        let without = desk.tag("DELETE", &rooms[2], "vip").await;
        assert_eq!((without.status, &without.json["data"]["tags"]), (200, &json!([])));
    }
    assert_eq!(ids(&desk, path).await, [rooms[0].clone()]);
    assert_eq!(tagged_rows(&world), 2);
    let catalogue = desk.get("/v1/tags").await["data"].clone();
    let names: Vec<_> = catalogue.as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    assert_eq!(names, ["pesanan", "vip"]);
}

#[tokio::test(start_paused = true)]
async fn the_catalogue_is_paged_by_name() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    for name in ["cod", "antar jemput", "b#c"] {
        assert_eq!(desk.tag("POST", &room, name).await.status, 200);
    }
    let first = desk.get("/v1/tags?limit=2").await;
    let next = first["meta"]["pagination"]["cursor"]["next"].as_str().unwrap();
    let second = desk.get(&format!("/v1/tags?limit=2&cursor={next}")).await;
    let both = [&first, &second].map(|page| page["data"].as_array().unwrap().clone()).concat();
    let names: Vec<_> = both.iter().map(|tag| tag["name"].clone()).collect();
    assert_eq!(names, ["antar jemput", "b#c", "cod"]);
    assert_eq!(second["meta"]["pagination"]["cursor"]["next"], Value::Null);
    let mistyped =
        desk.call(ApiRequest::new("GET", format!("/v1/tags?cursor={}", &next[1..]))).await;
    assert_eq!(problem(&mistyped), (400, "invalid_field", "cursor"));
    assert_eq!(ids(&desk, "/v1/rooms?tag=b%23c").await, [room]);
}

#[tokio::test(start_paused = true)]
async fn a_room_bears_twenty_tags_and_no_more() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    for n in 0..20 {
        assert_eq!(desk.tag("POST", &room, &format!("tag {n}")).await.status, 200);
    }
    let before = stored(&world);
    assert_eq!(problem(&desk.tag("POST", &room, "one more").await), (422, "too_many_tags", ""));
    for name in ["", " ", "a\u{0}b", &"é".repeat(51)] {
        let refused = desk.tag("POST", &room, name).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "name"));
    }
    assert_eq!(stored(&world), before);
    assert_eq!(rows(&world, "tag#").len(), 20);
}

#[tokio::test(start_paused = true)]
async fn an_agent_finds_tags_on_what_they_may_see() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (tono, _) = member(&world, "Tono", Role::Agent).await;
    let (sari, _) = member(&world, "Sari", Role::Agent).await;
    let mut rooms = Vec::new();
    for customer in ["628111", "628222", "628333"] {
        let room = desk.first_words(customer).await;
        desk.tag("POST", &room, "vip").await;
        world.pass(Duration::from_secs(1)).await;
        rooms.push(room);
    }
    tono.take_over(&rooms[1]).await;
    sari.take_over(&rooms[2]).await;
    assert_eq!(ids(&tono, "/v1/rooms?tag=vip").await, [rooms[1].clone(), rooms[0].clone()]);
}
