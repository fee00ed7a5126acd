//! The reverse proxy: plain addresses in front of the emulator's long ones.
//!
//! Bodies are streamed and headers are handed on as they came, because a webhook's signature covers
//! each byte of its body.

use anyhow::Context;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONNECTION, HOST, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::uri::PathAndQuery;
use http::{HeaderMap, Request, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// Headers that belong to one connection and are not handed on (RFC 9110, 7.6.1).
const OF_THE_CONNECTION: [HeaderName; 6] =
    [CONNECTION, HeaderName::from_static("keep-alive"), TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// Sends requests on to one HTTP API.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    client: Client<HttpConnector, Body>,
    /// Everything before the path: `http://127.0.0.1:4566/_aws/execute-api/{api}/$default`.
    upstream: String,
}

impl Proxy {
    /// A proxy to the API at `upstream`.
    pub(crate) fn new(upstream: String) -> Self {
        Self { client: client(), upstream }
    }

    /// Sends one request on and returns what was answered; 502 when nothing was.
    pub(crate) async fn forward(&self, request: Request<Body>) -> Response {
        match self.exchange(request).await {
            Ok(response) => response,
            Err(error) => {
                (StatusCode::BAD_GATEWAY, format!("the stack does not answer: {error:#}\n"))
                    .into_response()
            }
        }
    }

    async fn exchange(&self, mut request: Request<Body>) -> anyhow::Result<Response> {
        let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        *request.uri_mut() = format!("{}{path}", self.upstream).parse()?;
        // The emulator finds its services by this name; the client sets the right one.
        request.headers_mut().remove(HOST);
        strip(request.headers_mut());
        let mut response = self.client.request(request).await?.map(Body::new);
        strip(response.headers_mut());
        Ok(response)
    }
}

fn strip(headers: &mut HeaderMap) {
    for name in &OF_THE_CONNECTION {
        headers.remove(name);
    }
}

/// Whether a plain GET of that address succeeds.
pub(crate) async fn answers(url: &str) -> bool {
    status(url).await.is_ok_and(|status| status.is_success())
}

async fn status(url: &str) -> anyhow::Result<StatusCode> {
    let uri: Uri = url.parse().with_context(|| format!("{url} is no URL"))?;
    let request = Request::get(uri).body(Body::empty())?;
    Ok(client().request(request).await?.status())
}

fn client() -> Client<HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).build_http()
}
