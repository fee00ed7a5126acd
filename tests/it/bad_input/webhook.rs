//! What is wrong with deliveries: signatures, bodies, addresses.

use serde_json::json;
use world::{World, graph::sign, requests::ApiRequest};

use super::{NUMBER, signed, webhook_status};
use crate::desk::{
    BUDI, Desk,
    payload::{delivery, post, text},
    stored, texts,
};

#[tokio::test(start_paused = true)]
async fn what_is_not_rightly_signed_is_refused_and_not_kept() {
    let world = World::new().await.unwrap();
    let before = stored(&world);
    let genuine = signed(&world);
    let signature = genuine.headers[1].1.clone();
    let digits = signature.strip_prefix("sha256=").unwrap();
    let flipped =
        format!("sha256={}{}", if digits.starts_with('0') { '1' } else { '0' }, &digits[1..]);
    for wrong in [
        String::new(),
        "sha256=".into(),
        digits.into(),
        signature[..signature.len() - 1].into(),
        signature[..signature.len() - 2].into(),
        format!("{signature}00"),
        format!("sha256={}", digits.to_uppercase()),
        format!("sha1={digits}"),
        flipped,
        sign("another secret", &genuine.body),
        sign("", &genuine.body),
    ] {
        let mut request = genuine.clone();
        request.headers[1].1.clone_from(&wrong);
        assert_eq!(webhook_status(&world, &request).await, 401, "{wrong}");
    }
    let mut unsigned = genuine.clone();
    unsigned.headers.truncate(1);
    assert_eq!(webhook_status(&world, &unsigned).await, 401);
    let mut other_body = genuine.clone();
    other_body.body.push(b' ');
    assert_eq!(webhook_status(&world, &other_body).await, 401);
    assert_eq!(stored(&world), before);
    assert_eq!(webhook_status(&world, &genuine).await, 200);
    assert_ne!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_signed_body_that_makes_no_sense_is_kept_and_listed() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let bodies: [&[u8]; 8] = [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"{\"object\":\"page\",\"entry\":[]}",
        b"{\"object\":\"whatsapp_business_account\",\"entry\":{}}",
        b"{\"object\":\"whatsapp_business_account\",\"entry\":[{\"changes\":[{\"field\":\"messages\"",
    ];
    for (index, body) in bodies.into_iter().enumerate() {
        for _ in 0..2 {
            assert_eq!(post(&world, world.company(), body).await, 200);
        }
        let events = desk.events("app").await;
        assert_eq!(events.len(), index + 1, "{}", String::from_utf8_lossy(body));
        assert!(events.iter().all(|event| event["kind"] == "unparseable"));
        // The newest, whatever their ids: all but what is no text is shown as it came.
        let mut payloads = Vec::new();
        for event in &events {
            payloads.push(desk.event(event).await["payload"].as_str().unwrap().to_owned());
        }
        assert!(payloads.contains(&String::from_utf8_lossy(body).into_owned()), "{payloads:?}");
    }
    assert_eq!(desk.rooms("all").await.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_senseless_element_does_not_harm_its_neighbours() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let mut nameless = text(&world, BUDI, "wamid.2", 0, "x");
    nameless.as_object_mut().unwrap().remove("id");
    let messages = [
        json!(null),
        json!("text"),
        json!({}),
        nameless,
        text(&world, BUDI, &"w".repeat(5000), 0, "x"),
        text(&world, BUDI, "wamid.1", 0, "Halo"),
    ];
    let body = delivery(NUMBER, &messages, &[json!(7), json!({ "status": "read" })]);
    assert_eq!(post(&world, world.company(), &body).await, 200);
    let room = desk.only_room().await;
    assert_eq!(texts(&desk.history(&room["id"]).await), ["Halo"]);
    assert_eq!(desk.events("integration").await.len(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_delivery_has_a_size_an_address_and_a_method() {
    let world = World::new().await.unwrap();
    let before = stored(&world);
    let huge = vec![b' '; 3 * 1024 * 1024 + 1];
    assert_eq!(post(&world, world.company(), &huge).await, 413);
    let genuine = signed(&world);
    for (path, status) in [
        ("/webhooks/whatsapp/app-1", 404),
        ("/webhooks/whatsapp/", 404),
        ("/webhooks/whatsapp", 404),
        ("/webhooks/fax/app-106540352242922", 404),
        ("/webhooks/whatsapp/app-106540352242922/x", 404),
        ("/webhooks/whatsapp/app%2D106540352242922", 404),
        ("/", 404),
    ] {
        let request = ApiRequest { path: path.into(), ..genuine.clone() };
        assert_eq!(webhook_status(&world, &request).await, status, "{path}");
    }
    for method in ["PUT", "DELETE", "PATCH", "HEAD"] {
        let request = ApiRequest { method, ..genuine.clone() };
        assert_eq!(webhook_status(&world, &request).await, 405, "{method}");
    }
    assert_eq!(stored(&world), before);
}
