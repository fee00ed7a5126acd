//! `GET` and `PUT /v1/settings/auto_resolve`, `/v1/settings/retention`.

use std::sync::Arc;

use app::{
    settings,
    views::{AutoResolveView, RetentionView},
};
use axum::{Json, extract::State};
use domain::{channel::Channel, settings::AutoResolveChange};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, channels},
    responses::{Failed, ProblemBody},
};

/// What is to change; what is not given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeAutoResolve {
    /// Whether silence resolves rooms.
    enabled: Option<bool>,
    /// After how many minutes: 1 to 43,200 (30 days).
    #[schema(minimum = 1, maximum = 43_200)]
    after_minutes: Option<u32>,
    /// In which channels, such as `wa_cloud`; an empty list means all.
    #[schema(value_type = Option<Vec<String>>, max_items = 50)]
    channels: Option<Vec<Channel>>,
    /// Whether rooms that nobody has taken are resolved, too.
    include_unassigned: Option<bool>,
}

/// Shows how silence resolves rooms.
#[utoipa::path(
    get,
    path = "/v1/settings/auto_resolve",
    responses(
        (status = 200, body = One<AutoResolveView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_auto_resolve(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
) -> Result<Json<One<AutoResolveView>>, Failed> {
    let settings = settings::show_auto_resolve(&api.table, &caller).await?;
    Ok(Json(One::new(AutoResolveView::new(&settings))))
}

/// Sets how silence resolves rooms. It reaches all rooms within a minute or two, also those that
/// are silent already. A room with `is_dont_auto_resolve` is never resolved by silence; one that
/// is becomes live again, the same room, when the customer writes, and its unread messages stay
/// unread.
#[utoipa::path(
    put,
    path = "/v1/settings/auto_resolve",
    request_body = Option<ChangeAutoResolve>,
    responses(
        (status = 200, body = One<AutoResolveView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change_auto_resolve(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    Body(body): Body<ChangeAutoResolve>,
) -> Result<Json<One<AutoResolveView>>, Failed> {
    let change = AutoResolveChange {
        enabled: body.enabled,
        after_minutes: body.after_minutes,
        channels: body.channels.map(channels).transpose()?,
        include_unassigned: body.include_unassigned,
    };
    let settings = settings::change_auto_resolve(&api.table, &caller, &change, &ctx).await?;
    Ok(Json(One::new(AutoResolveView::new(&settings))))
}

/// How long what is said is to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeRetention {
    /// For how many days: 30 to 3,650 (ten years), or null to keep everything.
    #[schema(minimum = 30, maximum = 3650, required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    days: Option<u32>,
}

/// Shows how long what is said is kept.
#[utoipa::path(
    get,
    path = "/v1/settings/retention",
    responses(
        (status = 200, body = One<RetentionView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_retention(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
) -> Result<Json<One<RetentionView>>, Failed> {
    let retention = settings::show_retention(&api.table, &caller).await?;
    Ok(Json(One::new(RetentionView::new(&retention))))
}

/// Sets how long what is said is kept: messages of both sides with their files, reactions, edits and
/// deletions, and notes. When that time is over they are not shown any more, and within some days they
/// are gone from the table and the bucket. Rooms, contacts, and what is counted (sessions, episodes)
/// stay.
///
/// A change holds, within a minute, for what is said from then on. What was said before keeps the
/// time that was set when it came: what came while everything was kept is kept, until its contact is
/// erased. What providers tell besides messages (`GET /v1/integrations/{id}/events`) is always kept
/// for 30 days.
#[utoipa::path(
    put,
    path = "/v1/settings/retention",
    request_body = ChangeRetention,
    responses(
        (status = 200, body = One<RetentionView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change_retention(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    Body(body): Body<ChangeRetention>,
) -> Result<Json<One<RetentionView>>, Failed> {
    let retention = settings::change_retention(&api.table, &caller, body.days, &ctx).await?;
    Ok(Json(One::new(RetentionView::new(&retention))))
}
