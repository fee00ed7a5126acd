//! Buttons and lists, as Qontak's clients send them.

use std::time::Duration;

use serde_json::{Value, json};
use world::World;

use super::{ask, done, first_words, received, sending::post_form};
use crate::desk::{BUDI, Desk, problem, stored};

const PATH: &str = "/messages/whatsapp/interactive_message/bot";

fn buttons() -> Value {
    json!({ "body": "Mau diantar?", "footer": "Kopi Kita",
        "header": { "format": "text", "text": "Antar" },
        "buttons": [{ "id": "yes", "title": "Ya" }, { "id": "no", "title": "Tidak" }] })
}

fn rows() -> Value {
    let rows = json!([{ "id": "1", "title": "Kopi susu", "description": "Panas" }]);
    json!({ "body": "Mau apa?", "lists": {
        "button": "Pilih", "sections": [{ "title": "Minum", "rows": rows }] } })
}

#[tokio::test(start_paused = true)]
async fn buttons_and_lists_reach_the_customer_once() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    for (kind, interactive) in [("button", buttons()), ("list", rows())] {
        let body = json!({ "room_id": room, "type": kind, "interactive": interactive });
        let sent = done(&desk, "POST", PATH, body.clone()).await;
        assert_eq!(sent["type"], "interactive");
        // What a client does after a timeout.
        assert_eq!(done(&desk, "POST", PATH, body).await["id"], sent["id"]);
    }
    world.settle(Duration::from_secs(5)).await.unwrap();
    assert_eq!(received(&world), 2);
    let graph = world.company().graph();
    let log = graph.log();
    assert_eq!(log[0].content["action"]["buttons"][1]["reply"]["id"], "no");
    assert_eq!(log[1].content["action"]["sections"][0]["rows"][0]["title"], "Kopi susu");
}

#[tokio::test(start_paused = true)]
async fn in_a_form_the_choice_is_json_text() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let post = async |kind: &str, interactive: &str| {
        let fields = [("room_id", room.as_str()), ("type", kind), ("interactive", interactive)];
        post_form(&desk, PATH, &fields, None).await
    };
    let said = post("button", &buttons().to_string()).await;
    assert_eq!(said.status, 201, "{}", said.json);
    // The same as JSON is the same message.
    let body = json!({ "room_id": room, "type": "button", "interactive": buttons() });
    assert_eq!(done(&desk, "POST", PATH, body).await["id"], said.json["data"]["id"]);
    assert_eq!(post("list", &rows().to_string()).await.status, 201);
    world.settle(Duration::from_secs(5)).await.unwrap();
    assert_eq!(received(&world), 2);

    let before = stored(&world);
    for (interactive, field) in [
        ("{\"body\":", "interactive"),
        ("Mau diantar?", "interactive"),
        ("{\"body\":7}", "interactive.body"),
        ("{\"body\":\"x\",\"buttons\":[{\"id\":\"a\"}]}", "interactive.buttons[0].title"),
    ] {
        let refused = post("button", interactive).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field), "{interactive}");
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_choice_is_named_as_the_client_named_it() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let before = stored(&world);
    let with = |base: Value, name: &str, value: Value| {
        let mut base = base;
        base[name] = value;
        base
    };
    let long = json!([{ "id": "a", "title": "x".repeat(21) }]);
    let picture = |link: &str| json!({ "format": "image", "link": link });
    for (kind, interactive, field) in [
        ("button", rows(), "interactive.buttons"),
        ("list", buttons(), "interactive.lists"),
        ("list", with(rows(), "buttons", json!([])), "interactive.buttons"),
        ("button", with(buttons(), "buttons", long), "interactive.buttons[0].title"),
        ("button", with(buttons(), "body", json!("")), "interactive.body"),
        (
            "button",
            with(buttons(), "header", picture("https://example.com/a.jpg")),
            "interactive.header.link",
        ),
        (
            "list",
            with(rows(), "lists", json!({ "button": "Pilih", "sections": [] })),
            "interactive.lists.sections",
        ),
        ("story", buttons(), "type"),
    ] {
        let body = json!({ "room_id": room, "type": kind, "interactive": interactive });
        let refused = ask(&desk, "POST", PATH, body.clone()).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field), "{body}");
    }
    assert_eq!(stored(&world), before);
}
