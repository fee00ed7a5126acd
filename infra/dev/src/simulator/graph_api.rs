//! The provider's API: every request goes to the double, and its answer is given when it says.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use http::header::HOST;
use http::{Request, StatusCode, Uri};
use http_body_util::{Full, Limited};

use super::Simulator;
use super::clock::now_ms;

/// How long a lost response keeps its connection: longer than any client waits.
const LOST: Duration = Duration::from_secs(60);

/// Any request below `/graph`.
pub(super) async fn handle(
    State(simulator): State<Arc<Simulator>>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let Ok(uri) = format!("/{path}{query}").parse::<Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // Files are fetched from where the API was asked: containers know this machine by other names.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let media = format!("http://{host}/simulator/graph/whatsapp_business/attachments/");
    let mut request = Request::new(body.to_vec());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;

    let answer = {
        let mut graph = simulator.graph();
        graph.set_media_url(&media);
        graph.handle(now_ms(), &request)
    };
    simulator.scheduled.notify_one();

    if answer.lost {
        tokio::time::sleep(LOST).await;
        return hung_up();
    }
    tokio::time::sleep(Duration::from_millis(answer.delay_ms)).await;
    answer.response.map(Body::from)
}

/// A response whose body fails at once, upon which the server closes the connection without having
/// written anything. An error status would not do: it would tell the client that its request failed.
fn hung_up() -> Response {
    let body = Limited::new(Full::new(Bytes::from_static(b".")), 0);
    let mut response = Response::new(Body::new(body));
    response
        .headers_mut()
        .insert(http::header::CONTENT_LENGTH, http::HeaderValue::from_static("1"));
    response
}
