//! Several want the same room at the same moment, and processes die while they do.

use std::{collections::BTreeSet, time::Duration};

use domain::api_key::Role;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use world::{World, requests::ApiRequest, wire::Fate, world::Answered};

use super::{member, own_rows};
use crate::desk::{
    BUDI, Desk,
    fates::{self, UNLUCKY},
    problem, rows,
};

/// Everybody asks at the same moment, each in a process of their own.
async fn at_once(world: &World, asked: Vec<(&Desk<'_>, ApiRequest)>) -> Vec<Answered> {
    let calls = asked.into_iter().enumerate().map(|(n, (desk, request))| async move {
        let process = world.start_process(&format!("process {n}"));
        let request = request.header("authorization", format!("Bearer {}", desk.key));
        world.api_in(&process, &request).await.unwrap().unwrap()
    });
    join_all(calls).await
}

fn takeover(room: &Value) -> ApiRequest {
    ApiRequest::new("POST", format!("/v1/rooms/{}/takeover", room.as_str().unwrap()))
}

#[tokio::test(start_paused = true)]
async fn of_two_agents_one_wins_and_the_other_is_told_who_though_the_room_is_gone() {
    let world = World::new().await.unwrap();
    let (tono, _) = member(&world, "Tono", Role::Agent).await;
    let (sari, _) = member(&world, "Sari", Role::Agent).await;
    let room = Desk::of(&world).first_words(BUDI).await;
    let asked = vec![(&tono, takeover(&room)), (&sari, takeover(&room))];
    let answers = at_once(&world, asked).await;
    let won = answers.iter().position(|answer| answer.status == 200).expect("one wins");
    let (winner, loser) = if won == 0 { (&tono, &sari) } else { (&sari, &tono) };
    let lost = &answers[1 - won];
    assert_eq!(problem(lost), (409, "already_taken", ""));
    let name = answers[won].json["data"]["agent"]["name"].as_str().unwrap();
    assert!(lost.json["detail"].as_str().unwrap().contains(name));
    assert_eq!(winner.room(&room).await["agent"]["name"], name);
    assert_eq!(loser.rooms("all").await, Vec::<Value>::new());
    assert_eq!(own_rows(&world).len(), 1);
    let [episode] = &rows(&world, "episode#")[..] else { panic!("one episode") };
    assert_eq!(episode["assignments"]["L"].as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn those_who_ask_for_the_next_chat_get_different_rooms() {
    let world = World::new().await.unwrap();
    let boss = Desk::of(&world);
    let mut waiting = Vec::new();
    for customer in 0..6 {
        waiting.push(boss.first_words(&format!("62811{customer}")).await);
        world.pass(Duration::from_secs(400)).await;
    }
    let mut desks = Vec::new();
    for name in ["A", "B", "C", "D"] {
        desks.push(member(&world, name, Role::Agent).await.0);
    }
    let next = || ApiRequest::new("POST", "/v1/rooms/auto_takeover");
    let answers = at_once(&world, desks.iter().map(|desk| (desk, next())).collect()).await;
    let got: BTreeSet<_> = answers.iter().map(|a| a.json["data"]["id"].to_string()).collect();
    // The four that have waited longest.
    assert_eq!(got, waiting[..4].iter().map(Value::to_string).collect());
    assert_eq!(desks[0].take_next().await["id"], waiting[4]);
    assert_eq!(desks[0].take_next().await["id"], waiting[5]);
    assert_eq!(desks[0].take_next().await, Value::Null);
    assert_eq!(own_rows(&world).len(), 6);
}

#[tokio::test(start_paused = true)]
async fn two_supervisors_who_hand_a_room_over_leave_it_with_one() {
    let world = World::new().await.unwrap();
    let (_, tono) = member(&world, "Tono", Role::Agent).await;
    let (_, sari) = member(&world, "Sari", Role::Agent).await;
    let (one, _) = member(&world, "Wati", Role::Supervisor).await;
    let boss = Desk::of(&world);
    let room = boss.first_words(BUDI).await;
    let give = |to: &str| {
        ApiRequest::new("POST", format!("/v1/rooms/{}/agents/{to}", room.as_str().unwrap()))
    };
    let answers = at_once(&world, vec![(&boss, give(&tono)), (&one, give(&sari))]).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let has = boss.room(&room).await["agent"]["id"].clone();
    let own = own_rows(&world);
    assert_eq!(own.len(), 1);
    assert_eq!(json!(own[0].0), has);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_comes_meanwhile_and_a_takeover_both_count() {
    let world = World::new().await.unwrap();
    let (tono, _) = member(&world, "Tono", Role::Agent).await;
    let boss = Desk::of(&world);
    let room = boss.first_words(BUDI).await;
    let (said, taken) = join(world.customer_says(BUDI, "Ada?"), tono.take_over(&room)).await;
    assert_eq!((said.unwrap(), taken.status), (200, 200));
    let shown = tono.room(&room).await;
    assert_eq!((&shown["unread_count"], &shown["agent"]["name"]), (&json!(2), &json!("Tono")));
}

#[tokio::test(start_paused = true)]
async fn a_room_that_reopens_while_it_is_handed_over_is_nobodys() {
    let world = World::new().await.unwrap();
    let (_, tono) = member(&world, "Tono", Role::Agent).await;
    let boss = Desk::of(&world);
    let room = boss.first_words(BUDI).await;
    boss.assign("POST", &room, &tono).await;
    boss.resolve(&room).await;
    world.pass(Duration::from_secs(1)).await;
    let (said, given) =
        join(world.customer_says(BUDI, "Lagi"), boss.assign("POST", &room, &tono)).await;
    assert_eq!(said.unwrap(), 200);
    let is_toms = given.status == 200;
    assert!(is_toms || problem(&given) == (422, "room_resolved", ""), "{}", given.json);
    assert_eq!(boss.room(&room).await["agent"].is_object(), is_toms);
    assert_eq!(own_rows(&world).len(), usize::from(is_toms));
}

/// Strikes one call of an agent who hands their room over, and has them look what came of it.
/// `false` if there is no such call.
async fn handing_over_struck(call: usize, fate: Fate) -> bool {
    let world = World::new().await.unwrap();
    let boss = Desk::of(&world);
    let (tono, tono_id) = member(&world, "Tono", Role::Agent).await;
    let (sari, sari_id) = member(&world, "Sari", Role::Agent).await;
    let room = boss.first_words(BUDI).await;
    let path = "/v1/rooms/agent_assign_another_agent";
    boss.call(ApiRequest::new("PUT", path).body(r#"{"enabled":true}"#)).await;
    assert_eq!(tono.take_over(&room).await.status, 200);
    let process = world.start_process(UNLUCKY);
    let calls = fates::strike(&world, call, fate);
    let path = format!("/v1/rooms/{}/agents/{sari_id}", room.as_str().unwrap());
    let give = ApiRequest::new("POST", path);
    let first = give.clone().header("authorization", format!("Bearer {}", tono.key));
    let first = world.api_in(&process, &first).await.unwrap();
    fates::recover(&world);
    let at = format!("call {call} {fate:?}");
    let lives = matches!(fate, Fate::AnswerLost | Fate::Throttled);
    assert!(first.is_some_and(|first| first.status == 200) || !lives, "{at}");

    // Either it was never done, and is done now; or it was, and the room is out of sight.
    let second = tono.call(give).await;
    assert!(second.status == 200 || second.status == 404, "{at}: {}", second.json);
    assert_eq!(sari.room(&room).await["agent"]["name"], "Sari", "{at}");
    let own = own_rows(&world);
    assert_eq!(own.len(), 1, "{at}");
    assert_eq!(own[0].0, sari_id, "{at}: not {tono_id}");
    let [episode] = &rows(&world, "episode#")[..] else { panic!("one episode") };
    assert_eq!(episode["assignments"]["L"].as_array().unwrap().len(), 2, "{at}");
    fates::has_struck(&calls, call)
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_an_agent_who_hands_over_the_room_is_theirs_or_the_others() {
    for fate in fates::EACH {
        let mut call = 0;
        while handing_over_struck(call, fate).await {
            call += 1;
        }
        assert!(call >= 5, "only {call} calls were struck");
    }
}

/// Strikes one call of the webhook that reopens a room which an agent had.
async fn reopening_struck(call: usize, fate: Fate) -> bool {
    let world = World::new().await.unwrap();
    let (tono, _) = member(&world, "Tono", Role::Agent).await;
    let room = Desk::of(&world).first_words(BUDI).await;
    tono.take_over(&room).await;
    tono.resolve(&room).await;
    assert_eq!(own_rows(&world)[0].1, "done");
    world.pass(Duration::from_secs(1)).await;
    let process = world.start_process(UNLUCKY);
    let calls = fates::strike(&world, call, fate);
    let now = world.clock.now_ms();
    let said = world.company().graph().customer_says(now, BUDI, "Budi", "Lagi");
    let request = world::company::webhook_request(world.company(), &said.body);
    world.webhook(&process, &request).await.unwrap();
    fates::recover(&world);
    world.settle(Duration::from_secs(60)).await.unwrap();
    assert_eq!(world.deliver(world.company(), &said).await.unwrap(), 200);
    let at = format!("call {call} {fate:?}");
    assert_eq!(own_rows(&world), [], "{at}");
    assert_eq!(tono.room(&room).await["status"], "unassigned", "{at}");
    fates::has_struck(&calls, call)
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_reopening_the_room_leaves_who_had_it() {
    for fate in fates::EACH {
        let mut call = 0;
        while reopening_struck(call, fate).await {
            call += 1;
        }
        assert!(call >= 5, "only {call} calls were struck");
    }
}
