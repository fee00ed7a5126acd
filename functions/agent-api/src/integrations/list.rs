//! `GET /v1/integrations`.

use std::sync::Arc;

use app::{integrations, views::IntegrationView};
use axum::{Json, extract::State};
use domain::channel::Channel;
use platform::problem::Problem;

use crate::{
    Api,
    caller::Authenticated,
    envelope::Page,
    request::Parameters,
    responses::{Failed, ProblemBody},
};

/// Lists the organization's channel accounts, disconnected ones included.
#[utoipa::path(
    get,
    path = "/v1/integrations",
    params(
        ("target_channel" = Option<String>, Query, pattern = "^wa_cloud$", description = "Only accounts of this channel: `wa_cloud`."),
    ),
    responses(
        (status = 200, body = Page<IntegrationView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_integrations(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    parameters: Parameters,
) -> Result<Json<Page<IntegrationView>>, Failed> {
    let parameters = parameters.only(&["target_channel"])?;
    let channel = match parameters.get("target_channel") {
        None => None,
        Some(name) if name == Channel::WhatsApp.name() => Some(Channel::WhatsApp),
        Some(_) => return Err(Problem::field("target_channel", "It is `wa_cloud`.").into()),
    };
    let mut found = integrations::list_integrations(&api.table, &caller).await?;
    found.retain(|integration| channel.is_none_or(|channel| integration.channel == channel));
    let views: Vec<_> = found.iter().map(IntegrationView::new).collect();
    let limit = views.len();
    Ok(Json(Page::new(views, limit, None)))
}
