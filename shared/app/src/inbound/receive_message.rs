//! A customer's message: who wrote, the message, the room.
//!
//! Order of writes: contact and identity (once in a customer's life), the message, the room. A
//! run that dies on the way is healed by the provider's next delivery: a message that is there
//! already never ends the work, its room is still told.

use channels::{CustomerBody, CustomerMessage, Element};
use domain::{
    Id, Time,
    contact::{Contact, Identity},
    integration::Integration,
    message::{Content, Context, Direction, Message, Receipt},
    room::{self, Arrival, Room, Taken},
};
use store::{Saved, StoreError, Stored, Tenant, Touch, Versioned};

use super::{Inbound, StoreElementError};
use crate::ATTEMPTS;

impl Inbound {
    pub(super) async fn receive_message(
        &self,
        integration: &Integration,
        element: &Element,
        said: CustomerMessage,
        now: Time,
    ) -> Result<(), StoreElementError> {
        let tenant = self.table.tenant(integration.organization_id);
        let contact = contact(integration, &said, now);
        let identity = match tenant.identity(integration.id, &said.from).await? {
            Some(identity) => identity,
            None => {
                let first = Identity::first(integration.id, &said.from);
                tenant.introduce(integration.id, &contact, first).await?
            }
        };
        let id = Id::derived(&["message", &integration.id.to_string(), &said.provider_id]);
        let content = match said.body {
            CustomerBody::Text(text) => Content::Text { text },
            CustomerBody::Unsupported(provider_type) => {
                let raw_key = self
                    .keep_raw(
                        integration.organization_id,
                        Some(identity.contact_id),
                        element.body.as_bytes(),
                    )
                    .await?;
                Content::Unsupported { provider_type, code: None, reason: None, raw_key }
            }
        };
        let message = Message {
            id,
            room_id: identity.room_id,
            integration_id: integration.id,
            at: said.at,
            content,
            context: Context::default(),
            provider_id: Some(said.provider_id),
            direction: Direction::Inbound { received: Receipt { at: now, message_id: id } },
        };
        let (message, is_new) = match tenant.store_message(&message).await? {
            Stored::New => (message, true),
            Stored::Before(before) => (*before, false),
        };
        let Direction::Inbound { received } = &message.direction else { return Ok(()) };
        let taking = Taking { integration, contact, identity, message: &message, received, is_new };
        // Storing may have been slow: what follows happens now.
        Ok(taking.take_in(tenant, Time::from(self.source.now())).await?)
    }
}

fn contact(integration: &Integration, said: &CustomerMessage, now: Time) -> Contact {
    let id = Identity::first(integration.id, &said.from).contact_id;
    let name = said.profile_name.clone().unwrap_or_else(|| said.from.clone());
    Contact { id, name, identity: said.from.clone(), created_at: now }
}

/// A stored message that its room has to hear of.
struct Taking<'a> {
    integration: &'a Integration,
    contact: Contact,
    identity: Identity,
    message: &'a Message,
    received: &'a Receipt,
    is_new: bool,
}

impl Taking<'_> {
    async fn take_in(&self, tenant: Tenant<'_>, now: Time) -> Result<(), StoreError> {
        let mut known = match tenant.touch_inbound(self.message, self.received, now).await? {
            Touch::Done => return Ok(()),
            Touch::Decide(known) => known,
        };
        for _ in 0..ATTEMPTS {
            let done = match &known {
                None => tenant.create_room(&self.first_room(now)).await?,
                Some(old) => self.take_into(tenant, old, now).await?,
            };
            if done {
                return Ok(());
            }
            known = tenant.room(self.message.room_id).await?.map(Box::new);
        }
        Err(StoreError::Contended)
    }

    async fn take_into(
        &self,
        tenant: Tenant<'_>,
        old: &Versioned<Room>,
        now: Time,
    ) -> Result<bool, StoreError> {
        let room = &old.value;
        let mut arrival = Arrival {
            message: self.message,
            receipt: self.received,
            is_new: self.is_new,
            counted: None,
        };
        if room::is_doubtful(room, &arrival) {
            let (read, last) = (room.last_read.as_ref(), &room.last_received);
            arrival.counted = Some(tenant.count_unread(room.id, read, last).await?);
        }
        let saved = match room::receive(room, &arrival, now) {
            Taken::Nothing => return Ok(true),
            Taken::Touched(new) => tenant.save_room(old, &new).await?,
            Taken::Reopened(new) => tenant.reopen_room(old, &new).await?,
        };
        Ok(matches!(saved, Saved::Done))
    }

    /// The room that this message begins.
    fn first_room(&self, now: Time) -> Room {
        Room::opened_by(
            self.message,
            self.received,
            &self.contact,
            self.identity,
            self.integration,
            now,
        )
    }
}
