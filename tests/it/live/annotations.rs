//! What is said about messages, and notes, reach clients as things of their own; and no client is
//! told words that were deleted by then.

use std::time::Duration;

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest};

use super::{Caller, kinds, relay};
use crate::desk::{
    BUDI, Desk,
    payload::{delivery, post, status, text},
};
use world::client::{Client, everything};

const NUMBER: &str = "106540352242922";

async fn take(world: &World, message: &Value) {
    let body = delivery(NUMBER, std::slice::from_ref(message), &[]);
    assert_eq!(post(world, world.company(), &body).await, 200);
}

/// Budi does this now to the message that this id names.
fn done(world: &World, id: &str, kind: &str, target: &str) -> Value {
    let mut done = text(world, BUDI, id, 0, "");
    done["type"] = json!(kind);
    done[kind] = match kind {
        "reaction" => json!({ "message_id": target, "emoji": "👍" }),
        "edit" => json!({ "original_message_id": target,
            "message": { "type": "text", "text": { "body": "rahasia dua" } } }),
        _ => json!({ "original_message_id": target }),
    };
    done
}

async fn after(desk: &Desk<'_>, cursor: &str) -> Vec<Value> {
    let page = desk.get(&format!("/v1/events?after={cursor}")).await;
    page["data"].as_array().unwrap().clone()
}

async fn cursor(desk: &Desk<'_>) -> String {
    desk.get("/v1/events").await["meta"]["next"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_reaction_an_edit_and_a_deletion_are_told_as_they_happen() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let socket = world.open_socket(&desk.key).await.unwrap();
    take(&world, &text(&world, BUDI, "wamid.1", 0, "rahasia satu")).await;
    relay(&world).await;
    world.heard(&socket);

    take(&world, &done(&world, "wamid.R", "reaction", "wamid.1")).await;
    relay(&world).await;
    let events = world.heard(&socket);
    assert_eq!(kinds(&events), ["annotations.changed"]);
    let said = &events[0]["data"];
    assert_eq!((&said["message_external_id"], &said["version"]), (&json!("wamid.1"), &json!(1)));
    assert_eq!(said["reactions"], json!([{ "emoji": "👍", "participant_type": "customer" }]));

    world.pass(Duration::from_secs(1)).await;
    take(&world, &done(&world, "wamid.E", "edit", "wamid.1")).await;
    relay(&world).await;
    let events = world.heard(&socket);
    assert_eq!(kinds(&events), ["room.changed", "annotations.changed"]);
    assert_eq!(events[0]["data"]["last_message"]["text"], "rahasia dua");
    assert_eq!(events[1]["data"]["customer"]["text"], "rahasia dua");

    world.pass(Duration::from_secs(1)).await;
    take(&world, &done(&world, "wamid.D", "revoke", "wamid.1")).await;
    relay(&world).await;
    let events = world.heard(&socket);
    assert_eq!(kinds(&events), ["room.changed", "annotations.changed"]);
    assert!(events[1]["data"]["customer"]["deleted_at"].is_string());
    assert!(!json!(events).to_string().contains("rahasia"), "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_words_that_were_deleted_by_then() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let start = cursor(&desk).await;
    let socket = world.open_socket(&desk.key).await.unwrap();
    take(&world, &text(&world, BUDI, "wamid.1", 0, "rahasia satu")).await;
    world.pass(Duration::from_secs(1)).await;
    take(&world, &done(&world, "wamid.E", "edit", "wamid.1")).await;
    world.pass(Duration::from_secs(1)).await;
    take(&world, &done(&world, "wamid.D", "revoke", "wamid.1")).await;
    // Relay was slow: each of these was still to be told.
    while world.relay(&world.process, 1).await.unwrap() {}
    let heard = json!(world.heard(&socket)).to_string();
    assert!(heard.contains("annotations.changed") && !heard.contains("rahasia"), "{heard}");
    let events = after(&desk, &start).await;
    assert_eq!(kinds(&events), ["room.changed", "message.changed", "annotations.changed"]);
    assert!(!json!(events).to_string().contains("rahasia"), "{events:?}");
    // The journal itself holds nobody's words, packed or not: it names what has changed.
    let message = events.iter().find(|event| event["type"] == "message.changed").unwrap();
    assert!(message["data"]["deleted_at"].is_string());
}

#[tokio::test(start_paused = true)]
async fn what_happens_to_a_message_later_keeps_its_annotations() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    desk.reply(&room, "Halo juga", "k").await;
    world.settle(Duration::from_secs(2)).await.unwrap();
    world.pass(Duration::from_secs(60)).await;
    let wamid = world.company().graph().log()[0].wamid.clone();
    take(&world, &done(&world, "wamid.R", "reaction", &wamid)).await;
    relay(&world).await;
    let socket = world.open_socket(&desk.key).await.unwrap();
    relay(&world).await;
    world.heard(&socket);
    let played = status(&world, world.company(), "played");
    let body = delivery(NUMBER, &[], &[played]);
    assert_eq!(post(&world, world.company(), &body).await, 200);
    relay(&world).await;
    let events = world.heard(&socket);
    assert_eq!(kinds(&events), ["message.changed"]);
    assert_eq!(events[0]["data"]["status"], "played");
    assert_eq!(events[0]["data"]["reactions"][0]["emoji"], "👍");
    assert_eq!(events[0]["data"], desk.history(&room).await[1]);
}

#[tokio::test(start_paused = true)]
async fn a_client_shows_reactions_edits_deletions_and_notes_as_the_api_does() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    take(&world, &text(&world, BUDI, "wamid.1", 0, "satu")).await;
    take(&world, &text(&world, BUDI, "wamid.2", 0, "dua")).await;
    take(&world, &text(&world, BUDI, "wamid.3", 0, "tiga")).await;
    let room = desk.only_room().await["id"].clone();
    let first = desk.note(&room, "Minta diskon", "one").await.json["data"]["id"].clone();
    relay(&world).await;
    world.pass(Duration::from_secs(60)).await;
    let boss = Caller { world: &world, key: &desk.key };
    let mut client = Client::of(None);
    assert!(client.begin(&boss).await.unwrap());

    take(&world, &done(&world, "wamid.R", "reaction", "wamid.1")).await;
    take(&world, &done(&world, "wamid.E", "edit", "wamid.2")).await;
    take(&world, &done(&world, "wamid.D", "revoke", "wamid.3")).await;
    let target = desk.history(&room).await[0]["id"].clone();
    let reaction =
        json!({ "type": "reaction", "reaction": { "message_id": target, "emoji": "🙏" }});
    assert_eq!(desk.send(&room, "r", &reaction).await.status, 201);
    let path = format!("/v1/rooms/{}/notes/{}", room.as_str().unwrap(), first.as_str().unwrap());
    assert_eq!(desk.call(ApiRequest::new("DELETE", path)).await.status, 204);
    assert_eq!(desk.note(&room, "Sudah dikirim", "two").await.status, 201);
    world.settle(Duration::from_secs(60)).await.unwrap();

    assert!(client.catch_up(&boss).await.unwrap());
    let truth = everything(&boss, None).await.unwrap().unwrap();
    assert_eq!(client.shown(), truth);
    let shown = json!(truth.messages.values().collect::<Vec<_>>()).to_string();
    assert!(shown.contains("👍") && shown.contains("🙏") && shown.contains("rahasia dua"));
    assert!(!shown.contains("tiga"));
    assert_eq!(truth.notes.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_note_that_was_deleted_stays_away_whoever_repeats_it() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let tono = world.add_member("Tono", Role::Agent).await.unwrap();
    let room = desk.first_words(BUDI).await;
    let socket = world.open_socket(&tono).await.unwrap();
    relay(&world).await;
    world.heard(&socket);
    let note = desk.note(&room, "rahasia", "one").await.json["data"].clone();
    relay(&world).await;
    let events = world.heard(&socket);
    assert_eq!((kinds(&events), &events[0]["data"]), (vec!["note.changed"], &note));
    let path =
        format!("/v1/rooms/{}/notes/{}", room.as_str().unwrap(), note["id"].as_str().unwrap());
    assert_eq!(desk.call(ApiRequest::new("DELETE", &path)).await.status, 204);
    relay(&world).await;
    let events = world.heard(&socket);
    assert_eq!(kinds(&events), ["note.gone"]);
    assert_eq!((&events[0]["subject_id"], events[0].get("data")), (&note["id"], None));
    // The first request comes once more.
    assert_eq!(desk.note(&room, "rahasia", "one").await.status, 404);
    let path = format!("/v1/rooms/{}/notes", room.as_str().unwrap());
    assert_eq!(desk.get(&path).await["data"], json!([]));
    let rows = world.wire.services().dynamodb.rows().unwrap();
    assert!(!json!(rows).to_string().contains("rahasia"), "its words are gone");
}
