//! What an operation takes in JSON, by its schema: the least that it takes, and everything that
//! it must refuse by name.

use serde_json::{Map, Value, json};

use super::BodyPlace;

/// The schema of a body, with the document in which its references lead somewhere.
#[derive(Debug)]
pub(crate) struct Body {
    pub(super) document: Value,
    pub(super) schema: Value,
}

/// A body that must be refused.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) body: String,
    pub(crate) field: String,
}

impl Body {
    pub(crate) fn new(document: &Value, schema: &Value) -> Self {
        Self { document: document.clone(), schema: schema.clone() }
    }

    /// A body with the required fields only.
    pub(crate) fn least(&self) -> Value {
        self.example(&self.schema)
    }

    /// Bodies with one thing wrong, each with the field that has to be named.
    pub(crate) fn wrong(&self) -> Vec<Wrong> {
        let least = self.least();
        let object = self.object();
        let mut wrong = Vec::new();
        let mut with = |field: &str, value: Option<Value>| {
            let mut body = least.clone();
            match value {
                Some(value) => body[field] = value,
                None => drop(body.as_object_mut().unwrap().remove(field)),
            }
            wrong.push(Wrong { body: body.to_string(), field: field.to_owned() });
        };
        with("nonsense", Some(json!(1)));
        for field in required(&object) {
            with(&field, None);
        }
        for (field, schema) in object["properties"].as_object().into_iter().flatten() {
            let is_required = required(&object).contains(field);
            for value in self.unfit(schema, is_required).into_iter().chain(self.beyond(schema)) {
                with(field, Some(value));
            }
        }
        wrong
    }

    /// The same inside an object in the body, under the names in which a refusal names the fields. Of a
    /// body that is refused anyhow, only what does not read is asked about.
    pub(crate) fn wrong_inside(
        &self,
        base: &Value,
        place: &BodyPlace,
        is_taken: bool,
    ) -> Vec<Wrong> {
        let object = self.object_at(place);
        let mut wrong = Vec::new();
        let mut with = |name: &str, value: Option<Value>| {
            let mut body = base.clone();
            let inside = body.pointer_mut(&place.pointer()).expect("the place");
            match value {
                Some(value) => inside[name] = value,
                None => drop(inside.as_object_mut().unwrap().remove(name)),
            }
            let field = format!("{}.{name}", place.field());
            wrong.push(Wrong { body: body.to_string(), field });
        };
        with("nonsense", Some(json!(1)));
        for name in required(&object) {
            with(&name, None);
        }
        for (name, schema) in object["properties"].as_object().into_iter().flatten() {
            let is_required = required(&object).contains(name);
            let beyond = if is_taken { self.beyond(schema) } else { Vec::new() };
            for value in self.unfit(schema, is_required).into_iter().chain(beyond) {
                with(name, Some(value));
            }
        }
        wrong
    }

    /// Values that do not read as a schema says.
    fn unfit(&self, schema: &Value, is_required: bool) -> Vec<Value> {
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
        if takes("integer") {
            unfit.push(json!(1e300));
        } else if !takes("number") {
            unfit.push(json!(5));
        }
        if is_required && !takes("null") {
            unfit.push(Value::Null);
        }
        if kinds.iter().any(|kind| is_of(kind, "string") && !kind["enum"].is_null()) {
            unfit.push(json!("nonsense"));
        }
        unfit
    }

    /// Values that read, and lie outside of a schema's bounds.
    fn beyond(&self, schema: &Value) -> Vec<Value> {
        let mut beyond = Vec::new();
        for kind in self.alternatives(schema) {
            if kind["format"] == "uuid" && is_of(&kind, "string") {
                beyond.push(json!("nonsense"));
            }
            if let Some(most) = kind["maxLength"].as_u64() {
                beyond.push(json!("x".repeat(usize::try_from(most).unwrap() + 1)));
            }
            if kind["minLength"].as_u64().is_some_and(|least| least > 0) {
                beyond.push(json!(""));
            }
            if kind["maximum"].is_number() && is_of(&kind, "number") {
                beyond.push(json!(1e300));
            }
            if let Some(most) = kind["maxItems"].as_u64() {
                let one = self.example(&kind["items"]);
                beyond.push(json!(vec![one; usize::try_from(most).unwrap() + 1]));
            }
        }
        beyond
    }

    pub(super) fn example(&self, schema: &Value) -> Value {
        for schema in self.alternatives(schema) {
            if let Some(example) = schema.get("example") {
                return example.clone();
            }
            if let Some(first) = schema["enum"].get(0) {
                return first.clone();
            }
            for (name, value) in [
                ("string", json!("Halo")),
                ("integer", schema.get("minimum").cloned().unwrap_or(json!(1))),
                ("boolean", json!(true)),
                ("array", json!([])),
            ] {
                if is_of(&schema, name) {
                    return value;
                }
            }
            if is_of(&schema, "object") {
                let field = |name: String| {
                    let value = self.example(&schema["properties"][&name]);
                    (name, value)
                };
                return Value::Object(
                    required(&schema).into_iter().map(field).collect::<Map<_, _>>(),
                );
            }
        }
        panic!("no example of {schema}");
    }

    /// The schema of the object that the body is.
    pub(super) fn object(&self) -> Value {
        let mut alternatives = self.alternatives(&self.schema).into_iter();
        alternatives.find(|kind| is_of(kind, "object")).expect("a body is an object")
    }

    /// What a schema allows, its references followed.
    pub(super) fn alternatives(&self, schema: &Value) -> Vec<Value> {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = self.document.pointer(reference.trim_start_matches('#')).unwrap();
            return self.alternatives(target);
        }
        for several in ["oneOf", "anyOf", "allOf"] {
            if let Some(kinds) = schema[several].as_array() {
                return kinds.iter().flat_map(|kind| self.alternatives(kind)).collect();
            }
        }
        vec![schema.clone()]
    }
}

pub(super) fn required(schema: &Value) -> Vec<String> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Whether a schema allows values of a type; one without a type allows all.
pub(super) fn is_of(schema: &Value, name: &str) -> bool {
    match &schema["type"] {
        Value::String(kind) => kind == name,
        Value::Array(kinds) => kinds.iter().any(|kind| kind == name),
        _ => schema.get("properties").is_none() || name == "object",
    }
}
