//! Sockets end with what they were opened for.

use std::time::Duration;

use domain::api_key::Role;
use futures_util::future::join;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest, wire::Fate};

use super::relay;
use crate::desk::{
    BUDI, Desk,
    fates::{self, UNLUCKY},
    people::Browser,
    rows,
};

const ANI: &str = "ani@example.com";
const TONO: &str = "tono@example.com";

/// Ani and Tono at their browsers; Tono has a socket.
async fn at_work(world: &World) -> (Browser<'_>, Browser<'_>, String, String) {
    world.seat(world.company(), ANI, "Ani", Role::Admin).await.unwrap();
    world.seat(world.company(), TONO, "Tono", Role::Agent).await.unwrap();
    let (ani, tono) = (Browser::of(world, ANI).await, Browser::of(world, TONO).await);
    let me = tono.get("/v1/me").await.json["data"]["id"].as_str().unwrap().to_owned();
    let socket = world.open_socket(&tono.access).await.unwrap();
    relay(world).await;
    (ani, tono, me, socket)
}

/// Nothing more is pushed to a socket, and it is closed.
async fn is_over(world: &World, socket: &str) {
    assert!(world.is_open(socket));
    world.heard(socket);
    world.customer_says(BUDI, "Halo").await.unwrap();
    relay(world).await;
    assert!(!world.is_open(socket));
    assert!(rows(world, "socket#").is_empty() && rows(world, "owner").is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_is_removed_hears_nothing_more() {
    let world = World::new().await.unwrap();
    let (ani, tono, me, socket) = at_work(&world).await;
    let ticket = world.ticket(&tono.access).await.unwrap();
    assert_eq!(ani.send("DELETE", &format!("/v1/users/{me}"), json!({})).await.status, 204);
    is_over(&world, &socket).await;
    // Nor does a ticket from before open another.
    assert_eq!(world.connect(&world.process, "late", &ticket).await.unwrap(), Some(403));
}

#[tokio::test(start_paused = true)]
async fn a_socket_whose_closing_fails_is_closed_by_another_try() {
    for fate in [Fate::Throttled, Fate::AnswerLost] {
        let world = World::new().await.unwrap();
        let (ani, _, me, socket) = at_work(&world).await;
        assert_eq!(ani.send("DELETE", &format!("/v1/users/{me}"), json!({})).await.status, 204);
        let mut first = true;
        world.wire.set_fates(Box::new(move |call| {
            let is_it = call.operation == "DeleteConnection" && std::mem::take(&mut first);
            (if is_it { fate } else { Fate::Served }, 1)
        }));
        is_over(&world, &socket).await;
    }
}

#[tokio::test(start_paused = true)]
async fn another_role_needs_another_socket() {
    let world = World::new().await.unwrap();
    let (ani, tono, me, socket) = at_work(&world).await;
    let ticket = world.ticket(&tono.access).await.unwrap();
    let edit = json!({ "role": "supervisor" });
    assert_eq!(ani.send("PUT", &format!("/v1/users/{me}"), edit).await.status, 200);
    is_over(&world, &socket).await;
    // A ticket from before opens what the new role may see.
    let room = Desk::of(&world).room_of(BUDI).await["id"].clone();
    assert_eq!(Desk::of(&world).take_over(&room).await.status, 200);
    assert_eq!(world.connect(&world.process, "late", &ticket).await.unwrap(), Some(200));
    world.customer_says(BUDI, "Masih ada?").await.unwrap();
    relay(&world).await;
    let heard = world.heard("late");
    assert!(heard.iter().any(|event| event["data"]["text"] == "Masih ada?"), "{heard:?}");
}

#[tokio::test(start_paused = true)]
async fn who_signs_out_closes_what_was_open() {
    for everywhere in [false, true] {
        let world = World::new().await.unwrap();
        let (_, tono, _, socket) = at_work(&world).await;
        assert_eq!(tono.sign_out(everywhere).await.status, 204);
        is_over(&world, &socket).await;
    }
}

/// Ani, and a key of hers: its secret, and the request that withdraws it.
async fn keyed(world: &World, expires_at: Value) -> (Browser<'_>, String, ApiRequest) {
    world.seat(world.company(), ANI, "Ani", Role::Admin).await.unwrap();
    let ani = Browser::of(world, ANI).await;
    let body = json!({ "name": "papan", "kind": "bearer", "role": "agent",
        "expires_at": expires_at });
    let made = ani.send("POST", "/v1/api_keys", body).await.json["data"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let path = format!("/v1/api_keys/{}", text(&made["id"]));
    (ani, text(&made["secret"]), ApiRequest::new("DELETE", path))
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_withdrawn_closes_what_it_opened() {
    let world = World::new().await.unwrap();
    let (ani, key, withdrawal) = keyed(&world, Value::Null).await;
    let socket = world.open_socket(&key).await.unwrap();
    let ticket = world.ticket(&key).await.unwrap();
    relay(&world).await;
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(ani.call(withdrawal).await.status, 204);
    is_over(&world, &socket).await;
    // Nor does its last ticket open another.
    assert_eq!(world.connect(&world.process, "late", &ticket).await.unwrap(), Some(403));
}

#[tokio::test(start_paused = true)]
async fn whichever_call_of_the_opening_is_slow_a_key_that_is_withdrawn_leaves_no_socket() {
    for nth in 0.. {
        let world = World::new().await.unwrap();
        let (ani, key, withdrawal) = keyed(&world, Value::Null).await;
        let ticket = world.ticket(&key).await.unwrap();
        let process = world.start_process(UNLUCKY);
        let calls = fates::slow(&world, nth, Fate::Served);
        let open = world.connect(&process, "slow", &ticket);
        let withdraw = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            assert_eq!(ani.call(withdrawal).await.status, 204);
        };
        let (opened, ()) = join(open, withdraw).await;
        let has_struck = fates::has_struck(&calls, nth);
        fates::recover(&world);
        relay(&world).await;
        assert!(rows(&world, "socket#").is_empty(), "call {nth}");
        // What was opened before is closed, and what was not is refused.
        assert!(opened.unwrap() == Some(403) || !world.is_open("slow"), "call {nth}");
        if !has_struck {
            assert!(nth >= 6, "only {nth} calls were slow");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_expired_key_hears_nothing_more() {
    let world = World::new().await.unwrap();
    let expires_at = world.now().plus(jiff::SignedDuration::from_mins(5)).to_string();
    let (_, key, _) = keyed(&world, json!(expires_at)).await;
    let socket = world.open_socket(&key).await.unwrap();
    relay(&world).await;
    world.heard(&socket);
    let ping = r#"{"action": "ping"}"#;
    for _ in 0..4 {
        world.pass(Duration::from_secs(60)).await;
        assert_eq!(world.say(&socket, ping).await.unwrap()["type"], "pong");
    }
    world.customer_says(BUDI, "Halo").await.unwrap();
    relay(&world).await;
    assert!(!world.heard(&socket).is_empty());

    world.pass(Duration::from_secs(61)).await;
    world.customer_says(BUDI, "rahasia").await.unwrap();
    relay(&world).await;
    assert_eq!(world.heard(&socket), Vec::<Value>::new());
    assert_eq!(Desk::of(&world).get("/v1/presence").await["data"], json!([]));
    // When its client says that it is there, it is told otherwise.
    assert_eq!(world.say(&socket, ping).await.unwrap()["code"], "closed");
    relay(&world).await;
    assert!(!world.is_open(&socket));
}

#[tokio::test(start_paused = true)]
async fn who_signed_out_opens_nothing_with_a_ticket_from_before() {
    for everywhere in [false, true] {
        let world = World::new().await.unwrap();
        let (_, tono, _, socket) = at_work(&world).await;
        let ticket = world.ticket(&tono.access).await.unwrap();
        world.pass(Duration::from_secs(1)).await;
        assert_eq!(tono.sign_out(everywhere).await.status, 204);
        is_over(&world, &socket).await;
        assert_eq!(world.connect(&world.process, "late", &ticket).await.unwrap(), Some(403));
        // The access token lives out its ten minutes, and nothing that it opens lives longer.
        world.pass(Duration::from_secs(1)).await;
        let last = world.open_socket(&tono.access).await.unwrap();
        relay(&world).await;
        world.heard(&last);
        for _ in 0..10 {
            world.pass(Duration::from_secs(60)).await;
            world.say(&last, r#"{"action": "ping"}"#).await.unwrap();
        }
        world.customer_says(BUDI, "rahasia").await.unwrap();
        relay(&world).await;
        assert_eq!(world.heard(&last), Vec::<Value>::new());
        assert!(!world.is_open(&last));
    }
}
