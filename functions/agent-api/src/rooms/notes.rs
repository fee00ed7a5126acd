//! `GET` and `POST /v1/rooms/{id}/notes`, `DELETE /v1/rooms/{id}/notes/{note_id}`.

use std::sync::Arc;

use app::{
    rooms::{self, NewNote},
    views::NoteView,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::{Time, message::Position, note::Note, room::Room};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::{One, Page},
    request::{Body, Parameters, PathId, PathIds, idempotency_key},
    responses::{Failed, ProblemBody},
};

const DEFAULT_PAGE: usize = 20;

/// A note for colleagues.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoomNote {
    /// 1 to 4,096 characters.
    #[schema(min_length = 1, max_length = 4096)]
    text: String,
}

/// Lists a room's internal notes, newest first.
#[utoipa::path(
    get,
    path = "/v1/rooms/{id}/notes",
    params(
        ("id" = String, Path, description = "The room's id."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Notes a page: 1 to 100, 20 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<NoteView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_notes(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    parameters: Parameters,
) -> Result<Json<Page<NoteView>>, Failed> {
    let parameters = parameters.only(&["limit", "cursor"])?;
    let limit = parameters.limit(DEFAULT_PAGE)?;
    let list = format!("{}/rooms/{id}/notes", caller.organization_id);
    let before = parameters.get("cursor").map(|text| cursor::decode_moment(&list, text));
    let before = before.transpose()?.map(|(at, id)| Position { at, id });
    let rows = i32::try_from(limit).unwrap_or(100);
    let (notes, next) = rooms::list_notes(&api.table, &caller, id, before, rows, &ctx).await?;
    let views = notes.iter().map(NoteView::new).collect();
    let next = next.map(|next| cursor::encode_moment(&list, next.at, next.id));
    Ok(Json(Page::new(views, limit, next)))
}

/// Notes something about a room, for colleagues. The customer never gets it, and it is no answer.
#[utoipa::path(
    post,
    path = "/v1/rooms/{id}/notes",
    params(
        ("id" = String, Path, description = "The room's id."),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 characters that name this note. The same key notes once, however often it comes within 24 hours."),
    ),
    request_body = RoomNote,
    responses(
        (status = 201, body = One<NoteView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn add_note(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
    headers: HeaderMap,
    Body(body): Body<RoomNote>,
) -> Result<(StatusCode, Json<One<NoteView>>), Failed> {
    let note = NewNote { text: body.text, idempotency_key: idempotency_key(&headers)? };
    let note = rooms::add_note(&api.table, &api.memory, &caller, id, &note, &ctx).await?;
    Ok((StatusCode::CREATED, Json(One::new(NoteView::new(&note)))))
}

/// Deletes a note. Only who wrote it may.
#[utoipa::path(
    delete,
    path = "/v1/rooms/{id}/notes/{note_id}",
    params(
        ("id" = String, Path, description = "The room's id."),
        ("note_id" = String, Path, description = "The note's id."),
    ),
    responses(
        (status = 204, description = "It is gone."),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_note(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathIds(id, note): PathIds<Room, Note>,
) -> Result<StatusCode, Failed> {
    rooms::delete_note(&api.table, &caller, id, note, Time::from(ctx.now)).await?;
    Ok(StatusCode::NO_CONTENT)
}
