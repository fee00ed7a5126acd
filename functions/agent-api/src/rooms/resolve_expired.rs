//! `PUT /v1/rooms/resolve_expired`.

use std::sync::Arc;

use app::{authenticate::Caller, rooms, views::JobView};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::{channel::Channel, job::Scope};
use platform::{Ctx, problem::Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, channels, idempotency_key},
    responses::{Failed, ProblemBody},
};

/// Which expired rooms.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResolveExpired {
    /// Of these channels, such as `wa_cloud`; of all, if none are given.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 50)]
    channels: Vec<Channel>,
    /// Also rooms that nobody has taken.
    #[serde(default)]
    include_unassigned: bool,
}

/// Resolves all rooms whose reply window has closed. For supervisors.
///
/// The answer is a job that begins within a minute; `GET /v1/jobs/{id}` tells how far it got. The
/// same request while its job runs returns that job.
#[utoipa::path(
    put,
    path = "/v1/rooms/resolve_expired",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 characters that name this request. The same key returns the same job for as long as jobs are kept."),
    ),
    request_body = Option<ResolveExpired>,
    responses(
        (status = 202, body = One<JobView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn resolve_expired(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    headers: HeaderMap,
    Body(body): Body<ResolveExpired>,
) -> Result<(StatusCode, Json<One<JobView>>), Failed> {
    let job = begin(&api, &caller, &headers, body, &ctx).await?;
    Ok((StatusCode::ACCEPTED, Json(One::new(job))))
}

/// Begins the job, under whichever path it was asked for.
pub(crate) async fn begin(
    api: &Api,
    caller: &Caller,
    headers: &HeaderMap,
    body: ResolveExpired,
    ctx: &Ctx,
) -> Result<JobView, Problem> {
    let scope = Scope::new(channels(body.channels)?, body.include_unassigned);
    let key = idempotency_key(headers)?;
    let job = rooms::resolve_expired(&api.table, caller, scope, key.as_deref(), ctx).await?;
    Ok(JobView::new(&job))
}
