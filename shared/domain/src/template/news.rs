//! What a provider tells of a template between two lists, and what of it is still news.
//!
//! Lists and notices overtake each other: a notice may come days late, and a list may have been
//! made a moment before the notice. Each of a template's status, category and quality is as of the
//! provider's time of the notice that told it last, or of when we asked for the list. A list that found
//! nothing to change has told it, too: when one was last asked for is known of the integration
//! ([`Integration::templates_asked_at`](crate::integration::Integration)). Notices tell
//! whole seconds, so within one second what comes last counts, and a notice more than a list.

use serde::{Deserialize, Serialize};

use super::Definition;
use crate::Time;

/// Something about a template is different now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The provider's id of the template, if it tells it.
    pub provider_id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its language, as [`Definition::language`] spells it.
    pub language: String,
    /// What is different.
    pub change: Change,
    /// Since when, by the provider's clock.
    pub at: Time,
}

/// What is different about a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Whether it can be sent.
    Status {
        /// As [`Definition::status`].
        status: String,
        /// As [`Definition::reason`].
        reason: Option<String>,
    },
    /// What it counts as, as [`Definition::category`].
    Category(String),
    /// What customers think of it, as [`Definition::quality`].
    Quality(String),
}

/// When the provider's notices told the facts of a template, by its clock; nothing of what only a
/// list has told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldAt {
    /// The status, and the reason for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Time>,
    /// The category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Time>,
    /// The quality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Time>,
}

impl ToldAt {
    /// The latest of them.
    pub fn latest(&self) -> Option<Time> {
        self.status.max(self.category).max(self.quality)
    }
}

/// What a notice makes of a template: `None` if it is of another template that had the same name,
/// or is no news. `asked` is when the latest list was asked for.
pub fn told(known: &Definition, asked: Option<Time>, news: &News) -> Option<Definition> {
    let is_another = news
        .provider_id
        .as_ref()
        .is_some_and(|id| !known.provider_id.is_empty() && *id != known.provider_id);
    let at = Some(news.at);
    let listed = asked.max(Some(known.synced_at));
    let is_late = |told: Option<Time>| second(at) < second(told.max(listed));
    let mut new = known.clone();
    let told = match &news.change {
        Change::Status { status, reason } => {
            (new.status, new.reason) = (status.clone(), reason.clone());
            &mut new.told_at.status
        }
        Change::Category(category) => {
            new.category.clone_from(category);
            &mut new.told_at.category
        }
        Change::Quality(quality) => {
            new.quality = Some(quality.clone());
            &mut new.told_at.quality
        }
    };
    if is_another || is_late(*told) {
        return None;
    }
    *told = at.max(*told);
    (new != *known).then_some(new)
}

/// What a list makes of a template that we had before: `None` if nothing differs. `listed` is as
/// of when we asked for the list.
pub fn synced(known: &Definition, listed: Definition) -> Option<Definition> {
    let asked = listed.synced_at;
    let is_newer = |told: Option<Time>| told.is_some() && second(told) >= second(Some(asked));
    let mut new = listed;
    if new.provider_id == known.provider_id {
        new.told_at = known.told_at;
        if is_newer(known.told_at.status) {
            (new.status, new.reason) = (known.status.clone(), known.reason.clone());
        }
        if is_newer(known.told_at.category) {
            new.category.clone_from(&known.category);
        }
        if is_newer(known.told_at.quality) {
            new.quality.clone_from(&known.quality);
        }
    }
    let differs = Definition { synced_at: known.synced_at, ..new.clone() } != *known;
    differs.then_some(new)
}

fn second(time: Option<Time>) -> Option<i64> {
    time.map(|time| time.millis().div_euclid(1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::APPROVED;

    const fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    /// As a list said at second 100.
    fn listed() -> Definition {
        Definition {
            provider_id: "9".into(),
            name: "promo".into(),
            language: "id".into(),
            status: APPROVED.into(),
            category: "UTILITY".into(),
            quality: None,
            reason: None,
            header: None,
            body: "Halo".into(),
            footer: None,
            buttons: vec![],
            cards: vec![],
            offer: None,
            unsupported: vec![],
            synced_at: at(100),
            told_at: ToldAt::default(),
        }
    }

    fn news(second: i64, change: Change) -> News {
        News {
            provider_id: Some("9".into()),
            name: "promo".into(),
            language: "id".into(),
            change,
            at: at(second),
        }
    }

    /// Nothing was listed since the first time.
    fn told(known: &Definition, news: &News) -> Option<Definition> {
        super::told(known, Some(at(100)), news)
    }

    fn status(second: i64, status: &str) -> News {
        news(second, Change::Status { status: status.into(), reason: None })
    }

    #[test]
    fn the_latest_notice_counts_whichever_comes_last() {
        let (paused, approved) = (status(110, "PAUSED"), status(120, "APPROVED"));
        for order in [[&paused, &approved], [&approved, &paused]] {
            let mut known = listed();
            for news in order.into_iter().chain(order) {
                known = told(&known, news).unwrap_or(known);
            }
            assert_eq!((known.status.as_str(), known.told_at.status), ("APPROVED", Some(at(120))));
        }
        assert_eq!(told(&listed(), &paused).unwrap().status, "PAUSED");
        let again = told(&listed(), &paused).unwrap();
        assert_eq!(told(&again, &paused), None, "once is enough");
    }

    #[test]
    fn what_a_list_knew_already_is_no_news() {
        assert_eq!(told(&listed(), &status(99, "PAUSED")), None);
        assert_eq!(told(&listed(), &status(100, "PAUSED")).unwrap().status, "PAUSED");
        // A later list found nothing different.
        let again = Some(at(200));
        assert_eq!(super::told(&listed(), again, &status(199, "PAUSED")), None);
        assert!(super::told(&listed(), again, &status(200, "PAUSED")).is_some());
    }

    #[test]
    fn each_fact_has_a_time_of_its_own() {
        let known = told(&listed(), &status(120, "PAUSED")).unwrap();
        let known = told(&known, &news(110, Change::Category("MARKETING".into()))).unwrap();
        let known = told(&known, &news(105, Change::Quality("RED".into()))).unwrap();
        let facts = (known.status.as_str(), known.category.as_str(), known.quality.as_deref());
        assert_eq!(facts, ("PAUSED", "MARKETING", Some("RED")));
        assert_eq!(known.told_at.latest(), Some(at(120)));
    }

    #[test]
    fn a_template_that_was_made_anew_under_its_name_is_another() {
        let old = News { provider_id: Some("8".into()), ..status(120, "DELETED") };
        assert_eq!(told(&listed(), &old), None);
        let nameless = News { provider_id: None, ..status(120, "DELETED") };
        assert_eq!(told(&listed(), &nameless).unwrap().status, "DELETED");
        // What was told of the one before says nothing about the one that the list has now.
        let paused = told(&listed(), &status(300, "PAUSED")).unwrap();
        let anew = Definition { provider_id: "10".into(), synced_at: at(200), ..listed() };
        assert_eq!(synced(&paused, anew.clone()), Some(anew));
    }

    #[test]
    fn a_list_that_was_asked_for_before_a_notice_does_not_undo_it() {
        let paused = told(&listed(), &status(120, "PAUSED")).unwrap();
        let stale = Definition { synced_at: at(119), ..listed() };
        assert_eq!(synced(&paused, stale), None);
        let words = Definition { synced_at: at(119), body: "Hai".into(), ..listed() };
        let both = synced(&paused, words).unwrap();
        assert_eq!((both.status.as_str(), both.body.as_str()), ("PAUSED", "Hai"));
        let later = Definition { synced_at: at(130), ..listed() };
        assert_eq!(synced(&paused, later).unwrap().status, "APPROVED");
        let same = Definition { synced_at: at(130), ..listed() };
        assert_eq!(synced(&listed(), same), None, "nothing but the moment of asking differs");
    }
}
