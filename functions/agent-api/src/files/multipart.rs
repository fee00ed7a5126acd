//! `POST /v1/file_uploader`.

use std::sync::Arc;

use app::{
    authenticate::Caller,
    files::{self, MULTIPART_LIMIT, NewFile},
    views::UploadView,
};
use axum::{
    Json,
    extract::{
        FromRequest, Multipart, Request, State,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};
use domain::{Id, Time, upload::Upload};
use platform::{Ctx, problem::Problem};
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    responses::{Failed, ProblemBody},
};

/// The longest body: the file, and what a form puts around it.
pub(crate) const BODY_LIMIT: usize = MULTIPART_LIMIT + 64 * 1024;

/// A form with one file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document's description of a form that is read by its parts")]
pub(crate) struct FileForm {
    /// The file, of at most 4 MB. Larger ones go by `POST /v1/files`.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Uploads a file of at most 4 MB, ready to be sent.
///
/// A larger one is refused (413 `too_large`) with the way to send it, `POST /v1/files`. Above about
/// 4.4 MB the request does not get here: a function takes 6 MB, a body grows by a third on its way,
/// and API Gateway answers 413 by itself, in its own words.
#[utoipa::path(
    post,
    path = "/v1/file_uploader",
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = One<UploadView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn upload_file(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    request: Request,
) -> Result<(StatusCode, Json<One<UploadView>>), Failed> {
    let upload = received(&api, &caller, request, &ctx).await?;
    Ok((StatusCode::CREATED, Json(One::new(UploadView::new(&upload)))))
}

/// Reads a form with one file, and stores that.
pub(crate) async fn received(
    api: &Api,
    caller: &Caller,
    request: Request,
    ctx: &Ctx,
) -> Result<Upload, Problem> {
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|_| {
        Problem::field("body", "The body is not `multipart/form-data` with a boundary.")
    })?;
    let field = form.next_field().await.map_err(unreadable)?;
    let field = field.ok_or_else(|| Problem::field("file", "This field is missing."))?;
    if field.name() != Some("file") {
        let name = field.name().unwrap_or("body");
        return Err(Problem::field(name, "There is no such field."));
    }
    let (filename, mime_type) = described(&field)?;
    let bytes = field.bytes().await.map_err(unreadable)?.to_vec();
    if let Some(more) = form.next_field().await.map_err(unreadable)? {
        return Err(match more.name() {
            Some("file") => Problem::field("file", "This field is given twice."),
            other => Problem::field(other.unwrap_or("body"), "There is no such field."),
        });
    }
    let (id, file) =
        (Id::at(Time::from(ctx.now), ctx.random()), NewFile { filename, mime_type, bytes });
    files::upload_file(&api.table, &api.files, caller, id, file, ctx).await
}

/// The name and the type that a part of a form calls itself.
pub(crate) fn described(field: &Field<'_>) -> Result<(String, String), Problem> {
    let filename = field.file_name();
    let filename = filename.ok_or_else(|| Problem::field("filename", "The file has no name."))?;
    let mime_type = field.content_type().unwrap_or("application/octet-stream");
    Ok((filename.to_owned(), mime_type.to_owned()))
}

/// What is wrong with a form that does not read.
pub(crate) fn unreadable(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let detail = format!(
            "A file that comes with the request has at most {MULTIPART_LIMIT} bytes. Ask \
             `POST /v1/files` for a form that takes larger ones."
        );
        return Problem { field: Some("file".into()), ..Problem::new(413, "too_large", detail) };
    }
    Problem::field("body", "The form does not read.")
}
