//! `GET` and `POST /v1/contacts/{id}/export`.

use std::sync::Arc;

use app::{contacts, views::ExportView};
use axum::{Json, extract::State, http::StatusCode};
use domain::contact::Contact;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Exports all that is held of a contact: profile, identities, rooms, messages, what was said about
/// them, notes, sessions, and links to files, as lines of JSON.
///
/// Answers 202 while there is more to do: ask again until it is 200. Whoever asks goes on where the
/// last request ended. After that, the next request begins a new export. An export is kept for 24
/// hours. Needs the role `admin`.
#[utoipa::path(
    post,
    path = "/v1/contacts/{id}/export",
    params(("id" = String, Path, description = "The contact's id.")),
    responses(
        (status = 200, body = One<ExportView>, description = "It is done."),
        (status = 202, body = One<ExportView>, description = "There is more to do: ask again."),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn export_contact(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Contact>,
) -> Result<(StatusCode, Json<One<ExportView>>), Failed> {
    let (table, files) = (&api.table, &api.files);
    let export = contacts::export_contact(table, files, &caller, id, &api.source, &ctx).await?;
    let is_done = export.export.done_at.is_some();
    let status = if is_done { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(One::new(ExportView::new(&export)))))
}

/// Shows the latest export of a contact, with new links if it is done. Needs the role `admin`.
#[utoipa::path(
    get,
    path = "/v1/contacts/{id}/export",
    params(("id" = String, Path, description = "The contact's id.")),
    responses(
        (status = 200, body = One<ExportView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_export(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Contact>,
) -> Result<Json<One<ExportView>>, Failed> {
    let export = contacts::show_export(&api.table, &api.files, &caller, id, &ctx).await?;
    Ok(Json(One::new(ExportView::new(&export))))
}
