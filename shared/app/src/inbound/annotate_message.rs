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
    message::{Annotated, Annotation, Message, Side},
    room::Room,
};
use store::{StoreError, Tenant};

use super::{Inbound, StoreElementError, identify::identify};

/// What the inbox shows of a message that was deleted.
const DELETED: &str = "[deleted]";

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
        preview(tenant, integration, room, annotation).await?;
    }
    Ok(())
}

/// The words by which the inbox shows a message that its author edited or deleted.
async fn preview(
    tenant: Tenant<'_>,
    integration: &Integration,
    room: Id<Room>,
    annotation: &Annotation,
) -> Result<(), StoreError> {
    let words = match &annotation.change {
        Annotated::Reaction(_) => return Ok(()),
        Annotated::Edit(content) => content.preview(),
        Annotated::Revoke => DELETED.to_owned(),
    };
    // Customers' messages, and those from a phone, have ids that follow from the provider's.
    let parts = ["message", &integration.id.to_string(), &annotation.target];
    tenant.preview(room, Id::<Message>::derived(&parts), &words).await
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
