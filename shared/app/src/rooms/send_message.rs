//! A member answers a customer.
//!
//! Order of writes: the reservation of the idempotency key, which fixes the message's place; that
//! its files were sent to this contact, so that erasing the contact takes them along; then the
//! message. The stream does the rest. A run that dies in between, and a second click,
//! write the same message in the same place.
//!
//! What was sent while it was allowed stays sent: a second click whose message would be refused by now
//! (the window has closed, the template was paused) still gets its message. Only such a click looks the
//! key up by itself.

use domain::{
    Id, Time,
    message::{Content, Context, Direction, Message, Outbound, Position},
    room::{self, ReplyRefused, Room, Wording},
    upload::Upload,
};
use jiff::SignedDuration;
use platform::{Ctx, problem::Problem, trace};
use store::{MessageKey, Reservation, Stored, Table, Tenant, Versioned};

use super::compose_message::compose_message;
use crate::{
    authenticate::{Caller, fingerprint},
    drafts::NewMessage,
    internal,
    memory::Memory,
};

/// How long a key is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What a member wrote.
    pub message: NewMessage,
    /// What makes a repeated request the same one: 1 to 200 characters.
    pub idempotency_key: Option<String>,
}

impl Draft {
    fn check(&self) -> Result<(), Problem> {
        self.message.check_shape()?;
        check_key(self.idempotency_key.as_deref())
    }

    /// What tells one message from another under the same key: all of it, whether its type was
    /// written down or left out.
    pub(super) fn fingerprint(&self) -> Result<String, Problem> {
        let whole = NewMessage { r#type: Some(self.message.kind()), ..self.message.clone() };
        let text = serde_json::to_string(&whole).map_err(|error| {
            tracing::error!(%error, "a message can't be written down");
            Problem::internal()
        })?;
        Ok(fingerprint(&text))
    }
}

/// Refuses an idempotency key that is none.
pub(super) fn check_key(key: Option<&str>) -> Result<(), Problem> {
    match key {
        Some(key) if key.is_empty() || key.chars().count() > 200 => {
            Err(Problem::field("Idempotency-Key", "The key has 1 to 200 characters."))
        }
        _ => Ok(()),
    }
}

/// What an idempotency key is kept under: one member's keys are not another's.
pub(super) fn key(caller: &Caller, key: &str) -> String {
    fingerprint(&format!("{}\0{key}", caller.member.id))
}

/// What a message that goes out is made of.
struct Composed<'a> {
    room: &'a Room,
    caller: &'a Caller,
    content: Content,
    context: Context,
    /// The uploads whose files it takes along.
    uploads: Vec<Versioned<Upload>>,
    expires_at: Option<Time>,
}

/// Queues a message to the room's customer, once per idempotency key.
pub async fn send_message(
    table: &Table,
    memory: &Memory,
    caller: &Caller,
    id: Id<Room>,
    draft: &Draft,
    ctx: &Ctx,
) -> Result<Message, Problem> {
    draft.check()?;
    let (tenant, now) = (caller.tenant(table), Time::from(ctx.now));
    let room = super::find(table, caller, id).await?.value;
    let composed = allowed(tenant, memory, &room, caller, &draft.message, ctx).await;
    let Some(name) = &draft.idempotency_key else {
        let position = Position { at: now, id: Id::at(now, ctx.random()) };
        return store(tenant, composed?, position, now).await.map_err(nameless);
    };

    let key = key(caller, name);
    let asked = draft.fingerprint()?;
    let composed = match composed {
        Ok(composed) => composed,
        Err(problem) => return said_before(tenant, &room, &key, &asked, problem).await,
    };
    // Its moment is part of it: a key that was forgotten names another message.
    let moment = now.millis().to_string();
    let said = Id::derived(&["reply", &id.to_string(), &key, &moment]);
    let position = Position { at: now, id: said };
    let reservation = Reservation { position, fingerprint: asked.clone() };
    let made = tenant.reserve(id, &key, &reservation, now.plus(REMEMBERED)).await;
    let made = made.map_err(internal)?;
    if made.fingerprint != asked {
        return Err(reused());
    }
    store(tenant, composed, made.position, now).await
}

/// What goes out, if it may by now.
async fn allowed<'a>(
    tenant: Tenant<'_>,
    memory: &Memory,
    room: &'a Room,
    caller: &'a Caller,
    new: &NewMessage,
    ctx: &Ctx,
) -> Result<Composed<'a>, Problem> {
    let now = Time::from(ctx.now);
    let (content, context, uploads) = compose_message(tenant, room, new, now).await?;
    let is_template = matches!(content, Content::Template(_));
    let wording = if is_template { Wording::Template } else { Wording::Free };
    room::reply(room, wording, now).map_err(refused)?;
    if !memory.is_connected(tenant, room.integration_id, ctx.now).await.map_err(internal)? {
        let detail = "The number of this room is disconnected: an admin can connect it again.";
        return Err(Problem::new(422, "disconnected", detail));
    }
    let retention = memory.retention(tenant, ctx.now).await.map_err(internal)?;
    let expires_at = retention.ends(now);
    Ok(Composed { room, caller, content, context, expires_at, uploads })
}

/// The message that was sent under this key before it would have been refused.
async fn said_before(
    tenant: Tenant<'_>,
    room: &Room,
    key: &str,
    asked: &str,
    problem: Problem,
) -> Result<Message, Problem> {
    let made = tenant.reservation(room.id, key).await.map_err(internal)?;
    let Some(made) = made else { return Err(problem) };
    let address = MessageKey { room: room.id, position: made.position };
    match tenant.message(address).await.map_err(internal)? {
        Some(_) if made.fingerprint != asked => Err(reused()),
        Some(said) => Ok(said.value),
        None => Err(problem),
    }
}

/// A message that has no name is another one when it is said again, so it may be there already.
fn nameless(problem: Problem) -> Problem {
    if problem.status < 500 {
        return problem;
    }
    let detail = "Something failed on our side, and the message may be queued. Look into the room before \
                  you send it again, or send it with an `Idempotency-Key`: then it is sent once.";
    Problem { detail: detail.into(), ..problem }
}

fn reused() -> Problem {
    Problem {
        field: Some("Idempotency-Key".into()),
        ..Problem::new(422, "idempotency_key_reused", "This key was used for another message.")
    }
}

async fn store(
    tenant: Tenant<'_>,
    composed: Composed<'_>,
    position: Position,
    now: Time,
) -> Result<Message, Problem> {
    for upload in &composed.uploads {
        let contact = composed.room.contact_id;
        tenant.send_file(upload, contact, composed.expires_at, now).await.map_err(internal)?;
    }
    let message = message(composed, position);
    Ok(match tenant.store_message(&message).await.map_err(internal)? {
        // Only what customers say is ever moved to another room.
        Stored::New | Stored::Moved(_) => message,
        Stored::Before(before) => *before,
    })
}

fn message(composed: Composed<'_>, position: Position) -> Message {
    let Composed { room, caller, content, context, expires_at, uploads: _ } = composed;
    Message {
        id: position.id,
        room_id: room.id,
        integration_id: room.integration_id,
        at: position.at,
        content,
        context,
        provider_id: None,
        trace: trace::current(),
        expires_at,
        version: 1,
        direction: Direction::Outbound(Box::new(Outbound::queued(
            caller.member.clone(),
            room.contact_identity.clone(),
        ))),
    }
}

fn refused(error: ReplyRefused) -> Problem {
    let code = match error {
        ReplyRefused::WindowClosed { .. } => "window_closed",
        ReplyRefused::RoomResolved => "room_resolved",
        ReplyRefused::ContactBlocked => "contact_blocked",
        ReplyRefused::RoomMerged { .. } => "room_merged",
    };
    Problem::new(422, code, error.to_string())
}
