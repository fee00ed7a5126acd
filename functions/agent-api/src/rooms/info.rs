//! `GET /v1/rooms/specific/info`.

use std::sync::Arc;

use app::{rooms, views::RoomView};
use axum::{Json, extract::State};
use domain::{Id, Time, integration::Integration};
use platform::problem::Problem;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::Parameters,
    responses::{Failed, ProblemBody},
};

/// The longest name by which a channel knows somebody.
const NAME_LIMIT: usize = 256;

/// Finds a customer's room.
#[utoipa::path(
    get,
    path = "/v1/rooms/specific/info",
    params(
        ("account_uniq_id" = String, Query, min_length = 1, max_length = 256, description = "What the channel knows the customer by: a phone number in digits, with its country's code, on WhatsApp."),
        ("channel_integration_id" = String, Query, format = "uuid", description = "The channel account with which they talk."),
    ),
    responses(
        (status = 200, body = One<RoomView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn find_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    parameters: Parameters,
) -> Result<Json<One<RoomView>>, Failed> {
    let (customer, integration) = asked_for(parameters)?;
    let room = rooms::find_room(&api.table, &caller, integration, &customer).await?;
    Ok(Json(One::new(RoomView::new(&room, Time::from(ctx.now)))))
}

/// Whose room is asked for, and with which account they talk.
pub(crate) fn asked_for(parameters: Parameters) -> Result<(String, Id<Integration>), Problem> {
    let parameters = parameters.only(&["account_uniq_id", "channel_integration_id"])?;
    let customer = parameters.needed("account_uniq_id")?;
    if !(1..=NAME_LIMIT).contains(&customer.len()) {
        let detail = format!("It has 1 to {NAME_LIMIT} characters.");
        return Err(Problem::field("account_uniq_id", detail));
    }
    parameters.needed("channel_integration_id")?;
    let integration = parameters.id("channel_integration_id")?;
    Ok((customer.to_owned(), integration.ok_or_else(|| Problem::not_found("room"))?))
}
