//! Which partitions a call writes to, those of the indexes included: each takes so many units a
//! second, whoever writes to it.

use serde_json::Value;

/// The partition and sort key of each index.
const INDEXES: [(&str, &str); 2] = [("ipk", "isk"), ("dpk", "dsk")];

/// The partitions that a call writes to; `row` looks a row up as it is now.
pub(crate) fn written_partitions(
    operation: &str,
    request: &Value,
    row: impl Fn(&Value) -> Value,
) -> Vec<String> {
    let writes: Vec<&Value> = match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" => vec![request],
        "TransactWriteItems" => request["TransactItems"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|item| {
                ["Put", "Update", "Delete"].into_iter().find_map(|kind| item.get(kind))
            })
            .collect(),
        _ => Vec::new(),
    };
    let mut partitions = Vec::new();
    for write in writes {
        let target = if write["Item"].is_null() { &write["Key"] } else { &write["Item"] };
        partitions.extend(target["pk"]["S"].as_str().map(str::to_owned));
        if !may_move(write) {
            continue;
        }
        let key = serde_json::json!({ "pk": target["pk"], "sk": target["sk"] });
        let old = row(&key);
        for (hash, range) in INDEXES {
            let before = place(&old[hash], &old[range]);
            let after = place(&new(write, &old, hash), &new(write, &old, range));
            if before != after {
                let moved = before.into_iter().chain(after);
                partitions.extend(moved.map(|(hash, _)| format!("index {hash}")));
            }
        }
    }
    partitions
}

fn may_move(write: &Value) -> bool {
    let expression = write["UpdateExpression"].as_str().unwrap_or_default();
    let is_keyed = INDEXES.iter().any(|(hash, range)| {
        !write["Item"][hash].is_null() || expression.contains(hash) || expression.contains(range)
    });
    is_keyed || write["Item"]["sk"]["S"].as_str().is_some_and(|sk| sk == "room")
}

fn place(hash: &Value, range: &Value) -> Option<(String, String)> {
    Some((hash["S"].as_str()?.to_owned(), range["S"].as_str()?.to_owned()))
}

/// What an attribute is after the write.
fn new(write: &Value, old: &Value, name: &str) -> Value {
    if !write["Item"].is_null() {
        return write["Item"][name].clone();
    }
    let expression = write["UpdateExpression"].as_str().unwrap_or_default();
    let given = &write["ExpressionAttributeValues"][format!(":{name}")];
    let keeps = expression.contains(&format!("if_not_exists({name}")) && !old[name].is_null();
    let removes = expression.split("REMOVE").nth(1).is_some_and(|list| list.contains(name));
    match (removes, keeps || given.is_null()) {
        (true, _) => Value::Null,
        (false, true) => old[name].clone(),
        (false, false) => given.clone(),
    }
}
