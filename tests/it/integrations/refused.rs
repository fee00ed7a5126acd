//! What can't go through a number: its token is refused, or it is disconnected.

use std::time::Duration;

use world::{
    World,
    files::JPEG,
    graph::{Fault, Kind, MediaKind, Person},
    requests::ApiRequest,
};

use super::disconnect;
use crate::desk::{BUDI, Desk, problem};

/// Whoever finds out first that a token is refused: the number says so, and why.
#[tokio::test(start_paused = true)]
async fn a_refused_token_is_noted_whatever_it_was_refused_for() {
    for what in ["profile", "change", "templates", "file"] {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let id = world.company().provisioned.integration_id.to_string();
        let path = |rest: &str| format!("/v1/integrations/{id}{rest}");
        desk.first_words(BUDI).await;
        let graph = || world.company().graph();
        let now = world.clock.now_ms();
        let picture = graph().customer_uploads(now, "image/jpeg", JPEG.to_vec());
        graph().set_fault(Fault::ExpiredToken, Some(1));
        let request = match what {
            "profile" => Some(ApiRequest::new("GET", path("/business_profile"))),
            "change" => {
                let body = r#"{"about":"x"}"#;
                Some(ApiRequest::new("PUT", path("/business_profile")).body(body))
            }
            "templates" => Some(ApiRequest::new("POST", path("/templates/sync"))),
            _ => None,
        };
        match request {
            Some(request) => {
                let refused = desk.call(request).await;
                assert_eq!(problem(&refused), (422, "provider_refused", ""), "{what}");
            }
            None => {
                let budi = Person::with_phone(BUDI, "Budi");
                let kind = Kind::file(MediaKind::Image, &picture);
                let said = graph().customer_sends(now, &budi, kind);
                assert_eq!(world.deliver(world.company(), &said).await.unwrap(), 200);
                world.settle(Duration::from_secs(2)).await.unwrap();
            }
        }
        let shown = desk.get(&path("")).await["data"].clone();
        assert_eq!(shown["connection"], "needs_reconnect", "{what}: {shown}");
        assert_eq!(shown["reconnect_reason"]["code"], 190, "{what}: {shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_through_a_number_that_is_disconnected_is_refused_at_once() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let id = world.company().provisioned.integration_id.to_string();
    let room = desk.first_words(BUDI).await;
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(desk.reply(&room, "Halo", "a").await.status, 201);
    world.settle(Duration::from_secs(2)).await.unwrap();
    assert_eq!(disconnect(&desk, &id).await.status, 200);
    // A warm function remembers for a minute that it was connected.
    world.pass(Duration::from_secs(61)).await;
    let refused = desk.reply(&room, "Masih ada?", "b").await;
    assert_eq!(problem(&refused), (422, "disconnected", ""), "{}", refused.json);
    // What was sent before is still found by its name.
    assert_eq!(desk.reply(&room, "Halo", "a").await.status, 201);
    assert_eq!(world.company().graph().log().len(), 1);
}
