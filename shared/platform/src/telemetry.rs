//! Logs and metrics, both as lines on standard output.
//!
//! Logs are lines of `tracing`, JSON in the deployed functions. Metrics
//! are CloudWatch's embedded metric format: a line that CloudWatch counts, at no call and no
//! right. Neither ever holds a secret or a word that a customer wrote.

use std::sync::OnceLock;

use serde_json::{Value, json};

/// The function whose process this is: without one nobody counts.
static FUNCTION: OnceLock<String> = OnceLock::new();

/// Starts the log and the counting. `AWS_LAMBDA_LOG_LEVEL` and `AWS_LAMBDA_LOG_FORMAT` rule the log.
pub fn init() {
    lambda_runtime::tracing::init_default_subscriber();
    FUNCTION.get_or_init(crate::config::function_name);
}

/// Counts something that an alarm or the dashboard shows, in namespace `Sapa`, by function, at this
/// time in milliseconds.
pub fn count(metric: &'static str, at_millis: i64) {
    if let Some(function) = FUNCTION.get() {
        println!("{}", counted(metric, function, at_millis));
    }
}

/// One of a metric, as CloudWatch reads it from a log
/// (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
fn counted(metric: &'static str, function: &str, at_millis: i64) -> Value {
    json!({
        "_aws": {
            "Timestamp": at_millis,
            "CloudWatchMetrics": [{
                "Namespace": "Sapa",
                "Dimensions": [["FunctionName"]],
                "Metrics": [{"Name": metric, "Unit": "Count"}],
            }],
        },
        "FunctionName": function,
        metric: 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_names_its_metric_and_each_dimension() {
        let line = counted("UnknownSends", "sapa-outbound", 1_767_574_800_000);
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(line["_aws"]["Timestamp"], 1_767_574_800_000_i64);
        assert_eq!(directive["Metrics"][0]["Name"], "UnknownSends");
        assert_eq!(line["UnknownSends"], 1);
        for dimension in directive["Dimensions"][0].as_array().unwrap() {
            assert!(line[dimension.as_str().unwrap()].is_string(), "{dimension}");
        }
    }
}
