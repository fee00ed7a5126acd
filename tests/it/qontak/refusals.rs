//! Whatever goes wrong below the prefix is told in Qontak's words.

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest, world::Answered};

use super::{V1, ask, first_words};
use crate::desk::{
    BUDI, Desk,
    operations::{self, Ids},
    problem, stored,
};

/// That an answer is an error in Qontak's format; its status.
fn told(answered: &Answered) -> u16 {
    let shown = &answered.json;
    assert_eq!(shown["status"], "error", "{shown}");
    assert_eq!(shown["error"]["code"], answered.status, "{shown}");
    let messages = shown["error"]["messages"].as_array().unwrap();
    assert!(messages.iter().all(|message| message.as_str().is_some_and(|text| !text.is_empty())));
    assert!(!messages.is_empty());
    assert_eq!(answered.headers["content-type"], "application/json");
    answered.status
}

#[tokio::test(start_paused = true)]
async fn every_refusal_is_in_qontaks_format() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let tono = Desk::with_key(&world, &world.add_member("Tono", Role::Agent).await.unwrap());
    let stranger = Desk::with_key(&world, "sapa_nobody");
    let large = json!({ "room_id": room, "text": "x".repeat(200 * 1024) });
    for (desk, method, path, body, status) in [
        (&desk, "GET", "/rooms?limit=0".to_owned(), Value::Null, 400),
        (&desk, "GET", "/rooms/x".to_owned(), Value::Null, 400),
        (&desk, "GET", "/rooms/specific/info?target=all".to_owned(), Value::Null, 400),
        (&desk, "GET", "/nothing".to_owned(), Value::Null, 404),
        (&desk, "DELETE", "/rooms".to_owned(), Value::Null, 405),
        (&desk, "PUT", format!("/rooms/{room}/takeover"), Value::Null, 405),
        (&desk, "POST", "/messages/whatsapp/bot".to_owned(), large, 413),
        (
            &tono,
            "PUT",
            "/rooms/agent_assign_another_agent".to_owned(),
            json!({ "enabled": true }),
            403,
        ),
        (&stranger, "GET", "/rooms".to_owned(), Value::Null, 401),
    ] {
        let refused = ask(desk, method, &path, body).await;
        assert_eq!(told(&refused), status, "{method} {path}");
    }
    let anonymous = ApiRequest::new("GET", format!("{V1}/rooms"));
    let refused = world.api_in(&world.process, &anonymous).await.unwrap().unwrap();
    assert_eq!((told(&refused), refused.headers["www-authenticate"].as_str()), (401, "Bearer"));
    // What only begins like it is somewhere else.
    let beside = desk.call(ApiRequest::new("GET", "/qontak/chats/v1/rooms")).await;
    assert_eq!((beside.status, &beside.json["code"]), (404, &json!("not_found")));
    let ours = desk.call(ApiRequest::new("GET", "/v1/rooms?limit=0")).await;
    assert_eq!(ours.headers["content-type"], "application/problem+json");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_sent_too_much_is_told_when_to_come_back() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let body = json!({ "name": "Bot", "kind": "bearer", "role": "agent" });
    let made = desk.call(ApiRequest::new("POST", "/v1/api_keys").body(body.to_string())).await;
    let bot = Desk::with_key(&world, made.json["data"]["secret"].as_str().unwrap());
    let mut answered = ask(&bot, "GET", "/rooms", Value::Null).await;
    assert_eq!(answered.headers["x-ratelimit-limit"], "100");
    for _ in 0..10 {
        answered = ask(&bot, "GET", "/rooms", Value::Null).await;
    }
    assert_eq!(told(&answered), 429);
    assert_eq!(problem(&answered).1, "rate_limited");
    for header in ["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset"] {
        assert!(answered.headers.contains_key(header), "{header}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_yet_says_so_to_whoever_was_proved() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    first_words(&desk, BUDI).await;
    let tono = Desk::with_key(&world, &world.add_member("Tono", Role::Agent).await.unwrap());
    let ids = Ids::at(&desk).await;
    let before = stored(&world);
    let mut missing = operations::all();
    missing.retain(|operation| !operation.is_there);
    assert!(missing.len() >= 20, "{missing:?}");
    for operation in missing {
        let id = ids.of("rooms");
        let path = operation.places().iter().fold(operation.path.clone(), |path, place| {
            path.replace(&format!("{{{}}}", place.name), id)
        });
        let request = ApiRequest::new(operation.method, path).body("whatever");
        let anonymous = world.api_in(&world.process, &request).await.unwrap().unwrap();
        assert_eq!(told(&anonymous), 401, "{operation:?}");
        let answered = tono.call(request).await;
        assert_eq!((told(&answered), problem(&answered).1), (501, "not_implemented"));
        let words = answered.json["error"]["messages"][0].as_str().unwrap();
        assert!(words.ends_with("not possible yet."), "{words}");
    }
    assert_eq!(stored(&world), before);
}
