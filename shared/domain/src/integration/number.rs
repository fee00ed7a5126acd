//! What a provider tells of a number after it was connected.
//!
//! Notices come late and in any order: the rating with the limit, and the name, each are as of the
//! provider's time of the notice that told them last, or of when they were asked for. Notices tell
//! whole seconds, so within one second what comes last counts.

use serde::{Deserialize, Serialize};

use super::{Integration, Profile};
use crate::Time;

/// Something about a number is different now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberNews {
    /// Which number, in digits: all that a notice says of it.
    pub number: String,
    /// What is different.
    pub change: NumberChange,
    /// Since when, by the provider's clock.
    pub at: Time,
}

/// What is different about a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberChange {
    /// How it is rated, and to how many it may write; what is not told stays.
    Standing {
        /// As [`Profile::quality`].
        quality: Option<String>,
        /// As [`Profile::messaging_limit`].
        messaging_limit: Option<String>,
    },
    /// The name that the provider has verified.
    Name(String),
}

/// As of when the facts of a number are known, by the provider's clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAt {
    /// Rating and limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Time>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Time>,
}

impl KnownAt {
    /// All of it as of one moment.
    pub fn all(at: Time) -> Self {
        Self { standing: Some(at), name: Some(at) }
    }
}

/// What a notice makes of a number: `None` if it is of another, or no news.
pub fn number_told(known: &Integration, news: &NumberNews) -> Option<Integration> {
    let shown = known.profile.display_phone_number.as_deref().unwrap_or_default();
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    let mut profile: Profile = known.profile.clone();
    let known_at = match &news.change {
        NumberChange::Standing { quality, messaging_limit } => {
            profile.quality = quality.clone().or(profile.quality);
            profile.messaging_limit = messaging_limit.clone().or(profile.messaging_limit);
            &mut profile.known_at.standing
        }
        NumberChange::Name(name) => {
            profile.verified_name = Some(name.clone());
            &mut profile.known_at.name
        }
    };
    let second = |time: Option<Time>| time.map(|time| time.millis().div_euclid(1000));
    if digits != news.number || second(Some(news.at)) < second(*known_at) {
        return None;
    }
    *known_at = Some(news.at).max(*known_at);
    let new = Integration { profile, ..known.clone() };
    (new != *known).then_some(new)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::integration as connected, *};

    const fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    fn integration() -> Integration {
        let profile = Profile {
            display_phone_number: Some("+62 811-0000".into()),
            quality: Some("GREEN".into()),
            known_at: KnownAt::all(at(100)),
            ..Profile::default()
        };
        Integration { profile, ..connected() }
    }

    fn news(second: i64, change: NumberChange) -> NumberNews {
        NumberNews { number: "628110000".into(), change, at: at(second) }
    }

    fn rated(second: i64, quality: Option<&str>, limit: Option<&str>) -> NumberNews {
        let (quality, messaging_limit) = (quality.map(Into::into), limit.map(Into::into));
        news(second, NumberChange::Standing { quality, messaging_limit })
    }

    #[test]
    fn the_latest_notice_of_this_number_counts() {
        let (worse, better) = (rated(110, Some("RED"), None), rated(120, Some("GREEN"), None));
        for order in [[&worse, &better], [&better, &worse]] {
            let mut known = integration();
            for news in order.into_iter().chain(order) {
                known = number_told(&known, news).unwrap_or(known);
            }
            assert_eq!(known.profile.quality.as_deref(), Some("GREEN"));
        }
        assert_eq!(number_told(&integration(), &rated(99, Some("RED"), None)), None);
        let other = NumberNews { number: "1".into(), ..worse };
        assert_eq!(number_told(&integration(), &other), None);
    }

    #[test]
    fn what_a_notice_does_not_tell_stays() {
        let known = number_told(&integration(), &rated(110, None, Some("TIER_10K"))).unwrap();
        let known = number_told(&known, &news(105, NumberChange::Name("Kopi".into()))).unwrap();
        let Profile { quality, messaging_limit, verified_name, .. } = known.profile;
        assert_eq!(quality.as_deref(), Some("GREEN"));
        assert_eq!(messaging_limit.as_deref(), Some("TIER_10K"));
        assert_eq!(verified_name.as_deref(), Some("Kopi"));
    }
}
