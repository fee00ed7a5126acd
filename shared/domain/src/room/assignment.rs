//! Who has a room: taken over, handed over, given back.
//!
//! An agent takes what nobody has. To give a room away, to a colleague or back to all, is for
//! supervisors; an agent does so with their own rooms where the organization lets them. What
//! an agent may not see is no business of this file: `visibility` comes first.

use serde::{Deserialize, Serialize};

use super::{Room, Status};
use crate::{Id, Time, api_key::Role, integration::Member};

/// How often a room may change hands within one episode: each is noted on the episode's row.
pub const CHANGES_OF_HANDS: u32 = 200;

/// How many open rooms a member may have: a page of their list reads all of them, since only the rooms
/// themselves know their order.
pub const OPEN_ROOMS: usize = 1000;

/// What an organization has decided about giving rooms away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentRules {
    /// Whether agents may give away what they have, to a colleague or back to all.
    #[serde(default)]
    pub agents_give: bool,
}

/// Somebody who changes who has a room.
#[derive(Debug, Clone, Copy)]
pub struct Giver<'a> {
    /// Who.
    pub member: &'a Member,
    /// In which role.
    pub role: Role,
    /// Whether the organization lets agents give their rooms away.
    pub agents_give: bool,
}

/// A line of an episode: who has had the room from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Who; nobody, once it was given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<Member>,
    /// Since when.
    pub at: Time,
    /// Who saw to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Member>,
}

/// Why a room does not change hands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssignRefused {
    /// Somebody else has it.
    #[error("{} has taken this room.", .by.name)]
    Taken {
        /// Who.
        by: Member,
    },
    /// The room is done.
    #[error("The room is resolved. It can be taken over when the customer writes again.")]
    Resolved,
    /// Agents of this organization keep their rooms.
    #[error("Agents of your organization do not give rooms away: ask a supervisor.")]
    NotAllowed,
    /// It went from hand to hand.
    #[error(
        "The room has changed hands {CHANGES_OF_HANDS} times since it was opened, which is the \
         most. Resolve it; it is as new when the customer writes again."
    )]
    TooOften,
    /// They have more than anybody can answer.
    #[error(
        "{} has {OPEN_ROOMS} open rooms, which is the most. Resolve some, give some back, or have silence \
         resolve them (`/v1/settings/auto_resolve`).", .who.name
    )]
    TooMany {
        /// Who.
        who: Member,
    },
}

/// Whether a member who has so many open rooms may have another. Two rooms that are given at the same
/// moment are counted without each other; nothing hangs on it.
pub fn may_have_another(who: &Member, open: usize) -> Result<(), AssignRefused> {
    if open < OPEN_ROOMS { Ok(()) } else { Err(AssignRefused::TooMany { who: who.clone() }) }
}

/// A member takes a room that nobody has: `Some` new room, or `None` if it is theirs already.
pub fn takeover(room: &Room, member: &Member) -> Result<Option<Room>, AssignRefused> {
    match (room.status, &room.assignee) {
        (Status::Resolved, _) => Err(AssignRefused::Resolved),
        (Status::Assigned, Some(by)) if by.id == member.id => Ok(None),
        (Status::Assigned, Some(by)) => Err(AssignRefused::Taken { by: by.clone() }),
        (Status::Assigned, None) | (Status::Unassigned, _) => given(room, Some(member)),
    }
}

/// A room is given to `to`: `Some` new room, or `None` if they have it already.
pub fn hand_over(
    room: &Room,
    to: &Member,
    giver: Giver<'_>,
) -> Result<Option<Room>, AssignRefused> {
    match (room.status, &room.assignee) {
        (Status::Resolved, _) => Err(AssignRefused::Resolved),
        (_, Some(has)) if has.id == to.id => Ok(None),
        (_, None) if to.id == giver.member.id => given(room, Some(to)),
        (_, has) => {
            giver.may_give(has.as_ref())?;
            given(room, Some(to))
        }
    }
}

/// Whether a room may be given to a colleague, whoever it turns out to be.
pub fn may_hand_over(room: &Room, giver: Giver<'_>) -> Result<(), AssignRefused> {
    if room.status == Status::Resolved {
        return Err(AssignRefused::Resolved);
    }
    giver.may_give(room.assignee.as_ref())?;
    given(room, None).map(drop)
}

/// A room is taken from `from` and given back: `Some` new room, or `None` if nobody has it.
pub fn unassign(
    room: &Room,
    from: Id<Member>,
    giver: Giver<'_>,
) -> Result<Option<Room>, AssignRefused> {
    match (room.status, &room.assignee) {
        (Status::Resolved, _) => Err(AssignRefused::Resolved),
        (_, None) => Ok(None),
        (_, Some(has)) if has.id != from => Err(AssignRefused::Taken { by: has.clone() }),
        (_, has) => {
            giver.may_give(has.as_ref())?;
            given(room, None)
        }
    }
}

impl Giver<'_> {
    fn may_give(&self, has: Option<&Member>) -> Result<(), AssignRefused> {
        match (self.role, has) {
            (Role::Supervisor | Role::Admin, _) => Ok(()),
            (Role::Agent, Some(has)) if has.id != self.member.id => {
                Err(AssignRefused::Taken { by: has.clone() })
            }
            (Role::Agent, _) if self.agents_give => Ok(()),
            (Role::Agent, _) => Err(AssignRefused::NotAllowed),
        }
    }
}

fn given(room: &Room, to: Option<&Member>) -> Result<Option<Room>, AssignRefused> {
    if room.changes_of_hands >= CHANGES_OF_HANDS {
        return Err(AssignRefused::TooOften);
    }
    Ok(Some(Room {
        status: if to.is_some() { Status::Assigned } else { Status::Unassigned },
        assignee: to.cloned(),
        changes_of_hands: room.changes_of_hands + 1,
        ..room.clone()
    }))
}

#[cfg(test)]
mod tests {
    use super::{super::tests::room, *};

    fn member(name: &str) -> Member {
        Member { id: Id::derived(&[name]), name: name.into() }
    }

    fn of(assignee: Option<&str>) -> Room {
        let status = if assignee.is_some() { Status::Assigned } else { Status::Unassigned };
        Room { status, assignee: assignee.map(member), ..room() }
    }

    fn resolved() -> Room {
        Room { status: Status::Resolved, ..of(Some("Ani")) }
    }

    /// Who has the room afterwards, or how it was refused.
    fn outcome(
        room: &Room,
        done: Result<Option<Room>, AssignRefused>,
    ) -> Result<String, AssignRefused> {
        let after = done?.unwrap_or_else(|| room.clone());
        assert_eq!(after.status == Status::Assigned, after.assignee.is_some());
        Ok(after.assignee.map(|has| has.name).unwrap_or_default())
    }

    #[test]
    fn one_takes_a_room_over_and_the_other_is_told_who() {
        let (ani, tono) = (member("Ani"), member("Tono"));
        let taken = takeover(&of(None), &ani).unwrap().unwrap();
        assert_eq!((taken.status, taken.assignee.as_ref()), (Status::Assigned, Some(&ani)));
        assert_eq!(takeover(&taken, &ani), Ok(None));
        assert_eq!(takeover(&taken, &tono), Err(AssignRefused::Taken { by: ani }));
        assert_eq!(takeover(&resolved(), &tono), Err(AssignRefused::Resolved));
    }

    #[test]
    fn rooms_are_given_away_by_supervisors_and_where_allowed_by_who_has_them() {
        use AssignRefused::{NotAllowed, Resolved, Taken};
        let taken = || Taken { by: member("Ani") };
        for (has, by, role, agents_give, to, answer) in [
            (Some("Ani"), "Ani", Role::Agent, true, "Tono", Ok("Tono")),
            (Some("Ani"), "Ani", Role::Agent, false, "Tono", Err(NotAllowed)),
            (Some("Ani"), "Ani", Role::Agent, false, "Ani", Ok("Ani")),
            (Some("Ani"), "Tono", Role::Agent, true, "Tono", Err(taken())),
            (Some("Ani"), "Sari", Role::Supervisor, false, "Tono", Ok("Tono")),
            (Some("Ani"), "Sari", Role::Admin, false, "Sari", Ok("Sari")),
            (None, "Tono", Role::Agent, false, "Tono", Ok("Tono")),
            (None, "Tono", Role::Agent, false, "Ani", Err(NotAllowed)),
            (None, "Tono", Role::Agent, true, "Ani", Ok("Ani")),
            (None, "Sari", Role::Supervisor, false, "Ani", Ok("Ani")),
        ] {
            let (room, by) = (of(has), member(by));
            let giver = Giver { member: &by, role, agents_give };
            let after = outcome(&room, hand_over(&room, &member(to), giver));
            assert_eq!(after, answer.map(str::to_owned), "{has:?} to {to} by {by:?}");
            assert_eq!(hand_over(&resolved(), &member(to), giver), Err(Resolved));
        }
    }

    #[test]
    fn a_room_is_given_back_by_who_may_give_it() {
        use AssignRefused::{NotAllowed, Resolved, Taken};
        for (has, by, role, agents_give, from, answer) in [
            (Some("Ani"), "Ani", Role::Agent, true, "Ani", Ok("")),
            (Some("Ani"), "Ani", Role::Agent, false, "Ani", Err(NotAllowed)),
            (Some("Ani"), "Tono", Role::Agent, true, "Ani", Err(Taken { by: member("Ani") })),
            (Some("Ani"), "Sari", Role::Supervisor, false, "Ani", Ok("")),
            // Who meant Tono's does not take Ani's.
            (Some("Ani"), "Sari", Role::Admin, true, "Tono", Err(Taken { by: member("Ani") })),
            (None, "Sari", Role::Supervisor, true, "Ani", Ok("")),
        ] {
            let (room, by) = (of(has), member(by));
            let giver = Giver { member: &by, role, agents_give };
            let after = outcome(&room, unassign(&room, member(from).id, giver));
            assert_eq!(after, answer.map(str::to_owned), "{has:?} from {from} by {by:?}");
            assert_eq!(unassign(&resolved(), member("Ani").id, giver), Err(Resolved));
        }
    }

    #[test]
    fn a_room_that_goes_from_hand_to_hand_stops() {
        let (ani, tono) = (member("Ani"), member("Tono"));
        let giver = Giver { member: &ani, role: Role::Admin, agents_give: true };
        let mut room = of(None);
        for n in 0..CHANGES_OF_HANDS {
            let to = if n % 2 == 0 { &ani } else { &tono };
            room = hand_over(&room, to, giver).unwrap().unwrap();
        }
        assert_eq!(hand_over(&room, &ani, giver), Err(AssignRefused::TooOften));
        assert_eq!(unassign(&room, tono.id, giver), Err(AssignRefused::TooOften));
        assert_eq!(hand_over(&room, &tono, giver), Ok(None));
    }
}
