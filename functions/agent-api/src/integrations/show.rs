//! `GET /v1/integrations/{id}`.

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

/// Shows a channel account.
#[utoipa::path(
    get,
    path = "/v1/integrations/{id}",
    params(("id" = String, Path, description = "The integration's id.")),
    responses(
        (status = 200, body = One<IntegrationView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_integration(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<Integration>,
) -> Result<Json<One<IntegrationView>>, Failed> {
    let integration = integrations::show_integration(&api.table, &caller, id).await?;
    Ok(Json(One::new(IntegrationView::new(&integration))))
}
