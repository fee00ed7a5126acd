//! Links to files: what a browser gets, and what nobody gets.

use std::time::Duration;

use domain::{api_key::Role, message::MediaKind};
use world::{World, files::JPEG, requests::ApiRequest};

use super::{MOMENT, link, opened, path, sends, talking};
use crate::desk::{BUDI, Desk, problem, stored};

#[tokio::test(start_paused = true)]
async fn a_page_that_calls_itself_a_picture_is_never_shown_as_a_page() {
    let (world, room) = talking().await;
    for (declared, bytes) in [
        ("image/jpeg", b"<!DOCTYPE html><script>alert(1)</script>".as_slice()),
        ("text/html", b"<html ><body>"),
        ("image/svg+xml", b"<?xml version='1.0'?><svg onload='alert(1)'/>"),
        ("image/svg+xml", b"<svg onload='alert(1)'/>"),
    ] {
        let page = sends(&world, &room, (MediaKind::Document, declared), bytes).await;
        world.settle(MOMENT).await.unwrap();
        let served = opened(&world, page).await;
        assert_eq!(served.body, bytes, "{declared}");
        assert_eq!(served.content_type, "application/octet-stream", "{declared}");
        assert_eq!(served.disposition, "attachment", "{declared}");
    }
    // The objects themselves say the same.
    let services = world.wire.services();
    for key in services.s3.keys() {
        let object = services.s3.known(key).unwrap();
        assert_eq!(object.content_type, "application/octet-stream");
        assert_eq!(object.disposition, "attachment");
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_ends_after_five_minutes_and_can_not_be_changed() {
    let (world, room) = talking().await;
    let picture = sends(&world, &room, (MediaKind::Image, "image/jpeg"), JPEG).await;
    world.settle(MOMENT).await.unwrap();
    let linked = link(&world, picture).await;
    let url = linked.json["data"]["url"].as_str().unwrap().to_owned();
    assert_eq!(world.open(&url).status, 200);
    for (what, other) in [
        ("image%2Fjpeg", "text%2Fhtml"),
        ("X-Amz-Expires=300", "X-Amz-Expires=9000"),
        ("inline", "attachment"),
        ("/contact/", "/upload/"),
    ] {
        assert!(url.contains(what), "{url}");
        assert_eq!(world.open(&url.replace(what, other)).status, 403, "{what}");
    }
    world.pass(Duration::from_secs(299)).await;
    assert_eq!(world.open(&url).status, 200);
    world.pass(Duration::from_secs(2)).await;
    assert_eq!(world.open(&url).status, 403);
}

#[tokio::test(start_paused = true)]
async fn another_companys_file_is_not_found() {
    let mut world = World::new().await.unwrap();
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let room = Desk::of(&world).first_words(BUDI).await;
    let picture = sends(&world, &room, (MediaKind::Image, "image/jpeg"), JPEG).await;
    world.settle(MOMENT).await.unwrap();
    let before = stored(&world);
    let stranger = Desk::of_company(&world, &world.companies[1]);
    let refused = stranger.call(ApiRequest::new("GET", path(picture))).await;
    assert_eq!(problem(&refused), (404, "not_found", ""));
    let retry = ApiRequest::new("POST", format!("{}/retry", path(picture)));
    assert_eq!(problem(&stranger.call(retry).await), (404, "not_found", ""));
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn an_agent_who_may_not_see_a_room_sees_none_of_its_files() {
    let (world, room) = talking().await;
    let picture = sends(&world, &room, (MediaKind::Image, "image/jpeg"), JPEG).await;
    world.settle(MOMENT).await.unwrap();
    assert!(Desk::of(&world).take_over(&room).await.status < 300);
    let key = world.add_member("Tono", Role::Agent).await.unwrap();
    let tono = Desk::with_key(&world, &key);
    assert_eq!(problem(&tono.call(ApiRequest::new("GET", path(picture))).await).0, 404);
    let retry = ApiRequest::new("POST", format!("{}/retry", path(picture)));
    assert_eq!(problem(&tono.call(retry).await).0, 404);
}

#[tokio::test(start_paused = true)]
async fn words_have_no_file_and_old_pictures_are_still_found() {
    let (world, room) = talking().await;
    let desk = Desk::of(&world);
    let words = desk.history(&room).await[0]["id"].clone();
    let path =
        format!("/v1/rooms/{}/messages/{}/file", room.as_str().unwrap(), words.as_str().unwrap());
    let refused = desk.call(ApiRequest::new("GET", path)).await;
    assert_eq!(problem(&refused), (404, "not_found", ""));
    let picture = sends(&world, &room, (MediaKind::Image, "image/jpeg"), JPEG).await;
    for _ in 0..130 {
        world.pass(Duration::from_secs(1)).await;
        world.customer_says(BUDI, "Dan?").await.unwrap();
    }
    world.settle(MOMENT).await.unwrap();
    assert_eq!(opened(&world, picture).await.body, JPEG);
}
