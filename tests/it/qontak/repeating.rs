//! A program that does not name its messages repeats a request after a timeout, and surprises
//! nobody.

use std::time::Duration;

use serde_json::{Value, json};
use world::{World, files::JPEG, requests::ApiRequest};

use super::{V1, done, first_words, received, sending::post_form, words};
use crate::desk::{BUDI, Desk, fates, problem};

const BOT: &str = "/messages/whatsapp/bot";

async fn say(desk: &Desk<'_>, room: &str, text: &str) -> Value {
    done(desk, "POST", BOT, json!({ "room_id": room, "type": "text", "text": text })).await
}

#[tokio::test(start_paused = true)]
async fn the_same_request_again_is_the_same_message() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let first = say(&desk, &room, "Sebentar ya").await;
    // As late as a retry can come, and over the turn of a minute.
    for seconds in [0, 15, 30, 14] {
        world.pass(Duration::from_secs(seconds)).await;
        assert_eq!(say(&desk, &room, "Sebentar ya").await["id"], first["id"], "{seconds}");
    }
    assert_ne!(say(&desk, &room, "Sebentar lagi").await["id"], first["id"]);
    world.settle(Duration::from_secs(5)).await.unwrap();
    assert_eq!(received(&world), 2);
}

#[tokio::test(start_paused = true)]
async fn a_bot_may_say_the_same_again_once_the_customer_did_or_a_minute_passed() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    say(&desk, &room, "Maaf, saya tidak mengerti").await;
    world.pass(Duration::from_secs(2)).await;
    world.customer_says(BUDI, "Kopi!").await.unwrap();
    say(&desk, &room, "Maaf, saya tidak mengerti").await;
    world.pass(Duration::from_secs(60)).await;
    say(&desk, &room, "Maaf, saya tidak mengerti").await;
    world.settle(Duration::from_secs(5)).await.unwrap();
    assert_eq!(received(&world), 3);
    let said = words(&desk, &room).await;
    assert_eq!(said.len(), 5, "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn two_programs_and_two_rooms_do_not_share_their_words() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (budi, siti) = (first_words(&desk, BUDI).await, first_words(&desk, "628777").await);
    let key = world.add_member("Bot", domain::api_key::Role::Admin).await.unwrap();
    let other = Desk::with_key(&world, &key);
    for (desk, room) in [(&desk, &budi), (&desk, &siti), (&other, &budi)] {
        say(desk, room, "Halo juga").await;
    }
    world.settle(Duration::from_secs(5)).await.unwrap();
    assert_eq!(received(&world), 3);
}

#[tokio::test(start_paused = true)]
async fn a_named_message_is_sent_once_a_day() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let body = |text: &str| json!({ "room_id": room, "text": text, "local_id": "jawaban-1" });
    let first = done(&desk, "POST", BOT, body("Halo")).await;
    assert_eq!(first["local_id"], "jawaban-1");
    world.pass(Duration::from_secs(2)).await;
    world.customer_says(BUDI, "Ya?").await.unwrap();
    world.pass(Duration::from_secs(3600)).await;
    assert_eq!(done(&desk, "POST", BOT, body("Halo")).await["id"], first["id"]);
    let other =
        desk.call(ApiRequest::new("POST", format!("{V1}{BOT}")).body(body("Hai").to_string()));
    assert_eq!(problem(&other.await).1, "idempotency_key_reused");
    let by_header = |key: &'static str| {
        let body = json!({ "room_id": room, "text": "Halo" }).to_string();
        ApiRequest::new("POST", format!("{V1}{BOT}")).header("idempotency-key", key).body(body)
    };
    let one = desk.call(by_header("a")).await.json["data"]["id"].clone();
    assert_eq!(desk.call(by_header("a")).await.json["data"]["id"], one);
    assert_ne!(desk.call(by_header("b")).await.json["data"]["id"], one);
}

#[tokio::test(start_paused = true)]
async fn the_same_form_with_the_same_file_is_the_same_message() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let fields = [("room_id", room.as_str()), ("type", "image")];
    let first = post_form(&desk, BOT, &fields, Some("menu.jpg")).await;
    let again = post_form(&desk, BOT, &fields, Some("menu.jpg")).await;
    assert_eq!((again.status, &again.json["data"]["id"]), (201, &first.json["data"]["id"]));
    let worded = [fields[0], fields[1], ("text", "Menu")];
    let other = post_form(&desk, BOT, &worded, Some("menu.jpg")).await;
    assert_ne!(other.json["data"]["id"], first.json["data"]["id"]);
    world.settle(Duration::from_secs(5)).await.unwrap();
    assert_eq!(received(&world), 2);
}

/// Sends a picture from a process that this befalls at this call, and then again as a client does
/// whose request was not answered; whether it befell anything.
async fn struck(call: usize, fate: world::wire::Fate) -> bool {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let head = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"room_id\"\r\n\r\n{room}\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nimage\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\
         Content-Type: image/jpeg\r\n\r\n"
    );
    let request = ApiRequest::new("POST", format!("{V1}{BOT}"))
        .header("authorization", format!("Bearer {}", desk.key))
        .header("content-type", "multipart/form-data; boundary=cut")
        .body([head.as_bytes(), JPEG, b"\r\n--cut--\r\n"].concat());
    let unlucky = world.start_process(fates::UNLUCKY);
    let calls = fates::strike(&world, call, fate);
    let _ = world.api_in(&unlucky, &request).await.unwrap();
    fates::recover(&world);
    world.pass(Duration::from_secs(10)).await;
    let again = world.api_in(&world.process, &request).await.unwrap().unwrap();
    assert_eq!(again.status, 201, "{call} {fate:?}: {}", again.json);
    world.settle(Duration::from_secs(5)).await.unwrap();
    assert_eq!(received(&world), 1, "{call} {fate:?}");
    fates::has_struck(&calls, call)
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_request_the_next_one_makes_it_good_and_sends_nothing_twice() {
    for fate in fates::EACH {
        let mut call = 0;
        while struck(call, fate).await {
            call += 1;
        }
        assert!(call >= 7, "only {call} calls were struck");
    }
}
