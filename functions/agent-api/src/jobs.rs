//! `GET` and `DELETE /v1/jobs/{id}`.

use std::sync::Arc;

use app::{bulk, views::JobView};
use axum::{Json, extract::State};
use domain::job::Job;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Shows how far a job got, for who asked for it and for supervisors. Jobs are kept for 30 days.
#[utoipa::path(
    get,
    path = "/v1/jobs/{id}",
    params(("id" = String, Path, description = "The job's id.")),
    responses(
        (status = 200, body = One<JobView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_job(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<Job>,
) -> Result<Json<One<JobView>>, Failed> {
    let job = bulk::show_job(&api.table, &caller, id).await?;
    Ok(Json(One::new(JobView::new(&job))))
}

/// Stops a job within some seconds, for who asked for it and for supervisors. What it has done
/// stays done; one that is over stays as it is.
#[utoipa::path(
    delete,
    path = "/v1/jobs/{id}",
    params(("id" = String, Path, description = "The job's id.")),
    responses(
        (status = 200, body = One<JobView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn cancel_job(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Job>,
) -> Result<Json<One<JobView>>, Failed> {
    let job = bulk::cancel_job(&api.table, &caller, id, &ctx).await?;
    Ok(Json(One::new(JobView::new(&job))))
}
