//! Templates: kept as the provider says they are, and sent when nothing else may be.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{World, graph::Fault, requests::ApiRequest, world::Answered};

use super::MINUTES;
use crate::desk::{BUDI, Desk, episodes, fates, problem, stored};

async fn sync(desk: &Desk<'_>) -> Answered {
    let integrations = desk.get("/v1/integrations").await;
    let id = integrations["data"][0]["id"].as_str().unwrap();
    desk.call(ApiRequest::new("POST", format!("/v1/integrations/{id}/templates/sync"))).await
}

async fn listed(desk: &Desk<'_>) -> Vec<Value> {
    desk.get("/v1/templates/whatsapp?limit=100").await["data"].as_array().unwrap().clone()
}

fn words(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

/// "Halo {{1}}, pesanan Anda sudah siap. Total: *{{2}}*. ..." under "Pesanan {{1}}".
fn order_ready(header: &[&str], body: &[&str]) -> Value {
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
    let before = stored(&world);
    assert_eq!(sync(&desk).await.json["data"]["changed"], 0, "nothing new, nothing written");
    assert_eq!(stored(&world), before);

    world.company().graph().put_template(json!({
        "id": "1", "name": "order_ready", "language": "id", "status": "PAUSED",
        "category": "UTILITY", "components": [{ "type": "BODY", "text": "Halo" }],
    }));
    assert_eq!(sync(&desk).await.json["data"]["changed"], 1);
    let paused = listed(&desk).await;
    let paused = paused.iter().find(|t| t["name"] == "order_ready" && t["language"] == "id");
    assert_eq!(paused.unwrap()["status"], "PAUSED");
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
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_sync_that_fails_halfway_is_finished_by_the_next() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let writes = AtomicUsize::new(0);
    fates::refuse(&world, move |call| {
        fates::writes(call) && writes.fetch_add(1, Ordering::Relaxed) >= 5
    });
    assert_eq!(sync(&desk).await.status, 500);
    assert_eq!(listed(&desk).await.len(), 5);
    fates::recover(&world);
    assert_eq!(sync(&desk).await.status, 200);
    let total = world.company().graph().templates().as_array().unwrap().len();
    assert_eq!(listed(&desk).await.len(), total);
}
