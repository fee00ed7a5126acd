//! Every type of message on its way to the customer, and what is refused before it is stored.

use std::time::Duration;

use domain::{
    Id,
    integration::Member,
    upload::{Upload, UploadState},
};
use serde_json::{Value, json};
use world::{World, company::Company, graph::Fault, requests::ApiRequest};

use super::{MINUTES, answered};
use crate::desk::{BUDI, Desk, SITI, problem, rows, stored};

/// A file that was uploaded; its id.
pub(super) async fn uploaded(world: &World, name: &str, mime_type: &str, size: u64) -> String {
    uploaded_of(world, world.company(), name, mime_type, size).await
}

/// A file that a company uploaded.
pub(super) async fn uploaded_of(
    world: &World,
    company: &Company,
    name: &str,
    mime_type: &str,
    size: u64,
) -> String {
    let id = Id::derived(&["upload", name]);
    let upload = Upload {
        id,
        key: format!("upload/{name}"),
        filename: name.to_owned(),
        mime_type: mime_type.to_owned(),
        size,
        is_animated: false,
        state: UploadState::Ready { sha256: "00".into() },
        created_by: Member { id: Id::derived(&["ani"]), name: "Ani".into() },
        created_at: world.now(),
        ends_at: None,
    };
    let organization = company.provisioned.organization_id;
    world.process.table.tenant(organization).begin_upload(&upload).await.unwrap();
    id.to_string()
}

/// Messages without files, of every type that a room in its window takes.
fn plain() -> Vec<Value> {
    let buttons = json!([{ "id": "yes", "title": "Ya" }, { "id": "no", "title": "Tidak" }]);
    let rows = json!([{ "id": "1", "title": "Kopi susu", "description": "Panas" }]);
    let interactive = |what: Value| {
        let mut interactive = json!({ "body": "Mau apa?" });
        interactive.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        json!({ "type": "interactive", "interactive": interactive })
    };
    vec![
        json!({ "type": "text", "text": "Halo juga" }),
        json!({ "type": "location", "location": {
            "latitude": -6.2, "longitude": 106.816666, "name": "Kopi Kita" } }),
        json!({ "type": "contacts", "contacts": [{ "name": "Ani", "phones": ["+62811"] }] }),
        interactive(json!({ "buttons": buttons, "footer": "Kopi Kita",
            "header": { "type": "text", "text": "Antar?" } })),
        interactive(json!({ "list": { "button": "Pilih", "sections": [{ "rows": rows }] } })),
        interactive(json!({ "link": { "label": "Menu", "url": "https://kopikita.example" } })),
        interactive(json!({ "location_request": true })),
        interactive(json!({ "flow": { "label": "Pesan", "flow_id": "77", "flow_token": "meja-7",
            "screen": "PESAN", "data": { "meja": 7 } } })),
        interactive(json!({ "flow": { "label": "Pesan", "flow_id": "77" } })),
        interactive(
            json!({ "product": { "catalog_id": "88", "product_retailer_id": "gayo-250" } }),
        ),
        interactive(json!({ "product_list": { "catalog_id": "88", "sections": [
            { "title": "Biji", "product_retailer_ids": ["gayo-250", "toraja-250"] }] },
            "header": { "type": "text", "text": "Kopi" } })),
        interactive(json!({ "catalog": { "thumbnail_product_retailer_id": "gayo-250" } })),
        interactive(json!({ "catalog": {} })),
    ]
}

async fn ours(desk: &Desk<'_>, room: &Value) -> Vec<Value> {
    let mut history = desk.history(room).await;
    history.retain(|message| message["participant_type"] == "agent");
    history
}

#[tokio::test(start_paused = true)]
async fn every_type_reaches_the_customer() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let mut bodies = plain();
    for (kind, mime_type, caption) in [
        ("image", "image/png", Some("Ini")),
        ("audio", "audio/ogg", None),
        ("video", "video/mp4", None),
        ("document", "application/pdf", Some("Nota")),
        ("sticker", "image/webp", None),
    ] {
        let file_id = uploaded(&world, kind, mime_type, 1000).await;
        let mut body = json!({ "type": kind, "file_id": file_id });
        if let Some(caption) = caption {
            body["caption"] = json!(caption);
        }
        bodies.push(body);
    }
    for (kind, mime_type) in
        [("image", "image/png"), ("video", "video/mp4"), ("document", "application/pdf")]
    {
        let file_id = uploaded(&world, &format!("header {kind}"), mime_type, 1000).await;
        bodies.push(json!({ "type": "interactive", "interactive": {
            "body": "Mau?", "header": { "type": kind, "file_id": file_id },
            "buttons": [{ "id": "yes", "title": "Ya" }] } }));
    }
    for (index, body) in bodies.iter().enumerate() {
        world.pass(Duration::from_secs(1)).await;
        let sent = desk.send(&room, &index.to_string(), body).await;
        assert_eq!(
            (sent.status, &sent.json["data"]["type"]),
            (201, &body["type"]),
            "{}",
            sent.json
        );
        world.settle(Duration::from_secs(60)).await.unwrap();
    }
    let kinds: Vec<_> = world.company().graph().log().iter().map(|s| s.kind.clone()).collect();
    let asked: Vec<_> = bodies.iter().map(|body| body["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, asked);
    for message in ours(&desk, &room).await {
        assert!(message["error"].is_null() && message["session_id"].is_string(), "{message}");
    }
    assert_eq!(rows(&world, "s#").len(), 1, "one session takes them all in");
}

#[tokio::test(start_paused = true)]
async fn a_file_goes_by_a_link_that_only_opens_it_for_minutes() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let file_id = uploaded(&world, "nota.pdf", "application/pdf", 100 << 20).await;
    let body = json!({ "type": "document", "file_id": file_id, "caption": "Nota" });
    assert_eq!(desk.send(&room, "k", &body).await.status, 201);
    world.settle(MINUTES).await.unwrap();
    let sent = world.company().graph().log()[0].clone();
    assert_eq!(
        (&sent.content["caption"], &sent.content["filename"]),
        (&json!("Nota"), &json!("nota.pdf"))
    );
    let link = sent.content["link"].as_str().unwrap();
    assert!(link.contains("/upload/nota.pdf?"), "{link}");
    assert!(link.contains("X-Amz-Expires=900&"), "{link}");
    assert!(link.contains("response-content-type=application%2Fpdf"), "{link}");
    // A link is made anew for each try, and kept nowhere.
    let kept = stored(&world).0.iter().any(|row| row.contains("X-Amz"));
    assert!(!kept);
}

#[tokio::test(start_paused = true)]
async fn what_the_provider_would_not_take_is_refused_before_it_is_stored() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let large = uploaded(&world, "large", "image/png", (5 << 20) + 1).await;
    let zip = uploaded(&world, "zip", "application/zip", 1).await;
    let nobody = Id::<Member>::derived(&["nobody"]).to_string();
    let before = stored(&world);
    let buttons = |title: &str| {
        let button = |id: u8| json!({ "id": id.to_string(), "title": format!("{title}{id}") });
        let buttons: Vec<_> = (0..3).map(button).collect();
        json!({ "type": "interactive", "interactive": { "body": "?", "buttons": buttons } })
    };
    for (body, field) in [
        (json!({ "type": "image", "file_id": large }), "file_id"),
        (json!({ "type": "document", "file_id": zip }), "file_id"),
        (json!({ "type": "document", "file_id": nobody }), "file_id"),
        (json!({ "type": "document", "file_id": "x" }), "file_id"),
        (json!({ "type": "image", "text": "Halo" }), "file_id"),
        (json!({ "type": "text", "text": "Halo", "caption": "x" }), "caption"),
        (json!({ "type": "poll" }), "type"),
        (json!({ "text": "Halo", "reply_to": nobody }), "reply_to"),
        (json!({ "text": "Halo", "reply_to": "x" }), "reply_to"),
        (buttons(&"x".repeat(20)), "interactive.buttons[0].title"),
        (
            json!({ "type": "location", "location": { "latitude": 91, "longitude": 0 } }),
            "location.latitude",
        ),
        (json!({ "type": "location", "location": { "latitude": 1 } }), "location.longitude"),
        (
            json!({ "type": "contacts", "contacts": [{ "name": "Ani", "fax": "1" }] }),
            "contacts[0].fax",
        ),
        (
            json!({ "type": "reaction", "reaction": { "message_id": nobody, "emoji": "👍" } }),
            "reaction.message_id",
        ),
        (
            json!({ "type": "template", "template": { "name": "promo", "language": "id" } }),
            "template.name",
        ),
    ] {
        let refused = desk.send(&room, "k", &body).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field), "{body} {}", refused.json);
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_file_of_another_company_does_not_exist() {
    let mut world = World::new().await.unwrap();
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let file_id = uploaded(&world, "nota.pdf", "application/pdf", 1).await;
    let teh = &world.companies[1];
    let said = teh.graph().customer_says(world.clock.now_ms(), SITI, "Siti", "Halo");
    assert_eq!(world.deliver(teh, &said).await.unwrap(), 200);
    let desk = Desk::of_company(&world, teh);
    let room = desk.only_room().await["id"].clone();
    let refused = desk.send(&room, "k", &json!({ "type": "document", "file_id": file_id })).await;
    assert_eq!(problem(&refused), (400, "invalid_field", "file_id"));
}

#[tokio::test(start_paused = true)]
async fn a_reply_quotes_what_it_answers() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = answered(&world).await;
    let history = desk.history(&room).await;
    let (theirs, mine) = (&history[0], &history[1]);
    // Ours is still on its way: the provider could not show it.
    let body = json!({ "text": "Maksud saya", "reply_to": mine["id"] });
    let early = desk.send(&room, "a", &body).await;
    assert_eq!(problem(&early), (400, "invalid_field", "reply_to"));
    world.settle(MINUTES).await.unwrap();
    for (key, quoted) in [("a", mine), ("b", theirs)] {
        let body = json!({ "text": "Maksud saya", "reply_to": quoted["id"] });
        assert_eq!(desk.send(&room, key, &body).await.status, 201);
        world.settle(MINUTES).await.unwrap();
    }
    let first = world.company().graph().log()[0].wamid.clone();
    let log = world.company().graph().log().to_vec();
    assert_eq!(log[1].context.as_deref(), Some(first.as_str()));
    assert_eq!(log[2].context.as_deref(), theirs["external_id"].as_str());
    // Another room's messages are none of this one's.
    let other = desk.first_words(SITI).await;
    let body = json!({ "text": "Halo", "reply_to": theirs["id"] });
    let refused = desk.send(&other, "c", &body).await;
    assert_eq!(problem(&refused), (400, "invalid_field", "reply_to"));
}

#[tokio::test(start_paused = true)]
async fn a_reaction_lies_on_its_message_and_answers_nobody() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let before = desk.room(&room).await;
    let asked = desk.history(&room).await[0].clone();
    for (key, emoji) in [("a", json!("👍")), ("b", json!("❤️")), ("c", Value::Null)] {
        world.pass(Duration::from_secs(1)).await;
        let reaction = json!({ "message_id": asked["id"], "emoji": emoji });
        let sent =
            desk.send(&room, key, &json!({ "type": "reaction", "reaction": reaction })).await;
        assert_eq!(sent.status, 201, "{}", sent.json);
        world.settle(Duration::from_secs(60)).await.unwrap();
        let shown = desk.history(&room).await[0]["reactions"].clone();
        let own = json!([{ "emoji": emoji, "participant_type": "agent" }]);
        assert_eq!(shown, if emoji.is_null() { json!([]) } else { own });
    }
    let emojis: Vec<_> =
        world.company().graph().log().iter().map(|sent| sent.content.clone()).collect();
    let on = |emoji: &str| json!({ "message_id": asked["external_id"], "emoji": emoji });
    assert_eq!(emojis, [on("👍"), on("❤️"), on("")], "in order, the last one holds");
    let after = desk.room(&room).await;
    assert_eq!(after, before, "the customer still waits for words");
    assert_eq!(rows(&world, "session").len(), 1, "the provider took it like any message");
}

#[tokio::test(start_paused = true)]
async fn a_reaction_shows_once_the_provider_took_it_and_not_if_it_refused() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let asked = desk.history(&room).await[0].clone();
    let react = async |key: &str, emoji: &str| {
        let reaction = json!({ "message_id": asked["id"], "emoji": emoji });
        let body = json!({ "type": "reaction", "reaction": reaction });
        assert_eq!(desk.send(&room, key, &body).await.status, 201);
    };
    let shown = async || desk.history(&room).await[0]["reactions"].clone();
    react("a", "👍").await;
    assert_eq!(shown().await, json!([]), "it is only queued");
    world.settle(Duration::from_secs(60)).await.unwrap();
    assert_eq!(shown().await[0]["emoji"], "👍");
    world.company().graph().set_fault(Fault::ExpiredToken, None);
    react("b", "❤️").await;
    world.settle(Duration::from_secs(60)).await.unwrap();
    assert_eq!(shown().await[0]["emoji"], "👍");
}

#[tokio::test(start_paused = true)]
async fn a_reaction_to_what_is_a_month_old_is_refused() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let old = desk.history(&room).await[0]["id"].clone();
    world.pass(Duration::from_secs(31 * 24 * 3600)).await;
    world.customer_says(BUDI, "Masih ingat?").await.unwrap();
    let reaction = json!({ "message_id": old, "emoji": "👍" });
    let refused = desk.send(&room, "k", &json!({ "type": "reaction", "reaction": reaction })).await;
    assert_eq!(problem(&refused), (400, "invalid_field", "reaction.message_id"));
}

#[tokio::test(start_paused = true)]
async fn one_key_is_one_message_whatever_its_type() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let place = json!({ "latitude": -6.2, "longitude": 106.8, "name": "Kopi Kita" });
    let body = json!({ "type": "location", "location": place });
    let first = desk.send(&room, "k", &body).await;
    world.pass(Duration::from_secs(5)).await;
    let second = desk.send(&room, "k", &body).await;
    assert_eq!((first.status, &first.json["data"]["id"]), (201, &second.json["data"]["id"]));
    let mut moved = body.clone();
    moved["location"]["name"] = json!("Kopi Kita 2");
    for other in [moved, json!({ "text": "Halo" })] {
        let refused = desk.send(&room, "k", &other).await;
        assert_eq!(problem(&refused), (422, "idempotency_key_reused", "Idempotency-Key"));
    }
    // The type left out is the type written down.
    let short = desk.send(&room, "t", &json!({ "text": "Halo" })).await;
    let long = desk.send(&room, "t", &json!({ "type": "text", "text": "Halo" })).await;
    assert_eq!(short.json["data"]["id"], long.json["data"]["id"]);
    let path = format!("/v1/rooms/{}/messages", room.as_str().unwrap());
    let keyless = desk.call(ApiRequest::new("POST", path).body(body.to_string())).await;
    assert_eq!(keyless.status, 201);
}
