//! `ANY /webhooks/{channel}/{key}`: what providers deliver.
//!
//! Answers are for providers, so they say little: 200 once everything is safe, 401 for what is
//! not signed, 403 for a verification that fails, 404 for an address that is nobody's, 413 for
//! what is too large, 503 when the provider should deliver again. The body is verified as the
//! bytes that came, before anything looks into it.

use std::sync::Arc;

use app::{
    inbound::{Inbound, Received},
    secret_owners,
};
use channels::whatsapp::{limits, verify};
use domain::{channel::Channel, integration::ProviderApp};
use lambda_http::{Body, Request, RequestExt, Response, http::Method};
use platform::{
    Source,
    queue::Queue,
    secrets::Secrets,
    trace::{self, traced},
};
use secrecy::ExposeSecret;
use tokio::time::Instant;

/// What the function works with.
#[derive(Debug)]
pub struct Webhook {
    /// The use cases.
    pub inbound: Inbound,
    /// The queue of what has to be tried again.
    pub retries: Queue,
    /// The key of the app secrets.
    pub secrets: Secrets,
    /// The clock.
    pub source: Source,
}

/// Serves one request.
pub async fn handle(webhook: Arc<Webhook>, request: Request) -> Response<Body> {
    let trace = trace::of_request(request.extensions());
    traced(trace.as_deref(), webhook.answer(&request)).await
}

fn response(status: u16, body: String) -> Response<Body> {
    let mut response = Response::new(Body::Text(body));
    *response.status_mut() = lambda_http::http::StatusCode::from_u16(status)
        .unwrap_or(lambda_http::http::StatusCode::INTERNAL_SERVER_ERROR);
    // The challenge is a stranger's text: no browser may take it for a page.
    let plain = lambda_http::http::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert("content-type", plain);
    let nosniff = lambda_http::http::HeaderValue::from_static("nosniff");
    response.headers_mut().insert("x-content-type-options", nosniff);
    response
}

/// Why a request is not served.
struct Refusal {
    status: u16,
    reason: &'static str,
}

const NOBODY: Refusal = Refusal { status: 404, reason: "no such webhook" };
const AGAIN: Refusal = Refusal { status: 503, reason: "deliver again later" };

impl Webhook {
    async fn answer(&self, request: &Request) -> Response<Body> {
        let (status, body) = match self.serve(request).await {
            Ok(body) => (200, body),
            Err(refusal) => (refusal.status, refusal.reason.to_owned()),
        };
        tracing::info!(status, "answered");
        response(status, body)
    }

    async fn serve(&self, request: &Request) -> Result<String, Refusal> {
        let arrived = Instant::now();
        let path = request.raw_http_path();
        let (channel, key) = address(path).ok_or(NOBODY)?;
        let app = self.inbound.app(key).await.map_err(|error| {
            tracing::error!(%error, "the provider app could not be read");
            AGAIN
        })?;
        let app = app.filter(|app| app.channel == channel).ok_or(NOBODY)?;
        match *request.method() {
            Method::GET => challenge(&app, request),
            Method::POST => self.delivery(&app, request, arrived).await,
            _ => Err(Refusal { status: 405, reason: "GET or POST" }),
        }
    }

    async fn delivery(
        &self,
        app: &ProviderApp,
        request: &Request,
        arrived: Instant,
    ) -> Result<String, Refusal> {
        // lambda_http has undone API Gateway's base64: these are the bytes that were signed.
        let body: &[u8] = request.body().as_ref();
        let limit = match app.channel {
            Channel::WhatsApp => limits::MAX_DELIVERY,
        };
        if body.len() > limit {
            return Err(Refusal { status: 413, reason: "the body is too large" });
        }
        let now = self.source.now();
        let owner = secret_owners::app(app);
        let secret = self.secrets.open(&app.secret, &owner, now).await.map_err(|error| {
            tracing::error!(%error, app = app.key, "the app secret could not be opened");
            AGAIN
        })?;
        let signed = match app.channel {
            Channel::WhatsApp => {
                let header = request.headers().get(verify::SIGNATURE_HEADER);
                let header = header.and_then(|value| value.to_str().ok());
                verify::signature(secret.expose_secret().as_bytes(), header, body)
            }
        };
        signed.map_err(|error| {
            tracing::warn!(%error, app = app.key, "a delivery was refused");
            Refusal { status: 401, reason: "the signature is missing or wrong" }
        })?;
        match self.inbound.receive_delivery(&self.retries, app, body, arrived).await {
            Received::Safe => Ok(String::new()),
            Received::DeliverAgain => Err(AGAIN),
        }
    }
}

fn challenge(app: &ProviderApp, request: &Request) -> Result<String, Refusal> {
    let query = request.query_string_parameters();
    let is_ours = |token: &str| verify::is_token(token, &app.verify_token_sha256);
    let challenge = match app.channel {
        Channel::WhatsApp => verify::challenge(query.iter(), is_ours),
    };
    challenge.map_err(|_| Refusal { status: 403, reason: "the verification failed" })
}

/// The channel and key of `/webhooks/{channel}/{key}`.
fn address(path: &str) -> Option<(Channel, &str)> {
    let rest = path.split_once("/webhooks/")?.1;
    let (channel, key) = rest.split_once('/')?;
    let is_key = !key.is_empty() && key.len() <= 64;
    let is_key = is_key && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_key.then_some((channel.parse().ok()?, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_address_leads_anywhere() {
        assert_eq!(address("/webhooks/whatsapp/abc-1"), Some((Channel::WhatsApp, "abc-1")));
        for path in ["/webhooks/whatsapp/", "/webhooks/fax/abc", "/webhooks/whatsapp/a/b", "/", ""]
        {
            assert_eq!(address(path), None, "{path}");
        }
    }
}
