//! What an operation takes in its address, and what it must refuse there by name.

use serde_json::Value;
use world::requests::ApiRequest;

use super::{Ids, Operation, values::beyond_words};

/// These two belong together: whom a channel account talks with.
const PAIR: [&str; 2] = ["account_uniq_id", "channel_integration_id"];

/// A parameter of a query.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// Whether the operation can't do without.
    is_needed: bool,
    schema: Value,
}

impl Parameter {
    pub(super) fn read(parameter: &Value) -> Self {
        Self {
            name: parameter["name"].as_str().unwrap().to_owned(),
            is_needed: parameter["required"] == true,
            schema: parameter["schema"].clone(),
        }
    }

    /// As a refusal names it: a list is `tags[]` in a query.
    pub(crate) fn field(&self) -> &str {
        self.name.trim_end_matches("[]")
    }

    /// Values that its schema does not allow; none is as long as the last.
    pub(crate) fn wrong(&self) -> Vec<String> {
        let mut wrong = beyond_words(&self.schema);
        match self.schema["type"].as_str().unwrap() {
            "integer" => {
                wrong.extend(["nonsense", "1.5", "99999999999999999999"].map(str::to_owned));
                let bound = |name: &str| self.schema[name].as_i64();
                wrong.extend(bound("minimum").map(|least| (least - 1).to_string()));
                wrong.extend(bound("maximum").map(|most| (most + 1).to_string()));
            }
            "boolean" => wrong.push("nonsense".to_owned()),
            "string" => {}
            other => panic!("what is no {other}?"),
        }
        wrong.push("x".repeat(5000));
        wrong
    }
}

impl Operation {
    pub(crate) fn has_parameter(&self, name: &str) -> bool {
        self.query.iter().any(|parameter| parameter.name == name)
    }

    /// The names of its query parameters that are ids.
    pub(crate) fn ids_in_query(&self) -> impl Iterator<Item = &str> {
        let ids = self.query.iter().filter(|parameter| parameter.schema["format"] == "uuid");
        ids.map(|parameter| parameter.name.as_str())
    }

    /// The names of those that it can't do without.
    pub(crate) fn needed(&self) -> Vec<&str> {
        let needed = self.query.iter().filter(|parameter| parameter.is_needed);
        needed.map(|parameter| parameter.name.as_str()).collect()
    }

    /// A request with one of its query parameters, and those that go with it.
    pub(crate) fn request_with_query(&self, ids: &Ids, name: &str, value: &str) -> ApiRequest {
        let is_of_pair = PAIR.iter().all(|known| self.has_parameter(known));
        let is_paired = is_of_pair && PAIR.contains(&name);
        let beside = PAIR.into_iter().filter(|other| is_paired && *other != name);
        let mut query: Vec<_> = beside.map(|name| format!("{name}={}", ids.of(name))).collect();
        query.push(format!("{name}={value}"));
        self.asked(ids, &query)
    }

    /// A request with one of them twice.
    pub(crate) fn request_with_two(&self, ids: &Ids, name: &str) -> ApiRequest {
        self.asked(ids, &[format!("{name}=1"), format!("{name}=1")])
    }

    /// A request without one that it can't do without.
    pub(crate) fn request_without(&self, ids: &Ids, name: &str) -> ApiRequest {
        let others = self.needed().into_iter().filter(|needed| *needed != name);
        let query: Vec<_> = others.map(|name| format!("{name}={}", ids.of(name))).collect();
        self.asked(ids, &query)
    }

    fn asked(&self, ids: &Ids, query: &[String]) -> ApiRequest {
        let path = self.path_about(ids);
        ApiRequest::new(self.method, format!("{path}?{}", query.join("&")))
    }
}
