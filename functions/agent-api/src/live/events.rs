//! `GET /v1/events`.

use std::sync::Arc;

use app::live::{LiveEvent, Place, catch_up};
use axum::{Json, extract::State};
use domain::Time;
use platform::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    cursor,
    request::Parameters,
    responses::{Failed, ProblemBody},
};

/// A success with what has happened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Events {
    /// Always `success`.
    #[schema(example = "success")]
    status: &'static str,
    /// Each thing that has changed, as it is now; a room before what is in it.
    data: Vec<LiveEvent>,
    meta: Meta,
}

#[derive(Debug, Serialize, ToSchema)]
struct Meta {
    /// What to pass as `after` next. There is always one.
    next: String,
    /// Whether there is more to read at once.
    more: bool,
}

/// Lists what has happened in the rooms that the caller may see, after a cursor.
///
/// To show what is true and keep it so: call this without `after`, which lists nothing and gives
/// the cursor of this moment; then read rooms, messages and notes; from then on apply the events
/// that come after the cursor, and those that come through the socket. Events of the last half
/// minute are listed again the next time; applying one twice changes nothing. Load what is in a
/// room that comes into sight. A cursor is good for 23 hours, after that the answer is 410
/// `too_old`; and for who sees the rooms that it was given out for, otherwise the answer is 410
/// `other_view`, as when an agent becomes a supervisor: begin anew, and drop what came through the
/// socket before.
///
/// What is said about a message (`annotations.changed`) names it by its `external_id`, and may come
/// before it or be about one that is not here. It is news to a message whose `annotations_version`
/// is lower: then its `reactions` are the message's; and of `customer` and `agent`, the part of the
/// message's `participant_type` tells whether it was edited (`text` takes the place of the words) or
/// deleted (show nothing of it, and forget what it said). Nothing brings back words that were
/// deleted.
#[utoipa::path(
    get,
    path = "/v1/events",
    params(
        ("after" = Option<String>, Query, description = "The `next` of the call before. Without it, nothing is listed."),
    ),
    responses(
        (status = 200, body = Events),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_events(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    parameters: Parameters,
) -> Result<Json<Events>, Failed> {
    let parameters = parameters.only(&["after"])?;
    let list = format!("{}/events", caller.organization_id);
    let after = parameters.get("after").map(|text| place(&list, text)).transpose()?;
    let page = catch_up(&api.table, &caller, after, Time::from(ctx.now)).await?;
    let next = cursor::encode(&list, &page.next.to_string());
    Ok(Json(Events { status: "success", data: page.events, meta: Meta { next, more: page.more } }))
}

fn place(list: &str, text: &str) -> Result<Place, Problem> {
    let refused = || Problem::field("after", "The cursor is not one that this list gave out.");
    cursor::decode(list, text).map_err(|_| refused())?.parse().map_err(|_| refused())
}
