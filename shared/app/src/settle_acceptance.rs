//! A provider took a message: its session, its room, and the fact itself.
//!
//! Order of writes: the session, the room, what a reaction says about its message, and last the
//! message itself, whose `accepted_at` says that all is done. A run that dies on the way leaves the message unaccepted, and whoever learns of
//! the acceptance next does it all again; joining a session and touching a room twice changes
//! nothing.

use domain::{
    Id, Time, contact,
    message::{Annotated, Annotation, Content, Direction, Message, Outbound, Shown, Side},
    room::{self, Replied, Room},
    session::{Session, Settle, settle},
};
use store::{Saved, StoreError, Tenant, Touch};

use crate::ATTEMPTS;

/// Settles the acceptance of `message` at this time, up to the fact itself: returns the message
/// as it is to be saved.
pub(crate) async fn settle_acceptance(
    tenant: Tenant<'_>,
    message: &Message,
    outbound: Outbound,
    accepted_at: Time,
    provider_id: &str,
) -> Result<Message, StoreError> {
    let (session_id, accepted_at) = join_session(tenant, message, accepted_at).await?;
    // What its author did to it may have come before: that is known by the provider's id.
    let provider_id = provider_id.to_owned();
    let message = &Message { provider_id: Some(provider_id.clone()), ..message.clone() };
    touch_room(tenant, message).await?;
    react(tenant, message, &provider_id).await?;
    let outbound =
        Outbound { accepted_at: Some(accepted_at), session_id: Some(session_id), ..outbound };
    let direction = Direction::Outbound(Box::new(outbound));
    // The provider's id tells whom it was sent to.
    let provider_id = (!contact::is_facts(message)).then_some(provider_id);
    Ok(Message { provider_id, direction, ..message.clone() })
}

/// The session that the message belongs to, and the date of its acceptance.
async fn join_session(
    tenant: Tenant<'_>,
    message: &Message,
    accepted_at: Time,
) -> Result<(Id<Session>, Time), StoreError> {
    let room = message.room_id;
    for _ in 0..ATTEMPTS {
        let latest = tenant.session(room).await?;
        let current = latest.as_ref().map(|latest| &latest.value);
        match settle(current, room, message.id, accepted_at) {
            Settle::Join(session) => return Ok((session.id, accepted_at)),
            Settle::Opened(session) => return Ok((session.id, session.opened_at)),
            Settle::Open(session) => {
                if tenant.open_session(room, latest.as_ref(), &session).await? {
                    return Ok((session.id, accepted_at));
                }
            }
        }
    }
    Err(StoreError::Contended)
}

/// Shows a reaction of ours on the message that it is on; one without an emoji takes it back. Of
/// two of our reactions the one that was made later counts, in whatever order they are settled.
async fn react(tenant: Tenant<'_>, message: &Message, provider_id: &str) -> Result<(), StoreError> {
    let Content::Reaction { target, emoji } = &message.content else { return Ok(()) };
    let annotation = Annotation {
        target: target.clone(),
        by: Side::Business,
        at: message.at,
        provider_id: provider_id.to_owned(),
        change: Annotated::Reaction(emoji.clone()),
    };
    let (room, integration) = (message.room_id, message.integration_id);
    tenant.annotate(room, integration, &annotation, message.expires_at).await
}

/// The words by which the inbox shows a message that was overtaken by what its author did to it.
pub(crate) async fn words_of(
    tenant: Tenant<'_>,
    room: &Room,
    message: &Message,
) -> Result<Option<String>, StoreError> {
    if !room::is_overtaken(room, message) {
        return Ok(None);
    }
    shown_words(tenant, message).await
}

/// The words by which the inbox shows a message, if its author has changed its own.
pub(crate) async fn shown_words(
    tenant: Tenant<'_>,
    message: &Message,
) -> Result<Option<String>, StoreError> {
    let Some(target) = message.annotated_id() else { return Ok(None) };
    let annotations = tenant.annotated(message.room_id, target).await?;
    Ok(annotations.map(|annotations| {
        Shown { message: message.clone(), annotations: Some(annotations) }.preview()
    }))
}

/// Tells a room that a message of ours was sent. `false` if there is no such room.
pub(crate) async fn touch_room(tenant: Tenant<'_>, message: &Message) -> Result<bool, StoreError> {
    // A reaction opens or joins a session like any message that a provider takes. It answers
    // nobody, though, so the room stays as it is.
    if !message.content.is_said() {
        return Ok(true);
    }
    let Touch::Decide(mut known) = tenant.touch_outbound(message).await? else { return Ok(true) };
    for _ in 0..ATTEMPTS {
        let Some(old) = known else { return Ok(false) };
        let words = words_of(tenant, &old.value, message).await?;
        match room::replied(&old.value, message, words.as_deref()) {
            Replied::Nothing => return Ok(true),
            Replied::Touched(new) => {
                if let Saved::Done = tenant.save_room(&old, &new).await? {
                    return Ok(true);
                }
            }
        }
        known = tenant.room(message.room_id).await?.map(Box::new);
    }
    Err(StoreError::Contended)
}
