//! `GET /qontak/chat/v1/rooms/{id}` and `/rooms/specific/info`.

use std::sync::Arc;

use app::rooms;
use axum::{Json, extract::State};
use domain::room::Room;
use platform::problem::Problem;

use super::answer;
use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    qontak::{TAG, envelope::QontakError, not_yet, views::QontakRoom},
    request::{Parameters, PathId},
    responses::Failed,
    rooms::info::asked_for,
};

/// Shows a room.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/rooms/{id}",
    operation_id = "qontak_show_room",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The room's id."),
    ),
    responses(
        (status = 200, body = One<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn show_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Room>,
) -> Result<Json<One<QontakRoom>>, Failed> {
    let room = rooms::show_room(&api.table, &caller, id).await?;
    answer(&api, &caller, &ctx, &room).await
}

/// Finds a customer's room.
///
/// Counting rooms, by Qontak's `target`, is answered 501: no number is kept of them.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/rooms/specific/info",
    operation_id = "qontak_find_room",
    tag = TAG,
    params(
        ("account_uniq_id" = String, Query, description = "What the channel knows the customer by: a phone number in digits, with its country's code."),
        ("channel_integration_id" = String, Query, description = "The channel account with which they talk."),
        ("target" = Option<String>, Query, description = "Qontak's question for a count; not served."),
    ),
    responses(
        (status = 200, body = One<QontakRoom>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn find_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    parameters: Parameters,
) -> Result<Json<One<QontakRoom>>, Failed> {
    if parameters.get("target").is_some() {
        let problem = not_yet::problem("Counting rooms");
        return Err(Problem { field: Some("target".into()), ..problem }.into());
    }
    let (customer, integration) = asked_for(parameters)?;
    let room = rooms::find_room(&api.table, &caller, integration, &customer).await?;
    answer(&api, &caller, &ctx, &room).await
}
