//! `GET /qontak/chat/v1/integrations` and `/integrations/{id}`.

use std::sync::Arc;

use app::integrations;
use axum::{Json, extract::State};
use domain::{Time, integration::Integration};
use platform::problem::Problem;

use super::{
    TAG,
    arranging::{ARRANGING, Arranged, Entry},
    asked::Asked,
    envelope::QontakError,
    views::QontakIntegration,
};
use crate::{
    Api,
    caller::Authenticated,
    envelope::{One, Page},
    request::PathId,
    responses::Failed,
};

/// Lists the organization's channel accounts, disconnected ones included.
///
/// There are few; all of them are on the one page.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/integrations",
    operation_id = "qontak_list_integrations",
    tag = TAG,
    params(
        ("target_channel" = Option<String>, Query, description = "Only accounts of this channel: `wa_cloud` (or `wa`); others find nothing."),
        ("all" = Option<bool>, Query, description = "Taken, and of no effect: all are on the one page."),
        ("query" = Option<String>, Query, max_length = 100, description = "A part of a name or of a number's digits: up to 100 characters."),
        ("order_by" = Option<String>, Query, pattern = "^(created_at|updated_at)$", description = "`created_at` or `updated_at`: both are when the account was last connected, which is all that is kept."),
        ("order_direction" = Option<String>, Query, pattern = "^(asc|desc)$", description = "`asc` (the default) or `desc`."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "1 to 100; of no effect."),
    ),
    responses(
        (status = 200, body = Page<QontakIntegration>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn list_integrations(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    asked: Asked,
) -> Result<Json<Page<QontakIntegration>>, Failed> {
    let known: Vec<_> = ["target_channel", "all"].into_iter().chain(ARRANGING).collect();
    let asked = asked.only(&known)?;
    asked.flag("all")?;
    let arranged = Arranged::of(&asked)?;
    let limit = asked.parameters().limit(100)?;
    if asked.cursor().is_some() {
        return Err(Problem::field("cursor", "This list has one page.").into());
    }
    let channels = asked.all("target_channel");
    let mut found = integrations::list_integrations(&api.table, &caller).await?;
    found.retain(|account| {
        // Qontak's `wa` is WhatsApp's old API, which this replaces.
        let is_asked = |name: &String| name == account.channel.name() || name == "wa";
        let number = account.profile.display_phone_number.as_deref().unwrap_or_default();
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        (channels.is_empty() || channels.iter().any(is_asked))
            && arranged.finds(&[&account.name, number, &digits])
    });
    let never = Time::from_millis(0);
    let entries: Vec<_> = found
        .iter()
        .map(|account| Entry {
            at: account.subscribed_at.unwrap_or(never),
            id: account.id,
            view: QontakIntegration::new(account),
        })
        .collect();
    let all = entries.len();
    let (views, _) = arranged.page(entries, "", None, all)?;
    Ok(Json(Page::new(views, limit, None)))
}

/// Shows a channel account.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/integrations/{id}",
    operation_id = "qontak_show_integration",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The integration's id."),
    ),
    responses(
        (status = 200, body = One<QontakIntegration>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn show_integration(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
    PathId(id): PathId<Integration>,
) -> Result<Json<One<QontakIntegration>>, Failed> {
    let integration = integrations::show_integration(&api.table, &caller, id).await?;
    Ok(Json(One::new(QontakIntegration::new(&integration))))
}
