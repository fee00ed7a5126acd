//! The carrier: posts webhooks when they are due and tells the provider what became of them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::Semaphore;
use world::graph::{Delivery, sign};

use super::Simulator;
use super::clock::now_ms;

/// A receiver that is silent for longer counts as not having answered. The webhook function may
/// run for 30 s behind its gateway.
const PATIENCE: Duration = Duration::from_secs(35);
/// Posts under way at once. The real provider uses many connections, and so should a test of what
/// overtakes what; but the emulator starts a process for each.
const AT_ONCE: usize = 4;

/// A plain HTTP/1 client.
pub(super) type HttpClient = Client<HttpConnector, Body>;

/// A client that keeps its connections.
pub(super) fn http_client() -> HttpClient {
    Client::builder(TokioExecutor::new()).build_http()
}

/// Posts what is due, for ever.
pub(super) async fn run(simulator: Arc<Simulator>) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let due = simulator.graph().due(now_ms());
        for delivery in due {
            // The semaphore is never closed, so a slot always comes.
            let slot = Arc::clone(&slots).acquire_owned().await;
            let simulator = Arc::clone(&simulator);
            tokio::spawn(async move {
                let _slot = slot;
                if let Err(reason) = post(&simulator, &delivery).await {
                    tracing::warn!(attempt = delivery.attempt, %reason, "webhook not delivered");
                }
            });
        }
        wait(&simulator).await;
    }
}

/// Sleeps until the next webhook is due or another one is scheduled.
async fn wait(simulator: &Simulator) {
    let next_ms = simulator.graph().next_due();
    let Some(next_ms) = next_ms else {
        return simulator.scheduled.notified().await;
    };
    let pause = Duration::from_millis(next_ms.saturating_sub(now_ms()));
    tokio::select! {
        () = tokio::time::sleep(pause) => {}
        () = simulator.scheduled.notified() => {}
    }
}

/// Posts one webhook and reports to the provider; the HTTP status, or why there was none.
pub(super) async fn post(simulator: &Simulator, delivery: &Delivery) -> Result<u16, String> {
    let outcome = match tokio::time::timeout(PATIENCE, request(simulator, delivery)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    };
    let status = *outcome.as_ref().unwrap_or(&0);
    simulator.graph().answered(delivery.id, now_ms(), status);
    if status != 200 {
        simulator.scheduled.notify_one();
    }
    outcome
}

async fn request(simulator: &Simulator, delivery: &Delivery) -> Result<u16, String> {
    let signature = sign(&simulator.app_secret, &delivery.body);
    let request = Request::post(&simulator.webhook)
        .header("content-type", "application/json")
        .header("user-agent", "sapa-simulator")
        .header("x-hub-signature-256", signature)
        .body(Body::from(delivery.body.clone()))
        .map_err(|error| error.to_string())?;
    match simulator.client.request(request).await {
        Ok(response) => Ok(response.status().as_u16()),
        Err(error) => Err(format!("{} is not reachable: {error}", simulator.webhook)),
    }
}
