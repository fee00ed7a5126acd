//! What Qontak's clients send: the same fields as JSON, as a form, or as a form with a file.
//!
//! Qontak's reference describes form data, its guides show JSON, and clients do either
//! (github.com/qontak-dev/chat, `chat-service-open.json` and `docs/Getting Started`). A form's
//! values are all text, so a flag is also read from text, and an object or a list from JSON text
//! ([`FormValue`]). A form that a stranger's page has a browser send does no harm here: no cookie
//! proves anybody, and a page can't add the header that does.

use std::{collections::BTreeMap, fmt::Display};

use axum::{
    body::to_bytes,
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::{StatusCode, header::CONTENT_TYPE},
};
use platform::problem::Problem;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error, value::MapDeserializer},
};
use serde_json::Value;

use super::form_value::FormValue;
use crate::{
    BODY_LIMIT,
    files::multipart::{described, unreadable},
    request::{self, is_json, object, said_json, too_large},
    responses::Failed,
};

/// The name of the one part that may be a file.
const FILE: &str = "file";

/// The fields of a request.
pub(super) struct Fields<T>(pub(super) T);

/// The fields of a request, and the file that came with them.
pub(super) struct FieldsAndFile<T> {
    pub(super) fields: T,
    pub(super) file: Option<SentFile>,
}

/// A file in a form.
#[derive(Debug)]
pub(super) struct SentFile {
    pub(super) filename: String,
    pub(super) mime_type: String,
    pub(super) bytes: Vec<u8>,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Fields<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failed> {
        let FieldsAndFile { fields, file } = read(request, without_file).await?;
        match file {
            None => Ok(Self(fields)),
            Some(_) => Err(Problem::field(FILE, "There is no such field.").into()),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for FieldsAndFile<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failed> {
        Ok(read(request, unreadable).await?)
    }
}

/// Reads a body; `broken` is what is wrong with a form that breaks off, or is too large.
async fn read<T: DeserializeOwned>(
    request: Request,
    broken: fn(MultipartError) -> Problem,
) -> Result<FieldsAndFile<T>, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    match kind.to_ascii_lowercase().as_str() {
        "multipart/form-data" => form(request, broken).await,
        "application/x-www-form-urlencoded" => {
            let bytes = body(request).await?;
            let fields = pairs(&bytes)?;
            Ok(FieldsAndFile { fields: of_form(&fields)?, file: None })
        }
        _ => {
            let is_json = is_json(request.headers());
            let bytes = body(request).await?;
            said_json(&bytes, is_json)?;
            Ok(FieldsAndFile { fields: object(&bytes)?, file: None })
        }
    }
}

/// A body without a file. The operation's own limit may be for one with a file.
async fn body(request: Request) -> Result<Vec<u8>, Problem> {
    let bytes = to_bytes(request.into_body(), BODY_LIMIT).await.map_err(|_| too_large())?;
    Ok(bytes.to_vec())
}

/// What a form says, by its fields' names.
type Form = BTreeMap<String, String>;

fn pairs(bytes: &[u8]) -> Result<Form, Problem> {
    let mut fields = Form::new();
    for (name, value) in form_urlencoded::parse(bytes) {
        keep(&mut fields, name.into_owned(), value.into_owned())?;
    }
    Ok(fields)
}

async fn form<T: DeserializeOwned>(
    request: Request,
    broken: fn(MultipartError) -> Problem,
) -> Result<FieldsAndFile<T>, Problem> {
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|_| {
        Problem::field("body", "The body is not `multipart/form-data` with a boundary.")
    })?;
    let (mut fields, mut file) = (Form::new(), None);
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or("body").to_owned();
        if part.file_name().is_some() {
            let sent = sent_file(&name, part).await?;
            if file.replace(sent).is_some() {
                return Err(Problem::field(FILE, "A message carries one file."));
            }
            continue;
        }
        let text = part.text().await.map_err(broken)?;
        if text.len() > BODY_LIMIT {
            return Err(too_large());
        }
        keep(&mut fields, name, text)?;
    }
    Ok(FieldsAndFile { fields: of_form(&fields)?, file })
}

/// What is wrong with a form of an operation that takes no file.
fn without_file(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { too_large() } else { unreadable(error) }
}

async fn sent_file(name: &str, part: Field<'_>) -> Result<SentFile, Problem> {
    if name != FILE {
        return Err(Problem::field(name, "There is no such field."));
    }
    let (filename, mime_type) = described(&part)?;
    let bytes = part.bytes().await.map_err(unreadable)?.to_vec();
    Ok(SentFile { filename, mime_type, bytes })
}

fn keep(fields: &mut Form, name: String, value: String) -> Result<(), Problem> {
    match fields.insert(name.clone(), value) {
        None => Ok(()),
        Some(_) => Err(Problem::field(name, "This field is given twice.")),
    }
}

/// Reads a form as the object that it stands for, so that it is refused as JSON is.
fn of_form<T: DeserializeOwned>(fields: &Form) -> Result<T, Problem> {
    let fields = fields.iter().map(|(name, value)| (name.as_str(), FormValue(value)));
    request::read(MapDeserializer::new(fields), || true)
}

/// Yes or no, in JSON or as the text of a form.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Bool(flag) => Ok(flag),
        Value::String(text) => said(&text).ok_or_else(|| not_a_flag(text)),
        other => Err(not_a_flag(other)),
    }
}

/// The same where it may be left out.
pub(super) fn maybe_flag<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    match Option::<Value>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(flag)),
        Some(Value::String(text)) => said(&text).map(Some).ok_or_else(|| not_a_flag(text)),
        Some(other) => Err(not_a_flag(other)),
    }
}

fn said(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn not_a_flag<E: Error>(_: impl Display) -> E {
    E::custom("it is `true` or `false`")
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sent {
        name: String,
        #[serde(default, deserialize_with = "maybe_flag")]
        enabled: Option<bool>,
        place: Option<Place>,
        tags: Option<Vec<String>>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Place {
        floor: u8,
    }

    async fn sent(kind: &str, body: &str) -> Result<Sent, Option<String>> {
        let request = Request::builder().header(CONTENT_TYPE, kind);
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let read = Fields::<Sent>::from_request(request, &()).await;
        read.map(|fields| fields.0).map_err(|failed| failed.0.field)
    }

    fn part(head: &str, value: &str) -> String {
        format!("--cut\r\nContent-Disposition: form-data; {head}\r\n\r\n{value}\r\n")
    }

    #[tokio::test]
    async fn in_a_form_an_object_or_a_list_is_json_text_and_text_is_never_json() {
        let read = async |name: &str, place: &str, tags: &str| {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.extend_pairs([("name", name), ("place", place), ("tags", tags)]);
            sent("application/x-www-form-urlencoded", &form.finish()).await
        };
        for name in ["{\"floor\":1}", "[1]", "true", "null"] {
            let expected = Sent {
                name: name.into(),
                enabled: None,
                place: Some(Place { floor: 2 }),
                tags: Some(vec!["a".into()]),
            };
            assert_eq!(read(name, "{\"floor\":2}", "[\"a\"]").await, Ok(expected));
        }
        let long = "[".repeat(1000);
        for (place, tags, field) in [
            ("{\"floor\":2", "[]", "place"),
            ("{\"floor\":2} x", "[]", "place"),
            ("", "[]", "place"),
            (&long, "[]", "place"),
            ("\"floor\"", "[]", "place"),
            ("{\"floor\":\"two\"}", "[]", "place.floor"),
            ("{}", "[]", "place.floor"),
            ("{\"floor\":2,\"door\":1}", "[]", "place.door"),
            ("{\"floor\":2}", "a", "tags"),
            ("{\"floor\":2}", "[\"a\",1]", "tags[1]"),
        ] {
            assert_eq!(read("a", place, tags).await, Err(Some(field.to_owned())), "{place} {tags}");
        }
    }

    #[tokio::test]
    async fn json_and_forms_say_the_same() {
        let multipart = "multipart/form-data; boundary=cut";
        let form = "application/x-www-form-urlencoded";
        let name = part("name=\"name\"", "pelanggan lama");
        let end = "--cut--\r\n";
        for (kind, body) in [
            ("application/json", r#"{"name":"pelanggan lama","enabled":true}"#.to_owned()),
            ("application/json", r#"{"name":"pelanggan lama","enabled":"1"}"#.to_owned()),
            (form, "name=pelanggan+lama&enabled=true".to_owned()),
            (multipart, format!("{name}{}{end}", part("name=\"enabled\"", "1"))),
        ] {
            let read = sent(kind, &body).await;
            let expected = Sent {
                name: "pelanggan lama".into(),
                enabled: Some(true),
                place: None,
                tags: None,
            };
            assert_eq!(read, Ok(expected), "{kind}");
        }
        for (kind, body, field) in [
            (form, "enabled=true".to_owned(), "name"),
            (form, "name=a&name=b".to_owned(), "name"),
            (form, "name=a&enabled=maybe".to_owned(), "enabled"),
            (form, "name=a&other=1".to_owned(), "other"),
            (multipart, format!("{name}{name}{end}"), "name"),
            (multipart, "nonsense".to_owned(), "body"),
            ("multipart/form-data", name.clone(), "body"),
            (
                multipart,
                format!("{name}{}{end}", part("name=\"file\"; filename=\"a\"", "x")),
                "file",
            ),
            (multipart, format!("{}{end}", part("name=\"foto\"; filename=\"a\"", "x")), "foto"),
            ("application/json", "x".repeat(BODY_LIMIT + 1), "body"),
            ("text/plain", r#"{"name":"a"}"#.to_owned(), "Content-Type"),
            ("", r#"{"name":"a"}"#.to_owned(), "Content-Type"),
        ] {
            assert_eq!(sent(kind, &body).await, Err(Some(field.to_owned())), "{kind} {field}");
        }
    }
}
