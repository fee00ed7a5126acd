//! `GET /v1/contacts/{id}`.

use std::sync::Arc;

use app::{contacts, views::ContactView};
use axum::{Json, extract::State};
use domain::contact::Contact;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::PathId,
    responses::{Failed, ProblemBody},
};

/// Shows a contact. One that was merged into another says into which.
#[utoipa::path(
    get,
    path = "/v1/contacts/{id}",
    params(("id" = String, Path, description = "The contact's id.")),
    responses(
        (status = 200, body = One<ContactView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_contact(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<Contact>,
) -> Result<Json<One<ContactView>>, Failed> {
    let contact = contacts::show_contact(&api.table, &caller, id).await?;
    Ok(Json(One::new(ContactView::new(&contact))))
}
