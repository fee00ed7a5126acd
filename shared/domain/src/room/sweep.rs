//! What time does to a room: its reply window closes, silence resolves it, and a member resolves
//! all expired rooms at once.
//!
//! Nothing of this decides whether a customer can be answered: the window is computed whenever
//! somebody asks. These are the actions that follow from it, for lists and live views. A room
//! that is resolved here keeps its count of unread messages, since nobody has read them: it is
//! out of the way, not out of sight.

use super::{Resolution, Room, Status, Window};
use crate::{
    Time,
    integration::Member,
    job::Scope,
    message::{self, Direction, Message},
    settings::AutoResolve,
};

/// What is to become of a room that has fallen due.
#[derive(Debug, PartialEq, Eq)]
pub enum Looked {
    /// It is not due: the index lags behind, or somebody was faster.
    NotDue,
    /// The customer has written since it was armed: look again later.
    Later(Box<Room>),
    /// Its window has closed, and this is marked.
    Expired(Box<Room>),
    /// It is resolved and nobody's to look at.
    Disarmed(Box<Room>),
}

/// Looks at a room that has fallen due.
pub fn look(room: &Room, now: Time) -> Looked {
    if room.due_at.is_none_or(|due| due > now) {
        return Looked::NotDue;
    }
    let unarmed = Room { due_at: None, ..room.clone() };
    let closes = room.window_closes_at();
    match room.status {
        Status::Resolved => Looked::Disarmed(Box::new(unarmed)),
        Status::Unassigned | Status::Assigned if now < closes => {
            Looked::Later(Box::new(Room { due_at: Some(closes), ..unarmed }))
        }
        Status::Unassigned | Status::Assigned => {
            Looked::Expired(Box::new(Room { expired_at: Some(closes), ..unarmed }))
        }
    }
}

/// What becomes of a room that silence, or a member's job, may resolve.
#[derive(Debug, PartialEq, Eq)]
pub enum Swept {
    /// It is not meant: exempt, of another channel, nobody's, or resolved already.
    Spared,
    /// It is meant, but not before this time.
    NotYet(Time),
    /// The room, resolved.
    Resolved(Box<Room>),
}

/// Resolves a room in which nothing has happened for as long as the organization has set. What
/// counts is the latest of the customer's message, our message and the taking over: all that
/// moves `activity_at`.
pub fn auto_resolve(room: &Room, settings: &AutoResolve, now: Time) -> Swept {
    if !settings.enabled || room.is_dont_auto_resolve || !is_meant(room, &settings.scope) {
        return Swept::Spared;
    }
    let at = room.activity_at.plus(settings.after());
    if now < at {
        return Swept::NotYet(at);
    }
    Swept::Resolved(Box::new(resolved(room, None, Resolution::AutoResolve, now)))
}

/// When a room has been silent for as long as the organization has set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// Not yet: our last words are on their way.
    Broken,
    /// At this time.
    At(Time),
    /// Not before this time, and nobody knows when: what became of some of our words nobody learned.
    NotBefore(Time),
}

/// When a room has been silent for long enough, by its last messages, the latest first. A room moves
/// to when we wrote, but the provider, or the way to it, may be down for longer than the silence that
/// is meant: what counts is when it took our words or refused them.
pub fn silence(room: &Room, last: &[Message], settings: &AutoResolve) -> Silence {
    let (mut since, mut is_unclear) = (room.activity_at, false);
    for said in last {
        let Direction::Outbound(out) = &said.direction else { continue };
        if out.is_under_way() {
            return Silence::Broken;
        }
        match out.accepted_at.max(out.failure.as_ref().map(|why| why.at)) {
            Some(settled) => since = since.max(settled),
            None => is_unclear |= out.status == message::Status::Unknown,
        }
    }
    let at = since.plus(settings.after());
    if is_unclear { Silence::NotBefore(at) } else { Silence::At(at) }
}

/// Resolves a room whose reply window has closed, in the name of the member who asked for all.
/// The exemption from auto-resolve says nothing here: a person has decided.
pub fn resolve_expired(room: &Room, scope: &Scope, by: &Member, now: Time) -> Swept {
    if !is_meant(room, scope) {
        return Swept::Spared;
    }
    match room.window(now) {
        Window::Open | Window::Expiring => Swept::NotYet(room.window_closes_at()),
        Window::Expired => {
            let by = Some(by.clone());
            Swept::Resolved(Box::new(resolved(room, by, Resolution::ResolveExpired, now)))
        }
    }
}

fn is_meant(room: &Room, scope: &Scope) -> bool {
    let by_status = match room.status {
        Status::Unassigned => scope.include_unassigned,
        Status::Assigned => true,
        Status::Resolved => false,
    };
    by_status && scope.has(room.channel)
}

fn resolved(room: &Room, by: Option<Member>, how: Resolution, now: Time) -> Room {
    Room {
        status: Status::Resolved,
        resolved_at: Some(now),
        resolved_by: by,
        resolution: Some(how),
        ..room.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            assignment::takeover,
            tests::{at, room},
        },
        *,
    };
    use crate::{Id, channel::Channel};

    const DAY: i64 = 24 * 3600;

    fn ani() -> Member {
        Member { id: Id::derived(&["ani"]), name: "Ani".into() }
    }

    fn settings(scope: Scope) -> AutoResolve {
        AutoResolve { enabled: true, after_minutes: 10, scope, changed_at: None }
    }

    fn everything() -> Scope {
        Scope { channels: Vec::new(), include_unassigned: true }
    }

    #[test]
    fn a_window_that_has_closed_is_marked_once() {
        let room = room();
        let closes = at(99 + DAY);
        assert_eq!(look(&room, at(98 + DAY)), Looked::NotDue);
        let Looked::Expired(expired) = look(&room, closes) else { panic!("expired") };
        assert_eq!((expired.expired_at, expired.due_at), (Some(closes), None));
        assert_eq!(look(&expired, at(2 * DAY)), Looked::NotDue);
    }

    #[test]
    fn who_wrote_again_is_looked_at_when_the_new_window_closes() {
        let mut room = room();
        room.last_inbound_at = at(500);
        let Looked::Later(later) = look(&room, at(99 + DAY)) else { panic!("later") };
        assert_eq!((later.due_at, later.expired_at), (Some(at(500 + DAY)), None));
        room.status = Status::Resolved;
        let Looked::Disarmed(done) = look(&room, at(99 + DAY)) else { panic!("disarmed") };
        assert_eq!((done.due_at, done.status), (None, Status::Resolved));
    }

    #[test]
    fn silence_resolves_what_the_settings_mean_and_nothing_else() {
        let room = room();
        let everything = settings(everything());
        assert_eq!(auto_resolve(&room, &everything, at(699)), Swept::NotYet(at(700)));
        let Swept::Resolved(done) = auto_resolve(&room, &everything, at(700)) else {
            panic!("resolved")
        };
        assert_eq!((done.status, done.resolved_at), (Status::Resolved, Some(at(700))));
        assert_eq!((&done.resolved_by, done.resolution), (&None, Some(Resolution::AutoResolve)));
        // Nobody has read it.
        assert_eq!((done.unread, &done.last_read), (1, &None));
        // It is looked at once more when it would have expired: that is one write less now.
        assert_eq!(done.due_at, room.due_at);
        assert_eq!(auto_resolve(&done, &everything, at(9999)), Swept::Spared);

        let off = AutoResolve { enabled: false, ..everything.clone() };
        assert_eq!(auto_resolve(&room, &off, at(9999)), Swept::Spared);
        let taken = settings(Scope { include_unassigned: false, ..everything.scope.clone() });
        assert_eq!(auto_resolve(&room, &taken, at(9999)), Swept::Spared);
        let assigned = takeover(&room, &ani()).unwrap().unwrap().active(at(800));
        assert_eq!(auto_resolve(&assigned, &taken, at(801)), Swept::NotYet(at(1400)));
        let whatsapp =
            settings(Scope { channels: vec![Channel::WhatsApp], include_unassigned: true });
        assert!(matches!(auto_resolve(&room, &whatsapp, at(700)), Swept::Resolved(_)));
        let exempt = Room { is_dont_auto_resolve: true, ..room };
        assert_eq!(auto_resolve(&exempt, &everything, at(9999)), Swept::Spared);
    }

    #[test]
    fn a_member_resolves_expired_rooms_exempt_or_not() {
        let exempt = Room { is_dont_auto_resolve: true, ..room() };
        let ask = |room: &Room, second| resolve_expired(room, &everything(), &ani(), at(second));
        assert_eq!(ask(&exempt, 98 + DAY), Swept::NotYet(at(99 + DAY)));
        let Swept::Resolved(done) = ask(&exempt, 99 + DAY) else { panic!("resolved") };
        assert_eq!(done.resolved_by, Some(ani()));
        assert_eq!(ask(&done, 2 * DAY), Swept::Spared);
    }
}
