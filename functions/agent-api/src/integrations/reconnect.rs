//! `POST /v1/integrations/{id}/reconnect`.

use std::sync::Arc;

use app::{
    integrations::{self, NewToken},
    views::IntegrationView,
};
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

/// A new token for an account. No `Debug`: it holds secrets.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reconnect {
    /// A token of Meta's that may send in the number's name.
    #[schema(example = "EAAB-example")]
    access_token: String,
    /// The secret of the Meta app that the token belongs to, if it is not the same as before.
    app_secret: Option<String>,
    /// Meta's id of the WhatsApp Business Account, if it is not the same as before.
    waba_id: Option<String>,
}

/// Connects an account again, in place: its rooms and their history stay.
///
/// The token is proved with WhatsApp first; 422 `not_proved` says what does not fit, and nothing
/// is changed. Needs the role `admin`.
#[utoipa::path(
    post,
    path = "/v1/integrations/{id}/reconnect",
    params(("id" = String, Path, description = "The integration's id.")),
    request_body = Reconnect,
    responses(
        (status = 200, body = One<IntegrationView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn reconnect_integration(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Integration>,
    Body(body): Body<Reconnect>,
) -> Result<Json<One<IntegrationView>>, Failed> {
    let new = NewToken {
        access_token: body.access_token.into(),
        app_secret: body.app_secret.map(Into::into),
        waba_id: body.waba_id,
    };
    let (table, connector) = (&api.table, &api.connector);
    let back = integrations::reconnect_integration(table, connector, &caller, id, &new, &ctx);
    Ok(Json(One::new(IntegrationView::new(&back.await?))))
}
