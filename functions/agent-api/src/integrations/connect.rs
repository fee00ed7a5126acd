//! `POST /v1/integrations/whatsapp`.

use std::sync::Arc;

use app::{
    integrations::{self, NewWhatsApp},
    views::IntegrationView,
};
use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::Body,
    responses::{Failed, ProblemBody},
};

/// What Meta's pages say about a number. No `Debug`: it holds secrets.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectWhatsApp {
    /// The name that agents see: 1 to 100 characters in one line. The verified name, if not given.
    #[schema(max_length = 100, min_length = 1)]
    name: Option<String>,
    /// Meta's id of the number ("Phone number ID").
    #[schema(example = "106540352242922")]
    phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    #[schema(example = "102290129340398")]
    waba_id: String,
    /// A token of Meta's that may send in the number's name: a system user's, that does not expire.
    #[schema(example = "EAAB-example")]
    access_token: String,
    /// The secret of the Meta app that the token belongs to: it signs what WhatsApp delivers.
    app_secret: String,
}

/// Connects a WhatsApp number.
///
/// WhatsApp has to confirm first that token, secret, business account and number belong together;
/// 422 `not_proved` says what does not fit. A number is connected once: 409 `already_connected`.
/// A number of yours that was connected before is the same integration again. Afterwards enter
/// the webhook's address and verify token at Meta (`GET /v1/integrations/{id}/webhook`). Needs
/// the role `admin`.
#[utoipa::path(
    post,
    path = "/v1/integrations/whatsapp",
    request_body = ConnectWhatsApp,
    responses(
        (status = 201, body = One<IntegrationView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn connect_whatsapp(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    Body(body): Body<ConnectWhatsApp>,
) -> Result<(StatusCode, Json<One<IntegrationView>>), Failed> {
    let new = NewWhatsApp {
        name: body.name,
        phone_number_id: body.phone_number_id,
        waba_id: body.waba_id,
        access_token: body.access_token.into(),
        app_secret: body.app_secret.into(),
    };
    let (table, connector) = (&api.table, &api.connector);
    let made = integrations::connect_whatsapp(table, connector, &caller, &new, &ctx).await?;
    Ok((StatusCode::CREATED, Json(One::new(IntegrationView::new(&made)))))
}
