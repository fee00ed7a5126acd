//! Reactions, edits and deletions: in whatever order they come, the latest counts.

use std::time::Duration;

use serde_json::{Value, json};
use world::{
    World,
    graph::{Kind, MediaKind, Person},
    requests::ApiRequest,
};

use super::NUMBER;
use crate::desk::{
    BUDI, Desk, SITI,
    payload::{delivery, post, text},
};

/// Something that Budi does to a message, so many seconds before now.
fn done(world: &World, id: &str, ago: u64, kind: &str, what: Value) -> Value {
    let mut done = text(world, BUDI, id, ago, "");
    done["type"] = json!(kind);
    done[kind] = what;
    done
}

fn reaction(world: &World, id: &str, ago: u64, target: &str, emoji: Option<&str>) -> Value {
    let mut what = json!({ "message_id": target });
    if let Some(emoji) = emoji {
        what["emoji"] = json!(emoji);
    }
    done(world, id, ago, "reaction", what)
}

fn edit(world: &World, id: &str, ago: u64, words: &str) -> Value {
    let message = json!({ "type": "text", "text": { "body": words } });
    done(world, id, ago, "edit", json!({ "original_message_id": "wamid.1", "message": message }))
}

async fn take(world: &World, what: &Value) {
    let body = delivery(NUMBER, std::slice::from_ref(what), &[]);
    assert_eq!(post(world, world.company(), &body).await, 200);
}

/// Every order in which three things can come.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

#[tokio::test(start_paused = true)]
async fn a_reaction_that_was_taken_back_stays_away_in_whatever_order_they_come() {
    for order in ORDERS {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let room = desk.first_words(BUDI).await;
        desk.reply(&room, "Halo juga", "k").await;
        world.settle(Duration::from_secs(2)).await.unwrap();
        world.pass(Duration::from_secs(60)).await;
        let wamid = world.company().graph().log()[0].wamid.clone();
        let before = desk.room(&room).await;
        let steps = [
            reaction(&world, "wamid.R1", 30, &wamid, Some("👍")),
            reaction(&world, "wamid.R2", 20, &wamid, Some("❤️")),
            reaction(&world, "wamid.R3", 10, &wamid, None),
        ];
        for step in order.iter().chain(&order) {
            take(&world, &steps[*step]).await;
        }
        let history = desk.history(&room).await;
        assert_eq!((history.len(), &history[1]["reactions"]), (2, &json!([])), "{order:?}");
        take(&world, &reaction(&world, "wamid.R4", 5, &wamid, Some("🙏"))).await;
        let expected = json!([{ "emoji": "🙏", "participant_type": "customer" }]);
        assert_eq!(desk.history(&room).await[1]["reactions"], expected);
        // Nobody wrote: the room is as it was, unread and window and all.
        assert_eq!(desk.room(&room).await, before);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reaction_neither_reopens_a_room_nor_opens_the_window() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    desk.resolve(&room).await;
    world.pass(Duration::from_secs(25 * 3600)).await;
    take(&world, &reaction(&world, "wamid.R", 0, "wamid.X", Some("👍"))).await;
    let after = desk.room(&room).await;
    assert_eq!((&after["status"], &after["session"]), (&json!("resolved"), &json!("expired")));
    // About a message that is not here, it is found all the same.
    let path = format!("/v1/rooms/{}/annotations", room.as_str().unwrap());
    let listed = desk.get(&path).await["data"].clone();
    assert_eq!(listed[0]["external_id"], "wamid.R");
    assert_eq!(
        (&listed[0]["message_external_id"], &listed[0]["emoji"]),
        (&json!("wamid.X"), &json!("👍"))
    );
}

#[tokio::test(start_paused = true)]
async fn an_edited_message_shows_its_last_words_and_keeps_its_first() {
    for order in ORDERS {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        desk.first_words(BUDI).await;
        world.pass(Duration::from_secs(60)).await;
        let steps = [
            text(&world, BUDI, "wamid.1", 30, "Halo, kopi"),
            edit(&world, "wamid.E1", 20, "Halo, kopi Gayo"),
            edit(&world, "wamid.E2", 10, "Halo, kopi Gayo 250 g"),
        ];
        for step in order.iter().chain(&order) {
            take(&world, &steps[*step]).await;
        }
        let room = desk.only_room().await;
        let history = desk.history(&room["id"]).await;
        let message = &history[1];
        assert_eq!(history.len(), 2, "{order:?}");
        assert_eq!(message["text"], "Halo, kopi Gayo 250 g");
        assert_eq!(message["original"]["text"], "Halo, kopi");
        assert!(message["edited_at"].is_string());
        assert_eq!(room["unread_count"], 2);
        assert_eq!(room["last_message"]["text"], "Halo, kopi Gayo 250 g", "{order:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_reads_on_what_a_customer_deleted() {
    for order in ORDERS {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        desk.first_words(BUDI).await;
        world.pass(Duration::from_secs(60)).await;
        let target = json!({ "original_message_id": "wamid.1" });
        let steps = [
            text(&world, BUDI, "wamid.1", 30, "rahasia satu"),
            edit(&world, "wamid.E1", 20, "rahasia dua"),
            done(&world, "wamid.D", 10, "revoke", target),
        ];
        for step in order.iter().chain(&order) {
            take(&world, &steps[*step]).await;
        }
        let room = desk.only_room().await;
        let history = desk.history(&room["id"]).await;
        let message = &history[1];
        assert_eq!((history.len(), &message["text"]), (2, &Value::Null), "{order:?}");
        assert_eq!((&message["type"], &message["original"]), (&json!("text"), &Value::Null));
        assert!(message["deleted_at"].is_string());
        let path = format!("/v1/rooms/{}/annotations", room["id"].as_str().unwrap());
        let all = json!([history, desk.get(&path).await]).to_string();
        assert!(!all.contains("rahasia"), "{all}");
        assert_eq!(room["last_message"]["text"], "[deleted]", "{order:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_opens_the_file_of_a_message_that_was_deleted() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let bytes = [world::files::JPEG, b"rahasia"].concat();
    let budi = Person::with_phone(BUDI, "Budi");
    let now = world.clock.now_ms();
    let id = world.company().graph().customer_uploads(now, "image/jpeg", bytes);
    let sent = Kind::file(MediaKind::Image, &id);
    let delivery_of = world.company().graph().customer_sends(now, &budi, sent);
    assert_eq!(world.deliver(world.company(), &delivery_of).await.unwrap(), 200);
    world.settle(Duration::from_secs(60)).await.unwrap();
    let room = desk.only_room().await["id"].clone();
    let message = desk.history(&room).await[0].clone();
    assert_eq!(message["file"]["state"], "stored");
    let path = |what: &str| {
        let (room, id) = (room.as_str().unwrap(), message["id"].as_str().unwrap());
        format!("/v1/rooms/{room}/messages/{id}/file{what}")
    };
    assert_eq!(desk.call(ApiRequest::new("GET", path(""))).await.status, 200);
    let target = json!({ "original_message_id": message["external_id"] });
    take(&world, &done(&world, "wamid.D", 0, "revoke", target)).await;
    for (method, what) in [("GET", ""), ("POST", "/retry")] {
        assert_eq!(desk.call(ApiRequest::new(method, path(what))).await.status, 404, "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_older_edit_that_comes_late_brings_no_words_back() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.first_words(BUDI).await;
    world.pass(Duration::from_secs(60)).await;
    take(&world, &text(&world, BUDI, "wamid.1", 30, "satu")).await;
    take(&world, &edit(&world, "wamid.E2", 10, "tiga")).await;
    for _ in 0..2 {
        take(&world, &edit(&world, "wamid.E1", 20, "dua")).await;
        assert_eq!(desk.only_room().await["last_message"]["text"], "tiga");
    }
    let target = json!({ "original_message_id": "wamid.1" });
    take(&world, &done(&world, "wamid.D", 5, "revoke", target)).await;
    take(&world, &edit(&world, "wamid.E2", 10, "tiga")).await;
    assert_eq!(desk.only_room().await["last_message"]["text"], "[deleted]");
}

#[tokio::test(start_paused = true)]
async fn a_reaction_of_one_who_never_wrote_is_kept_as_an_event() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    for _ in 0..2 {
        take(&world, &reaction(&world, "wamid.R", 0, "wamid.X", Some("👍"))).await;
    }
    assert_eq!(desk.rooms("all").await.len(), 0);
    let events = desk.events("integration").await;
    assert_eq!((events.len(), &events[0]["kind"]), (1, &json!("reaction")));
}

#[tokio::test(start_paused = true)]
async fn a_room_with_many_annotations_shows_each_and_lists_them_page_by_page() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    world.customer_says(SITI, "Halo").await.unwrap();
    world.pass(Duration::from_secs(600)).await;
    let said: Vec<Value> = (0..250)
        .map(|n| text(&world, BUDI, &format!("wamid.{n}"), 500 - n, &n.to_string()))
        .collect();
    let react =
        |n: u64| reaction(&world, &format!("wamid.R{n}"), 100, &format!("wamid.{n}"), Some("👍"));
    let reactions: Vec<Value> = (0..250).map(react).collect();
    for batch in [said, reactions] {
        let body = delivery(NUMBER, &batch, &[]);
        assert_eq!(post(&world, world.company(), &body).await, 200);
    }
    let history = desk.history(&room).await;
    assert_eq!(history.len(), 100);
    assert!(history.iter().all(|message| message["reactions"][0]["emoji"] == "👍"));
    let (mut found, mut next) = (0, String::new());
    loop {
        let path = format!("/v1/rooms/{}/annotations?limit=100{next}", room.as_str().unwrap());
        let page = desk.call(ApiRequest::new("GET", path)).await.json;
        found += page["data"].as_array().unwrap().len();
        match page["meta"]["pagination"]["cursor"]["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(found, 250);
}
