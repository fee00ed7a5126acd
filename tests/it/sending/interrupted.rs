//! Runs that die, calls that fail and jobs that come again on the way to the provider.

use std::{sync::Arc, time::Duration};

use futures_util::future::join;
use serde_json::{Value, json};
use world::{World, company::webhook_request, graph::Fault, wire::Fate};

use super::{MINUTES, answer, answered, assert_drained, send, sent, set, silence};
use crate::desk::{
    Desk,
    fates::{self, UNLUCKY},
    rows, stored,
};

/// How many runs have claimed our answer.
fn attempts(world: &World) -> String {
    let messages = rows(world, "m#");
    let ours = messages.iter().find(|row| row["kind"]["S"] == "outbound").unwrap();
    ours["attempts"]["N"].as_str().unwrap().to_owned()
}

/// Strikes one call of `outbound`, and lets everything else take its course. `false` if there is
/// no such call.
async fn sending_struck(call: usize, fate: Fate, is_silent: bool) -> bool {
    let world = World::new().await.unwrap();
    if is_silent {
        silence(&world);
    }
    let room = answered(&world).await;
    assert!(world.relay(&world.process, 20).await.unwrap());
    let process = world.start_process(UNLUCKY);
    let calls = fates::strike(&world, call, fate);
    world.consume(&process, "outbound.fifo", 0).await.unwrap();
    fates::recover(&world);
    let is_claimed = attempts(&world) != "0";
    world.settle(MINUTES).await.unwrap();

    let at = format!("call {call} {fate:?}, silent: {is_silent}");
    let answer = answer(&world, &room).await;
    let status = answer["status"].as_str().unwrap();
    let lives = matches!(fate, Fate::AnswerLost | Fate::Throttled);
    match sent(&world) {
        // Claimed by a run that died before it called: nobody can know.
        0 => assert!(is_claimed && !lives && status == "unknown", "{at}: {status}"),
        1 if is_silent && !lives => assert!(matches!(status, "sent" | "unknown"), "{at}: {status}"),
        1 => assert_eq!(status, if is_silent { "sent" } else { "read" }, "{at}"),
        more => panic!("{at}: sent {more} times"),
    }
    let is_accepted = matches!(status, "sent" | "read");
    assert_eq!(answer["session_id"].is_string(), is_accepted, "{at}");
    // A session opened by a run that died is joined by whoever records the acceptance.
    assert!(rows(&world, "s#").len() <= 1, "{at}");
    let responded = Desk::of(&world).room(&room).await["response_status"] == "responded";
    assert!(responded || !is_accepted, "{at}");
    assert_drained(&world);
    fates::has_struck(&calls, call)
}

async fn whatever_befalls_a_sending_call(is_silent: bool) {
    for fate in fates::EACH {
        let mut call = 0;
        while sending_struck(call, fate, is_silent).await {
            call += 1;
        }
        assert!(call >= 7, "only {call} calls were struck");
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_sending_call_it_is_sent_at_most_once() {
    whatever_befalls_a_sending_call(false).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_sending_call_of_which_no_status_tells_it_is_sent_at_most_once() {
    whatever_befalls_a_sending_call(true).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_status_call_the_acceptance_is_settled_once() {
    for fate in fates::EACH {
        for call in 0.. {
            let world = World::new().await.unwrap();
            set(&world, Fault::TimeoutAfterAccept, None);
            let room = answered(&world).await;
            send(&world).await;
            let first = world.company().graph().due(world.clock.now_ms()).remove(0);
            let request = webhook_request(world.company(), &first.body);
            let process = world.start_process(UNLUCKY);
            let calls = fates::strike(&world, call, fate);
            let answer_to_it = world.webhook(&process, &request).await.unwrap();
            fates::recover(&world);
            let http = answer_to_it.map_or(0, |(status, _)| status);
            world.company().graph().answered(first.id, world.clock.now_ms(), http);
            world.settle(MINUTES).await.unwrap();
            let answer = answer(&world, &room).await;
            assert!(answer["session_id"].is_string(), "call {call} {fate:?}");
            assert_ne!(answer["status"], "unknown", "call {call} {fate:?}");
            assert_eq!((sent(&world), rows(&world, "s#").len()), (1, 1), "call {call} {fate:?}");
            if !fates::has_struck(&calls, call) {
                assert!(call >= 9, "only {call} calls were struck");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_relay_the_answer_is_sent_once() {
    for fate in fates::EACH {
        let world = World::new().await.unwrap();
        let room = answered(&world).await;
        let process = world.start_process(UNLUCKY);
        let calls = fates::strike(&world, 0, fate);
        assert!(world.relay(&process, 20).await.unwrap());
        assert!(fates::has_struck(&calls, 0));
        fates::recover(&world);
        world.settle(MINUTES).await.unwrap();
        assert_eq!(answer(&world, &room).await["status"], "read", "{fate:?}");
        assert_eq!(sent(&world), 1, "{fate:?}");
        assert_drained(&world);
    }
}

/// The stream's records, of which those of our answers do not read; and as they were.
fn damaged(world: &World) -> (Value, Value) {
    let records = world.wire.services().dynamodb.stream(20).unwrap();
    let whole = json!({ "Records": records });
    let mut damaged = whole.clone();
    for record in damaged["Records"].as_array_mut().unwrap() {
        let image = &mut record["dynamodb"]["NewImage"];
        if image["kind"]["S"] == "outbound" {
            image["status"] = json!({ "S": "teleported" });
        }
    }
    assert_ne!(damaged, whole);
    (damaged, whole)
}

#[tokio::test(start_paused = true)]
async fn a_record_that_does_not_read_waits_in_the_bucket_and_delays_nobody() {
    let world = World::new().await.unwrap();
    let room = answered(&world).await;
    let (damaged, whole) = damaged(&world);
    let run = async |event: &Value| {
        let event = serde_json::from_value(event.clone()).unwrap();
        relay::handle(Arc::clone(&world.process.relay), event).await
    };
    fates::refuse(&world, |call| call.operation == "PutObject");
    assert!(run(&damaged).await.is_err(), "what can't be kept comes again");
    fates::recover(&world);
    assert!(run(&damaged).await.unwrap().batch_item_failures.is_empty());
    assert!(world.queue("outbound.fifo", |queue| queue.is_empty()));
    let is_journal = |row: &Value| row["pk"]["S"].as_str().unwrap().ends_with("#journal");
    assert!(rows(&world, "").iter().any(is_journal), "the rest of the batch is done");

    // `cargo dev redrive` hands the payload to the function that the object names.
    let kept = stored(&world).1.into_iter().find(|key| key.starts_with("aws/lambda/")).unwrap();
    let kept = world.wire.services().s3.object(&kept).unwrap().to_vec();
    let kept: Value = serde_json::from_slice(&kept).unwrap();
    assert_eq!(kept["requestContext"]["functionName"], "sapa-relay");
    let ours = |event: &Value| {
        let records = event["Records"].as_array().unwrap().iter();
        let ours = records.filter(|one| one["dynamodb"]["NewImage"]["kind"]["S"] == "outbound");
        ours.cloned().collect::<Vec<_>>()
    };
    assert_eq!(kept["payload"]["Records"], json!(ours(&damaged)));
    // Too early, it is kept once more; by a version that reads it, it is done.
    run(&kept["payload"]).await.unwrap();
    assert_eq!(stored(&world).1.iter().filter(|key| key.starts_with("aws/lambda/")).count(), 2);
    run(&json!({ "Records": ours(&whole) })).await.unwrap();
    while world.consume(&world.process, "outbound.fifo", 0).await.unwrap() {}
    assert_eq!(sent(&world), 1);
    assert_ne!(answer(&world, &room).await["status"], "queued");
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_takes_nothing_for_a_while_only_delays_the_answer() {
    let world = World::new().await.unwrap();
    let room = answered(&world).await;
    fates::refuse(&world, |call| call.operation == "SendMessageBatch");
    for _ in 0..3 {
        assert!(world.relay(&world.process, 20).await.unwrap(), "the record stays in the stream");
        assert!(world.queue("outbound.fifo", |queue| queue.is_empty()));
    }
    fates::recover(&world);
    world.settle(MINUTES).await.unwrap();
    assert_eq!(answer(&world, &room).await["status"], "read");
    assert_eq!(sent(&world), 1);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_comes_again_sends_nothing() {
    let world = World::new().await.unwrap();
    let room = answered(&world).await;
    let records = world.wire.services().dynamodb.stream(100).unwrap();
    world.settle(Duration::from_secs(5)).await.unwrap();
    assert_eq!(sent(&world), 1);
    // The stream repeats itself after the queue has forgotten the first job.
    world.pass(Duration::from_secs(600)).await;
    let mut event = aws_lambda_events::event::dynamodb::Event::default();
    event.records = records;
    relay::handle(world.process.relay.clone(), event).await.unwrap();
    assert_eq!(world.queue("outbound.fifo", |queue| queue.len()), 1);
    world.settle(MINUTES).await.unwrap();
    assert_eq!(sent(&world), 1);
    assert_eq!(answer(&world, &room).await["status"], "read");
    assert_drained(&world);
}

#[tokio::test(start_paused = true)]
async fn two_runs_with_one_job_send_it_once() {
    let world = World::new().await.unwrap();
    set(&world, Fault::Slow, None);
    let room = answered(&world).await;
    assert!(world.relay(&world.process, 20).await.unwrap());
    let now = world.clock.now_ms();
    let event = world.queue("outbound.fifo", |queue| queue.receive(0, now)).unwrap();
    let (one, two) = (world.start_process("one"), world.start_process("two"));
    let (one, two) = join(
        outbound::handle(one.outbound.clone(), event.clone()),
        outbound::handle(two.outbound.clone(), event.clone()),
    )
    .await;
    // The second waits until the first is done or dead.
    let failures = one.batch_item_failures.len() + two.batch_item_failures.len();
    assert_eq!((sent(&world), failures), (1, 1));
    world.settle(MINUTES).await.unwrap();
    assert_eq!(sent(&world), 1);
    assert_eq!(answer(&world, &room).await["status"], "read");
    assert_drained(&world);
}
