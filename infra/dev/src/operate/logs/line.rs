//! One line of a log, for people.
//!
//! Functions write JSON (`tracing-subscriber`'s), Lambda and API Gateway write JSON of their own,
//! emulators add Lambda's older plain lines. What is none of these is shown as it is: better odd
//! than lost.

use domain::Time;
use serde_json::{Map, Value};

/// Fields that the line's beginning tells already, and what only CloudWatch reads.
const TOLD: [&str; 5] = ["message", "timestamp", "level", "target", "_aws"];

/// Which lines are shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    /// Only those of this trace.
    pub(super) trace: Option<&'a str>,
    /// Metrics, too.
    pub(super) metrics: bool,
}

impl Shown<'_> {
    /// The line as it is shown, if it is: time, function, level, message, fields.
    pub(super) fn line(&self, function: &str, millis: i64, message: &str) -> Option<String> {
        let message = message.trim_end();
        if self.trace.is_some_and(|trace| !message.contains(trace)) || is_routine(message) {
            return None;
        }
        let (level, text) = match serde_json::from_str(message) {
            Ok(Value::Object(line)) if line.contains_key("_aws") => {
                self.metrics.then(|| ("METRIC".to_owned(), metrics(&line)))?
            }
            Ok(Value::Object(line)) => parts(&line),
            Ok(_) | Err(_) => {
                let (level, text) = words(message);
                (level.to_owned(), text.to_owned())
            }
        };
        let at = Time::from_millis(millis).to_string();
        Some(format!("{at} {function:<13} {level:<6} {text}"))
    }
}

/// Lambda's own lines about every run, which say nothing of what it did.
fn is_routine(message: &str) -> bool {
    ["START RequestId: ", "END RequestId: ", "REPORT RequestId: "]
        .iter()
        .any(|beginning| message.starts_with(beginning))
}

/// Level and text of a plain line: what functions write where nobody asks them for JSON.
fn words(message: &str) -> (&str, &str) {
    let message = message.trim_start();
    match message.split_once(' ') {
        Some((level @ ("ERROR" | "WARN" | "INFO" | "DEBUG" | "TRACE"), rest)) => {
            (level, rest.trim_start())
        }
        Some(_) | None => ("-", message),
    }
}

/// Level and text of a JSON line.
fn parts(line: &Map<String, Value>) -> (String, String) {
    let fields = line.get("fields").and_then(Value::as_object);
    // Lambda's own lines have a type and a record instead.
    let kind = line.get("type").and_then(Value::as_str);
    let level = line.get("level").or_else(|| line.get("status")).map(plain);
    let mut words: Vec<String> = Vec::new();
    let message = fields.unwrap_or(line).get("message").or_else(|| line.get("message"));
    words.extend(message.map(plain).or_else(|| kind.map(str::to_owned)));
    let span = line.get("span").and_then(Value::as_object);
    let record = line.get("record").and_then(Value::as_object);
    for group in [fields, span, record].into_iter().flatten() {
        words.extend(pairs(group));
    }
    if fields.is_none() && record.is_none() {
        words.extend(pairs(line));
    }
    (level.unwrap_or_else(|| "-".to_owned()), words.join("  "))
}

fn pairs(fields: &Map<String, Value>) -> impl Iterator<Item = String> {
    let rest = fields.iter().filter(|(key, _)| !TOLD.contains(&key.as_str()));
    rest.map(|(key, value)| format!("{key}={}", plain(value)))
}

/// What a line of the embedded metric format counts.
fn metrics(line: &Map<String, Value>) -> String {
    pairs(line).collect::<Vec<_>>().join("  ")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Shown<'_> = Shown { trace: None, metrics: false };

    #[test]
    fn lines_of_functions_show_their_message_and_fields() {
        let line = r#"{"timestamp":"2026-11-22T10:00:00Z","level":"WARN","fields":
            {"message":"was refused","code":131026,"room":"o#1"},"target":"app",
            "span":{"name":"send","trace":"t-1"}}"#;
        let shown = ALL.line("outbound", 0, line).unwrap();
        assert!(shown.starts_with("1970-01-01T00:00:00"), "{shown}");
        assert!(shown.contains(" outbound      WARN   was refused  code=131026  room=o#1  "));
        assert!(shown.ends_with("name=send  trace=t-1"), "{shown}");
    }

    #[test]
    fn only_lines_of_the_trace_are_shown_if_one_is_named() {
        let one = Shown { trace: Some("t-1"), metrics: false };
        let line = |trace: &str| format!(r#"{{"level":"INFO","span":{{"trace":"{trace}"}}}}"#);
        assert!(one.line("webhook", 0, &line("t-1")).is_some());
        assert!(one.line("webhook", 0, &line("t-2")).is_none());
    }

    #[test]
    fn metrics_are_shown_when_asked_for() {
        let line = r#"{"level":"ERROR","timestamp":"2026-01-05T01:00:00Z","_aws":{"Timestamp":1},"Stack":"sapa","Unknown":1}"#;
        assert!(ALL.line("webhook", 0, line).is_none());
        let shown = Shown { metrics: true, ..ALL }.line("webhook", 0, line).unwrap();
        assert!(shown.ends_with("METRIC Stack=sapa  Unknown=1"), "{shown}");
    }

    #[test]
    fn lines_of_others_are_shown_too_but_not_each_run() {
        for routine in ["START RequestId: 1", "END RequestId: 1", "REPORT RequestId: 1\tDuration"] {
            assert!(ALL.line("media", 0, routine).is_none(), "{routine}");
        }
        let line = ALL.line("media", 0, "  WARN work{trace=\"t-1\"}: was refused").unwrap();
        assert!(line.ends_with(" WARN   work{trace=\"t-1\"}: was refused"), "{line}");
        let panic = "thread 'main' panicked at src/main.rs";
        assert!(ALL.line("media", 0, panic).unwrap().ends_with(&format!("-      {panic}")));
        let platform =
            r#"{"time":"x","type":"platform.runtimeDone","record":{"status":"timeout"}}"#;
        let shown = ALL.line("media", 0, platform).unwrap();
        assert!(shown.ends_with("platform.runtimeDone  status=timeout"), "{shown}");
        let access =
            r#"{"requestId":"r","route":"ANY /v1/{proxy+}","status":"200","latency":"12"}"#;
        let shown = ALL.line("http-api", 0, access).unwrap();
        assert!(shown.contains(" 200 ") && shown.contains("latency=12"), "{shown}");
    }
}
