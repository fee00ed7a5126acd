//! Misfortunes: which calls of which process fail, and how.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use world::{
    World,
    wire::{Call, Fate},
};

/// The name of the process that misfortunes strike.
pub(crate) const UNLUCKY: &str = "unlucky";

/// What can befall a single call. Of the last two the code that made it learns nothing.
pub(crate) const EACH: [Fate; 4] =
    [Fate::DiesBefore, Fate::DiesAfter, Fate::AnswerLost, Fate::Throttled];

/// Strikes one call of the unlucky process, counted from 0; the count of its calls so far.
pub(crate) fn strike(world: &World, call: usize, fate: Fate) -> Arc<AtomicUsize> {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    world.wire.set_fates(Box::new(move |of| {
        let is_it = of.process == UNLUCKY && counted.fetch_add(1, Ordering::Relaxed) == call;
        (if is_it { fate } else { Fate::Served }, 1)
    }));
    calls
}

/// One call of the unlucky process, counted from 0, takes long, so that others are faster, and ends
/// like this; the count of its calls so far.
pub(crate) fn slow(world: &World, call: usize, fate: Fate) -> Arc<AtomicUsize> {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    world.wire.set_fates(Box::new(move |of| {
        let is_it = of.process == UNLUCKY && counted.fetch_add(1, Ordering::Relaxed) == call;
        if is_it { (fate, 1500) } else { (Fate::Served, 1) }
    }));
    calls
}

/// The table refuses this call of the unlucky process, counted from 0, and all that come after it.
pub(crate) fn refuse_from(world: &World, call: usize) {
    let mut calls = 0;
    world.wire.set_fates(Box::new(move |of| {
        let is_counted = of.process == UNLUCKY && of.service == "dynamodb";
        calls += usize::from(is_counted);
        (if is_counted && calls > call { Fate::Throttled } else { Fate::Served }, 1)
    }));
}

/// Whether a strike at this call has hit anything.
pub(crate) fn has_struck(calls: &AtomicUsize, call: usize) -> bool {
    calls.load(Ordering::Relaxed) > call
}

/// The service refuses these calls until further notice.
pub(crate) fn refuse(world: &World, which: impl Fn(&Call) -> bool + Send + 'static) {
    world.wire.set_fates(Box::new(move |call| {
        (if which(call) { Fate::Throttled } else { Fate::Served }, 1)
    }));
}

/// These calls hang for so long that nobody waits for them, until further notice.
pub(crate) fn hang(world: &World, which: impl Fn(&Call) -> bool + Send + 'static) {
    world
        .wire
        .set_fates(Box::new(move |call| (Fate::Served, if which(call) { 3_600_000 } else { 1 })));
}

/// All is well again.
pub(crate) fn recover(world: &World) {
    world.wire.set_fates(Box::new(|_| (Fate::Served, 1)));
}

/// Whether a call changes the table.
pub(crate) fn writes(call: &Call) -> bool {
    matches!(
        call.operation.as_str(),
        "PutItem" | "UpdateItem" | "DeleteItem" | "TransactWriteItems"
    )
}
