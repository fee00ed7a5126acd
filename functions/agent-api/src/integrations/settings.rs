//! `PUT /v1/integrations/{id}`.

use std::sync::Arc;

use app::{integrations, views::IntegrationView};
use axum::{Json, extract::State};
use domain::integration::Integration;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, PathId},
    responses::{Failed, ProblemBody},
};

/// An account's settings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IntegrationSettings {
    /// The name that agents see: 1 to 100 characters in one line.
    #[schema(max_length = 100, min_length = 1)]
    name: String,
}

/// Changes the settings of a channel account. Needs the role `admin`.
#[utoipa::path(
    put,
    path = "/v1/integrations/{id}",
    params(("id" = String, Path, description = "The integration's id.")),
    request_body = IntegrationSettings,
    responses(
        (status = 200, body = One<IntegrationView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change_integration(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<Integration>,
    Body(body): Body<IntegrationSettings>,
) -> Result<Json<One<IntegrationView>>, Failed> {
    let named = integrations::rename_integration(&api.table, &caller, id, &body.name).await?;
    Ok(Json(One::new(IntegrationView::new(&named))))
}
