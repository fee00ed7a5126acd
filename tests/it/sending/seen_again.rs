//! Whoever looks at a room later sees what its customer saw, and not only the words.

use serde_json::{Value, json};
use world::{World, files::JPEG, requests::ApiRequest, world::Answered};

use super::{
    MINUTES,
    templates::{order_ready, promo, sending, sync, words},
};
use crate::desk::{BUDI, Desk, problem};

/// A file, uploaded as a member does; its id.
async fn uploaded(desk: &Desk<'_>, filename: &str, mime_type: &str, bytes: &[u8]) -> Value {
    let head = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\n\
         Content-Type: {mime_type}\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--cut--\r\n"].concat();
    let request = ApiRequest::new("POST", "/v1/file_uploader")
        .header("content-type", "multipart/form-data; boundary=cut");
    let uploaded = desk.call(request.body(body)).await;
    assert_eq!(uploaded.status, 201, "{}", uploaded.json);
    uploaded.json["data"]["id"].clone()
}

/// What a room shows of a message of ours, once its customer has it.
async fn said(world: &World, room: &Value, body: &Value) -> Value {
    let desk = Desk::of(world);
    let key = world.now().to_string();
    let sent = desk.send(room, &key, body).await;
    assert_eq!(sent.status, 201, "{}", sent.json);
    world.settle(MINUTES).await.unwrap();
    let shown = desk.history(room).await.last().unwrap().clone();
    assert_eq!((&shown["id"], &shown["error"]), (&sent.json["data"]["id"], &Value::Null));
    shown
}

async fn link(desk: &Desk<'_>, message: &Value, query: &str) -> Answered {
    let (room, id) = (message["room_id"].as_str().unwrap(), message["id"].as_str().unwrap());
    desk.call(ApiRequest::new("GET", format!("/v1/rooms/{room}/messages/{id}/file{query}"))).await
}

/// What a browser gets of one of its files.
async fn opened(world: &World, message: &Value, query: &str) -> world::aws::s3::Served {
    let linked = link(&Desk::of(world), message, query).await;
    assert_eq!(linked.status, 200, "{}", linked.json);
    world.open(linked.json["data"]["url"].as_str().unwrap())
}

/// What Qontak's clients see of the latest message.
async fn qontaks(desk: &Desk<'_>, room: &Value) -> Value {
    let path = format!("/qontak/chat/v1/rooms/{}/histories?limit=1", room.as_str().unwrap());
    desk.get(&path).await["data"][0].clone()
}

fn buttons(header: Value) -> Value {
    json!({ "type": "interactive", "interactive": {
        "body": "Mau diantar?", "header": header, "buttons": [{ "id": "yes", "title": "Ya" }] } })
}

#[tokio::test(start_paused = true)]
async fn a_picture_above_buttons_can_be_looked_at_again() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let menu = uploaded(&desk, "menu.jpg", "image/jpeg", JPEG).await;
    let shown = said(&world, &room, &buttons(json!({ "type": "image", "file_id": menu }))).await;
    let header = &shown["interactive"]["header"];
    assert_eq!((&header["type"], &header["text"]), (&json!("image"), &Value::Null));
    let file = &header["file"];
    assert_eq!(
        (&file["index"], &file["state"], &file["mime_type"], &file["size"]),
        (&json!(0), &json!("stored"), &json!("image/jpeg"), &json!(JPEG.len()))
    );
    let served = opened(&world, &shown, "").await;
    assert_eq!((served.status, served.body.as_slice()), (200, JPEG));
    assert_eq!(
        (served.content_type.as_str(), served.disposition.as_str()),
        ("image/jpeg", "inline")
    );
    // A program that was written for Qontak sees the words and the picture.
    let same = qontaks(&desk, &room).await;
    assert_eq!((&same["type"], &same["text"]), (&json!("interactive"), &json!("Mau diantar?")));
    let served = world.open(same["file"]["url"].as_str().unwrap());
    assert_eq!((served.status, served.body.as_slice()), (200, JPEG));

    for query in ["?index=1", "?index=-1", "?index=x", "?index="] {
        let refused = link(&desk, &shown, query).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "index"), "{query}");
    }
    // There is nothing to fetch: it never was with WhatsApp alone.
    let id = shown["id"].as_str().unwrap();
    let retry = format!("/v1/rooms/{}/messages/{id}/file/retry", room.as_str().unwrap());
    let refused = desk.call(ApiRequest::new("POST", retry)).await;
    assert_eq!(problem(&refused), (404, "not_found", ""));

    let line = said(&world, &room, &buttons(json!({ "type": "text", "text": "Antar" }))).await;
    let header = &line["interactive"]["header"];
    assert_eq!((&header["type"], &header["text"]), (&json!("text"), &json!("Antar")));
    assert_eq!(problem(&link(&desk, &line, "").await), (404, "not_found", ""));
}

#[tokio::test(start_paused = true)]
async fn a_document_above_words_keeps_its_name_and_is_only_ever_saved() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    sync(&desk).await;
    let bill = uploaded(&desk, "nota 7.pdf", "application/pdf", b"%PDF-1.7 nota").await;
    let header = json!({ "type": "document", "file_id": bill });
    let parameters = json!([{ "type": "document", "file_id": bill }]);
    let invoice = sending(
        "invoice",
        json!([
            { "type": "header", "parameters": parameters },
            { "type": "body", "parameters": [words("INV-7")] },
        ]),
    );
    for (body, part) in [(buttons(header), "interactive"), (invoice, "template")] {
        let shown = said(&world, &room, &body).await;
        let header = &shown[part]["header"];
        assert_eq!(
            (&header["type"], &header["file"]["filename"]),
            (&json!("document"), &json!("nota 7.pdf"))
        );
        let served = opened(&world, &shown, "?index=0").await;
        assert_eq!((served.status, served.body.as_slice()), (200, b"%PDF-1.7 nota".as_slice()));
        assert!(served.disposition.starts_with("attachment"), "{}", served.disposition);
    }
    let same = qontaks(&desk, &room).await;
    assert_eq!(
        (&same["type"], &same["text"]),
        (&json!("text"), &json!("Terlampir tagihan INV-7."))
    );
    assert_eq!(same["file"]["filename"], "nota 7.pdf");
}

#[tokio::test(start_paused = true)]
async fn a_template_shows_what_its_customer_sees_though_it_is_another_by_now() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    sync(&desk).await;
    let mut body = order_ready(&["KK-17"], &["Budi", "Rp 75.000"]);
    let payload = json!({ "type": "payload", "payload": "today" });
    body["template"]["components"].as_array_mut().unwrap().push(json!(
        { "type": "button", "sub_type": "quick_reply", "index": 0, "parameters": [payload] }));
    said(&world, &room, &body).await;
    world.company().graph().put_template(json!({
        "id": "900100000000002", "name": "order_ready", "language": "id", "status": "APPROVED",
        "category": "UTILITY", "components": [{ "type": "BODY", "text": "Siap!" }],
    }));
    sync(&desk).await;

    let shown = desk.history(&room).await.last().unwrap().clone();
    let template = &shown["template"];
    assert_eq!(
        (&template["header"]["type"], &template["header"]["text"], &template["footer"]),
        (&json!("text"), &json!("Pesanan KK-17"), &json!("Kopi Kita"))
    );
    let button = |index: usize| {
        let button = &template["buttons"][index];
        json!([button["type"], button["text"], button["payload"]])
    };
    assert_eq!(button(0), json!(["quick_reply", "Hari ini", "today"]));
    assert_eq!(button(1), json!(["quick_reply", "Besok", null]));
    let given = template["parameters"].as_array().unwrap().iter();
    let given: Vec<_> =
        given.map(|given| json!([given["component"], given["type"], given["value"]])).collect();
    assert_eq!(
        json!(given),
        json!([
            ["header", "text", "KK-17"],
            ["body", "text", "Budi"],
            ["body", "text", "Rp 75.000"],
            ["button", "payload", "today"],
        ])
    );
    assert_eq!(qontaks(&desk, &room).await["text"], shown["text"]);
}

#[tokio::test(start_paused = true)]
async fn each_card_shows_its_picture_its_words_and_where_its_button_leads() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let card = json!({ "components": [
        { "type": "HEADER", "format": "IMAGE" },
        { "type": "BODY", "text": "Rp {{1}}" },
        { "type": "BUTTONS", "buttons": [
            { "type": "URL", "text": "Lihat", "url": "https://kopikita.example/{{1}}" },
        ]},
    ]});
    let body = json!({ "type": "BODY", "text": "Yang baru:" });
    promo(&world, "new_cards", json!([body, { "type": "CAROUSEL", "cards": [card, card] }]));
    sync(&desk).await;
    let toraja_jpeg = [JPEG, b"toraja"].concat();
    let gayo = uploaded(&desk, "gayo.jpg", "image/jpeg", JPEG).await;
    let toraja = uploaded(&desk, "toraja.jpg", "image/jpeg", &toraja_jpeg).await;
    let card = |file: &Value, name: &str, price: &str| {
        json!({ "components": [
            { "type": "header", "parameters": [{ "type": "image", "file_id": file }] },
            { "type": "body", "parameters": [words(price)] },
            { "type": "button", "sub_type": "url", "index": 0, "parameters": [words(name)] },
        ]})
    };
    let cards = [card(&gayo, "gayo", "75.000"), card(&toraja, "toraja", "80.000")];
    let body = sending("new_cards", json!([{ "type": "carousel", "cards": cards }]));
    let shown = said(&world, &room, &body).await;

    let cards = &shown["template"]["cards"];
    for (index, words, url, bytes) in [
        (0, "Rp 75.000", "https://kopikita.example/gayo", JPEG),
        (1, "Rp 80.000", "https://kopikita.example/toraja", &toraja_jpeg),
    ] {
        let card = &cards[index];
        assert_eq!((&card["text"], &card["header"]["type"]), (&json!(words), &json!("image")));
        assert_eq!(card["header"]["file"]["index"], index);
        let button = &card["buttons"][0];
        assert_eq!((&button["text"], &button["url"]), (&json!("Lihat"), &json!(url)));
        let served = opened(&world, &shown, &format!("?index={index}")).await;
        assert_eq!((served.status, served.body.as_slice()), (200, bytes));
    }
    assert_eq!(opened(&world, &shown, "").await.body, JPEG, "the first, if none is named");
    let beyond = link(&desk, &shown, "?index=2").await;
    assert_eq!(problem(&beyond), (400, "invalid_field", "index"));
}

#[tokio::test(start_paused = true)]
async fn a_code_an_offer_and_products_are_shown_as_they_were_given() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let offer = json!({ "text": "Cepat!", "has_expiration": true });
    let copy = json!({ "type": "COPY_CODE", "text": "Salin kode" });
    let view = json!({ "type": "MPM", "text": "Lihat" });
    promo(
        &world,
        "offer",
        json!([
            { "type": "LIMITED_TIME_OFFER", "limited_time_offer": offer },
            { "type": "BODY", "text": "Diskon 25%" },
            { "type": "BUTTONS", "buttons": [copy, view] },
        ]),
    );
    sync(&desk).await;
    let ends = i64::try_from(world.clock.now_ms()).unwrap() + 3_600_000;
    let end = json!({ "type": "limited_time_offer", "expiration_time_ms": ends });
    let code = json!({ "type": "coupon_code", "coupon_code": "KOPI25" });
    let action = json!({ "type": "action", "thumbnail_product_retailer_id": "gayo",
        "sections": [{ "title": "Biji", "product_retailer_ids": ["gayo", "toraja"] }] });
    let body = sending(
        "offer",
        json!([
            { "type": "limited_time_offer", "parameters": [end] },
            { "type": "button", "sub_type": "copy_code", "index": 0, "parameters": [code] },
            { "type": "button", "sub_type": "mpm", "index": 1, "parameters": [action] },
        ]),
    );
    let shown = said(&world, &room, &body).await;
    let template = &shown["template"];
    let offer = &template["limited_time_offer"];
    let ends = domain::Time::from_millis(ends).to_string();
    assert_eq!((&offer["text"], &offer["expires_at"]), (&json!("Cepat!"), &json!(ends)));
    let [copy, view] = template["buttons"].as_array().unwrap().as_slice() else { panic!("two") };
    assert_eq!((&copy["text"], &copy["coupon_code"]), (&json!("Salin kode"), &json!("KOPI25")));
    assert_eq!(view["thumbnail_product_retailer_id"], "gayo");
    let options = view["options"].as_array().unwrap().iter();
    let options: Vec<_> = options.map(|option| json!([option["section"], option["id"]])).collect();
    assert_eq!(json!(options), json!([["Biji", "gayo"], ["Biji", "toraja"]]));
    assert_eq!(problem(&link(&desk, &shown, "").await), (404, "not_found", ""));
}
