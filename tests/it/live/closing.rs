//! Sockets end with what they were opened for.

use std::time::Duration;

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest};

use super::relay;
use crate::desk::{BUDI, Desk, people::Browser, rows};

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

#[tokio::test(start_paused = true)]
async fn a_key_that_is_withdrawn_closes_what_it_opened() {
    let world = World::new().await.unwrap();
    world.seat(world.company(), ANI, "Ani", Role::Admin).await.unwrap();
    let ani = Browser::of(&world, ANI).await;
    let body = json!({ "name": "papan", "kind": "bearer", "role": "agent" });
    let made = ani.send("POST", "/v1/api_keys", body).await.json["data"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let socket = world.open_socket(&text(&made["secret"])).await.unwrap();
    relay(&world).await;
    world.pass(Duration::from_secs(1)).await;
    let path = format!("/v1/api_keys/{}", text(&made["id"]));
    assert_eq!(ani.call(ApiRequest::new("DELETE", path)).await.status, 204);
    is_over(&world, &socket).await;
}
