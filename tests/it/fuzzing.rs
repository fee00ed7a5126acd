//! Each way in from outside, fuzzed for a moment; `cargo dev fuzz` does it for minutes.

use std::time::Duration;

use world::fuzz::TARGETS;

#[test]
fn nothing_that_strangers_send_makes_a_function_fail() {
    for target in TARGETS {
        let tally = target.run(0, Duration::ZERO).unwrap_or_else(|error| panic!("{error:#}"));
        assert!(tally.inputs >= 64, "{}: {tally:?}", target.name);
        // What is refused at the door says nothing of what lies behind it.
        assert!(tally.reached > 0, "{}: {tally:?}", target.name);
    }
}
