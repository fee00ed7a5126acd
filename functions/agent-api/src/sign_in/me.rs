//! `GET /v1/me`.

use std::sync::Arc;

use app::{members, views::MeView};
use axum::{Json, extract::State};

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    responses::{Failed, ProblemBody},
};

/// Shows who one is in this organization. A key is told 422 `person_needed`.
#[utoipa::path(
    get,
    path = "/v1/me",
    responses(
        (status = 200, body = One<MeView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_me(
    State(api): State<Arc<Api>>,
    Authenticated { caller, .. }: Authenticated,
) -> Result<Json<One<MeView>>, Failed> {
    let person = members::show_me(&api.table, &caller).await?;
    Ok(Json(One::new(MeView::new(&person, caller.organization_id))))
}
