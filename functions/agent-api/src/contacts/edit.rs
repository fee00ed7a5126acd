//! `PUT /v1/contacts/{id}`.

use std::{collections::BTreeMap, sync::Arc};

use app::{
    contacts::{self, NewDetails},
    views::ContactView,
};
use axum::{Json, extract::State};
use domain::contact::Contact;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, PathId},
    responses::{Failed, ProblemBody},
};

/// What is to be different; what is left out stays, and null takes it away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactDetails {
    /// The name that members see, whatever the profile says: 1 to 100 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    full_name: Option<Option<String>>,
    /// An e-mail address.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = "email", min_length = 1, max_length = 254)]
    email: Option<Option<String>>,
    /// 1 to 100 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    company: Option<Option<String>>,
    /// Values of the organization's own fields (`GET /v1/contact_fields`), by their keys: a text, a
    /// number, a day (`2026-01-31`), true or false, or an option of the list.
    #[serde(default)]
    #[schema(value_type = Object)]
    custom_fields: BTreeMap<String, serde_json::Value>,
}

/// Tells null from a field that is left out.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// Edits what is known of a contact. Each field is changed by itself: two members who edit
/// different ones at the same time both have their way. An agent edits contacts of whom they see
/// a room, and those who have none.
#[utoipa::path(
    put,
    path = "/v1/contacts/{id}",
    params(("id" = String, Path, description = "The contact's id.")),
    request_body = ContactDetails,
    responses(
        (status = 200, body = One<ContactView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn edit_contact(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<Contact>,
    Body(body): Body<ContactDetails>,
) -> Result<Json<One<ContactView>>, Failed> {
    let ContactDetails { full_name, email, company, custom_fields } = body;
    let details = NewDetails { full_name, email, company, custom_fields };
    let contact = contacts::edit_contact(&api.table, &caller, id, &details).await?;
    Ok(Json(One::new(ContactView::new(&contact))))
}
