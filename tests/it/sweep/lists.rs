//! Rooms that time resolves are in the lists of the member who had them, once, whatever happens.

use domain::api_key::Role;
use serde_json::{Value, json};
use world::World;

use super::{HOUR, MINUTE, minutes, sweep, sweep_unluckily, turn_on, worth_striking};
use crate::desk::{BUDI, Desk, fates, rows};

/// Each status under which a list of the agent's shows a room, page by page of one room.
async fn shown(agent: &Desk<'_>, status: &str) -> Vec<Value> {
    let mut shown = Vec::new();
    let mut from = String::new();
    loop {
        let page = agent.get(&format!("/v1/rooms?status={status}&limit=1{from}")).await;
        let rooms = page["data"].as_array().unwrap();
        shown.extend(rooms.iter().map(|room| room["status"].clone()));
        let next = &page["meta"]["pagination"]["cursor"]["next"];
        let Some(next) = next.as_str() else { return shown };
        from = format!("&cursor={next}");
    }
}

/// The agent's lists show the room once, as what it is.
async fn is_shown_once(agent: &Desk<'_>, at: &str) {
    let all = shown(agent, "all").await;
    assert_eq!(all.len(), 1, "{at}: {all:?}");
    for status in ["assigned", "unassigned", "resolved"] {
        let expected: Vec<Value> = all.iter().filter(|is| *is == status).cloned().collect();
        assert_eq!(shown(agent, status).await, expected, "{at}: {status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_room_that_silence_resolves_leaves_its_agents_open_rooms_for_their_resolved_ones() {
    let world = World::new().await.unwrap();
    turn_on(&Desk::of(&world), 60, json!({})).await;
    let key = world.add_member("Tono", Role::Agent).await.unwrap();
    let tono = Desk::with_key(&world, &key);
    let room = tono.first_words(BUDI).await;
    tono.take_over(&room).await;
    world.pass(HOUR + MINUTE).await;
    let before = world.wire.services().meter.total().wru;
    assert_eq!(sweep(&world).await.auto_resolved, 1);
    let written = world.wire.services().meter.total().wru - before;
    assert!(written <= 5.0, "{written} units");
    assert_eq!(shown(&tono, "resolved").await, ["resolved"]);
    assert!(shown(&tono, "assigned").await.is_empty());
    assert_eq!((rows(&world, "open#").len(), rows(&world, "done#").len()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_run_its_agents_lists_show_the_room_once() {
    for fate in fates::EACH {
        for call in worth_striking() {
            let at = format!("call {call} {fate:?}");
            let world = World::new().await.unwrap();
            turn_on(&Desk::of(&world), 60, json!({})).await;
            let key = world.add_member("Tono", Role::Agent).await.unwrap();
            let tono = Desk::with_key(&world, &key);
            let room = tono.first_words(BUDI).await;
            tono.take_over(&room).await;
            world.pass(HOUR + MINUTE).await;
            let calls = fates::strike(&world, call, fate);
            sweep_unluckily(&world).await;
            fates::recover(&world);
            is_shown_once(&tono, &at).await;
            // Six minutes, so that the next run's row is in another place than a dead one's.
            world.pass(6 * MINUTE).await;
            sweep(&world).await;
            is_shown_once(&tono, &at).await;
            assert_eq!(shown(&tono, "resolved").await.len(), 1, "{at}");
            assert!(rows(&world, "open#").is_empty(), "{at}: a list takes away what is over");

            // The next episode begins with nobody, and may be the same agent's again.
            world.customer_says(BUDI, "Halo lagi").await.unwrap();
            assert_eq!(shown(&tono, "unassigned").await.len(), 1, "{at}");
            is_shown_once(&tono, &at).await;
            tono.take_over(&room).await;
            is_shown_once(&tono, &at).await;
            assert_eq!(rows(&world, "open#").len(), 1, "{at}");
            minutes(&world, 1).await;
            assert_eq!(shown(&tono, "assigned").await.len(), 1, "{at}");
            if !fates::has_struck(&calls, call) {
                assert!(call >= 20, "only {call} calls were struck");
                break;
            }
        }
    }
}
