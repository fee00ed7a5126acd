//! Deliveries come twice, late and mixed, and nothing of them is lost.

mod outages;
mod rush;

use std::{path::PathBuf, sync::Arc, time::Duration};

use futures_util::future::join_all;
use lambda_http::request::from_str;
use serde_json::{Value, json};
use world::{World, company::webhook_request, graph::sign, requests::ApiRequest};

use crate::desk::{
    BUDI, Desk, SITI, episodes,
    payload::{delivery, post, status, text},
    problem, stored, texts,
};

/// A delivery of "Halo" from Budi, still on its way.
fn halo(world: &World) -> world::graph::Delivery {
    world.company().graph().customer_says(world.clock.now_ms(), BUDI, "Budi", "Halo")
}

#[tokio::test(start_paused = true)]
async fn four_deliveries_of_a_message_show_it_once() {
    let world = World::new().await.unwrap();
    let delivery = halo(&world);
    post(&world, world.company(), &delivery.body).await;
    let once = stored(&world);
    for _ in 0..3 {
        world.pass(Duration::from_secs(60)).await;
        assert_eq!(post(&world, world.company(), &delivery.body).await, 200);
    }
    assert_eq!(stored(&world), once);
    let desk = Desk::of(&world);
    let room = desk.only_room().await;
    assert_eq!(room["unread_count"], 1);
    assert_eq!(texts(&desk.history(&room["id"]).await), ["Halo"]);
}

#[tokio::test(start_paused = true)]
async fn four_deliveries_at_once_show_it_once() {
    for first_words in [true, false] {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        if !first_words {
            desk.first_words(BUDI).await;
        }
        let request = webhook_request(world.company(), &halo(&world).body);
        let processes = ["a", "b", "c", "d"].map(|name| world.start_process(name));
        let calls = processes.iter().map(|process| world.webhook(process, &request));
        for answer in join_all(calls).await {
            assert_eq!(answer.unwrap().unwrap().0, 200);
        }
        let room = desk.only_room().await;
        let count = if first_words { 1 } else { 2 };
        assert_eq!(room["unread_count"], count);
        assert_eq!(desk.history(&room["id"]).await.len(), count);
        assert_eq!(episodes(&world), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn two_first_messages_at_once_make_one_room() {
    let world = World::new().await.unwrap();
    let bodies = ["wamid.A", "wamid.B"]
        .map(|id| delivery("106540352242922", &[text(&world, BUDI, id, 0, id)], &[]));
    let requests = bodies.map(|body| webhook_request(world.company(), &body));
    let processes = ["a", "b"].map(|name| world.start_process(name));
    let calls =
        processes.iter().zip(&requests).map(|(process, request)| world.webhook(process, request));
    for answer in join_all(calls).await {
        assert_eq!(answer.unwrap().unwrap().0, 200);
    }
    let desk = Desk::of(&world);
    let room = desk.only_room().await;
    assert_eq!((&room["unread_count"], desk.history(&room["id"]).await.len()), (&json!(2), 2));
}

#[tokio::test(start_paused = true)]
async fn a_mixed_batch_keeps_everybodys_order() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(SITI).await;
    desk.reply(&room, "Halo, Siti", "k").await;
    // Sent, and its statuses are not on their way yet.
    world.relay(&world.process, 20).await.unwrap();
    world.consume(&world.process, "outbound.fifo", 0).await.unwrap();
    assert_eq!(desk.history(&room).await[1]["status"], "sent");
    world.pass(Duration::from_secs(60)).await;

    let say = |from, id: &str, ago| text(&world, from, &format!("wamid.{id}"), ago, id);
    let messages = [
        say(BUDI, "b1", 9),
        say(SITI, "s1", 8),
        say(BUDI, "b2", 7),
        say(BUDI, "b3", 6),
        say(SITI, "s2", 5),
    ];
    let statuses = ["delivered", "read"].map(|name| status(&world, world.company(), name));
    let body = delivery("106540352242922", &messages, &statuses);
    assert_eq!(post(&world, world.company(), &body).await, 200);

    let budi = desk.room_of(BUDI).await;
    assert_eq!(texts(&desk.history(&budi["id"]).await), ["b1", "b2", "b3"]);
    assert_eq!((&budi["unread_count"], &budi["last_message"]["text"]), (&json!(3), &json!("b3")));
    let history = desk.history(&room).await;
    assert_eq!(texts(&history), ["Halo", "Halo, Siti", "s1", "s2"]);
    assert_eq!(history[1]["status"], "read");
    assert!(history[1]["delivered_at"].is_string());
}

#[tokio::test(start_paused = true)]
async fn words_of_one_second_keep_their_order_however_they_are_repeated() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let words: Vec<_> = (0..8).map(|n| format!("kata {n}")).collect();
    let said: Vec<_> = words
        .iter()
        .map(|word| text(&world, BUDI, &format!("wamid.{}", word.replace(' ', "")), 0, word))
        .collect();
    let body = delivery("106540352242922", &said, &[]);
    assert_eq!(post(&world, world.company(), &body).await, 200);
    let room = desk.only_room().await;
    assert_eq!(texts(&desk.history(&room["id"]).await), words);
    assert_eq!(room["last_message"]["text"], "kata 7");
    for again in &said {
        let body = delivery("106540352242922", std::slice::from_ref(again), &[]);
        assert_eq!(post(&world, world.company(), &body).await, 200);
        assert_eq!(desk.only_room().await, room);
    }
}

/// The values in a sample that must be found again: each message, each status, each message from
/// the phone's app, and each change that has none of these.
fn parts(sample: &Value) -> Vec<Value> {
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let mut parts = Vec::new();
    for change in list(sample, "entry").iter().flat_map(|entry| list(entry, "changes")) {
        let value = &change["value"];
        let lists = ["messages", "statuses", "message_echoes"];
        let items: Vec<_> = lists.into_iter().flat_map(|name| list(value, name)).collect();
        if items.is_empty() { parts.push(change) } else { parts.extend(items) }
    }
    parts
}

#[tokio::test(start_paused = true)]
async fn every_part_of_every_sample_is_found_again() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../events/channels/whatsapp");
    let samples: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
    assert!(samples.len() >= 53);
    for sample in samples {
        let path = sample.unwrap().path();
        let body = std::fs::read(&path).unwrap();
        let mut world = World::new().await.unwrap();
        world.add_company("Toko Gayo", "210550001234567").await.unwrap();
        let company = &world.companies[1];
        let desk = Desk::of_company(&world, company);
        assert_eq!(post(&world, company, &body).await, 200, "{}", path.display());

        let shown: Vec<Value> = desk.everything().await;
        let messages: Vec<_> =
            shown.iter().flat_map(|room| room["history"].as_array().unwrap()).collect();
        let mut events = desk.events("integration").await;
        events.extend(desk.events("app").await);
        let mut raw = Vec::new();
        for event in &events {
            let summary = event["summary"].as_str().unwrap();
            assert!(!summary.ends_with("changed"), "{}: {summary}", path.display());
            raw.push(payload(&desk, event).await);
        }
        for part in parts(&serde_json::from_slice(&body).unwrap()) {
            let is_message = messages.iter().any(|message| message["external_id"] == part["id"]);
            let is_event = raw.iter().any(|raw| raw.contains(&part.to_string()));
            assert!(is_message || is_event, "{}: {part}", path.display());
        }
    }
}

/// An event's element, as the API shows it.
async fn payload(desk: &Desk<'_>, event: &Value) -> String {
    assert_eq!(event.get("raw_key"), None);
    let shown = desk.event(event).await;
    assert_eq!(shown["is_payload_cut"], false);
    // Read and written again, so that spelling does not matter.
    let payload = shown["payload"].as_str().unwrap();
    serde_json::from_str::<Value>(payload).unwrap().to_string()
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_shown_is_shown_by_its_name() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let mut poll = text(&world, BUDI, "wamid.S", 0, "");
    poll["type"] = json!("unsupported");
    poll["unsupported"] = json!({ "type": "poll_creation" });
    poll["errors"] = json!([{ "code": 131_051, "title": "Message type unknown" }]);
    let body = delivery("106540352242922", &[poll], &[]);
    assert_eq!(post(&world, world.company(), &body).await, 200);
    let room = desk.only_room().await;
    assert_eq!(room["last_message"]["text"], "[poll_creation]");
    let message = &desk.history(&room["id"]).await[0];
    assert_eq!((&message["type"], &message["text"]), (&json!("unsupported"), &Value::Null));
    let reason = json!("Message type unknown");
    let expected = json!({ "type": "poll_creation", "code": 131_051, "reason": reason });
    assert_eq!(message["unsupported"], expected);
    // And can be had as it came.
    let path = format!(
        "/v1/rooms/{}/messages/{}/file",
        room["id"].as_str().unwrap(),
        message["id"].as_str().unwrap()
    );
    let link = desk.get(&path).await["data"]["url"].clone();
    let served = world.open(link.as_str().unwrap());
    assert!(served.disposition.starts_with("attachment"), "{}", served.disposition);
    assert!(String::from_utf8(served.body).unwrap().contains("poll_creation"));
    // Under the contact, so that erasing the contact finds it.
    let organization = world.company().provisioned.organization_id;
    let contact = format!("contact/{organization}/{}/", room["contact_id"].as_str().unwrap());
    assert!(stored(&world).1.iter().any(|key| key.starts_with(&contact)));
}

#[tokio::test(start_paused = true)]
async fn a_number_that_is_not_connected_is_kept_apart() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let body = delivery("999000999000999", &[text(&world, BUDI, "wamid.U", 0, "Halo?")], &[]);
    for _ in 0..2 {
        assert_eq!(post(&world, world.company(), &body).await, 200);
    }
    assert_eq!(desk.rooms("all").await.len(), 0);
    assert_eq!(desk.events("integration").await.len(), 0);
    let events = desk.events("app").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["kind"], "unrouted");
    let summary = events[0]["summary"].as_str().unwrap();
    assert!(summary.contains("999000999000999") && !summary.contains("Halo?"), "{summary}");
    assert!(payload(&desk, &events[0]).await.contains("Halo?"));
    // After 30 days it is not there any more.
    world.pass(Duration::from_secs(31 * 24 * 3600)).await;
    assert_eq!(desk.events("app").await.len(), 0);
    let path = desk.event_path(&events[0]).await;
    let late = desk.call(ApiRequest::new("GET", path)).await;
    assert_eq!(problem(&late), (404, "not_found", ""));
}

#[tokio::test(start_paused = true)]
async fn a_late_message_reopens_its_room_and_stands_in_its_place() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    world.customer_says(BUDI, "satu").await.unwrap();
    world.pass(Duration::from_secs(7200)).await;
    world.customer_says(BUDI, "tiga").await.unwrap();
    let room = desk.only_room().await;
    assert_eq!(desk.resolve(&room["id"]).await.status, 200);
    world.pass(Duration::from_secs(60)).await;

    let late = delivery("106540352242922", &[text(&world, BUDI, "wamid.2", 3600, "dua")], &[]);
    assert_eq!(post(&world, world.company(), &late).await, 200);
    let back = desk.room(&room["id"]).await;
    assert_eq!((&back["status"], &back["unread_count"]), (&json!("unassigned"), &json!(1)));
    assert_eq!(back["last_message"]["text"], "tiga");
    // It is old news to the window.
    assert_eq!(back["session_expires_at"], room["session_expires_at"]);
    assert_eq!(texts(&desk.history(&room["id"]).await), ["satu", "dua", "tiga"]);
    assert_eq!(episodes(&world), 2);

    assert_eq!(desk.resolve(&room["id"]).await.status, 200);
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(post(&world, world.company(), &late).await, 200);
    assert_eq!(desk.room(&room["id"]).await["status"], "resolved");
}

#[tokio::test(start_paused = true)]
async fn a_late_message_is_unread_although_newer_ones_are_read() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    assert_eq!(desk.mark_read(&room).await.json["data"]["unread_count"], 0);
    world.pass(Duration::from_secs(60)).await;
    let late = delivery("106540352242922", &[text(&world, BUDI, "wamid.2", 3600, "dulu")], &[]);
    for _ in 0..2 {
        assert_eq!(post(&world, world.company(), &late).await, 200);
        assert_eq!(desk.room(&room).await["unread_count"], 1);
    }
    assert_eq!(desk.mark_read(&room).await.json["data"]["unread_count"], 0);
    assert_eq!(post(&world, world.company(), &late).await, 200);
    assert_eq!(desk.room(&room).await["unread_count"], 0);
}

#[tokio::test(start_paused = true)]
async fn the_address_is_verified_by_its_token() {
    let world = World::new().await.unwrap();
    let ask = async |query: &str| {
        let path = format!("/webhooks/whatsapp/app-106540352242922?{query}");
        world.webhook(&world.process, &ApiRequest::new("GET", path)).await.unwrap().unwrap()
    };
    let token = "hub.verify_token=verify+Kopi+Kita";
    let right = format!("hub.mode=subscribe&{token}&hub.challenge=1158201444");
    assert_eq!(ask(&right).await, (200, "1158201444".to_owned()));
    for wrong in [
        String::new(),
        right.replace("subscribe", "unsubscribe"),
        right.replace("Kita", "kita"),
        right.replace("hub.verify_token", "token"),
        right.replace("hub.challenge", "challenge"),
        right.replace("1158201444", ""),
    ] {
        let (status, body) = ask(&wrong).await;
        assert_eq!(status, 403, "{wrong}");
        assert!(!body.contains("1158201444"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_is_the_same_in_base64_and_as_text() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    // Characters that base64 hides and text does not.
    let said = "Kopi ☕ \u{1f600} \\u0041 \"é\"";
    let delivery = world.company().graph().customer_says(world.clock.now_ms(), BUDI, "Budi", said);
    let mut event = webhook_request(world.company(), &delivery.body).event();
    event["isBase64Encoded"] = json!(false);
    event["body"] = json!(String::from_utf8(delivery.body.clone()).unwrap());
    let request = from_str(&event.to_string()).unwrap();
    let response = webhook::handle(Arc::clone(&world.process.webhook), request).await;
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(post(&world, world.company(), &delivery.body).await, 200);
    let room = desk.only_room().await;
    assert_eq!(texts(&desk.history(&room["id"]).await), [said]);
    assert_eq!(
        webhook_request(world.company(), &delivery.body).headers[1].1,
        sign("secret of Kopi Kita", &delivery.body)
    );
}
