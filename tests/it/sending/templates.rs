//! Templates: kept as the provider says they are, and sent when nothing else may be.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use domain::api_key::Role;
use futures_util::future::join;
use serde_json::{Value, json};
use world::{
    World,
    company::webhook_request,
    graph::{Delivery, Fault},
    requests::ApiRequest,
    wire::Fate,
    world::Answered,
};

use super::{
    MINUTES,
    types::{uploaded, uploaded_of},
};
use crate::desk::{
    BUDI, Desk, episodes,
    fates::{self, UNLUCKY},
    problem, rows, stored,
};

pub(super) async fn sync(desk: &Desk<'_>) -> Answered {
    let integrations = desk.get("/v1/integrations").await;
    let id = integrations["data"][0]["id"].as_str().unwrap();
    desk.call(ApiRequest::new("POST", format!("/v1/integrations/{id}/templates/sync"))).await
}

async fn listed(desk: &Desk<'_>) -> Vec<Value> {
    desk.get("/v1/templates/whatsapp?limit=100").await["data"].as_array().unwrap().clone()
}

pub(super) fn words(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

/// "Halo {{1}}, pesanan Anda sudah siap. Total: *{{2}}*. ..." under "Pesanan {{1}}".
pub(super) fn order_ready(header: &[&str], body: &[&str]) -> Value {
    let part = |kind: &str, texts: &[&str]| {
        let parameters: Vec<_> = texts.iter().map(|text| words(text)).collect();
        json!({ "type": kind, "parameters": parameters })
    };
    let components = [part("header", header), part("body", body)];
    json!({ "type": "template", "template": {
        "name": "order_ready", "language": "id", "components": components } })
}

#[tokio::test(start_paused = true)]
async fn a_template_reaches_whom_nothing_else_may() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    assert_eq!(sync(&desk).await.status, 200);
    world.pass(Duration::from_secs(25 * 3600)).await;
    let late = desk.reply(&room, "Pesanan siap", "a").await;
    assert_eq!(problem(&late), (422, "window_closed", ""));
    let body = order_ready(&["KK-17"], &["Budi", "Rp 75.000"]);
    let sent = desk.send(&room, "b", &body).await;
    assert_eq!(sent.status, 201, "{}", sent.json);
    world.settle(MINUTES).await.unwrap();

    let history = desk.history(&room).await;
    let last = history.last().unwrap();
    let text = "Halo Budi, pesanan Anda sudah siap. Total: *Rp 75.000*. Mau diambil kapan?";
    assert_eq!((&last["type"], &last["error"]), (&json!("template"), &Value::Null));
    assert_eq!(last["text"], text, "the history shows the words");
    assert_eq!(world.company().graph().log()[0].text, text, "as the customer reads them");
    assert_eq!(desk.room(&room).await["last_message"]["text"], text);
}

#[tokio::test(start_paused = true)]
async fn a_template_leaves_a_resolved_room_to_the_customer() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    sync(&desk).await;
    assert_eq!(desk.resolve(&room).await.status, 200);
    assert_eq!(problem(&desk.reply(&room, "Lagi", "a").await), (422, "room_resolved", ""));
    world.pass(Duration::from_secs(1)).await;
    let sent = desk.send(&room, "b", &order_ready(&["KK-17"], &["Budi", "Rp 1"])).await;
    assert_eq!(sent.status, 201, "{}", sent.json);
    world.settle(MINUTES).await.unwrap();
    assert_eq!(desk.room(&room).await["status"], "resolved");
    assert_eq!(episodes(&world), 1);
    world.customer_says(BUDI, "Hari ini").await.unwrap();
    assert_eq!(desk.room(&room).await["status"], "unassigned");
    assert_eq!(episodes(&world), 2);
}

#[tokio::test(start_paused = true)]
async fn a_template_that_does_not_fit_is_refused_before_it_is_stored() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    sync(&desk).await;
    let before = stored(&world);
    let named = |name: &str, language: &str| json!({ "type": "template", "template": { "name": name, "language": language } });
    let body = "template.components[1].parameters";
    for (sent, field) in [
        (named("nothing", "id"), "template.name".to_owned()),
        (named("order_ready", "fr"), "template.name".into()),
        (named("winback", "id"), "template.name".into()),
        (named("order_ready", "id"), "template.components".into()),
        (named("Order Ready", "id"), "template.name".into()),
        (order_ready(&["KK-17"], &["Budi"]), body.into()),
        (order_ready(&[], &["Budi", "Rp 1"]), "template.components[0].parameters".into()),
        (order_ready(&["KK-17"], &["Budi", "a\nb"]), format!("{body}[1].text")),
        (order_ready(&["KK-17"], &["Budi", &"x".repeat(1000)]), "template.components".into()),
    ] {
        let refused = desk.send(&room, "k", &sent).await;
        let expected = (400, "invalid_field", field.as_str());
        assert_eq!(problem(&refused), expected, "{sent} {}", refused.json);
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn the_copy_follows_the_provider() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let first = sync(&desk).await;
    let total = first.json["data"]["total"].as_u64().unwrap();
    assert!(total >= 10);
    assert_eq!(first.json["data"]["changed"], total);
    assert_eq!(listed(&desk).await.len() as u64, total);
    world.pass(Duration::from_secs(60)).await;
    let templates = || rows(&world, &format!("{}#", world.company().provisioned.integration_id));
    let before = templates();
    assert_eq!(before.len() as u64, total);
    assert_eq!(sync(&desk).await.json["data"]["changed"], 0, "nothing new, nothing written");
    assert_eq!(templates(), before);

    world.company().graph().put_template(json!({
        "id": "1", "name": "order_ready", "language": "id", "status": "PAUSED",
        "category": "UTILITY", "components": [{ "type": "BODY", "text": "Halo" }],
    }));
    assert_eq!(sync(&desk).await.json["data"]["changed"], 1);
    let paused = listed(&desk).await;
    let paused = paused.iter().find(|t| t["name"] == "order_ready" && t["language"] == "id");
    assert_eq!(paused.unwrap()["status"], "PAUSED");
}

/// What WhatsApp tells of `order_ready` in Indonesian, as of some seconds ago.
fn notice(world: &World, ago: u64, field: &str, facts: &Value) -> Delivery {
    let mut value = json!({
        "message_template_id": 900_100_000_000_002_u64,
        "message_template_name": "order_ready",
        "message_template_language": "id",
    });
    value.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
    let then = world.clock.now_ms() - ago * 1000;
    world.company().graph().announces(then, field, &value)
}

/// WhatsApp tells it.
async fn tells(world: &World, ago: u64, field: &str, facts: Value) {
    let delivery = notice(world, ago, field, &facts);
    assert_eq!(world.deliver(world.company(), &delivery).await.unwrap(), 200);
}

/// The status of `order_ready` in Indonesian.
async fn status(desk: &Desk<'_>) -> Value {
    let listed = listed(desk).await;
    let of = |t: &&Value| t["name"] == "order_ready" && t["language"] == "id";
    listed.iter().find(of).unwrap()["status"].clone()
}

#[tokio::test(start_paused = true)]
async fn what_whatsapp_tells_of_a_template_counts_at_once() {
    const STATUS: &str = "message_template_status_update";
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    sync(&desk).await;
    world.pass(Duration::from_secs(600)).await;
    let shown = async || {
        let listed = listed(&desk).await;
        let of = |t: &&Value| t["name"] == "order_ready" && t["language"] == "id";
        listed.iter().find(of).unwrap().clone()
    };
    let send =
        async |key: &str| desk.send(&room, key, &order_ready(&["1"], &["Budi", "Rp 1"])).await;

    let pause =
        json!({ "event": "PAUSED", "reason": "NONE", "other_info": { "title": "FIRST_PAUSE" } });
    tells(&world, 60, STATUS, pause.clone()).await;
    let paused = shown().await;
    assert_eq!((&paused["status"], &paused["reason"]), (&json!("PAUSED"), &json!("FIRST_PAUSE")));
    assert_eq!(problem(&send("a").await), (400, "invalid_field", "template.name"));
    assert_eq!(desk.events("app").await.len(), 1, "and it is still an event");

    // Three hours later it is let go on; the pause comes once more.
    tells(&world, 0, STATUS, json!({ "event": "APPROVED", "reason": "NONE" })).await;
    tells(&world, 60, STATUS, pause).await;
    let back = shown().await;
    assert_eq!((&back["status"], &back["reason"]), (&json!("APPROVED"), &Value::Null));
    assert_eq!(send("b").await.status, 201);

    let worse = json!({ "previous_quality_score": "GREEN", "new_quality_score": "RED" });
    tells(&world, 30, "message_template_quality_update", worse).await;
    let soon = json!({ "new_category": "UTILITY", "correct_category": "MARKETING" });
    tells(&world, 30, "template_category_update", soon).await;
    assert_eq!(
        (&shown().await["quality_rating"], &shown().await["category"]),
        (&json!("RED"), &json!("UTILITY"))
    );
    let now = json!({ "previous_category": "UTILITY", "new_category": "MARKETING" });
    tells(&world, 20, "template_category_update", now).await;
    assert_eq!(shown().await["category"], "MARKETING");

    // What was known before the list was made is no news; one that we don't have stays an event.
    tells(&world, 700, STATUS, json!({ "event": "DISABLED" })).await;
    tells(&world, 0, STATUS, json!({ "event": "DISABLED", "message_template_name": "nothing" }))
        .await;
    tells(&world, 0, STATUS, json!({ "event": "DISABLED", "message_template_id": 7 })).await;
    assert_eq!(shown().await["status"], "APPROVED");
    tells(&world, 0, STATUS, json!({ "event": "REJECTED", "reason": "SCAM" })).await;
    let rejected = shown().await;
    assert_eq!((&rejected["status"], &rejected["reason"]), (&json!("REJECTED"), &json!("SCAM")));
}

#[tokio::test(start_paused = true)]
async fn a_notice_from_before_the_last_list_changes_nothing_though_the_list_did_not_either() {
    const STATUS: &str = "message_template_status_update";
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    sync(&desk).await;
    world.pass(Duration::from_secs(600)).await;
    // It was paused and let go on meanwhile; that it was paused comes late.
    assert_eq!(sync(&desk).await.json["data"]["changed"], 0);
    world.pass(Duration::from_secs(60)).await;
    tells(&world, 300, STATUS, json!({ "event": "PAUSED" })).await;
    assert_eq!(status(&desk).await, "APPROVED");
    // The number is connected anew: the list is still the list.
    let id = world.company().provisioned.integration_id;
    let body = json!({ "access_token": world.company().setup.access_token }).to_string();
    let again = ApiRequest::new("POST", format!("/v1/integrations/{id}/reconnect")).body(body);
    assert_eq!(desk.call(again).await.status, 200);
    tells(&world, 200, STATUS, json!({ "event": "PAUSED" })).await;
    assert_eq!(status(&desk).await, "APPROVED");
    tells(&world, 30, STATUS, json!({ "event": "PAUSED" })).await;
    assert_eq!(status(&desk).await, "PAUSED");
}

#[tokio::test(start_paused = true)]
async fn a_notice_that_a_sync_overtakes_on_its_way_is_old_all_the_same() {
    for call in 0.. {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        sync(&desk).await;
        world.pass(Duration::from_secs(600)).await;
        let pause = json!({ "event": "PAUSED" });
        let delivery = notice(&world, 300, "message_template_status_update", &pause);
        let process = world.start_process(UNLUCKY);
        let calls = fates::slow(&world, call, Fate::Served);
        let request = webhook_request(world.company(), &delivery.body);
        let (told, synced) = join(world.webhook(&process, &request), sync(&desk)).await;
        assert_eq!((told.unwrap().unwrap().0, synced.status), (200, 200));
        fates::recover(&world);
        assert_eq!(status(&desk).await, "APPROVED", "call {call}");
        if !fates::has_struck(&calls, call) {
            assert!(call >= 4, "only {call} calls were slow");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_template_is_paused_for_the_numbers_of_its_business_only() {
    let mut world = World::new().await.unwrap();
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let [kopi, teh] = &world.companies[..] else { panic!("two companies") };
    for company in [kopi, teh] {
        sync(&Desk::of_company(&world, company)).await;
    }
    world.pass(Duration::from_secs(60)).await;
    tells(&world, 0, "message_template_status_update", json!({ "event": "PAUSED" })).await;
    for (company, paused) in [(kopi, 2), (teh, 1)] {
        let listed = listed(&Desk::of_company(&world, company)).await;
        assert_eq!(listed.iter().filter(|t| t["status"] == "PAUSED").count(), paused);
    }
}

#[tokio::test(start_paused = true)]
async fn templates_come_in_pages() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    sync(&desk).await;
    let all = listed(&desk).await;
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = desk.get(&format!("/v1/templates/whatsapp?limit=3{cursor}")).await;
        paged.extend(page["data"].as_array().unwrap().clone());
        match page["meta"]["pagination"]["cursor"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
    let id = all[0]["channel_integration_id"].as_str().unwrap();
    let path = format!("/v1/templates/whatsapp?limit=100&channel_integration_id={id}");
    assert_eq!(desk.get(&path).await["data"], json!(all));
}

#[tokio::test(start_paused = true)]
async fn a_sync_is_an_admins_and_the_providers_to_refuse() {
    let world = World::new().await.unwrap();
    let key = world.add_member("Tono", Role::Supervisor).await.unwrap();
    let before = stored(&world);
    assert_eq!(problem(&sync(&Desk::with_key(&world, &key)).await), (403, "forbidden", ""));
    world.company().graph().set_fault(Fault::ExpiredToken, None);
    let refused = sync(&Desk::of(&world)).await;
    assert_eq!(problem(&refused), (422, "provider_refused", ""), "{}", refused.json);
    // Nothing but the number has changed, which says that its token is refused.
    let others = |(rows, keys): (Vec<String>, Vec<String>)| {
        let is_number = |row: &String| row.contains("\"sk\":{\"S\":\"integration#");
        (rows.into_iter().filter(|row| !is_number(row)).collect::<Vec<_>>(), keys)
    };
    assert_eq!(others(stored(&world)), others(before));
}

#[tokio::test(start_paused = true)]
async fn a_sync_that_fails_halfway_is_finished_by_the_next() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let writes = AtomicUsize::new(0);
    fates::refuse(&world, move |call| {
        fates::writes(call) && writes.fetch_add(1, Ordering::Relaxed) >= 5
    });
    assert_eq!(sync(&desk).await.status, 503);
    // The first was that the list was asked for.
    assert_eq!(listed(&desk).await.len(), 4);
    fates::recover(&world);
    assert_eq!(sync(&desk).await.status, 200);
    let total = world.company().graph().templates().as_array().unwrap().len();
    assert_eq!(listed(&desk).await.len(), total);
}

/// A template of the company that sends cards, an offer or products.
pub(super) fn promo(world: &World, name: &str, components: Value) {
    world.company().graph().put_template(json!({
        "id": "900100000000099", "name": name, "language": "id", "status": "APPROVED",
        "category": "MARKETING", "components": components,
    }));
}

pub(super) fn sending(name: &str, components: Value) -> Value {
    json!({ "type": "template", "template": {
        "name": name, "language": "id", "components": components } })
}

#[tokio::test(start_paused = true)]
async fn cards_side_by_side_reach_the_customer() {
    let mut world = World::new().await.unwrap();
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let card = json!({ "components": [
        { "type": "HEADER", "format": "IMAGE" },
        { "type": "BODY", "text": "{{1}}, Rp {{2}}" },
        { "type": "BUTTONS", "buttons": [
            { "type": "QUICK_REPLY", "text": "Mau" },
            { "type": "URL", "text": "Lihat", "url": "https://kopikita.example/{{1}}" },
        ]},
    ]});
    let body = json!({ "type": "BODY", "text": "Halo {{1}}, yang baru:" });
    promo(&world, "new_cards", json!([body, { "type": "CAROUSEL", "cards": [card, card] }]));
    sync(&desk).await;
    let shown = listed(&desk).await;
    let shown = shown.iter().find(|template| template["name"] == "new_cards").unwrap();
    assert_eq!(shown["unsupported"], json!([]));
    assert_eq!(shown["cards"][1]["body"], "{{1}}, Rp {{2}}");

    let gayo = uploaded(&world, "gayo.png", "image/png", 5000).await;
    let toraja = uploaded(&world, "toraja.png", "image/png", 6000).await;
    let card = |file: &str, name: &str, price: &str| {
        json!({ "components": [
            { "type": "header", "parameters": [{ "type": "image", "file_id": file }] },
            { "type": "body", "parameters": [words(name), words(price)] },
            { "type": "button", "sub_type": "url", "index": 1, "parameters": [words(name)] },
        ]})
    };
    let message = |cards: &[Value]| {
        let body = json!({ "type": "body", "parameters": [words("Budi")] });
        sending("new_cards", json!([body, { "type": "carousel", "cards": cards }]))
    };
    let (first, second) = (card(&gayo, "gayo", "75.000"), card(&toraja, "toraja", "80.000"));
    let at = "template.components[1].cards";
    let long = card(&toraja, &"x".repeat(155), "80.000");
    let film = json!({ "components": [{ "type": "header", "parameters": [words("x")] }] });
    for (cards, field) in [
        (vec![first.clone()], at.to_owned()),
        (vec![first.clone(), long], format!("{at}[1].components")),
        (vec![first.clone(), film], format!("{at}[1].components[0].parameters[0].type")),
    ] {
        let refused = desk.send(&room, "a", &message(&cards)).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field.as_str()), "{}", refused.json);
    }

    // A file of another company is none.
    let theirs = uploaded_of(&world, &world.companies[1], "teh.png", "image/png", 1000).await;
    let foreign = message(&[card(&theirs, "teh", "1"), second.clone()]);
    let refused = desk.send(&room, "a", &foreign).await;
    let field = format!("{at}[0].components[0].parameters[0].file_id");
    assert_eq!(problem(&refused), (400, "invalid_field", field.as_str()), "{}", refused.json);

    let sent = desk.send(&room, "b", &message(&[first, second])).await;
    assert_eq!(sent.status, 201, "{}", sent.json);
    world.settle(MINUTES).await.unwrap();
    let last = desk.history(&room).await.last().unwrap().clone();
    assert_eq!((&last["text"], &last["error"]), (&json!("Halo Budi, yang baru:"), &Value::Null));
    let graph = world.company().graph();
    let cards = &graph.log()[0].shown["cards"];
    assert_eq!(
        (&cards[0]["body"], &cards[1]["body"]),
        (&json!("gayo, Rp 75.000"), &json!("toraja, Rp 80.000"))
    );
    assert_eq!(cards[1]["buttons"][1]["url"], "https://kopikita.example/toraja");
    let links: Vec<_> = (0..2).map(|card| cards[card]["header"]["image"]["link"].clone()).collect();
    assert!(links[0].is_string() && links[1].is_string() && links[0] != links[1], "{links:?}");
}

#[tokio::test(start_paused = true)]
async fn an_offer_counts_down_to_its_end_and_products_are_chosen_from() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let offer = json!({ "text": "Cepat!", "has_expiration": true });
    let copy = json!({ "type": "COPY_CODE", "text": "Salin kode" });
    promo(
        &world,
        "offer",
        json!([
            { "type": "LIMITED_TIME_OFFER", "limited_time_offer": offer },
            { "type": "BODY", "text": "Diskon 25%" },
            { "type": "BUTTONS", "buttons": [copy] },
        ]),
    );
    let view = json!({ "type": "MPM", "text": "Lihat" });
    let parts = [
        json!({ "type": "BODY", "text": "Pilih:" }),
        json!({ "type": "BUTTONS", "buttons": [view] }),
    ];
    promo(&world, "choice", json!(parts));
    sync(&desk).await;

    let ends = i64::try_from(world.clock.now_ms()).unwrap() + 3_600_000;
    let until = |ends: i64| {
        let end = json!({ "type": "limited_time_offer", "expiration_time_ms": ends });
        let code = json!({ "type": "coupon_code", "coupon_code": "KOPI25" });
        sending(
            "offer",
            json!([
                { "type": "limited_time_offer", "parameters": [end] },
                { "type": "button", "sub_type": "copy_code", "index": 0, "parameters": [code] },
            ]),
        )
    };
    let late = desk.send(&room, "a", &until(ends - 7_200_000)).await;
    let field = "template.components[0].parameters[0].expiration_time_ms";
    assert_eq!(problem(&late), (400, "invalid_field", field));
    let endless = desk.send(&room, "b", &sending("offer", json!([]))).await;
    assert_eq!(problem(&endless), (400, "invalid_field", "template.components"));
    assert_eq!(desk.send(&room, "c", &until(ends)).await.status, 201);

    let choice = |products: &[&str]| {
        let action = json!({ "type": "action", "thumbnail_product_retailer_id": "gayo",
            "sections": [{ "title": "Biji", "product_retailer_ids": products }] });
        sending(
            "choice",
            json!([
            { "type": "button", "sub_type": "mpm", "index": 0, "parameters": [action] }]),
        )
    };
    let none = desk.send(&room, "d", &choice(&[])).await;
    let field = "template.components[0].parameters[0].sections[0].product_retailer_ids";
    assert_eq!(problem(&none), (400, "invalid_field", field));
    assert_eq!(desk.send(&room, "e", &choice(&["gayo", "toraja"])).await.status, 201);

    world.settle(MINUTES).await.unwrap();
    let graph = world.company().graph();
    let [offer, choice] = graph.log() else { panic!("two messages") };
    assert_eq!(offer.shown["offer"]["ends_ms"], ends);
    assert_eq!(offer.shown["buttons"][0]["code"], "KOPI25");
    let items = json!([{ "product_retailer_id": "gayo" }, { "product_retailer_id": "toraja" }]);
    assert_eq!(choice.shown["buttons"][0]["sections"][0]["product_items"], items);
}

#[tokio::test(start_paused = true)]
async fn a_second_click_after_the_template_was_paused_gets_its_message() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    sync(&desk).await;
    let body = order_ready(&["KK-17"], &["Budi", "Rp 75.000"]);
    let sent = desk.send(&room, "k", &body).await;
    assert_eq!(sent.status, 201, "{}", sent.json);
    tells(
        &world,
        0,
        "message_template_status_update",
        json!({ "event": "PAUSED", "reason": "NONE", "other_info": { "title": "FIRST_PAUSE" } }),
    )
    .await;
    let again = desk.send(&room, "k", &body).await;
    assert_eq!((again.status, &again.json["data"]["id"]), (201, &sent.json["data"]["id"]));
    // Anything else is refused as before, and another message under the key is told of as that.
    let before = stored(&world);
    let other = desk.send(&room, "other", &body).await;
    assert_eq!(problem(&other), (400, "invalid_field", "template.name"));
    let reused = desk.send(&room, "k", &order_ready(&["KK-18"], &["Budi", "Rp 1"])).await;
    assert_eq!(problem(&reused), (422, "idempotency_key_reused", "Idempotency-Key"));
    assert_eq!(stored(&world), before);
    world.settle(MINUTES).await.unwrap();
    assert_eq!(world.company().graph().log().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_form_reaches_the_customer_with_what_it_is_given_or_without() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let buttons = json!([{ "type": "QUICK_REPLY", "text": "Nanti" },
        { "type": "FLOW", "text": "Isi", "flow_id": "77", "flow_action": "navigate" }]);
    let body = json!({ "type": "BODY", "text": "Seberapa puas Anda?" });
    promo(&world, "survey", json!([body, { "type": "BUTTONS", "buttons": buttons }]));
    sync(&desk).await;
    let shown = listed(&desk).await;
    let shown = shown.iter().find(|template| template["name"] == "survey").unwrap();
    assert_eq!(shown["buttons"][1]["type"], "flow");

    let form = |index: u8, parameter: Value| {
        let button = json!({ "type": "button", "sub_type": "flow", "index": index,
            "parameters": [parameter] });
        sending("survey", json!([button]))
    };
    let action = |data: Value| json!({ "type": "action", "flow_token": "order-17", "flow_action_data": data });
    let at = "template.components[0]";
    let parameter = format!("{at}.parameters[0]");
    let both = json!({ "type": "action", "flow_token": "t", "thumbnail_product_retailer_id": "g" });
    for (sent, field) in [
        (form(0, action(json!({ "a": 1 }))), format!("{at}.sub_type")),
        (form(1, words("x")), format!("{parameter}.type")),
        (form(1, action(json!({}))), format!("{parameter}.flow_action_data")),
        (form(1, both), format!("{parameter}.thumbnail_product_retailer_id")),
    ] {
        let refused = desk.send(&room, "a", &sent).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field.as_str()), "{}", refused.json);
    }
    let plain = desk.send(&room, "b", &sending("survey", json!([]))).await;
    assert_eq!(plain.status, 201, "{}", plain.json);
    let given = desk.send(&room, "c", &form(1, action(json!({ "order": "17" })))).await;
    assert_eq!(given.status, 201, "{}", given.json);
    world.settle(MINUTES).await.unwrap();
    let graph = world.company().graph();
    let [plain, given] = graph.log() else { panic!("both went out") };
    assert_eq!(plain.shown["buttons"][1]["flow"], json!({ "flow_token": "unused" }));
    let flow = json!({ "flow_token": "order-17", "flow_action_data": { "order": "17" } });
    assert_eq!(given.shown["buttons"][1]["flow"], flow);
}

#[tokio::test(start_paused = true)]
async fn a_place_stands_above_a_template() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let components = json!([{ "type": "HEADER", "format": "LOCATION" },
        { "type": "BODY", "text": "Pesanan {{1}} menunggu di sini." }]);
    promo(&world, "pick_up", components);
    sync(&desk).await;
    let message = |parameter: &Value| {
        let header = json!({ "type": "header", "parameters": [parameter] });
        let body = json!({ "type": "body", "parameters": [words("KK-17")] });
        sending("pick_up", json!([header, body]))
    };
    let place = |latitude: f64| {
        let place = json!({ "latitude": latitude, "longitude": 106.8166667, "name": "Kopi Kita",
            "address": "Jl. Braga 10" });
        json!({ "type": "location", "location": place })
    };
    let parameter = "template.components[0].parameters[0]";
    for (sent, field) in [
        (sending("pick_up", json!([])), "template.components".to_owned()),
        (message(&words("x")), format!("{parameter}.type")),
        (message(&json!({ "type": "location" })), format!("{parameter}.location")),
        (message(&place(-91.0)), format!("{parameter}.location.latitude")),
    ] {
        let refused = desk.send(&room, "a", &sent).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field.as_str()), "{}", refused.json);
    }
    assert_eq!(desk.send(&room, "b", &message(&place(-6.2))).await.status, 201);
    world.settle(MINUTES).await.unwrap();
    let shown = world.company().graph().log()[0].shown.clone();
    let place = json!({ "latitude": -6.2, "longitude": 106.8166667, "name": "Kopi Kita",
        "address": "Jl. Braga 10" });
    assert_eq!(shown["header"]["location"], place);
}

#[tokio::test(start_paused = true)]
async fn a_template_with_a_button_that_is_not_known_is_refused_at_once() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let buttons = json!([{ "type": "ORDER_DETAILS", "text": "Bayar" }]);
    let body = json!({ "type": "BODY", "text": "Tagihan Anda" });
    promo(&world, "bill", json!([body, { "type": "BUTTONS", "buttons": buttons }]));
    sync(&desk).await;
    let shown = listed(&desk).await;
    let shown = shown.iter().find(|template| template["name"] == "bill").unwrap();
    assert_eq!(shown["unsupported"], json!(["button ORDER_DETAILS"]));
    let before = stored(&world);
    let refused = desk.send(&room, "a", &sending("bill", json!([]))).await;
    assert_eq!(problem(&refused), (400, "invalid_field", "template.name"));
    assert!(refused.json.to_string().contains("button ORDER_DETAILS"), "{}", refused.json);
    assert_eq!(stored(&world), before);
}
