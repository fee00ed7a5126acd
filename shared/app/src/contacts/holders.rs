//! Who has had an identity of a channel, one after another.
//!
//! The id of a contact follows from the identity that made it, and from the holder before them: so the
//! chain is read from its first link on, and whoever is next has an id that all who race for it agree
//! on. Who has the identity now its row says, and no contact. Where it has none, whoever stands in the
//! chain has it no more: one who was erased, of whom stays that they were and when; or one whose number
//! somebody got who was erased since.

use domain::{
    Id, Time,
    contact::{self, Contact, Erasure, Identity, KnownAs},
    integration::Integration,
};
use store::{StoreError, Tenant, Versioned};

use crate::ATTEMPTS;

/// How many holders are looked at: more than any number has had, even one that people test with.
const HOLDERS: usize = 1000;

/// The chain of holders.
#[derive(Debug, Clone)]
pub(crate) struct Holders {
    /// The erasures of former ones.
    pub(crate) erasures: Vec<Erasure>,
    /// The contact and room of whoever comes next.
    pub(crate) next: Identity,
}

/// Lets an identity of one who was erased be nobody's. Before its row goes, the erasure stands where
/// the next contact of the identity would be made: what was said before it, and is delivered again, must
/// find it.
pub(crate) async fn let_go(
    tenant: Tenant<'_>,
    erased: &Contact,
    at: &KnownAs,
) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let known = tenant.identity(at.integration_id, &at.who).await?;
        // A number may have somebody else by now.
        let is_own = |known: &Versioned<Identity>| {
            let of = known.value.contact_id;
            of == erased.id || erased.absorbed.contains(&of)
        };
        let Some(known) = known.filter(is_own) else { return Ok(()) };
        stand_under(tenant, erased, at).await?;
        if tenant.erase_identity(at, &known).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}

async fn stand_under(tenant: Tenant<'_>, erased: &Contact, at: &KnownAs) -> Result<(), StoreError> {
    let first = Identity::first(at.integration_id, &at.who);
    let found = holders(tenant, at.integration_id, &at.who, first).await?;
    let stands = |erasure: &Erasure| erased.erased.as_ref().is_some_and(|own| erasure.at >= own.at);
    if found.erasures.iter().any(stands) {
        return Ok(());
    }
    match contact::erased_under(erased, found.next.contact_id) {
        Some(stands) => tenant.introduce(&stands).await.map(drop),
        None => Ok(()),
    }
}

impl Holders {
    /// Until when it was somebody's who was erased since.
    pub(crate) fn erased_before(&self) -> Option<Time> {
        self.erasures.last().map(|erasure| erasure.at)
    }

    /// Whether what was said then was said by or to one who was erased since.
    pub(crate) fn is_of_erased(&self, at: Time) -> bool {
        self.erasures.iter().any(|erasure| erasure.covers(at))
    }
}

/// Who has had an identity, from this one on: mostly [`Identity::first`].
pub(crate) async fn holders(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    who: &str,
    from: Identity,
) -> Result<Holders, StoreError> {
    let mut found = Holders { erasures: Vec::new(), next: from };
    for _ in 0..HOLDERS {
        let Some(known) = tenant.contact(found.next.contact_id).await? else { return Ok(found) };
        found.next = match known.value.erased {
            Some(erasure) => {
                let next = Identity::next(integration, who, erasure.at);
                found.erasures.push(erasure);
                next
            }
            None => Identity::after(integration, who, known.value.id),
        };
    }
    Err(StoreError::Contended)
}
