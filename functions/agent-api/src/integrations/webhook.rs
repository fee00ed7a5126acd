//! `GET /v1/integrations/{id}/webhook`.

use std::sync::Arc;

use app::{integrations, views::WebhookView};
use axum::{Json, extract::State};
use domain::integration::Integration;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Shows what to enter at the provider so that it delivers: callback address and verify token.
///
/// Needs the role `admin`.
#[utoipa::path(
    get,
    path = "/v1/integrations/{id}/webhook",
    params(("id" = String, Path, description = "The integration's id.")),
    responses(
        (status = 200, body = One<WebhookView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_webhook(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Integration>,
) -> Result<Json<One<WebhookView>>, Failed> {
    let (table, connector) = (&api.table, &api.connector);
    let webhook = integrations::show_webhook(table, connector, &caller, id, &ctx).await?;
    Ok(Json(One::new(WebhookView { url: webhook.url, verify_token: webhook.verify_token })))
}
