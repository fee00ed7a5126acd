//! Places in bodies: where ids and objects stand, and bodies that have one there.

use serde_json::{Map, Value};

use super::body::{Body, required};

/// More than bodies are deep.
const DEEPEST: usize = 12;

/// Of how many bodies each is tried; of more, one.
const MOST_BODIES: usize = 300;

/// A place in a body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BodyPlace(Vec<Step>);

/// A step down into a body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Field(String),
    First,
}

impl BodyPlace {
    /// The last field's name.
    pub(crate) fn name(&self) -> &str {
        let fields = self.0.iter().rev().filter_map(|step| match step {
            Step::Field(name) => Some(name.as_str()),
            Step::First => None,
        });
        fields.into_iter().next().expect("a place has a name")
    }

    /// As a refusal names it: `interactive.header.file_id`.
    pub(crate) fn field(&self) -> String {
        let mut field = String::new();
        for step in &self.0 {
            match step {
                Step::First => field.push_str("[0]"),
                Step::Field(name) if field.is_empty() => field.push_str(name),
                Step::Field(name) => field.extend([".", name]),
            }
        }
        field
    }

    /// The path of a JSON pointer.
    pub(super) fn pointer(&self) -> String {
        let steps = self.0.iter().map(|step| match step {
            Step::First => "/0".to_owned(),
            Step::Field(name) => format!("/{name}"),
        });
        steps.collect()
    }
}

impl Body {
    /// Where ids stand.
    pub(crate) fn id_places(&self) -> Vec<BodyPlace> {
        self.places(|kind| kind["format"] == "uuid")
    }

    /// Where objects stand inside the body.
    pub(crate) fn object_places(&self) -> Vec<BodyPlace> {
        self.places(|kind| kind.get("properties").is_some())
    }

    fn places(&self, is_looked_for: impl Fn(&Value) -> bool + Copy) -> Vec<BodyPlace> {
        let mut found = Vec::new();
        self.walk(&self.schema, &mut Vec::new(), is_looked_for, &mut found);
        found.sort();
        found.dedup();
        found
    }

    fn walk(
        &self,
        schema: &Value,
        path: &mut Vec<Step>,
        is_looked_for: impl Fn(&Value) -> bool + Copy,
        found: &mut Vec<BodyPlace>,
    ) {
        if path.len() > DEEPEST {
            return;
        }
        for kind in self.alternatives(schema) {
            if is_looked_for(&kind) && !path.is_empty() {
                found.push(BodyPlace(path.clone()));
            }
            if kind["items"].is_object() {
                path.push(Step::First);
                self.walk(&kind["items"], path, is_looked_for, found);
                path.pop();
            }
            for (name, schema) in kind["properties"].as_object().into_iter().flatten() {
                path.push(Step::Field(name.clone()));
                self.walk(schema, path, is_looked_for, found);
                path.pop();
            }
        }
    }

    /// The schema of an object inside the body.
    pub(super) fn object_at(&self, place: &BodyPlace) -> Value {
        let mut schema = self.object();
        for step in &place.0 {
            schema = match step {
                Step::Field(name) => {
                    self.kind(&schema, |kind| is_field(kind, name))["properties"][name].clone()
                }
                Step::First => {
                    self.kind(&schema, |kind| kind["items"].is_object())["items"].clone()
                }
            };
        }
        self.kind(&schema, |kind| kind.get("properties").is_some())
    }

    /// Bodies that have something in a place: with only what is required beside it and with the
    /// schema's example, of every `type` that the objects on the way can have; so many at most.
    pub(crate) fn bodies_with(&self, place: &BodyPlace) -> Vec<Value> {
        let object = self.object();
        let bare = required(&object).into_iter().map(|name| {
            let value = self.example(&object["properties"][&name]);
            (name, value)
        });
        let bare = Value::Object(bare.collect::<Map<_, _>>());
        let mut bodies = Vec::new();
        for base in [bare, self.least()] {
            let with = self.put(&object, base, &place.0);
            bodies.extend(self.typed(with, &object, &place.0, ""));
        }
        if bodies.len() > MOST_BODIES {
            bodies.truncate(1);
        }
        bodies
    }

    /// Such bodies with an id in the place, and the same with another one.
    pub(crate) fn with_ids(
        &self,
        place: &BodyPlace,
        own: &str,
        foreign: &str,
    ) -> Vec<(Value, Value)> {
        let filled = self.bodies_with(place).into_iter().map(|body| {
            let [own, foreign] = [own, foreign].map(|id| {
                let mut body = body.clone();
                *body.pointer_mut(&place.pointer()).expect("the place") = id.into();
                body
            });
            (own, foreign)
        });
        filled.collect()
    }

    /// The value with something in a place, whatever it takes on the way there.
    fn put(&self, schema: &Value, value: Value, path: &[Step]) -> Value {
        let Some((step, rest)) = path.split_first() else { return value };
        match step {
            Step::Field(name) => {
                let kind = self.kind(schema, |kind| is_field(kind, name));
                let inside = &kind["properties"][name];
                let mut value = if value.is_object() { value } else { self.example(&kind) };
                let there = value.get(name).filter(|there| !there.is_null()).cloned();
                let there = there.unwrap_or_else(|| self.example(inside));
                value[name] = self.put(inside, there, rest);
                value
            }
            Step::First => {
                let kind = self.kind(schema, |kind| kind["items"].is_object());
                let there = value.get(0).cloned().unwrap_or_else(|| self.example(&kind["items"]));
                Value::Array(vec![self.put(&kind["items"], there, rest)])
            }
        }
    }

    /// The alternative of a schema that has what is looked for.
    fn kind(&self, schema: &Value, has: impl Fn(&Value) -> bool) -> Value {
        self.alternatives(schema).into_iter().find(has).expect("the way that was walked")
    }

    /// The body as it is, and with every other `type` that the objects on the way can have.
    fn typed(&self, body: Value, schema: &Value, path: &[Step], at: &str) -> Vec<Value> {
        let Some((step, rest)) = path.split_first() else { return vec![body] };
        let mut bodies = vec![body.clone()];
        let (inside, further) = match step {
            Step::Field(name) => {
                let kind = self.kind(schema, |kind| is_field(kind, name));
                let types = self.alternatives(&kind["properties"]["type"]);
                let types = types.iter().flat_map(|kind| kind["enum"].as_array()).flatten();
                bodies.extend(types.map(|name| {
                    let mut body = body.clone();
                    body.pointer_mut(at).expect("an object on the way")["type"] = name.clone();
                    body
                }));
                (kind["properties"][name].clone(), format!("{at}/{name}"))
            }
            Step::First => {
                let kind = self.kind(schema, |kind| kind["items"].is_object());
                (kind["items"].clone(), format!("{at}/0"))
            }
        };
        bodies.into_iter().flat_map(|body| self.typed(body, &inside, rest, &further)).collect()
    }
}

/// Whether a schema is of an object with this field.
fn is_field(kind: &Value, name: &str) -> bool {
    kind["properties"].get(name).is_some()
}
