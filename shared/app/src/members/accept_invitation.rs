//! Somebody who has a sign-in already accepts an organization's invitation.
//!
//! Order: their identity, which leads them there; then the member, who counts. Accepting again
//! finishes what broke off. An invitation that was withdrawn meanwhile stays withdrawn.

use domain::{Id, integration::Organization, member::Membership};
use platform::problem::Problem;
use store::{StoreError, Table};

use super::{Person, no_invitation};
use crate::{ATTEMPTS, authenticate::Invitee, internal, sign_in::change_identity};

/// Makes the invitee a member of the organization that invited them.
pub async fn accept_invitation(
    table: &Table,
    invitee: &Invitee,
    of: Id<Organization>,
) -> Result<Person, Problem> {
    let (sub, tenant) = (invitee.person(of)?, table.tenant(of));
    for _ in 0..ATTEMPTS {
        let old = tenant.member(Membership::id_of(of, sub)).await.map_err(internal)?;
        let old = old.filter(|row| row.value.is_current()).ok_or_else(no_invitation)?;
        let identity = change_identity(table, sub, |old| old.accepted(of)).await?;
        let new = old.value.accepted();
        if new == old.value || tenant.save_member(Some(&old), &new, None).await.map_err(internal)? {
            return Ok(Person { membership: new, identity });
        }
    }
    Err(internal(StoreError::Contended))
}
