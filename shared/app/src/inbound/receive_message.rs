//! A customer's message: who wrote, the message, the room.
//!
//! Order of writes: identities (once, and when something new is told of them), the message, the contact
//! (once), the room. A run that dies on the way is healed by the provider's next delivery: a
//! message that is there already never ends the work, its room is still told.
//!
//! What a blocked contact writes ends here, at the cost of the read of their identity: nothing of
//! it is kept. Only a message that was stored before they were blocked is still taken in.
//!
//! A person who turned out to be one whom we know has a room that was merged away. What was said
//! about the time of the merging may lie there already, or be on its way there: a row in its place
//! there decides, whichever run writes first, so that it is stored once.

use channels::{Body, CustomerMessage, Element};
use domain::{
    Id, Time,
    contact::{Contact, Identity, Person},
    integration::Integration,
    message::{Content, Direction, Message, Position, Receipt, message_id},
    room::{self, Arrival, Room, Taken},
};
use platform::trace;
use store::{MessageKey, Saved, StoreError, Stored, Tenant, Touch, Versioned};

use super::{
    Inbound, StoreElementError,
    identify::identify,
    introduce::{forget, introduce},
    reword::{Named, carry, reword_all},
    unite_rooms::{take_over, unite_new_room},
};
use crate::{
    ATTEMPTS,
    settle_acceptance::{shown_words, touch_room, words_of},
};

/// How many messages of a room that is new are looked at for an answer by phone.
const BEFORE_FIRST: i32 = 50;

impl Inbound {
    pub(super) async fn receive_message(
        &self,
        integration: &Integration,
        element: &Element,
        said: CustomerMessage,
        now: Time,
    ) -> Result<(), StoreElementError> {
        let tenant = self.table.tenant(integration.organization_id);
        let identity = identify(tenant, integration.id, &said.from, said.at, now).await?;
        // Decoding makes sure of it: without a person it is an event.
        let Some(identity) = identity else { return Ok(()) };
        let id = message_id(integration.id, &said.provider_id);
        let place = Position { at: said.at, id };
        if identity.is_blocked(said.at) && !is_stored(tenant, &identity, place).await? {
            tracing::info!("a blocked contact's message was refused");
            return Ok(());
        }
        let contact = identity.contact_id;
        let content = self.content(integration, contact, element, said.body).await?;
        let message = Message {
            id,
            room_id: identity.room_id,
            integration_id: integration.id,
            at: said.at,
            content,
            context: said.context,
            provider_id: Some(said.provider_id),
            trace: trace::current(),
            expires_at: self.expiry(integration.organization_id).await?,
            version: 1,
            direction: Direction::Inbound { received: Receipt { at: now, message_id: id } },
        };
        let (message, is_new) = store_once(tenant, &identity, message, now).await?;
        let Direction::Inbound { received } = &message.direction else { return Ok(()) };
        let person = &said.from;
        let taking = Taking { integration, person, identity, message: &message, received, is_new };
        // Storing may have been slow: what follows happens now.
        Ok(taking.take_in(tenant, Time::from(self.source.now())).await?)
    }

    /// What is stored of what somebody wrote: what we can't show is kept as it came.
    pub(super) async fn content(
        &self,
        integration: &Integration,
        contact: Id<Contact>,
        element: &Element,
        body: Body,
    ) -> Result<Content, StoreElementError> {
        Ok(match body {
            Body::Content(content) => content,
            Body::Unsupported { provider_type, code, reason } => {
                let (org, raw) = (integration.organization_id, element.body.as_bytes());
                let raw_key = self.keep_raw(org, contact, raw).await?;
                Content::Unsupported { provider_type, code, reason, raw_key }
            }
        })
    }
}

/// Whether a message was stored before, in its room or in one that was merged into it.
async fn is_stored(
    tenant: Tenant<'_>,
    identity: &Identity,
    position: Position,
) -> Result<bool, StoreError> {
    for room in identity.former_at(position.at).chain([identity.room_id]) {
        if tenant.is_stored(MessageKey { room, position }).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Stores a message in its room, or finds it where it was stored before: as it is there, and
/// whether this very run stored it.
pub(super) async fn store_once(
    tenant: Tenant<'_>,
    identity: &Identity,
    mut message: Message,
    now: Time,
) -> Result<(Message, bool), StoreError> {
    for room in identity.former_at(message.at) {
        let place = MessageKey { room, position: message.position() };
        if let Some(before) = tenant.keep_out(place, identity.room_id, now).await? {
            return Ok((before, false));
        }
    }
    for _ in 0..ATTEMPTS {
        let (stored, is_new) = match tenant.store_message(&message).await? {
            Stored::New => (message, true),
            Stored::Before(before) => (*before, false),
            Stored::Moved(to) => {
                message.room_id = to;
                continue;
            }
        };
        // What was said about it may have come before the rooms were merged.
        for former in identity.former_at(stored.at).filter(|room| *room != stored.room_id) {
            if let Some(named) = Named::of(&stored) {
                carry(tenant, former, stored.room_id, named, now).await?;
            }
        }
        return Ok((stored, is_new));
    }
    Err(StoreError::Contended)
}

/// Tells a room of what the phone's app had said in it before there was one to be told. The run that
/// stores such a message looks for the room afterwards, as this looks for the message: one of them
/// finds the other.
async fn answered(tenant: Tenant<'_>, room: Id<Room>) -> Result<(), StoreError> {
    let last = tenant.last_messages(room, BEFORE_FIRST).await?;
    let by_phone = |message: &&Message| match &message.direction {
        Direction::Inbound { .. } => false,
        Direction::Outbound(outbound) => !outbound.origin.is_here(),
    };
    match last.iter().find(by_phone) {
        Some(message) => touch_room(tenant, message).await.map(drop),
        None => Ok(()),
    }
}

/// A stored message that its room has to hear of.
struct Taking<'a> {
    integration: &'a Integration,
    person: &'a Person,
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
            let taken = match &known {
                None => match self.first_room(tenant, now).await? {
                    Some(mut room) => {
                        if let Some(words) = shown_words(tenant, self.message).await? {
                            room.last_message.preview = words;
                        }
                        tenant.create_room(&room).await?.then_some(room)
                    }
                    None => {
                        forget(tenant, &self.identity, self.person, self.message).await?;
                        return Err(StoreError::Contended);
                    }
                },
                Some(old) => self.take_into(tenant, old, now).await?.then(|| old.value.clone()),
            };
            match taken {
                Some(room) if self.precedes(&room) => {
                    unite_new_room(tenant, &room, now).await?;
                    answered(tenant, room.id).await?;
                    return reword_all(tenant, &room, now).await;
                }
                Some(_) => return Ok(()),
                None => {}
            }
            known = tenant.room(self.message.room_id).await?.map(Box::new);
        }
        Err(StoreError::Contended)
    }

    /// Whether the message came before there was a room. What was said about messages by then no room
    /// remembers: whoever makes one sees to that once it is there, and whoever repeats what they did
    /// does it again.
    fn precedes(&self, room: &Room) -> bool {
        self.received.at <= room.created_at
    }

    async fn take_into(
        &self,
        tenant: Tenant<'_>,
        old: &Versioned<Room>,
        now: Time,
    ) -> Result<bool, StoreError> {
        let room = &old.value;
        let words = match self.precedes(room) {
            true => shown_words(tenant, self.message).await?,
            false => words_of(tenant, room, self.message).await?,
        };
        let mut arrival = Arrival {
            message: self.message,
            receipt: self.received,
            is_new: self.is_new,
            counted: None,
            words: words.as_deref(),
        };
        if room::is_doubtful(room, &arrival) {
            let (read, last) = (room.last_read.as_ref(), &room.last_received);
            arrival.counted = Some(tenant.count_unread(room.id, read, last).await?);
        }
        let (saved, new) = match room::receive(room, &arrival, now) {
            Taken::Nothing => (Saved::Done, None),
            Taken::Touched(new) => (tenant.save_room(old, &new).await?, Some(new)),
            Taken::Reopened(new) => (tenant.reopen_room(old, &new).await?, Some(new)),
        };
        if !matches!(saved, Saved::Done) {
            return Ok(false);
        }
        // It was on its way here when the room was merged: the reply window opens over there.
        if let Some(into) = room.merged_into {
            take_over(tenant, new.as_deref().unwrap_or(room), into, now).await?;
            if let Some(named) = Named::of(self.message) {
                carry(tenant, into, room.id, named, now).await?;
            }
        }
        Ok(true)
    }

    /// The room that this message begins; none of a contact that is being erased.
    async fn first_room(&self, tenant: Tenant<'_>, now: Time) -> Result<Option<Room>, StoreError> {
        let of = self.integration.id;
        let known = introduce(tenant, of, &self.identity, self.person).await?;
        let person = self.person.known_by(&self.identity);
        let told = Contact::of(&person, &self.identity, of, now);
        let Some((known, mut contact)) = known.zip(told) else { return Ok(None) };
        // Members may have named them, or blocked them elsewhere, before there was a room.
        contact.given_name = Some(known.shown_name().to_owned());
        contact.block = known.block;
        let (message, received) = (self.message, self.received);
        let room =
            Room::opened_by(message, received, &contact, &self.identity, self.integration, now);
        if message.room_id == self.identity.room_id {
            return Ok(Some(room));
        }
        // A run died before it made the room, which has been merged since.
        let merged_into = Some(self.identity.room_id);
        Ok(Some(Room { id: message.room_id, merged_into, ..room }))
    }
}
