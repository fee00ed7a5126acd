//! The log of a test: every line that production would write, as text.

use std::{
    fmt::{Debug, Write},
    sync::{Arc, Mutex},
};

use tracing::{
    Dispatch, Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::DefaultGuard,
};

/// The lines so far. Spans count as lines: their fields are written beside those of events.
#[derive(Debug, Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// A log of this thread, for as long as what comes with it is kept.
    pub(super) fn listen() -> (Self, (Dispatch, DefaultGuard)) {
        let log = Self::default();
        // With only one listener in the process, a line that a test on another thread reaches
        // first would be taken for one that nobody listens to.
        let second = Dispatch::new(log.clone());
        let guard = tracing::subscriber::set_default(log.clone());
        (log, (second, guard))
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn push(&self, line: Line) {
        self.0.lock().unwrap().push(line.0);
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Subscriber for Log {
    /// From `info` up, as in production; of our own crates everything, since an operator may turn
    /// their `debug` on.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let ours = ["app", "store", "platform", "channels", "webhook", "agent_api", "outbound"];
        let root = metadata.target().split("::").next().unwrap_or_default();
        *metadata.level() <= Level::INFO || ours.contains(&root)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(span.metadata().name().to_owned());
        span.record(&mut line);
        self.push(line);
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, values: &Record<'_>) {
        let mut line = Line(String::new());
        values.record(&mut line);
        self.push(line);
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().target().to_owned());
        event.record(&mut line);
        self.push(line);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}
