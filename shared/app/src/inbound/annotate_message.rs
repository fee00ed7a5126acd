//! A reaction, an edit or a deletion: kept beside the message that it is about.
//!
//! It touches no room. WhatsApp's 24 hours begin when a customer "messages you or calls you"
//! (`messages/send-messages`, customer service windows); of reactions its pages say nothing, so we
//! don't promise an agent that free text will be taken. For the same reason a reaction neither
//! reopens a resolved room nor counts as unread. Only the words by which the inbox shows a room
//! follow when its last message is edited or deleted.
//!
//! Of one whom we have never heard of it is about a message that is not here: it is kept as an
//! event. Of one whom we know it is kept in their room, and in those that were merged into it. Of
//! one who is blocked nothing is kept.

use channels::{ChatAnnotation, Element, Event};
use domain::{
    Id, Time,
    contact::Identity,
    integration::Integration,
    message::{Annotated, Annotation, DELETED, Message, Side, annotated_id},
    room::{self, Room},
};
use store::{MessageKey, Saved, StoreError, Tenant};

use super::{Inbound, StoreElementError, identify::identify};
use crate::ATTEMPTS;

impl Inbound {
    pub(super) async fn annotate_message(
        &self,
        integration: &Integration,
        element: &Element,
        said: ChatAnnotation,
        now: Time,
    ) -> Result<(), StoreElementError> {
        let tenant = self.table.tenant(integration.organization_id);
        let annotation = said.annotation;
        let primary = said.chat.primary().unwrap_or_default();
        // Nobody is made known by it: who is not known has no room to show it in.
        let known = tenant.identity(integration.id, primary).await?;
        let identity = match known {
            Some(known) if known.value.knows(&said.chat, annotation.at) => Some(known.value),
            Some(_) => identify(tenant, integration.id, &said.chat, annotation.at, now).await?,
            None => match &said.chat.user_id {
                Some(other) if other != primary => {
                    match tenant.identity(integration.id, other).await? {
                        Some(_) => {
                            identify(tenant, integration.id, &said.chat, annotation.at, now).await?
                        }
                        None => None,
                    }
                }
                _ => None,
            },
        };
        let Some(identity) = identity else {
            return self.keep_event(integration, element, stray(&annotation), now).await;
        };
        // Of what is theirs to say, nothing is heard; what is ours is.
        if annotation.by == Side::Customer && identity.is_blocked(annotation.at) {
            return Ok(());
        }
        Ok(annotate(tenant, integration, &identity, &annotation).await?)
    }
}

async fn annotate(
    tenant: Tenant<'_>,
    integration: &Integration,
    identity: &Identity,
    annotation: &Annotation,
) -> Result<(), StoreError> {
    let former = identity.former.iter().map(|room| room.room_id);
    for room in former.chain([identity.room_id]) {
        tenant.annotate(room, integration.id, annotation).await?;
        reword(tenant, integration, room, annotation).await?;
    }
    Ok(())
}

/// The words by which the inbox shows a message that its author edited or deleted. They are read
/// after the room, so that of two changes at the same time the last to be saved knows both.
async fn reword(
    tenant: Tenant<'_>,
    integration: &Integration,
    room: Id<Room>,
    annotation: &Annotation,
) -> Result<(), StoreError> {
    if matches!(annotation.change, Annotated::Reaction(_)) {
        return Ok(());
    }
    let target = annotated_id(integration.id, &annotation.target);
    for _ in 0..ATTEMPTS {
        let Some(old) = tenant.room(room).await? else { return Ok(()) };
        let Some(said) = tenant.annotated(room, target).await? else { return Ok(()) };
        let by_author = said.by_author(annotation.by);
        let edited = || by_author.edit.map(|noted| noted.what.preview());
        let words = by_author.revoke.map(|_| DELETED.to_owned()).or_else(edited);
        let Some(words) = words else { return Ok(()) };
        let message = message_id(tenant, integration, &old.value, annotation).await?;
        let Some(new) = room::reworded(&old.value, message, &words) else { return Ok(()) };
        if let Saved::Done = tenant.save_room(&old, &new).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}

/// The id of the message that something is said about. Customers' messages, and those from a
/// phone, have ids that follow from the provider's. Of what was sent from here only the one that
/// the inbox shows is looked at: the others don't matter to it.
async fn message_id(
    tenant: Tenant<'_>,
    integration: &Integration,
    room: &Room,
    annotation: &Annotation,
) -> Result<Id<Message>, StoreError> {
    if annotation.by == Side::Business && !room.last_message.from_customer {
        let last = MessageKey { room: room.id, position: room.last_message.position };
        let last = tenant.message(last).await?.map(|row| row.value);
        let is_it = |last: &Message| last.provider_id.as_ref() == Some(&annotation.target);
        if let Some(last) = last.filter(is_it) {
            return Ok(last.id);
        }
    }
    Ok(Id::derived(&["message", &integration.id.to_string(), &annotation.target]))
}

/// What was said about a message of one whom we have never heard of, as an event.
fn stray(annotation: &Annotation) -> Event {
    let who = match annotation.by {
        Side::Customer => "a customer who has not written yet",
        Side::Business => "the phone's app, to one who has not written yet",
    };
    let what = match &annotation.change {
        Annotated::Reaction(Some(_)) => "A reaction",
        Annotated::Reaction(None) => "A reaction that is taken back",
        Annotated::Edit(_) => "An edit",
        Annotated::Revoke => "A deletion",
    };
    let kind = match &annotation.change {
        Annotated::Reaction(_) => "reaction",
        Annotated::Edit(_) => "edit",
        Annotated::Revoke => "revoke",
    };
    let summary = format!("{what} by {who}, of message {}", annotation.target);
    Event { kind: kind.into(), at: Some(annotation.at), summary }
}
