//! What is wrong with requests to the API, asked of every operation that it has.

use app::authenticate::fingerprint;
use domain::{
    Id, Time,
    api_key::{ApiKey, Role},
    integration::Member,
};
use serde_json::{Value, json};
use world::{World, requests::ApiRequest};

use super::NUMBER;
use crate::desk::{
    BUDI, Desk, fates,
    operations::{self, Operation},
    payload::{delivery, post},
    problem, stored,
};

/// A company with something in each of its lists, twice.
async fn furnished() -> (World, Value) {
    let world = World::new().await.unwrap();
    let room = Desk::of(&world).first_words(BUDI).await;
    world.customer_says(BUDI, "Ada?").await.unwrap();
    world.customer_says("628111222333", "Halo").await.unwrap();
    for ago in [1, 2] {
        let time = (world.clock.now_ms() / 1000 - ago).to_string();
        let stray = json!({ "id": format!("wamid.{ago}"), "status": "read", "timestamp": time });
        let own = delivery(NUMBER, &[], std::slice::from_ref(&stray));
        assert_eq!(post(&world, world.company(), &own).await, 200);
        let strange = delivery("999", &[], &[stray]);
        assert_eq!(post(&world, world.company(), &strange).await, 200);
    }
    (world, room)
}

/// What an operation's id names in this world.
fn id_of(world: &World, room: &Value, operation: &Operation) -> String {
    match operation.is_of_rooms() {
        true => room.as_str().unwrap().to_owned(),
        false => world.company().provisioned.integration_id.to_string(),
    }
}

#[tokio::test(start_paused = true)]
async fn every_operation_asks_for_a_living_key() {
    let (world, room) = furnished().await;
    let expired = ApiKey {
        organization_id: world.company().provisioned.organization_id,
        member: Member { id: Id::derived(&["old"]), name: "Old".into() },
        role: Role::Admin,
        name: "old".into(),
        expires_at: Some(Time::from_millis(world.now().millis() - 1)),
    };
    let digest = fingerprint("sapa_expired");
    world.process.table.put_api_key(&digest, &expired).await.unwrap();
    let key = &world.company().setup.api_key;
    let before = stored(&world);
    let headers = [
        None,
        Some(String::new()),
        Some("Bearer".into()),
        Some("Bearer ".into()),
        Some(key.clone()),
        Some(format!("Basic {key}")),
        Some(format!("Bearer  {key}")),
        Some(format!("Bearer {key}x")),
        Some(format!("Bearer {}", key.to_uppercase())),
        Some(format!("Bearer {}", key.trim_start_matches("sapa_"))),
        Some(format!("Bearer sapa_{}", "x".repeat(10_000))),
        Some(format!("Bearer {digest}")),
        Some("Bearer sapa_expired".into()),
    ];
    for operation in operations::all() {
        for header in &headers {
            let request = operation.request(&id_of(&world, &room, &operation));
            let request = match header {
                None => request,
                Some(header) => request.header("authorization", header.clone()),
            };
            let refused = world.api_in(&world.process, &request).await.unwrap().unwrap();
            let expected = (401, "unauthorized", "Authorization");
            assert_eq!(problem(&refused), expected, "{operation:?} {header:?}");
        }
    }
    assert_eq!(stored(&world), before);
    let scheme =
        ApiRequest::new("GET", "/v1/rooms").header("authorization", format!("bearer {key}"));
    assert_eq!(world.api_in(&world.process, &scheme).await.unwrap().unwrap().status, 200);
}

#[tokio::test(start_paused = true)]
async fn an_id_is_a_uuid_in_lower_case_and_leads_somewhere() {
    let (world, room) = furnished().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    let nobody = Id::<Member>::derived(&["nobody"]).to_string();
    for operation in operations::all().into_iter().filter(Operation::has_id) {
        let id = id_of(&world, &room, &operation);
        let short = id[..35].to_owned();
        for wrong in [
            "1".to_owned(),
            "x".repeat(36),
            id.to_uppercase(),
            id.replace('-', ""),
            format!("%7B{id}%7D"),
            format!("{id}%23room"),
            format!("{id}0"),
            "%FF%FE".into(),
            short,
        ] {
            let refused = desk.call(operation.request(&wrong)).await;
            assert_eq!(problem(&refused), (400, "invalid_field", "id"), "{operation:?} {wrong}");
        }
        let missing = desk.call(operation.request(&nobody)).await;
        assert_eq!(problem(&missing), (404, "not_found", ""), "{operation:?}");
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_body_is_refused_by_the_field_that_is_wrong() {
    let (world, room) = furnished().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    let long = json!({ "text": "é".repeat(4097) }).to_string();
    let huge = json!({ "text": "x".repeat(200 * 1024) }).to_string();
    let message = [
        ("", 400, "text"),
        ("{}", 400, "text"),
        (r#"{"text":null}"#, 400, "text"),
        (r#"{"text":5}"#, 400, "text"),
        (r#"{"text":["Halo"]}"#, 400, "text"),
        (r#"{"text":{"body":"Halo"}}"#, 400, "text"),
        (r#"{"text":""}"#, 400, "text"),
        (r#"{"text":" \n\t "}"#, 400, "text"),
        (&long, 400, "text"),
        (r#"{"text":"Halo","type":"image"}"#, 400, "type"),
        (r#"{"text":"Halo","type":7}"#, 400, "type"),
        (r#"{"text":"Halo"}}"#, 400, "body"),
        (&huge, 413, "body"),
    ];
    let anything = [
        ("{", 400, "body"),
        ("Halo", 400, "body"),
        ("\u{feff}{}", 400, "body"),
        ("null", 400, "body"),
        ("\"text\"", 400, "body"),
        ("[]", 400, "body"),
        (r#"["text","Halo"]"#, 400, "body"),
        ("[null]", 400, "body"),
        (&huge, 413, "body"),
    ];
    let resolve = [
        (r#"{"last_message_id":"x"}"#, 400, "last_message_id"),
        (r#"{"last_message_id":7}"#, 400, "last_message_id"),
    ];
    for operation in operations::all().into_iter().filter(|operation| operation.body.is_some()) {
        let own: &[(&str, u16, &str)] = match operation.path.rsplit('/').next() {
            Some("messages") => &message,
            Some("resolve") => &resolve,
            other => panic!("what does {other:?} refuse?"),
        };
        for (body, status, field) in own.iter().chain(&anything) {
            let request = operation.request(&id_of(&world, &room, &operation)).body(*body);
            let refused = desk.call(request).await;
            let code = if *status == 413 { "too_large" } else { "invalid_field" };
            let shown: String = body.chars().take(60).collect();
            assert_eq!(problem(&refused), (*status, code, *field), "{}: {shown}", operation.path);
        }
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn an_idempotency_key_has_bounds() {
    let (world, room) = furnished().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    for key in ["", &"k".repeat(201), "kunci-é"] {
        let refused = desk.reply(&room, "Halo", key).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "Idempotency-Key"));
    }
    assert_eq!(stored(&world), before);
    assert_eq!(desk.reply(&room, "Halo", &"k".repeat(200)).await.status, 201);
}

/// The lists of this world, each with more than one page of one.
fn lists(world: &World, room: &Value) -> Vec<String> {
    let room = room.as_str().unwrap();
    let integration = world.company().provisioned.integration_id;
    vec![
        "/v1/rooms?limit=1".into(),
        "/v1/rooms?limit=1&status=unassigned".into(),
        format!("/v1/rooms/{room}/histories?limit=1"),
        format!("/v1/integrations/{integration}/events?limit=1"),
        format!("/v1/integrations/{integration}/events?limit=1&of=app"),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_cursor_works_in_its_own_list_and_only_unchanged() {
    let (mut world, room) = furnished().await;
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let (desk, other) = (Desk::of(&world), Desk::of_company(&world, &world.companies[1]));
    let mut cursors = Vec::new();
    for list in lists(&world, &room) {
        let page = desk.get(&list).await;
        let next = page["meta"]["pagination"]["cursor"]["next"].as_str();
        cursors.push(next.unwrap_or_else(|| panic!("{list} has one page")).to_owned());
    }
    let refused = async |desk: &Desk<'_>, list: &str, cursor: &str| {
        let answer = desk.call(ApiRequest::new("GET", format!("{list}&cursor={cursor}"))).await;
        assert_eq!(problem(&answer), (400, "invalid_field", "cursor"), "{list}&cursor={cursor}");
    };
    for (list, own) in lists(&world, &room).iter().zip(&cursors) {
        desk.get(&format!("{list}&cursor={own}")).await;
        for cursor in cursors.iter().filter(|cursor| *cursor != own) {
            refused(&desk, list, cursor).await;
        }
        for place in [0, own.len() / 2, own.len() - 1] {
            let mut changed = own.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            refused(&desk, list, std::str::from_utf8(&changed).unwrap()).await;
        }
        for garbage in ["", "x", "%00", "AAAAAAAAAAA", &own[1..], &own[..own.len() - 1]] {
            refused(&desk, list, garbage).await;
        }
    }
    // The same list of another company.
    for (list, cursor) in lists(&world, &room).iter().zip(&cursors).take(2) {
        refused(&other, list, cursor).await;
    }
}

#[tokio::test(start_paused = true)]
async fn every_refusal_is_a_problem_document() {
    let (world, room) = furnished().await;
    let key = format!("Bearer {}", world.company().setup.api_key);
    let room = room.as_str().unwrap();
    for (method, path, body, status) in [
        ("GET", "/v1/rooms?limit=0".to_owned(), "", 400),
        ("GET", "/v1/rooms?limit=%FF".to_owned(), "", 400),
        ("GET", "/v1/rooms/x".to_owned(), "", 400),
        ("POST", format!("/v1/rooms/{room}/messages"), "{", 400),
        ("POST", format!("/v1/rooms/{room}/messages"), &"x".repeat(200 * 1024), 413),
        ("GET", "/v1/nothing".to_owned(), "", 404),
        ("GET", "/v1/rooms/".to_owned(), "", 404),
        ("GET", "/".to_owned(), "", 404),
        ("DELETE", "/v1/rooms".to_owned(), "", 405),
        ("PUT", format!("/v1/rooms/{room}/takeover"), "", 405),
    ] {
        let request =
            ApiRequest::new(method, &path).header("authorization", key.clone()).body(body);
        let request = request.lambda().unwrap();
        let response = agent_api::handle(world.process.api.clone(), request).await;
        assert_eq!(response.status().as_u16(), status, "{method} {path}");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let shown: Value = serde_json::from_slice(&body).unwrap();
        for name in ["type", "title", "code", "detail"] {
            assert!(shown[name].as_str().is_some_and(|text| !text.is_empty()), "{path}: {shown}");
        }
        assert_eq!(shown["status"], status);
    }
    let anonymous = ApiRequest::new("GET", "/v1/rooms").lambda().unwrap();
    let response = agent_api::handle(world.process.api.clone(), anonymous).await;
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
}

#[tokio::test(start_paused = true)]
async fn a_table_that_fails_is_not_the_clients_business() {
    let (world, room) = furnished().await;
    let desk = Desk::of(&world);
    fates::refuse(&world, |call| call.service == "dynamodb");
    for operation in operations::all() {
        let failed = desk.call(operation.request(&id_of(&world, &room, &operation))).await;
        assert_eq!(problem(&failed), (500, "internal", ""), "{operation:?}");
        assert!(!failed.json.to_string().contains("Throughput"), "{}", failed.json);
    }
}
