//! Each kind of message looks as Meta's page about it shows.

use serde_json::{Value, json};

use super::super::{Kind, Location, MediaKind, Person, Post};
use super::{CUSTOMER, NOW, graph, send, value};

fn budi() -> Person {
    Person::with_phone(CUSTOMER, "Budi")
}

/// The one message of a post.
fn message(post: Post) -> Value {
    let delivery = graph().customers_send(NOW, &[post]);
    value(&delivery)["messages"][0].clone()
}

fn content(kind: Kind) -> Value {
    let name = kind.name();
    let message = message(Post::new(NOW, &budi(), kind));
    assert_eq!(message["type"], name);
    assert_eq!(message["from"], CUSTOMER);
    message[name].clone()
}

#[test]
fn a_place_an_address_card_and_a_cart() {
    let place = Location {
        latitude: -6.175,
        longitude: 106.827,
        name: Some("Monas".into()),
        address: None,
    };
    let shown = json!({"latitude": -6.175, "longitude": 106.827, "name": "Monas"});
    assert_eq!(content(Kind::Location(place)), shown);

    let card = json!({"name": {"formatted_name": "Ani"}, "phones": [{"phone": "+62 811"}]});
    assert_eq!(content(Kind::Contacts { contacts: vec![card.clone()] }), json!([card]));

    let items = vec![json!({"product_retailer_id": "gayo-250", "quantity": 2})];
    let order = Kind::Order { catalog_id: "77".into(), text: String::new(), product_items: items };
    assert_eq!(content(order)["product_items"][0]["quantity"], 2);
}

#[test]
fn taps_tell_the_id_that_the_business_chose() {
    let button = Kind::ButtonReply { id: "yes".into(), title: "Ya".into() };
    let shown = json!({"type": "button_reply", "button_reply": {"id": "yes", "title": "Ya"}});
    assert_eq!(content(button), shown);

    let row = Kind::ListReply {
        id: "r1".into(),
        title: "Gayo".into(),
        description: Some("250 g".into()),
    };
    assert_eq!(content(row)["list_reply"]["description"], "250 g");

    let form = Kind::FlowReply { body: "Sent".into(), response_json: "{\"a\":1}".into() };
    assert_eq!(content(form)["nfm_reply"]["response_json"], "{\"a\":1}");

    let quick = Kind::Button { payload: "TODAY".into(), text: "Hari ini".into() };
    assert_eq!(content(quick), json!({"payload": "TODAY", "text": "Hari ini"}));
}

#[test]
fn a_reaction_is_taken_back_without_an_emoji() {
    let react = |emoji: Option<&str>| Kind::Reaction {
        message_id: "wamid.1".into(),
        emoji: emoji.map(str::to_owned),
    };
    assert_eq!(content(react(Some("👍"))), json!({"message_id": "wamid.1", "emoji": "👍"}));
    assert_eq!(content(react(None)), json!({"message_id": "wamid.1"}));
}

#[test]
fn words_are_changed_and_taken_back() {
    let edit = content(Kind::Edit { message_id: "wamid.1".into(), body: "Dua".into() });
    assert_eq!(edit["original_message_id"], "wamid.1");
    assert_eq!(edit["message"]["text"]["body"], "Dua");
    let revoke = content(Kind::Revoke { message_id: "wamid.1".into() });
    assert_eq!(revoke, json!({"original_message_id": "wamid.1"}));
}

#[test]
fn what_the_api_does_not_carry_says_so() {
    let message =
        message(Post::new(NOW, &budi(), Kind::Unsupported { kind: "poll_creation".into() }));
    assert_eq!(message["unsupported"]["type"], "poll_creation");
    assert_eq!(message["errors"][0]["code"], 131_051);
}

#[test]
fn a_reply_quotes_and_a_forwarded_message_and_an_ad_say_where_they_come_from() {
    let mut graph = graph();
    send(&mut graph, NOW);
    let ours = graph.log()[0].wamid.clone();
    let post = Post::new(NOW, &budi(), Kind::text("Ya")).replying_to(&ours);
    let first = value(&graph.customers_send(NOW, &[post]))["messages"][0].clone();
    assert_eq!(first["context"], json!({"from": "6281100001111", "id": ours}));
    let own = first["id"].as_str().unwrap();
    let post = Post::new(NOW, &budi(), Kind::text("Eh")).replying_to(own);
    let second = value(&graph.customers_send(NOW, &[post]))["messages"][0].clone();
    assert_eq!(second["context"]["from"], CUSTOMER);

    let forwarded = message(Post::new(NOW, &budi(), Kind::text("Lihat")).forwarded());
    assert_eq!(forwarded["context"], json!({"forwarded": true}));

    let ad = json!({"source_type": "ad", "source_id": "120", "ctwa_clid": "ARA"});
    let referred = message(Post::new(NOW, &budi(), Kind::text("Halo")).referred(ad.clone()));
    assert_eq!(referred["referral"], ad);
}

#[test]
fn who_hides_the_number_is_known_by_user_id_and_name() {
    let mut graph = graph();
    let dewi = Person {
        username: Some("dewi.kopi".into()),
        ..Person::with_user_id("ID.17400555544443333222", "Dewi")
    };
    let value = value(&graph.customer_sends(NOW, &dewi, Kind::text("Halo")));
    assert_eq!(
        value["contacts"],
        json!([{
            "profile": {"name": "Dewi", "username": "dewi.kopi"},
            "user_id": "ID.17400555544443333222",
        }])
    );
    let message = &value["messages"][0];
    assert_eq!(message["from_user_id"], "ID.17400555544443333222");
    assert!(message.get("from").is_none());
    assert_eq!(graph.written()[0].from, "ID.17400555544443333222");
}

#[test]
fn a_new_number_is_a_system_message_without_contacts() {
    let mut graph = graph();
    let kind = Kind::NumberChanged { new_phone: "628111222333".into(), new_user_id: None };
    let value = value(&graph.customer_sends(NOW, &budi(), kind));
    assert!(value.get("contacts").is_none());
    let system = &value["messages"][0]["system"];
    assert_eq!(system["type"], "user_changed_number");
    assert_eq!(system["wa_id"], "628111222333");

    let dewi = Person::with_user_id("ID.1", "Dewi");
    let kind = Kind::UserIdChanged { new_user_id: "ID.2".into() };
    let value = super::value(&graph.customer_sends(NOW, &dewi, kind));
    let system = &value["messages"][0]["system"];
    assert_eq!(system["type"], "user_changed_user_id");
    assert_eq!((&system["user_id"], &system["previous_user_id"]), (&json!("ID.2"), &json!("ID.1")));
}

#[test]
fn a_file_comes_with_its_hash_and_a_url() {
    let mut graph = graph();
    let id = graph.customer_uploads(NOW, "audio/ogg; codecs=opus", b"OggS".to_vec());
    let mut kind = Kind::file(MediaKind::Audio, &id);
    if let Kind::Media { file, .. } = &mut kind {
        file.voice = true;
    }
    let audio = value(&graph.customer_sends(NOW, &budi(), kind))["messages"][0]["audio"].clone();
    assert_eq!(audio["id"], id.as_str());
    assert_eq!(audio["voice"], true);
    assert_eq!(audio["mime_type"], "audio/ogg; codecs=opus");
    assert_eq!(audio["sha256"].as_str().unwrap().len(), 44, "Base64 of 32 bytes");
    assert!(audio["url"].as_str().unwrap().starts_with("https://lookaside.fbsbx.com/"));
}

#[test]
fn what_the_business_writes_by_phone_comes_back_as_an_echo() {
    let mut graph = graph();
    let delivery = graph.business_says_by_phone(NOW, &budi(), &Kind::text("Dari ponsel"));
    let body: Value = serde_json::from_slice(&delivery.body).unwrap();
    let change = &body["entry"][0]["changes"][0];
    assert_eq!(change["field"], "smb_message_echoes");
    let echo = &change["value"]["message_echoes"][0];
    assert_eq!((&echo["from"], &echo["to"]), (&json!("6281100001111"), &json!(CUSTOMER)));
    assert_eq!(echo["text"]["body"], "Dari ponsel");
    assert!(graph.log().is_empty());
    assert_eq!(graph.echoes().len(), 1);
}
