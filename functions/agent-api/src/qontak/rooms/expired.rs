//! `PUT /qontak/chat/v1/rooms/resolve_expired`.

use std::sync::Arc;

use app::views::JobView;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    qontak::{TAG, envelope::QontakError, fields::Fields},
    responses::Failed,
    rooms::resolve_expired::{ResolveExpired, begin},
};

/// Resolves all rooms whose reply window has closed. Needs the role `supervisor`.
///
/// The answer is a job that begins within a minute; `GET /v1/jobs/{id}` tells how far it got. The
/// same request while its job runs returns that job.
#[utoipa::path(
    put,
    path = "/qontak/chat/v1/rooms/resolve_expired",
    operation_id = "qontak_resolve_expired",
    tag = TAG,
    request_body = Option<ResolveExpired>,
    responses(
        (status = 202, body = One<JobView>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn resolve_expired(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    headers: HeaderMap,
    Fields(body): Fields<ResolveExpired>,
) -> Result<(StatusCode, Json<One<JobView>>), Failed> {
    let job = begin(&api, &caller, &headers, body, &ctx).await?;
    Ok((StatusCode::ACCEPTED, Json(One::new(job))))
}
