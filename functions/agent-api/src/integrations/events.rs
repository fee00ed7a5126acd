//! `GET /v1/integrations/{id}/events` and `/v1/integrations/{id}/events/{event_id}`.

use std::sync::Arc;

use app::{
    integrations,
    views::{EventPayloadView, EventView},
};
use axum::{Json, extract::State};
use domain::integration::{Integration, IntegrationEvent};
use platform::problem::Problem;
use store::EventPlace;

use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::{One, Page},
    request::{Parameters, PathId, PathIds},
    responses::{Failed, ProblemBody},
};

/// Lists what the provider told about an account besides messages, newest first. It is kept for 30
/// days.
///
/// Needs the role `supervisor`.
#[utoipa::path(
    get,
    path = "/v1/integrations/{id}/events",
    params(
        ("id" = String, Path, description = "The integration's id."),
        ("of" = Option<String>, Query, pattern = "^(integration|app)$", description = "`integration` (the default), or `app`: what came through the same provider app for the whole account, for numbers that are not connected, or unreadable."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Events a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<EventView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_integration_events(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Integration>,
    parameters: Parameters,
) -> Result<Json<Page<EventView>>, Failed> {
    let parameters = parameters.only(&["of", "limit", "cursor"])?;
    let of_app = match parameters.get("of") {
        None | Some("integration") => false,
        Some("app") => true,
        Some(_) => return Err(Problem::field("of", "It is `integration` or `app`.").into()),
    };
    let limit = parameters.limit(50)?;
    let list = format!("{}/integrations/{id}/events/{of_app}", caller.organization_id);
    let after = parameters.get("cursor").map(|text| cursor::decode_moment(&list, text));
    let after = after.transpose()?.map(|(at, id)| EventPlace { at, id });
    let rows = i32::try_from(limit).unwrap_or(100);
    let page =
        integrations::list_events(&api.table, &caller, id, of_app, rows, after, &ctx).await?;
    let views = page.events.iter().map(EventView::new).collect();
    let next = page.next.map(|next| cursor::encode_moment(&list, next.at, next.id));
    Ok(Json(Page::new(views, limit, next)))
}

/// Shows an event with the payload that it came in. Events of the provider app are found under each
/// integration that is bound to it.
///
/// Needs the role `supervisor`: the payload may hold a customer's words.
#[utoipa::path(
    get,
    path = "/v1/integrations/{id}/events/{event_id}",
    params(
        ("id" = String, Path, description = "The integration's id."),
        ("event_id" = String, Path, description = "The event's id."),
    ),
    responses(
        (status = 200, body = One<EventPayloadView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_integration_event(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathIds(of, id): PathIds<Integration, IntegrationEvent>,
) -> Result<Json<One<EventPayloadView>>, Failed> {
    let bucket = api.files.bucket();
    let shown = integrations::show_event(&api.table, bucket, &caller, (of, id), &ctx).await?;
    Ok(Json(One::new(EventPayloadView::new(shown))))
}
