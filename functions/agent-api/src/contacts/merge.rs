//! `POST /v1/contacts/{id}/merge`.

use std::sync::Arc;

use app::{contacts, views::ContactView};
use axum::{Json, extract::State};
use domain::contact::Contact;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, PathId, body_id},
    responses::{Failed, ProblemBody},
};

/// Whom a contact turned out to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Merging {
    /// The id of the contact that stays.
    #[schema(format = "uuid", example = "3f0c2a52-6f6e-8d1f-9a55-0c6a54b2f1de")]
    into: String,
}

/// Merges a contact into another, because they are one person. It can't be undone.
///
/// The one that stays takes over rooms and identities, and what members know of the other where
/// it has nothing of its own; it is blocked if one of them was. The rooms stay apart, each for
/// the number that the person writes from. Needs the role `supervisor`.
#[utoipa::path(
    post,
    path = "/v1/contacts/{id}/merge",
    params(("id" = String, Path, description = "The id of the contact that goes.")),
    request_body = Merging,
    responses(
        (status = 200, body = One<ContactView>, description = "The contact that stays."),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn merge_contacts(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Contact>,
    Body(body): Body<Merging>,
) -> Result<Json<One<ContactView>>, Failed> {
    let into = body_id("into", &body.into)?;
    let contact = contacts::merge_contacts(&api.table, &caller, id, into, &ctx).await?;
    Ok(Json(One::new(ContactView::new(&contact))))
}
