//! Keys for programs: made, used, limited, withdrawn.

use std::time::Duration;

use app::authenticate::sign;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest, world::Answered};

use crate::desk::{Desk, problem, rows, stored};

async fn make(desk: &Desk<'_>, kind: &str, role: &str) -> Value {
    let body = json!({ "name": "Gudang", "kind": kind, "role": role });
    let made = desk.call(ApiRequest::new("POST", "/v1/api_keys").body(body.to_string())).await;
    assert_eq!((made.status, made.headers["cache-control"].as_str()), (201, "no-store"));
    made.json["data"].clone()
}

/// The `Date` of now.
fn date(world: &World) -> String {
    date_of(world.clock.timestamp())
}

fn date_of(at: jiff::Timestamp) -> String {
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap()
}

async fn send(world: &World, request: ApiRequest) -> Answered {
    world.api_in(&world.process, &request).await.unwrap().unwrap()
}

/// A request that is signed with a key.
fn signed(key: &Value, date: &str, method: &'static str, target: &str) -> ApiRequest {
    let text = |name: &str| key[name].as_str().unwrap();
    let header = sign(text("username"), text("secret"), date, method, target);
    ApiRequest::new(method, target).header("date", date).header("authorization", header)
}

#[tokio::test(start_paused = true)]
async fn a_bearer_key_is_shown_once_and_works_until_it_is_withdrawn() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let made = make(&desk, "bearer", "agent").await;
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("sapa_") && secret.len() > 60);
    let rows = stored(&world).0.join("\n");
    assert!(!rows.contains(secret));
    let key = Desk::with_key(&world, secret);
    assert_eq!(key.get("/v1/rooms").await["status"], "success");
    assert_eq!(key.call(ApiRequest::new("GET", "/v1/api_keys")).await.status, 403);

    let listed = desk.get("/v1/api_keys").await["data"][0].clone();
    assert_eq!((&listed["id"], &listed["name"]), (&made["id"], &json!("Gudang")));
    assert!(listed.get("secret").is_none());
    assert!(listed["last_used_at"].is_string());

    let path = format!("/v1/api_keys/{}", made["id"].as_str().unwrap());
    assert_eq!(desk.call(ApiRequest::new("DELETE", &path)).await.status, 204);
    assert_eq!(key.call(ApiRequest::new("GET", "/v1/rooms")).await.status, 401);
    assert_eq!(desk.call(ApiRequest::new("DELETE", &path)).await.status, 404);
    assert_eq!(desk.get("/v1/api_keys").await["data"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn a_signed_request_is_served_if_all_of_it_was_signed_just_now() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let key = make(&desk, "hmac", "agent").await;
    assert!(!stored(&world).0.join("\n").contains(key["secret"].as_str().unwrap()));
    let now = date(&world);
    let target = "/v1/rooms?status=all&limit=5";
    let good = signed(&key, &now, "GET", target);
    assert_eq!(send(&world, good.clone()).await.status, 200);
    let room = desk.first_words("628123456789").await;
    let post = format!("/v1/rooms/{}/takeover", room.as_str().unwrap());
    let taken = send(&world, signed(&key, &now, "POST", &post)).await;
    assert_eq!(taken.json["data"]["agent"]["name"], "Gudang");

    let mut other_path = good.clone();
    other_path.path = "/v1/rooms?status=all&limit=6".into();
    let mut other_method = good.clone();
    other_method.method = "HEAD";
    let mut other_date = good.clone();
    other_date.headers[0].1 = date_of(world.clock.timestamp() + Duration::from_secs(1));
    let mut no_date = good.clone();
    no_date.headers.remove(0);
    let mut other_key = key.clone();
    other_key["username"] = json!("sapa-nobody");
    let mut other_secret = key.clone();
    other_secret["secret"] = json!("guessed");
    world.pass(Duration::from_secs(1)).await;
    for wrong in [
        other_path,
        other_method,
        other_date,
        no_date,
        signed(&other_key, &now, "GET", target),
        signed(&other_secret, &now, "GET", target),
    ] {
        let refused = send(&world, wrong.clone()).await;
        assert_eq!(refused.status, 401, "{wrong:?}");
    }
    // A Bearer key's token is no HMAC name, and a secret is no token.
    let token = format!("Bearer {}", key["secret"].as_str().unwrap());
    let bearer = ApiRequest::new("GET", "/v1/rooms").header("authorization", token);
    assert_eq!(send(&world, bearer).await.status, 401);

    world.pass(Duration::from_secs(298)).await;
    assert_eq!(send(&world, good.clone()).await.status, 200);
    world.pass(Duration::from_secs(3)).await;
    let late = send(&world, good).await;
    assert_eq!(problem(&late), (401, "unauthorized", "Date"));
}

#[tokio::test(start_paused = true)]
async fn a_room_that_a_program_has_taken_is_given_back() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let made = make(&desk, "bearer", "agent").await;
    let program = Desk::with_key(&world, made["secret"].as_str().unwrap());
    let room = desk.first_words("628123456789").await;
    let taken = program.take_over(&room).await;
    let whose = taken.json["data"]["agent"]["id"].as_str().unwrap().to_owned();
    // Also when nobody can ask the program any more.
    let path = format!("/v1/api_keys/{}", made["id"].as_str().unwrap());
    assert_eq!(desk.call(ApiRequest::new("DELETE", &path)).await.status, 204);
    let back = desk.assign("DELETE", &room, &whose).await;
    assert_eq!((back.status, &back.json["data"]["status"]), (200, &json!("unassigned")));
}

#[tokio::test(start_paused = true)]
async fn a_key_is_asked_for_within_bounds() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let before = stored(&world);
    for (field, value) in [
        ("name", json!(" ")),
        ("kind", json!("basic")),
        ("role", json!("owner")),
        ("scopes", json!(["rooms:destroy"])),
        ("expires_at", json!("tomorrow")),
        ("expires_at", json!("2020-01-01T00:00:00Z")),
    ] {
        let mut body = json!({ "name": "Gudang", "kind": "bearer", "role": "agent" });
        body[field] = value;
        let request = ApiRequest::new("POST", "/v1/api_keys").body(body.to_string());
        let refused = desk.call(request).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field), "{body}");
    }
    assert_eq!(stored(&world), before);

    // A key that is held to scopes can't get around them: it makes no keys and no members.
    let body = json!({
        "name": "Kantor", "kind": "bearer", "role": "admin", "scopes": ["users:read", "api_keys:read"],
    });
    let made = desk.call(ApiRequest::new("POST", "/v1/api_keys").body(body.to_string())).await;
    let key = Desk::with_key(&world, made.json["data"]["secret"].as_str().unwrap());
    for scope in ["users:write", "api_keys:write"] {
        let body = json!({ "name": "x", "kind": "hmac", "role": "admin", "scopes": [scope] });
        let request = ApiRequest::new("POST", "/v1/api_keys").body(body.to_string());
        assert_eq!(problem(&desk.call(request).await), (400, "invalid_field", "scopes"));
    }
    let own = json!({ "name": "x", "kind": "hmac", "role": "agent" });
    let friend = json!({ "email": "x@example.com", "name": "X", "role": "admin" });
    for (path, body) in [("/v1/api_keys", own), ("/v1/users", friend)] {
        let request = ApiRequest::new("POST", path).body(body.to_string());
        assert_eq!(problem(&key.call(request).await), (403, "forbidden", ""), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_expired_key_opens_nothing() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let ends = world.now().plus(jiff::SignedDuration::from_secs(60)).to_string();
    let body = json!({ "name": "Sehari", "kind": "bearer", "role": "agent", "expires_at": ends });
    let made = desk.call(ApiRequest::new("POST", "/v1/api_keys").body(body.to_string())).await;
    let key = Desk::with_key(&world, made.json["data"]["secret"].as_str().unwrap());
    key.get("/v1/rooms").await;
    world.pass(Duration::from_secs(61)).await;
    assert_eq!(key.call(ApiRequest::new("GET", "/v1/rooms")).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn a_key_makes_none_that_outlives_it() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let after = |seconds| world.now().plus(jiff::SignedDuration::from_secs(seconds)).to_string();
    let make = async |maker: &Desk<'_>, ends: Option<String>| {
        let body =
            json!({ "name": "Sehari", "kind": "bearer", "role": "admin", "expires_at": ends });
        maker.call(ApiRequest::new("POST", "/v1/api_keys").body(body.to_string())).await
    };
    let (end, later) = (after(60), after(61));
    let made = make(&desk, Some(end.clone())).await;
    let short = Desk::with_key(&world, made.json["data"]["secret"].as_str().unwrap());
    for ends in [None, Some(later)] {
        let refused = make(&short, ends).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "expires_at"), "{}", refused.json);
    }
    assert_eq!(make(&short, Some(end)).await.status, 201);
    // Nor a member, who would stay.
    let invitation = json!({ "email": "eve@example.com", "name": "Eve", "role": "admin" });
    let invite = ApiRequest::new("POST", "/v1/users").body(invitation.to_string());
    assert_eq!(problem(&short.call(invite).await), (403, "forbidden", ""));
    // Who signed in, or has no end, decides freely.
    assert_eq!(make(&desk, None).await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn the_last_use_is_known_to_the_hour() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let made = make(&desk, "bearer", "agent").await;
    let key = Desk::with_key(&world, made["secret"].as_str().unwrap());
    let last = async || desk.get("/v1/api_keys").await["data"][0]["last_used_at"].clone();
    assert!(last().await.is_null());
    key.get("/v1/rooms").await;
    let first = last().await;
    assert!(first.is_string());
    world.pass(Duration::from_secs(1800)).await;
    key.get("/v1/rooms").await;
    assert_eq!(last().await, first);
    world.pass(Duration::from_secs(1800)).await;
    key.get("/v1/rooms").await;
    assert_ne!(last().await, first);
}

#[tokio::test(start_paused = true)]
async fn a_key_has_a_hundred_requests_a_minute_and_is_told_so() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let made = make(&desk, "bearer", "agent").await;
    let key = Desk::with_key(&world, made["secret"].as_str().unwrap());
    let ask = async || key.call(ApiRequest::new("GET", "/v1/integrations")).await;
    let number = |answered: &Answered, name: &str| answered.headers[name].parse::<i64>().unwrap();
    // From the beginning of a minute on.
    let into = world.clock.now_ms() % 60_000;
    world.pass(Duration::from_millis(60_000 - into)).await;
    let (mut served, mut last) = (0, i64::MAX);
    for _ in 0..120 {
        world.pass(Duration::from_millis(200)).await;
        let answered = ask().await;
        assert_eq!(number(&answered, "x-ratelimit-limit"), 100);
        let remaining = number(&answered, "x-ratelimit-remaining");
        assert!(remaining <= last, "{remaining} after {last}");
        last = remaining;
        if answered.status == 200 {
            served += 1;
        } else {
            assert_eq!(problem(&answered), (429, "rate_limited", ""));
            let reset = number(&answered, "x-ratelimit-reset");
            assert_eq!(number(&answered, "retry-after"), reset);
            assert!((1..=60).contains(&reset));
        }
    }
    assert_eq!((served, last), (100, 0));
    let writes = rows(&world, "").iter().filter(|row| row["used"]["N"].is_string()).count();
    assert_eq!(writes, 1, "one row for a minute");
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(ask().await.status, 200);

    // And ten a second.
    world.pass(Duration::from_secs(60)).await;
    let into = world.clock.now_ms() % 1000;
    world.pass(Duration::from_millis(1000 - into)).await;
    let mut burst = Vec::new();
    for _ in 0..12 {
        burst.push(ask().await.status);
    }
    assert_eq!(burst[..10], [200; 10]);
    assert_eq!(burst[10..], [429; 2]);
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(ask().await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_minutes_limit_is_counted_in_a_tenth_of_its_writes() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let made = make(&desk, "bearer", "agent").await;
    let key = Desk::with_key(&world, made["secret"].as_str().unwrap());
    key.get("/v1/integrations").await;
    let into = world.clock.now_ms() % 60_000;
    world.pass(Duration::from_millis(60_000 - into)).await;
    world.wire.services().meter = world::meter::Meter::default();
    for _ in 0..100 {
        world.pass(Duration::from_millis(200)).await;
        key.get("/v1/integrations").await;
    }
    let spent = world.wire.services().meter.total();
    assert!(spent.wru <= 10.0, "{spent:?}");
}
