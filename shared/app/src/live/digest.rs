//! What a batch of changes comes to: each thing that has changed once, by organization.

use std::collections::BTreeMap;

use domain::{
    Id,
    integration::{Member, Organization},
};
use store::stream::Changed;

use super::entry::{Entries, Entry};

/// What has happened in one organization.
#[derive(Debug, Default)]
pub struct Digest {
    pub(crate) entries: Entries,
    /// Members whose sockets were opened or closed.
    pub(crate) members: BTreeMap<Id<Member>, Member>,
    /// Sockets that are no longer listed.
    pub(crate) closed: Vec<String>,
}

/// Sums a batch of changes up; with each comes about how many bytes its row has.
pub fn digest(
    changes: impl IntoIterator<Item = (Id<Organization>, Changed, usize)>,
) -> BTreeMap<Id<Organization>, Digest> {
    let mut digests: BTreeMap<_, Digest> = BTreeMap::new();
    for (organization, changed, size) in changes {
        digests.entry(organization).or_default().add(changed, size);
    }
    digests
}

impl Digest {
    fn add(&mut self, changed: Changed, size: usize) {
        if let Some(entry) = Entry::of(&changed, size) {
            self.entries.add(entry);
        }
        let member = match changed {
            Changed::Opened(member) => member,
            Changed::Closed(socket) => {
                self.closed.push(socket.connection_id);
                socket.member
            }
            Changed::Room { .. }
            | Changed::Message(_)
            | Changed::Beside(_)
            | Changed::Gone { .. } => return,
        };
        self.members.insert(member.id, member);
    }

    /// Whether it tells nobody anything.
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 0 && self.members.is_empty()
    }
}
