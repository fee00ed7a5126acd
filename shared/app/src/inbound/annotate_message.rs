//! A reaction, an edit or a deletion: kept beside the message that it is about.
//!
//! It touches no room. WhatsApp's 24 hours begin when a customer "messages you or calls you"
//! (`messages/send-messages`, customer service windows); of reactions its pages say nothing, so we
//! don't promise an agent that free text will be taken. For the same reason a reaction neither
//! reopens a resolved room nor counts as unread. Only the words by which the inbox shows a room
//! follow when its last message is edited or deleted.
//!
//! Of one whom we have never heard of it is about a message that is not here: it is kept as an
//! event, unless they were erased since: then it is not kept. Of one whom we know it is kept in their
//! room. Where others were merged into it, it is kept in the one where the message lies, which is
//! looked for; one that has not come will come to the room that stayed. A message that comes takes along what was said about it in another room of the
//! same person (`store_once`). A reaction, after which nobody looks at the room, is kept on the
//! condition that the room is still the one to come to. Of one who is blocked nothing is kept.

use channels::{ChatAnnotation, Element, Event};
use domain::{
    Id, Time,
    contact::{Identity, Person},
    integration::Integration,
    message::{Annotated, Annotation, Side},
    room::Room,
};
use store::{StoreError, Tenant, Versioned};

use super::{
    Inbound, StoreElementError,
    identify::identify,
    reword::{Named, carry, reword},
};

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
        // Nobody is made known by it: who is not known has no room to show it in, nor has whoever has
        // the number of one who left it.
        let holds = |known: &Versioned<Identity>| !known.value.is_left(annotation.at);
        let mut known = tenant.identity(integration.id, primary).await?.filter(holds);
        if let (None, Some(other)) = (&known, &said.chat.user_id)
            && other != primary
        {
            known = tenant.identity(integration.id, other).await?.filter(holds);
        }
        let identity = match known {
            Some(known) if known.value.knows(&said.chat, annotation.at) => Some(known.value),
            Some(_) => identify(tenant, integration.id, &said.chat, annotation.at, now).await?,
            None => None,
        };
        let Some(identity) = identity else {
            let event = stray(&annotation, said.chat);
            self.keep_event(integration, element, event, now).await?;
            return Ok(());
        };
        // Of what is theirs to say, nothing is heard; what is ours is, unless it is about words to one
        // who was erased since.
        let is_refused = match annotation.by {
            Side::Customer => identity.is_blocked(annotation.at),
            Side::Business => identity.is_of_erased(annotation.at),
        };
        if is_refused {
            return Ok(());
        }
        let ends = self.expiry(integration.organization_id).await?;
        let now = Time::from(self.source.now());
        Ok(annotate(tenant, integration.id, &identity, (&annotation, ends), now).await?)
    }
}

async fn annotate(
    tenant: Tenant<'_>,
    integration: Id<Integration>,
    identity: &Identity,
    (annotation, expires_at): (&Annotation, Option<Time>),
    now: Time,
) -> Result<(), StoreError> {
    let named = Named { integration, provider_id: &annotation.target };
    let found = room_of(tenant, identity, named).await?;
    let room = found.unwrap_or(identity.room_id);
    let is_reaction = matches!(annotation.change, Annotated::Reaction(_));
    // The room may be merged since the identity was read: one call keeps it and makes sure.
    let has_one_room = identity.former.is_empty();
    if is_reaction
        && has_one_room
        && tenant.annotate_unmerged(room, integration, annotation, expires_at).await?
    {
        return Ok(());
    }
    tenant.annotate(room, integration, annotation, expires_at).await?;
    if found.is_none() {
        // A run that began before the merging may have stored it over there just now.
        for former in identity.former_at(now) {
            if tenant.has_message(former, named.provider_id).await? {
                return carry(tenant, room, former, named, now).await;
            }
        }
    }
    let shown = match is_reaction {
        // It lies with its message.
        true if found.is_some() => return Ok(()),
        true => tenant.room(room).await?.map(|row| row.value),
        false => reword(tenant, room, named, now).await?,
    };
    // The room was merged since the identity was read: the message may come over there.
    match shown.and_then(|room| room.merged_into) {
        Some(into) if found.is_none() && !tenant.has_message(room, named.provider_id).await? => {
            carry(tenant, room, into, named, now).await
        }
        Some(_) | None => Ok(()),
    }
}

/// In which of several rooms of a person the message lies. Nothing if it has not come, and not
/// asked of those who have one room: what is said about their messages can be nowhere else.
async fn room_of(
    tenant: Tenant<'_>,
    identity: &Identity,
    named: Named<'_>,
) -> Result<Option<Id<Room>>, StoreError> {
    if identity.former.is_empty() {
        return Ok(None);
    }
    let former = identity.former.iter().rev().map(|former| former.room_id);
    for room in [identity.room_id].into_iter().chain(former) {
        if tenant.has_message(room, named.provider_id).await? {
            return Ok(Some(room));
        }
    }
    Ok(None)
}

/// What was said about a message of one whom we have never heard of, as an event.
fn stray(annotation: &Annotation, chat: Person) -> Event {
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
    let summary = format!("{what} by {who}");
    Event { kind: kind.into(), at: Some(annotation.at), summary, about: vec![chat] }
}
