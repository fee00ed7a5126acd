//! Answers on their way to the customer: slow, refused, interrupted, and never sent twice.

mod interrupted;
mod seen_again;
mod templates;
mod throttled;
mod types;

use std::time::Duration;

use futures_util::future::join;
use serde_json::{Value, json};
use world::{
    World,
    graph::{Fault, Graph, GraphConfig, Timing},
};

use crate::desk::{
    BUDI, Desk,
    payload::{delivery, post, status},
    rows, texts,
};

const MINUTES: Duration = Duration::from_secs(15 * 60);
const NUMBER: &str = "106540352242922";

/// A customer has asked and an agent has answered; the answer is queued. Returns the room.
async fn answered(world: &World) -> Value {
    let desk = Desk::of(world);
    let room = desk.first_words(BUDI).await;
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(desk.reply(&room, "Masih!", "click").await.status, 201);
    room
}

/// Our answer as the API shows it.
async fn answer(world: &World, room: &Value) -> Value {
    let history = Desk::of(world).history(room).await;
    let ours = history.into_iter().find(|message| message["participant_type"] == "agent");
    ours.expect("an answer")
}

fn sent(world: &World) -> usize {
    world.company().graph().log().len()
}

fn set(world: &World, fault: Fault, count: Option<u32>) {
    world.company().graph().set_fault(fault, count);
}

/// Nothing waits, and nothing was given up.
fn assert_drained(world: &World) {
    let left = world.queue("outbound.fifo", |queue| (queue.len(), queue.dead().len()));
    assert_eq!(left, (0, 0));
}

/// Hands the answer to `outbound`, once.
async fn send(world: &World) {
    assert!(world.relay(&world.process, 20).await.unwrap());
    assert!(world.consume(&world.process, "outbound.fifo", 0).await.unwrap());
}

/// Posts the provider's statuses when they are due, beside what else goes on.
async fn post_statuses(world: &World, time: Duration) {
    let end = world.clock.now_ms() + u64::try_from(time.as_millis()).unwrap();
    while world.clock.now_ms() < end {
        let due = world.company().graph().due(world.clock.now_ms());
        for delivery in due {
            assert_eq!(world.deliver(world.company(), &delivery).await.unwrap(), 200);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// From now on the company's provider tells nothing of what becomes of a message.
fn silence(world: &World) {
    let config = GraphConfig {
        phone_number_id: NUMBER.into(),
        display_phone_number: "6281100000000".into(),
        waba_id: "102290129340398".into(),
        access_token: world.company().setup.access_token.clone(),
        app_secret: world.company().setup.app_secret.clone(),
    };
    let year = 365 * 24 * 3_600_000;
    let timing = Timing {
        sent_after_ms: year,
        delivered_after_ms: year,
        read_after_ms: None,
        ..Timing::default()
    };
    *world.company().graph() = Graph::starting_at(config, 5_000_000).with_timing(timing);
}

#[tokio::test(start_paused = true)]
async fn a_few_refusals_for_speed_only_delay_the_answer() {
    let world = World::new().await.unwrap();
    // The last of the five attempts goes through.
    set(&world, Fault::RateLimit, Some(4));
    let room = answered(&world).await;
    world.settle(MINUTES).await.unwrap();
    let answer = answer(&world, &room).await;
    assert_eq!((&answer["status"], &answer["error"]), (&json!("read"), &Value::Null));
    assert_eq!(sent(&world), 1);
    assert_drained(&world);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_given_up_after_five_refusals_for_speed() {
    let world = World::new().await.unwrap();
    // A sixth attempt would go through.
    set(&world, Fault::RateLimit, Some(5));
    let room = answered(&world).await;
    world.settle(MINUTES).await.unwrap();
    let answer = answer(&world, &room).await;
    assert_eq!((&answer["status"], &answer["error"]["code"]), (&json!("failed"), &json!(130_429)));
    // What exactly is wrong is shown, to Qontak's clients as well.
    let words = "Cloud API message throughput has been reached.";
    assert_eq!(answer["error"]["detail"], words);
    let path = format!("/qontak/chat/v1/rooms/{}/histories", room.as_str().unwrap());
    let shown = Desk::of(&world).get(&path).await;
    let shown = shown["data"].as_array().unwrap();
    let is_told = |message: &Value| message["error"].as_str().is_some_and(|it| it.ends_with(words));
    assert!(shown.iter().any(is_told), "{shown:?}");
    assert!(world.company().graph().faults().is_empty(), "five attempts were made");
    assert_eq!(sent(&world), 0);
    assert_drained(&world);
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_fails_the_answer_and_the_customer_still_waits() {
    let world = World::new().await.unwrap();
    set(&world, Fault::ExpiredToken, None);
    let room = answered(&world).await;
    world.settle(MINUTES).await.unwrap();
    let answer = answer(&world, &room).await;
    assert_eq!((&answer["status"], &answer["error"]["code"]), (&json!("failed"), &json!(190)));
    assert_eq!(answer["session_id"], Value::Null);
    let room = Desk::of(&world).room(&room).await;
    assert_eq!(room["response_status"], "unresponded");
    assert_eq!(room["last_message"]["text"], "Halo");
    assert_eq!((sent(&world), rows(&world, "s#").len()), (0, 0));
    assert_drained(&world);
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_which_nobody_knows_is_unknown_until_a_status_tells() {
    let world = World::new().await.unwrap();
    set(&world, Fault::TimeoutAfterAccept, None);
    let room = answered(&world).await;
    send(&world).await;
    let unknown = answer(&world, &room).await;
    assert_eq!((&unknown["status"], &unknown["session_id"]), (&json!("unknown"), &Value::Null));
    assert_eq!(Desk::of(&world).room(&room).await["response_status"], "unresponded");
    world.settle(MINUTES).await.unwrap();
    let settled = answer(&world, &room).await;
    assert_eq!(settled["status"], "read");
    assert!(settled["session_id"].is_string() && settled["external_id"].is_string());
    assert_eq!(Desk::of(&world).room(&room).await["response_status"], "responded");
    assert_eq!((sent(&world), rows(&world, "s#").len()), (1, 1));
    assert_drained(&world);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_stays_unknown_is_never_sent_again() {
    let world = World::new().await.unwrap();
    silence(&world);
    set(&world, Fault::TimeoutAfterAccept, Some(1));
    let room = answered(&world).await;
    world.settle(Duration::from_secs(24 * 3600)).await.unwrap();
    assert_eq!(answer(&world, &room).await["status"], "unknown");
    assert_eq!(sent(&world), 1);
    // Not even when the agent clicks again.
    let again = Desk::of(&world).reply(&room, "Masih!", "click").await;
    assert_eq!((again.status, &again.json["data"]["status"]), (201, &json!("unknown")));
    world.settle(MINUTES).await.unwrap();
    assert_eq!(sent(&world), 1);
    assert_drained(&world);
}

#[tokio::test(start_paused = true)]
async fn slow_repeated_and_disordered_statuses_end_in_two_blue_ticks() {
    for fault in [Fault::Slow, Fault::Duplicate, Fault::OutOfOrder, Fault::StatusBeforeResponse] {
        let world = World::new().await.unwrap();
        set(&world, fault, None);
        let room = answered(&world).await;
        assert!(world.relay(&world.process, 20).await.unwrap());
        let sending = world.consume(&world.process, "outbound.fifo", 0);
        let (sending, ()) = join(sending, post_statuses(&world, Duration::from_secs(20))).await;
        assert!(sending.unwrap());
        world.settle(MINUTES).await.unwrap();
        let answer = answer(&world, &room).await;
        assert_eq!(answer["status"], "read", "{fault}");
        for time in ["sent_at", "delivered_at", "read_at", "session_id"] {
            assert!(answer[time].is_string(), "{fault}: {time}");
        }
        assert_eq!((sent(&world), rows(&world, "s#").len()), (1, 1), "{fault}");
        assert_drained(&world);
    }
}

#[tokio::test(start_paused = true)]
async fn a_status_that_overtakes_the_response_settles_the_acceptance() {
    let world = World::new().await.unwrap();
    set(&world, Fault::StatusBeforeResponse, None);
    let room = answered(&world).await;
    assert!(world.relay(&world.process, 20).await.unwrap());
    let sending = world.consume(&world.process, "outbound.fifo", 0);
    let looking = async {
        post_statuses(&world, Duration::from_millis(800)).await;
        answer(&world, &room).await
    };
    let (sending, seen) = join(sending, looking).await;
    assert!(sending.unwrap());
    assert_eq!(seen["status"], "read", "the response is still on its way");
    let after = answer(&world, &room).await;
    assert_eq!(after, seen, "and changes nothing when it comes");
    assert_eq!(rows(&world, "s#").len(), 1);
    assert_drained(&world);
}

#[tokio::test(start_paused = true)]
async fn answers_keep_their_order_when_the_first_is_held_up() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    set(&world, Fault::RateLimit, Some(2));
    let room = answered(&world).await;
    for (text, key) in [("Mau berapa?", "b"), ("Atau besok?", "c")] {
        world.pass(Duration::from_millis(500)).await;
        desk.reply(&room, text, key).await;
    }
    world.settle(MINUTES).await.unwrap();
    let log: Vec<_> = world.company().graph().log().iter().map(|sent| sent.text.clone()).collect();
    assert_eq!(log, ["Masih!", "Mau berapa?", "Atau besok?"]);
    assert_eq!(texts(&desk.history(&room).await)[1..], log);
    assert_eq!(rows(&world, "s#").len(), 1, "one session takes them all in");
    assert_drained(&world);
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_the_delivery_stands_beside_it() {
    let world = World::new().await.unwrap();
    silence(&world);
    let room = answered(&world).await;
    send(&world).await;
    let delivered = status(&world, world.company(), "delivered");
    let mut failed = status(&world, world.company(), "failed");
    let details = "The customer has not accepted the new terms.";
    failed["errors"] = json!([{ "code": 131_026, "title": "Message undeliverable",
        "error_data": { "details": details } }]);
    for report in [delivered, failed] {
        let body = delivery(NUMBER, &[], &[report]);
        assert_eq!(post(&world, world.company(), &body).await, 200);
    }
    let answer = answer(&world, &room).await;
    assert_eq!(answer["status"], "delivered");
    let error = json!({ "code": 131_026, "title": "Message undeliverable", "detail": details });
    assert_eq!(answer["error"], error);
    assert_eq!(answer["pricing"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn an_answer_shows_what_it_costs_as_it_was_told_first() {
    let world = World::new().await.unwrap();
    silence(&world);
    let room = answered(&world).await;
    send(&world).await;
    let mut reports = ["sent", "delivered"].map(|name| status(&world, world.company(), name));
    reports[0]["pricing"] = json!({ "billable": false, "pricing_model": "PMP",
        "type": "free_entry_point", "category": "referral_conversion" });
    reports[0]["conversation"] = json!({ "id": "c1", "expiration_timestamp": "1795086400",
        "origin": { "type": "referral_conversion" } });
    reports[1]["pricing"] = json!({ "billable": false, "pricing_model": "PMP",
        "type": "free_entry_point", "category": "referral_conversion" });
    let conversation =
        json!({ "origin": "referral_conversion", "expires_at": "2026-11-19T11:06:40.000Z" });
    for report in reports {
        let body = delivery(NUMBER, &[], &[report]);
        assert_eq!(post(&world, world.company(), &body).await, 200);
        let pricing = json!({ "billable": false, "model": "PMP", "type": "free_entry_point",
            "category": "referral_conversion", "conversation": conversation });
        assert_eq!(answer(&world, &room).await["pricing"], pricing);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_in_place_of_a_delivery_is_the_status() {
    let world = World::new().await.unwrap();
    silence(&world);
    let room = answered(&world).await;
    send(&world).await;
    let mut failed = status(&world, world.company(), "failed");
    failed["errors"] = json!([{ "code": 131_026, "title": "Message undeliverable" }]);
    let body = delivery(NUMBER, &[], &[failed]);
    assert_eq!(post(&world, world.company(), &body).await, 200);
    let failed = answer(&world, &room).await;
    assert_eq!((&failed["status"], &failed["error"]["code"]), (&json!("failed"), &json!(131_026)));
}

#[tokio::test(start_paused = true)]
async fn a_report_through_an_unknown_reference_is_kept_as_an_event() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = answered(&world).await;
    world.settle(MINUTES).await.unwrap();
    let before = desk.everything().await;
    let report = status(&world, world.company(), "read");
    let id = room.as_str().unwrap();
    for reference in [json!(null), json!("x"), json!(format!("{id}:1767574800000:{id}"))] {
        let mut stray = report.clone();
        stray["biz_opaque_callback_data"] = reference;
        let body = delivery(NUMBER, &[], &[stray]);
        assert_eq!(post(&world, world.company(), &body).await, 200);
    }
    assert_eq!(desk.everything().await, before);
    let events = desk.events("integration").await;
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|event| event["kind"] == "status"));
}
