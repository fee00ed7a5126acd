//! `POST /v1/files`.

use std::{collections::BTreeMap, sync::Arc};

use app::{
    files::{self, NewUpload},
    views::UploadView,
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::Body,
    responses::{Failed, ProblemBody},
};

/// A file that is to be uploaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFile {
    /// Its name: 1 to 240 characters, without slashes.
    #[schema(min_length = 1, max_length = 240, example = "nota.pdf")]
    filename: String,
    /// Its type: one that WhatsApp takes.
    #[schema(example = "application/pdf")]
    mime_type: String,
    /// Its exact length in bytes: up to 5 MB for pictures, 16 MB for sound and film, 500 KB for
    /// stickers, 100 MB for documents.
    #[schema(minimum = 1, maximum = 104_857_600, example = 1024)]
    size: u64,
}

/// A file, and the form that uploads it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BegunFile {
    #[serde(flatten)]
    file: UploadView,
    /// The form, which takes exactly this file for 15 minutes.
    upload: UploadForm,
}

/// A form: post it as `multipart/form-data`, all fields first, then the bytes as `file`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadForm {
    url: String,
    fields: BTreeMap<String, String>,
}

/// Begins an upload: the answer holds a form that takes the file. Complete it afterwards.
#[utoipa::path(
    post,
    path = "/v1/files",
    request_body = NewFile,
    responses(
        (status = 201, body = One<BegunFile>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn begin_upload(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    Body(body): Body<NewFile>,
) -> Result<(StatusCode, Json<One<BegunFile>>), Failed> {
    let NewFile { filename, mime_type, size } = body;
    let new = NewUpload { filename, mime_type, size };
    let (upload, form) = files::begin_upload(&api.table, &api.files, &caller, &new, &ctx).await?;
    let upload_form = UploadForm { url: form.url, fields: form.fields };
    let begun = BegunFile { file: UploadView::new(&upload), upload: upload_form };
    Ok((StatusCode::CREATED, Json(One::new(begun))))
}
