//! More customers at once than one key of the table takes writes in a second.

use std::{collections::BTreeSet, time::Duration};

use futures_util::future::join_all;
use world::{World, company::webhook_request, requests::ApiRequest};

use crate::desk::Desk;

/// More than the 1,000 writes a second that DynamoDB takes for one partition of an index.
const CUSTOMERS: usize = 1_100;

/// Everybody of whom a room is shown.
async fn shown(desk: &Desk<'_>) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let after = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let path = format!("/v1/rooms?limit=100{after}");
        let page = desk.call(ApiRequest::new("GET", path)).await.json;
        let rooms = page["data"].as_array().unwrap().iter();
        found.extend(rooms.map(|room| room["account_uniq_id"].as_str().unwrap().to_owned()));
        cursor = page["meta"]["pagination"]["cursor"]["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return found;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_key_refuses_for_being_too_much_is_shown_all_the_same() {
    let world = World::new().await.unwrap();
    // The double looks through the whole stream at every write, and nothing here follows it.
    world.wire.services().dynamodb.stop_stream().unwrap();
    let numbers: BTreeSet<String> = (0..CUSTOMERS).map(|n| format!("62812{n:07}")).collect();
    let now = world.clock.now_ms();
    let requests: Vec<_> = numbers
        .iter()
        .map(|number| {
            let delivery = world.company().graph().customer_says(now, number, "Baru", "Promo?");
            webhook_request(world.company(), &delivery.body)
        })
        .collect();
    let calls = requests.iter().map(|request| world.webhook(&world.process, request));
    for answer in join_all(calls).await {
        assert_eq!(answer.unwrap().unwrap().0, 200);
    }
    let refused = |line: &&String| line.contains("dynamodb.") && line.ends_with(": 400");
    let refused = world.wire.services().calls.iter().filter(refused).count();
    assert!(refused > 0, "the second was too short for all");
    world.pass(Duration::from_secs(60)).await;
    while world.consume(&world.process, "retry", 0).await.unwrap() {}
    let shown = shown(&Desk::of(&world)).await;
    assert_eq!(shown.len(), CUSTOMERS);
    assert_eq!(shown.into_iter().collect::<BTreeSet<_>>(), numbers);
}
