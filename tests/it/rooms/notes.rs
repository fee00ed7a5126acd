//! What members note about a room stays among them.

use std::time::Duration;

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest};

use super::member;
use crate::desk::{BUDI, Desk, problem, texts};

async fn noted(desk: &Desk<'_>, room: &Value, query: &str) -> Value {
    desk.get(&format!("/v1/rooms/{}/notes{query}", room.as_str().unwrap())).await
}

#[tokio::test(start_paused = true)]
async fn a_note_is_for_colleagues_and_no_answer() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (tono, _) = member(&world, "Tono", Role::Agent).await;
    let room = desk.first_words(BUDI).await;
    let before = desk.room(&room).await;
    for _ in 0..2 {
        let note = desk.note(&room, "Minta diskon terus", "one").await;
        assert_eq!(note.status, 201);
        assert_eq!(note.json["data"]["sender"]["name"], "Ani");
    }
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(tono.note(&room, "Sudah saya telepon", "one").await.status, 201);
    world.settle(Duration::from_secs(600)).await.unwrap();

    let page = noted(&tono, &room, "").await;
    assert_eq!(
        texts(page["data"].as_array().unwrap()),
        ["Sudah saya telepon", "Minta diskon terus"]
    );
    // Nothing went out, nothing was answered, nothing is billed.
    assert_eq!(world.company().graph().log().len(), 0);
    assert_eq!(desk.room(&room).await, before);
    assert_eq!(texts(&desk.history(&room).await), ["Halo"]);
    let reused = desk.note(&room, "Lain", "one").await;
    assert_eq!(problem(&reused), (422, "idempotency_key_reused", "Idempotency-Key"));
    // The same key for a message is another key.
    assert_eq!(desk.reply(&room, "Halo juga", "one").await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn notes_are_paged_from_the_newest_to_the_first() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    for n in 0..5 {
        desk.note(&room, &format!("catatan {n}"), &n.to_string()).await;
        world.pass(Duration::from_millis(if n % 2 == 0 { 0 } else { 5 })).await;
    }
    let (mut shown, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = noted(&desk, &room, &format!("?limit=2{cursor}")).await;
        shown.extend(page["data"].as_array().unwrap().clone());
        let Some(next) = page["meta"]["pagination"]["cursor"]["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let mut words = texts(&shown);
    assert!(shown.is_sorted_by_key(|note| std::cmp::Reverse(note["created_at"].to_string())));
    words.sort_unstable();
    assert_eq!(words, ["catatan 0", "catatan 1", "catatan 2", "catatan 3", "catatan 4"]);
}

#[tokio::test(start_paused = true)]
async fn only_who_wrote_a_note_deletes_it() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (tono, _) = member(&world, "Tono", Role::Agent).await;
    let room = desk.first_words(BUDI).await;
    let note = tono.note(&room, "Rahasia", "one").await.json["data"]["id"].clone();
    let path = format!("/v1/rooms/{}/notes/{}", room.as_str().unwrap(), note.as_str().unwrap());
    let refused = desk.call(ApiRequest::new("DELETE", &path)).await;
    assert_eq!(problem(&refused), (403, "not_the_author", ""));
    assert_eq!(tono.call(ApiRequest::new("DELETE", &path)).await.status, 204);
    assert_eq!(problem(&tono.call(ApiRequest::new("DELETE", &path)).await), (404, "not_found", ""));
    assert_eq!(noted(&desk, &room, "").await["data"], json!([]));
}
