//! Contacts whom we don't want to hear.
//!
//! What a blocked contact writes is not kept: no message, no count, no change of a room. What is
//! sent again after the block has ended, and was said while it lasted, stays refused: whoever was
//! told that it is not there must not find it there later. What was said before counts as said.
//!
//! Of two contacts who turn out to be one, each identity keeps the time in which it was blocked
//! itself, and a block of either that lasts is both's from then on: what somebody said whom nobody
//! had blocked is not lost because of what was done to another number.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Contact, KnownAs};
use crate::{Time, integration::Member};

/// The longest reason, in characters.
pub const REASON_LIMIT: usize = 500;

/// The last millisecond of a second that a channel tells, counted from its first.
const SECOND: SignedDuration = SignedDuration::from_millis(999);

/// A stretch of time in which a contact is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// When it began, by our clock.
    pub since: Time,
    /// When it ended; nothing while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

impl Period {
    /// Whether what was said then is refused. Channels tell whole seconds: what was said in the
    /// second in which the block ended is heard, since words that are lost are worse than words
    /// that come late.
    pub fn covers(self, said_at: Time) -> bool {
        self.until.is_none_or(|until| {
            self.since <= said_at.plus(SECOND) && is_said_before(said_at, until)
        })
    }

    /// Whether it has not ended.
    pub fn lasts(self) -> bool {
        self.until.is_none()
    }

    /// What holds for an identity whose contact and another turned out to be one: what held for it,
    /// and from now on the other's block, if that lasts.
    pub fn merged(own: Option<Self>, other: Option<Self>, now: Time) -> Option<Self> {
        let is_free = !own.is_some_and(Self::lasts);
        let begins = is_free && other.is_some_and(Self::lasts);
        if begins { Some(Self { since: now, until: None }) } else { own }
    }
}

/// Whether what a channel dates so was surely said before then.
pub(super) fn is_said_before(said_at: Time, end: Time) -> bool {
    said_at.plus(SECOND) < end
}

/// When an identity was blocked that was another contact's then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockedApart {
    /// Which identity.
    pub known_as: KnownAs,
    /// When; nothing if it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
}

/// Who blocked a contact, when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// For how long.
    #[serde(flatten)]
    pub period: Period,
    /// By whom.
    pub by: Member,
    /// Why, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<BlockReason>,
}

/// Why somebody is blocked: one or more lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlockReason(String);

/// Why a text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A reason has 1 to {REASON_LIMIT} characters, not all of them white space.")]
pub struct NotAReason;

impl BlockReason {
    /// Reads a reason as people write it.
    pub fn new(text: &str) -> Result<Self, NotAReason> {
        let reason = text.trim();
        let is_long = reason.chars().nth(REASON_LIMIT).is_some();
        if reason.is_empty() || is_long { Err(NotAReason) } else { Ok(Self(reason.to_owned())) }
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A member blocks a contact: `Some` new contact, or `None` if they are blocked already.
pub fn block(
    contact: &Contact,
    by: &Member,
    reason: Option<BlockReason>,
    now: Time,
) -> Option<Contact> {
    let period = Period { since: now, until: None };
    let block = Block { period, by: by.clone(), reason };
    (!contact.is_blocked()).then(|| Contact {
        block: Some(block),
        blocked_apart: Vec::new(),
        ..contact.clone()
    })
}

/// A member lets a contact write again: `Some` new contact, or `None` if they may already.
pub fn unblock(contact: &Contact, now: Time) -> Option<Contact> {
    let block = contact.block.clone().filter(|_| contact.is_blocked())?;
    let ended = |period: Period| match period.lasts() {
        true => Period { until: Some(now.max(period.since)), ..period },
        false => period,
    };
    let mut next = contact.clone();
    for apart in &mut next.blocked_apart {
        apart.period = apart.period.map(ended);
    }
    Some(Contact { block: Some(Block { period: ended(block.period), ..block }), ..next })
}

#[cfg(test)]
mod tests {
    use super::{super::merging::tests::contact, *};
    use crate::Id;

    fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    #[test]
    fn while_it_lasts_all_is_refused_and_afterwards_what_was_said_meanwhile() {
        let lasting = Period { since: at(100), until: None };
        let ended = Period { since: at(100), until: Some(at(200)) };
        for (said, while_it_lasts, afterwards) in
            [(50, true, false), (100, true, true), (199, true, true), (200, true, false)]
        {
            assert_eq!(lasting.covers(at(said)), while_it_lasts, "{said}");
            assert_eq!(ended.covers(at(said)), afterwards, "{said}");
        }
    }

    #[test]
    fn a_block_that_lasts_is_both_ones_from_then_on_and_one_that_ended_is_its_own() {
        let lasting = Some(Period { since: at(100), until: None });
        let ended = Some(Period { since: at(10), until: Some(at(20)) });
        let later = Some(Period { since: at(300), until: Some(at(400)) });
        let from_now_on = Some(Period { since: at(500), until: None });
        for (own, other, holds) in [
            (None, None, None),
            (None, ended, None),
            (ended, later, ended),
            (later, ended, later),
            (None, lasting, from_now_on),
            (ended, lasting, from_now_on),
            (lasting, None, lasting),
            (lasting, from_now_on, lasting),
        ] {
            assert_eq!(Period::merged(own, other, at(500)), holds, "{own:?} {other:?}");
        }
    }

    #[test]
    fn blocking_and_unblocking_twice_change_nothing_more() {
        let ani = Member { id: Id::derived(&["ani"]), name: "Ani".into() };
        let reason = BlockReason::new(" Spam ").ok();
        assert_eq!(reason.as_ref().map(BlockReason::as_str), Some("Spam"));
        let blocked = block(&contact("628"), &ani, reason, at(100)).unwrap();
        assert!(blocked.is_blocked());
        assert_eq!(block(&blocked, &ani, None, at(110)), None);
        let free = unblock(&blocked, at(200)).unwrap();
        assert!(!free.is_blocked());
        assert_eq!(unblock(&free, at(300)), None);
        assert_eq!(unblock(&contact("628"), at(300)), None);
        let again = block(&free, &ani, None, at(400)).unwrap();
        assert_eq!(again.block.unwrap().period, Period { since: at(400), until: None });
    }

    #[test]
    fn a_reason_has_words_and_not_too_many() {
        for wrong in ["", " \n", &"x".repeat(REASON_LIMIT + 1)] {
            assert_eq!(BlockReason::new(wrong), Err(NotAReason));
        }
    }
}
