//! `GET /v1/files/{id}`.

use std::sync::Arc;

use app::{files, views::UploadView};
use axum::{Json, extract::State};
use domain::upload::Upload;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// A file, and where its bytes are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownFile {
    #[serde(flatten)]
    file: UploadView,
    /// Where its bytes are, for five minutes; null until it is ready.
    url: Option<String>,
    /// When `url` ends.
    expires_at: Option<String>,
}

/// Shows an uploaded file.
#[utoipa::path(
    get,
    path = "/v1/files/{id}",
    params(("id" = String, Path, description = "The file's id.")),
    responses(
        (status = 200, body = One<ShownFile>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_file(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Upload>,
) -> Result<Json<One<ShownFile>>, Failed> {
    let (upload, link) = files::link_file(&api.table, &api.files, &caller, id, &ctx).await?;
    let file = UploadView::new(&upload);
    let expires_at = link.as_ref().map(|link| link.expires_at.to_string());
    Ok(Json(One::new(ShownFile { file, url: link.map(|link| link.url), expires_at })))
}
