//! What one of ours writes in the WhatsApp Business app on a phone.

use std::time::Duration;

use serde_json::json;
use world::{
    World,
    graph::{Delivery, Kind, Person},
    requests::ApiRequest,
};

use crate::desk::{BUDI, Desk, payload::post};

async fn by_phone(world: &World, text: &str) -> Delivery {
    let budi = Person::with_phone(BUDI, "Budi");
    let now = world.clock.now_ms();
    let echo = world.company().graph().business_says_by_phone(now, &budi, &Kind::text(text));
    for _ in 0..2 {
        assert_eq!(post(world, world.company(), &echo.body).await, 200);
    }
    echo
}

#[tokio::test(start_paused = true)]
async fn what_the_phone_sent_is_an_answer_and_is_never_sent_again() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    world.pass(Duration::from_secs(60)).await;
    by_phone(&world, "Masih, Pak").await;
    world.settle(Duration::from_secs(120)).await.unwrap();
    assert_eq!(world.company().graph().log().len(), 0);
    let history = desk.history(&room).await;
    assert_eq!(history.len(), 2);
    let message = &history[1];
    assert_eq!(
        (&message["text"], &message["participant_type"]),
        (&json!("Masih, Pak"), &json!("agent"))
    );
    assert_eq!((&message["origin"], &message["status"]), (&json!("phone_app"), &json!("sent")));
    assert_eq!(message["sender_type"], "Models::SystemAccount");
    // It cost nothing: no session was opened.
    assert_eq!(message["session_id"], json!(null));
    let shown = desk.room(&room).await;
    assert_eq!(
        (&shown["response_status"], &shown["last_message"]["text"]),
        (&json!("responded"), &json!("Masih, Pak"))
    );

    let wamid = message["external_id"].as_str().unwrap().to_owned();
    let at = (world.clock.now_ms() / 1000).to_string();
    for status in ["played", "read"] {
        let status =
            json!({ "id": wamid, "status": status, "timestamp": at, "recipient_id": BUDI });
        let body = crate::desk::payload::delivery(super::NUMBER, &[], &[status]);
        assert_eq!(post(&world, world.company(), &body).await, 200);
    }
    let message = &desk.history(&room).await[1];
    assert_eq!(message["status"], "played");
    assert!(message["read_at"].is_string() && message["played_at"].is_string());
    assert_eq!(message["session_id"], json!(null));
}

#[tokio::test(start_paused = true)]
async fn what_the_phone_sent_first_waits_for_the_customers_first_words() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    by_phone(&world, "Pesanan Bapak siap").await;
    assert_eq!(desk.rooms("all").await.len(), 0);
    let events = desk.events("integration").await;
    assert_eq!((events.len(), &events[0]["kind"]), (1, &json!("echo")));
    world.pass(Duration::from_secs(60)).await;
    let room = desk.first_words(BUDI).await;
    let history = desk.history(&room).await;
    assert_eq!(crate::desk::texts(&history), ["Pesanan Bapak siap", "Halo"]);
}

#[tokio::test(start_paused = true)]
async fn the_phones_answer_may_come_before_what_it_answers() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let asked = world.company().graph().customer_says(world.clock.now_ms(), BUDI, "Budi", "Halo");
    world.pass(Duration::from_secs(60)).await;
    by_phone(&world, "Masih, Pak").await;
    for _ in 0..2 {
        assert_eq!(post(&world, world.company(), &asked.body).await, 200);
    }
    let room = desk.only_room().await;
    assert_eq!(crate::desk::texts(&desk.history(&room["id"]).await), ["Halo", "Masih, Pak"]);
    assert_eq!(
        (&room["response_status"], &room["last_message"]["text"]),
        (&json!("responded"), &json!("Masih, Pak"))
    );
}

#[tokio::test(start_paused = true)]
async fn what_became_of_the_phones_answer_may_be_told_before_it() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    world.pass(Duration::from_secs(60)).await;
    let budi = Person::with_phone(BUDI, "Budi");
    let now = world.clock.now_ms();
    let (echo, wamid) = {
        let mut graph = world.company().graph();
        let echo = graph.business_says_by_phone(now, &budi, &Kind::text("Masih, Pak"));
        let wamid = graph.echoes()[0].wamid.clone();
        graph.echo_arrives(now, &budi, &wamid);
        (echo, wamid)
    };
    world.settle(Duration::from_secs(120)).await.unwrap();
    assert_eq!(desk.events("integration").await.len(), 2);
    for _ in 0..2 {
        assert_eq!(world.deliver(world.company(), &echo).await.unwrap(), 200);
    }
    let message = &desk.history(&room).await[1];
    assert_eq!((&message["external_id"], &message["status"]), (&json!(wamid), &json!("read")));
    assert!(message["delivered_at"].is_string() && message["read_at"].is_string());
}

#[tokio::test(start_paused = true)]
async fn what_the_phone_wrote_to_one_who_was_erased_is_nobodys() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let contact = desk.room(&room).await["contact_id"].as_str().unwrap().to_owned();
    let budi = Person::with_phone(BUDI, "Budi");
    let said = |words: &str| {
        let now = world.clock.now_ms();
        world.company().graph().business_says_by_phone(now, &budi, &Kind::text(words))
    };
    let late = said("rahasia");
    world.pass(Duration::from_secs(60)).await;
    let erase = ApiRequest::new("DELETE", format!("/v1/contacts/{contact}"));
    assert_eq!(desk.call(erase).await.status, 202);
    world.pass(Duration::from_secs(60)).await;
    let room = desk.first_words(BUDI).await;
    world.pass(Duration::from_secs(60)).await;
    let wamid = world.company().graph().echoes()[0].wamid.clone();
    let now = world.clock.now_ms();
    let edit = Kind::Edit { message_id: wamid, body: "rahasia besar".into() };
    let edited = world.company().graph().business_said_by_phone(now, now - 150_000, &budi, &edit);
    for echo in [late, edited, said("Masih, Pak")] {
        assert_eq!(post(&world, world.company(), &echo.body).await, 200);
    }
    assert_eq!(crate::desk::texts(&desk.history(&room).await), ["Halo", "Masih, Pak"]);
    assert!(!crate::desk::stored(&world).0.join("\n").contains("rahasia"));
}

#[tokio::test(start_paused = true)]
async fn the_phone_edits_and_deletes_what_it_sent() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    world.pass(Duration::from_secs(60)).await;
    by_phone(&world, "Masih").await;
    let wamid = world.company().graph().echoes()[0].wamid.clone();
    let budi = Person::with_phone(BUDI, "Budi");
    for (kind, words) in [
        (Kind::Edit { message_id: wamid.clone(), body: "Masih, Pak".into() }, json!("Masih, Pak")),
        (Kind::Revoke { message_id: wamid.clone() }, json!(null)),
    ] {
        world.pass(Duration::from_secs(5)).await;
        let now = world.clock.now_ms();
        let echo = world.company().graph().business_says_by_phone(now, &budi, &kind);
        assert_eq!(post(&world, world.company(), &echo.body).await, 200);
        let message = &desk.history(&room).await[1];
        assert_eq!((&message["text"], message["edited_at"].is_string()), (&words, true));
    }
}
