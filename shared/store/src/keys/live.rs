//! Keys of what open clients are told, and of their sockets.

use domain::{
    Id, Time,
    integration::{Member, Organization},
};

use super::Key;

pub(crate) fn ticket(sha256: &str) -> Key {
    Key::new(format!("ticket#{sha256}"), "ticket")
}

pub(crate) fn socket_owner(connection: &str) -> Key {
    Key::new(format!("socket#{connection}"), "owner")
}

/// The sockets of an organization's members.
pub(crate) fn sockets(org: Id<Organization>) -> String {
    format!("o#{org}#sockets")
}

/// What all sockets of an organization share.
pub(crate) const SOCKETS: &str = "socket#";

/// What the sockets of a member share.
pub(crate) fn sockets_of(member: Id<Member>) -> String {
    format!("{SOCKETS}{member}#")
}

pub(crate) fn socket(org: Id<Organization>, member: Id<Member>, connection: &str) -> Key {
    Key::new(sockets(org), format!("{}{connection}", sockets_of(member)))
}

/// What has happened in an organization, for clients that were away.
pub(crate) fn journal(org: Id<Organization>) -> String {
    format!("o#{org}#journal")
}

/// Where an item of the journal lies: the clock of the run that wrote it, then that run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct JournalPlace {
    /// When the run wrote it, by its own clock.
    pub at: Time,
    /// Which run and item: hexadecimal, or empty for the place before all of that moment.
    pub run: String,
}

impl JournalPlace {
    /// The place before everything that is written at this moment.
    pub fn before(at: Time) -> Self {
        Self { at, run: String::new() }
    }

    pub(crate) fn sk(&self) -> String {
        format!("{:013}#{}", self.at.millis(), self.run)
    }

    pub(crate) fn parse(sk: &str) -> Option<Self> {
        let (millis, run) = sk.split_once('#')?;
        Some(Self { at: Time::from_millis(millis.parse().ok()?), run: run.to_owned() })
    }
}
