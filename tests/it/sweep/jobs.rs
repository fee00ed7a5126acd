//! All expired rooms at once: an id in a moment, the work in the background.

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest, wire::Fate};

use super::{DAY, MINUTE, minutes, sweep, sweep_unluckily, worth_striking};
use crate::desk::{BUDI, Desk, fates, problem, rows};

async fn ask(desk: &Desk<'_>, body: Value, key: Option<&str>) -> Value {
    let mut request = ApiRequest::new("PUT", "/v1/rooms/resolve_expired").body(body.to_string());
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let asked = desk.call(request).await;
    assert_eq!(asked.status, 202, "{}", asked.json);
    asked.json["data"].clone()
}

async fn job(desk: &Desk<'_>, id: &Value) -> Value {
    desk.get(&format!("/v1/jobs/{}", id.as_str().unwrap())).await["data"].clone()
}

fn counts(job: &Value) -> (u64, u64, u64) {
    let count = |name: &str| job[name].as_u64().unwrap();
    (count("found"), count("resolved"), count("skipped"))
}

/// Rooms of so many customers, expired, and one whose customer has just written.
async fn expired(rooms: u32) -> World {
    let world = World::new().await.unwrap();
    for customer in 0..rooms {
        world.customer_says(&format!("62812{customer:07}"), "Halo").await.unwrap();
    }
    world.pass(DAY + MINUTE).await;
    sweep(&world).await;
    world.customer_says(BUDI, "Halo").await.unwrap();
    world
}

#[tokio::test(start_paused = true)]
async fn a_job_has_an_id_at_once_and_a_second_one_finds_nothing() {
    let world = expired(45).await;
    let desk = Desk::of(&world);
    let rooms = desk.rooms("unassigned").await;
    desk.take_over(&rooms[30]["id"]).await;
    let asked = ask(&desk, json!({ "include_unassigned": true }), None).await;
    assert_eq!((&asked["state"], counts(&asked)), (&json!("queued"), (0, 0, 0)));
    assert_eq!(asked["requested_by"]["name"], "Ani");
    // The same request while it waits is the same job.
    let again = ask(&desk, json!({ "include_unassigned": true }), None).await;
    assert_eq!(again["id"], asked["id"]);
    let other = ask(&desk, json!({}), None).await;
    assert_ne!(other["id"], asked["id"], "it asks for less");

    minutes(&world, 1).await;
    let done = job(&desk, &asked["id"]).await;
    assert_eq!(done["state"], "done");
    let (found, resolved, _) = counts(&done);
    assert!((44..=45).contains(&resolved) && found >= resolved, "{done}");
    assert!(done["started_at"].is_string() && done["finished_at"].is_string());
    let left = desk.rooms("unassigned").await;
    assert_eq!((left.len(), &left[0]["account_uniq_id"]), (1, &json!(BUDI)));
    assert_eq!(desk.rooms("assigned").await.len(), 0);
    let room = &desk.rooms("resolved").await[0];
    assert_eq!(
        (&room["resolved_by_type"], &room["resolved_by_id"]),
        (&json!("Models::User"), &done["requested_by"]["id"])
    );

    let second = ask(&desk, json!({ "include_unassigned": true }), None).await;
    assert_ne!(second["id"], asked["id"]);
    minutes(&world, 1).await;
    let second = job(&desk, &second["id"]).await;
    assert_eq!((&second["state"], counts(&second)), (&json!("done"), (0, 0, 0)));
}

#[tokio::test(start_paused = true)]
async fn a_key_names_a_job_for_good_and_one_request_only() {
    let world = expired(1).await;
    let desk = Desk::of(&world);
    let asked = ask(&desk, json!({ "include_unassigned": true }), Some("k")).await;
    minutes(&world, 1).await;
    let again = ask(&desk, json!({ "include_unassigned": true }), Some("k")).await;
    assert_eq!((&again["id"], &again["state"]), (&asked["id"], &json!("done")));
    let request = ApiRequest::new("PUT", "/v1/rooms/resolve_expired");
    let reused = desk.call(request.clone().header("idempotency-key", "k")).await;
    assert_eq!(problem(&reused), (422, "idempotency_key_reused", "Idempotency-Key"));
    for key in ["", &"k".repeat(201)] {
        let refused = desk.call(request.clone().header("idempotency-key", key)).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "Idempotency-Key"));
    }
    let agent = world.add_member("Tono", Role::Agent).await.unwrap();
    let tono = Desk::with_key(&world, &agent);
    assert_eq!(problem(&tono.call(request).await), (403, "forbidden", ""));
    // Who has not asked for a job, and is no supervisor, learns nothing of it and stops nothing.
    let path = format!("/v1/jobs/{}", asked["id"].as_str().unwrap());
    for method in ["GET", "DELETE"] {
        let refused = tono.call(ApiRequest::new(method, &path)).await;
        assert_eq!(problem(&refused), (404, "not_found", ""));
    }
    let supervisor = world.add_member("Sari", Role::Supervisor).await.unwrap();
    let sari = Desk::with_key(&world, &supervisor);
    assert_eq!(sari.get(&path).await["data"]["id"], asked["id"]);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_stopped_stops() {
    let world = expired(5).await;
    let desk = Desk::of(&world);
    let asked = ask(&desk, json!({ "include_unassigned": true }), None).await;
    let path = format!("/v1/jobs/{}", asked["id"].as_str().unwrap());
    let stopped = desk.call(ApiRequest::new("DELETE", &path)).await;
    assert_eq!((stopped.status, &stopped.json["data"]["state"]), (200, &json!("cancelled")));
    minutes(&world, 2).await;
    assert_eq!(desk.rooms("resolved").await.len(), 0);
    assert_eq!(job(&desk, &asked["id"]).await["state"], "cancelled");
    assert_eq!(desk.call(ApiRequest::new("DELETE", &path)).await.status, 200);
    // What was stopped stands in nobody's way.
    let next = ask(&desk, json!({ "include_unassigned": true }), None).await;
    minutes(&world, 1).await;
    assert_eq!(counts(&job(&desk, &next["id"]).await), (5, 5, 0));
}

#[tokio::test(start_paused = true)]
async fn two_who_ask_at_once_get_one_job() {
    let world = expired(1).await;
    let processes = ["a", "b"].map(|name| world.start_process(name));
    let key = format!("Bearer {}", world.company().setup.api_key);
    let request = ApiRequest::new("PUT", "/v1/rooms/resolve_expired").header("authorization", key);
    let asked = processes.iter().map(|process| world.api_in(process, &request));
    let ids: Vec<Value> = futures_util::future::join_all(asked)
        .await
        .into_iter()
        .map(|answer| answer.unwrap().unwrap().json["data"]["id"].clone())
        .collect();
    assert_eq!(ids[0], ids[1]);
    assert_eq!(rows(&world, "job#").len(), 1);
}

async fn struck(call: usize, fate: Fate) -> bool {
    let world = expired(3).await;
    let desk = Desk::of(&world);
    let asked = ask(&desk, json!({ "include_unassigned": true }), None).await;
    let calls = fates::strike(&world, call, fate);
    sweep_unluckily(&world).await;
    fates::recover(&world);
    minutes(&world, 2).await;
    let at = format!("call {call} {fate:?}");
    let done = job(&desk, &asked["id"]).await;
    assert_eq!(done["state"], "done", "{at}");
    assert_eq!(desk.rooms("resolved").await.len(), 3, "{at}");
    assert!(counts(&done).1 <= 3, "{at}: {done}");
    fates::has_struck(&calls, call)
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_run_the_job_comes_to_its_end() {
    for fate in fates::EACH {
        for call in worth_striking() {
            if !struck(call, fate).await {
                assert!(call >= 28, "only {call} calls were struck");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_that_takes_longer_than_a_run_goes_on_in_the_next() {
    let world = expired(150).await;
    let desk = Desk::of(&world);
    let asked = ask(&desk, json!({ "include_unassigned": true }), None).await;
    // Every call takes seconds: a run gets through a part of it.
    world.wire.set_fates(Box::new(|_| (Fate::Served, 2_000)));
    let runs = async {
        for run in 1..20 {
            sweep(&world).await;
            if rows(&world, "job#")[0]["state"]["S"] == "done" {
                return run;
            }
        }
        20
    };
    let runs = runs.await;
    fates::recover(&world);
    let done = job(&desk, &asked["id"]).await;
    assert_eq!((&done["state"], counts(&done)), (&json!("done"), (150, 150, 0)), "{runs} runs");
    assert!(runs < 20);
}
