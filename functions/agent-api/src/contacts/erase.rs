//! `DELETE /v1/contacts/{id}`.

use std::sync::Arc;

use app::{
    contacts::{self, ASK_AGAIN},
    views::ErasureView,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::contact::Contact;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Erases all that is known of a contact. It can't be undone.
///
/// From the first request on they are nobody: not listed, not found, without a room, and new if they
/// write again. Answers 202 while there is more to do: ask again until it is 200, not before five
/// minutes after the first request, since something may still have been under way. What stays is
/// that messages were sent and sessions opened, when, and by which member. Needs the role `admin`.
#[utoipa::path(
    delete,
    path = "/v1/contacts/{id}",
    params(("id" = String, Path, description = "The contact's id.")),
    responses(
        (status = 200, body = One<ErasureView>, description = "Nothing is left."),
        (status = 202, body = One<ErasureView>, description = "There is more to do: ask again."),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn erase_contact(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Contact>,
) -> Result<Response, Failed> {
    let (table, files) = (&api.table, &api.files);
    let erasure = contacts::erase_contact(table, files, &caller, id, &api.source, &ctx).await?;
    let body = Json(One::new(ErasureView::new(id, &erasure)));
    if erasure.done_at.is_some() {
        return Ok((StatusCode::OK, body).into_response());
    }
    let mut response = (StatusCode::ACCEPTED, body).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(ASK_AGAIN));
    Ok(response)
}
