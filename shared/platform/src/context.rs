//! Time and randomness of one piece of work, as a value.
//!
//! A [`Ctx`] is made once per event or queue message, so that everything the work writes bears
//! one time, and a test can replay it to the byte. [`Source`] makes them; nothing else in the
//! project reads a clock or a random number.

use std::{fmt, sync::Arc};

use jiff::Timestamp;

/// The moment and randomness of one piece of work.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// When the work began.
    pub now: Timestamp,
    random: [u8; 10],
}

impl Ctx {
    /// The ten random bytes of this work: enough for one id.
    pub fn random(&self) -> [u8; 10] {
        self.random
    }
}

type Clock = dyn Fn() -> Timestamp + Send + Sync;
type Entropy = dyn Fn() -> [u8; 10] + Send + Sync;

/// Where time and randomness come from.
#[derive(Clone)]
pub struct Source {
    clock: Arc<Clock>,
    entropy: Arc<Entropy>,
}

impl Source {
    /// The machine's clock and the operating system's randomness.
    pub fn system() -> Self {
        Self::new(system_clock, system_entropy)
    }

    /// A test's clock and randomness.
    pub fn new(
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        entropy: impl Fn() -> [u8; 10] + Send + Sync + 'static,
    ) -> Self {
        Self { clock: Arc::new(clock), entropy: Arc::new(entropy) }
    }

    /// The moment, where nothing else of a context is asked for.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// A new secret: 256 random bits, in hex.
    pub fn secret(&self) -> String {
        let bytes = (0..4).flat_map(|_| (self.entropy)());
        bytes.take(32).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The context of a piece of work that begins now.
    pub fn ctx(&self) -> Ctx {
        Ctx { now: self.now(), random: (self.entropy)() }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn system_clock() -> Timestamp {
    Timestamp::now()
}

#[expect(clippy::disallowed_methods, clippy::panic, reason = "the one place that reads randomness")]
fn system_entropy() -> [u8; 10] {
    let mut bytes = [0; 10];
    // Without randomness ids would collide silently: better that the function does not run.
    if let Err(error) = getrandom::fill(&mut bytes) {
        std::panic::panic_any(format!("the operating system gives no randomness: {error}"));
    }
    bytes
}
