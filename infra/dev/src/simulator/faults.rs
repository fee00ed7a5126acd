//! Switching the provider's faults on and off while it runs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use world::graph::Fault;

use super::Simulator;

/// A fault to set: `{"fault": "rate-limit", "count": 3}`.
#[derive(Deserialize)]
pub(super) struct Set {
    fault: String,
    /// How often it strikes; without it, until cleared.
    count: Option<u32>,
}

/// Which fault to clear; without one, all.
#[derive(Deserialize)]
pub(super) struct Clear {
    fault: Option<String>,
}

/// The faults in force, and the names of all there are.
#[derive(Serialize)]
pub(super) struct Faults {
    faults: Vec<InForce>,
    available: [Fault; Fault::ALL.len()],
}

/// A fault in force; `count` is null when it has no end.
#[derive(Serialize)]
struct InForce {
    fault: Fault,
    count: Option<u32>,
}

/// `GET /faults`.
pub(super) async fn list(State(simulator): State<Arc<Simulator>>) -> Json<Faults> {
    Json(in_force(&simulator))
}

/// `PUT /faults`: sets one, beside those already in force.
pub(super) async fn set(
    State(simulator): State<Arc<Simulator>>,
    Json(set): Json<Set>,
) -> Result<Json<Faults>, Problem> {
    let fault = named(&set.fault)?;
    simulator.graph().set_fault(fault, set.count);
    Ok(Json(in_force(&simulator)))
}

/// `DELETE /faults`, or one of them by `?fault=`.
pub(super) async fn clear(
    State(simulator): State<Arc<Simulator>>,
    Query(clear): Query<Clear>,
) -> Result<Json<Faults>, Problem> {
    match clear.fault {
        Some(name) => simulator.graph().clear_fault(named(&name)?),
        None => simulator.graph().clear(),
    }
    Ok(Json(in_force(&simulator)))
}

fn named(name: &str) -> Result<Fault, Problem> {
    name.parse()
        .map_err(|unknown: world::graph::UnknownFault| Problem::bad_request(unknown.to_string()))
}

fn in_force(simulator: &Simulator) -> Faults {
    let faults = simulator
        .graph()
        .faults()
        .iter()
        .map(|(&fault, &count)| InForce { fault, count })
        .collect();
    Faults { faults, available: Fault::ALL }
}

/// Why the simulator itself, not the provider it plays, refuses a request.
pub(super) struct Problem(StatusCode, String);

impl Problem {
    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, detail.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"detail": self.1}))).into_response()
    }
}
