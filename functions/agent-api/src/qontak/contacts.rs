//! `GET /qontak/chat/v1/contacts`, `POST /contact_block` and `DELETE /contact_block/{contact_id}`.
//!
//! A contact's names are Qontak's under `/v1` already, so it is shown as there.

use std::sync::Arc;

use app::{contacts, views::ContactView};
use axum::{Json, extract::State};
use domain::contact::{self, Contact};
use platform::problem::Problem;
use store::ContactPlace;

use super::{TAG, asked::Asked, envelope::QontakError, fields::Fields};
use crate::{
    Api,
    caller::Authenticated,
    contacts::block::{Blocking, Unblocking, block, unblock},
    cursor,
    envelope::{One, Page},
    request::PathId,
    responses::Failed,
};

const DEFAULT_PAGE: usize = 50;

/// Lists contacts in the order of their names, or those that a search finds.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/contacts",
    operation_id = "qontak_list_contacts",
    tag = TAG,
    params(
        ("query" = Option<String>, Query, max_length = 100, description = "The beginning of any word of a name, or of a number: 1 to 100 characters."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Contacts a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<ContactView>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn list_contacts(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    asked: Asked,
) -> Result<Json<Page<ContactView>>, Failed> {
    let asked = asked.only(&["query"])?;
    let limit = asked.parameters().limit(DEFAULT_PAGE)?;
    let beginnings = contact::search(asked.parameters().get("query"))
        .map_err(|error| Problem::field("query", error.to_string()))?;
    let list = format!("{}/qontak/contacts/{}", caller.organization_id, asked.question());
    let after = match asked.cursor() {
        None => None,
        Some(text) => {
            let place = ContactPlace::parse(&cursor::decode(&list, text)?, &beginnings);
            Some(place.ok_or_else(cursor::refused)?)
        }
    };
    let (found, next) =
        contacts::list_contacts(&api.table, &caller, &beginnings, after, limit).await?;
    let views = found.iter().map(ContactView::new).collect();
    let next = next.map(|next| cursor::encode(&list, &next.to_string()));
    Ok(Json(Page::new(views, limit, next)))
}

/// Blocks the contact of a room, in all of their rooms. Needs the role `supervisor`.
#[utoipa::path(
    post,
    path = "/qontak/chat/v1/contact_block",
    operation_id = "qontak_block_contact",
    tag = TAG,
    request_body = Blocking,
    responses(
        (status = 200, body = One<ContactView>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn block_contact(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    Fields(body): Fields<Blocking>,
) -> Result<Json<One<ContactView>>, Failed> {
    Ok(Json(One::new(block(&api, &caller, &body, &ctx).await?)))
}

/// Lets a contact write again. Needs the role `supervisor`.
#[utoipa::path(
    delete,
    path = "/qontak/chat/v1/contact_block/{contact_id}",
    operation_id = "qontak_unblock_contact",
    tag = TAG,
    params(("contact_id" = String, Path, description = "The contact's id.")),
    request_body = Unblocking,
    responses(
        (status = 200, body = One<ContactView>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn unblock_contact(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Contact>,
    Fields(body): Fields<Unblocking>,
) -> Result<Json<One<ContactView>>, Failed> {
    Ok(Json(One::new(unblock(&api, &caller, id, &body, &ctx).await?)))
}
