//! A company of the world and its provider, and the way between the functions and the providers.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use app::provision::{Provisioned, Setup};
use platform::transport::{Answering, FetchError, Fetching, Transport, TransportError};

use crate::{
    aws::cognito::JWKS_URL,
    clock::Clock,
    graph::{Graph, sign},
    requests::ApiRequest,
    wire::Wire,
};

/// A company of the world, with its own app, number, provider and key.
#[derive(Clone)]
pub struct Company {
    /// What it was set up with.
    pub setup: Setup,
    /// What it became.
    pub provisioned: Provisioned,
    /// Its provider.
    pub graph: Arc<Mutex<Graph>>,
}

impl Company {
    /// Its provider, for looking and telling.
    pub fn graph(&self) -> MutexGuard<'_, Graph> {
        lock(&self.graph)
    }
}

/// The other side of the transport: the user pool's keys, and the providers, routed by whom a
/// request is meant for, delayed and lost as they say.
pub(crate) struct ToGraph {
    pub(crate) graphs: Mutex<Vec<Arc<Mutex<Graph>>>>,
    pub(crate) clock: Clock,
    pub(crate) wire: Wire,
}

impl Transport for ToGraph {
    fn send(&self, request: http::Request<Vec<u8>>, limit: Duration) -> Answering<'_> {
        Box::pin(async move {
            if *request.uri() == JWKS_URL {
                let keys = self.wire.services().cognito.jwks();
                return keys.map(http::Response::new).ok_or(TransportError::NotSent);
            }
            let graphs = lock(&self.graphs).clone();
            // Who is meant by nobody's token, any of them refuses.
            let meant = graphs.iter().find(|graph| lock(graph).is_meant(&request));
            let graph = meant.or(graphs.first());
            let Some(graph) = graph else { return Err(TransportError::NotSent) };
            let answer = lock(graph).handle(self.clock.now_ms(), &request);
            if answer.lost || Duration::from_millis(answer.delay_ms) >= limit {
                tokio::time::sleep(limit).await;
                return Err(TransportError::NoAnswer);
            }
            tokio::time::sleep(Duration::from_millis(answer.delay_ms)).await;
            Ok(answer.response)
        })
    }

    fn fetch(&self, request: http::Request<Vec<u8>>, limit: Duration, most: usize) -> Fetching<'_> {
        Box::pin(async move {
            let response = self.send(request, limit).await?;
            if response.body().len() > most { Err(FetchError::TooLarge) } else { Ok(response) }
        })
    }
}

/// A signed delivery to a company's webhook.
pub fn webhook_request(company: &Company, body: &[u8]) -> ApiRequest {
    ApiRequest::new("POST", format!("/webhooks/whatsapp/{}", company.setup.app_key))
        .header("content-type", "application/json")
        .header("x-hub-signature-256", sign(&company.setup.app_secret, body))
        .body(body)
}

/// Locks, also after a panic: what a test saw before it matters more.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    match mutex.lock() {
        Ok(guard) => guard,
        Err(poisoned) => poisoned.into_inner(),
    }
}
