//! Fuzzing: what strangers can send, changed without end, against what must hold for all of it.
//!
//! Driven by proptest, since cargo-fuzz needs a nightly compiler: it starts from the project's own
//! samples, changes them at random, and makes what fails as small as it can. `cargo dev fuzz` gives
//! each target a minute; the stories give each a moment, so that none of them rots.
//!
//! A check that nothing random passes hides all code behind it. So where there is one (a signature, a
//! cursor's hash, a ticket), most inputs are rightly made of something wrong, and each target counts
//! those that got behind it: a target that reaches nothing fails.

mod credentials;
mod cursors;
mod mutation;
mod requests;
mod samples;
mod sockets;
mod streams;

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use jiff::Timestamp;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tokio::runtime::Runtime;

use crate::{STACK, World};

/// One way in from outside.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    round: fn(&Harness, &mut TestRunner) -> Result<(), String>,
}

/// All of them.
pub const TARGETS: [Target; 11] = [
    Target { name: "webhook-body", round: requests::webhook_body },
    Target { name: "signature", round: requests::signature },
    Target { name: "gateway-envelope", round: requests::gateway_envelope },
    Target { name: "rest-body", round: requests::rest_body },
    Target { name: "cursor", round: cursors::cursor },
    Target { name: "hmac-header", round: credentials::hmac_header },
    Target { name: "jwt", round: credentials::jwt },
    Target { name: "socket-frame", round: sockets::socket_frame },
    Target { name: "stream-record", round: streams::stream_record },
    Target { name: "queue-message", round: streams::queue_message },
    Target { name: "stored-element", round: streams::stored_element },
];

/// What a target has tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// All inputs.
    pub inputs: u64,
    /// Those of them that every check let through to what lies behind.
    pub reached: u64,
}

/// How many inputs a world lives through: enough to meet what earlier ones left behind.
const ROUND: u32 = 64;

/// The calls that change a row: what a delivery makes of its element if there is sense in it, while
/// one without is only put somewhere.
pub(crate) const CHANGES: [&str; 2] = ["dynamodb.UpdateItem", "dynamodb.TransactWriteItems"];

/// All calls that write to the table.
pub(crate) const WRITES: [&str; 4] =
    ["dynamodb.PutItem", "dynamodb.DeleteItem", CHANGES[0], CHANGES[1]];

/// A world in virtual time, with a room and files in it.
pub(crate) struct Harness {
    runtime: Runtime,
    pub(crate) world: World,
    reached: Cell<u64>,
}

impl Harness {
    fn new(seed: u64) -> anyhow::Result<Self> {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build()?;
        let world = runtime.block_on(samples::furnished(seed))?;
        Ok(Self { runtime, world, reached: Cell::new(0) })
    }

    /// Now, in this world: outside its runtime the clock tells real time.
    pub(crate) fn now(&self) -> Timestamp {
        self.wait(async { self.world.clock.timestamp() })
    }

    /// Notes that an input got behind the checks, if this one did.
    pub(crate) fn note(&self, is_behind: bool) {
        self.reached.set(self.reached.get() + u64::from(is_behind));
    }

    /// How many calls were made to AWS so far.
    pub(crate) fn calls(&self) -> usize {
        self.world.wire.services().calls.len()
    }

    /// Whether any call since then was one of these.
    pub(crate) fn made(&self, since: usize, any: &[&str]) -> bool {
        let services = self.world.wire.services();
        let mut made = services.calls.iter().skip(since);
        made.any(|call| any.iter().any(|name| call.contains(name)))
    }

    /// Does something in this world.
    pub(crate) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

/// What a failed round says.
pub(crate) fn told<T: std::fmt::Debug>(failed: TestError<T>) -> String {
    match failed {
        TestError::Abort(reason) => format!("gave up: {reason}"),
        TestError::Fail(reason, input) => format!("{reason}\nthe smallest input: {input:?}"),
    }
}

/// Refuses an input for this reason unless it is all right.
pub(crate) fn hold(is_right: bool, why: impl FnOnce() -> String) -> Result<(), TestCaseError> {
    if is_right { Ok(()) } else { Err(TestCaseError::fail(why())) }
}

impl Target {
    /// Runs rounds from this seed on until the time is over, at least one.
    pub fn run(self, seed: u64, time: Duration) -> anyhow::Result<Tally> {
        let rounds = move || {
            let (mut tally, until) = (Tally::default(), clock() + time);
            for seed in seed.. {
                let harness = Harness::new(seed)?;
                let round = (self.round)(&harness, &mut runner(seed));
                round.map_err(|told| anyhow::anyhow!("{}, seed {seed}: {told}", self.name))?;
                tally.inputs += u64::from(ROUND);
                tally.reached += harness.reached.get();
                if clock() >= until {
                    break;
                }
            }
            let (name, inputs) = (self.name, tally.inputs);
            ensure!(tally.reached > 0, "{name}: none of {inputs} inputs got behind the checks");
            Ok(tally)
        };
        let thread = std::thread::Builder::new().stack_size(STACK).spawn(rounds)?;
        thread.join().map_err(|_| anyhow::anyhow!("panicked")).with_context(|| self.name)?
    }
}

#[expect(clippy::disallowed_methods, reason = "real time passes while inputs are tried")]
fn clock() -> Instant {
    Instant::now()
}

fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases: ROUND, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}
