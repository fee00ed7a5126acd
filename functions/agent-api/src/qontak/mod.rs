//! The paths that Qontak's clients know, below `/qontak/chat/v1`.
//!
//! For whoever comes from Qontak with a client of theirs: another address and another key, and it
//! works. Behind these paths stand the same use cases, the same gate and the same permissions as
//! behind `/v1` (`domain::permission` says which operation is which); what differs is said here and
//! nowhere else. Errors are Qontak's (`envelope`), things are shown in Qontak's words (`views`),
//! requests are read as Qontak's clients write them (`fields`, `asked`), and a message may be sent
//! without a name of its own (`app::rooms::send_bot_message`). Paths, parameters and names are those of
//! Qontak's own client (github.com/mekari-engineering/qontak-api-js), but for those of its paths
//! that are slips: it renames a room at `mark_all_as_read`.
//!
//! Where Qontak says nothing, this follows `/v1`. What is not there yet is in `not_yet`.

mod arranging;
mod asked;
mod contacts;
pub(crate) mod envelope;
mod fields;
mod files;
mod form_value;
mod integrations;
mod interactive;
mod messages;
mod not_yet;
mod rooms;
mod sending;
mod templates;
mod users;
mod views;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Api, files::multipart::BODY_LIMIT};

/// What stands before `/v1` in Qontak's paths.
pub(crate) const PREFIX: &str = "/qontak/chat";

/// The heading in the document.
const TAG: &str = "Qontak";

/// All that is reached below the prefix.
pub(crate) fn operations() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(rooms::list::list_rooms))
        .routes(routes!(rooms::list::list_expired_rooms))
        .routes(routes!(rooms::info::find_room))
        .routes(routes!(rooms::work::take_next_room))
        .routes(routes!(rooms::expired::resolve_expired))
        .routes(routes!(rooms::agents::show_agents_assign, rooms::agents::let_agents_assign))
        .routes(routes!(rooms::show::show_room, rooms::change::change_room))
        .routes(routes!(rooms::people::list_participants))
        .routes(routes!(rooms::people::list_assignable_agents))
        .routes(routes!(rooms::histories::list_messages))
        .routes(routes!(rooms::agents::hand_over_room, rooms::agents::unassign_room))
        .routes(routes!(rooms::agents::assign_in_turn))
        .routes(routes!(rooms::tags::tag_room, rooms::tags::untag_room))
        .routes(routes!(rooms::work::take_over_room))
        .routes(routes!(rooms::work::resolve_room))
        .routes(routes!(rooms::work::mark_room_read))
        .routes(routes!(users::list_users))
        .routes(routes!(contacts::list_contacts))
        .routes(routes!(contacts::block_contact))
        .routes(routes!(contacts::unblock_contact))
        .routes(routes!(integrations::list_integrations))
        .routes(routes!(integrations::show_integration))
        .routes(routes!(templates::list_templates))
        .merge(not_yet::operations())
        .merge(
            OpenApiRouter::new()
                .routes(routes!(files::upload_file))
                .routes(routes!(messages::send_message))
                .routes(routes!(messages::send_bot_message))
                .routes(routes!(interactive::send_interactive_message))
                .layer(DefaultBodyLimit::max(BODY_LIMIT)),
        )
}
