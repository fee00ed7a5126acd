//! Files between the phone's page and the provider.
//!
//! What an agent sends is shown by this origin, so it must not become a page of it: only pictures,
//! sound and films are shown, anything else is downloaded, and all of it in a sandbox.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Simulator;
use super::clock::now_ms;
use super::faults::Problem;

/// `POST /media`: a customer's phone uploads the body, of the type that its header says.
pub(super) async fn upload(
    State(simulator): State<Arc<Simulator>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let mime_type = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let mime_type = mime_type.filter(|kind| kind.contains('/'));
    let mime_type = mime_type.ok_or_else(|| Problem::bad_request("content-type is missing"))?;
    if body.is_empty() {
        return Err(Problem::bad_request("the file is empty"));
    }
    let id = simulator.graph().customer_uploads(now_ms(), mime_type, body.to_vec());
    Ok(Json(json!({ "id": id })))
}

/// `GET /media/{id}`.
pub(super) async fn show(
    State(simulator): State<Arc<Simulator>>,
    Path(id): Path<String>,
) -> Response {
    let found = simulator.graph().media(&id).map(|(kind, bytes)| (kind.to_owned(), bytes.to_vec()));
    let Some((mime_type, bytes)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let shown = ["image/png", "image/jpeg", "image/webp", "audio/", "video/"];
    let shown = shown.iter().any(|kind| mime_type.starts_with(kind));
    let disposition = if shown { "inline" } else { "attachment" };
    let mime_type = if shown { mime_type } else { "application/octet-stream".to_owned() };
    let headers = [
        (header::CONTENT_TYPE, mime_type.as_str()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, max-age=3600"),
    ];
    (headers, bytes).into_response()
}
