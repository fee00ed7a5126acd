//! Values that a schema does not allow.

use serde_json::{Value, json};

use super::{Body, body::is_of};

impl Body {
    /// Values that do not read as a schema says.
    pub(super) fn unfit(&self, schema: &Value, is_required: bool) -> Vec<Value> {
        let kinds = self.alternatives(schema);
        let takes = |name: &str| kinds.iter().any(|kind| is_of(kind, name));
        let mut unfit = Vec::new();
        let candidates = [
            ("string", json!("Halo")),
            ("boolean", json!(true)),
            ("object", json!({ "nonsense": 1 })),
            ("array", json!([["nonsense"]])),
        ];
        for (name, value) in candidates {
            if !takes(name) {
                unfit.push(value);
            }
        }
        match (takes("integer"), takes("number")) {
            (true, _) => unfit.extend([json!(1e300), json!(1.5)]),
            // Any number reads as a number.
            (false, true) => {}
            (false, false) => unfit.push(json!(5)),
        }
        if is_required && !takes("null") {
            unfit.push(Value::Null);
        }
        if kinds.iter().any(|kind| is_of(kind, "string") && !kind["enum"].is_null()) {
            unfit.push(json!("nonsense"));
        }
        // An object in a list is a place of its own.
        for kind in kinds.iter().filter(|kind| kind["items"].is_object()) {
            let items = &kind["items"];
            if !self.alternatives(items).iter().any(|kind| is_of(kind, "object")) {
                unfit.extend(self.unfit(items, true).into_iter().map(|value| json!([value])));
            }
        }
        unfit
    }

    /// Values that read, and lie outside of a schema's bounds.
    pub(super) fn beyond(&self, schema: &Value) -> Vec<Value> {
        let mut beyond = Vec::new();
        for kind in self.alternatives(schema) {
            beyond.extend(beyond_words(&kind).into_iter().map(Value::from));
            if kind["maximum"].is_number() && is_of(&kind, "number") {
                beyond.push(json!(1e300));
            }
            if let Some(least) = kind["minimum"].as_i64() {
                beyond.push(json!(least - 1));
            }
            if let Some(most) = kind["maximum"].as_i64() {
                beyond.push(json!(most + 1));
            }
            let so_many = |count: u64| {
                let one = self.example(&kind["items"]);
                json!(vec![one; usize::try_from(count).unwrap()])
            };
            if let Some(least) = kind["minItems"].as_u64().filter(|least| *least > 0) {
                beyond.push(so_many(least - 1));
            }
            if let Some(most) = kind["maxItems"].as_u64() {
                beyond.push(so_many(most + 1));
            }
            if kind["items"].is_object() {
                let items = self.beyond(&kind["items"]);
                beyond.extend(items.into_iter().map(|value| json!([value])));
            }
        }
        beyond
    }
}

/// Texts outside of a schema's bounds, without its references.
pub(super) fn beyond_words(kind: &Value) -> Vec<String> {
    let mut beyond = Vec::new();
    let has_form = match kind["format"].as_str() {
        Some("uuid" | "date-time" | "email" | "uri") => true,
        None | Some("int32" | "int64" | "double" | "password") => false,
        Some(other) => panic!("what is no {other}?"),
    };
    if has_form || kind["pattern"].is_string() {
        beyond.push("nonsense".to_owned());
    }
    if let Some(most) = kind["maxLength"].as_u64() {
        beyond.push("x".repeat(usize::try_from(most).unwrap() + 1));
    }
    match kind["minLength"].as_u64() {
        None | Some(0) => {}
        Some(1) => beyond.push(String::new()),
        Some(least) => beyond.push("x".repeat(usize::try_from(least).unwrap() - 1)),
    }
    beyond
}
