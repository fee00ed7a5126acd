//! The process that `up` leaves behind: the reverse proxy, with the channel simulator beside it.
//!
//! One process and one port for both, so that there is one thing to start, to stop and to look for
//! in a log. It listens on loopback only.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::proxy::Proxy;
use crate::seed::Demo;
use crate::simulator::{self, SimulatorConfig};

/// Everything this process needs to know, written by `up`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// Where to listen.
    pub(crate) port: u16,
    /// Everything before the path of the deployed HTTP API.
    pub(crate) upstream: String,
    /// Where the simulator posts.
    pub(crate) webhook_url: String,
    /// Whom the simulator plays.
    pub(crate) demo: Demo,
    /// What the simulator keeps.
    pub(crate) simulator_state: PathBuf,
}

/// Serves until it is asked to stop.
pub(crate) async fn run(plan: &Path) -> anyhow::Result<()> {
    let text = fs::read(plan).with_context(|| format!("reading {}", plan.display()))?;
    let plan: Plan = serde_json::from_slice(&text).context("the plan is not of this version")?;
    let router = router(&plan)?;
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, plan.port)).await.context("listening")?;
    // Some clients try only the first address that `localhost` has; without IPv6 there is just one.
    if let Ok(second) = TcpListener::bind((Ipv6Addr::LOCALHOST, plan.port)).await {
        tokio::spawn(axum::serve(second, router.clone()).into_future());
    }
    let mut terminate = signal(SignalKind::terminate())?;
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            terminate.recv().await;
        })
        .await
        .map_err(io::Error::into)
}

fn router(plan: &Plan) -> anyhow::Result<Router> {
    let proxy = Proxy::new(plan.upstream.clone());
    let demo = plan.demo.clone();
    let simulator = simulator::router(SimulatorConfig {
        webhook_url: plan.webhook_url.clone(),
        app_secret: demo.app_secret,
        phone_number_id: demo.phone_number_id,
        display_phone_number: demo.display_phone_number,
        waba_id: demo.waba_id,
        access_token: demo.access_token,
        state_path: plan.simulator_state.clone(),
    })?;
    Ok(Router::new()
        .route("/webhooks/{*path}", any(forward))
        .route("/v1/{*path}", any(forward))
        .route("/qontak/chat/v1/{*path}", any(forward))
        .with_state(proxy)
        .nest("/simulator", simulator)
        .route("/simulator/", get(async || Redirect::permanent("/simulator")))
        .fallback(nothing_here)
        .layer(middleware::from_fn(log)))
}

async fn forward(State(proxy): State<Proxy>, request: Request<Body>) -> Response {
    proxy.forward(request).await
}

async fn nothing_here() -> impl IntoResponse {
    let what = "Here are /v1 (the API), /qontak/chat/v1 (for Qontak's clients), /webhooks (for \
                channels) and /simulator.\n";
    (StatusCode::NOT_FOUND, what)
}

/// One line per request. Without the query, where verification tokens travel.
async fn log(request: Request<Body>, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    println!("{} {method} {path}", response.status().as_u16());
    response
}
