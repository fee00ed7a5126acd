//! Every operation of the API, from its own OpenAPI document: what is asked of all of them is
//! asked of those to come, too.

use serde_json::{Map, Value};
use world::requests::ApiRequest;

/// An operation as a client finds it in the document.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    /// As in the document: the id is `{id}`.
    pub(crate) path: String,
    /// The names of its query parameters.
    pub(crate) query: Vec<String>,
    /// The least body that it takes, if it takes one; every required field is a string.
    pub(crate) body: Option<Map<String, Value>>,
}

impl Operation {
    pub(crate) fn has_id(&self) -> bool {
        self.path.contains("{id}")
    }

    /// What the id names.
    pub(crate) fn is_of_rooms(&self) -> bool {
        self.path.starts_with("/v1/rooms")
    }

    /// A request that the operation takes, about this room or integration.
    pub(crate) fn request(&self, id: &str) -> ApiRequest {
        let request = ApiRequest::new(self.method, self.path.replace("{id}", id));
        match &self.body {
            Some(body) => request.body(Value::from(body.clone()).to_string()),
            None => request,
        }
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Operation> {
    let document = serde_json::to_value(agent_api::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations.push(read(&document, path, method, operation));
        }
    }
    assert!(operations.len() >= 9, "{operations:?}");
    operations
}

fn read(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let query = parameters.iter().filter(|parameter| parameter["in"] == "query");
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    Operation {
        method: match method {
            "get" => "GET",
            "post" => "POST",
            "put" => "PUT",
            "delete" => "DELETE",
            other => panic!("the method {other} is new"),
        },
        path: path.to_owned(),
        query: query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect(),
        body: (!schema.is_null()).then(|| least(document, schema)),
    }
}

/// A body with the required fields only.
fn least(document: &Value, schema: &Value) -> Map<String, Value> {
    let reference = reference(schema).expect("bodies are named schemas");
    let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    required.iter().map(|field| (field.as_str().unwrap().to_owned(), "Halo".into())).collect()
}

/// The reference in a schema, which may be one of several where the body is optional.
fn reference(schema: &Value) -> Option<&str> {
    match schema {
        Value::Object(fields) => match fields.get("$ref") {
            Some(reference) => reference.as_str(),
            None => fields.values().find_map(reference),
        },
        Value::Array(items) => items.iter().find_map(reference),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
