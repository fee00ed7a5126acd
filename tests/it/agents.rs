//! Agents at work: tabs and pages, who takes a room, what is read, who may see what.

use std::{collections::BTreeSet, time::Duration};

use domain::api_key::Role;
use futures_util::future::join;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest, wire::Fate};

use crate::desk::{
    BUDI, Desk,
    fates::{self, UNLUCKY},
    operations::{self, Ids, Operation},
    payload::{delivery, post, text},
    problem, rows,
};

/// Milliseconds of an RFC 3339 text.
fn millis(time: &Value) -> i64 {
    time.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

/// All pages of a list.
async fn pages(desk: &Desk<'_>, path: &str) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = desk.get(&format!("{path}{cursor}")).await;
        pages.push(page["data"].as_array().unwrap().clone());
        match page["meta"]["pagination"]["cursor"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pages,
        }
        assert!(pages.len() < 100, "{path} never ends");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_and_twenty_rooms_are_paged_without_gap_or_repetition() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    for customer in 0..120 {
        world.pass(Duration::from_secs(20)).await;
        let from = format!("62812{customer:07}");
        let first = text(&world, &from, &format!("wamid.{customer}"), 0, "Halo");
        let body = delivery("106540352242922", &[first], &[]);
        assert_eq!(post(&world, world.company(), &body).await, 200);
    }
    let pages = pages(&desk, "/v1/rooms?limit=50").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20]);
    let ids: BTreeSet<_> = pages.iter().flatten().map(|room| room["id"].to_string()).collect();
    assert_eq!(ids.len(), 120);
    for page in &pages {
        assert!(page.is_sorted_by_key(|room| -millis(&room["updated_at"])));
    }
    // Across pages the order is by steps of five minutes.
    let step = |room: &Value| millis(&room["updated_at"]) / 300_000;
    for pair in pages.windows(2) {
        let (above, below) = (&pair[0], &pair[1]);
        assert!(step(above.last().unwrap()) >= step(&below[0]));
    }
    assert_eq!(pages[0][0]["account_uniq_id"], "628120000119");
}

#[tokio::test(start_paused = true)]
async fn each_tab_shows_its_rooms() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let mut rooms = Vec::new();
    for customer in ["628111", "628222", "628333"] {
        rooms.push(desk.first_words(customer).await);
        world.pass(Duration::from_secs(1)).await;
    }
    desk.take_over(&rooms[1]).await;
    desk.resolve(&rooms[2]).await;
    for (tab, index) in [("unassigned", 0), ("assigned", 1), ("resolved", 2)] {
        let shown = desk.rooms(tab).await;
        assert_eq!(shown.len(), 1, "{tab}");
        assert_eq!((&shown[0]["id"], &shown[0]["status"]), (&rooms[index], &json!(tab)));
    }
    let all = desk.rooms("all").await;
    assert_eq!(all, desk.get("/v1/rooms").await["data"].as_array().unwrap().clone());
    let ids: Vec<_> = all.iter().map(|room| room["id"].clone()).collect();
    // Taking a room is activity, too.
    assert_eq!(ids, [1, 2, 0].map(|index: usize| rooms[index].clone()));
    let strange = desk.call(ApiRequest::new("GET", "/v1/rooms?status=spam")).await;
    assert_eq!(problem(&strange), (400, "invalid_field", "status"));
}

#[tokio::test(start_paused = true)]
async fn a_history_is_paged_from_the_newest_to_the_first() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let said: Vec<_> = (0..45_u64)
        .map(|n| text(&world, BUDI, &format!("wamid.{n}"), 100 - n, &format!("pesan {n}")))
        .collect();
    let body = delivery("106540352242922", &said, &[]);
    assert_eq!(post(&world, world.company(), &body).await, 200);
    let room = desk.only_room().await;
    assert_eq!(room["unread_count"], 45);
    let path = format!("/v1/rooms/{}/histories?limit=20", room["id"].as_str().unwrap());
    let pages = pages(&desk, &path).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [20, 20, 5]);
    let words: Vec<_> = pages.iter().flatten().map(|m| m["text"].as_str().unwrap()).collect();
    let expected: Vec<_> = (0..45).rev().map(|n| format!("pesan {n}")).collect();
    assert_eq!(words, expected);
}

#[tokio::test(start_paused = true)]
async fn every_list_refuses_what_it_does_not_know() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.first_words(BUDI).await;
    let ids = Ids::at(&desk).await;
    let mut limited = 0;
    for list in operations::guarded() {
        let path = list.address(&ids);
        let refused = async |query: &str, field: &str| {
            let answer = desk.call(ApiRequest::new("GET", format!("{path}?{query}"))).await;
            assert_eq!(problem(&answer), (400, "invalid_field", field), "{path}?{query}");
        };
        if list.has_parameter("limit") {
            limited += 1;
            for limit in ["0", "101", "abc", "-1", "", "1.5", "99999999999999999999"] {
                refused(&format!("limit={limit}"), "limit").await;
            }
            for limit in [1, 100] {
                desk.get(&format!("{path}?limit={limit}")).await;
            }
            refused("limit=1&limit=2", "limit").await;
            if list.is_qontaks() {
                // Qontak's first page has the number 1.
                desk.get(&format!("{path}?offset=1&cursor=&cursor_direction=after")).await;
                refused("cursor_direction=before", "cursor_direction").await;
            } else {
                refused("offset=0", "offset").await;
            }
            refused("offset=20&limit=20", "offset").await;
            refused("sort=name", "sort").await;
            refused("cursor=x", "cursor").await;
        }
    }
    assert!(limited >= 3);
    let none = desk.call(ApiRequest::new("GET", "/v1/integrations?limit=5")).await;
    assert_eq!(problem(&none), (400, "invalid_field", "limit"));
}

#[tokio::test(start_paused = true)]
async fn of_two_who_take_a_room_one_wins_and_the_other_is_told_who() {
    let world = World::new().await.unwrap();
    let room = Desk::of(&world).first_words(BUDI).await;
    let keys = [
        world.add_member("Tono", Role::Agent).await.unwrap(),
        world.company().setup.api_key.clone(),
    ];
    let processes = ["a", "b"].map(|name| world.start_process(name));
    let path = format!("/v1/rooms/{}/takeover", room.as_str().unwrap());
    let request = |key: &String| {
        ApiRequest::new("POST", path.clone()).header("authorization", format!("Bearer {key}"))
    };
    let requests = [request(&keys[0]), request(&keys[1])];
    let (one, other) =
        join(world.api_in(&processes[0], &requests[0]), world.api_in(&processes[1], &requests[1]))
            .await;
    let mut answers = [one.unwrap().unwrap(), other.unwrap().unwrap()];
    answers.sort_by_key(|answer| answer.status);
    let [won, lost] = answers;
    assert_eq!(won.status, 200);
    assert_eq!(problem(&lost), (409, "already_taken", ""));
    let winner = won.json["data"]["agent"]["name"].as_str().unwrap();
    assert!(lost.json["detail"].as_str().unwrap().contains(winner), "{}", lost.json);
    assert_eq!(Desk::of(&world).room(&room).await["agent"]["name"], winner);

    // Who has it may take it again, and nobody notices.
    let desks = keys.map(|key| Desk::with_key(&world, &key));
    let mut again = Vec::new();
    for desk in &desks {
        again.push(desk.take_over(&room).await.status);
    }
    again.sort_unstable();
    assert_eq!(again, [200, 409]);
}

#[tokio::test(start_paused = true)]
async fn reading_clears_what_was_unread_and_nothing_that_comes_after() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    world.customer_says(BUDI, "Ada orang?").await.unwrap();
    assert_eq!(desk.room(&room).await["unread_count"], 2);
    for _ in 0..2 {
        let read = desk.mark_read(&room).await;
        assert_eq!((read.status, &read.json["data"]["unread_count"]), (200, &json!(0)));
    }
    world.customer_says(BUDI, "Halo?").await.unwrap();
    assert_eq!(desk.room(&room).await["unread_count"], 1);
}

#[tokio::test(start_paused = true)]
async fn only_supervisors_see_how_the_channels_do() {
    let world = World::new().await.unwrap();
    let room = Desk::of(&world).first_words(BUDI).await;
    let integration = world.company().provisioned.integration_id;
    let path = format!("/v1/integrations/{integration}/events");
    for (name, role, status) in
        [("Tono", Role::Agent, 403), ("Sari", Role::Supervisor, 200), ("Wati", Role::Admin, 200)]
    {
        let key = world.add_member(name, role).await.unwrap();
        let desk = Desk::with_key(&world, &key);
        for query in ["", "?of=app"] {
            let answer = desk.call(ApiRequest::new("GET", format!("{path}{query}"))).await;
            assert_eq!(answer.status, status, "{name}");
            assert!(status == 200 || answer.json["code"] == "forbidden");
        }
        // Everybody works with rooms.
        assert_eq!(desk.room(&room).await["id"], room);
    }
}

/// What a click is about, and what it leads to.
async fn before_click(desk: &Desk<'_>, operation: &Operation, room: &Value) {
    match (operation.method, operation.path.as_str()) {
        ("DELETE", "/v1/rooms/{id}/agents/{agent_id}") => {
            assert_eq!(desk.take_over(room).await.status, 200);
        }
        ("POST", "/v1/rooms/{id}/assign_round_robin") => {
            desk.world.add_member("Tono", Role::Agent).await.unwrap();
        }
        ("DELETE", "/v1/rooms/{id}/tags") => {
            assert_eq!(desk.tag("POST", room, "Halo").await.status, 200);
        }
        _ => {}
    }
}

/// What there is to see after a click, and what there should be.
async fn after_click(desk: &Desk<'_>, operation: &Operation, room: &Value) -> (Value, Value) {
    let shown = desk.room(room).await;
    let notes = format!("/v1/rooms/{}/notes", room.as_str().unwrap());
    let notes = desk.get(&notes).await["data"].as_array().unwrap().len();
    let history = desk.history(room).await;
    let ours = history.iter().filter(|message| message["participant_type"] == "agent").count();
    let path = operation.path.strip_prefix("/v1/rooms/").unwrap();
    match (operation.method, path) {
        ("POST", "{id}/takeover" | "auto_takeover" | "{id}/agents/{agent_id}") => {
            (shown["agent"]["name"].clone(), json!("Ani"))
        }
        ("POST", "{id}/assign_round_robin") => (shown["agent"]["name"].clone(), json!("Tono")),
        ("DELETE", "{id}/agents/{agent_id}") => (shown["agent"].clone(), Value::Null),
        ("POST", "{id}/tags") => (shown["tags"].clone(), json!(["halo"])),
        ("DELETE", "{id}/tags") => (shown["tags"].clone(), json!([])),
        // One was there before.
        ("POST", "{id}/notes") => (json!(notes), json!(2)),
        ("DELETE", "{id}/notes/{note_id}") => (json!(notes), json!(0)),
        ("PUT", "{id}") => (shown["name"].clone(), json!("Budi B")),
        ("PUT", "agent_assign_another_agent") => (
            desk.get("/v1/rooms/agent_assign_another_agent").await["data"]["enabled"].clone(),
            json!(true),
        ),
        ("PUT", "{id}/resolve") => (shown["status"].clone(), json!("resolved")),
        ("PUT", "{id}/mark_all_as_read") => (shown["unread_count"].clone(), json!(0)),
        ("POST", "{id}/messages") => (json!(ours), json!(1)),
        ("PUT", "resolve_expired") => (json!(rows(desk.world, "job#").len()), json!(1)),
        other => panic!("what does {other:?} lead to?"),
    }
}

/// Strikes one call of an operation on a room, and has the agent click again. `false` if there is
/// no such call.
async fn click_struck(operation: &Operation, call: usize, fate: Fate) -> bool {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let ids = Ids::at(&desk).await;
    before_click(&desk, operation, &room).await;
    world.pass(Duration::from_secs(1)).await;
    let process = world.start_process(UNLUCKY);
    let calls = fates::strike(&world, call, fate);
    let mut click = operation.request(&ids).header("idempotency-key", "click");
    if (operation.method, operation.path.as_str()) == ("PUT", "/v1/rooms/{id}") {
        // The least that it takes changes nothing.
        click = click.body(r#"{"name":"Budi B"}"#);
    }
    let key = format!("Bearer {}", desk.key);
    let first = click.clone().header("authorization", key);
    let first = world.api_in(&process, &first).await.unwrap();
    fates::recover(&world);
    let at = format!("{} {}, call {call} {fate:?}", operation.method, operation.path);
    let lives = matches!(fate, Fate::AnswerLost | Fate::Throttled);
    assert!(first.is_some_and(|first| first.status < 300) || !lives, "{at}");
    let second = desk.call(click).await;
    // What is gone can't be deleted again: that it is gone is what was wanted.
    let is_gone = operation.path.ends_with("{note_id}") && second.status == 404;
    assert!(second.status < 300 || is_gone, "{at}: {}", second.json);
    world.settle(Duration::from_secs(600)).await.unwrap();

    let history = desk.history(&room).await;
    let ours = history.iter().filter(|message| message["participant_type"] == "agent").count();
    assert_eq!(world.company().graph().log().len(), ours, "{at}");
    let (is, expected) = after_click(&desk, operation, &room).await;
    assert_eq!(is, expected, "{at}");
    fates::has_struck(&calls, call)
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_click_a_second_one_makes_it_good() {
    let mut clicks = operations::all();
    clicks.retain(|operation| operation.method != "GET" && operation.is_of_rooms());
    // The stories of files tell of this one.
    clicks.retain(|operation| !operation.path.ends_with("/file/retry"));
    assert!(clicks.len() >= 13, "{clicks:?}");
    for operation in clicks {
        for fate in fates::EACH {
            let mut call = 0;
            while click_struck(&operation, call, fate).await {
                call += 1;
            }
            assert!(call >= 3, "{operation:?}: only {call} calls were struck");
        }
    }
}
