//! Logs and metrics, both as lines on standard output.
//!
//! Logs are lines of `tracing`, JSON in the deployed functions. Metrics
//! are CloudWatch's embedded metric format: a line that CloudWatch counts, at no call and no
//! right. Neither ever holds a secret or a word that a customer wrote.

use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::{Value, json};

/// Whose process this is: without a stack nobody counts.
static COUNTER: OnceLock<Option<Counter>> = OnceLock::new();

/// Who counts.
struct Counter {
    stack: String,
    function: String,
}

/// Starts the log and the counting. `AWS_LAMBDA_LOG_LEVEL` and `AWS_LAMBDA_LOG_FORMAT` rule the log.
pub fn init() {
    lambda_runtime::tracing::init_default_subscriber();
    COUNTER.get_or_init(|| {
        let function = crate::config::function_name();
        crate::config::stack_name().map(|stack| Counter { stack, function })
    });
}

/// Counts something that an alarm or the dashboard shows, in namespace `Sapa`, by stack, at this
/// time in milliseconds.
pub fn count(metric: &'static str, at_millis: i64) {
    if let Some(counter) = COUNTER.get().and_then(Option::as_ref) {
        println!("{}", counter.counted(metric, at_millis));
    }
}

impl Counter {
    /// One of a metric, as CloudWatch reads it from a log
    /// (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
    ///
    /// The stack alone is its dimension: an alarm hears of it whichever function counts. The function
    /// is there for who reads the log.
    fn counted(&self, metric: &'static str, at_millis: i64) -> Value {
        json!({
            // Lambda drops lines below the log's level, and takes one without a level or a time for
            // INFO (docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html).
            "level": "ERROR",
            "timestamp": Timestamp::from_millisecond(at_millis).unwrap_or_default().to_string(),
            "_aws": {
                "Timestamp": at_millis,
                "CloudWatchMetrics": [{
                    "Namespace": "Sapa",
                    "Dimensions": [["Stack"]],
                    "Metrics": [{"Name": metric, "Unit": "Count"}],
                }],
            },
            "Stack": self.stack,
            "Function": self.function,
            metric: 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_names_its_metric_and_each_dimension() {
        let counter = Counter { stack: "sapa".into(), function: "sapa-outbound".into() };
        let line = counter.counted("UnknownSends", 1_767_574_800_000);
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(line["_aws"]["Timestamp"], 1_767_574_800_000_i64);
        assert_eq!(directive["Metrics"][0]["Name"], "UnknownSends");
        assert_eq!(line["UnknownSends"], 1);
        for dimension in directive["Dimensions"][0].as_array().unwrap() {
            assert!(line[dimension.as_str().unwrap()].is_string(), "{dimension}");
        }
        // Whatever level the log has.
        assert_eq!(line["level"], "ERROR");
        assert_eq!(line["timestamp"], "2026-01-05T01:00:00Z");
    }
}
