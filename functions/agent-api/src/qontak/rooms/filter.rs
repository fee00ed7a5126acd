//! What Qontak's lists of rooms can be asked for.
//!
//! Where Qontak takes several values, a room is asked for that fits one of them. Both statuses of
//! response ask for nothing, and of the channels only ours matters. A question to which no room of
//! ours can be the answer (a campaign's rooms, another channel's) has an empty page as its answer.
//!
//! Qontak says nowhere what its dates are asked of, nor in what its `time_offset` is: they are of
//! the last activity, by which the lists are sorted, and hours east of UTC.

use std::collections::BTreeSet;

use app::{authenticate::Caller, rooms};
use domain::{
    Id, Time,
    api_key::Role,
    integration::Member,
    room::{Filter, Status, Window},
};
use jiff::{SignedDuration, Span, Timestamp, civil::Date, tz::Offset};
use platform::problem::Problem;

use crate::qontak::asked::Asked;

/// The parameters of a filter.
pub(super) const FILTERS: [&str; 13] = [
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
    "start_date",
    "end_date",
    "time_offset",
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
    let tags = asked.all("tags").iter().map(|text| rooms::tag_name("tags", text));
    let tags: BTreeSet<_> = tags.collect::<Result<_, Problem>>()?;
    let untagged = asked.flag("untagged")?;
    if untagged == Some(true) && !tags.is_empty() {
        return Ok(None);
    }
    let (since, until) = span(asked)?;
    Ok(Some(Filter {
        status,
        channel: None,
        integration: parameters.id("channel_integration_id")?,
        tags,
        is_untagged: untagged == Some(true),
        agents: agents(asked)?,
        window: named(asked.single("sessions")?, "sessions", &Window::EACH, Window::name)?,
        is_responded: is_responded(asked)?,
        since,
        until,
    }))
}

fn agents(asked: &Asked) -> Result<BTreeSet<Id<Member>>, Problem> {
    let ids = asked.all("user_ids").iter().map(|id| id.parse());
    let ids: Result<_, _> = ids.collect();
    ids.map_err(|_| Problem::field("user_ids", "It is an id: a UUID in lower case."))
}

/// From when and before when: whole days, or moments.
fn span(asked: &Asked) -> Result<(Option<Time>, Option<Time>), Problem> {
    let parameters = asked.parameters();
    let hours = match parameters.get("time_offset") {
        None | Some("") => 0,
        Some(text) => {
            text.parse().ok().filter(|hours| (-12..=14).contains(hours)).ok_or_else(|| {
                Problem::field("time_offset", "It is in whole hours east of UTC: -12 to 14.")
            })?
        }
    };
    let at = |name: &str, days: i64| match parameters.get(name) {
        None | Some("") => Ok(None),
        Some(text) => moment(text, hours, days).map(Some).ok_or_else(|| {
            Problem::field(name, "It is like `2026-11-22` or `2026-11-22T08:00:00Z`.")
        }),
    };
    Ok((at("start_date", 0)?, at("end_date", 1)?))
}

/// A moment, or the beginning of the day that lies so many days later.
fn moment(text: &str, hours: i64, days: i64) -> Option<Time> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(Time::from(moment));
    }
    let day: Date = text.parse().ok()?;
    let day = day.checked_add(Span::new().days(days)).ok()?;
    let midnight = Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()?;
    Some(Time::from(midnight).plus(SignedDuration::from_hours(-hours)))
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
