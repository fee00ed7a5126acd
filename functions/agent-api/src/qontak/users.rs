//! `GET /qontak/chat/v1/users`.

use std::sync::Arc;

use app::members;
use axum::{Json, extract::State};

use super::{
    TAG,
    arranging::{ARRANGING, Arranged, Entry},
    asked::Asked,
    envelope::QontakError,
    views::QontakUser,
};
use crate::{Api, caller::Authenticated, cursor, envelope::Page, members::role, responses::Failed};

const DEFAULT_PAGE: usize = 50;

/// Lists the organization's members.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/users",
    operation_id = "qontak_list_users",
    tag = TAG,
    params(
        ("role" = Option<String>, Query, pattern = "^(agent|supervisor|admin)?$", description = "Only `agent`, `supervisor` or `admin`."),
        ("query" = Option<String>, Query, max_length = 100, description = "A part of a name or an e-mail address: up to 100 characters."),
        ("order_by" = Option<String>, Query, pattern = "^(created_at|updated_at)$", description = "`created_at` or `updated_at`: both are when they were invited, which is all that is kept."),
        ("order_direction" = Option<String>, Query, pattern = "^(asc|desc)$", description = "`asc` (the default) or `desc`."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Members a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<QontakUser>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn list_users(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    asked: Asked,
) -> Result<Json<Page<QontakUser>>, Failed> {
    let known: Vec<_> = ["role"].into_iter().chain(ARRANGING).collect();
    let asked = asked.only(&known)?;
    let only = asked.parameters().get("role").filter(|name| !name.is_empty());
    let only = only.map(role).transpose()?;
    let arranged = Arranged::of(&asked)?;
    let limit = asked.parameters().limit(DEFAULT_PAGE)?;
    let list = format!("{}/qontak/users/{}", caller.organization_id, asked.question());
    let company = caller.organization_id.to_string();
    if arranged.is_asked() {
        let people = members::all_members(&api.table, &caller, only).await?;
        let found = people
            .iter()
            .filter(|person| arranged.finds(&[&person.membership.name, &person.identity.email]));
        let entries = found.map(|person| Entry {
            at: person.membership.created_at,
            id: person.membership.id,
            view: QontakUser::new(person, &company),
        });
        let (views, next) = arranged.page(entries.collect(), &list, asked.cursor(), limit)?;
        return Ok(Json(Page::new(views, limit, next)));
    }
    let after = asked.cursor().map(|text| cursor::decode_id(&list, text)).transpose()?;
    let page = members::list_members(&api.table, &caller, only, limit, after).await?;
    let views = page.members.iter().map(|person| QontakUser::new(person, &company)).collect();
    let next = page.next.map(|id| cursor::encode(&list, &id.to_string()));
    Ok(Json(Page::new(views, limit, next)))
}
