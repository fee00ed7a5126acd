//! What the functions' calls cost: counted where they pass, in AWS's own units.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::aws::Answer;

/// Calls and capacity units.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Calls to AWS services.
    pub calls: u32,
    /// Write request units, those of refused conditional writes included.
    pub wru: f64,
    /// Read request units.
    pub rru: f64,
}

impl std::ops::AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.wru += other.wru;
        self.rru += other.rru;
    }
}

/// Costs since the last reset, by operation.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    /// `service.operation` -> cost.
    pub by_operation: BTreeMap<String, Cost>,
}

impl Meter {
    /// Everything together.
    pub fn total(&self) -> Cost {
        let mut total = Cost::default();
        self.by_operation.values().for_each(|cost| total += *cost);
        total
    }

    /// Counts a call.
    pub fn count(&mut self, service: &str, operation: &str, request: &Value, answer: &Answer) {
        let mut cost = Cost { calls: 1, ..Cost::default() };
        if service == "dynamodb" {
            let units = units(operation, request, answer);
            match operation {
                "GetItem" | "BatchGetItem" | "Query" => cost.rru = units,
                _ => cost.wru = units,
            }
        }
        *self.by_operation.entry(format!("{service}.{operation}")).or_default() += cost;
    }
}

/// What DynamoDB charges: what it says it consumed, or the least for a write that a condition
/// refused (1 for a row below 1 KB, 2 in a transaction), which it charges without saying so.
fn units(operation: &str, request: &Value, answer: &Answer) -> f64 {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    if answer.status != 200 {
        let code = body["__type"].as_str().unwrap_or_default();
        let refused =
            code.contains("ConditionalCheckFailed") || code.contains("TransactionCanceled");
        let writes =
            request["TransactItems"].as_array().map_or(1.0, |items| 2.0 * items.len() as f64);
        return if refused && operation != "GetItem" { writes } else { 0.0 };
    }
    match &body["ConsumedCapacity"] {
        Value::Array(tables) => {
            tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum()
        }
        table => table["CapacityUnits"].as_f64().unwrap_or(0.0),
    }
}
