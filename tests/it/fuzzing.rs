//! Each way in from outside, fuzzed for a moment; `cargo dev fuzz` does it for minutes.

use std::time::Duration;

use world::fuzz::TARGETS;

#[test]
fn nothing_that_strangers_send_makes_a_function_fail() {
    for target in TARGETS {
        let inputs = target.run(0, Duration::ZERO);
        assert!(inputs.as_ref().is_ok_and(|inputs| *inputs >= 64), "{inputs:?}");
    }
}
