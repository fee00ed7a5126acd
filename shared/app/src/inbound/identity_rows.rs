//! The identities of one person, as the table has them.
//!
//! Reading them settles what others have left half done: a contact that is not there yet is made
//! known, so that all decide alike; what leads to one who was erased leads nowhere.

use domain::{
    Id, Time,
    contact::{Contact, Identity, KnownAs, Person},
    integration::Integration,
};
use store::{StoreError, Tenant, Versioned};

use super::{introduce::introduce, unite_rooms::unite};
use crate::contacts::{
    holders::{Holders, holders, let_go},
    survivor,
};

/// The identities of one person with one integration, and what their rows say.
pub(super) struct Rows {
    integration: Id<Integration>,
    pub(super) number: Option<Row>,
    pub(super) user_id: Option<Row>,
}

/// One identity that was told.
pub(super) struct Row {
    pub(super) who: String,
    leads: Leads,
}

enum Leads {
    To(Versioned<Identity>),
    /// It has no row: these are who had it before.
    Nowhere(Box<Holders>),
}

/// What a row says, if there is one.
pub(super) fn known(row: &Option<Row>) -> Option<&Identity> {
    row.as_ref()?.known().map(|known| &known.value)
}

impl Row {
    async fn read(
        tenant: Tenant<'_>,
        integration: Id<Integration>,
        who: &str,
    ) -> Result<Self, StoreError> {
        let at = KnownAs { integration_id: integration, who: who.to_owned() };
        let leads = match tenant.identity(integration, who).await? {
            Some(known) if leads_to_living(tenant, &at, &known.value).await? => Leads::To(known),
            Some(_) | None => {
                let first = Identity::first(integration, who);
                Leads::Nowhere(Box::new(holders(tenant, integration, who, first).await?))
            }
        };
        Ok(Self { who: at.who, leads })
    }

    pub(super) fn known(&self) -> Option<&Versioned<Identity>> {
        match &self.leads {
            Leads::To(known) => Some(known),
            Leads::Nowhere(_) => None,
        }
    }

    fn erased_before(&self) -> Option<Time> {
        match &self.leads {
            Leads::To(known) => known.value.erased_before,
            Leads::Nowhere(holders) => holders.erased_before(),
        }
    }
}

async fn leads_to_living(
    tenant: Tenant<'_>,
    at: &KnownAs,
    identity: &Identity,
) -> Result<bool, StoreError> {
    let mut contact = survivor(tenant, identity.contact_id).await?;
    if contact.is_none() {
        introduce(tenant, at.integration_id, identity, &Person::default()).await?;
        contact = survivor(tenant, identity.contact_id).await?;
    }
    let Some(contact) = contact else { return Err(StoreError::Contended) };
    if contact.value.erased.is_none() {
        return Ok(true);
    }
    let_go(tenant, &contact.value, at).await?;
    Ok(false)
}

impl Rows {
    pub(super) async fn read(
        tenant: Tenant<'_>,
        integration: Id<Integration>,
        person: &Person,
    ) -> Result<Self, StoreError> {
        let read = async |who: &Option<String>| match who {
            None => Ok::<_, StoreError>(None),
            Some(who) => Ok(Some(Row::read(tenant, integration, who).await?)),
        };
        let (number, user_id) =
            futures_util::try_join!(read(&person.number), read(&person.user_id))?;
        Ok(Self { integration, number, user_id })
    }

    fn each(&self) -> impl Iterator<Item = &Row> {
        [&self.user_id, &self.number].into_iter().flatten()
    }

    fn row(&self, who: &str) -> Option<&Row> {
        self.each().find(|row| row.who == who)
    }

    /// What is known of the person: by the number rather than by the user id.
    pub(super) fn any(&self) -> Option<&Identity> {
        known(&self.number).or(known(&self.user_id))
    }

    /// Whether what was said then under one that leads nowhere was said by or to one who was erased.
    pub(super) fn is_of_erased(&self, at: Time) -> bool {
        self.each().any(|row| match &row.leads {
            Leads::To(_) => false,
            Leads::Nowhere(holders) => holders.is_of_erased(at),
        })
    }

    /// Who had the identity by which somebody is looked up, from this contact on.
    pub(super) async fn holders(
        &self,
        tenant: Tenant<'_>,
        person: &Person,
        from: &Identity,
    ) -> Result<Holders, StoreError> {
        let who = person.primary().unwrap_or_default();
        let is_first = from.contact_id == Identity::first(self.integration, who).contact_id;
        match self.row(who).map(|row| &row.leads) {
            Some(Leads::Nowhere(found)) if is_first => Ok((**found).clone()),
            Some(_) | None => holders(tenant, self.integration, who, from.clone()).await,
        }
    }

    /// Whether each of them leads where it led before, or where it is to lead.
    pub(super) fn lead_as(&self, before: &Self, to: &Identity) -> bool {
        let room = |row: &Option<Row>| known(row).map(|known| known.room_id);
        [(&self.number, &before.number), (&self.user_id, &before.user_id)]
            .into_iter()
            .all(|(now, then)| room(now) == room(then) || room(now) == Some(to.room_id))
    }

    /// Lets all of them say this. `false` if a row has changed since it was read. Of a contact who
    /// was another one, too, until now, `merged` says when each of them was blocked.
    ///
    /// Between the two the rooms are looked at once more: one may have been made since they were
    /// merged, by a run that has read neither row yet ([`super::unite_rooms`]).
    pub(super) async fn save(
        &self,
        tenant: Tenant<'_>,
        identity: &Identity,
        merged: Option<&Contact>,
        now: Time,
    ) -> Result<bool, StoreError> {
        for (row, is_last) in [(&self.user_id, false), (&self.number, true)] {
            if is_last {
                unite(tenant, identity, now).await?;
            }
            let Some(row) = row else { continue };
            let new = self.saying(&row.who, identity, merged);
            if row.known().is_some_and(|known| known.value == new) {
                continue;
            }
            let saved = tenant.save_identity(self.integration, &row.who, row.known(), &new);
            if !saved.await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What the row of one of them says then: where all of them lead, and what is its own, when it was
    /// blocked and until when it was somebody's who was erased.
    pub(super) fn saying(
        &self,
        who: &str,
        identity: &Identity,
        merged: Option<&Contact>,
    ) -> Identity {
        let row = self.row(who);
        // It may have been somebody else's.
        let own =
            row.and_then(Row::known).filter(|known| known.value.contact_id == identity.contact_id);
        let at = KnownAs { integration_id: self.integration, who: who.to_owned() };
        let blocked = match (merged, own) {
            (Some(contact), _) => contact.blocked(&at),
            (None, Some(own)) => own.value.blocked,
            (None, None) => identity.blocked,
        };
        let erased_before = row.and_then(Row::erased_before);
        Identity { blocked, erased_before, ..identity.clone() }
    }
}
