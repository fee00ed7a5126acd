//! `GET /qontak/chat/v1/templates/whatsapp`.

use std::sync::Arc;

use app::templates;
use axum::{Json, extract::State};
use store::TemplatePlace;

use super::{TAG, asked::Asked, envelope::QontakError, views::QontakTemplate};
use crate::{Api, caller::Authenticated, cursor, envelope::Page, responses::Failed};

const DEFAULT_PAGE: usize = 50;

/// Lists the WhatsApp templates of the organization, as they were when they were last synced.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/templates/whatsapp",
    operation_id = "qontak_list_templates",
    tag = TAG,
    params(
        ("channel_integration_id" = Option<String>, Query, format = "uuid", description = "Only those of this account."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Templates a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<QontakTemplate>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn list_templates(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    asked: Asked,
) -> Result<Json<Page<QontakTemplate>>, Failed> {
    let asked = asked.only(&["channel_integration_id"])?;
    let of = asked.parameters().id("channel_integration_id")?;
    let limit = asked.parameters().limit(DEFAULT_PAGE)?;
    let list = format!("{}/qontak/templates/{}", caller.organization_id, asked.question());
    let place =
        |text| TemplatePlace::parse(&cursor::decode(&list, text)?, of).ok_or_else(cursor::refused);
    let after = asked.cursor().map(place).transpose()?;
    let rows = i32::try_from(limit).unwrap_or(100);
    let page = templates::list_templates(&api.table, &caller, of, rows, after).await?;
    let company = caller.organization_id.to_string();
    let views = page.templates.iter().map(|template| QontakTemplate::new(template, &company));
    let next = page.next.map(|next| cursor::encode(&list, &next.to_string()));
    Ok(Json(Page::new(views.collect(), limit, next)))
}
