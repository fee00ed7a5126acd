//! `DELETE /v1/integrations/{id}`.

use std::sync::Arc;

use app::{integrations, views::IntegrationView};
use axum::{Json, extract::State};
use domain::integration::Integration;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Disconnects a channel account: nothing is sent or received through it any more.
///
/// Its rooms stay, and connecting the same account again continues them. Needs the role `admin`.
#[utoipa::path(
    delete,
    path = "/v1/integrations/{id}",
    params(("id" = String, Path, description = "The integration's id.")),
    responses(
        (status = 200, body = One<IntegrationView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn disconnect_integration(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Integration>,
) -> Result<Json<One<IntegrationView>>, Failed> {
    let (table, connector) = (&api.table, &api.connector);
    let out = integrations::disconnect_integration(table, connector, &caller, id, &ctx).await?;
    Ok(Json(One::new(IntegrationView::new(&out))))
}
