//! A notice that somebody is known by another number or user id now.
//!
//! Order of writes: the line among the integration's events, then contact and rooms, the new
//! identities, all that follows the contact once more, and last the old identities, whose `left_at`
//! says that all of it is done. A notice about
//! one who was erased since changes nothing any more.

use channels::{Element, IdentityChange};
use domain::{
    Time,
    contact::{Identity, Move, moved},
    integration::Integration,
};
use store::{StoreError, Tenant};

use super::{
    Inbound, StoreElementError,
    identify::{merge, tell},
    identity_rows::Rows,
};
use crate::{ATTEMPTS, contacts::align::align};

impl Inbound {
    pub(super) async fn change_identity(
        &self,
        integration: &Integration,
        element: &Element,
        change: IdentityChange,
        now: Time,
    ) -> Result<(), StoreElementError> {
        if !self.keep_event(integration, element, change.event.clone(), now).await? {
            return Ok(());
        }
        let tenant = self.table.tenant(integration.organization_id);
        for _ in 0..ATTEMPTS {
            if step(tenant, integration, &change, now).await? {
                return Ok(());
            }
        }
        Err(StoreError::Contended.into())
    }
}

/// Does what the notice asks for. `false` if others were faster.
async fn step(
    tenant: Tenant<'_>,
    integration: &Integration,
    change: &IdentityChange,
    now: Time,
) -> Result<bool, StoreError> {
    let (old, new) = (&change.old, &change.new);
    let old_rows = Rows::read(tenant, integration.id, old).await?;
    let new_rows = Rows::read(tenant, integration.id, new).await?;
    let decision = moved(old_rows.any(), new_rows.any(), new, change.at, now);
    let (identity, merged) = match decision {
        Move::Nothing => return Ok(true),
        Move::Leave => (None, None),
        Move::To(identity) => (Some(identity), None),
        Move::Merge { stays, goes } => {
            let merged = merge(tenant, integration.id, &stays, &goes, now).await?;
            if merged.is_none() {
                return Ok(false);
            }
            (Some(stays), merged)
        }
    };
    if let Some(identity) = &identity {
        if !tell(tenant, integration.id, identity, new).await? {
            return Ok(false);
        }
        // What stays as it was is written with the new identities.
        let rows = Rows::read(tenant, integration.id, new).await?;
        if !rows.lead_as(&new_rows, identity) {
            return Ok(false);
        }
        if !rows.save(tenant, identity, merged.as_ref(), now).await? {
            return Ok(false);
        }
        // A member may have blocked them since the rows were read.
        align(tenant, identity.contact_id).await?;
    }
    for row in [&old_rows.user_id, &old_rows.number].into_iter().flatten() {
        let who = &row.who;
        let is_kept = Some(who) == new.number.as_ref() || Some(who) == new.user_id.as_ref();
        let Some(known) = row.known().filter(|_| !is_kept) else { continue };
        let left = match &identity {
            Some(identity) => old_rows.saying(who, identity, merged.as_ref()),
            None => known.value.clone(),
        };
        // A merging, or a block, may have rewritten it a moment ago.
        let known = tenant.identity(integration.id, who).await?;
        let own = known.as_ref().filter(|known| known.value.contact_id == left.contact_id);
        let blocked = own.map_or(left.blocked, |own| own.value.blocked);
        let left = Identity { blocked, ..left }.left(change.at);
        let saved = tenant.save_identity(integration.id, who, known.as_ref(), &left).await?;
        if !saved {
            return Ok(false);
        }
    }
    Ok(true)
}
