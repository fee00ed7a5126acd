//! Identities and members: who signs in, and what they are to an organization.
//!
//! Two things on purpose. An identity is a person's sign-in: their subject at the user pool, their
//! e-mail address and, kept by the pool alone, their password. A member is (organization,
//! identity), with a name and a role. One identity may be a member of several organizations; its
//! address is its own business, its names and roles are theirs.

mod roster;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

pub use roster::{LastAdmin, Roster};

use crate::{
    Id, Time,
    api_key::Role,
    integration::{Member, Organization},
};

/// The longest name of a member, a key, an organization.
pub const NAME_LIMIT: usize = 100;

/// How long a sign-in that a first password began can be finished, and some more: Cognito's
/// sessions live 3 minutes unless the client says otherwise (`AuthSessionValidity`).
pub const FIRST_PASSWORD_SESSIONS: SignedDuration = SignedDuration::from_mins(5);

/// A person's sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The subject that the user pool gave them.
    pub sub: String,
    /// The address they sign in with.
    pub email: String,
    /// Whether they have proved that the address is theirs.
    pub is_verified: bool,
    /// The address was corrected, so until this moment a first password proves nothing: it, or a
    /// sign-in that it began, may be one that went to the address before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unproved_until: Option<Time>,
    /// The address that they want instead and have not confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_email: Option<String>,
    /// The organizations that they are, or were, invited to. What counts is the member's row.
    pub organizations: Vec<Affiliation>,
    /// Sign-ins before this moment have ended: the password was reset, or they signed out of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions_since: Option<Time>,
    /// When they last signed out somewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_out_at: Option<Time>,
}

/// An organization that an identity belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affiliation {
    /// Which organization.
    pub organization_id: Id<Organization>,
    /// Its name.
    pub name: String,
    /// Whether they were invited and have not accepted yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_pending: bool,
}

/// Why an admin may not correct an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCorrectable {
    /// Its owner has proved that it is theirs.
    #[error("The address was verified: only its owner changes it.")]
    Verified,
    /// It is another organization's business, too.
    #[error("The address belongs to a member of another organization, too.")]
    Shared,
    /// Its owner has yet to accept the invitation; nothing else is said of them.
    #[error("The address is somebody's already, who was asked to join: only its owner changes it.")]
    Asked,
}

impl Identity {
    /// Somebody who was just invited.
    pub fn invited(sub: String, email: String) -> Self {
        Self {
            sub,
            email,
            is_verified: false,
            unproved_until: None,
            wanted_email: None,
            organizations: Vec::new(),
            sessions_since: None,
            signed_out_at: None,
        }
    }

    /// Whether they are asked before this organization has them as a member: they are somebody's
    /// already, since they have signed in or others have invited them. Who belongs to it is not
    /// asked again; who was taken out is.
    pub fn is_to_be_asked(&self, by: Id<Organization>) -> bool {
        match self.organizations.iter().find(|known| known.organization_id == by) {
            Some(known) => known.is_pending,
            None => self.is_verified || !self.organizations.is_empty(),
        }
    }

    /// The same once they have accepted this organization's invitation.
    pub fn accepted(&self, organization: Id<Organization>) -> Self {
        let mut accepted = self.clone();
        let known = accepted.organizations.iter_mut();
        known
            .filter(|known| known.organization_id == organization)
            .for_each(|known| known.is_pending = false);
        accepted
    }

    /// The same as a member of this organization, too.
    pub fn joined(&self, to: Affiliation) -> Self {
        let mut joined = self.clone();
        joined.organizations.retain(|known| known.organization_id != to.organization_id);
        joined.organizations.push(to);
        joined
    }

    /// The same without this organization.
    pub fn left(&self, organization: Id<Organization>) -> Self {
        let mut left = self.clone();
        left.organizations.retain(|known| known.organization_id != organization);
        left
    }

    /// Whether this organization's admin may correct the address.
    pub fn correctable(&self, by: Id<Organization>) -> Result<(), NotCorrectable> {
        if self.organizations.iter().any(|known| known.organization_id == by && known.is_pending) {
            return Err(NotCorrectable::Asked);
        }
        if self.is_verified {
            return Err(NotCorrectable::Verified);
        }
        let is_own = |known: &Affiliation| known.organization_id == by;
        if self.organizations.iter().all(is_own) { Ok(()) } else { Err(NotCorrectable::Shared) }
    }

    /// The same at another address, which no first password proves until the next one was sent.
    pub fn corrected(&self, email: String) -> Self {
        Self { email, unproved_until: Some(Time::from_millis(i64::MAX)), ..self.clone() }
    }

    /// The same, once another first password went to the address as it is now.
    pub fn invited_again(&self, now: Time) -> Self {
        Self { unproved_until: Some(now.plus(FIRST_PASSWORD_SESSIONS)), ..self.clone() }
    }

    /// Whether a first password that is good now came to the address as it is now.
    pub fn is_proved_by_first_password(&self, now: Time) -> bool {
        self.unproved_until.is_none_or(|until| now >= until)
    }

    /// Whether a sign-in that began then still counts.
    pub fn admits(&self, began: Time) -> bool {
        self.sessions_since.is_none_or(|since| began >= since)
    }
}

/// A member as their organization keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Which member.
    pub id: Id<Member>,
    /// The name colleagues see; only an admin changes it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whose sign-in it is; empty for who works with a key alone.
    pub sub: String,
    /// When they were invited.
    pub created_at: Time,
    /// Whether they have yet to accept: their address was somebody's already, who is nobody here
    /// until they say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_pending: bool,
    /// The address that was invited, for as long as they are asked: which one they sign in with is
    /// not the organization's to know before they accept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_email: Option<String>,
    /// When they were removed: from then on they are nobody here. The row stays until they are
    /// invited again, so that a removal that broke off can be finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<Time>,
}

impl Membership {
    /// The id that this identity always has in this organization: a request finds its member
    /// without looking anything up.
    pub fn id_of(organization: Id<Organization>, sub: &str) -> Id<Member> {
        Id::derived(&["member of", &organization.to_string(), sub])
    }

    /// Whether they belong to the organization now.
    pub fn is_current(&self) -> bool {
        self.removed_at.is_none()
    }

    /// Whether they can be given work: they belong here, and have said so where they were asked.
    pub fn works_here(&self) -> bool {
        self.is_current() && !self.is_pending
    }

    /// The same once they have accepted.
    pub fn accepted(&self) -> Self {
        Self { is_pending: false, invited_email: None, ..self.clone() }
    }

    /// How others refer to them.
    pub fn member(&self) -> Member {
        Member { id: self.id, name: self.name.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn affiliation(name: &str) -> Affiliation {
        Affiliation { organization_id: Id::derived(&[name]), name: name.into(), is_pending: false }
    }

    #[test]
    fn an_address_is_corrected_only_while_it_is_nobody_elses() {
        let (kopi, teh) = (affiliation("Kopi"), affiliation("Teh"));
        let new = Identity::invited("s".into(), "a@b.id".into()).joined(kopi.clone());
        let shared = new.joined(teh.clone());
        let verified = Identity { is_verified: true, ..new.clone() };
        for (identity, answer) in [
            (&new, Ok(())),
            (&shared, Err(NotCorrectable::Shared)),
            (&verified, Err(NotCorrectable::Verified)),
            (&shared.left(teh.organization_id), Ok(())),
        ] {
            assert_eq!(identity.correctable(kopi.organization_id), answer, "{identity:?}");
        }
        assert_eq!(new.correctable(teh.organization_id), Err(NotCorrectable::Shared));
        // Who was asked is spoken of alike, whatever is known of them.
        for theirs in [&new, &shared, &verified] {
            let asked = theirs.joined(Affiliation { is_pending: true, ..kopi.clone() });
            assert_eq!(asked.correctable(kopi.organization_id), Err(NotCorrectable::Asked));
        }
        assert_eq!(new.joined(kopi.clone()), new, "joining twice is joining once");
    }

    #[test]
    fn an_address_that_is_somebodys_is_asked() {
        let (kopi, teh) = (affiliation("Kopi"), affiliation("Teh"));
        let new = Identity::invited("s".into(), "a@b.id".into());
        let in_teh = new.joined(teh.clone());
        let verified = Identity { is_verified: true, ..new.clone() };
        assert!(!new.is_to_be_asked(kopi.organization_id));
        assert!(!new.joined(kopi.clone()).is_to_be_asked(kopi.organization_id), "a second try");
        assert!(in_teh.is_to_be_asked(kopi.organization_id));
        assert!(verified.is_to_be_asked(kopi.organization_id));

        let asked = in_teh.joined(Affiliation { is_pending: true, ..kopi.clone() });
        let accepted = asked.accepted(kopi.organization_id);
        assert_eq!(accepted.organizations, [teh.clone(), kopi.clone()]);
        assert_eq!(asked.accepted(teh.organization_id), asked, "of another it says nothing");
    }

    #[test]
    fn a_member_has_one_id_in_each_organization() {
        let (kopi, teh) = (Id::derived(&["kopi"]), Id::derived(&["teh"]));
        assert_eq!(Membership::id_of(kopi, "s"), Membership::id_of(kopi, "s"));
        assert_ne!(Membership::id_of(kopi, "s"), Membership::id_of(teh, "s"));
        assert_ne!(Membership::id_of(kopi, "s"), Membership::id_of(kopi, "t"));
    }
}
