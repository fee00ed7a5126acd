//! What comes late of somebody who was erased, and what is theirs beside messages.

use std::time::Duration;

use serde_json::{Value, json};
use world::{
    World,
    graph::{Kind, Person},
    requests::ApiRequest,
};

use super::{
    holdings::{WORDS, erased, traces, uploaded},
    says,
};
use crate::desk::{
    BUDI, Desk, SITI,
    fates::{self, UNLUCKY},
    payload::{change, delivery, post, text},
    rows, stored, texts,
};

const NUMBER: &str = "106540352242922";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// All that can be told of a chat besides the customer's messages, as WhatsApp delivers it: said
/// now, and delivered whenever it is posted.
fn told(world: &World) -> Vec<Vec<u8>> {
    let (now, budi) = (world.clock.now_ms(), Person::with_phone(BUDI, "Budi Rahasia"));
    let company = world.company();
    let first = company.graph().written()[0].wamid.clone();
    let edit = Kind::Edit { message_id: first.clone(), body: WORDS.into() };
    let by_customer = [
        edit.clone(),
        Kind::Revoke { message_id: first.clone() },
        Kind::Reaction { message_id: first, emoji: Some("👍".into()) },
        Kind::NumberChanged { new_phone: "628555000111".into(), new_user_id: None },
    ];
    let mut told: Vec<_> = by_customer
        .into_iter()
        .map(|kind| company.graph().customer_sends(now, &budi, kind).body)
        .collect();
    for kind in [Kind::text(WORDS), edit] {
        told.push(company.graph().business_says_by_phone(now, &budi, &kind).body);
    }
    let at = (now / 1000).to_string();
    let stray = json!({ "id": format!("wamid.{BUDI}"), "status": "read", "timestamp": at,
        "recipient_id": BUDI });
    told.push(delivery(NUMBER, &[], &[stray]));
    let mut in_group = text(world, BUDI, "wamid.G", 0, WORDS);
    in_group["group_id"] = json!("Y2FwaV9ncm91cDoyMQ==");
    told.push(delivery(NUMBER, &[in_group], &[]));
    let call = json!({ "id": "wacid.1", "from": BUDI, "to": "6281100000000", "timestamp": at,
        "event": "connect", "direction": "USER_INITIATED" });
    told.push(change(NUMBER, "calls", json!({ "calls": [call] })));
    told
}

async fn deliver(world: &World, told: &[Vec<u8>]) {
    for body in told {
        assert_eq!(post(world, world.company(), body).await, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_of_an_erased_contact_is_kept_when_it_is_delivered_again() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = desk.introduced(BUDI, "Budi Rahasia").await;
    let told = told(&world);
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(erased(&desk, &budi).await.status, 200);
    let before = stored(&world);
    deliver(&world, &told).await;
    assert_eq!(stored(&world), before);
    assert_eq!(traces(&world), Vec::<String>::new());
    // Nor once somebody else has the number: it is none of their business.
    says(&world, BUDI, "Orang Lain", "Permisi").await;
    let before = stored(&world);
    deliver(&world, &told).await;
    assert_eq!(stored(&world), before);
    let new = desk.room_of(BUDI).await;
    assert_eq!(texts(&desk.history(&new["id"]).await), ["Permisi"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_told_of_a_contact_besides_messages_is_erased_with_them() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = desk.introduced(BUDI, "Budi Rahasia").await;
    world.pass(Duration::from_secs(60)).await;
    // The notice of another number, what nobody sent from here, words in a group, and a call.
    let told = told(&world);
    deliver(&world, &[told[3].clone()]).await;
    deliver(&world, &told[6..]).await;
    let events = desk.events("integration").await;
    assert_eq!(events.len(), 4);
    for event in &events {
        assert!(!event["summary"].as_str().unwrap().contains(BUDI), "{event}");
    }
    assert!(stored(&world).1.iter().any(|key| key.starts_with("raw/")));
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(erased(&desk, &budi).await.status, 200);
    assert_eq!(traces(&world), Vec::<String>::new());
    assert_eq!(stored(&world).1, Vec::<String>::new());
    // That something was told stays, for 30 days.
    assert_eq!(rows(&world, "e#").len(), 4);
    world.pass(31 * DAY).await;
    world.expire().unwrap();
    assert_eq!(rows(&world, "e#").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn whoever_was_known_by_another_name_first_is_not_known_again_by_the_second() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let company = world.company();
    let hidden = Person { phone: None, ..Person::with_user_id("ID.17400123456789012345", "Budi") };
    let now = world.clock.now_ms();
    let first = company.graph().customer_sends(now, &hidden, Kind::text(WORDS));
    deliver(&world, std::slice::from_ref(&first.body)).await;
    let budi = desk.only_room().await["contact_id"].clone();
    world.pass(Duration::from_secs(60)).await;
    let known = Person { phone: Some(BUDI.into()), ..hidden };
    let now = world.clock.now_ms();
    let second = company.graph().customer_sends(now, &known, Kind::text(WORDS));
    deliver(&world, std::slice::from_ref(&second.body)).await;
    assert_eq!(desk.only_room().await["contact_id"], budi);
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(erased(&desk, &budi).await.status, 200);
    deliver(&world, &[first.body, second.body]).await;
    assert_eq!(desk.rooms("all").await.len(), 0);
    assert_eq!(traces(&world), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_was_set_aside_is_gone_from_there_once_it_is_stored() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    fates::refuse(&world, fates::writes);
    says(&world, BUDI, "Budi", WORDS).await;
    let aside = || stored(&world).1.iter().filter(|key| key.starts_with("set-aside/")).count();
    assert_eq!(aside(), 1);
    fates::recover(&world);
    // A run that dies before it has taken the object away is repeated, and the message is there once.
    world.wire.set_fates(Box::new(|call| {
        let dies = call.process == UNLUCKY && call.operation == "DeleteObject";
        (if dies { world::wire::Fate::DiesBefore } else { world::wire::Fate::Served }, 1)
    }));
    let unlucky = world.start_process(UNLUCKY);
    assert!(world.consume(&unlucky, "retry", 0).await.unwrap());
    fates::recover(&world);
    assert_eq!(aside(), 1);
    world.settle(Duration::from_secs(900)).await.unwrap();
    assert_eq!((aside(), world.queue("retry", |queue| queue.len())), (0, 0));
    let room = desk.only_room().await;
    assert_eq!(texts(&desk.history(&room["id"]).await), [WORDS]);
}

async fn sends(desk: &Desk<'_>, room: &Value, file: &Value) {
    let body = json!({ "type": "image", "file_id": file });
    let sent = desk.send(room, &room.to_string(), &body).await;
    assert_eq!(sent.status, 201, "{}", sent.json);
}

fn uploads(world: &World) -> usize {
    stored(world).1.iter().filter(|key| key.starts_with("upload/")).count()
}

#[tokio::test(start_paused = true)]
async fn a_file_goes_with_the_last_contact_whom_it_was_sent_to() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (budi, siti) = (desk.introduced(BUDI, "Budi").await, desk.introduced(SITI, "Siti").await);
    let room_of = async |who| desk.room_of(who).await["id"].clone();
    let (to_budi, to_siti) = (room_of(BUDI).await, room_of(SITI).await);
    let (brochure, letter) = (uploaded(&world, "brosur").await, uploaded(&world, WORDS).await);
    sends(&desk, &to_budi, &letter).await;
    world.settle(Duration::from_secs(30)).await.unwrap();
    for room in [&to_budi, &to_siti] {
        let body = json!({ "type": "image", "file_id": brochure });
        assert_eq!(desk.send(room, "brosur", &body).await.status, 201);
    }
    world.settle(Duration::from_secs(30)).await.unwrap();
    assert_eq!(uploads(&world), 2);
    assert_eq!(erased(&desk, &budi).await.status, 200);
    assert_eq!(uploads(&world), 1);
    assert!(!stored(&world).0.iter().any(|row| row.contains(WORDS)));
    let shown = desk.history(&to_siti).await;
    let link = format!(
        "/v1/rooms/{}/messages/{}/file",
        to_siti.as_str().unwrap(),
        shown[1]["id"].as_str().unwrap()
    );
    let url = desk.get(&link).await["data"]["url"].clone();
    assert!(world.open(url.as_str().unwrap()).body.ends_with(b"brosur"));
    assert_eq!(erased(&desk, &siti).await.status, 200);
    assert_eq!(uploads(&world), 0);
    assert_eq!((rows(&world, "file").len(), rows(&world, "to#").len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_sent_for_ninety_days_is_gone_unless_somebody_has_it() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let (sent, unsent) = (uploaded(&world, "satu").await, uploaded(&world, "dua").await);
    sends(&desk, &room, &sent).await;
    world.settle(Duration::from_secs(30)).await.unwrap();
    let path = format!("/v1/files/{}", unsent.as_str().unwrap());
    assert!(desk.get(&path).await["data"]["expires_at"].is_string());
    world.pass(91 * DAY).await;
    let late = desk.call(ApiRequest::new("GET", path)).await;
    assert_eq!(late.status, 404);
    world.expire().unwrap();
    world.settle(Duration::from_secs(30)).await.unwrap();
    assert_eq!(uploads(&world), 1);
    let message = desk.history(&room).await[1]["id"].clone();
    let (room, message) = (room.as_str().unwrap(), message.as_str().unwrap());
    let shown = desk.get(&format!("/v1/rooms/{room}/messages/{message}/file")).await;
    assert!(world.open(shown["data"]["url"].as_str().unwrap()).body.ends_with(b"satu"));
}
