//! What is said in a group is nobody's private word: it is listed, and no room hears of it.

use std::time::Duration;

use serde_json::{Value, json};
use world::World;

use super::NUMBER;
use crate::desk::{
    BUDI, Desk, SITI,
    payload::{delivery, post, text},
    problem, texts,
};

const GROUP: &str = "Y2FwaV9ncm91cDo2MjIxNTAwMDEyMzQ6MjE=";

/// What a customer does in a group, by its type.
fn in_group(world: &World, from: &str, kind: &str, told: &Value) -> Value {
    let mut item = text(world, from, &format!("wamid.group-{from}-{kind}"), 0, "");
    item["group_id"] = json!(GROUP);
    item["type"] = json!(kind);
    item[kind] = told.clone();
    item
}

/// All that a customer can do in a group, to a message that they wrote to us alone, too.
fn everything(world: &World, from: &str, wamid: &Value) -> Vec<Value> {
    let words = json!({ "type": "text", "text": { "body": "Halo semuanya" } });
    [
        ("text", json!({ "body": "Halo semua" })),
        ("reaction", json!({ "message_id": wamid, "emoji": "👍" })),
        ("edit", json!({ "original_message_id": wamid, "message": words })),
        ("revoke", json!({ "original_message_id": wamid })),
    ]
    .iter()
    .map(|(kind, told)| in_group(world, from, kind, told))
    .collect()
}

#[tokio::test(start_paused = true)]
async fn what_a_customer_says_in_a_group_changes_nothing_about_their_room() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    assert_eq!(desk.resolve(&room).await.status, 200);
    world.pass(Duration::from_secs(25 * 3600)).await;
    let (before, history) = (desk.room(&room).await, desk.history(&room).await);
    assert_eq!((&before["status"], &before["session"]), (&json!("resolved"), &json!("expired")));

    let wamid = &history[0]["external_id"];
    let said = [everything(&world, BUDI, wamid), everything(&world, SITI, wamid)].concat();
    for _ in 0..2 {
        let body = delivery(NUMBER, &said, &[]);
        assert_eq!(post(&world, world.company(), &body).await, 200);
    }
    assert_eq!(desk.room(&room).await, before);
    assert_eq!(desk.history(&room).await, history);
    // Siti is nobody whom we know, and nothing can be answered in her stead.
    assert_eq!(desk.rooms("all").await.len(), 1);
    assert_eq!(desk.get("/v1/contacts").await["data"].as_array().unwrap().len(), 1);
    let answer = desk.reply(&room, "Halo semua juga", "1").await;
    assert_eq!(problem(&answer), (422, "room_resolved", ""));

    let events = desk.events("integration").await;
    assert_eq!(events.len(), said.len());
    for event in &events {
        assert_eq!(event["kind"], "group_message");
        let summary = event["summary"].as_str().unwrap();
        assert!(summary.ends_with("in a group") && !summary.contains("semua"), "{summary}");
    }
    let shown = desk.event(events.last().unwrap()).await;
    assert!(shown["payload"].as_str().unwrap().contains(GROUP), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn how_far_a_message_to_a_group_got_is_an_event_that_changes_no_room() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let status = json!({ "id": "wamid.to-group", "status": "delivered", "recipient_id": GROUP,
        "recipient_type": "group", "recipient_participant_id": BUDI,
        "timestamp": (world.clock.now_ms() / 1000).to_string() });
    assert_eq!(post(&world, world.company(), &delivery(NUMBER, &[], &[status])).await, 200);
    let [event] = &desk.events("integration").await[..] else { panic!("one event") };
    assert_eq!(event["summary"], "delivered, of a message that was not sent from here");
    assert_eq!(texts(&desk.history(&room).await).len(), 1);
    assert_eq!(desk.rooms("all").await.len(), 1);
}
