//! What Qontak's lists of rooms can be asked for.
//!
//! Where Qontak takes several values we look for one, or for all that there are: both statuses of
//! response ask for nothing, and of the channels only ours matters. A question to which no room of
//! ours can be the answer (a campaign's rooms, another channel's) has an empty page as its answer.

use app::{authenticate::Caller, rooms};
use domain::{
    api_key::Role,
    room::{Filter, Status, Window},
};
use platform::problem::Problem;

use crate::qontak::asked::Asked;

/// The parameters of a filter.
pub(super) const FILTERS: [&str; 10] = [
    "status",
    "sessions",
    "tags",
    "untagged",
    "user_ids",
    "channels",
    "target_channel",
    "channel_integration_id",
    "response_status",
    "type",
];

/// Qontak's names of WhatsApp: its old API and the Cloud API.
const WHATSAPP: [&str; 2] = ["wa", "wa_cloud"];

/// Qontak's name of the one kind of room that there is.
const ROOM_TYPE: &str = "Models::CustomerServiceRoom";

/// What a list is asked for; nothing, if no room can be asked for.
pub(super) fn filter(asked: &Asked) -> Result<Option<Filter>, Problem> {
    let parameters = asked.parameters();
    let status = match parameters.get("status") {
        None | Some("" | "all") => None,
        Some("campaign" | "deleted") => return Ok(None),
        Some(_) => parameters.one_of("status", &Status::EACH, Status::name)?,
    };
    let channels = asked.all("channels").iter().chain(asked.all("target_channel"));
    let is_ours = |name: &String| WHATSAPP.contains(&name.as_str());
    let types = asked.all("type");
    let other_channels = channels.clone().next().is_some() && !channels.clone().any(is_ours);
    if other_channels || !types.is_empty() && !types.iter().any(|name| name == ROOM_TYPE) {
        return Ok(None);
    }
    let tag = asked.single("tags")?.map(|text| rooms::tag_name("tags", text)).transpose()?;
    let untagged = parameters.one_of("untagged", &[true, false], |is| match is {
        true => "true",
        false => "false",
    })?;
    if untagged == Some(true) && tag.is_some() {
        return Ok(None);
    }
    Ok(Some(Filter {
        status,
        channel: None,
        integration: parameters.id("channel_integration_id")?,
        tag,
        is_untagged: untagged == Some(true),
        agent: agent(asked)?,
        window: named(asked.single("sessions")?, "sessions", &Window::EACH, Window::name)?,
        is_responded: is_responded(asked)?,
    }))
}

fn agent(asked: &Asked) -> Result<Option<domain::Id<domain::integration::Member>>, Problem> {
    let id = asked.single("user_ids")?.map(str::parse).transpose();
    id.map_err(|_| Problem::field("user_ids", "It is an id: a UUID in lower case."))
}

fn is_responded(asked: &Asked) -> Result<Option<bool>, Problem> {
    let called = |is_responded| if is_responded { "responded" } else { "unresponded" };
    let mut found = Vec::new();
    for name in asked.all("response_status") {
        let is = named(Some(name), "response_status", &[true, false], called)?;
        found.extend(is);
    }
    found.dedup();
    Ok(match found.as_slice() {
        [one] => Some(*one),
        // Both, or neither: all rooms are one or the other.
        _ => None,
    })
}

/// One of these things by its name.
fn named<T: Copy>(
    text: Option<&str>,
    field: &str,
    things: &[T],
    called: impl Fn(T) -> &'static str,
) -> Result<Option<T>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let found = things.iter().copied().find(|thing| called(*thing) == text);
    found.map(Some).ok_or_else(|| {
        let names: Vec<_> = things.iter().map(|thing| format!("`{}`", called(*thing))).collect();
        Problem::field(field, format!("It is one of {}.", names.join(", ")))
    })
}

/// A list's name, to which its cursors are bound: the same question of the same caller.
pub(super) fn list_name(caller: &Caller, list: &str, asked: &Asked) -> String {
    let own = match caller.role {
        Role::Agent => caller.member.id.to_string(),
        Role::Supervisor | Role::Admin => String::new(),
    };
    format!("{}/qontak/rooms/{list}/{own}/{}", caller.organization_id, asked.question())
}
