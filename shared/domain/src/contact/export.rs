//! All that is held of a contact, written down for them: in parts, since it may be much.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{Id, Time, integration::Member};

/// How long an export is good for: as long as the links work that stand in its first part.
pub const EXPORT_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// How far an export got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// Which export.
    pub id: Id<Export>,
    /// Who asked for it.
    pub requested_by: Member,
    /// When.
    pub created_at: Time,
    /// The parts that are written, in their order. Each writer has its own names for them: of two
    /// that write at once one goes on, and what the other wrote belongs to no export.
    pub parts: Vec<Id<Part>>,
    /// How many lines they have.
    pub lines: u64,
    /// Where the next part begins; nothing before the first and after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// When the last part was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Time>,
}

/// One part of an export: lines of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part;

/// A place among all that is held of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Which of the contact's rooms; past the last one, which of the contacts that it was, whose events
    /// are kept.
    pub at: usize,
    /// The last row, or object, of it that was written, as the store or the bucket spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Export {
    /// An export of which nothing is written yet.
    pub fn begun(id: Id<Self>, by: &Member, now: Time) -> Self {
        Self {
            id,
            requested_by: by.clone(),
            created_at: now,
            parts: Vec::new(),
            lines: 0,
            place: None,
            done_at: None,
        }
    }

    /// The export with one more part; `next` is where the one after it begins, if there is one.
    #[must_use]
    pub fn with_part(&self, part: Id<Part>, lines: u64, next: Option<Place>, now: Time) -> Self {
        Self {
            parts: self.parts.iter().copied().chain([part]).collect(),
            lines: self.lines + lines,
            done_at: next.is_none().then_some(now),
            place: next,
            ..self.clone()
        }
    }

    /// Whether it is gone by now.
    pub fn is_over(&self, now: Time) -> bool {
        self.created_at.plus(EXPORT_LIFE) <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_done_with_its_last_part_and_gone_after_an_hour() {
        let ani = Member { id: Id::derived(&["ani"]), name: "Ani".into() };
        let at = |minute: i64| Time::from_millis(minute * 60_000);
        let export = Export::begun(Id::derived(&["export"]), &ani, at(0));
        let place = Place { at: 1, after: Some("m#1".into()) };
        let (one, other) = (Id::derived(&["one"]), Id::derived(&["other"]));
        let half = export.with_part(one, 1000, Some(place.clone()), at(1));
        assert_eq!((half.parts.len(), half.done_at, half.place.as_ref()), (1, None, Some(&place)));
        let whole = half.with_part(other, 5, None, at(2));
        assert_eq!((whole.lines, whole.done_at), (1005, Some(at(2))));
        assert_eq!(whole.parts, [one, other]);
        assert!(!whole.is_over(at(59)) && whole.is_over(at(60)));
    }
}
