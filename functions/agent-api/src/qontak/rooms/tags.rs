//! `POST` and `DELETE /qontak/chat/v1/rooms/{id}/tags`.

use std::sync::Arc;

use app::rooms::{self, tag_name};
use axum::{Json, extract::State};
use domain::room::Room;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer;
use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    qontak::{TAG, envelope::QontakError, fields::Fields, views::QontakRoom},
    request::PathId,
    responses::Failed,
};

/// A tag.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QontakTag {
    /// 1 to 50 characters, kept in lower case. Older clients call it `tag`.
    #[schema(min_length = 1, max_length = 50)]
    #[serde(alias = "tag")]
    name: String,
}

/// Tags a room. It bears 20 tags at most.
#[utoipa::path(
    post,
    path = "/qontak/chat/v1/rooms/{id}/tags",
    operation_id = "qontak_tag_room",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
    ),
    request_body = QontakTag,
    responses(
        (status = 200, body = One<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn tag_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    Fields(tag): Fields<QontakTag>,
) -> Result<Json<One<QontakRoom>>, Failed> {
    let name = tag_name("name", &tag.name)?;
    let room = rooms::tag_room(&api.table, &caller, id, &name, &ctx).await?;
    answer(&api, &caller, &ctx, &room).await
}

/// Takes a tag from a room.
#[utoipa::path(
    delete,
    path = "/qontak/chat/v1/rooms/{id}/tags",
    operation_id = "qontak_untag_room",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
    ),
    request_body = QontakTag,
    responses(
        (status = 200, body = One<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn untag_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    Fields(tag): Fields<QontakTag>,
) -> Result<Json<One<QontakRoom>>, Failed> {
    let name = tag_name("name", &tag.name)?;
    let room = rooms::untag_room(&api.table, &caller, id, &name).await?;
    answer(&api, &caller, &ctx, &room).await
}
