//! `GET /qontak/chat/v1/rooms/specific/info`.
//!
//! Qontak's client asks for a number by `target` and `type` (`src/types/room.ts`,
//! `RoomSpecifInfo`); nothing that Qontak publishes shows the answer. So each number bears the name
//! by which it was asked for. Beside that stands the question of `/v1`: whose room is it?

use std::sync::Arc;

use app::rooms::{self, Count};
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    qontak::{
        TAG,
        envelope::QontakError,
        views::{Company, QontakRoom},
    },
    request::Parameters,
    responses::Failed,
    rooms::info::asked_for,
};

/// What can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Unassigned,
    UnreadCount,
    UnassignedDivision,
}

/// A room, or numbers of rooms.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum QontakInfo {
    /// The customer's room.
    Room(Box<QontakRoom>),
    /// What was counted.
    Counts(QontakCounts),
}

/// What was counted; null is what was not asked for.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct QontakCounts {
    /// The rooms that nobody has taken.
    unassigned: Option<u64>,
    /// The customers' messages that nobody has read, in rooms that the caller may see and that are
    /// not resolved.
    unread_count: Option<u64>,
    /// Rooms that lie in a division and with nobody: 0, since there are no divisions.
    unassigned_division: Option<u64>,
    /// Whether that is all: 1,000 unassigned rooms are counted, and the unread messages of the
    /// latest 400 rooms.
    is_complete: bool,
}

/// Counts rooms, or finds a customer's.
///
/// With `account_uniq_id` and `channel_integration_id` the answer is that customer's room.
/// Otherwise it is what `target` asks for, or all of it.
#[utoipa::path(
    get,
    path = "/qontak/chat/v1/rooms/specific/info",
    operation_id = "qontak_find_room",
    tag = TAG,
    params(
        ("target" = Option<String>, Query, pattern = "^(unassigned|unread_count|unassigned_division)$", description = "What is counted: `unassigned`, `unread_count` or `unassigned_division`; all three if it is not given."),
        ("type" = Option<String>, Query, pattern = "^(customer_service|comment|review)$", description = "Rooms of this type: `customer_service` (the default). Of `comment` and `review` there are none."),
        ("account_uniq_id" = Option<String>, Query, min_length = 1, max_length = 256, description = "What the channel knows the customer by: a phone number in digits, with its country's code."),
        ("channel_integration_id" = Option<String>, Query, format = "uuid", description = "The channel account with which they talk."),
    ),
    responses(
        (status = 200, body = One<QontakInfo>),
        (status = "default", body = QontakError),
    )
)]
pub(crate) async fn find_room(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    parameters: Parameters,
) -> Result<Json<One<QontakInfo>>, Failed> {
    let names = ["account_uniq_id", "channel_integration_id"];
    if names.iter().any(|name| parameters.get(name).is_some()) {
        let (customer, integration) = asked_for(parameters)?;
        let room = rooms::find_room(&api.table, &caller, integration, &customer).await?;
        let company = Company::of(&api, &caller, &ctx).await?;
        let room = Box::new(QontakRoom::new(&room, &company));
        return Ok(Json(One::new(QontakInfo::Room(room))));
    }
    let parameters = parameters.only(&["target", "type"])?;
    let targets = [Target::Unassigned, Target::UnreadCount, Target::UnassignedDivision];
    let target = parameters.one_of("target", &targets, Target::name)?;
    let of = parameters.one_of("type", &["customer_service", "comment", "review"], |name| name)?;
    let is_asked = |asked| target.is_none_or(|target| target == asked);
    let are_there = of.is_none_or(|of| of == "customer_service");
    let none = Count { count: 0, is_all: true };

    let mut counts = QontakCounts { is_complete: true, ..QontakCounts::default() };
    if is_asked(Target::Unassigned) {
        let found = match are_there {
            true => rooms::count_unassigned(&api.table, &caller).await?,
            false => none,
        };
        counts.unassigned = Some(found.count);
        counts.is_complete &= found.is_all;
    }
    if is_asked(Target::UnreadCount) {
        let found = match are_there {
            true => rooms::count_unread(&api.table, &caller, &ctx).await?,
            false => none,
        };
        counts.unread_count = Some(found.count);
        counts.is_complete &= found.is_all;
    }
    counts.unassigned_division = is_asked(Target::UnassignedDivision).then_some(0);
    Ok(Json(One::new(QontakInfo::Counts(counts))))
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Unassigned => "unassigned",
            Self::UnreadCount => "unread_count",
            Self::UnassignedDivision => "unassigned_division",
        }
    }
}
