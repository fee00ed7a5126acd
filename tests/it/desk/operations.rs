//! Every operation of the API, from its own OpenAPI document: what is asked of all of them is
//! asked of those to come, too.

mod body;
mod forms;
mod ids;
mod places;
mod query;
mod values;

use serde_json::Value;
use world::requests::ApiRequest;

pub(crate) use body::Body;
pub(crate) use forms::{Part, parts};
pub(crate) use ids::Ids;
pub(crate) use places::BodyPlace;
use query::Parameter;

/// An operation as a client finds it in the document.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    /// As in the document: an id is `{id}`.
    pub(crate) path: String,
    /// Its query parameters.
    pub(crate) query: Vec<Parameter>,
    /// Whether it is for those who have no key yet.
    pub(crate) is_public: bool,
    /// What it takes in JSON, if it does.
    pub(crate) body: Option<Body>,
    /// Whether it takes a form with a file.
    pub(crate) takes_file: bool,
    /// Whether it does anything: what is not there yet only says so.
    pub(crate) is_there: bool,
}

/// A place in a path, such as `{id}` of `/v1/rooms/{id}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// What the document calls it.
    pub(crate) name: String,
    /// What it names one of: the segment before it.
    pub(crate) of: String,
}

impl Place {
    /// Whether an id belongs here, and not a word.
    pub(crate) fn is_id(&self) -> bool {
        self.name.ends_with("id")
    }
}

impl Operation {
    /// The places in its path.
    pub(crate) fn places(&self) -> Vec<Place> {
        let segments: Vec<&str> = self.path.split('/').collect();
        let named = |segment: &str| Some(segment.strip_prefix('{')?.strip_suffix('}')?.to_owned());
        let places = segments
            .windows(2)
            .filter_map(|pair| named(pair[1]).map(|name| Place { name, of: pair[0].to_owned() }));
        places.collect()
    }

    pub(crate) fn has_id(&self) -> bool {
        self.places().iter().any(Place::is_id)
    }

    pub(crate) fn is_of_rooms(&self) -> bool {
        self.path.starts_with("/v1/rooms")
    }

    pub(crate) fn is_qontaks(&self) -> bool {
        self.path.starts_with("/qontak/chat/")
    }

    /// Its address, about these things.
    pub(crate) fn address(&self, ids: &Ids) -> String {
        let (path, needed) = (self.path_about(ids), self.needed());
        let query: Vec<_> =
            needed.into_iter().map(|name| format!("{name}={}", ids.of(name))).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    /// Its path, about these things.
    fn path_about(&self, ids: &Ids) -> String {
        self.places().iter().fold(self.path.clone(), |path, place| {
            path.replace(&format!("{{{}}}", place.name), ids.of(&place.of))
        })
    }

    /// A request that the operation takes, about these things.
    pub(crate) fn request(&self, ids: &Ids) -> ApiRequest {
        if self.takes_file {
            return self.request_of_parts(ids, &[Part::file("file", 0)]);
        }
        self.to(self.address(ids), ids)
    }

    /// The same with something else in one place of its path.
    pub(crate) fn request_with(&self, ids: &Ids, place: &Place, other: &str) -> ApiRequest {
        let own = format!("/{}/{}", place.of, ids.of(&place.of));
        let path = self.address(ids).replacen(&own, &format!("/{}/{other}", place.of), 1);
        self.to(path, ids)
    }

    fn to(&self, address: String, ids: &Ids) -> ApiRequest {
        let request = ApiRequest::new(self.method, address);
        let Some(body) = &self.body else { return request };
        request.body(in_own_room(body.least(), ids).to_string())
    }

    /// The request with another body. What that names of rooms is there, unless it is an id already.
    pub(crate) fn request_of(&self, ids: &Ids, body: Value) -> ApiRequest {
        ApiRequest::new(self.method, self.address(ids)).body(in_own_room(body, ids).to_string())
    }
}

/// The body about the room that is there, where it names one by the document's example.
fn in_own_room(mut body: Value, ids: &Ids) -> Value {
    let examples =
        ["0190b5a8-0000-7000-8000-000000000000", "375aa2d1-9949-84de-b603-bff67b4380a7", "Halo"];
    if let Some(room) = body.get_mut("room_id")
        && room.as_str().is_some_and(|id| examples.contains(&id))
    {
        *room = ids.of("rooms").into();
    }
    body
}

/// All of them: first what only looks, last what ends something.
pub(crate) fn all() -> Vec<Operation> {
    let document = serde_json::to_value(agent_api::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations.push(read(&document, path, method, operation));
        }
    }
    assert!(operations.len() >= 9, "{operations:?}");
    operations.sort_by_key(|operation| match operation.method {
        "GET" => 0,
        "DELETE" if operation.path == "/v1/contacts/{id}" => 4,
        "DELETE" => 2,
        _ if operation.path.ends_with("/resolve") => 3,
        // Nothing is sent to who is blocked.
        "POST" if operation.path.ends_with("/contact_block") => 3,
        _ => 1,
    });
    operations
}

/// All that a key is needed for, and that are there.
pub(crate) fn guarded() -> Vec<Operation> {
    all().into_iter().filter(|operation| !operation.is_public && operation.is_there).collect()
}

fn read(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let query = parameters.iter().filter(|parameter| parameter["in"] == "query");
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    // `security: []`, or an alternative that asks for nothing.
    let security = operation["security"].as_array();
    let asks_nothing = |alternatives: &Vec<Value>| {
        alternatives
            .iter()
            .all(|schemes| schemes.as_object().is_some_and(serde_json::Map::is_empty))
    };
    Operation {
        method: match method {
            "get" => "GET",
            "post" => "POST",
            "put" => "PUT",
            "delete" => "DELETE",
            other => panic!("the method {other} is new"),
        },
        path: path.to_owned(),
        query: query.map(Parameter::read).collect(),
        is_public: security.is_some_and(asks_nothing),
        body: (!schema.is_null()).then(|| Body::new(document, schema)),
        is_there: operation["responses"].get("501").is_none(),
        takes_file: !operation["requestBody"]["content"]["multipart/form-data"].is_null(),
    }
}
