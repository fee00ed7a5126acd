//! The ways in which the provider can misbehave, and how often each still will.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One kind of misbehaviour. Its name, in text and in JSON, is in kebab case: `rate-limit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// A send gets 429 with code 130429 and is not accepted.
    RateLimit,
    /// A request with the right token gets 401 with code 190 and is not accepted.
    ExpiredToken,
    /// A send is accepted and its statuses come, or the profile is changed, but the response never
    /// comes.
    TimeoutAfterAccept,
    /// A send is accepted and answered only after several seconds.
    Slow,
    /// A webhook is posted two to four times.
    Duplicate,
    /// The statuses of a send come as read, delivered, sent; the messages of a batch are shuffled.
    OutOfOrder,
    /// The first status of a send comes before its response.
    StatusBeforeResponse,
    /// A send is accepted, and then its only status is `failed`, with code 131026.
    Undeliverable,
    /// A file's URL answers 404, as it does when its time is over.
    MediaMissing,
    /// A file's URL answers only after several seconds.
    MediaSlow,
    /// Looking a file up tells another file's SHA-256.
    MediaWrongHash,
    /// Looking a file up tells that it is larger than any file that customers can send.
    MediaTooLarge,
}

impl Fault {
    /// Every fault, for menus and for a simulation that draws one.
    pub const ALL: [Self; 12] = [
        Self::RateLimit,
        Self::ExpiredToken,
        Self::TimeoutAfterAccept,
        Self::Slow,
        Self::Duplicate,
        Self::OutOfOrder,
        Self::StatusBeforeResponse,
        Self::Undeliverable,
        Self::MediaMissing,
        Self::MediaSlow,
        Self::MediaWrongHash,
        Self::MediaTooLarge,
    ];

    /// The name in kebab case, the same as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RateLimit => "rate-limit",
            Self::ExpiredToken => "expired-token",
            Self::TimeoutAfterAccept => "timeout-after-accept",
            Self::Slow => "slow",
            Self::Duplicate => "duplicate",
            Self::OutOfOrder => "out-of-order",
            Self::StatusBeforeResponse => "status-before-response",
            Self::Undeliverable => "undeliverable",
            Self::MediaMissing => "media-missing",
            Self::MediaSlow => "media-slow",
            Self::MediaWrongHash => "media-wrong-hash",
            Self::MediaTooLarge => "media-too-large",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        Self::ALL
            .into_iter()
            .find(|fault| fault.name() == name)
            .ok_or_else(|| UnknownFault(name.to_owned()))
    }
}

/// A name that is no fault's. Its message lists those that are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFault(String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Fault::ALL.map(Fault::name).join(", ");
        write!(formatter, "unknown fault {:?}; there are: {names}", self.0)
    }
}

impl std::error::Error for UnknownFault {}

/// The faults in force: each strikes so many times more (`None`: without end), and of its occasions
/// on so many of a hundred.
#[derive(Debug, Default)]
pub(super) struct Faults {
    left: BTreeMap<Fault, Option<u32>>,
    shares: BTreeMap<Fault, Share>,
}

/// A part of all occasions, spread evenly: there is no dice here.
#[derive(Debug)]
struct Share {
    percent: u32,
    /// What the occasions so far add up to; at a hundred the fault strikes.
    gathered: u32,
}

impl Faults {
    pub(super) fn set(&mut self, fault: Fault, count: Option<u32>) {
        self.shares.remove(&fault);
        if count == Some(0) {
            self.left.remove(&fault);
        } else {
            self.left.insert(fault, count);
        }
    }

    /// Without end, on this many of a hundred occasions.
    pub(super) fn set_share(&mut self, fault: Fault, percent: u8) {
        self.set(fault, if percent == 0 { Some(0) } else { None });
        if (1..100).contains(&percent) {
            self.shares.insert(fault, Share { percent: percent.into(), gathered: 0 });
        }
    }

    /// Whether the fault happens on this occasion. Asking uses up one of its counted strikes.
    pub(super) fn strikes(&mut self, fault: Fault) -> bool {
        let Some(&count) = self.left.get(&fault) else {
            return false;
        };
        if let Some(share) = self.shares.get_mut(&fault) {
            share.gathered += share.percent;
            let strikes = share.gathered >= 100;
            share.gathered %= 100;
            return strikes;
        }
        if let Some(left) = count {
            self.set(fault, Some(left.saturating_sub(1)));
        }
        true
    }

    pub(super) fn in_force(&self) -> &BTreeMap<Fault, Option<u32>> {
        &self.left
    }

    /// On how many of a hundred occasions a fault that is in force strikes.
    pub(super) fn percent(&self, fault: Fault) -> u32 {
        self.shares.get(&fault).map_or(100, |share| share.percent)
    }
}
