//! Everything that goes wrong, drawn from the seed.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::{
    World,
    graph::Fault,
    wire::{Call, Fate},
};

/// How many write units a second a key takes where keys are hot.
const HOT: f64 = 6.0;

/// The seed's dice, and whether they still decide fates.
pub(crate) struct Chaos {
    rng: Arc<Mutex<fastrand::Rng>>,
    rate: Arc<Mutex<u32>>,
    is_hot: bool,
}

impl Chaos {
    pub(crate) fn new(seed: u64, world: &World) -> Self {
        let chaos = Self {
            rng: Arc::new(Mutex::new(fastrand::Rng::with_seed(seed ^ 0x5a9a))),
            rate: Arc::new(Mutex::new(0)),
            is_hot: seed.is_multiple_of(3),
        };
        let (rng, rate) = (Arc::clone(&chaos.rng), Arc::clone(&chaos.rate));
        world.wire.set_fates(Box::new(move |call| fate(call, &mut lock(&rng), *lock(&rate))));
        chaos
    }

    /// Draws how bad this bout is, for AWS and for each provider.
    pub(crate) fn begin_bout(&self, world: &World) {
        *lock(&self.rate) = self.pick(&[0, 10, 30, 80]);
        // A few customers never write a thousand times a second: where keys are hot, they take as much
        // less as there are fewer who write.
        world.wire.set_partition_limit(if self.is_hot { HOT } else { f64::INFINITY });
        for company in &world.companies {
            let mut graph = company.graph();
            graph.clear();
            for fault in Fault::ALL {
                if self.chance(15) {
                    let times = u32::try_from(self.between(1, 6)).unwrap_or(1);
                    graph.set_fault(fault, Some(times));
                }
            }
        }
    }

    /// From now on all goes well.
    pub(crate) fn end(&self, world: &World) {
        *lock(&self.rate) = 0;
        world.wire.set_partition_limit(f64::INFINITY);
    }

    /// A number of this range, ends included.
    pub(crate) fn between(&self, low: u64, high: u64) -> u64 {
        lock(&self.rng).u64(low..=high)
    }

    /// True in so many of a hundred cases.
    pub(crate) fn chance(&self, percent: u64) -> bool {
        self.between(0, 99) < percent
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&self, choices: &[T]) -> T {
        choices[lock(&self.rng).usize(0..choices.len())]
    }

    /// A pause of at most so many milliseconds.
    pub(crate) async fn pause(&self, low: u64, high: u64) {
        tokio::time::sleep(std::time::Duration::from_millis(self.between(low, high))).await;
    }
}

/// One call's fate; `rate` is faults in a thousand calls, evenly of each kind.
fn fate(_: &Call, rng: &mut fastrand::Rng, rate: u32) -> (Fate, u64) {
    // Some calls hang for seconds: others overtake them.
    let millis = if rng.u8(0..100) < 3 { rng.u64(100..2400) } else { rng.u64(1..15) };
    let fates = [Fate::Throttled, Fate::AnswerLost, Fate::DiesBefore, Fate::DiesAfter];
    let fate = if rng.u32(0..1000) < rate { fates[rng.usize(0..4)] } else { Fate::Served };
    (fate, millis)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    match mutex.lock() {
        Ok(guard) => guard,
        Err(poisoned) => poisoned.into_inner(),
    }
}
