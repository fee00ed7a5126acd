use serde_json::{Value, json};

use super::*;

fn files() -> Files {
    let file = File::Stored {
        key: "upload/1".into(),
        mime_type: "application/pdf".into(),
        size: 1,
        sha256: String::new(),
    };
    let upload = Upload { file, filename: Some("nota.pdf".into()), is_animated: false };
    Files::from([("f".to_owned(), upload)])
}

fn read(body: Value) -> Result<Content, String> {
    let new: NewMessage = serde_json::from_value(body).unwrap();
    let content = new.check_shape().and_then(|()| new.content(&files(), Some("wamid.1".into())));
    content.map_err(|problem| problem.field.unwrap())
}

#[test]
fn each_type_has_its_own_fields_and_no_others() {
    let place = json!({ "latitude": 1, "longitude": 2 });
    for (body, expected) in [
        (json!({ "text": "Halo" }), Ok("text")),
        (json!({ "type": "text", "text": "Halo", "reply_to": "x" }), Ok("text")),
        (json!({}), Err("text")),
        (json!({ "text": "Halo", "caption": "x" }), Err("caption")),
        (json!({ "type": "image", "file_id": "f", "caption": "x" }), Ok("image")),
        (json!({ "type": "image", "caption": "x" }), Err("file_id")),
        (json!({ "type": "image", "file_id": "g" }), Err("file_id")),
        (json!({ "type": "image", "file_id": "f", "filename": "x" }), Err("filename")),
        (json!({ "type": "audio", "file_id": "f", "caption": "x" }), Err("caption")),
        (json!({ "type": "document", "file_id": "f", "filename": "x" }), Ok("document")),
        (json!({ "type": "location", "location": place }), Ok("location")),
        (json!({ "type": "location", "text": "Halo" }), Err("location")),
        (json!({ "type": "contacts", "contacts": [] }), Ok("contacts")),
        (json!({ "type": "reaction", "reaction": { "message_id": "x" } }), Ok("reaction")),
        (
            json!({ "type": "reaction", "reaction": { "message_id": "x" }, "reply_to": "x" }),
            Err("reply_to"),
        ),
        (
            json!({ "type": "template", "template": { "name": "a", "language": "id" } }),
            Ok("template"),
        ),
        (
            json!({ "type": "template", "template": { "name": "a#b", "language": "id" } }),
            Err("template.name"),
        ),
        (
            json!({ "type": "template", "template": { "name": "a", "language": "i#d" } }),
            Err("template.language"),
        ),
    ] {
        let found = read(body.clone());
        let found = found.as_ref().map(Content::type_name).map_err(String::as_str);
        assert_eq!(found, expected, "{body}");
    }
}

#[test]
fn only_a_document_keeps_its_name() {
    for (kind, name) in [("document", Some("nota.pdf")), ("image", None)] {
        let content = read(json!({ "type": kind, "file_id": "f" })).unwrap();
        let Content::Media(media) = content else { panic!("a file") };
        assert_eq!(media.filename.as_deref(), name);
    }
}

#[test]
fn a_place_keeps_seven_decimals() {
    let place = json!({ "latitude": -6.2000001, "longitude": 106.816666 });
    let content = read(json!({ "type": "location", "location": place })).unwrap();
    let Content::Location(place) = content else { panic!("a place") };
    assert_eq!((place.latitude_e7, place.longitude_e7), (-62_000_001, 1_068_166_660));
}

#[test]
fn what_there_is_to_choose_is_one_thing() {
    let link = json!({ "label": "Buka", "url": "https://a.b" });
    let buttons = json!([{ "id": "a", "title": "Ya" }]);
    for (interactive, expected) in [
        (json!({ "body": "?", "link": link }), None),
        (json!({ "body": "?", "location_request": true }), None),
        (json!({ "body": "?", "location_request": false }), Some("interactive.location_request")),
        (json!({ "body": "?" }), Some("interactive")),
        (json!({ "body": "?", "link": link, "buttons": buttons }), Some("interactive")),
        (
            json!({ "body": "?", "buttons": buttons, "header": { "type": "text" } }),
            Some("interactive.header.text"),
        ),
        (
            json!({ "body": "?", "buttons": buttons, "header": { "type": "image", "text": "x" } }),
            Some("interactive.header.text"),
        ),
        (
            json!({ "body": "?", "buttons": buttons, "header": { "type": "image", "file_id": "g" } }),
            Some("interactive.header.file_id"),
        ),
    ] {
        let found = read(json!({ "type": "interactive", "interactive": interactive })).err();
        assert_eq!(found.as_deref(), expected, "{interactive}");
    }
}

#[test]
fn a_parameter_has_what_its_type_says() {
    for (component, expected) in [
        (json!({ "type": "body", "parameters": [{ "type": "text", "text": "x" }] }), None),
        (
            json!({ "type": "body", "parameters": [{ "type": "text" }] }),
            Some("template.components[0].parameters[0].text"),
        ),
        (
            json!({ "type": "body", "parameters": [{ "type": "text", "text": "x", "payload": "y" }] }),
            Some("template.components[0].parameters[0].payload"),
        ),
        (
            json!({ "type": "body", "index": 0, "parameters": [] }),
            Some("template.components[0].index"),
        ),
        (
            json!({ "type": "button", "sub_type": "url", "parameters": [] }),
            Some("template.components[0].index"),
        ),
        (
            json!({ "type": "button", "index": 0, "parameters": [] }),
            Some("template.components[0].sub_type"),
        ),
        (json!({ "type": "header", "parameters": [{ "type": "document", "file_id": "f" }] }), None),
        (
            json!({ "type": "limited_time_offer", "parameters": [
                { "type": "limited_time_offer", "expiration_time_ms": 1_795_000_000_000_i64 }] }),
            None,
        ),
        (
            json!({ "type": "limited_time_offer", "parameters": [{ "type": "text", "text": "x" }] }),
            Some("template.components[0].parameters[0].type"),
        ),
        (
            json!({ "type": "limited_time_offer", "parameters": [
                { "type": "limited_time_offer", "expiration_time_ms": -1 }] }),
            Some("template.components[0].parameters[0].expiration_time_ms"),
        ),
        (json!({ "type": "limited_time_offer" }), Some("template.components[0].parameters")),
        (
            json!({ "type": "body", "parameters": [
                { "type": "limited_time_offer", "expiration_time_ms": 1 }] }),
            Some("template.components[0].parameters[0].type"),
        ),
        (json!({ "type": "carousel" }), Some("template.components[0].cards")),
        (json!({ "type": "body", "cards": [] }), Some("template.components[0].cards")),
        (
            json!({ "type": "carousel", "cards": [
                { "components": [{ "type": "header", "parameters": [{ "type": "product" }] }] }] }),
            Some("template.components[0].cards[0].components[0].parameters[0].product_retailer_id"),
        ),
        (
            json!({ "type": "button", "sub_type": "mpm", "index": 0, "parameters": [{
                "type": "action", "thumbnail_product_retailer_id": "gayo",
                "sections": [{ "title": "Biji", "product_retailer_ids": ["gayo"] }] }] }),
            None,
        ),
        (
            json!({ "type": "button", "sub_type": "flow", "index": 0, "parameters": [{
                "type": "action", "flow_token": "t", "flow_action_data": { "a": 1 } }] }),
            None,
        ),
        (json!({ "type": "button", "sub_type": "flow", "index": 0 }), None),
        (
            json!({ "type": "button", "sub_type": "flow", "index": 0, "parameters": [{
                "type": "action", "flow_token": "t", "sections": [] }] }),
            Some("template.components[0].parameters[0].sections"),
        ),
        (
            json!({ "type": "body", "parameters": [{ "type": "text", "text": "x", "flow_token": "t" }] }),
            Some("template.components[0].parameters[0].flow_token"),
        ),
        (
            json!({ "type": "header", "parameters": [{ "type": "location" }] }),
            Some("template.components[0].parameters[0].location"),
        ),
        (
            json!({ "type": "header", "parameters": [{ "type": "location",
                "location": { "latitude": 1, "longitude": 181 } }] }),
            Some("template.components[0].parameters[0].location.longitude"),
        ),
        (
            json!({ "type": "body", "parameters": [{ "type": "text", "text": "x", "sections": [] }] }),
            Some("template.components[0].parameters[0].sections"),
        ),
    ] {
        let template = json!({ "name": "a", "language": "id", "components": [component] });
        let found = read(json!({ "type": "template", "template": template })).err();
        assert_eq!(found.as_deref(), expected, "{component}");
    }
}

#[test]
fn each_card_carries_one_file() {
    let of = |cards: &[&[&str]]| {
        let cards = cards.iter().map(|files| {
            let files = files.iter().map(|id| json!({ "type": "image", "file_id": id }));
            let header = json!({ "type": "header", "parameters": files.collect::<Vec<_>>() });
            json!({ "components": [header] })
        });
        let carousel = json!({ "type": "carousel", "cards": cards.collect::<Vec<_>>() });
        let template = json!({ "name": "a", "language": "id", "components": [carousel] });
        let body = json!({ "type": "template", "template": template });
        let new: NewMessage = serde_json::from_value(body).unwrap();
        new.file_ids().map(|ids| ids.len()).map_err(|problem| problem.field.unwrap())
    };
    assert_eq!(of(&[&["f"], &["g"], &["f"]]), Ok(2));
    assert_eq!(of(&[&["f", "g"], &["h"]]), Err("template.components".into()));
    assert_eq!(of(&[&["f"][..]; 11]), Err("template.components".into()));
}

#[test]
fn a_message_carries_one_file() {
    let parameter = |id: &str| json!({ "type": "image", "file_id": id });
    let header = json!({ "type": "header", "parameters": [parameter("f"), parameter("g")] });
    let template = json!({ "name": "a", "language": "id", "components": [header] });
    let body = json!({ "type": "template", "template": template });
    let new: NewMessage = serde_json::from_value(body).unwrap();
    assert_eq!(new.file_ids().unwrap_err().field.as_deref(), Some("template.components"));
}
