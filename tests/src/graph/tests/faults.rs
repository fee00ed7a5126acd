//! Each fault does what it says, as often as it was told to, and nothing besides.

use std::collections::BTreeMap;

use super::super::{Fault, Said, Timing};
use super::{
    CUSTOMER, NOW, answer_json, deliver_all, graph, request, send, send_body, status_names, value,
};

#[test]
fn names_are_the_same_everywhere() {
    for fault in Fault::ALL {
        let name = fault.to_string();
        assert_eq!(serde_json::to_value(fault).unwrap(), name.as_str());
        assert_eq!(name.parse::<Fault>(), Ok(fault));
    }
    let unknown = "flood".parse::<Fault>().unwrap_err().to_string();
    assert!(unknown.contains("flood") && unknown.contains("status-before-response"));
}

#[test]
fn a_rate_limit_accepts_nothing_until_it_is_used_up() {
    let mut graph = graph();
    graph.set_fault(Fault::RateLimit, Some(2));

    for _ in 0..2 {
        let answer = send(&mut graph, NOW);
        assert_eq!(answer.response.status(), 429);
        assert_eq!(answer_json(&answer)["error"]["code"], 130_429);
    }
    assert!(graph.log().is_empty() && graph.idle());

    assert_eq!(send(&mut graph, NOW).response.status(), 200);
    assert!(graph.faults().is_empty());
}

#[test]
fn an_expired_token_is_refused_until_cleared() {
    let mut graph = graph();
    graph.set_fault(Fault::ExpiredToken, None);

    for _ in 0..3 {
        let answer = send(&mut graph, NOW);
        assert_eq!(answer.response.status(), 401);
        assert_eq!(answer_json(&answer)["error"]["code"], 190);
    }
    assert!(graph.log().is_empty() && graph.idle());

    graph.clear_fault(Fault::ExpiredToken);
    assert_eq!(send(&mut graph, NOW).response.status(), 200);
}

#[test]
fn a_lost_response_belongs_to_a_message_that_was_sent() {
    let mut graph = graph();
    graph.set_fault(Fault::TimeoutAfterAccept, Some(1));

    assert!(send(&mut graph, NOW).lost);

    assert_eq!(graph.log().len(), 1);
    let seen = deliver_all(&mut graph);
    assert_eq!(status_names(&seen), ["sent", "delivered", "read"]);
    assert_eq!(seen[0].1["statuses"][0]["biz_opaque_callback_data"], "ours-1");
    assert!(!send(&mut graph, NOW).lost);
}

#[test]
fn a_slow_provider_accepts_late_and_reports_later() {
    let mut graph = graph();
    graph.set_fault(Fault::Slow, Some(1));

    let answer = send(&mut graph, NOW);

    assert_eq!(answer.delay_ms, 5_000);
    assert_eq!(graph.log()[0].at_ms, NOW + 5_000);
    assert!(graph.next_due().unwrap() > NOW + answer.delay_ms);
}

#[test]
fn a_status_can_overtake_its_response_even_a_slow_one() {
    for (slow, sent_after_ms) in [(false, 100), (true, 100), (false, 9_000), (true, 9_000)] {
        let mut graph = graph().with_timing(Timing {
            sent_after_ms,
            delivered_after_ms: sent_after_ms,
            read_after_ms: None,
            ..Timing::default()
        });
        graph.set_fault(Fault::StatusBeforeResponse, Some(1));
        if slow {
            graph.set_fault(Fault::Slow, Some(1));
        }

        let answer = send(&mut graph, NOW);

        assert!(graph.next_due().unwrap() < NOW + answer.delay_ms);
        assert_eq!(graph.log()[0].at_ms, NOW);
        assert!(!answer.lost);
    }
}

#[test]
fn duplicates_are_the_same_bytes_two_to_four_times() {
    let mut graph = graph();
    graph.set_fault(Fault::Duplicate, None);

    for _ in 0..4 {
        send(&mut graph, NOW);
    }

    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for (_, value) in deliver_all(&mut graph) {
        *times.entry(value.to_string()).or_default() += 1;
    }
    assert_eq!(times.len(), 12, "four messages of three statuses each");
    assert!(times.values().all(|count| (2..=4).contains(count)), "{times:?}");
    assert_eq!(graph.log().len(), 4, "only webhooks are repeated");
}

#[test]
fn a_customers_message_is_duplicated_too() {
    let mut graph = graph();
    graph.set_fault(Fault::Duplicate, Some(1));

    let first = graph.customer_says(NOW, CUSTOMER, "Budi", "Halo");
    let copies = graph.due(NOW + 1_000);

    assert!((1..=3).contains(&copies.len()));
    for copy in &copies {
        assert_eq!(copy.body, first.body);
        assert_ne!(copy.id, first.id);
    }
    assert_eq!(graph.written().len(), 1);
}

#[test]
fn out_of_order_statuses_come_newest_first_and_never_from_the_future() {
    let mut graph = graph();
    graph.set_fault(Fault::OutOfOrder, Some(1));

    send(&mut graph, NOW);

    let seen = deliver_all(&mut graph);
    assert_eq!(status_names(&seen), ["read", "delivered", "sent"]);
    assert!(seen.iter().all(|(at_ms, _)| *at_ms >= NOW + 300));

    send(&mut graph, NOW);
    let seen = deliver_all(&mut graph);
    assert_eq!(status_names(&seen), ["sent", "delivered", "read"]);
}

#[test]
fn out_of_order_batches_are_shuffled_but_whole() {
    let texts: Vec<String> = (0..6).map(|index| index.to_string()).collect();
    for size in 2..=texts.len() {
        let mut graph = graph();
        graph.set_fault(Fault::OutOfOrder, None);
        let batch: Vec<Said<'_>> = texts[..size]
            .iter()
            .map(|text| Said { at_ms: NOW, from: CUSTOMER, name: "Budi", text })
            .collect();

        for _ in 0..size {
            let delivery = graph.customers_say(NOW, &batch);
            let value = value(&delivery);
            let mut came: Vec<String> = value["messages"]
                .as_array()
                .unwrap()
                .iter()
                .map(|message| message["text"]["body"].as_str().unwrap().to_owned())
                .collect();
            assert_ne!(came, texts[..size]);
            came.sort();
            assert_eq!(came, texts[..size]);
        }
    }
}

#[test]
fn a_refused_request_does_not_use_up_a_fault() {
    let mut graph = graph();
    graph.set_fault(Fault::Slow, Some(1));
    graph.set_fault(Fault::ExpiredToken, Some(1));

    graph.handle(NOW, &request("/v24.0/100200300/messages", "other", &send_body("Halo")));
    assert_eq!(graph.faults().len(), 2);

    graph.clear();
    assert!(graph.faults().is_empty());
    graph.set_fault(Fault::Slow, Some(0));
    assert!(graph.faults().is_empty(), "no strikes is no fault");
}
