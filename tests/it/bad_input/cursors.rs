//! Cursors that no list gave out, though they are bound to one: anybody can compute that.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Id;
use serde_json::json;
use sha2::{Digest, Sha256};
use world::{World, requests::ApiRequest, world::Answered};

use crate::desk::{BUDI, Desk, problem};

/// Asks for what comes after a place in a list of the organization's.
async fn after(desk: &Desk<'_>, path: &str, list: &str, place: &str) -> Answered {
    let organization = desk.world.company().provisioned.organization_id;
    let check = Sha256::digest(format!("{organization}/{list}\0{place}"));
    let cursor = URL_SAFE_NO_PAD.encode([&check[..8], place.as_bytes()].concat());
    desk.call(ApiRequest::new("GET", format!("{path}{cursor}"))).await
}

#[tokio::test(start_paused = true)]
async fn a_place_that_was_made_up_is_refused_by_its_name() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let own = world.company().provisioned.integration_id;
    let id = Id::<()>::derived(&["id"]);
    let long = "a".repeat(1025);
    let (all, of) = ("/v1/templates/whatsapp?cursor=", format!("templates/{own}"));
    let of_own = format!("/v1/templates/whatsapp?channel_integration_id={own}&cursor=");
    let qontaks = "/qontak/chat/v1/templates/whatsapp?cursor=";
    let right = format!("{own}#order_ready#id");
    assert_eq!(after(&desk, all, "templates/", &right).await.status, 200);
    assert_eq!(after(&desk, &of_own, &of, &right).await.status, 200);
    for (path, list, place) in [
        (all, "templates/", ""),
        (all, "templates/", &long),
        (all, "templates/", &format!("{own}#Order ready#id")),
        (all, "templates/", &format!("{own}#order_ready")),
        (&of_own, &of, &format!("{id}#order_ready#id")),
        ("/v1/contacts?cursor=", "contacts/", &format!("0#a#{long}#{id}")),
    ] {
        let refused = after(&desk, path, list, place).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "cursor"), "{path} {place}");
    }
    let refused = after(&desk, qontaks, "qontak/templates/", "").await;
    assert_eq!((refused.status, &refused.json["error"]["field"]), (400, &json!("cursor")));
    let now = world.clock.now_ms();
    let events = "/v1/events?after=";
    assert_eq!(after(&desk, events, "events", &format!("{now}:00ff:-1:all")).await.status, 200);
    for run in [long.as_str(), "#"] {
        let refused = after(&desk, events, "events", &format!("{now}:{run}:-1:all")).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "after"), "{run}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_room_was_active_before_1970() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let (rooms, filters) = ("/v1/rooms?cursor=", "\0".repeat(6));
    let (room, list) = (room.as_str().unwrap(), format!("rooms/inbox//{filters}"));
    let later = after(&desk, rooms, &list, &format!("999999999:{room}")).await;
    assert_eq!((later.status, later.json["data"].as_array().map(Vec::len)), (200, Some(1)));
    let before = after(&desk, rooms, &list, &format!("-1:{room}")).await;
    assert_eq!((before.status, &before.json["data"]), (200, &json!([])));
    // A client may ask for that in its own words, too.
    let page = desk.get("/qontak/chat/v1/rooms?end_date=1960-01-01").await;
    assert_eq!(page["data"], json!([]));
}
