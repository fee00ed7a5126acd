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
    /// A send is accepted and its statuses come, but its response never does.
    TimeoutAfterAccept,
    /// A send is accepted and answered only after several seconds.
    Slow,
    /// A webhook is posted two to four times.
    Duplicate,
    /// The statuses of a send come as read, delivered, sent; the messages of a batch are shuffled.
    OutOfOrder,
    /// The first status of a send comes before its response.
    StatusBeforeResponse,
}

impl Fault {
    /// Every fault, for menus and for a simulation that draws one.
    pub const ALL: [Self; 7] = [
        Self::RateLimit,
        Self::ExpiredToken,
        Self::TimeoutAfterAccept,
        Self::Slow,
        Self::Duplicate,
        Self::OutOfOrder,
        Self::StatusBeforeResponse,
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

/// The faults in force, each with the number of times it still strikes (`None`: without end).
#[derive(Debug, Default)]
pub(super) struct Faults(BTreeMap<Fault, Option<u32>>);

impl Faults {
    pub(super) fn set(&mut self, fault: Fault, count: Option<u32>) {
        if count == Some(0) {
            self.0.remove(&fault);
        } else {
            self.0.insert(fault, count);
        }
    }

    /// Whether the fault happens on this occasion. Asking uses up one of its counted strikes.
    pub(super) fn strikes(&mut self, fault: Fault) -> bool {
        let Some(&count) = self.0.get(&fault) else {
            return false;
        };
        if let Some(left) = count {
            self.set(fault, Some(left.saturating_sub(1)));
        }
        true
    }

    pub(super) fn in_force(&self) -> &BTreeMap<Fault, Option<u32>> {
        &self.0
    }
}
