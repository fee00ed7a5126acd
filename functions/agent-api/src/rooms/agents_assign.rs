//! `GET` and `PUT /v1/rooms/agent_assign_another_agent`.

use std::sync::Arc;

use app::rooms;
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::Body,
    responses::{Failed, ProblemBody},
};

/// Whether agents may give their rooms away.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgentsAssign {
    /// Whether an agent may hand a room of theirs over to a colleague, or give it back.
    enabled: bool,
}

/// Tells whether agents may hand their rooms over.
#[utoipa::path(
    get,
    path = "/v1/rooms/agent_assign_another_agent",
    responses(
        (status = 200, body = One<AgentsAssign>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_agents_assign(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
) -> Result<Json<One<AgentsAssign>>, Failed> {
    let enabled = rooms::may_agents_assign(&api.table, &caller).await?;
    Ok(Json(One::new(AgentsAssign { enabled })))
}

/// Lets agents hand their rooms over, or no longer. They may not until this allows it.
///
/// Needs the role `admin`.
#[utoipa::path(
    put,
    path = "/v1/rooms/agent_assign_another_agent",
    request_body = AgentsAssign,
    responses(
        (status = 200, body = One<AgentsAssign>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn let_agents_assign(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    Body(body): Body<AgentsAssign>,
) -> Result<Json<One<AgentsAssign>>, Failed> {
    rooms::let_agents_assign(&api.table, &caller, body.enabled).await?;
    Ok(Json(One::new(body)))
}
