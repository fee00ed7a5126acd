//! An organization makes its own fields for contacts.

use domain::api_key::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest, world::Answered};

use super::{edit, unlucky};
use crate::desk::{BUDI, Desk, problem, stored};

fn make(body: &Value) -> ApiRequest {
    ApiRequest::new("POST", "/v1/contact_fields").body(body.to_string())
}

fn field(key: &str, kind: &str) -> Value {
    let options = if kind == "list" { json!(["emas", "perak"]) } else { json!([]) };
    json!({ "key": key, "label": key.to_uppercase(), "type": kind, "options": options })
}

async fn put(desk: &Desk<'_>, key: &str, body: Value) -> Answered {
    let path = format!("/v1/contact_fields/{key}");
    desk.call(ApiRequest::new("PUT", path).body(body.to_string())).await
}

async fn keys(desk: &Desk<'_>) -> Vec<Value> {
    let shown = desk.get("/v1/contact_fields").await;
    shown["data"].as_array().unwrap().iter().map(|field| field["key"].clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn values_are_checked_against_their_fields_and_named_when_they_do_not_fit() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = desk.introduced(BUDI, "Budi").await;
    for (key, kind) in [
        ("city", "text"),
        ("points", "number"),
        ("born", "date"),
        ("vip", "boolean"),
        ("tier", "list"),
    ] {
        assert_eq!(desk.call(make(&field(key, kind))).await.status, 201);
    }
    assert_eq!(keys(&desk).await, ["city", "points", "born", "vip", "tier"]);
    let values = json!({
        "city": "Bandung", "points": 12.5, "born": "1999-12-31", "vip": true, "tier": "emas",
    });
    let edited = desk.call(edit(&budi, &json!({ "custom_fields": values }))).await;
    assert_eq!(edited.json["data"]["custom_fields"], values, "{}", edited.json);
    let before = stored(&world);
    for (key, wrong) in [
        ("city", json!(5)),
        ("city", json!("")),
        ("points", json!("12")),
        ("points", json!(1e300)),
        ("born", json!("31.12.1999")),
        ("born", json!("1999-02-30")),
        ("vip", json!("true")),
        ("tier", json!("emas ")),
        ("tier", json!(["emas"])),
    ] {
        let refused = desk.call(edit(&budi, &json!({ "custom_fields": { key: wrong } }))).await;
        let place = format!("custom_fields.{key}");
        assert_eq!(problem(&refused), (400, "invalid_field", place.as_str()), "{wrong}");
    }
    assert_eq!(stored(&world), before);
    // Each value by itself; null takes one away.
    let some = json!({ "custom_fields": { "city": null, "vip": false } });
    let edited = desk.call(edit(&budi, &some)).await;
    let left = json!({ "points": 12.5, "born": "1999-12-31", "vip": false, "tier": "emas" });
    assert_eq!(edited.json["data"]["custom_fields"], left);
    assert_eq!(desk.get("/v1/contacts").await["data"][0]["custom_fields"], left);
}

#[tokio::test(start_paused = true)]
async fn a_field_changes_its_words_and_never_its_key_or_type() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let tier = field("tier", "list");
    for _ in 0..2 {
        assert_eq!(desk.call(make(&tier)).await.status, 201);
    }
    let other = desk.call(make(&field("tier", "text"))).await;
    assert_eq!(problem(&other), (409, "key_taken", "key"));
    let changed = put(&desk, "tier", json!({ "label": "Tingkat", "options": ["emas"] })).await;
    assert_eq!(changed.json["data"]["label"], "Tingkat");
    assert_eq!(changed.json["data"]["options"], json!(["emas"]));
    for (body, name) in [
        (json!({ "options": [] }), "options"),
        (json!({ "options": ["a", "a"] }), "options"),
        (json!({ "label": "" }), "label"),
        (json!({ "type": "text" }), "type"),
    ] {
        assert_eq!(problem(&put(&desk, "tier", body).await), (400, "invalid_field", name));
    }
    for missing in ["none", "T", "%20"] {
        assert_eq!(problem(&put(&desk, missing, json!({})).await), (404, "not_found", ""));
    }
    let agent = Desk::with_key(&world, &world.add_member("Tono", Role::Agent).await.unwrap());
    assert_eq!(keys(&agent).await, ["tier"]);
    assert_eq!(agent.call(make(&field("city", "text"))).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn values_of_a_field_that_is_taken_out_are_shown_no_more() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = desk.introduced(BUDI, "Budi").await;
    desk.call(make(&field("city", "text"))).await;
    desk.call(edit(&budi, &json!({ "custom_fields": { "city": "Bandung" } }))).await;
    let remove = || ApiRequest::new("DELETE", "/v1/contact_fields/city");
    assert_eq!(desk.call(remove()).await.status, 204);
    assert_eq!(desk.contact(&budi).await["custom_fields"], json!({}));
    assert_eq!(problem(&desk.call(remove()).await), (404, "not_found", ""));
    // Of another type it is another field.
    desk.call(make(&field("city", "number"))).await;
    assert_eq!(desk.contact(&budi).await["custom_fields"], json!({}));
    desk.call(remove()).await;
    desk.call(make(&field("city", "text"))).await;
    assert_eq!(desk.contact(&budi).await["custom_fields"], json!({ "city": "Bandung" }));
}

#[tokio::test(start_paused = true)]
async fn fields_that_are_made_at_once_are_all_made_and_there_are_fifty_at_most() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let bodies: Vec<_> = (0..5).map(|n| field(&format!("field_{n}"), "text")).collect();
    for answered in join_all(bodies.iter().map(|body| unlucky(&desk, make(body)))).await {
        assert_eq!(answered.unwrap().status, 201);
    }
    for n in 5..50 {
        let made = desk.call(make(&field(&format!("field_{n}"), "text"))).await;
        assert_eq!(made.status, 201);
        world.pass(std::time::Duration::from_secs(1)).await;
    }
    let refused = desk.call(make(&field("one_more", "text"))).await;
    assert_eq!(problem(&refused), (422, "too_many_fields", ""));
    assert_eq!(keys(&desk).await.len(), 50);
}
