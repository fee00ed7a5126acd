//! What has happened since a client last looked.
//!
//! Runs of relay write the journal side by side, each under its own clock. So an item may appear
//! that lies before one that a client has read: its writer's clock was behind, or it took long.
//! No run outlives [`OVERLAP`], so only what is older than that is settled. A cursor never lies
//! in what is not: at the journal's end it stays that far behind, and the next time what is there
//! is read again. That is harmless, since applying an event twice changes nothing.
//!
//! The journal says what has changed, not how it is: that is read when it is told. So a member
//! sees what they may see now: whoever has lost a room is told that it is gone, and learns nothing
//! that happened in it since.
//!
//! Nor does it say what was there before. So a cursor goes on only from what its caller was shown: an
//! agent's is theirs, and that of who sees all rooms is good for whoever does. Who sees other rooms
//! than the cursor was given out for, since they are somebody else or have another role now, has
//! to read everything anew.

use std::{fmt, str::FromStr};

use domain::{Id, Time, api_key::Role, integration::Member};
use jiff::SignedDuration;
use platform::problem::Problem;
use store::{JournalPlace, Table};

use super::{LiveEvent, entry::Entries, news::news, pack::unpack};
use crate::{authenticate::Caller, internal};

/// The longest that a run of relay can take (its timeout), and what clocks may differ by.
const OVERLAP: SignedDuration = SignedDuration::from_secs(35);

/// A cursor older than this may have lost what came after it: the journal's life, and an hour
/// that it takes to read to its end.
const OLDEST: SignedDuration = SignedDuration::from_hours(23);

/// A page is full with so many things that have changed, ...
const ENTRIES: usize = 100;

/// ... or with so many bytes to tell. Lambda takes answers of 6 MB.
const BYTES: usize = 1024 * 1024;

/// More than any run of the journal is called by.
const LONGEST_RUN: usize = 64;

/// Items that one query reads.
const ITEMS: i32 = 20;

/// Which rooms a client is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    All,
    /// Those that nobody has taken, and this agent's.
    Of(Id<Member>),
}

impl View {
    fn of(caller: &Caller) -> Self {
        match caller.role {
            Role::Agent => Self::Of(caller.member.id),
            Role::Supervisor | Role::Admin => Self::All,
        }
    }
}

/// Where a client stands: what it has read, and what it will have to read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// For whom it was given out.
    view: View,
    /// Everything up to here was read.
    from: JournalPlace,
    /// Within a series of pages: where to go back to at its end, since what lay after it was not
    /// settled when the series began.
    floor: Option<Time>,
}

impl Place {
    /// The place of a client that is about to read everything anew.
    fn at(now: Time, view: View) -> Self {
        Self { view, from: JournalPlace::before(now.plus(-OVERLAP)), floor: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let floor = self.floor.map_or(-1, Time::millis);
        write!(f, "{}:{}:{floor}:", self.from.at.millis(), self.from.run)?;
        match self.view {
            View::All => f.write_str("all"),
            View::Of(agent) => agent.fmt(f),
        }
    }
}

/// The text is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAPlace;

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let parts: Vec<&str> = text.split(':').collect();
        let [at, run, floor, view] = parts[..] else { return Err(NotAPlace) };
        let is_run = run.len() <= LONGEST_RUN && run.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_run {
            return Err(NotAPlace);
        }
        let millis = |text: &str| text.parse().map(Time::from_millis).map_err(|_| NotAPlace);
        let floor = if floor == "-1" { None } else { Some(millis(floor)?) };
        let view = match view {
            "all" => View::All,
            agent => View::Of(agent.parse().map_err(|_| NotAPlace)?),
        };
        Ok(Self { view, from: JournalPlace { at: millis(at)?, run: run.to_owned() }, floor })
    }
}

/// A page of what has happened.
#[derive(Debug)]
pub struct CatchUp {
    /// Each thing that has changed, as it is now: a room before what is in it.
    pub events: Vec<LiveEvent>,
    /// What to ask for next.
    pub next: Place,
    /// Whether to ask at once.
    pub more: bool,
}

/// What has happened after this place that the caller may know of; without one, where the
/// journal is now.
pub async fn catch_up(
    table: &Table,
    caller: &Caller,
    after: Option<Place>,
    now: Time,
) -> Result<CatchUp, Problem> {
    let view = View::of(caller);
    let Some(place) = after else {
        return Ok(CatchUp { events: Vec::new(), next: Place::at(now, view), more: false });
    };
    let gone = |code, why: &str| {
        let detail =
            format!("{why} Load everything anew, with a cursor from a call without `after`.");
        Problem { field: Some("after".into()), ..Problem::new(410, code, detail) }
    };
    if place.from.at < now.plus(-OLDEST) {
        return Err(gone("too_old", "This cursor is older than what is kept."));
    }
    if place.view != view {
        return Err(gone("other_view", "This cursor is of who saw other rooms than you do now."));
    }
    let (entries, next, more) = read(table, caller, place, now).await?;
    let to_agents = view != View::All;
    let entries: Vec<_> = entries.iter().collect();
    let told = news(caller.tenant(table), &entries, to_agents, now).await.map_err(internal)?;
    let events = told.into_iter().filter_map(|told| told.into(caller.role, caller.member.id));
    Ok(CatchUp { events: events.collect(), next, more })
}

/// The next page of entries, where the one after it begins, and whether there is one.
async fn read(
    table: &Table,
    caller: &Caller,
    place: Place,
    now: Time,
) -> Result<(Entries, Place, bool), Problem> {
    let unsettled = now.plus(-OVERLAP);
    let floor = place.floor.map_or(unsettled, |floor| floor.min(unsettled));
    let (mut entries, mut bytes, mut from) = (Entries::default(), 0, place.from.clone());
    loop {
        let page = caller.tenant(table).journal(&from, ITEMS).await.map_err(internal)?;
        let mut items = page.items.into_iter();
        for (at, packed) in items.by_ref() {
            match unpack(&packed) {
                Some(found) => {
                    for entry in found {
                        bytes += entry.size;
                        entries.add(entry);
                    }
                }
                // It would never read: what it named is told with its next change.
                None => tracing::error!(?at, "an item of the journal does not read"),
            }
            from = at;
            if entries.len() >= ENTRIES || bytes >= BYTES {
                break;
            }
        }
        let is_left = page.more || items.len() > 0;
        if !is_left {
            let settled = JournalPlace::before(floor);
            return Ok((entries, Place { from: settled, floor: None, ..place }, false));
        }
        if entries.len() >= ENTRIES || bytes >= BYTES {
            return Ok((entries, Place { from, floor: Some(floor), ..place }, true));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_back_and_garbage_does_not() {
        let agent = View::Of(Id::derived(&["ani"]));
        let place = Place::at(Time::from_millis(1_767_574_800_000), agent);
        let within = Place {
            view: View::All,
            from: JournalPlace { at: Time::from_millis(1), run: "00ff01".into() },
            floor: Some(Time::from_millis(7)),
        };
        for place in [place, within] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        assert_eq!(format!("1:{}:1:all", "a".repeat(65)).parse::<Place>(), Err(NotAPlace));
        for text in [
            "",
            "1",
            "1:x:1:all",
            "1:a",
            "1:a:1",
            "x:a:1:all",
            "1:a:x:all",
            "1:a:1:1",
            "1:a:1:all:1",
        ] {
            assert_eq!(text.parse::<Place>(), Err(NotAPlace), "{text}");
        }
    }
}
