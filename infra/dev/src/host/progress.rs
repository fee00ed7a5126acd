//! What is being done, and how long it took, on stderr: stdout is for results.

#![allow(clippy::disallowed_methods, reason = "a stopwatch for people; nothing is decided by it")]

use std::time::Instant;

/// A step under way.
pub(crate) struct Step {
    began: Instant,
    name: String,
}

impl Step {
    /// Announces a step.
    pub(crate) fn begin(name: impl Into<String>) -> Self {
        let name = name.into();
        eprintln!("  … {name}");
        Self { began: Instant::now(), name }
    }

    /// The step is over.
    pub(crate) fn done(self) {
        eprintln!("  ✓ {} ({:.1} s)", self.name, self.began.elapsed().as_secs_f32());
    }

    /// The step is over, with something worth knowing.
    pub(crate) fn done_with(self, note: &str) {
        eprintln!("  ✓ {}: {note} ({:.1} s)", self.name, self.began.elapsed().as_secs_f32());
    }
}
