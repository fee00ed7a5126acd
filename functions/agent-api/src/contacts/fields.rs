//! `GET` and `POST /v1/contact_fields`, `PUT` and `DELETE /v1/contact_fields/{key}`.

use std::sync::Arc;

use app::{
    contacts::{self, NewField},
    views::ContactFieldView,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use domain::contact::{FieldChange, FieldKind};
use platform::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::Body,
    responses::{Failed, ProblemBody},
};

/// A field to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactField {
    /// Its name for programs, which stays: 1 to 40 lower-case letters, digits and `_`.
    #[schema(min_length = 1, max_length = 40, example = "member_tier")]
    key: String,
    /// Its name for people: 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    label: String,
    /// What it holds, which stays.
    r#type: FieldType,
    /// Of a list: 1 to 100 options of 1 to 100 characters.
    #[serde(default)]
    #[schema(max_items = 100)]
    options: Vec<String>,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FieldType {
    Text,
    Number,
    Date,
    Boolean,
    List,
}

/// What is to be different about a field; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactFieldChange {
    /// Its name for people: 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    label: Option<String>,
    /// Of a list: all its options. Values that are none of them stay with their contacts.
    #[schema(max_items = 100)]
    options: Option<Vec<String>>,
}

impl From<FieldType> for FieldKind {
    fn from(kind: FieldType) -> Self {
        match kind {
            FieldType::Text => Self::Text,
            FieldType::Number => Self::Number,
            FieldType::Date => Self::Date,
            FieldType::Boolean => Self::Boolean,
            FieldType::List => Self::List,
        }
    }
}

/// A key in the path.
pub(crate) type PathKey = Result<Path<String>, axum::extract::rejection::PathRejection>;

fn key(path: PathKey) -> Result<String, Problem> {
    path.map(|Path(key)| key).map_err(|_| Problem::field("key", "The key in the path is no text."))
}

/// Lists the fields that the organization made for its contacts. There are 50 at most.
#[utoipa::path(
    get,
    path = "/v1/contact_fields",
    responses(
        (status = 200, body = One<Vec<ContactFieldView>>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_contact_fields(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
) -> Result<Json<One<Vec<ContactFieldView>>>, Failed> {
    let fields = contacts::list_contact_fields(&api.table, &caller).await?;
    Ok(Json(One::new(fields.iter().map(ContactFieldView::new).collect())))
}

/// Makes a field for contacts. Needs the role `supervisor`.
#[utoipa::path(
    post,
    path = "/v1/contact_fields",
    request_body = ContactField,
    responses(
        (status = 201, body = One<ContactFieldView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn add_contact_field(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    Body(body): Body<ContactField>,
) -> Result<(StatusCode, Json<One<ContactFieldView>>), Failed> {
    let ContactField { key, label, r#type, options } = body;
    let new = NewField { key, label, kind: r#type.into(), options };
    let field = contacts::add_contact_field(&api.table, &caller, &new, &ctx).await?;
    Ok((StatusCode::CREATED, Json(One::new(ContactFieldView::new(&field)))))
}

/// Changes a field's label or options. Needs the role `supervisor`.
#[utoipa::path(
    put,
    path = "/v1/contact_fields/{key}",
    params(("key" = String, Path, description = "The field's key.")),
    request_body = ContactFieldChange,
    responses(
        (status = 200, body = One<ContactFieldView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change_contact_field(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    path: PathKey,
    Body(body): Body<ContactFieldChange>,
) -> Result<Json<One<ContactFieldView>>, Failed> {
    let ContactFieldChange { label, options } = body;
    let change = FieldChange { label, options };
    let field = contacts::change_contact_field(&api.table, &caller, &key(path)?, &change).await?;
    Ok(Json(One::new(ContactFieldView::new(&field))))
}

/// Takes a field out. Its values are shown no more; a field of the same key and type shows them
/// again, except of contacts that were edited meanwhile. Needs the role `supervisor`.
#[utoipa::path(
    delete,
    path = "/v1/contact_fields/{key}",
    params(("key" = String, Path, description = "The field's key.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn remove_contact_field(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    path: PathKey,
) -> Result<StatusCode, Failed> {
    contacts::remove_contact_field(&api.table, &caller, &key(path)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
