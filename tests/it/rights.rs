//! A function reaches only the rows that its role names: held against what it does to the table.

use std::{collections::BTreeSet, time::Duration};

use domain::api_key::Role;
use serde_json::json;
use world::{
    World,
    company::webhook_request,
    files::JPEG,
    graph::{Kind, MediaKind, Person},
    process::Process,
    requests::ApiRequest,
};

use crate::{
    desk::{BUDI, Desk, SITI, fates, people::Browser},
    watching::resources,
};

const ANI: &str = "ani@example.com";

/// What a role lets its function do to the table: actions, and to which partitions or indexes.
fn rights(role: &str) -> Vec<(String, Vec<String>)> {
    let resources = resources();
    let statements = resources[role].split("- Sid: ").skip(1);
    let rights = statements.filter_map(|statement| {
        let line = |name: &str| statement.lines().find(|line| line.contains(name));
        let actions = line("Action: [dynamodb:")?.to_owned();
        let indexes = statement.split("/index/").skip(1);
        let indexes =
            indexes.filter_map(|rest| Some(format!("index/{} *", rest.split('"').next()?)));
        let indexes: Vec<_> = indexes.collect();
        if !indexes.is_empty() {
            return Some((actions, indexes));
        }
        let keys = line("\"dynamodb:LeadingKeys\"")?;
        let keys = keys.split(['[', ']']).nth(1)?.split(", ");
        Some((actions, keys.map(|key| key.trim_matches('"').to_owned()).collect()))
    });
    rights.collect()
}

/// Whether IAM's pattern, of `*` and `?`, covers a text.
fn covers(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rests = text.char_indices().map(|(at, _)| &text[at..]).chain([""]);
            rests.into_iter().any(|rest| covers(&pattern[1..], rest))
        }
        Some(one) => text.chars().next().is_some_and(|first| {
            (one == '?' || one == first)
                && covers(&pattern[one.len_utf8()..], &text[first.len_utf8()..])
        }),
    }
}

fn assert_within(role: &str, process: &Process) {
    let rights = rights(role);
    let reached: BTreeSet<_> = process.line.reached.lock().unwrap().clone();
    let may = |action: &str, key: &str| {
        rights.iter().any(|(actions, keys)| {
            let is_named = actions.contains(&format!("dynamodb:{action},"))
                || actions.contains(&format!("dynamodb:{action}]"));
            is_named && keys.iter().any(|pattern| covers(pattern, key))
        })
    };
    for (action, key) in &reached {
        assert!(may(action, key), "{role} does not let it {action} {key}");
    }
    // What nothing reaches, the role need not name.
    for (actions, keys) in &rights {
        for pattern in keys {
            let is_used = reached.iter().any(|(_, key)| covers(pattern, key));
            assert!(is_used, "{role}: nothing reaches {pattern} ({actions})");
        }
    }
}

#[test]
fn patterns_are_read_as_iam_reads_them() {
    for (pattern, text, is_covered) in [
        ("o#*#sockets", "o#1#sockets", true),
        ("o#*#sockets", "o#1#journal", false),
        ("due#?", "due#a", true),
        ("due#?", "due#", false),
        ("key#*", "key#", true),
        ("key#*", "monkey#1", false),
    ] {
        assert_eq!(covers(pattern, text), is_covered, "{pattern} {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn sockets_and_what_is_told_through_them_reach_what_their_roles_name() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    world.seat(world.company(), ANI, "Ani", Role::Agent).await.unwrap();
    let ani = Browser::of(&world, ANI).await;
    let (live, relay) = (world.start_process("live"), world.start_process("relay"));
    for (name, key) in [("one", &desk.key), ("two", &ani.access)] {
        let ticket = world.ticket(key).await.unwrap();
        assert_eq!(world.connect(&live, name, &ticket).await.unwrap(), Some(200));
    }
    let room = desk.first_words(BUDI).await;
    desk.note(&room, "Minta diskon", "n").await;
    desk.reply(&room, "Masih!", "k").await;
    while world.relay(&relay, 20).await.unwrap() {}
    assert!(!world.heard("two").is_empty());
    // One that is gone is taken off the list.
    world.pass(Duration::from_secs(60)).await;
    world.cut("one");
    world.customer_says(SITI, "Halo").await.unwrap();
    while world.relay(&relay, 20).await.unwrap() {}
    for event in ["MESSAGE", "DISCONNECT"] {
        let event = world::sockets::socket_event(event, "two", None, r#"{"action": "ping"}"#);
        let event = serde_json::from_value(event).unwrap();
        live::handle(std::sync::Arc::clone(&live.live), event).await;
    }
    assert_within("LiveRole", &live);
    assert_within("RelayRole", &relay);
}

/// What strangers send is read by functions that reach nobody's keys and sign-ins.
#[tokio::test(start_paused = true)]
async fn deliveries_and_sends_reach_what_their_roles_name() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let [webhook, retry, outbound, media] =
        ["webhook", "retry", "outbound", "media"].map(|name| world.start_process(name));
    let company = world.company();
    let budi = Person::with_phone(BUDI, "Budi");
    let now = world.clock.now_ms();
    let picture = company.graph().customer_uploads(now, "image/jpeg", JPEG.to_vec());
    for kind in [Kind::text("Halo"), Kind::file(MediaKind::Image, &picture)] {
        world.pass(Duration::from_secs(2)).await;
        let said = company.graph().customer_sends(world.clock.now_ms(), &budi, kind);
        world.webhook(&webhook, &webhook_request(company, &said.body)).await.unwrap();
    }
    // One that can't be stored at once.
    let late = company.graph().customer_sends(world.clock.now_ms(), &budi, Kind::text("Ada?"));
    fates::refuse(&world, |call| call.operation != "PutObject" && fates::writes(call));
    world.webhook(&webhook, &webhook_request(company, &late.body)).await.unwrap();
    fates::recover(&world);
    world.pass(Duration::from_secs(1)).await;
    assert!(world.consume(&retry, "retry", 0).await.unwrap());
    let room = desk.room_of(BUDI).await["id"].clone();
    desk.reply(&room, "Masih!", "k").await;
    while world.relay(&world.process, 20).await.unwrap() {}
    assert!(world.consume(&outbound, "outbound.fifo", 0).await.unwrap());
    assert!(world.consume(&media, "media", 0).await.unwrap());
    // A file that has its time is taken away, unless somebody needs it still.
    let job = json!({ "organization_id": company.provisioned.organization_id,
        "expired_keys": [format!("upload/{}/{}/x", company.provisioned.organization_id, uuid())] });
    let body = json!({ "MessageBody": job.to_string() }).to_string();
    world.queue("media", |queue| queue.call("SendMessage", body.as_bytes(), world.clock.now_ms()));
    assert!(world.consume(&media, "media", 0).await.unwrap());
    assert_within("WebhookRole", &webhook);
    assert_within("InboundRetryRole", &retry);
    assert_within("OutboundRole", &outbound);
    assert_within("MediaRole", &media);
}

fn uuid() -> String {
    domain::Id::<()>::derived(&["upload"]).to_string()
}

#[tokio::test(start_paused = true)]
async fn the_sweep_reaches_what_its_role_names() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let sweep = world.start_process("sweep");
    let minute = Duration::from_secs(60);
    let room = desk.first_words(BUDI).await;
    desk.tag("POST", &room, "vip").await;
    assert_eq!(desk.take_over(&room).await.status, 200);
    let second = desk.first_words(SITI).await;
    desk.reply(&second, "Masih!", "k").await;
    // The queue gives the answer up, and the sweep takes it up again.
    fates::refuse(&world, |call| call.service == "kms");
    while world.relay(&world.process, 20).await.unwrap() {}
    for _ in 0..12 {
        let cold = world.start_process("cold");
        world.consume(&cold, "outbound.fifo", 0).await.unwrap();
        world.pass(minute).await;
    }
    fates::recover(&world);
    for _ in 0..3 {
        world.pass(minute).await;
        world.sweep(&sweep).await.unwrap();
    }
    let settings = json!({ "enabled": true, "after_minutes": 60 }).to_string();
    let turn_on = ApiRequest::new("PUT", "/v1/settings/auto_resolve").body(settings);
    assert_eq!(desk.call(turn_on).await.status, 200);
    world.pass(Duration::from_secs(3700)).await;
    world.sweep(&sweep).await.unwrap();
    desk.first_words("628333").await;
    world.pass(Duration::from_secs(25 * 3600)).await;
    let all = ApiRequest::new("PUT", "/v1/rooms/resolve_expired");
    assert_eq!(
        desk.call(all.body(json!({ "include_unassigned": true }).to_string())).await.status,
        202
    );
    for _ in 0..3 {
        world.sweep(&sweep).await.unwrap();
        world.pass(minute).await;
    }
    assert_within("SweepRole", &sweep);
}
