//! `GET /v1/contacts`.

use std::sync::Arc;

use app::{contacts, views::ContactView};
use axum::{Json, extract::State};
use domain::contact;
use platform::problem::Problem;
use store::ContactPlace;

use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::Page,
    request::Parameters,
    responses::{Failed, ProblemBody},
};

const DEFAULT_PAGE: usize = 50;

/// Lists contacts in the order of their names, or those that a search finds.
///
/// A page of what a search finds may be short, or empty, and yet have a `next`: the list ends
/// where `next` is null.
#[utoipa::path(
    get,
    path = "/v1/contacts",
    params(
        ("query" = Option<String>, Query, max_length = 100, description = "The beginning of any word of a name, in capitals or not, or of a number: `+62812`, `0812`, `62812` and `812` alike. 1 to 100 characters."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Contacts a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<ContactView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_contacts(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    parameters: Parameters,
) -> Result<Json<Page<ContactView>>, Failed> {
    let parameters = parameters.only(&["query", "limit", "cursor"])?;
    let limit = parameters.limit(DEFAULT_PAGE)?;
    let query = parameters.get("query");
    let beginnings =
        contact::search(query).map_err(|error| Problem::field("query", error.to_string()))?;
    let list = format!("{}/contacts/{}", caller.organization_id, query.unwrap_or_default());
    let after = match parameters.get("cursor") {
        None => None,
        Some(text) => {
            let place = ContactPlace::parse(&cursor::decode(&list, text)?, &beginnings);
            Some(place.ok_or_else(cursor::refused)?)
        }
    };
    let (contacts, next) =
        contacts::list_contacts(&api.table, &caller, &beginnings, after, limit).await?;
    let views = contacts.iter().map(ContactView::new).collect();
    let next = next.map(|next| cursor::encode(&list, &next.to_string()));
    Ok(Json(Page::new(views, limit, next)))
}
