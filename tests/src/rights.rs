//! What a call does to which partitions of the table, as IAM's `dynamodb:LeadingKeys` sees it.

use serde_json::Value;

/// The rights that a call needs, each with the partition that it is needed for.
pub(crate) fn leading_keys(operation: &str, request: &Value) -> Vec<(String, String)> {
    let named = |action: &str, key: &Value| {
        key["S"].as_str().map(|key| (action.to_owned(), key.to_owned()))
    };
    match operation {
        "TransactWriteItems" => {
            let items = request["TransactItems"].as_array().into_iter().flatten();
            let parts = items.filter_map(|item| item.as_object()?.iter().next());
            parts
                .filter_map(|(kind, part)| match kind.as_str() {
                    "Put" => named("PutItem", &part["Item"]["pk"]),
                    "Update" => named("UpdateItem", &part["Key"]["pk"]),
                    "Delete" => named("DeleteItem", &part["Key"]["pk"]),
                    _ => named("ConditionCheckItem", &part["Key"]["pk"]),
                })
                .collect()
        }
        "BatchGetItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flatten();
            let keys = tables.filter_map(|(_, asked)| asked["Keys"].as_array()).flatten();
            keys.filter_map(|key| named(operation, &key["pk"])).collect()
        }
        "Query" => {
            let values = &request["ExpressionAttributeValues"];
            let keys = [":pk", ":ipk", ":dpk"].into_iter();
            let keys = keys.filter_map(|name| named(operation, &values[name]));
            match request["IndexName"].as_str() {
                None => keys.collect(),
                // An index is a resource of its own.
                Some(index) => {
                    keys.map(|(action, key)| (action, format!("index/{index} {key}"))).collect()
                }
            }
        }
        "PutItem" => named(operation, &request["Item"]["pk"]).into_iter().collect(),
        _ => named(operation, &request["Key"]["pk"]).into_iter().collect(),
    }
}
