//! `GET /v1/rooms`.

use std::sync::Arc;

use app::{rooms, views::RoomView};
use axum::{Json, extract::State};
use domain::{Id, Time, room::Status};
use platform::problem::Problem;
use store::{InboxKey, Tab};

use crate::{
    Api,
    caller::Authenticated,
    cursor,
    envelope::Page,
    request::Parameters,
    responses::{Failed, ProblemBody},
};

const DEFAULT_PAGE: usize = 50;

/// Lists rooms, latest activity first.
#[utoipa::path(
    get,
    path = "/v1/rooms",
    params(
        ("status" = Option<String>, Query, description = "The tab: `all` (the default), `unassigned`, `assigned` or `resolved`."),
        ("limit" = Option<u32>, Query, description = "Rooms a page: 1 to 100, 50 if not given."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: the `next` of the page before."),
    ),
    responses(
        (status = 200, body = Page<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_rooms(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    parameters: Parameters,
) -> Result<Json<Page<RoomView>>, Failed> {
    let parameters = parameters.only(&["status", "limit", "cursor"])?;
    let (name, tab) = tab(parameters.get("status"))?;
    let limit = parameters.limit(DEFAULT_PAGE)?;
    let list = format!("{}/rooms/{name}", caller.organization_id);
    let after = parameters.get("cursor").map(|text| place(&list, text)).transpose()?;
    let page = rooms::list_rooms(&api.table, &caller, tab, after, limit).await?;
    let now = Time::from(ctx.now);
    let rooms = page.rooms.iter().map(|room| RoomView::new(room, now)).collect();
    let next = page.next.map(|next| cursor::encode(&list, &format!("{}:{}", next.step, next.room)));
    Ok(Json(Page::new(rooms, limit, next)))
}

fn tab(status: Option<&str>) -> Result<(&'static str, Tab), Problem> {
    Ok(match status {
        None | Some("all") => ("all", Tab::All),
        Some("unassigned") => ("unassigned", Tab::Only(Status::Unassigned)),
        Some("assigned") => ("assigned", Tab::Only(Status::Assigned)),
        Some("resolved") => ("resolved", Tab::Only(Status::Resolved)),
        Some(_) => {
            let detail = "The tab is `all`, `unassigned`, `assigned` or `resolved`.";
            return Err(Problem::field("status", detail));
        }
    })
}

fn place(list: &str, text: &str) -> Result<InboxKey, Problem> {
    let place = cursor::decode(list, text)?;
    let (step, room) = place.split_once(':').unwrap_or_default();
    match (step.parse(), room.parse::<Id<_>>()) {
        (Ok(step), Ok(room)) => Ok(InboxKey { step, room }),
        _ => Err(Problem::field("cursor", "The cursor is not one that this list gave out.")),
    }
}
