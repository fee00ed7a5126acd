//! An agent sees what nobody has taken and their own; supervisors and admins see all.

use std::time::Duration;

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest};

use super::{all, ids, member, own_rows};
use crate::desk::{
    BUDI, Desk, SITI,
    operations::{self, Ids},
    problem, stored,
};

/// Rooms of three customers: free, Tono's, and Sari's.
async fn three_rooms<'a>(world: &'a World, tono: &Desk<'a>, sari: &Desk<'a>) -> [Value; 3] {
    let boss = Desk::of(world);
    let mut rooms = Vec::new();
    for customer in ["628111", "628222", "628333"] {
        rooms.push(boss.first_words(customer).await);
        world.pass(Duration::from_secs(1)).await;
    }
    assert_eq!(tono.take_over(&rooms[1]).await.status, 200);
    assert_eq!(sari.take_over(&rooms[2]).await.status, 200);
    rooms.try_into().unwrap()
}

#[tokio::test(start_paused = true)]
async fn each_agent_is_shown_what_is_free_and_their_own() {
    let world = World::new().await.unwrap();
    let (tono, _) = member(&world, "Tono", Role::Agent).await;
    let (sari, _) = member(&world, "Sari", Role::Agent).await;
    let (wati, _) = member(&world, "Wati", Role::Supervisor).await;
    let [free, his, hers] = three_rooms(&world, &tono, &sari).await;
    let boss = Desk::of(&world);
    for (desk, tab, expected) in [
        (&tono, "all", vec![&his, &free]),
        (&tono, "unassigned", vec![&free]),
        (&tono, "assigned", vec![&his]),
        (&tono, "resolved", vec![]),
        (&sari, "all", vec![&hers, &free]),
        (&wati, "all", vec![&hers, &his, &free]),
        (&boss, "assigned", vec![&hers, &his]),
    ] {
        let shown = ids(desk, &format!("/v1/rooms?status={tab}")).await;
        assert_eq!(shown.iter().collect::<Vec<_>>(), expected, "{tab}");
    }
    // What is done stays with who had it.
    boss.resolve(&his).await;
    assert_eq!(ids(&tono, "/v1/rooms?status=resolved").await, std::slice::from_ref(&his));
    assert_eq!(tono.room(&his).await["status"], "resolved");
    assert_eq!(ids(&sari, "/v1/rooms?status=resolved").await, Vec::<Value>::new());
    // And is anybody's again once the customer writes.
    world.pass(Duration::from_secs(1)).await;
    world.customer_says("628222", "Satu lagi").await.unwrap();
    assert_eq!(ids(&sari, "/v1/rooms").await, [his.clone(), hers, free]);
    assert_eq!(own_rows(&world).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_colleagues_room_is_not_there_whatever_is_asked_of_it() {
    let world = World::new().await.unwrap();
    let (tono, tono_id) = member(&world, "Tono", Role::Agent).await;
    let (sari, _) = member(&world, "Sari", Role::Agent).await;
    let boss = Desk::of(&world);
    let room = boss.first_words(BUDI).await;
    let ids = Ids::at(&boss).await;
    assert_eq!(tono.take_over(&room).await.status, 200);
    let before = stored(&world);
    let mut operations = operations::guarded();
    operations.retain(|operation| operation.path.contains("/v1/rooms/{id}"));
    assert!(operations.len() >= 28);
    for operation in operations {
        let refused = sari.call(operation.request(&ids)).await;
        if operation.path.ends_with("/takeover") {
            // Who comes second is told who was first.
            assert_eq!(problem(&refused), (409, "already_taken", ""));
            assert!(refused.json.to_string().contains("Tono"));
        } else {
            assert_eq!(problem(&refused), (404, "not_found", ""), "{operation:?}");
        }
    }
    let query = "account_uniq_id=628123456789&channel_integration_id";
    let info =
        format!("/v1/rooms/specific/info?{query}={}", world.company().provisioned.integration_id);
    let refused = sari.call(ApiRequest::new("GET", &info)).await;
    assert_eq!(problem(&refused), (404, "not_found", ""));
    assert_eq!(tono.get(&info).await["data"]["id"], room);
    for query in ["?status=assigned", "?status=all", &format!("?agent_id={tono_id}")] {
        let shown = sari.get(&format!("/v1/rooms{query}")).await;
        assert_eq!(shown["data"], json!([]), "{query}");
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn an_agents_many_rooms_are_paged_without_gap_or_repetition() {
    let world = World::new().await.unwrap();
    let (tono, tono_id) = member(&world, "Tono", Role::Agent).await;
    let (sari, _) = member(&world, "Sari", Role::Agent).await;
    let boss = Desk::of(&world);
    let (mut his, mut done) = (Vec::new(), Vec::new());
    for customer in 0..40 {
        // Most share their step of five minutes with others.
        world.pass(Duration::from_secs(if customer % 8 == 0 { 300 } else { 5 })).await;
        let room = boss.first_words(&format!("62812{customer:07}")).await;
        match customer % 4 {
            0 => assert_eq!(sari.take_over(&room).await.status, 200),
            1 => {
                assert_eq!(tono.take_over(&room).await.status, 200);
                his.push(room);
            }
            2 => {
                assert_eq!(tono.take_over(&room).await.status, 200);
                assert_eq!(tono.resolve(&room).await.status, 200);
                done.push(room);
            }
            _ => his.push(room),
        }
    }
    let mut expected: Vec<_> = his.iter().chain(&done).map(Value::to_string).collect();
    expected.sort();
    for limit in [1, 7, 30, 100] {
        let shown = all(&tono, &format!("/v1/rooms?limit={limit}")).await;
        let mut sorted: Vec<_> = shown.iter().map(Value::to_string).collect();
        sorted.sort();
        assert_eq!(sorted, expected, "{limit}");
        let path = format!("/v1/rooms?status=resolved&limit={limit}");
        let resolved = all(&tono, &path).await;
        assert_eq!(resolved.len(), done.len());
        let path = format!("/v1/rooms?status=resolved&agent_id={tono_id}&limit={limit}");
        assert_eq!(all(&boss, &path).await, resolved);
        // On one page the order is exact.
        if limit == 100 {
            assert!(resolved.iter().eq(done.iter().rev()));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_cursor_of_an_agents_list_is_nobody_elses() {
    let world = World::new().await.unwrap();
    let (tono, _) = member(&world, "Tono", Role::Agent).await;
    let (sari, _) = member(&world, "Sari", Role::Agent).await;
    let boss = Desk::of(&world);
    for customer in [BUDI, SITI] {
        boss.first_words(customer).await;
    }
    let page = tono.get("/v1/rooms?limit=1").await;
    let cursor = page["meta"]["pagination"]["cursor"]["next"].as_str().unwrap().to_owned();
    let path = format!("/v1/rooms?limit=1&cursor={cursor}");
    tono.get(&path).await;
    for desk in [&sari, &boss] {
        let refused = desk.call(ApiRequest::new("GET", &path)).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "cursor"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_agent_answers_in_their_own_rooms_only() {
    let world = World::new().await.unwrap();
    let (tono, _) = member(&world, "Tono", Role::Agent).await;
    let (sari, _) = member(&world, "Sari", Role::Agent).await;
    let room = Desk::of(&world).first_words(BUDI).await;
    assert_eq!(tono.take_over(&room).await.status, 200);
    assert_eq!(sari.reply(&room, "Saya bantu", "k").await.status, 404);
    assert_eq!(tono.reply(&room, "Saya bantu", "k").await.status, 201);
    world.settle(Duration::from_secs(2)).await.unwrap();
    assert_eq!(world.company().graph().log().len(), 1);
}
