//! Members upload files: by a form straight into the bucket, or with the request itself.

use std::time::Duration;

use serde_json::{Value, json};
use world::{
    World,
    files::{JPEG, arrived},
    requests::ApiRequest,
    wire::Fate,
    world::Answered,
};

use crate::desk::{
    BUDI, Desk,
    fates::{self, UNLUCKY},
    problem, stored,
};

const MB: usize = 1024 * 1024;

async fn begin(world: &World, filename: &str, mime_type: &str, size: usize) -> Answered {
    let body = json!({ "filename": filename, "mime_type": mime_type, "size": size });
    let request = ApiRequest::new("POST", "/v1/files").body(body.to_string());
    Desk::of(world).call(request).await
}

async fn complete(world: &World, id: &Value) -> Answered {
    let path = format!("/v1/files/{}/complete", id.as_str().unwrap());
    Desk::of(world).call(ApiRequest::new("POST", path)).await
}

/// Posts the form of a begun upload.
fn post(world: &World, begun: &Answered, bytes: &[u8]) -> u16 {
    let upload = &begun.json["data"]["upload"];
    world.post_form(upload["url"].as_str().unwrap(), &upload["fields"], bytes)
}

async fn multipart(
    world: &World,
    (name, filename, kind): (&str, &str, &str),
    bytes: &[u8],
) -> Answered {
    let head = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{filename}\"\r\n\
         Content-Type: {kind}\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--cut--\r\n"].concat();
    let request = ApiRequest::new("POST", "/v1/file_uploader")
        .header("content-type", "multipart/form-data; boundary=cut")
        .body(body);
    Desk::of(world).call(request).await
}

#[tokio::test(start_paused = true)]
async fn a_file_goes_by_its_form_and_is_ready_once_it_was_looked_at() {
    let world = World::new().await.unwrap();
    let begun = begin(&world, "kopi susu.jpg", "image/jpeg", JPEG.len()).await;
    assert_eq!(begun.status, 201, "{}", begun.json);
    let file = &begun.json["data"];
    assert_eq!(file["state"], "pending");
    let early = complete(&world, &file["id"]).await;
    assert_eq!(problem(&early), (409, "not_uploaded", ""));
    assert_eq!(post(&world, &begun, JPEG), 201);
    let ready = complete(&world, &file["id"]).await;
    assert_eq!((ready.status, &ready.json["data"]["state"]), (200, &json!("ready")));
    assert_eq!(ready.json["data"]["sha256"].as_str().unwrap().len(), 64);
    // Once more says the same, and so does looking.
    assert_eq!(complete(&world, &file["id"]).await, ready);
    let path = format!("/v1/files/{}", file["id"].as_str().unwrap());
    let shown = Desk::of(&world).get(&path).await;
    let served = world.open(shown["data"]["url"].as_str().unwrap());
    assert_eq!((served.status, served.body.as_slice()), (200, JPEG));
    assert_eq!(
        served.disposition,
        "inline; filename=\"kopi susu.jpg\"; filename*=UTF-8''kopi%20susu.jpg"
    );
}

#[tokio::test(start_paused = true)]
async fn a_form_takes_exactly_the_file_that_it_was_made_for() {
    let world = World::new().await.unwrap();
    let begun = begin(&world, "kopi.jpg", "image/jpeg", JPEG.len()).await;
    let upload = &begun.json["data"]["upload"];
    let url = upload["url"].as_str().unwrap();
    assert_eq!(world.post_form(url, &upload["fields"], &JPEG[1..]), 400);
    assert_eq!(world.post_form(url, &upload["fields"], &[JPEG, b"x"].concat()), 400);
    for (name, value) in [
        ("Content-Type", "text/html"),
        ("Content-Disposition", "inline"),
        ("key", "contact/other"),
        ("acl", "public-read"),
        ("x-amz-signature", "00"),
    ] {
        let mut fields = upload["fields"].clone();
        fields[name] = json!(value);
        assert_eq!(world.post_form(url, &fields, JPEG), 403, "{name}");
    }
    assert_eq!(world.post_form("https://s3.test/other", &upload["fields"], JPEG), 403);
    assert_eq!(world.wire.services().s3.keys().count(), 0);
    world.pass(Duration::from_secs(15 * 60 + 1)).await;
    assert_eq!(post(&world, &begun, JPEG), 403);
}

#[tokio::test(start_paused = true)]
async fn a_form_that_is_used_again_does_not_change_a_ready_file() {
    let world = World::new().await.unwrap();
    let begun = begin(&world, "kopi.jpg", "image/jpeg", JPEG.len()).await;
    assert_eq!(post(&world, &begun, JPEG), 201);
    let id = begun.json["data"]["id"].clone();
    assert_eq!(complete(&world, &id).await.status, 200);
    assert_eq!(post(&world, &begun, &vec![b'<'; JPEG.len()]), 201);
    let shown = Desk::of(&world).get(&format!("/v1/files/{}", id.as_str().unwrap())).await;
    assert_eq!(world.open(shown["data"]["url"].as_str().unwrap()).body, JPEG);
}

#[tokio::test(start_paused = true)]
async fn what_completing_has_answered_is_not_replaced_by_another_completing() {
    let world = World::new().await.unwrap();
    let begun = begin(&world, "kopi.jpg", "image/jpeg", JPEG.len()).await;
    let mut other = JPEG.to_vec();
    *other.last_mut().unwrap() ^= 1;
    assert_eq!(post(&world, &begun, JPEG), 201);
    let id = begun.json["data"]["id"].as_str().unwrap();
    // The first has copied what it saw when the form is used again, and writes before the second,
    // which has seen the other bytes, has copied those.
    world.wire.set_fates(Box::new(|call| {
        let millis = match (call.process.as_str(), call.operation.as_str()) {
            ("first", "PutItem") => 2000,
            ("second", "CopyObject") => 4000,
            _ => 1,
        };
        (Fate::Served, millis)
    }));
    let (first, second) = (world.start_process("first"), world.start_process("second"));
    let request = || {
        let request = ApiRequest::new("POST", format!("/v1/files/{id}/complete"));
        request.header("authorization", format!("Bearer {}", world.company().setup.api_key))
    };
    let (in_first, in_second) = (request(), request());
    let late = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(post(&world, &begun, &other), 201);
        world.api_in(&second, &in_second).await.unwrap().unwrap()
    };
    let (answered, late) = tokio::join!(world.api_in(&first, &in_first), late);
    let answered = answered.unwrap().unwrap();
    assert_eq!((answered.status, late.status), (200, 200), "{} {}", answered.json, late.json);
    fates::recover(&world);
    assert_eq!(answered.json["data"]["sha256"], late.json["data"]["sha256"]);
    let shown = Desk::of(&world).get(&format!("/v1/files/{id}")).await;
    assert_eq!(world.open(shown["data"]["url"].as_str().unwrap()).body, JPEG);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_what_it_calls_itself_is_never_ready() {
    let world = World::new().await.unwrap();
    let page = b"<!DOCTYPE html><script>alert(1)</script>";
    let begun = begin(&world, "kopi.jpg", "image/jpeg", page.len()).await;
    assert_eq!(post(&world, &begun, page), 201);
    let refused = complete(&world, &begun.json["data"]["id"]).await;
    assert_eq!(problem(&refused), (422, "wrong_type", ""));
    let refused = multipart(&world, ("file", "kopi.jpg", "image/jpeg"), page).await;
    assert_eq!(problem(&refused), (422, "wrong_type", ""));
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_refused_by_the_field_that_is_wrong() {
    let world = World::new().await.unwrap();
    let before = stored(&world);
    let long = "x".repeat(241);
    for (filename, mime_type, size, field) in [
        ("", "image/jpeg", 1, "filename"),
        (long.as_str(), "image/jpeg", 1, "filename"),
        ("a/b.jpg", "image/jpeg", 1, "filename"),
        ("a\nb.jpg", "image/jpeg", 1, "filename"),
        ("a.html", "text/html", 1, "mime_type"),
        ("a.svg", "image/svg+xml", 1, "mime_type"),
        ("a.jpg", "", 1, "mime_type"),
        ("a.jpg", "image/jpeg", 0, "size"),
        ("a.jpg", "image/jpeg", 5 * MB + 1, "size"),
        ("a.mp4", "video/mp4", 16 * MB + 1, "size"),
        ("a.pdf", "application/pdf", 100 * MB + 1, "size"),
    ] {
        let refused = begin(&world, filename, mime_type, size).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field), "{filename} {mime_type}");
    }
    assert_eq!(stored(&world), before);
    assert_eq!(begin(&world, "a.pdf", "application/pdf", 100 * MB).await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn a_small_file_comes_with_the_request_and_a_large_one_is_shown_the_way() {
    let world = World::new().await.unwrap();
    let small = [JPEG, &vec![7; 4 * MB - JPEG.len()]].concat();
    let ready = multipart(&world, ("file", "kopi.jpg", "image/jpeg"), &small).await;
    assert_eq!(
        (ready.status, &ready.json["data"]["state"]),
        (201, &json!("ready")),
        "{}",
        ready.json
    );
    let id: domain::Id<domain::upload::Upload> =
        ready.json["data"]["id"].as_str().unwrap().parse().unwrap();
    let tenant = world.process.table.tenant(world.company().provisioned.organization_id);
    let file = tenant.file(id, world.now()).await.unwrap().unwrap().value;
    assert_eq!(world.wire.services().s3.object(&file.key), Some(small.as_slice()));

    let before = stored(&world);
    for more in [1, 65 * 1024, MB] {
        let large = [small.as_slice(), &vec![7; more]].concat();
        let refused = multipart(&world, ("file", "kopi.jpg", "image/jpeg"), &large).await;
        assert_eq!(problem(&refused), (413, "too_large", "file"), "{more}");
        assert!(refused.json["detail"].as_str().unwrap().contains("POST /v1/files"));
    }
    let refused = multipart(&world, ("picture", "kopi.jpg", "image/jpeg"), JPEG).await;
    assert_eq!(problem(&refused), (400, "invalid_field", "picture"));
    let bare = ApiRequest::new("POST", "/v1/file_uploader").body("Halo");
    let refused = Desk::of(&world).call(bare).await;
    assert_eq!(problem(&refused), (400, "invalid_field", "body"));
    let nothing = ApiRequest::new("POST", "/v1/file_uploader")
        .header("content-type", "multipart/form-data; boundary=cut")
        .body("--cut--\r\n");
    assert_eq!(problem(&Desk::of(&world).call(nothing).await), (400, "invalid_field", "file"));
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_pending_file_is_none_yet_and_anothers_is_none_at_all() {
    let mut world = World::new().await.unwrap();
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let id = arrived(&world, world.company(), "kopi").await.unwrap();
    let tenant = world.process.table.tenant(world.company().provisioned.organization_id);
    assert_eq!(tenant.file(id, world.now()).await.unwrap(), None);
    let stranger = Desk::of_company(&world, &world.companies[1]);
    let path = format!("/v1/files/{id}");
    for request in
        [ApiRequest::new("GET", path.clone()), ApiRequest::new("POST", format!("{path}/complete"))]
    {
        assert_eq!(problem(&stranger.call(request).await), (404, "not_found", ""));
    }
    assert_eq!(complete(&world, &json!(id.to_string())).await.status, 200);
    assert!(tenant.file(id, world.now()).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_completing_call_a_second_one_makes_it_good() {
    for fate in fates::EACH {
        for call in 0.. {
            let world = World::new().await.unwrap();
            let id = arrived(&world, world.company(), "kopi").await.unwrap();
            let request = ApiRequest::new("POST", format!("/v1/files/{id}/complete"));
            let key = format!("Bearer {}", world.company().setup.api_key);
            let process = world.start_process(UNLUCKY);
            let calls = fates::strike(&world, call, fate);
            world.api_in(&process, &request.header("authorization", key)).await.unwrap();
            fates::recover(&world);
            let ready = complete(&world, &json!(id.to_string())).await;
            assert_eq!(ready.json["data"]["state"], "ready", "call {call} {fate:?}");
            if !fates::has_struck(&calls, call) {
                assert!(call >= 5, "only {call} calls were struck");
                break;
            }
        }
    }
}

/// A sticker of this many bytes, by its first ones.
fn sticker(is_animated: bool, size: usize) -> Vec<u8> {
    let flags = if is_animated { 0b10 } else { 0 };
    let mut bytes = [&b"RIFF\x10\0\0\0WEBPVP8X\x0a\0\0\0"[..], &[flags]].concat();
    bytes.resize(size, 0);
    bytes
}

#[tokio::test(start_paused = true)]
async fn a_sticker_may_be_larger_if_it_moves() {
    const KB: usize = 1024;
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let part = ("file", "halo.webp", "image/webp");
    for (is_animated, size, status) in [
        (false, 100 * KB, 201),
        (false, 100 * KB + 1, 400),
        (true, 100 * KB + 1, 201),
        (true, 500 * KB, 201),
        (true, 500 * KB + 1, 400),
    ] {
        let sent = multipart(&world, part, &sticker(is_animated, size)).await;
        assert_eq!(sent.status, status, "{is_animated} {size}: {}", sent.json);
        if status != 201 {
            assert_eq!(problem(&sent).2, "size");
            continue;
        }
        let body = json!({ "type": "sticker", "file_id": sent.json["data"]["id"] });
        let sent = desk.send(&room, &format!("{is_animated}{size}"), &body).await;
        assert_eq!(sent.status, 201, "{}", sent.json);
        assert_eq!(sent.json["data"]["file"]["is_animated"], is_animated, "{}", sent.json);
    }
    // The same by a form: it may move, until its bytes have come.
    let bytes = sticker(false, 200 * KB);
    let begun = begin(&world, "halo.webp", "image/webp", bytes.len()).await;
    assert_eq!(begun.status, 201, "{}", begun.json);
    assert_eq!(post(&world, &begun, &bytes), 201);
    let refused = complete(&world, &begun.json["data"]["id"]).await;
    assert_eq!(problem(&refused), (400, "invalid_field", "size"));
}
