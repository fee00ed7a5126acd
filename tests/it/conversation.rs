//! The first conversation, from "Halo" to two blue ticks.

use std::time::Duration;

use serde_json::json;
use world::World;

use crate::desk::{BUDI, Desk, problem};

#[tokio::test(start_paused = true)]
async fn a_customer_writes_an_agent_answers_and_the_answer_is_read() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);

    assert_eq!(world.customer_says(BUDI, "Halo, kopinya masih ada?").await.unwrap(), 200);
    let room = desk.only_room().await;
    assert_eq!(room["name"], "Budi");
    assert_eq!(room["status"], "unassigned");
    assert_eq!(room["session"], "open");
    assert_eq!(room["response_status"], "unresponded");
    assert_eq!(room["unread_count"], 1);
    assert_eq!(room["account_uniq_id"], BUDI);
    assert_eq!(room["last_message"]["text"], "Halo, kopinya masih ada?");

    assert_eq!(desk.take_over(&room["id"]).await.status, 200);
    let sent = desk.reply(&room["id"], "Masih! Mau berapa?", "click-1").await;
    assert_eq!((sent.status, sent.json["data"]["status"].as_str()), (201, Some("queued")));
    world.settle(Duration::from_secs(2)).await.unwrap();

    let history = desk.history(&room["id"]).await;
    assert_eq!(history.len(), 2);
    assert_eq!(history[0]["participant_type"], "customer");
    assert_eq!(history[1]["text"], "Masih! Mau berapa?");
    assert_eq!(history[1]["status"], "read");
    assert_eq!(history[1]["sender"]["name"], "Ani");
    assert!(history[1]["session_id"].is_string());
    for time in ["sent_at", "delivered_at", "read_at"] {
        assert!(history[1][time].is_string(), "{time}");
    }
    let log = world.company().graph().log().to_vec();
    assert_eq!(log.len(), 1);
    assert_eq!((log[0].to.as_str(), log[0].text.as_str()), (BUDI, "Masih! Mau berapa?"));

    let room = desk.room(&room["id"]).await;
    assert_eq!(room["status"], "assigned");
    assert_eq!(room["agent"]["name"], "Ani");
    assert_eq!(room["response_status"], "responded");
    assert_eq!(room["last_message"]["text"], "Masih! Mau berapa?");
}

#[tokio::test(start_paused = true)]
async fn a_double_click_sends_once() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    world.customer_says(BUDI, "Halo").await.unwrap();
    let room = desk.only_room().await["id"].clone();
    let first = desk.reply(&room, "Halo juga", "click").await;
    world.settle(Duration::from_secs(2)).await.unwrap();
    let second = desk.reply(&room, "Halo juga", "click").await;
    assert_eq!(first.json["data"]["id"], second.json["data"]["id"]);
    assert_eq!(second.json["data"]["status"], "read");
    let other = desk.reply(&room, "Sesuatu yang lain", "click").await;
    assert_eq!(problem(&other), (422, "idempotency_key_reused", "Idempotency-Key"));
    world.settle(Duration::from_secs(2)).await.unwrap();
    assert_eq!(world.company().graph().log().len(), 1);
    assert_eq!(desk.history(&room).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn free_text_waits_for_the_customer() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    world.customer_says(BUDI, "Halo").await.unwrap();
    let room = desk.only_room().await["id"].clone();
    world.pass(Duration::from_secs(21 * 3600)).await;
    assert_eq!(desk.room(&room).await["session"], "expiring");
    let in_time = desk.reply(&room, "Maaf lama", "a").await;
    assert_eq!(in_time.status, 201);

    world.pass(Duration::from_secs(3 * 3600)).await;
    assert_eq!(desk.room(&room).await["session"], "expired");
    let late = desk.reply(&room, "Masih di sana?", "b").await;
    assert_eq!(problem(&late), (422, "window_closed", ""));
    assert!(late.json["detail"].as_str().unwrap().contains("template"));
    // The click that was in time stays the message that it was.
    let again = desk.reply(&room, "Maaf lama", "a").await;
    assert_eq!(again.json["data"]["id"], in_time.json["data"]["id"]);

    world.customer_says(BUDI, "Masih").await.unwrap();
    assert_eq!(desk.room(&room).await["session"], "open");
    assert_eq!(desk.reply(&room, "Baik", "c").await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn a_resolved_room_comes_back_when_the_customer_writes() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    world.customer_says(BUDI, "Halo").await.unwrap();
    let room = desk.only_room().await["id"].clone();
    assert_eq!(desk.resolve(&room).await.json["data"]["status"], "resolved");
    assert_eq!(desk.rooms("unassigned").await.len(), 0);
    assert_eq!(desk.rooms("resolved").await.len(), 1);
    let refused = desk.reply(&room, "Satu lagi", "x").await;
    assert_eq!(problem(&refused), (422, "room_resolved", ""));
    assert_eq!(problem(&desk.take_over(&room).await), (422, "room_resolved", ""));

    world.customer_says(BUDI, "Satu lagi!").await.unwrap();
    let back = desk.room(&room).await;
    assert_eq!((&back["status"], &back["unread_count"]), (&json!("unassigned"), &json!(1)));
    assert_eq!(back["resolved_at"], json!(null));
    assert_eq!(desk.rooms("unassigned").await.len(), 1);
    assert_eq!(desk.history(&room).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_an_agent_has_not_seen_can_not_be_resolved_away() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    world.customer_says(BUDI, "Halo").await.unwrap();
    let seen = desk.only_room().await;
    world.customer_says(BUDI, "Dan satu lagi").await.unwrap();
    let body = json!({ "last_message_id": seen["last_message"]["id"] });
    let refused = desk.put(&seen["id"], "resolve", body).await;
    assert_eq!(problem(&refused), (409, "newer_message", "last_message_id"));
    let now = desk.room(&seen["id"]).await;
    let body = json!({ "last_message_id": now["last_message"]["id"] });
    assert_eq!(desk.put(&seen["id"], "resolve", body).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_day_of_answers_is_one_billed_session_and_the_next_day_another() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    world.customer_says(BUDI, "Halo").await.unwrap();
    let room = desk.only_room().await["id"].clone();
    let mut sessions = Vec::new();
    for (hours, key) in [(0, "a"), (10, "b"), (13, "c"), (2, "d")] {
        world.pass(Duration::from_secs(hours * 3600)).await;
        world.customer_says(BUDI, "Masih di sini").await.unwrap();
        desk.reply(&room, "Ya", key).await;
        world.settle(Duration::from_secs(2)).await.unwrap();
        let history = desk.history(&room).await;
        sessions.push(history.last().unwrap()["session_id"].clone());
    }
    assert!(sessions.iter().all(serde_json::Value::is_string), "{sessions:?}");
    assert_eq!((&sessions[0], &sessions[0]), (&sessions[1], &sessions[2]));
    assert_ne!(sessions[2], sessions[3]);
}

#[tokio::test(start_paused = true)]
async fn question_and_answer_within_one_second_keep_their_order() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    world.customer_says(BUDI, "Halo").await.unwrap();
    let room = desk.only_room().await["id"].clone();
    world.pass(Duration::from_millis(100)).await;
    desk.reply(&room, "Ya?", "fast").await;
    world.settle(Duration::from_millis(200)).await.unwrap();
    assert_eq!(desk.room(&room).await["response_status"], "responded");
    // Still in the second that WhatsApp gives for both of the customer's messages.
    world.customer_says(BUDI, "Kopinya masih ada?").await.unwrap();
    let texts: Vec<_> =
        desk.history(&room).await.iter().map(|message| message["text"].clone()).collect();
    assert_eq!(texts, ["Halo", "Ya?", "Kopinya masih ada?"]);
    let shown = desk.room(&room).await;
    assert_eq!(shown["last_message"]["text"], "Kopinya masih ada?");
    assert_eq!(shown["response_status"], "unresponded");
}
