//! Every type's request, as Meta's pages show them.

use std::collections::BTreeMap;

use domain::{
    Time,
    message::{
        Action, Button, Card, CarouselCard, Component, Content, File, Flow, FlowStart, Header,
        Interactive, Location, Media, MediaKind, Parameter, ParameterValue, ProductSection, Row,
        Section, Template,
    },
};
use http::{
    Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::{Value, json};

use super::*;

fn text() -> Content {
    Content::Text { text: "Selamat pagi,\nada \"yang\" bisa dibantu? 🙏".into() }
}

fn file(kind: MediaKind, caption: Option<&str>, filename: Option<&str>) -> Media {
    Media {
        kind,
        caption: caption.map(str::to_owned),
        filename: filename.map(str::to_owned),
        is_voice: false,
        is_animated: false,
        file: File::Stored {
            key: "a/b".into(),
            mime_type: "x/y".into(),
            size: 1,
            sha256: String::new(),
        },
    }
}

fn links() -> BTreeMap<String, String> {
    [("a/b".to_owned(), "https://bucket.example/a/b?sig=1".to_owned())].into()
}

fn sent_to(to: &str, content: &Content, reply_to: Option<&str>) -> Result<Value, Unsendable> {
    let links = links();
    let message = OutboundMessage { to, content, reply_to, reference: "r-1", links: &links };
    let request = request("http://localhost:9000", "1", "t", &message)?;
    Ok(serde_json::from_slice(request.body()).unwrap())
}

fn sent(content: &Content) -> Value {
    sent_to("628123456789", content, None).unwrap()
}

#[test]
fn a_text_to_a_number() {
    let (base, links) = ("https://graph.example/v24.0/", BTreeMap::new());
    let message = OutboundMessage {
        to: "628123456789",
        content: &text(),
        reply_to: Some("wamid.1"),
        reference: "r-1",
        links: &links,
    };
    let request = request(base, "1055501", "EAAB-secret", &message).unwrap();
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "https://graph.example/v24.0/1055501/messages");
    assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
    assert_eq!(request.headers()[AUTHORIZATION], "Bearer EAAB-secret");
    assert!(!format!("{request:?}").contains("EAAB"), "printing it hides the token");
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(
        body,
        json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "628123456789",
            "context": { "message_id": "wamid.1" },
            "type": "text",
            "text": {
                "preview_url": false,
                "body": "Selamat pagi,\nada \"yang\" bisa dibantu? 🙏",
            },
            "biz_opaque_callback_data": "r-1",
        })
    );
}

#[test]
fn a_text_to_someone_who_hides_their_number() {
    for (identity, used, absent) in [
        ("ID.1740012345678", "recipient", "to"),
        ("ID.ENT.1740012345678", "recipient", "to"),
        ("+628123456789", "to", "recipient"),
    ] {
        let body = sent_to(identity, &text(), None).unwrap();
        assert_eq!(body[used], identity);
        assert_eq!(body.get(absent), None);
    }
}

#[test]
fn a_broken_configuration_is_an_error_and_no_panic() {
    let (content, links) = (text(), BTreeMap::new());
    let message = OutboundMessage {
        to: "62",
        content: &content,
        reply_to: None,
        reference: "r",
        links: &links,
    };
    let make = |base, number, token| request(base, number, token, &message).err();
    assert_eq!(make("http://localhost", "1", "a\nb"), Some(Unsendable::Token));
    for number in ["", "../me", "1/2", "1?x=", "1#", "1 "] {
        assert_eq!(make("http://localhost", number, "t"), Some(Unsendable::Address));
    }
    assert_eq!(make("http://exa mple", "1", "t"), Some(Unsendable::Address));
}

#[test]
fn a_file_goes_by_its_link() {
    let link = "https://bucket.example/a/b?sig=1";
    for (media, expected) in [
        (
            file(MediaKind::Image, Some("Ini"), None),
            json!({ "type": "image", "image": { "link": link, "caption": "Ini" } }),
        ),
        (file(MediaKind::Audio, None, None), json!({ "type": "audio", "audio": { "link": link } })),
        (file(MediaKind::Video, None, None), json!({ "type": "video", "video": { "link": link } })),
        (
            file(MediaKind::Document, None, Some("nota.pdf")),
            json!({ "type": "document", "document": { "link": link, "filename": "nota.pdf" } }),
        ),
        (
            file(MediaKind::Sticker, None, None),
            json!({ "type": "sticker", "sticker": { "link": link } }),
        ),
    ] {
        let body = sent(&Content::Media(media.clone()));
        let kind = media.kind.name();
        assert_eq!((&body["type"], &body[kind]), (&expected["type"], &expected[kind]));
    }
}

#[test]
fn a_file_without_a_link_is_not_sent() {
    let mut media = file(MediaKind::Image, None, None);
    media.file = File::Awaited {
        provider_media_id: "1".into(),
        mime_type: "a/b".into(),
        sha256: None,
        round: 0,
    };
    let awaited = sent_to("62", &Content::Media(media), None);
    assert_eq!(awaited, Err(Unsendable::File));
}

#[test]
fn places_and_cards() {
    let place = Location {
        latitude_e7: -62_000_001,
        longitude_e7: 1_068_166_660,
        name: Some("Kedai".into()),
        address: None,
        url: None,
    };
    assert_eq!(
        sent(&Content::Location(place))["location"],
        json!({ "latitude": -6.200_000_1, "longitude": 106.816_666, "name": "Kedai" })
    );
    let card = Card {
        name: "Ani".into(),
        first_name: None,
        last_name: None,
        company: Some("Kopi Kita".into()),
        phones: vec!["+62 811".into()],
        emails: vec![],
        details: Box::default(),
    };
    assert_eq!(
        sent(&Content::Contacts { cards: vec![card] })["contacts"],
        json!([{
            "name": { "formatted_name": "Ani", "first_name": "Ani" },
            "org": { "company": "Kopi Kita" },
            "phones": [{ "phone": "+62 811" }],
        }])
    );
}

#[test]
fn a_reaction_and_its_removal() {
    for (emoji, expected) in [(Some("👍"), "👍"), (None, "")] {
        let content =
            Content::Reaction { target: "wamid.1".into(), emoji: emoji.map(str::to_owned) };
        let expected = json!({ "message_id": "wamid.1", "emoji": expected });
        assert_eq!(sent(&content)["reaction"], expected);
    }
}

fn choosing(header: Option<Header>, action: Action) -> Value {
    let footer = Some("Kopi Kita".to_owned());
    let body = "Mau apa?".to_owned();
    sent(&Content::Interactive(Box::new(Interactive { header, body, footer, action })))
        ["interactive"]
        .clone()
}

#[test]
fn buttons_lists_links_and_the_question_where() {
    let buttons = vec![Button { id: "a".into(), title: "Ya".into() }];
    let header = Header::Media(file(MediaKind::Image, None, None));
    assert_eq!(
        choosing(Some(header), Action::Buttons { buttons }),
        json!({
            "type": "button",
            "header": { "type": "image", "image": { "link": "https://bucket.example/a/b?sig=1" } },
            "body": { "text": "Mau apa?" },
            "footer": { "text": "Kopi Kita" },
            "action": { "buttons": [{ "type": "reply", "reply": { "id": "a", "title": "Ya" } }] },
        })
    );
    let rows =
        vec![Row { id: "1".into(), title: "Kopi".into(), description: Some("Panas".into()) }];
    let sections = vec![Section { title: Some("Minum".into()), rows }];
    let list = Action::List { button: "Pilih".into(), sections };
    let list = choosing(Some(Header::Text { text: "Menu".into() }), list);
    assert_eq!(
        (&list["type"], &list["header"]),
        (&json!("list"), &json!({ "type": "text", "text": "Menu" }))
    );
    assert_eq!(
        list["action"],
        json!({ "button": "Pilih", "sections": [{
            "title": "Minum",
            "rows": [{ "id": "1", "title": "Kopi", "description": "Panas" }],
        }]})
    );
    let link = choosing(None, Action::Link { label: "Buka".into(), url: "https://a.b".into() });
    assert_eq!(link["type"], "cta_url");
    let parameters = json!({ "display_text": "Buka", "url": "https://a.b" });
    assert_eq!(link["action"], json!({ "name": "cta_url", "parameters": parameters }));
    let place = choosing(None, Action::LocationRequest);
    assert_eq!(place["type"], "location_request_message");
    assert_eq!(place["action"], json!({ "name": "send_location" }));
}

#[test]
fn a_form_begins_at_a_screen_or_where_the_endpoint_says() {
    let flow = |start| {
        let (label, id, token) = ("Pesan".into(), "77".into(), Some("meja-7".to_owned()));
        choosing(None, Action::Flow(Flow { label, id, token, start, is_draft: false }))
    };
    let data = Some(r#"{"meja":7}"#.to_owned());
    let screen = flow(FlowStart::Screen { screen: "PESAN".into(), data });
    let parameters = json!({
        "flow_message_version": "3", "flow_id": "77", "flow_cta": "Pesan", "mode": "published",
        "flow_token": "meja-7", "flow_action": "navigate",
        "flow_action_payload": { "screen": "PESAN", "data": { "meja": 7 } },
    });
    assert_eq!(screen["type"], "flow");
    assert_eq!(screen["action"], json!({ "name": "flow", "parameters": parameters }));
    let asked = flow(FlowStart::Endpoint);
    let parameters = &asked["action"]["parameters"];
    assert_eq!(parameters["flow_action"], "data_exchange");
    assert!(parameters.get("flow_action_payload").is_none());
}

#[test]
fn products_are_named_by_what_the_shop_calls_them() {
    let one = Action::Product { catalog_id: "88".into(), product: "gayo".into() };
    let product = choosing(None, one.clone());
    assert_eq!(product["type"], "product");
    assert_eq!(product["action"], json!({ "catalog_id": "88", "product_retailer_id": "gayo" }));
    let alone = Interactive { header: None, body: String::new(), footer: None, action: one };
    assert!(sent(&Content::Interactive(Box::new(alone)))["interactive"].get("body").is_none());
    let sections = vec![ProductSection { title: "Biji".into(), products: vec!["gayo".into()] }];
    let above = Some(Header::Text { text: "Kopi".into() });
    let list = choosing(above, Action::ProductList { catalog_id: "88".into(), sections });
    assert_eq!(list["type"], "product_list");
    let items = json!([{ "product_retailer_id": "gayo" }]);
    assert_eq!(
        list["action"],
        json!({ "catalog_id": "88", "sections": [{ "title": "Biji", "product_items": items }] })
    );
    let catalog = |thumbnail: Option<&str>| {
        choosing(None, Action::Catalog { thumbnail: thumbnail.map(str::to_owned) })
    };
    assert_eq!(catalog(None)["action"], json!({ "name": "catalog_message" }));
    let shown = catalog(Some("gayo"));
    assert_eq!(shown["type"], "catalog_message");
    assert_eq!(shown["action"]["parameters"], json!({ "thumbnail_product_retailer_id": "gayo" }));
}

#[test]
fn a_template_with_all_that_can_be_filled_in() {
    let one = |value| vec![Parameter { name: None, value }];
    let words = |text: &str| ParameterValue::Text { text: text.to_owned() };
    let button = |sub_type: &str, index, value| Component::Button {
        sub_type: sub_type.into(),
        index,
        parameters: one(value),
    };
    let named = Parameter { name: Some("nama".into()), value: words("Budi") };
    let image = ParameterValue::Media(file(MediaKind::Image, None, None));
    let template = Template {
        name: "promo".into(),
        language: "id".into(),
        components: vec![
            Component::Header { parameters: one(image) },
            Component::Body { parameters: vec![named] },
            button("url", 0, words("gayo")),
            button("quick_reply", 1, ParameterValue::Payload { payload: "p".into() }),
            button("copy_code", 2, ParameterValue::CouponCode { code: "KOPI5".into() }),
        ],
        text: "Halo Budi".into(),
        frame: domain::message::Frame::default(),
    };
    let link = json!({ "link": "https://bucket.example/a/b?sig=1" });
    assert_eq!(
        sent(&Content::Template(Box::new(template)))["template"],
        json!({
            "name": "promo",
            "language": { "code": "id" },
            "components": [
                { "type": "header", "parameters": [{ "type": "image", "image": link }] },
                { "type": "body", "parameters": [
                    { "type": "text", "text": "Budi", "parameter_name": "nama" },
                ]},
                { "type": "button", "sub_type": "url", "index": "0",
                  "parameters": [{ "type": "text", "text": "gayo" }] },
                { "type": "button", "sub_type": "quick_reply", "index": "1",
                  "parameters": [{ "type": "payload", "payload": "p" }] },
                { "type": "button", "sub_type": "copy_code", "index": "2",
                  "parameters": [{ "type": "coupon_code", "coupon_code": "KOPI5" }] },
            ],
        })
    );
}

#[test]
fn a_template_with_cards_an_offer_and_products() {
    let one = |value| vec![Parameter { name: None, value }];
    let image = || ParameterValue::Media(file(MediaKind::Image, None, None));
    let product =
        ParameterValue::Product { product_id: "gayo-250".into(), catalog_id: "77".into() };
    let payload = ParameterValue::Payload { payload: "beli".into() };
    let card = |components| CarouselCard {
        components,
        text: String::new(),
        frame: domain::message::Frame::default(),
    };
    let choice = ParameterValue::Catalog {
        thumbnail: "gayo-250".into(),
        sections: vec![ProductSection { title: "Biji".into(), products: vec!["gayo-250".into()] }],
    };
    let catalog = ParameterValue::Catalog { thumbnail: "gayo-250".into(), sections: vec![] };
    let button = |sub_type: &str, index, value| Component::Button {
        sub_type: sub_type.into(),
        index,
        parameters: one(value),
    };
    let template = Template {
        name: "promo".into(),
        language: "id".into(),
        components: vec![
            Component::Offer { expires_at: Time::from_millis(1_795_000_000_000) },
            Component::Carousel {
                cards: vec![
                    card(vec![
                        Component::Header { parameters: one(image()) },
                        button("quick_reply", 0, payload),
                    ]),
                    card(vec![Component::Header { parameters: one(product) }]),
                ],
            },
            button("mpm", 0, choice),
            button("catalog", 1, catalog),
        ],
        text: String::new(),
        frame: domain::message::Frame::default(),
    };
    let link = json!({ "link": "https://bucket.example/a/b?sig=1" });
    let product = json!({ "product_retailer_id": "gayo-250", "catalog_id": "77" });
    let items = json!([{ "product_retailer_id": "gayo-250" }]);
    assert_eq!(
        sent(&Content::Template(Box::new(template)))["template"]["components"],
        json!([
            { "type": "limited_time_offer", "parameters": [{
                "type": "limited_time_offer",
                "limited_time_offer": { "expiration_time_ms": 1_795_000_000_000_i64 } }] },
            { "type": "carousel", "cards": [
                { "card_index": 0, "components": [
                    { "type": "header", "parameters": [{ "type": "image", "image": link }] },
                    { "type": "button", "sub_type": "quick_reply", "index": "0",
                      "parameters": [{ "type": "payload", "payload": "beli" }] },
                ]},
                { "card_index": 1, "components": [
                    { "type": "header", "parameters": [{ "type": "product", "product": product }] },
                ]},
            ]},
            { "type": "button", "sub_type": "mpm", "index": "0", "parameters": [{
                "type": "action", "action": {
                    "thumbnail_product_retailer_id": "gayo-250",
                    "sections": [{ "title": "Biji", "product_items": items }] } }] },
            { "type": "button", "sub_type": "catalog", "index": "1",
              "parameters": [{ "type": "action", "action": {
                  "thumbnail_product_retailer_id": "gayo-250" } }] },
        ])
    );
}

#[test]
fn a_template_with_a_place_and_forms() {
    let one = |value| vec![Parameter { name: None, value }];
    let place = Location {
        latitude_e7: -62_000_000,
        longitude_e7: 1_068_166_667,
        name: Some("Kedai".into()),
        address: None,
        url: None,
    };
    let form = |index, token: Option<&str>, data: Option<&str>| Component::Button {
        sub_type: "flow".into(),
        index,
        parameters: one(ParameterValue::Flow {
            token: token.map(str::to_owned),
            data: data.map(str::to_owned),
        }),
    };
    let template = Template {
        name: "survey".into(),
        language: "id".into(),
        components: vec![
            Component::Header { parameters: one(ParameterValue::Location { place }) },
            form(0, None, None),
            form(1, Some("order-17"), Some(r#"{"order":"17"}"#)),
        ],
        text: String::new(),
        frame: domain::message::Frame::default(),
    };
    let button = |index: &str, action: Value| {
        json!({ "type": "button", "sub_type": "flow", "index": index,
            "parameters": [{ "type": "action", "action": action }] })
    };
    let place = json!({ "latitude": -6.2, "longitude": 106.816_666_7, "name": "Kedai" });
    assert_eq!(
        sent(&Content::Template(Box::new(template)))["template"]["components"],
        json!([
            { "type": "header", "parameters": [{ "type": "location", "location": place }] },
            button("0", json!({ "flow_token": "unused" })),
            button("1", json!({ "flow_token": "order-17", "flow_action_data": { "order": "17" } })),
        ])
    );
}
