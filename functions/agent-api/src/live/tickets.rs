//! `POST /v1/live/tickets`.

use std::sync::Arc;

use app::live;
use axum::{Json, extract::State, http::StatusCode};
use domain::Time;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    responses::{Failed, ProblemBody},
};

/// The right to open one socket.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketView {
    /// Good for one socket.
    ticket: String,
    /// The address to open, ticket included.
    url: String,
    /// Until when: 30 seconds from now.
    expires_at: String,
}

/// Issues a ticket, with which a client opens one WebSocket within 30 seconds.
///
/// Frames from the server are `{"type": "events", "events": [...]}`, with events as `GET /v1/events`
/// lists them. The client says `{"action": "ping"}` once a minute and is answered `{"type":
/// "pong"}`, or by an error frame: after the code `closed` it opens another socket. A socket is
/// closed after two hours, after ten minutes of silence, and when what it was opened for is over:
/// the member is removed, has another role, or signs out. Frames may get lost, so a client
/// catches up with `GET /v1/events` when a socket was opened, and once a minute. A member has ten
/// sockets at most; the oldest give way.
#[utoipa::path(
    post,
    path = "/v1/live/tickets",
    responses(
        (status = 201, body = One<TicketView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_ticket(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
) -> Result<(StatusCode, Json<One<TicketView>>), Failed> {
    let random = [ctx.random(), api.source.ctx().random()];
    let issued = live::issue_ticket(&api.table, &caller, random, Time::from(ctx.now)).await?;
    let view = TicketView {
        url: format!("{}?ticket={}", api.sockets_url, issued.token),
        ticket: issued.token,
        expires_at: issued.expires_at.to_string(),
    };
    Ok((StatusCode::CREATED, Json(One::new(view))))
}
