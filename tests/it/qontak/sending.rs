//! Everything that a program sends, as JSON or as a form, with a file or a file's name.

use std::time::Duration;

use serde_json::{Value, json};
use world::{World, files::JPEG, requests::ApiRequest, world::Answered};

use super::{V1, ask, done, first_words, list, received, words};
use crate::desk::{BUDI, Desk, SITI, problem, stored};

const BOT: &str = "/messages/whatsapp/bot";

/// A form with these fields, and a picture if it has a name.
fn form(fields: &[(&str, &str)], picture: Option<&str>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend([part.as_bytes(), value.as_bytes(), b"\r\n"].concat());
    }
    if let Some(filename) = picture {
        let part = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\n\
             Content-Type: image/jpeg\r\n\r\n"
        );
        body.extend([part.as_bytes(), JPEG, b"\r\n"].concat());
    }
    body.extend(b"--cut--\r\n");
    body
}

pub(super) async fn post_form(
    desk: &Desk<'_>,
    path: &str,
    fields: &[(&str, &str)],
    picture: Option<&str>,
) -> Answered {
    let request = ApiRequest::new("POST", format!("{V1}{path}"));
    let request = request.header("content-type", "multipart/form-data; boundary=cut");
    desk.call(request.body(form(fields, picture))).await
}

#[tokio::test(start_paused = true)]
async fn a_file_comes_along_in_a_form() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let fields = [("room_id", room.as_str()), ("type", "image"), ("text", "Menu kami")];
    let sent = post_form(&desk, BOT, &fields, Some("menu.jpg")).await;
    assert_eq!(sent.status, 201, "{}", sent.json);
    assert_eq!(sent.json["data"]["type"], "image");
    world.settle(Duration::from_secs(5)).await.unwrap();
    assert_eq!(received(&world), 1);

    let shown = list(&desk, &format!("/rooms/{room}/histories")).await[0].clone();
    assert_eq!((&shown["text"], &shown["status"]), (&json!("Menu kami"), &json!("read")));
    let served = world.open(shown["file"]["url"].as_str().unwrap());
    assert_eq!((served.status, served.body.as_slice()), (200, JPEG));
    assert_eq!(shown["file"]["mime_type"], "image/jpeg");
}

#[tokio::test(start_paused = true)]
async fn who_may_not_upload_brings_no_file_along() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let key = async |scopes: &[&str]| {
        let body = json!({ "name": "Bot", "kind": "bearer", "role": "admin", "scopes": scopes });
        let request = ApiRequest::new("POST", "/v1/api_keys").body(body.to_string());
        let secret = desk.call(request).await.json["data"]["secret"].clone();
        Desk::with_key(&world, secret.as_str().unwrap())
    };
    let (writer, both) =
        (key(&["rooms:write"]).await, key(&["rooms:write", "file_uploader:write"]).await);
    let fields = [("room_id", room.as_str()), ("type", "image")];
    let before = stored(&world);
    let refused = post_form(&writer, BOT, &fields, Some("menu.jpg")).await;
    assert_eq!(refused.status, 403, "{}", refused.json);
    assert_eq!(stored(&world).1, before.1, "no file is kept");
    let said = json!({ "room_id": room, "type": "text", "text": "Halo" });
    assert_eq!(ask(&writer, "POST", BOT, said).await.status, 201);
    assert_eq!(post_form(&both, BOT, &fields, Some("menu.jpg")).await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn a_file_is_uploaded_first_and_named_by_its_id_or_its_address() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let uploaded = post_form(&desk, "/file_uploader", &[], Some("menu.jpg")).await;
    assert_eq!(uploaded.status, 201, "{}", uploaded.json);
    let file = &uploaded.json["data"];
    assert_eq!(file["filename"], "menu.jpg");
    assert_eq!(world.open(file["url"].as_str().unwrap()).status, 200);
    for name in ["id", "url"] {
        let body = json!({ "room_id": room, "type": "image", "file": file[name], "text": name });
        done(&desk, "POST", BOT, body).await;
    }
    world.settle(Duration::from_secs(5)).await.unwrap();
    assert_eq!(received(&world), 2);
}

#[tokio::test(start_paused = true)]
async fn each_type_is_sent_as_what_it_is() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let card = json!([{ "name": "Ani", "phones": ["+62 811 0000 000"] }]);
    for (body, kind) in [
        (json!({ "type": "text", "text": "Halo" }), "text"),
        (json!({ "text": "Apa kabar" }), "text"),
        (
            json!({ "type": "location", "location": { "latitude": -6.2, "longitude": 106.8 } }),
            "location",
        ),
        (json!({ "type": "contact", "contacts": card }), "contact"),
    ] {
        let mut body = body;
        body["room_id"] = json!(room);
        let sent = done(&desk, "POST", BOT, body).await;
        assert_eq!(sent["type"], kind);
    }
    let urlencoded = ApiRequest::new("POST", format!("{V1}{BOT}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("room_id={room}&type=text&text=Dari+formulir"));
    assert_eq!(desk.call(urlencoded).await.status, 201);
    world.settle(Duration::from_secs(5)).await.unwrap();
    assert_eq!(received(&world), 5);
    let last = words(&desk, &room).await.pop();
    assert_eq!(last.as_deref(), Some("Dari formulir"));
}

#[tokio::test(start_paused = true)]
async fn a_place_and_cards_come_in_a_form_as_json_text() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let place = r#"{"latitude":-6.2,"longitude":106.816666,"name":"Kopi Kita"}"#;
    let cards = r#"[{"name":"Ani","phones":["+62 811 0000 000"]}]"#;
    let of = |kind, name, value| [("room_id", room.as_str()), ("type", kind), (name, value)];
    for (fields, kind) in [
        (of("location", "location", place), "location"),
        (of("contact", "contacts", cards), "contact"),
    ] {
        let sent = post_form(&desk, BOT, &fields, None).await;
        assert_eq!((sent.status, &sent.json["data"]["type"]), (201, &json!(kind)), "{}", sent.json);
    }
    // What is text stays text, whatever it looks like.
    let said = post_form(&desk, BOT, &of("text", "text", place), None).await;
    assert_eq!((said.status, &said.json["data"]["text"]), (201, &json!(place)), "{}", said.json);
    world.settle(Duration::from_secs(5)).await.unwrap();
    {
        let graph = world.company().graph();
        let log = graph.log();
        assert_eq!(log[0].content["name"], "Kopi Kita");
        assert_eq!(log[1].content[0]["name"]["formatted_name"], "Ani");
        assert_eq!(log[2].content["body"], place);
    }

    let before = stored(&world);
    for (kind, name, value, field) in [
        ("location", "location", "{\"latitude\":-6.2", "location"),
        ("location", "location", "-6.2,106.8", "location"),
        ("location", "location", "{\"latitude\":-6.2}", "location.longitude"),
        ("contact", "contacts", "Ani", "contacts"),
        ("contact", "contacts", "[{\"name\":7}]", "contacts[0].name"),
    ] {
        let refused = post_form(&desk, BOT, &of(kind, name, value), None).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field), "{value}");
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_system_message_is_for_colleagues_only() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let body = json!({ "room_id": room, "type": "system", "text": "Pelanggan lama" });
    let noted = done(&desk, "POST", BOT, body.clone()).await;
    assert_eq!((&noted["type"], &noted["text"]), (&json!("system"), &json!("Pelanggan lama")));
    let again = done(&desk, "POST", BOT, body).await;
    assert_eq!(again["id"], noted["id"]);
    world.settle(Duration::from_secs(5)).await.unwrap();
    assert_eq!(received(&world), 0);
    let notes = desk.get(&format!("/v1/rooms/{room}/notes")).await;
    assert_eq!(notes["data"].as_array().unwrap().len(), 1);
    assert_eq!(words(&desk, &room).await, ["Halo"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_message_is_named_as_the_client_named_it() {
    let mut world = World::new().await.unwrap();
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let other = Desk::of_company(&world, &world.companies[1]);
    let theirs = post_form(&other, "/file_uploader", &[], Some("a.jpg")).await;
    let theirs = theirs.json["data"]["id"].clone();
    let before = stored(&world);
    for (body, status, field) in [
        (json!({ "type": "text" }), 400, "text"),
        (json!({ "type": "text", "text": "x".repeat(4097) }), 400, "text"),
        (json!({ "type": "image" }), 400, "file"),
        (json!({ "type": "image", "file": "https://example.com/a.jpg" }), 400, "file"),
        (json!({ "type": "image", "file": theirs }), 400, "file"),
        (json!({ "type": "audio", "file": theirs, "text": "x" }), 400, "text"),
        (json!({ "type": "text", "text": "x", "file": theirs }), 400, "file"),
        (json!({ "type": "location" }), 400, "location"),
        (json!({ "type": "contact" }), 400, "contacts"),
        (json!({ "type": "system" }), 400, "text"),
        (json!({ "type": "system", "text": "x", "file": theirs }), 400, "file"),
        (json!({ "type": "story", "text": "x" }), 400, "type"),
        (json!({ "type": "text", "text": "x", "local_id": "" }), 400, "local_id"),
    ] {
        let mut body = body;
        body["room_id"] = json!(room);
        let refused = ask(&desk, "POST", BOT, body.clone()).await;
        let shown: String = body.to_string().chars().take(100).collect();
        assert_eq!(problem(&refused), (status, "invalid_field", field), "{shown}");
        let message = refused.json["error"]["messages"][0].as_str().unwrap();
        assert!(message.starts_with(field), "{message}");
    }
    // Nobody's room but one's own.
    let strange = json!({ "room_id": room, "text": "Halo" });
    assert_eq!(problem(&ask(&other, "POST", BOT, strange).await), (404, "not_found", ""));
    let fields = [("room_id", room.as_str()), ("type", "text"), ("text", "Halo")];
    let with_file = post_form(&desk, BOT, &fields, Some("a.jpg")).await;
    assert_eq!(problem(&with_file), (400, "invalid_field", "file"));
    assert_eq!(stored(&world), before);

    world.pass(Duration::from_secs(25 * 3600)).await;
    let late = ask(&desk, "POST", BOT, json!({ "room_id": room, "text": "Halo" })).await;
    assert_eq!(problem(&late), (422, "window_closed", ""));
    assert_eq!(list(&desk, &format!("/rooms/{room}/histories")).await.len(), 1);
    assert_eq!(ask(&desk, "GET", "/users", Value::Null).await.status, 200);
    assert_eq!(first_words(&desk, SITI).await.len(), 36);
}
