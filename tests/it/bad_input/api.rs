//! What is wrong with requests to the API, asked of every operation that it has.

use app::authenticate::{fingerprint, sign};
use domain::{
    Id, Time,
    api_key::{ApiKey, Proof, Role},
    integration::Member,
};
use serde_json::{Value, json};
use world::{World, requests::ApiRequest};

use super::NUMBER;
use crate::desk::{
    BUDI, Desk, fates,
    operations::{self, Ids, Operation},
    payload::{delivery, post},
    problem, stored,
};

/// More than any operation takes in JSON.
pub(super) const BODY_LIMIT: usize = 200 * 1024;

/// A company with something in each of its lists, twice.
pub(super) async fn furnished() -> (World, Ids) {
    let world = World::new().await.unwrap();
    Desk::of(&world).first_words(BUDI).await;
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
    let ids = Ids::at(&Desk::of(&world)).await;
    (world, ids)
}

/// Whether a refusal names this field, or a place in it where that is an object or a list.
pub(super) fn is_inside(named: &str, field: &str) -> bool {
    named
        .strip_prefix(field)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('['))
}

#[tokio::test(start_paused = true)]
async fn every_operation_asks_for_a_living_key() {
    let (world, ids) = furnished().await;
    let expired = ApiKey {
        id: Id::derived(&["old"]),
        organization_id: world.company().provisioned.organization_id,
        member: Member { id: Id::derived(&["old"]), name: "Old".into() },
        role: Role::Admin,
        scopes: vec!["all".into()],
        proof: Proof::Bearer,
        name: "old".into(),
        created_at: world.now(),
        expires_at: Some(Time::from_millis(world.now().millis() - 1)),
        requests_per_minute: None,
        last_used_at: None,
        is_listed: false,
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
    for operation in operations::guarded() {
        for header in &headers {
            let request = operation.request(&ids);
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
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    let nobody = Id::<Member>::derived(&["nobody"]).to_string();
    for operation in operations::guarded().into_iter().filter(Operation::has_id) {
        for place in operation.places().iter().filter(|place| place.is_id()) {
            let id = ids.of(&place.of);
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
                let refused = desk.call(operation.request_with(&ids, place, &wrong)).await;
                let expected = (400, "invalid_field", place.name.as_str());
                assert_eq!(problem(&refused), expected, "{operation:?} {wrong}");
            }
            let missing = desk.call(operation.request_with(&ids, place, &nobody)).await;
            assert_eq!(problem(&missing), (404, "not_found", ""), "{operation:?}");
        }
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_body_is_refused_by_the_field_that_is_wrong() {
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    let huge = json!({ "text": "x".repeat(BODY_LIMIT) }).to_string();
    let anything =
        ["{", "Halo", "\u{feff}{}", "null", "\"text\"", "[]", r#"["text","Halo"]"#, "[null]"];
    for operation in operations::all() {
        let Some(body) = &operation.body else { continue };
        let refused = async |sent: &str| desk.call(operation.request(&ids).body(sent)).await;
        for sent in anything {
            let answer = refused(sent).await;
            let expected = (400, "invalid_field", "body");
            assert_eq!(
                problem(&answer),
                expected,
                "{} {}: {sent}",
                operation.method,
                operation.path
            );
        }
        assert_eq!(problem(&refused(&huge).await), (413, "too_large", "body"), "{operation:?}");
        for wrong in body.wrong() {
            let body = serde_json::from_str(&wrong.body).unwrap();
            let answer = desk.call(operation.request_of(&ids, body)).await;
            let (status, code, field) = problem(&answer);
            let shown: String = wrong.body.chars().take(200).collect();
            let at = format!("{} {}: {shown}: {}", operation.method, operation.path, answer.json);
            assert_eq!((status, code), (400, "invalid_field"), "{at}");
            assert!(is_inside(field, &wrong.field), "{at}");
        }
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_inside_a_body_is_named_by_its_path() {
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    // First bodies that are taken, so that nothing but what is wrong is wrong with them.
    let operations = operations::all();
    let mut bases = Vec::new();
    for operation in &operations {
        let Some(body) = &operation.body else { continue };
        for place in body.object_places() {
            let mut bodies = body.bodies_with(&place);
            let mut taken = None;
            for base in &bodies {
                let sent = desk.call(operation.request_of(&ids, base.clone())).await;
                if sent.status < 300 {
                    taken = Some(base.clone());
                    break;
                }
            }
            let is_taken = taken.is_some();
            let base = taken.unwrap_or_else(|| bodies.swap_remove(0));
            let wrong = body.wrong_inside(&base, &place, is_taken);
            bases.extend(wrong.into_iter().map(|wrong| (operation, wrong, is_taken)));
        }
    }
    assert!(bases.iter().filter(|(.., is_taken)| *is_taken).count() >= 100);
    let before = stored(&world);
    for (operation, wrong, _) in bases {
        let body = serde_json::from_str(&wrong.body).unwrap();
        let answer = desk.call(operation.request_of(&ids, body)).await;
        let (status, code, field) = problem(&answer);
        let shown: String = wrong.body.chars().take(300).collect();
        let at = format!("{} {}: {shown}: {}", operation.method, operation.path, answer.json);
        assert_eq!((status, code), (400, "invalid_field"), "{at}");
        assert!(is_inside(field, &wrong.field), "{at}: not {}", wrong.field);
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn no_operation_takes_the_signature_of_a_key_that_has_ended() {
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    let ends = (world.clock.timestamp() + jiff::SignedDuration::from_mins(1)).to_string();
    let body = json!({ "name": "Gudang", "kind": "hmac", "role": "admin", "expires_at": ends });
    let made = desk.call(ApiRequest::new("POST", "/v1/api_keys").body(body.to_string())).await;
    let text =
        |name: &str| made.json["data"][name].as_str().unwrap_or_else(|| panic!("{}", made.json));
    let (username, secret) = (text("username"), text("secret"));
    let signed = |request: ApiRequest| {
        let date = jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&world.clock.timestamp())
            .unwrap();
        let header = sign(username, secret, &date, request.method, &request.path);
        request.header("date", date).header("authorization", header)
    };
    let rooms = signed(ApiRequest::new("GET", "/v1/rooms"));
    assert_eq!(world.api_in(&world.process, &rooms).await.unwrap().unwrap().status, 200);
    world.pass(std::time::Duration::from_secs(61)).await;
    let before = stored(&world);
    for operation in operations::guarded() {
        let request = signed(operation.request(&ids));
        let refused = world.api_in(&world.process, &request).await.unwrap().unwrap();
        assert_eq!(problem(&refused), (401, "unauthorized", "Authorization"), "{operation:?}");
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_messages_words_have_bounds() {
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    let path = format!("/v1/rooms/{}/messages", ids.of("rooms"));
    let long = json!({ "text": "é".repeat(4097) }).to_string();
    for (body, field) in [
        ("", "text"),
        ("{}", "text"),
        (r#"{"text":""}"#, "text"),
        (r#"{"text":" \n\t "}"#, "text"),
        (&long, "text"),
        (r#"{"text":"Halo"}}"#, "body"),
    ] {
        let refused = desk.call(ApiRequest::new("POST", &path).body(body)).await;
        let shown: String = body.chars().take(60).collect();
        assert_eq!(problem(&refused), (400, "invalid_field", field), "{shown}");
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn an_idempotency_key_has_bounds() {
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    for key in ["", &"k".repeat(201), "kunci-é"] {
        let refused = desk.reply(&json!(ids.of("rooms")), "Halo", key).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "Idempotency-Key"));
    }
    assert_eq!(stored(&world), before);
    let longest = desk.reply(&json!(ids.of("rooms")), "Halo", &"k".repeat(200)).await;
    assert_eq!(longest.status, 201);
}

/// A list in pages of one.
struct List {
    address: String,
    /// Whether its address is the same for everybody.
    is_shared: bool,
    /// Whether a first page may be asked for by an empty cursor.
    takes_empty: bool,
}

/// Every list of the document, and some of them asked for otherwise.
fn lists(ids: &Ids) -> Vec<List> {
    let listed = operations::guarded().into_iter();
    let listed = listed.filter(|operation| operation.has_parameter("cursor"));
    let mut lists = Vec::new();
    for operation in listed {
        let address = operation.address(ids);
        let separator = if address.contains('?') { '&' } else { '?' };
        let mut ways = vec![""];
        match operation.path.as_str() {
            "/v1/rooms" => ways.push("&status=unassigned"),
            "/v1/contacts" => ways.push("&query=budi"),
            "/v1/integrations/{id}/events" => ways.push("&of=app"),
            _ => {}
        }
        lists.extend(ways.into_iter().map(|way| List {
            address: format!("{address}{separator}limit=1{way}"),
            is_shared: operation.places().is_empty(),
            takes_empty: operation.is_qontaks(),
        }));
    }
    lists
}

#[tokio::test(start_paused = true)]
async fn a_cursor_works_in_its_own_list_and_only_unchanged() {
    let (mut world, ids) = furnished().await;
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let (desk, other) = (Desk::of(&world), Desk::of_company(&world, &world.companies[1]));
    let lists = lists(&ids);
    let mut cursors = Vec::new();
    for list in &lists {
        let page = desk.get(&list.address).await;
        let next = page["meta"]["pagination"]["cursor"]["next"].as_str();
        cursors.push(next.map(str::to_owned));
    }
    let paged = cursors.iter().flatten().count();
    assert!(paged >= 12, "of {} lists {paged} have a second page", lists.len());
    let refused = async |desk: &Desk<'_>, list: &str, cursor: &str| {
        let answer = desk.call(ApiRequest::new("GET", format!("{list}&cursor={cursor}"))).await;
        assert_eq!(problem(&answer), (400, "invalid_field", "cursor"), "{list}&cursor={cursor}");
    };
    for (list, own) in lists.iter().zip(&cursors) {
        let address = &list.address;
        for cursor in cursors.iter().filter(|cursor| *cursor != own).flatten() {
            refused(&desk, address, cursor).await;
        }
        for garbage in ["x", "%00", "AAAAAAAAAAA"] {
            refused(&desk, address, garbage).await;
        }
        if !list.takes_empty {
            refused(&desk, address, "").await;
        }
        let Some(own) = own else { continue };
        desk.get(&format!("{address}&cursor={own}")).await;
        for place in [0, own.len() / 2, own.len() - 1] {
            let mut changed = own.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            refused(&desk, address, std::str::from_utf8(&changed).unwrap()).await;
        }
        for garbage in [&own[1..], &own[..own.len() - 1]] {
            refused(&desk, address, garbage).await;
        }
        // The same list of another company.
        if list.is_shared {
            refused(&other, address, own).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_refusal_is_a_problem_document() {
    let (world, ids) = furnished().await;
    let key = format!("Bearer {}", world.company().setup.api_key);
    let room = ids.of("rooms");
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
async fn a_table_that_is_asked_too_fast_has_clients_come_again() {
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    fates::refuse(&world, |call| call.service == "dynamodb");
    for operation in operations::guarded() {
        let refused = desk.call(operation.request(&ids)).await;
        assert_eq!(problem(&refused), (503, "unavailable", ""), "{operation:?}");
        assert_eq!(refused.headers["retry-after"], "1", "{operation:?}");
        assert!(!refused.json.to_string().contains("Throughput"), "{}", refused.json);
    }
}

#[tokio::test(start_paused = true)]
async fn a_table_that_gives_no_answer_is_not_the_clients_business() {
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    fates::hang(&world, |call| call.service == "dynamodb");
    for operation in operations::guarded() {
        let failed = desk.call(operation.request(&ids)).await;
        assert_eq!(problem(&failed), (500, "internal", ""), "{operation:?}");
        assert!(!failed.json.to_string().contains("timed"), "{}", failed.json);
    }
}
