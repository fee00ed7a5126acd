//! Live updates: who may open a socket, whose sockets are open, who is there.
//!
//! A browser can't send a header with a WebSocket, and an API key in an address would end up in
//! logs. So a member asks for a ticket, which opens one socket within half a minute and nothing
//! after that.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{
    Id, Time,
    api_key::{ApiKey, Role},
    integration::{Member, Organization},
    member::Membership,
};

/// How long a ticket can be used.
pub const TICKET_LIFE: SignedDuration = SignedDuration::from_secs(30);

/// How long a socket can be open: API Gateway closes it then
/// (docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html).
pub const SOCKET_LIFE: SignedDuration = SignedDuration::from_hours(2);

/// How long a socket may take to open: what is sent to it before is refused as if it were gone.
pub const OPENING: SignedDuration = SignedDuration::from_secs(10);

/// How often a client says that it is there.
pub const HEARTBEAT: SignedDuration = SignedDuration::from_secs(60);

/// How long a client may be silent and count as there: three heartbeats.
pub const SILENCE: SignedDuration = SignedDuration::from_secs(180);

/// The most sockets of one member: windows of one browser, and a phone.
pub const MOST_SOCKETS: usize = 10;

/// By what a caller was proved, and so what a socket of theirs ends with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum Right {
    /// A key.
    Key {
        /// SHA-256 (hex) of its token or user name, by which it is found while it is good.
        lookup: String,
    },
    /// The access token of a person who signed in.
    Person {
        /// Whose it is.
        sub: String,
        /// Since when it is good, in the whole seconds of the user pool's clock.
        issued_at: Time,
        /// Until when.
        expires_at: Time,
    },
}

impl Right {
    /// Whether it is a person's.
    pub fn is_person(&self) -> bool {
        matches!(self, Self::Person { .. })
    }
}

/// What has become of a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is good, and if it ends by itself, until then.
    Good(Option<Time>),
    /// It was withdrawn, it expired, or its owner signed out.
    Over,
}

impl Standing {
    /// Of a key, as it is now.
    pub fn of_key(key: Option<&ApiKey>, now: Time) -> Self {
        match key {
            Some(key) if key.is_live(now) => Self::Good(key.expires_at),
            Some(_) | None => Self::Over,
        }
    }
}

/// The right to open one socket, as it is stored: under the SHA-256 of its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Whose rooms it shows.
    pub organization_id: Id<Organization>,
    /// Who asked for it.
    pub member: Member,
    /// What they may see.
    pub role: Role,
    /// By what they were proved.
    pub right: Right,
    /// From when on it opens nothing.
    pub expires_at: Time,
}

impl Ticket {
    /// The ticket as its member is now: nothing, once they were removed. A person has the role
    /// of their row; a key has one of its own, and may act for who has no row.
    pub fn admitted(self, member: Option<&Membership>) -> Option<Self> {
        match member {
            Some(now) if !now.is_current() => None,
            Some(now) if self.right.is_person() => {
                Some(Self { member: now.member(), role: now.role, ..self })
            }
            None if self.right.is_person() => None,
            Some(_) | None => Some(self),
        }
    }

    /// What has become of a person's right since the ticket was asked for, if they last signed out
    /// somewhere then. Nobody can tell which of their sign-ins that was. So what was asked for before
    /// it opens nothing, and what an older token asks for later ends with that token; a client that
    /// is still signed in has another by then.
    pub fn signed_out(&self, issued_at: Time, expires_at: Time, at: Option<Time>) -> Standing {
        let asked_at = self.expires_at.plus(-TICKET_LIFE);
        match at {
            Some(at) if asked_at <= at => Standing::Over,
            Some(at) if issued_at <= at => Standing::Good(Some(expires_at)),
            Some(_) | None => Standing::Good(None),
        }
    }
}

/// An open socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Socket {
    /// API Gateway's id of it.
    pub connection_id: String,
    /// Whose it is.
    pub member: Member,
    /// What they may see.
    pub role: Role,
    /// When it was opened.
    pub opened_at: Time,
    /// When its client last said that it is there.
    pub seen_at: Time,
    /// When the right ends by which it was opened, if it does by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

impl Socket {
    /// The socket that a ticket opens, by a right that ends then.
    pub fn opened_by(ticket: &Ticket, connection_id: &str, until: Option<Time>, now: Time) -> Self {
        Self {
            until,
            connection_id: connection_id.to_owned(),
            member: ticket.member.clone(),
            role: ticket.role,
            opened_at: now,
            seen_at: now,
        }
    }

    /// When it is closed at the latest.
    pub fn ends_at(&self) -> Time {
        let longest = self.opened_at.plus(SOCKET_LIFE);
        self.until.map_or(longest, |until| longest.min(until))
    }

    /// Whether it may still be on its way to being open.
    pub fn is_opening(&self, now: Time) -> bool {
        now < self.opened_at.plus(OPENING)
    }

    /// Whether somebody listens at it, as far as we have heard.
    pub fn is_live(&self, now: Time) -> bool {
        now < self.ends_at() && now < self.seen_at.plus(SILENCE)
    }
}

/// The sockets that a member has too many: the oldest, since a browser that crashed does not
/// close what it opened.
pub fn surplus(mut sockets: Vec<Socket>) -> Vec<Socket> {
    sockets.sort_by_key(|socket| std::cmp::Reverse(socket.opened_at));
    sockets.split_off(MOST_SOCKETS.min(sockets.len()))
}

/// A member who is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// Who.
    pub member: Member,
    /// Since when, without a break that we know of.
    pub since: Time,
    /// When one of their clients last said so.
    pub seen_at: Time,
}

/// The members who have a live socket, by name.
pub fn present(sockets: &[Socket], now: Time) -> Vec<Presence> {
    let mut present: Vec<Presence> = Vec::new();
    for socket in sockets.iter().filter(|socket| socket.is_live(now)) {
        match present.iter_mut().find(|known| known.member.id == socket.member.id) {
            Some(known) => {
                known.since = known.since.min(socket.opened_at);
                known.seen_at = known.seen_at.max(socket.seen_at);
            }
            None => present.push(Presence {
                member: socket.member.clone(),
                since: socket.opened_at,
                seen_at: socket.seen_at,
            }),
        }
    }
    present.sort_by(|a, b| (&a.member.name, a.member.id).cmp(&(&b.member.name, b.member.id)));
    present
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    fn socket(name: &str, opened: i64, seen: i64) -> Socket {
        Socket {
            connection_id: format!("{name}{opened}"),
            member: Member { id: Id::derived(&[name]), name: name.into() },
            role: Role::Agent,
            opened_at: at(opened),
            seen_at: at(seen),
            until: None,
        }
    }

    #[test]
    fn a_socket_is_over_with_the_right_that_opened_it() {
        let socket = Socket { until: Some(at(100)), ..socket("ani", 0, 0) };
        assert!(socket.is_live(at(99)) && !socket.is_live(at(100)));
        assert_eq!(present(&[socket], at(100)), []);
    }

    #[test]
    fn who_signed_out_opens_nothing_with_what_they_had() {
        let right = Right::Person { sub: "sub".into(), issued_at: at(0), expires_at: at(600) };
        let ticket = Ticket {
            organization_id: Id::derived(&["kopi"]),
            member: Member { id: Id::derived(&["ani"]), name: "Ani".into() },
            role: Role::Agent,
            right,
            // Asked for at second 300.
            expires_at: at(330),
        };
        for (issued, signed_out, standing) in [
            (0, None, Standing::Good(None)),
            (0, Some(300), Standing::Over),
            (0, Some(301), Standing::Over),
            (0, Some(299), Standing::Good(Some(at(600)))),
            (200, Some(199), Standing::Good(None)),
        ] {
            let found = ticket.signed_out(at(issued), at(600), signed_out.map(at));
            assert_eq!(found, standing, "{issued} {signed_out:?}");
        }
    }

    #[test]
    fn a_socket_is_live_while_its_client_speaks_and_for_two_hours_at_most() {
        for (opened, seen, now, live) in [
            (0, 0, 179, true),
            (0, 0, 180, false),
            (0, 100, 279, true),
            (0, 7_199, 7_199, true),
            (0, 7_199, 7_200, false),
        ] {
            assert_eq!(socket("ani", opened, seen).is_live(at(now)), live, "{opened} {seen} {now}");
        }
    }

    #[test]
    fn members_are_present_once_whatever_number_of_windows_they_have() {
        let sockets = [
            socket("tono", 5, 50),
            socket("ani", 10, 20),
            socket("ani", 0, 60),
            socket("siti", 0, 0),
        ];
        let found = present(&sockets, at(200));
        let names: Vec<_> = found.iter().map(|one| one.member.name.as_str()).collect();
        assert_eq!(names, ["ani", "tono"]);
        assert_eq!((found[0].since, found[0].seen_at), (at(0), at(60)));
    }

    #[test]
    fn a_ticket_opens_what_its_member_may_see_when_it_is_used() {
        let ticket = |is_person| Ticket {
            organization_id: Id::derived(&["kopi"]),
            member: Member { id: Id::derived(&["ani"]), name: "Ani".into() },
            role: Role::Admin,
            right: match is_person {
                true => Right::Person { sub: "sub".into(), issued_at: at(0), expires_at: at(600) },
                false => Right::Key { lookup: "sha256".into() },
            },
            expires_at: at(30),
        };
        let member = |role, removed_at| Membership {
            id: Id::derived(&["ani"]),
            name: "Ani".into(),
            role,
            sub: "sub".into(),
            created_at: at(0),
            is_pending: false,
            invited_email: None,
            removed_at,
        };
        let (agent, removed) = (member(Role::Agent, None), member(Role::Admin, Some(at(1))));
        for (is_person, now, role) in [
            (true, Some(&agent), Some(Role::Agent)),
            (true, Some(&removed), None),
            (true, None, None),
            (false, Some(&agent), Some(Role::Admin)),
            (false, Some(&removed), None),
            (false, None, Some(Role::Admin)),
        ] {
            let admitted = ticket(is_person).admitted(now).map(|ticket| ticket.role);
            assert_eq!(admitted, role, "{is_person} {now:?}");
        }
    }

    #[test]
    fn the_oldest_sockets_are_too_many() {
        let most = i64::try_from(MOST_SOCKETS).unwrap();
        assert_eq!(surplus((0..most).map(|n| socket("ani", n, n)).collect()), []);
        let surplus = surplus((0..most + 2).map(|n| socket("ani", n, n)).collect());
        let opened: Vec<_> = surplus.iter().map(|socket| socket.opened_at).collect();
        assert_eq!(opened, [at(1), at(0)]);
    }
}
