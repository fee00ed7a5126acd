//! `POST /v1/contact_block` and `DELETE /v1/contact_block/{contact_id}`.

use std::sync::Arc;

use app::{authenticate::Caller, contacts, views::ContactView};
use axum::{Json, extract::State};
use domain::{
    Id,
    contact::{BlockReason, Contact},
};
use platform::{Ctx, problem::Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, PathId, body_id},
    responses::{Failed, ProblemBody},
};

/// Whom to block.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Blocking {
    /// A room of the contact's that is not resolved.
    #[schema(format = "uuid", example = "375aa2d1-9949-84de-b603-bff67b4380a7")]
    room_id: String,
    /// Why, for colleagues: 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500)]
    reason: Option<String>,
}

/// Where to unblock somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unblocking {
    /// A room of the contact's that is not resolved. It may be left out if all of them are.
    #[schema(format = "uuid")]
    room_id: Option<String>,
}

/// Blocks the contact of a room, in all of their rooms.
///
/// Until they are unblocked, what they write is not kept: nothing of it is ever shown, and their
/// rooms stay as they are. Nothing can be sent to them; what was sent still shows how far it got.
/// Needs the role `supervisor`.
#[utoipa::path(
    post,
    path = "/v1/contact_block",
    request_body = Blocking,
    responses(
        (status = 200, body = One<ContactView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn block_contact(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    Body(body): Body<Blocking>,
) -> Result<Json<One<ContactView>>, Failed> {
    Ok(Json(One::new(block(&api, &caller, &body, &ctx).await?)))
}

/// Blocks whom the body names, under whichever path it came.
pub(crate) async fn block(
    api: &Api,
    caller: &Caller,
    body: &Blocking,
    ctx: &Ctx,
) -> Result<ContactView, Problem> {
    let room = body_id("room_id", &body.room_id)?;
    let reason = body.reason.as_deref().map(BlockReason::new).transpose();
    let reason = reason.map_err(|error| Problem::field("reason", error.to_string()))?;
    let contact = contacts::block_contact(&api.table, caller, room, reason, ctx).await?;
    Ok(ContactView::new(&contact))
}

/// Lets a contact write again. What they wrote meanwhile stays unheard.
///
/// Needs the role `supervisor`.
#[utoipa::path(
    delete,
    path = "/v1/contact_block/{contact_id}",
    params(("contact_id" = String, Path, description = "The contact's id.")),
    request_body = Unblocking,
    responses(
        (status = 200, body = One<ContactView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn unblock_contact(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Contact>,
    Body(body): Body<Unblocking>,
) -> Result<Json<One<ContactView>>, Failed> {
    Ok(Json(One::new(unblock(&api, &caller, id, &body, &ctx).await?)))
}

/// Unblocks a contact, under whichever path it came.
pub(crate) async fn unblock(
    api: &Api,
    caller: &Caller,
    id: Id<Contact>,
    body: &Unblocking,
    ctx: &Ctx,
) -> Result<ContactView, Problem> {
    let room = body.room_id.as_deref().map(|text| body_id("room_id", text)).transpose()?;
    let contact = contacts::unblock_contact(&api.table, caller, id, room, ctx).await?;
    Ok(ContactView::new(&contact))
}
