//! Who the admins of an organization are: the guard against an organization without one.
//!
//! It is a row of its own, written together with the member whose role changes. Two admins who
//! demote each other at the same moment both change it, so one of them is refused.

use serde::{Deserialize, Serialize};

use crate::{Id, integration::Member};

/// The admins of an organization, invited ones included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// Their ids, in the order in which they became admins.
    pub admins: Vec<Id<Member>>,
}

/// The last admin can't go: nobody could invite another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is the last admin who has signed in. Make another one first.")]
pub struct LastAdmin;

impl Roster {
    /// The same with this admin.
    pub fn with(&self, admin: Id<Member>) -> Self {
        let mut roster = self.clone();
        if !roster.admins.contains(&admin) {
            roster.admins.push(admin);
        }
        roster
    }

    /// The same without somebody who was to be an admin and never accepted: nobody relied on them,
    /// so whoever is left stays as good as before.
    pub fn without_invited(&self, invited: Id<Member>) -> Self {
        let admins = self.admins.iter().copied().filter(|admin| *admin != invited);
        Self { admins: admins.collect() }
    }

    /// The same without this admin. `has_signed_in` says of the others who has ever proved to be
    /// able to: an invitation to a mistyped address must not count as an admin.
    pub fn without(
        &self,
        admin: Id<Member>,
        has_signed_in: impl Fn(Id<Member>) -> bool,
    ) -> Result<Self, LastAdmin> {
        if !self.admins.contains(&admin) {
            return Ok(self.clone());
        }
        let others: Vec<_> = self.admins.iter().copied().filter(|other| *other != admin).collect();
        if !others.iter().any(|other| has_signed_in(*other)) {
            return Err(LastAdmin);
        }
        Ok(Self { admins: others })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_admin_who_can_sign_in_always_stays() {
        let [ani, tono, typo] = ["ani", "tono", "typo"].map(|name| Id::derived(&[name]));
        let alone = Roster::default().with(ani);
        assert_eq!(alone.without(ani, |_| true), Err(LastAdmin));
        assert_eq!(alone.without(tono, |_| true), Ok(alone.clone()));
        let both = alone.with(tono).with(tono);
        assert_eq!(both.without(ani, |_| true), Ok(Roster { admins: vec![tono] }));
        let invited = alone.with(typo);
        assert_eq!(invited.without(ani, |id| id != typo), Err(LastAdmin));
        assert_eq!(invited.without(typo, |id| id != typo), Ok(alone.clone()));
        assert_eq!(invited.without_invited(typo), alone);
    }
}
