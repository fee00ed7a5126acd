//! Of one who turned out to be one whom we know: what they do to a message is kept and told where
//! the message is, and nowhere else.

use std::time::Duration;

use domain::api_key::Role;
use futures_util::future::join;
use serde_json::{Value, json};
use world::{World, wire::Fate};

use super::NUMBER;
use crate::desk::{
    BUDI, Desk,
    fates::{self, UNLUCKY},
    payload::{delivery, post, text},
    texts,
};

const ID: &str = "ID.1111";

/// A text of one who hides their number, is known by it, or tells both.
fn said(world: &World, is_by_id: bool, is_by_number: bool, id: &str, ago: u64) -> Value {
    let mut said = text(world, BUDI, id, ago, id);
    if !is_by_number {
        said.as_object_mut().unwrap().remove("from");
    }
    if is_by_id {
        said["from_user_id"] = json!(ID);
    }
    said
}

/// What Budi does now to the message of this id.
fn done(world: &World, kind: &str, target: &str) -> Value {
    let mut done = text(world, BUDI, &format!("wamid.{kind}.{target}"), 0, "");
    done["type"] = json!(kind);
    done[kind] = match kind {
        "reaction" => json!({ "message_id": target, "emoji": "👍" }),
        "edit" => json!({ "original_message_id": target,
            "message": { "type": "text", "text": { "body": "lain" } } }),
        _ => json!({ "original_message_id": target }),
    };
    done
}

async fn take(world: &World, what: &Value) {
    let body = delivery(NUMBER, std::slice::from_ref(what), &[]);
    assert_eq!(post(world, world.company(), &body).await, 200);
}

/// The rooms of one who wrote by number and hid it later, once they told both.
async fn merged(world: &World) -> (Value, Value) {
    let desk = Desk::of(world);
    take(world, &said(world, false, true, "satu", 0)).await;
    world.pass(Duration::from_secs(100)).await;
    take(world, &said(world, true, false, "dua", 0)).await;
    let (old, young) = (desk.room_of(BUDI).await, desk.room_of(ID).await);
    world.pass(Duration::from_secs(100)).await;
    take(world, &said(world, true, true, "tiga", 0)).await;
    world.pass(Duration::from_secs(2)).await;
    (old["id"].clone(), young["id"].clone())
}

/// About which messages something is known in a room.
async fn annotated(desk: &Desk<'_>, room: &Value) -> Vec<String> {
    let path = format!("/v1/rooms/{}/annotations", room.as_str().unwrap());
    let listed = desk.get(&path).await["data"].clone();
    let mut targets: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|said| said["message_external_id"].as_str().unwrap().to_owned())
        .collect();
    targets.sort_unstable();
    targets.dedup();
    targets
}

#[tokio::test(start_paused = true)]
async fn what_is_done_to_a_message_is_kept_and_told_where_the_message_is() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (old, young) = merged(&world).await;
    let (tono, sari) = (
        world.add_member("Tono", Role::Agent).await.unwrap(),
        world.add_member("Sari", Role::Agent).await.unwrap(),
    );
    let (of_tono, of_sari) = (Desk::with_key(&world, &tono), Desk::with_key(&world, &sari));
    assert_eq!(of_tono.take_over(&old).await.status, 200);
    assert_eq!(of_sari.take_over(&young).await.status, 200);
    while world.relay(&world.process, 20).await.unwrap() {}
    let sockets =
        (world.open_socket(&tono).await.unwrap(), world.open_socket(&sari).await.unwrap());
    while world.relay(&world.process, 20).await.unwrap() {}
    world.heard(&sockets.0);
    world.heard(&sockets.1);

    for (target, is_olds) in [("satu", true), ("dua", false), ("tiga", true)] {
        for kind in ["reaction", "edit", "revoke"] {
            world.pass(Duration::from_secs(1)).await;
            take(&world, &done(&world, kind, target)).await;
            while world.relay(&world.process, 20).await.unwrap() {}
            let heard = (world.heard(&sockets.0), world.heard(&sockets.1));
            let (told, other) = if is_olds { (heard.0, heard.1) } else { (heard.1, heard.0) };
            assert!(json!(told).to_string().contains("annotations.changed"), "{kind} {target}");
            assert_eq!(other, Vec::<Value>::new(), "{kind} {target}");
        }
    }
    assert_eq!(annotated(&desk, &old).await, ["satu", "tiga"]);
    assert_eq!(annotated(&desk, &young).await, ["dua"]);
    for room in [&old, &young] {
        assert_eq!(desk.room(room).await["last_message"]["text"], "[deleted]");
        assert!(desk.history(room).await.iter().all(|shown| shown["deleted_at"].is_string()));
    }
}

#[tokio::test(start_paused = true)]
async fn what_overtook_its_message_is_kept_where_the_message_will_come() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (old, young) = merged(&world).await;
    let late = said(&world, true, true, "empat", 1);
    take(&world, &done(&world, "revoke", "empat")).await;
    assert_eq!(annotated(&desk, &old).await, ["empat"]);
    assert_eq!(annotated(&desk, &young).await, Vec::<String>::new());
    take(&world, &late).await;
    assert_eq!(desk.room(&old).await["last_message"]["text"], "[deleted]");
}

#[tokio::test(start_paused = true)]
async fn a_reaction_that_the_merging_overtakes_is_shown_at_its_message() {
    for call in 0.. {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        take(&world, &said(&world, false, true, "satu", 0)).await;
        world.pass(Duration::from_secs(100)).await;
        take(&world, &said(&world, true, false, "dua", 0)).await;
        let (old, young) = (desk.room_of(BUDI).await, desk.room_of(ID).await);
        world.pass(Duration::from_secs(10)).await;
        let mut reaction = done(&world, "reaction", "empat");
        reaction.as_object_mut().unwrap().remove("from");
        reaction["from_user_id"] = json!(ID);

        // One of its calls takes long; meanwhile the two are one, and the message comes.
        let calls = fates::slow(&world, call, Fate::Served);
        let process = world.start_process(UNLUCKY);
        let body = delivery(NUMBER, std::slice::from_ref(&reaction), &[]);
        let request = world::company::webhook_request(world.company(), &body);
        let meanwhile = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            take(&world, &said(&world, true, true, "tiga", 5)).await;
            take(&world, &said(&world, true, true, "empat", 0)).await;
        };
        let (answered, ()) = join(world.webhook(&process, &request), meanwhile).await;
        assert_eq!(answered.unwrap().unwrap().0, 200);
        let has_struck = fates::has_struck(&calls, call);
        fates::recover(&world);

        assert_eq!(annotated(&desk, &old["id"]).await, ["empat"], "call {call}");
        assert_eq!(annotated(&desk, &young["id"]).await, Vec::<String>::new(), "call {call}");
        let history = desk.history(&old["id"]).await;
        let shown = history.iter().find(|shown| shown["text"] == "empat").unwrap();
        assert_eq!(shown["reactions"].as_array().unwrap().len(), 1, "call {call}: {shown}");
        if !has_struck {
            assert!(call >= 3, "it takes more than {call} calls");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_overtook_its_message_before_the_rooms_were_merged_comes_along_whatever_befalls() {
    for fate in fates::EACH {
        for nth in 0.. {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            take(&world, &said(&world, false, true, "satu", 0)).await;
            world.pass(Duration::from_secs(100)).await;
            take(&world, &said(&world, true, false, "dua", 0)).await;
            let (old, young) = (desk.room_of(BUDI).await, desk.room_of(ID).await);
            world.pass(Duration::from_secs(10)).await;
            let late = said(&world, true, false, "rahasia", 3);
            let mut deletion = done(&world, "revoke", "rahasia");
            deletion.as_object_mut().unwrap().remove("from");
            deletion["from_user_id"] = json!(ID);
            take(&world, &deletion).await;
            take(&world, &said(&world, true, true, "tiga", 5)).await;

            let calls = fates::strike(&world, nth, fate);
            let process = world.start_process(UNLUCKY);
            let body = delivery(NUMBER, std::slice::from_ref(&late), &[]);
            let request = world::company::webhook_request(world.company(), &body);
            world.webhook(&process, &request).await.unwrap();
            let has_struck = fates::has_struck(&calls, nth);
            fates::recover(&world);
            take(&world, &late).await;
            world.settle(Duration::from_secs(900)).await.unwrap();

            let at = format!("{fate:?} call {nth}");
            let room = desk.room(&old["id"]).await;
            assert_eq!(room["last_message"]["text"], "[deleted]", "{at}");
            let history = desk.history(&old["id"]).await;
            assert_eq!(texts(&history)[..2], ["satu", "tiga"], "{at}");
            assert!(history[2]["deleted_at"].is_string(), "{at}");
            assert_eq!(annotated(&desk, &old["id"]).await, ["rahasia"], "{at}");
            assert_eq!(annotated(&desk, &young["id"]).await, Vec::<String>::new(), "{at}");
            if !has_struck {
                assert!(nth > 8, "it takes more than {nth} calls");
                break;
            }
        }
    }
}
