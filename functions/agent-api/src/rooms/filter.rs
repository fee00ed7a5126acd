//! What the lists of rooms can be asked for, and their cursors.

use app::rooms;
use domain::{
    Id,
    channel::Channel,
    room::{Filter, Status, Window},
};
use platform::problem::Problem;
use store::InboxKey;

use crate::{cursor, request::Parameters};

/// The parameters of a filter.
pub(crate) const FILTERS: [&str; 7] = [
    "status",
    "channel",
    "channel_integration_id",
    "tag",
    "agent_id",
    "session",
    "response_status",
];

/// What a list is asked for. A parameter that the list does not know was refused before.
pub(crate) fn filter(parameters: &Parameters) -> Result<Filter, Problem> {
    let status = match parameters.get("status") {
        Some("all") => None,
        _ => parameters.one_of("status", &Status::EACH, Status::name)?,
    };
    let tag = parameters.get("tag").map(|text| rooms::tag_name("tag", text)).transpose()?;
    let answers = [true, false];
    let called = |is_responded| if is_responded { "responded" } else { "unresponded" };
    Ok(Filter {
        status,
        channel: parameters.one_of("channel", &Channel::EACH, Channel::name)?,
        integration: parameters.id("channel_integration_id")?,
        tags: tag.into_iter().collect(),
        is_untagged: false,
        agents: parameters.id("agent_id")?.into_iter().collect(),
        window: parameters.one_of("session", &Window::EACH, Window::name)?,
        is_responded: parameters.one_of("response_status", &answers, called)?,
        since: None,
        until: None,
    })
}

/// A list's name, to which its cursors are bound: the same question of the same caller. An
/// agent's list is another than a colleague's.
pub(crate) fn list_name(
    caller: &app::authenticate::Caller,
    list: &str,
    parameters: &Parameters,
) -> String {
    let asked: Vec<_> =
        FILTERS.iter().map(|name| parameters.get(name).unwrap_or_default()).collect();
    let own = match caller.role {
        domain::api_key::Role::Agent => caller.member.id.to_string(),
        domain::api_key::Role::Supervisor | domain::api_key::Role::Admin => String::new(),
    };
    format!("{}/rooms/{list}/{own}/{}", caller.organization_id, asked.join("\0"))
}

/// The cursor of a place.
pub(crate) fn encode(list: &str, place: InboxKey) -> String {
    cursor::encode(list, &format!("{}:{}", place.step, place.room))
}

/// The place of a cursor.
pub(crate) fn decode(list: &str, text: &str) -> Result<InboxKey, Problem> {
    let place = cursor::decode(list, text)?;
    let (step, room) = place.split_once(':').unwrap_or_default();
    match (step.parse(), room.parse::<Id<_>>()) {
        (Ok(step), Ok(room)) => Ok(InboxKey { step, room }),
        _ => Err(Problem::field("cursor", "The cursor is not one that this list gave out.")),
    }
}
