//! Logs and metrics, both as lines on standard output.
//!
//! Logs are lines of `tracing`, JSON in the deployed functions. Metrics
//! are CloudWatch's embedded metric format: a line that CloudWatch counts, at no call and no
//! right. Neither ever holds a secret or a word that a customer wrote.

use serde_json::json;

/// Starts the log. `AWS_LAMBDA_LOG_LEVEL` and `AWS_LAMBDA_LOG_FORMAT` rule it.
pub fn init() {
    lambda_runtime::tracing::init_default_subscriber();
}

/// Counts something that an alarm watches, in namespace `Sapa`, by function. Outside Lambda nobody
/// reads the line, and it is not written.
pub fn count(metric: &'static str, channel: &str, at: jiff::Timestamp) {
    let Some(function) = crate::config::function_name() else { return };
    let line = json!({
        "_aws": {
            "Timestamp": at.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "Sapa",
                "Dimensions": [["FunctionName"]],
                "Metrics": [{"Name": metric, "Unit": "Count"}],
            }],
        },
        "FunctionName": function,
        "channel": channel,
        metric: 1,
    });
    println!("{line}");
}
