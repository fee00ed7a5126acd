//! A ticket opens one socket, once, soon.

use std::time::Duration;

use domain::api_key::Role;
use serde_json::json;
use world::{World, requests::ApiRequest, wire::Fate};

use crate::desk::{
    Desk,
    fates::{self, UNLUCKY},
    rows, stored,
};

#[tokio::test(start_paused = true)]
async fn a_ticket_opens_one_socket_and_no_second() {
    let world = World::new().await.unwrap();
    let key = world.company().setup.api_key.clone();
    let answered = world.api(ApiRequest::new("POST", "/v1/live/tickets")).await.unwrap();
    assert_eq!(answered.status, 201);
    let (ticket, url) = (&answered.json["data"]["ticket"], &answered.json["data"]["url"]);
    let ticket = ticket.as_str().unwrap();
    assert_eq!(url.as_str().unwrap(), format!("wss://sockets.test/live?ticket={ticket}"));
    // What is stored opens nothing.
    assert!(!stored(&world).0.join("").contains(ticket));

    let process = &world.process;
    assert_eq!(world.connect(process, "one", ticket).await.unwrap(), Some(200));
    assert_eq!(world.connect(process, "two", ticket).await.unwrap(), Some(403));
    assert_eq!(rows(&world, "socket#").len(), 1);
    for wrong in ["", "x", &ticket[1..], &key, &"x".repeat(5_000)] {
        assert_eq!(world.connect(process, "three", wrong).await.unwrap(), Some(403), "{wrong}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticket_is_good_for_half_a_minute() {
    let world = World::new().await.unwrap();
    let key = &world.company().setup.api_key;
    let (early, late) = (world.ticket(key).await.unwrap(), world.ticket(key).await.unwrap());
    world.pass(Duration::from_secs(29)).await;
    assert_eq!(world.connect(&world.process, "early", &early).await.unwrap(), Some(200));
    world.pass(Duration::from_secs(2)).await;
    assert_eq!(world.connect(&world.process, "late", &late).await.unwrap(), Some(403));
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_the_opening_a_new_ticket_opens_another() {
    for fate in fates::EACH {
        for call in 0.. {
            let world = World::new().await.unwrap();
            let key = world.company().setup.api_key.clone();
            let ticket = world.ticket(&key).await.unwrap();
            let process = world.start_process(UNLUCKY);
            let calls = fates::strike(&world, call, fate);
            let status = world.connect(&process, "struck", &ticket).await.unwrap();
            fates::recover(&world);
            // The SDK repeats what was not answered: the ticket knows its own connection.
            if matches!(fate, Fate::AnswerLost | Fate::Throttled) {
                assert_eq!(status, Some(200), "call {call} {fate:?}");
            }
            world.open_socket(&key).await.unwrap();
            if !fates::has_struck(&calls, call) {
                assert!(call >= 4, "only {call} calls were struck");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_says_that_it_is_there_and_nothing_else() {
    let world = World::new().await.unwrap();
    let socket = world.open_socket(&world.company().setup.api_key).await.unwrap();
    let pong = world.say(&socket, r#"{"action": "ping"}"#).await.unwrap();
    assert_eq!(pong["type"], "pong");
    let long = format!(r#"{{"action": "{}"}}"#, "x".repeat(2_000));
    for (words, code) in [
        (r#"{"action": "rahasia"}"#, "unknown_action"),
        ("rahasia", "not_json"),
        ("[]", "not_json"),
        (r#"{"action": 7}"#, "not_json"),
        ("", "not_json"),
        (&long, "too_large"),
    ] {
        let answer = world.say(&socket, words).await.unwrap();
        assert_eq!((&answer["type"], &answer["code"]), (&json!("error"), &json!(code)), "{words}");
        assert!(!answer.to_string().contains("rahasia"));
    }
    // Of a socket that is not listed, nobody can tell whose it was.
    let closed = world.say("nobody", r#"{"action": "ping"}"#).await.unwrap();
    assert_eq!(closed["code"], "closed");
}

#[tokio::test(start_paused = true)]
async fn members_are_present_while_a_socket_of_theirs_is_heard() {
    let world = World::new().await.unwrap();
    let tono = world.add_member("Tono", Role::Agent).await.unwrap();
    let desk = Desk::of(&world);
    let names = async || {
        let list = desk.get("/v1/presence").await["data"].clone();
        let names = list.as_array().unwrap().iter().map(|one| one["name"].clone());
        names.collect::<Vec<_>>()
    };
    assert!(names().await.is_empty());
    let ani = world.open_socket(&desk.key).await.unwrap();
    let (one, two) =
        (world.open_socket(&tono).await.unwrap(), world.open_socket(&tono).await.unwrap());
    assert_eq!(names().await, ["Ani", "Tono"]);
    world.disconnect(&one).await.unwrap();
    assert_eq!(names().await, ["Ani", "Tono"]);
    world.pass(Duration::from_secs(120)).await;
    world.say(&two, r#"{"action": "ping"}"#).await.unwrap();
    world.pass(Duration::from_secs(100)).await;
    // Ani's browser crashed: it said nothing for three minutes.
    assert_eq!(names().await, ["Tono"]);
    world.disconnect(&two).await.unwrap();
    world.disconnect(&ani).await.unwrap();
    assert!(names().await.is_empty());
    assert!(rows(&world, "socket#").is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_eleventh_socket_of_a_member_takes_the_place_of_the_first() {
    let world = World::new().await.unwrap();
    let key = world.company().setup.api_key.clone();
    let mut sockets = Vec::new();
    for _ in 0..11 {
        world.pass(Duration::from_millis(10)).await;
        sockets.push(world.open_socket(&key).await.unwrap());
    }
    assert_eq!(rows(&world, "socket#").len(), 10);
    let ping = r#"{"action": "ping"}"#;
    assert_eq!(world.say(&sockets[0], ping).await.unwrap()["code"], "closed");
    assert_eq!(world.say(&sockets[1], ping).await.unwrap()["type"], "pong");
}
