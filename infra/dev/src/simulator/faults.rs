//! Switching the provider's faults on and off while it runs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use world::graph::{Fault, Graph};

use super::Simulator;

/// A fault to set: `{"fault": "rate-limit", "count": 3}`, or `{"fault": "slow", "percent": 30}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Set {
    fault: String,
    /// How often it strikes; without it, until cleared.
    count: Option<u32>,
    /// On how many of a hundred occasions it strikes; without it, on each.
    percent: Option<u8>,
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
    percent: u32,
}

/// `GET /faults`.
pub(super) async fn list(State(simulator): State<Arc<Simulator>>) -> Json<Faults> {
    Json(in_force(&simulator.graph()))
}

/// `PUT /faults`: sets one, beside those already in force.
pub(super) async fn set(
    State(simulator): State<Arc<Simulator>>,
    Json(set): Json<Set>,
) -> Result<Json<Faults>, Problem> {
    let fault = named(&set.fault)?;
    let mut graph = simulator.graph();
    match (set.count, set.percent) {
        (count, None) => graph.set_fault(fault, count),
        (None, Some(percent)) if percent <= 100 => graph.set_fault_share(fault, percent),
        (None, Some(_)) => return Err(Problem::bad_request("percent must be 0 to 100")),
        (Some(_), Some(_)) => return Err(Problem::bad_request("either count or percent")),
    }
    Ok(Json(in_force(&graph)))
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
    Ok(Json(in_force(&simulator.graph())))
}

fn named(name: &str) -> Result<Fault, Problem> {
    name.parse()
        .map_err(|unknown: world::graph::UnknownFault| Problem::bad_request(unknown.to_string()))
}

/// The faults in force and all there are.
pub(super) fn in_force(graph: &Graph) -> Faults {
    let faults = graph
        .faults()
        .iter()
        .map(|(&fault, &count)| InForce { fault, count, percent: graph.fault_percent(fault) })
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
