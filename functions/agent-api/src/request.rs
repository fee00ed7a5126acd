//! What clients send, read so that every refusal names its field.

use std::collections::BTreeMap;

use axum::{
    extract::{
        FromRequest, FromRequestParts, Path, Query, Request,
        path::ErrorKind,
        rejection::{BytesRejection, PathRejection},
    },
    http::{HeaderMap, header::CONTENT_TYPE, request::Parts},
};
use bytes::Bytes;
use domain::{Id, channel::Channel};
use platform::problem::Problem;
use serde::{
    Deserializer,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::error::Category;

use crate::responses::Failed;

/// More than there are kinds of channels.
const MOST_CHANNELS: usize = 50;

/// A JSON body. An empty one reads as `{}`, for operations whose fields are all optional.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failed> {
        let is_json = is_json(request.headers());
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        said_json(&bytes, is_json)?;
        Ok(Self(object(&bytes)?))
    }
}

/// Refuses a body that is not said to be JSON.
pub(crate) fn said_json(bytes: &[u8], is_json: bool) -> Result<(), Problem> {
    if bytes.is_empty() || is_json {
        return Ok(());
    }
    let detail = "The body is JSON: say so by `Content-Type: application/json`.";
    let problem = Problem::new(415, "unsupported_media_type", detail);
    Err(Problem { field: Some("Content-Type".into()), ..problem })
}

/// Whether a body is said to be JSON. A page of somebody else's can have a browser send forms and
/// plain text in a user's name, and their cookie with them; of JSON the browser asks us first.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// Reads a JSON object; nothing reads as an empty one.
pub(crate) fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { bytes };
    // serde would also take a list, of the fields in their order.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(Problem::field("body", "The body is not a JSON object."));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let body = read(&mut json, || serde_json::from_slice::<IgnoredAny>(bytes).is_ok())?;
    json.end().map_err(|error| {
        Problem::field("body", format!("The body is not the JSON expected: {error}."))
    })?;
    Ok(body)
}

/// Reads fields, so that a refusal names the one that is wrong. Whether they are whole, and not the
/// beginning of something that breaks off, is asked where they don't read.
pub(crate) fn read<'de, T: DeserializeOwned>(
    fields: impl Deserializer<'de, Error = serde_json::Error>,
    are_whole: impl FnOnce() -> bool,
) -> Result<T, Problem> {
    serde_path_to_error::deserialize(fields).map_err(|error| refusal(error, are_whole))
}

/// Names the field that fields don't read for.
fn refusal(
    error: serde_path_to_error::Error<serde_json::Error>,
    are_whole: impl FnOnce() -> bool,
) -> Problem {
    let path = error.path().to_string();
    let inner = error.into_inner();
    let words = inner.to_string();
    // serde names a missing field, and one that does not exist, in its words only.
    let named = |what| words.strip_prefix(what).and_then(|rest| rest.split('`').next());
    if let Some(field) = named("missing field `") {
        let field = if path == "." { field.to_owned() } else { format!("{path}.{field}") };
        return Problem::field(field, "This field is missing.");
    }
    if let Some(field) = named("unknown field `") {
        let inside = path.rsplit_once('.').filter(|(_, last)| *last == field);
        let field = if inside.is_some() { path } else { field.to_owned() };
        return Problem::field(field, "There is no such field.");
    }
    // serde also speaks of broken JSON where a value is of a kind that no enum has.
    if path != "." && (inner.classify() == Category::Data || are_whole()) {
        return Problem::field(path, format!("This field does not read: {words}."));
    }
    Problem::field("body", format!("The body is not the JSON expected: {words}."))
}

fn unreadable(rejection: BytesRejection) -> Failed {
    let status = rejection.status().as_u16();
    Failed(if status == 413 {
        too_large()
    } else {
        Problem::field("body", "The body could not be read.")
    })
}

/// A body without a file that is longer than any operation needs.
pub(crate) fn too_large() -> Problem {
    let detail = format!("The body is larger than {} bytes.", crate::BODY_LIMIT);
    Problem { field: Some("body".into()), ..Problem::new(413, "too_large", detail) }
}

/// An id in the path; one that is none is told from one that does not exist. The refusal bears the
/// name of its place.
pub(crate) struct PathId<T>(pub(crate) Id<T>);

impl<T, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let places = places(parts, state).await?;
        let [(name, text)] = places.as_slice() else { return Err(no_id("id")) };
        Ok(Self(text.parse().map_err(|_| no_id(name))?))
    }
}

/// The ids in a path that names two things: `/v1/rooms/{id}/agents/{agent_id}`.
pub(crate) struct PathIds<A, B>(pub(crate) Id<A>, pub(crate) Id<B>);

impl<A, B, S: Send + Sync> FromRequestParts<S> for PathIds<A, B> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let places = places(parts, state).await?;
        let [(first, one), (second, other)] = places.as_slice() else { return Err(no_id("id")) };
        Ok(Self(one.parse().map_err(|_| no_id(first))?, other.parse().map_err(|_| no_id(second))?))
    }
}

/// What stands in the places of a path, with their names.
async fn places<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<Vec<(String, String)>, Failed> {
    match Path::<Vec<(String, String)>>::from_request_parts(parts, state).await {
        Ok(Path(places)) => Ok(places),
        Err(PathRejection::FailedToDeserializePathParams(failed)) => match failed.kind() {
            ErrorKind::InvalidUtf8InPathParam { key } => Err(no_id(key)),
            _ => Err(no_id("id")),
        },
        Err(_) => Err(no_id("id")),
    }
}

fn no_id(place: &str) -> Failed {
    Failed(Problem::field(place, "This id in the path is not a UUID in lower case."))
}

/// An id in a body.
pub(crate) fn body_id<T>(field: &'static str, text: &str) -> Result<Id<T>, Problem> {
    text.parse().map_err(|_| Problem::field(field, "It is an id: a UUID in lower case."))
}

/// What makes a repeated request the same one.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let key = headers.get("idempotency-key").map(|value| value.to_str().map(str::to_owned));
    key.transpose().map_err(|_| {
        Problem::field("Idempotency-Key", "The key may hold visible ASCII characters only.")
    })
}

/// The parameters of a list.
pub(crate) struct Parameters(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(pairs) =
            query.map_err(|_| Problem::field("query", "The query string does not read."))?;
        Ok(Self::of(pairs)?)
    }
}

impl Parameters {
    /// These, each given once.
    pub(crate) fn of(pairs: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut parameters = BTreeMap::new();
        for (name, value) in pairs {
            if parameters.insert(name.clone(), value).is_some() {
                return Err(Problem::field(name, "This parameter is given twice."));
            }
        }
        Ok(Self(parameters))
    }

    /// Refuses parameters that the list does not know: a filter that is silently ignored shows
    /// what the client did not ask for.
    pub(crate) fn only(self, known: &[&str]) -> Result<Self, Problem> {
        if self.0.contains_key("offset") {
            let detail = "Paging is by `cursor`: pass the `next` of the page before.";
            return Err(Problem::field("offset", detail));
        }
        match self.0.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(self),
            Some(name) => {
                let detail = format!("There is no such parameter; there are {}.", known.join(", "));
                Err(Problem::field(name, detail))
            }
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All of them, by name.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A parameter that the operation can't do without.
    pub(crate) fn needed(&self, name: &str) -> Result<&str, Problem> {
        self.get(name).ok_or_else(|| Problem::field(name, "This parameter is missing."))
    }

    /// An id that a parameter names.
    pub(crate) fn id<T>(&self, name: &str) -> Result<Option<Id<T>>, Problem> {
        let id = self.get(name).map(str::parse).transpose();
        id.map_err(|_| Problem::field(name, "It is an id: a UUID in lower case."))
    }

    /// One of these things by its name.
    pub(crate) fn one_of<T: Copy>(
        &self,
        name: &str,
        things: &[T],
        called: impl Fn(T) -> &'static str,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match things.iter().find(|thing| called(**thing) == text) {
            Some(thing) => Ok(Some(*thing)),
            None => {
                let names: Vec<_> = things.iter().map(|t| format!("`{}`", called(*t))).collect();
                Err(Problem::field(name, format!("It is one of {}.", names.join(", "))))
            }
        }
    }

    /// The page size: 1 to 100, or what the list shows by itself.
    pub(crate) fn limit(&self, default: usize) -> Result<usize, Problem> {
        let Some(text) = self.get("limit") else { return Ok(default) };
        let limit = text.parse().ok().filter(|limit| (1..=100).contains(limit));
        limit.ok_or_else(|| Problem::field("limit", "A page holds 1 to 100."))
    }
}

/// A list of channels, as long as there can be channels.
pub(crate) fn channels(channels: Vec<Channel>) -> Result<Vec<Channel>, Problem> {
    if channels.len() <= MOST_CHANNELS {
        return Ok(channels);
    }
    Err(Problem::field("channels", format!("At most {MOST_CHANNELS} channels can be named.")))
}
