//! `POST /qontak/chat/v1/file_uploader`.

use std::sync::Arc;

use app::files;
use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
};

use super::{TAG, envelope::QontakError, views::QontakFile};
use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    files::multipart::{FileForm, received},
    responses::Failed,
};

/// Uploads a file of at most 4 MB, ready to be sent.
///
/// A larger one is refused (413 `too_large`) with the way to send it, `POST /v1/files`. Above about
/// 4.4 MB the request does not get here: a function takes 6 MB, a body grows by a third on its way,
/// and API Gateway answers 413 by itself, in its own words.
#[utoipa::path(
    post,
    path = "/qontak/chat/v1/file_uploader",
    operation_id = "qontak_upload_file",
    tag = TAG,
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = One<QontakFile>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn upload_file(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    request: Request,
) -> Result<(StatusCode, Json<One<QontakFile>>), Failed> {
    let upload = received(&api, &caller, request, &ctx).await?;
    let (upload, link) = files::link_file(&api.table, &api.files, &caller, upload.id, &ctx).await?;
    Ok((StatusCode::CREATED, Json(One::new(QontakFile::new(&upload, link)))))
}
