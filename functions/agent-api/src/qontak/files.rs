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
