//! Which rooms of a list a client wants to see.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{Room, Status, TagName, WINDOW, Window};
use crate::{
    Id, Time,
    channel::Channel,
    integration::{Integration, Member},
};

/// What rooms must be; what is `None`, or empty, is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Its status.
    pub status: Option<Status>,
    /// Through which channel.
    pub channel: Option<Channel>,
    /// Through which account.
    pub integration: Option<Id<Integration>>,
    /// Tags of which it bears one.
    pub tags: BTreeSet<TagName>,
    /// That it bears no tag.
    pub is_untagged: bool,
    /// Who has it, or had it when it was resolved: one of these.
    pub agents: BTreeSet<Id<Member>>,
    /// Its reply window.
    pub window: Option<Window>,
    /// Whether the customer's last message has an answer.
    pub is_responded: Option<bool>,
    /// Since when it was last active.
    pub since: Option<Time>,
    /// Before when it was last active.
    pub until: Option<Time>,
}

impl Filter {
    /// Whether a room is asked for.
    pub fn matches(&self, room: &Room, now: Time) -> bool {
        self.status.is_none_or(|status| room.status == status)
            && self.channel.is_none_or(|channel| room.channel == channel)
            && self.integration.is_none_or(|id| room.integration_id == id)
            && (self.tags.is_empty() || room.tags.keys().any(|tag| self.tags.contains(tag)))
            && (!self.is_untagged || room.tags.is_empty())
            && (self.agents.is_empty() || self.is_of_agents(room))
            && self.window.is_none_or(|window| room.window(now) == window)
            && self.is_responded.is_none_or(|is| room.is_responded() == is)
            && self.since.is_none_or(|since| room.activity_at >= since)
            && self.until.is_none_or(|until| room.activity_at < until)
    }

    fn is_of_agents(&self, room: &Room) -> bool {
        room.assignee.as_ref().is_some_and(|member| self.agents.contains(&member.id))
    }

    /// Before when a room was active last if it can't match: whose window is open has heard from
    /// its customer within a day. A second for the channel's clock, which has whole ones.
    pub fn active_since(&self, now: Time) -> Option<Time> {
        match self.window? {
            Window::Open | Window::Expiring => {
                Some(now.plus(-WINDOW).plus(SignedDuration::from_secs(-1)))
            }
            Window::Expired => None,
        }
    }

    /// Whether more is asked for than a status, which has a list of its own.
    pub fn is_by_content(&self) -> bool {
        *self != Self { status: self.status, agents: self.agents.clone(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{at, room},
        *,
    };

    #[test]
    fn each_question_is_asked_of_the_room() {
        let mut room = room();
        let tag = TagName::new("vip").unwrap();
        room.tags.insert(tag.clone(), at(150));
        room.assignee = Some(Member { id: Id::derived(&["ani"]), name: "Ani".into() });
        let ask = Filter::default;
        let other = TagName::new("lain").unwrap();
        let (ani, tono) = (Id::derived(&["ani"]), Id::derived(&["tono"]));
        let (active, after) =
            (room.activity_at, room.activity_at.plus(SignedDuration::from_secs(1)));
        for (filter, answer) in [
            (ask(), true),
            (Filter { status: Some(Status::Unassigned), ..ask() }, true),
            (Filter { status: Some(Status::Resolved), ..ask() }, false),
            (Filter { channel: Some(Channel::WhatsApp), ..ask() }, true),
            (Filter { integration: Some(room.integration_id), ..ask() }, true),
            (Filter { integration: Some(Id::derived(&["x"])), ..ask() }, false),
            (Filter { tags: BTreeSet::from([tag.clone()]), ..ask() }, true),
            (Filter { tags: BTreeSet::from([other.clone()]), ..ask() }, false),
            (Filter { tags: BTreeSet::from([tag, other]), ..ask() }, true),
            (Filter { is_untagged: true, ..ask() }, false),
            (Filter { agents: BTreeSet::from([ani, tono]), ..ask() }, true),
            (Filter { agents: BTreeSet::from([tono]), ..ask() }, false),
            (Filter { window: Some(Window::Open), ..ask() }, true),
            (Filter { window: Some(Window::Expired), ..ask() }, false),
            (Filter { is_responded: Some(false), ..ask() }, true),
            (Filter { is_responded: Some(true), ..ask() }, false),
            (Filter { since: Some(active), until: Some(after), ..ask() }, true),
            (Filter { since: Some(after), ..ask() }, false),
            (Filter { until: Some(active), ..ask() }, false),
        ] {
            assert_eq!(filter.matches(&room, at(200)), answer, "{filter:?}");
        }
    }

    #[test]
    fn a_room_with_an_open_window_was_active_within_a_day() {
        let filter = |window| Filter { window: Some(window), ..Filter::default() };
        for second in [100, 80_000, 86_498, 86_499, 86_500, 90_000] {
            let room = room();
            for window in [Window::Open, Window::Expiring] {
                let since = filter(window).active_since(at(second)).unwrap();
                let could = room.activity_at >= since;
                assert!(could || !filter(window).matches(&room, at(second)), "{second}");
            }
        }
        assert_eq!(filter(Window::Expired).active_since(at(100_000)), None);
    }
}
