//! Forms: what Qontak's clients send instead of JSON, and whoever brings a file.

use serde_json::Value;
use world::{files::JPEG, requests::ApiRequest};

use super::{
    Body, Ids, Operation,
    body::{is_of, required},
    in_own_room,
};

/// The fields of a form.
pub(crate) type Fields = Vec<(String, String)>;

/// A part of a form that can hold files.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    name: String,
    filename: Option<&'static str>,
    bytes: Vec<u8>,
}

/// A form that must be refused.
#[derive(Debug)]
pub(crate) struct WrongForm {
    pub(crate) fields: Fields,
    pub(crate) field: String,
}

impl Part {
    /// A text.
    pub(crate) fn text(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), filename: None, bytes: text.as_bytes().to_vec() }
    }

    /// A file of so many bytes more than a picture has.
    pub(crate) fn file(name: &str, more: usize) -> Self {
        let bytes = [JPEG, &vec![0; more]].concat();
        Self { name: name.to_owned(), filename: Some("a.jpg"), bytes }
    }
}

impl Body {
    /// The least that the operation takes, as a form; nothing if that has more than texts in it.
    pub(crate) fn least_form(&self, ids: &Ids) -> Option<Fields> {
        let least = in_own_room(self.least(), ids);
        let fields = least.as_object().unwrap().iter().map(|(name, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                Value::Null | Value::Array(_) | Value::Object(_) => return None,
            };
            Some((name.clone(), text))
        });
        fields.collect()
    }

    /// The required fields that no text of a form can be.
    pub(crate) fn more_than_text(&self) -> Vec<String> {
        let object = self.object();
        let mut needed = required(&object);
        needed.retain(|name| {
            let kinds = self.alternatives(&object["properties"][name]);
            kinds.iter().all(|kind| is_of(kind, "object") || is_of(kind, "array"))
        });
        needed
    }

    /// Forms with one thing wrong, each with the field that has to be named.
    pub(crate) fn wrong_forms(&self, least: &Fields) -> Vec<WrongForm> {
        let object = self.object();
        let without = |field: &str| {
            let others = least.iter().filter(|(name, _)| name != field);
            others.cloned().collect::<Fields>()
        };
        let mut wrong = Vec::new();
        let mut with = |field: &str, mut fields: Fields, value: Option<&str>| {
            fields.extend(value.map(|value| (field.to_owned(), value.to_owned())));
            wrong.push(WrongForm { fields, field: field.to_owned() });
        };
        with("nonsense", least.clone(), Some("1"));
        for (name, value) in least {
            with(name, least.clone(), Some(value));
        }
        for name in required(&object) {
            with(&name, without(&name), None);
        }
        for (name, schema) in object["properties"].as_object().into_iter().flatten() {
            let values = self.unfit(schema, false).into_iter().chain(self.beyond(schema));
            for value in values.filter_map(|value| value.as_str().map(str::to_owned)) {
                with(name, without(name), Some(&value));
            }
        }
        wrong
    }

    /// Whether a file may come along in its form.
    pub(crate) fn takes_file_along(&self) -> bool {
        self.object()["properties"].get("file").is_some()
    }
}

impl Operation {
    /// The request with a form of texts.
    pub(crate) fn request_of_form(&self, ids: &Ids, fields: &Fields) -> ApiRequest {
        let pairs =
            fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let request = ApiRequest::new(self.method, self.address(ids)).body(body);
        request.header("content-type", "application/x-www-form-urlencoded")
    }

    /// The request with a form that can hold files.
    pub(crate) fn request_of_parts(&self, ids: &Ids, parts: &[Part]) -> ApiRequest {
        let mut body = Vec::new();
        for Part { name, filename, bytes } in parts {
            let head = match filename {
                None => format!("name=\"{name}\""),
                Some(filename) => {
                    format!("name=\"{name}\"; filename=\"{filename}\"\r\nContent-Type: image/jpeg")
                }
            };
            body.extend(format!("--cut\r\nContent-Disposition: form-data; {head}\r\n\r\n").bytes());
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--cut--\r\n");
        let request = ApiRequest::new(self.method, self.address(ids)).body(body);
        request.header("content-type", "multipart/form-data; boundary=cut")
    }
}

/// These texts as parts.
pub(crate) fn parts(fields: &Fields) -> Vec<Part> {
    fields.iter().map(|(name, value)| Part::text(name, value)).collect()
}

fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
