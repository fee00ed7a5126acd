//! Every kind of message that WhatsApp brings, as an agent sees it.

mod annotations;
mod groups;
mod merged_rooms;
mod overtaking;
mod phone;

use serde_json::{Value, json};
use world::World;

use crate::desk::{
    BUDI, Desk,
    payload::{delivery, post, text},
};

const NUMBER: &str = "106540352242922";

/// Budi sends this; what the agent sees of it.
async fn shown(message: Value) -> Value {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let mut said = text(&world, BUDI, "wamid.1", 0, "");
    for (name, value) in message.as_object().unwrap() {
        said[name] = value.clone();
    }
    let body = delivery(NUMBER, &[said], &[]);
    for _ in 0..2 {
        assert_eq!(post(&world, world.company(), &body).await, 200);
    }
    let room = desk.only_room().await;
    let history = desk.history(&room["id"]).await;
    assert_eq!((history.len(), &room["unread_count"]), (1, &json!(1)));
    assert_eq!(room["session"], "open");
    history[0].clone()
}

#[tokio::test(start_paused = true)]
async fn a_file_is_shown_with_its_words_before_it_is_fetched() {
    let document = json!({ "id": "77", "mime_type": "application/pdf", "filename": "nota.pdf",
        "caption": "Notanya" });
    let message = shown(json!({ "type": "document", "document": document })).await;
    assert_eq!((&message["type"], &message["text"]), (&json!("document"), &json!("Notanya")));
    let file = &message["file"];
    assert_eq!(
        (&file["state"], &file["mime_type"]),
        (&json!("awaited"), &json!("application/pdf"))
    );
    assert_eq!((&file["filename"], &file["size"]), (&json!("nota.pdf"), &Value::Null));

    let voice = json!({ "id": "78", "mime_type": "audio/ogg; codecs=opus", "voice": true });
    let message = shown(json!({ "type": "audio", "audio": voice })).await;
    assert_eq!((&message["type"], &message["text"]), (&json!("audio"), &Value::Null));
    assert_eq!(message["file"]["is_voice"], true);
}

#[tokio::test(start_paused = true)]
async fn places_cards_choices_forms_and_orders_are_shown_with_all_that_they_say() {
    let place = json!({ "latitude": -6.2, "longitude": 106.8166667, "name": "Kedai" });
    let message = shown(json!({ "type": "location", "location": place })).await;
    assert_eq!(message["location"]["latitude"], "-6.2000000");
    assert_eq!(message["location"]["longitude"], "106.8166667");

    let address = json!({ "street": "Jl. Braga 10", "city": "Bandung", "state": "Jawa Barat",
        "zip": "40111", "country": "Indonesia", "country_code": "ID", "type": "HOME" });
    let number = json!({ "phone": "+62 812", "wa_id": "62812", "type": "CELL" });
    let vcard = "BEGIN:VCARD\nFN:Siti\nNOTE:Pelanggan lama\nEND:VCARD";
    let cards = json!([{
        "name": { "formatted_name": "Siti", "first_name": "Siti", "middle_name": "N.",
            "last_name": "Rahma", "prefix": "Ibu", "suffix": "S.E." },
        "phones": [number], "emails": [{ "email": "siti@example.com", "type": "WORK" }],
        "org": { "company": "Kopi Kita", "department": "Gudang", "title": "Kepala" },
        "birthday": "1990-05-01", "urls": [{ "url": "https://kopi.id", "type": "WORK" }],
        "addresses": [address], "vcard": vcard, "origin": "contact_request",
    }]);
    let message = shown(json!({ "type": "contacts", "contacts": cards })).await;
    let expected = json!({
        "name": "Siti", "first_name": "Siti", "middle_name": "N.", "last_name": "Rahma",
        "prefix": "Ibu", "suffix": "S.E.", "company": "Kopi Kita", "department": "Gudang",
        "title": "Kepala", "birthday": "1990-05-01", "phones": ["+62 812"],
        "phone_details": [number], "emails": ["siti@example.com"],
        "email_details": [{ "value": "siti@example.com", "type": "WORK" }],
        "urls": [{ "value": "https://kopi.id", "type": "WORK" }], "addresses": [address],
        "vcard": vcard, "origin": "contact_request",
    });
    assert_eq!(message["contacts"][0], expected);

    let chosen = json!({ "type": "list_reply",
        "list_reply": { "id": "gayo", "title": "Gayo", "description": "250 g" } });
    let message = shown(json!({ "type": "interactive", "interactive": chosen })).await;
    assert_eq!((&message["type"], &message["text"]), (&json!("choice"), &json!("Gayo")));
    assert_eq!(
        (&message["choice"]["id"], &message["choice"]["description"]),
        (&json!("gayo"), &json!("250 g"))
    );

    let form = json!({ "type": "nfm_reply",
        "nfm_reply": { "name": "flow", "body": "Sent", "response_json": "{\"a\":1}" } });
    let message = shown(json!({ "type": "interactive", "interactive": form })).await;
    assert_eq!(
        (&message["type"], &message["form"]["answers"]),
        (&json!("form_reply"), &json!("{\"a\":1}"))
    );

    let order = json!({ "catalog_id": "9", "text": "Besok ya", "product_items": [
        { "product_retailer_id": "gayo", "quantity": 2, "item_price": 85000, "currency": "IDR" }] });
    let message = shown(json!({ "type": "order", "order": order })).await;
    let line = json!({ "product_id": "gayo", "quantity": 2, "price": "85000", "currency": "IDR" });
    assert_eq!((&message["text"], &message["order"]["items"][0]), (&json!("Besok ya"), &line));
}

#[tokio::test(start_paused = true)]
async fn a_message_says_what_it_answers_and_what_led_to_it() {
    let referral = json!({ "source_type": "ad", "source_id": "5", "source_url": "https://fb.me/x",
        "headline": "Kopi", "body": "Panen baru", "ctwa_clid": "C", "media_type": "video",
        "image_url": "https://x.id/i", "video_url": "https://x.id/v",
        "thumbnail_url": "https://x.id/t", "welcome_message": { "text": "Halo!" } });
    let message = shown(json!({ "text": { "body": "Halo" }, "referral": referral })).await;
    let expected = json!({ "source_type": "ad", "source_id": "5",
        "source_url": "https://fb.me/x", "headline": "Kopi", "body": "Panen baru",
        "click_id": "C", "media_type": "video", "image_url": "https://x.id/i",
        "video_url": "https://x.id/v", "thumbnail_url": "https://x.id/t",
        "welcome_text": "Halo!" });
    assert_eq!(message["referral"], expected);

    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let first = text(&world, BUDI, "wamid.1", 2, "Yang mana?");
    let mut second = text(&world, BUDI, "wamid.2", 1, "Yang ini");
    second["context"] = json!({ "from": BUDI, "id": "wamid.1" });
    let mut third = text(&world, BUDI, "wamid.3", 0, "Resep");
    third["context"] = json!({ "forwarded": true });
    let body = delivery(NUMBER, &[first, second, third], &[]);
    assert_eq!(post(&world, world.company(), &body).await, 200);
    let history = desk.history(&desk.only_room().await["id"]).await;
    assert_eq!(history[1]["context"]["reply_to_id"], history[0]["id"]);
    assert_eq!(history[1]["context"]["reply_to_external_id"], "wamid.1");
    assert_eq!(history[2]["context"]["is_forwarded"], true);
    assert_eq!(history[2]["context"]["reply_to_external_id"], Value::Null);
}
