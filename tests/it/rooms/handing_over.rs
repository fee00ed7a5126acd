//! Rooms change hands: handed over, given back, and who may.

use std::time::Duration;

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest};

use super::{ids, member, own_rows};
use crate::desk::{BUDI, Desk, SITI, problem, rows, stored};

async fn let_agents(desk: &Desk<'_>, enabled: bool) -> u16 {
    let body = json!({ "enabled": enabled }).to_string();
    let path = "/v1/rooms/agent_assign_another_agent";
    desk.call(ApiRequest::new("PUT", path).body(body)).await.status
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_hands_over_takes_away_and_gives_back() {
    let world = World::new().await.unwrap();
    let (tono, tono_id) = member(&world, "Tono", Role::Agent).await;
    let (sari, sari_id) = member(&world, "Sari", Role::Agent).await;
    let (wati, wati_id) = member(&world, "Wati", Role::Supervisor).await;
    let room = Desk::of(&world).first_words(BUDI).await;
    let id = room.as_str().unwrap().to_owned();

    let given = wati.assign("POST", &room, &tono_id).await;
    assert_eq!((given.status, &given.json["data"]["agent"]["name"]), (200, &json!("Tono")));
    assert_eq!(own_rows(&world), [(tono_id.clone(), "open".into(), id.clone())]);
    world.pass(Duration::from_secs(1)).await;
    for _ in 0..2 {
        let moved = wati.assign("POST", &room, &sari_id).await;
        assert_eq!((moved.status, &moved.json["data"]["agent"]["name"]), (200, &json!("Sari")));
    }
    assert_eq!(own_rows(&world), [(sari_id.clone(), "open".into(), id)]);
    assert_eq!(ids(&tono, "/v1/rooms").await, Vec::<Value>::new());
    assert_eq!(ids(&sari, "/v1/rooms").await, std::slice::from_ref(&room));

    // Who means Tono's does not take Sari's.
    let late = wati.assign("DELETE", &room, &tono_id).await;
    assert_eq!(problem(&late), (409, "already_taken", ""));
    assert!(late.json["detail"].as_str().unwrap().contains("Sari"));
    for _ in 0..2 {
        let back = wati.assign("DELETE", &room, &sari_id).await;
        assert_eq!((back.status, &back.json["data"]["status"]), (200, &json!("unassigned")));
        assert_eq!(back.json["data"]["agent"], Value::Null);
    }
    assert_eq!(own_rows(&world), []);
    assert_eq!(ids(&tono, "/v1/rooms").await, std::slice::from_ref(&room));
    assert_eq!(wati.assign("POST", &room, &wati_id).await.status, 200);

    // The episode remembers all of it.
    let [episode] = &rows(&world, "episode#")[..] else { panic!("one episode") };
    let notes = episode["assignments"]["L"].as_array().unwrap();
    let name = |note: &Value, who: &str| note["M"][who]["M"]["name"]["S"].clone();
    let had: Vec<_> = notes.iter().map(|note| name(note, "member")).collect();
    assert_eq!(had, [json!("Tono"), json!("Sari"), Value::Null, json!("Wati")]);
    assert!(notes.iter().all(|note| name(note, "by") == "Wati"));
}

#[tokio::test(start_paused = true)]
async fn nobody_has_more_open_rooms_than_a_list_can_read() {
    let world = World::new().await.unwrap();
    let (tono, tono_id) = member(&world, "Tono", Role::Agent).await;
    let (wati, _) = member(&world, "Wati", Role::Supervisor).await;
    let first = Desk::of(&world).first_words(BUDI).await;
    assert_eq!(tono.take_over(&first).await.status, 200);
    let has = rows(&world, "open#").remove(0);
    let others = (1..1000).map(|n| {
        let mut row = has.clone();
        let sk = format!("open#000000000#{n:08x}-0000-8000-8000-000000000000");
        row["sk"] = json!({ "S": sk });
        row
    });
    world.wire.services().dynamodb.seed(others.collect()).unwrap();
    let second = Desk::of(&world).first_words(SITI).await;
    for refused in [tono.take_over(&second).await, wati.assign("POST", &second, &tono_id).await] {
        assert_eq!(problem(&refused), (422, "too_many_rooms", ""));
        assert!(refused.json["detail"].as_str().unwrap().contains("Tono has 1000 open rooms"));
    }
    assert_eq!(tono.resolve(&first).await.status, 200);
    assert_eq!(tono.take_over(&second).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn an_agent_gives_rooms_away_only_where_the_organization_lets_them() {
    let world = World::new().await.unwrap();
    let boss = Desk::of(&world);
    let (tono, tono_id) = member(&world, "Tono", Role::Agent).await;
    let (sari, sari_id) = member(&world, "Sari", Role::Agent).await;
    let (wati, _) = member(&world, "Wati", Role::Supervisor).await;
    let room = boss.first_words(BUDI).await;
    assert_eq!(tono.assign("POST", &room, &tono_id).await.status, 200, "taking it is free");
    let before = stored(&world);
    for (method, agent) in [("POST", &sari_id), ("DELETE", &tono_id)] {
        let refused = tono.assign(method, &room, agent).await;
        assert_eq!(problem(&refused), (403, "assigning_is_off", ""));
    }
    for desk in [&tono, &wati] {
        assert_eq!(let_agents(desk, true).await, 403, "only admins decide");
    }
    assert_eq!(stored(&world), before);

    assert_eq!(let_agents(&boss, true).await, 200);
    let path = "/v1/rooms/agent_assign_another_agent";
    assert_eq!(tono.get(path).await["data"]["enabled"], true);
    let given = tono.assign("POST", &room, &sari_id).await;
    assert_eq!((given.status, &given.json["data"]["agent"]["name"]), (200, &json!("Sari")));
    assert_eq!(tono.call(ApiRequest::new("GET", "/v1/rooms")).await.json["data"], json!([]));
    assert_eq!(tono.assign("POST", &room, &tono_id).await.status, 404, "it is Sari's");
    assert_eq!(sari.assign("DELETE", &room, &sari_id).await.status, 200);

    assert_eq!(let_agents(&boss, false).await, 200);
    assert_eq!(tono.assign("POST", &room, &sari_id).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn a_resolved_room_has_no_hands_to_go_to() {
    let world = World::new().await.unwrap();
    let (tono, tono_id) = member(&world, "Tono", Role::Agent).await;
    let boss = Desk::of(&world);
    let room = boss.first_words(BUDI).await;
    tono.take_over(&room).await;
    boss.resolve(&room).await;
    for method in ["POST", "DELETE"] {
        let refused = boss.assign(method, &room, &tono_id).await;
        assert_eq!(problem(&refused), (422, "room_resolved", ""));
    }
}

#[tokio::test(start_paused = true)]
async fn those_who_take_part_are_shown() {
    let world = World::new().await.unwrap();
    let (tono, tono_id) = member(&world, "Tono", Role::Agent).await;
    let (_, sari_id) = member(&world, "Sari", Role::Supervisor).await;
    let boss = Desk::of(&world);
    let room = boss.first_words(BUDI).await;
    let path = format!("/v1/rooms/{}", room.as_str().unwrap());
    for agent in [&tono_id, &sari_id, &tono_id] {
        assert_eq!(boss.assign("POST", &room, agent).await.status, 200);
    }
    let shown = tono.get(&format!("{path}/participants")).await["data"].clone();
    let brief: Vec<_> = shown
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["type"], one["name"], one["is_assigned"]]))
        .collect();
    assert_eq!(
        brief,
        [
            json!(["customer", "Budi", false]),
            json!(["agent", "Tono", true]),
            json!(["agent", "Sari", false])
        ]
    );

    let agents = tono.get(&format!("{path}/agents/assignable?limit=2")).await;
    let next = agents["meta"]["pagination"]["cursor"]["next"].as_str().unwrap();
    let more = tono.get(&format!("{path}/agents/assignable?limit=2&cursor={next}")).await;
    let both = [agents["data"].as_array().unwrap(), more["data"].as_array().unwrap()];
    let mut names: Vec<_> =
        both.into_iter().flatten().map(|a| json!([a["name"], a["role"]])).collect();
    names.sort_by_key(Value::to_string);
    assert_eq!(
        names,
        [json!(["Ani", "admin"]), json!(["Sari", "supervisor"]), json!(["Tono", "agent"])]
    );
}

#[tokio::test(start_paused = true)]
async fn a_room_is_named_and_kept_from_timers() {
    let world = World::new().await.unwrap();
    let (tono, _) = member(&world, "Tono", Role::Agent).await;
    let room = Desk::of(&world).first_words(BUDI).await;
    let change = async |body: Value| {
        let path = format!("/v1/rooms/{}", room.as_str().unwrap());
        tono.call(ApiRequest::new("PUT", path).body(body.to_string())).await
    };
    let shown = change(json!({ "name": " Budi (gudang) ", "is_dont_auto_resolve": true })).await;
    assert_eq!(shown.json["data"]["name"], "Budi (gudang)");
    assert_eq!(shown.json["data"]["is_dont_auto_resolve"], true);
    world.customer_says(BUDI, "Halo?").await.unwrap();
    let shown = change(json!({ "is_dont_auto_resolve": false })).await;
    assert_eq!(shown.json["data"]["name"], "Budi (gudang)");
    assert_eq!(shown.json["data"]["is_dont_auto_resolve"], false);
    let refused = change(json!({ "name": "a\u{7}b" })).await;
    assert_eq!(problem(&refused), (400, "invalid_field", "name"));
}

#[tokio::test(start_paused = true)]
async fn rooms_are_given_to_whoever_has_the_fewest() {
    let world = World::new().await.unwrap();
    let boss = Desk::of(&world);
    let give = async |desk: &Desk<'_>, room: &Value| {
        let path = format!("/v1/rooms/{}/assign_round_robin", room.as_str().unwrap());
        desk.call(ApiRequest::new("POST", path)).await
    };
    let first = boss.first_words(BUDI).await;
    assert_eq!(problem(&give(&boss, &first).await), (409, "no_agent", ""));
    let (tono, tono_id) = member(&world, "Tono", Role::Agent).await;
    let (sari, sari_id) = member(&world, "Sari", Role::Agent).await;
    let (wati, _) = member(&world, "Wati", Role::Supervisor).await;
    assert_eq!(tono.take_over(&first).await.status, 200);

    let second = boss.first_words("628222").await;
    let given = give(&wati, &second).await;
    assert_eq!((given.status, &given.json["data"]["agent"]["id"]), (200, &json!(sari_id)));
    // Whoever has a room keeps it, however often it is asked for.
    for _ in 0..2 {
        assert_eq!(give(&wati, &first).await.json["data"]["agent"]["id"], json!(tono_id));
        assert_eq!(give(&wati, &second).await.json["data"]["agent"]["id"], json!(sari_id));
    }
    assert_eq!(tono.resolve(&first).await.status, 200);
    assert_eq!(problem(&give(&wati, &first).await), (422, "room_resolved", ""));
    let third = boss.first_words("628333").await;
    assert_eq!(problem(&give(&sari, &third).await), (403, "assigning_is_off", ""));
    assert_eq!(give(&wati, &third).await.json["data"]["agent"]["id"], json!(tono_id));

    // Who may not give rooms away does not get one by luck, either, and has nobody's rooms counted.
    assert_eq!(tono.resolve(&third).await.status, 200);
    let fourth = boss.first_words("628444").await;
    let before = world.wire.services().calls.len();
    assert_eq!(problem(&give(&tono, &fourth).await), (403, "assigning_is_off", ""));
    let calls = world.wire.services().calls[before..].to_vec();
    assert!(!calls.iter().any(|call| call.contains("Query")), "{calls:?}");
}
