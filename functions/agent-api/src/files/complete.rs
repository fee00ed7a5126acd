//! `POST /v1/files/{id}/complete`.

use std::sync::Arc;

use app::{files, views::UploadView};
use axum::{Json, extract::State};
use domain::upload::Upload;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Makes an uploaded file ready to be sent, once its bytes have arrived. They are read: a file
/// that is not what it calls itself is refused (422 `wrong_type`).
#[utoipa::path(
    post,
    path = "/v1/files/{id}/complete",
    params(("id" = String, Path, description = "The file's id.")),
    responses(
        (status = 200, body = One<UploadView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn complete_upload(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Upload>,
) -> Result<Json<One<UploadView>>, Failed> {
    let upload = files::complete_upload(&api.table, &api.files, &caller, id, &ctx).await?;
    Ok(Json(One::new(UploadView::new(&upload))))
}
