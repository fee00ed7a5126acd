//! Who may see a room: supervisors and admins all of them, an agent those that nobody has taken
//! and their own.

use serde::{Deserialize, Serialize};

use super::Room;
use crate::{Id, api_key::Role, integration::Member};

/// The agents that a room is shown to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Nobody has taken it.
    Everyone,
    /// The one who has taken it.
    Only(Id<Member>),
}

impl Audience {
    /// Whether this member, in this role, is among those who see it.
    pub fn includes(self, role: Role, member: Id<Member>) -> bool {
        match role {
            Role::Supervisor | Role::Admin => true,
            Role::Agent => match self {
                Self::Everyone => true,
                Self::Only(one) => one == member,
            },
        }
    }
}

/// The agents that this room is shown to.
pub fn audience(room: &Room) -> Audience {
    room.assignee.as_ref().map_or(Audience::Everyone, |member| Audience::Only(member.id))
}

/// Whether this member, in this role, may see this room.
pub fn may_see(role: Role, member: Id<Member>, room: &Room) -> bool {
    audience(room).includes(role, member)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_see_what_is_free_and_their_own_and_supervisors_see_all() {
        let member = |name: &str| Member { id: Id::derived(&[name]), name: name.into() };
        let (ani, tono) = (member("ani"), member("tono"));
        let mut room = super::super::tests::room();
        for role in [Role::Agent, Role::Supervisor, Role::Admin] {
            assert!(may_see(role, ani.id, &room), "free: {role:?}");
        }
        room.assignee = Some(tono.clone());
        for (role, one, sees) in [
            (Role::Agent, &ani, false),
            (Role::Agent, &tono, true),
            (Role::Supervisor, &ani, true),
            (Role::Admin, &ani, true),
        ] {
            assert_eq!(may_see(role, one.id, &room), sees, "{role:?} {}", one.name);
        }
    }
}
