//! Who has had an identity of a channel, one after another.
//!
//! The id of a contact follows from the identity that made it, and from how the holder before them
//! ended: so the chain is read from its first link on, and whoever is next has an id that all who race
//! for it agree on. Of one who was erased a row stays that says when, and nothing else; one who goes by
//! another number now is a living contact, whose row that said so may have been erased.

use domain::{
    Id,
    contact::{Contact, Erasure, Identity},
    integration::Integration,
};
use store::{StoreError, Tenant};

/// How many holders are looked at: more than any number has had, even one that people test with.
const HOLDERS: usize = 1000;

/// The chain of holders.
#[derive(Debug)]
pub(crate) struct Holders {
    /// The erasures of former ones.
    pub(crate) erasures: Vec<Erasure>,
    /// The contact and room of who has it now, or of whoever comes next.
    pub(crate) last: Identity,
    /// Who has it now, as far as contacts say.
    pub(crate) holder: Option<Contact>,
}

/// Who has had an identity, from this one on: mostly [`Identity::first`].
pub(crate) async fn holders(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    who: &str,
    from: Identity,
) -> Result<Holders, StoreError> {
    let mut found = Holders { erasures: Vec::new(), last: from, holder: None };
    for _ in 0..HOLDERS {
        let Some(known) = tenant.contact(found.last.contact_id).await? else { return Ok(found) };
        let known = known.value;
        let ended_at = match &known.erased {
            Some(erasure) => {
                found.erasures.push(erasure.clone());
                erasure.at
            }
            None if known.identity == who || known.user_id.as_deref() == Some(who) => {
                found.holder = Some(known);
                return Ok(found);
            }
            None => known.created_at,
        };
        found.last = Identity::next(integration, who, ended_at);
    }
    Err(StoreError::Contended)
}
