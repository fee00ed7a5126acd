//! `GET /v1/presence`.

use std::sync::Arc;

use app::{live, views::MemberPresenceView};
use axum::{Json, extract::State};
use domain::Time;

use crate::{
    Api,
    caller::Authenticated,
    envelope::Page,
    request::Parameters,
    responses::{Failed, ProblemBody},
};

/// Lists the members who are there: those with an open socket whose client was heard within
/// three minutes.
#[utoipa::path(
    get,
    path = "/v1/presence",
    responses(
        (status = 200, body = Page<MemberPresenceView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_presence(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    parameters: Parameters,
) -> Result<Json<Page<MemberPresenceView>>, Failed> {
    parameters.only(&[])?;
    let present = live::list_presence(&api.table, &caller, Time::from(ctx.now)).await?;
    let views: Vec<_> =
        present.iter().map(|one| MemberPresenceView::new(&one.member, Some(one))).collect();
    let limit = views.len();
    Ok(Json(Page::new(views, limit, None)))
}
