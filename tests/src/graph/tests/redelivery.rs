//! A webhook that is not taken comes back, later and later, and in the end no more.

use super::super::Timing;
use super::{CUSTOMER, NOW, graph};

#[test]
fn a_webhook_comes_back_with_growing_delays_until_it_is_taken() {
    let mut graph = graph();
    let first = graph.customer_says(NOW, CUSTOMER, "Budi", "Halo");
    let mut delivery = first.clone();

    let mut now_ms = NOW;
    for (attempt, delay_ms) in [(2, 1_000), (3, 2_000), (4, 4_000)] {
        graph.answered(delivery.id, now_ms, 503);
        now_ms += delay_ms;
        assert!(graph.due(now_ms - 1).is_empty());
        delivery = graph.due(now_ms).pop().unwrap();
        assert_eq!(delivery.attempt, attempt);
        assert_eq!(delivery.body, first.body);
    }

    graph.answered(delivery.id, now_ms, 200);
    assert!(graph.idle());
    assert_eq!(graph.given_up(), 0);
}

#[test]
fn anything_but_200_is_a_refusal() {
    for status in [0, 202, 204, 301, 401, 500] {
        let mut graph = graph();
        let delivery = graph.customer_says(NOW, CUSTOMER, "Budi", "Halo");
        graph.answered(delivery.id, NOW, status);
        assert_eq!(graph.next_due(), Some(NOW + 1_000), "{status}");
    }
}

#[test]
fn an_answer_counts_once() {
    let mut graph = graph();
    let delivery = graph.customer_says(NOW, CUSTOMER, "Budi", "Halo");

    graph.answered(delivery.id, NOW, 500);
    graph.answered(delivery.id, NOW, 500);
    graph.answered(12_345, NOW, 500);

    assert_eq!(graph.due(NOW + 3_600_000).len(), 1);
}

#[test]
fn the_provider_gives_up_after_the_last_redelivery() {
    let mut graph = graph().with_timing(Timing { redeliveries: 2, ..Timing::default() });
    let delivery = graph.customer_says(NOW, CUSTOMER, "Budi", "Halo");
    graph.answered(delivery.id, NOW, 500);

    let mut attempts = 1;
    while let Some(now_ms) = graph.next_due() {
        for delivery in graph.due(now_ms) {
            attempts += 1;
            graph.answered(delivery.id, now_ms, 500);
        }
    }

    assert_eq!(attempts, 3);
    assert_eq!(graph.given_up(), 1);
    assert!(graph.idle());
}

/// 7 days is what the provider's documentation promises, and what the design leans on.
#[test]
fn by_default_it_tries_for_about_seven_days_and_at_least_hourly() {
    let mut graph = graph();
    let delivery = graph.customer_says(NOW, CUSTOMER, "Budi", "Halo");
    graph.answered(delivery.id, NOW, 500);

    let mut last_ms = NOW;
    while let Some(now_ms) = graph.next_due() {
        assert!(now_ms - last_ms <= 3_600_000);
        last_ms = now_ms;
        for delivery in graph.due(now_ms) {
            graph.answered(delivery.id, now_ms, 500);
        }
    }

    let hours = (last_ms - NOW) / 3_600_000;
    assert!((166..=168).contains(&hours), "{hours} h");
}
