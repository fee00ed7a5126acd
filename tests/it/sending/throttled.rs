//! A table that is asked faster than it answers, for longer than the SDK tries again.

use std::time::Duration;

use serde_json::json;
use world::{World, requests::ApiRequest, world::Answered};

use super::{MINUTES, sent};
use crate::desk::{
    BUDI, Desk,
    fates::{self, UNLUCKY},
    problem, texts,
};

#[tokio::test(start_paused = true)]
async fn whenever_the_table_is_asked_too_fast_the_agent_comes_again_and_it_is_sent_once() {
    for call in 0.. {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let room = desk.first_words(BUDI).await;
        let process = world.start_process(UNLUCKY);
        let reply = async || -> Answered {
            let path = format!("/v1/rooms/{}/messages", room.as_str().unwrap());
            let request = ApiRequest::new("POST", path)
                .header("authorization", format!("Bearer {}", desk.key))
                .header("idempotency-key", "click")
                .body(json!({ "text": "Masih!" }).to_string());
            world.api_in(&process, &request).await.unwrap().expect("it lives")
        };
        fates::refuse_from(&world, call);
        let refused = reply().await;
        fates::recover(&world);
        if refused.status == 201 {
            assert!(call >= 4, "only {call} calls were struck");
            break;
        }
        let at = format!("from call {call}: {}", refused.json);
        assert_eq!(problem(&refused), (503, "unavailable", ""), "{at}");
        let seconds = refused.headers["retry-after"].parse().unwrap();
        assert_eq!(seconds, 1, "{at}");
        world.pass(Duration::from_secs(seconds)).await;
        assert_eq!(reply().await.status, 201, "{at}");
        assert_eq!(reply().await.status, 201, "{at}");
        world.settle(MINUTES).await.unwrap();
        assert_eq!(sent(&world), 1, "{at}");
        assert_eq!(texts(&desk.history(&room).await), ["Halo", "Masih!"], "{at}");
    }
}
