//! `GET /v1/templates/whatsapp` and `POST /v1/integrations/{id}/templates/sync`.

use std::sync::Arc;

use app::{templates, views::TemplateView};
use axum::{Json, extract::State};
use domain::integration::Integration;
use platform::problem::Problem;
use serde::Serialize;
use store::TemplatePlace;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::{One, Page},
    request::{Parameters, PathId},
    responses::{Failed, ProblemBody},
};

/// What a sync found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SyncView {
    /// How many templates the provider lists.
    total: usize,
    /// How many were new or had changed since the last sync.
    changed: usize,
}

/// Lists the WhatsApp templates of the organization, as they were when they were last synced.
#[utoipa::path(
    get,
    path = "/v1/templates/whatsapp",
    params(
        ("channel_integration_id" = Option<String>, Query, format = "uuid", description = "Only those of this account."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Templates a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<TemplateView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_templates(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    parameters: Parameters,
) -> Result<Json<Page<TemplateView>>, Failed> {
    let parameters = parameters.only(&["channel_integration_id", "limit", "cursor"])?;
    let of = parameters.get("channel_integration_id");
    let list = format!("{}/templates/{}", caller.organization_id, of.unwrap_or_default());
    let of = of.map(|id| {
        let refused = || Problem::field("channel_integration_id", "It is not a UUID.");
        id.parse().map_err(|_| refused())
    });
    let of = of.transpose()?;
    let limit = parameters.limit(50)?;
    let place =
        |text| TemplatePlace::parse(&cursor::decode(&list, text)?, of).ok_or_else(cursor::refused);
    let after = parameters.get("cursor").map(place).transpose()?;
    let rows = i32::try_from(limit).unwrap_or(100);
    let page = templates::list_templates(&api.table, &caller, of, rows, after).await?;
    let views = page.templates.iter().map(TemplateView::new).collect();
    let next = page.next.map(|next| cursor::encode(&list, &next.to_string()));
    Ok(Json(Page::new(views, limit, next)))
}

/// Asks the provider which templates an account has, and keeps what it says.
///
/// Do so when templates were made, approved or changed. Needs the role `admin`.
#[utoipa::path(
    post,
    path = "/v1/integrations/{id}/templates/sync",
    params(("id" = String, Path, description = "The integration's id.")),
    responses(
        (status = 200, body = One<SyncView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sync_templates(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Integration>,
) -> Result<Json<One<SyncView>>, Failed> {
    let synced = templates::sync_templates(&api.table, &api.connector, &caller, id, &ctx).await?;
    Ok(Json(One::new(SyncView { total: synced.total, changed: synced.changed })))
}
