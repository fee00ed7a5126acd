//! A member answers a customer.
//!
//! Order of writes: the reservation of the idempotency key, which fixes the message's place,
//! then the message. The stream does the rest. A run that dies in between, and a second click,
//! write the same message in the same place.

use domain::{
    Id, Time,
    message::{Content, Context, Direction, Message, Outbound, Position, Status, TEXT_LIMIT},
    room::{self, ReplyRefused, Room},
};
use jiff::SignedDuration;
use platform::{Ctx, problem::Problem};
use store::{MessageKey, Reservation, Stored, Table, Tenant};

use crate::{
    authenticate::{Caller, fingerprint},
    internal,
};

/// How long a key is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The words.
    pub text: String,
    /// What makes a repeated request the same one: 1 to 200 characters.
    pub idempotency_key: Option<String>,
}

impl Draft {
    fn check(&self) -> Result<(), Problem> {
        let length = self.text.chars().count();
        if self.text.trim().is_empty() {
            return Err(Problem::field("text", "The text is empty."));
        }
        if length > TEXT_LIMIT {
            let detail = format!("The text has {length} characters; {TEXT_LIMIT} are allowed.");
            return Err(Problem::field("text", detail));
        }
        check_key(self.idempotency_key.as_deref())
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

/// Queues a message to the room's customer, once per idempotency key.
pub async fn send_message(
    table: &Table,
    caller: &Caller,
    id: Id<Room>,
    draft: &Draft,
    ctx: &Ctx,
) -> Result<Message, Problem> {
    draft.check()?;
    let (tenant, now) = (caller.tenant(table), Time::from(ctx.now));
    let room = super::find(table, caller, id).await?.value;
    let allowed = room::reply(&room, now);
    let Some(key) = &draft.idempotency_key else {
        allowed.map_err(refused)?;
        let position = Position { at: now, id: Id::at(now, ctx.random()) };
        return store(tenant, &message(&room, caller, draft, position)).await;
    };

    // One member's keys are not another's.
    let key = fingerprint(&format!("{}\0{key}", caller.member.id));
    let asked = fingerprint(&draft.text);
    let made = match allowed {
        Ok(()) => {
            // Its moment is part of it: a key that was forgotten names another message.
            let moment = now.millis().to_string();
            let message = Id::derived(&["reply", &id.to_string(), &key, &moment]);
            let position = Position { at: now, id: message };
            let reservation = Reservation { position, fingerprint: asked.clone() };
            tenant.reserve(id, &key, &reservation, now.plus(REMEMBERED)).await.map_err(internal)?
        }
        // What was sent while it was allowed stays sent: the second click gets its message.
        Err(error) => {
            let made = tenant.reservation(id, &key).await.map_err(internal)?;
            let made = made.ok_or_else(|| refused(error))?;
            let address = MessageKey { room: id, position: made.position };
            tenant.message(address).await.map_err(internal)?.ok_or_else(|| refused(error))?;
            made
        }
    };
    if made.fingerprint != asked {
        return Err(Problem {
            field: Some("Idempotency-Key".into()),
            ..Problem::new(422, "idempotency_key_reused", "This key was used for another message.")
        });
    }
    store(tenant, &message(&room, caller, draft, made.position)).await
}

async fn store(tenant: Tenant<'_>, message: &Message) -> Result<Message, Problem> {
    Ok(match tenant.store_message(message).await.map_err(internal)? {
        Stored::New => message.clone(),
        Stored::Before(before) => *before,
    })
}

fn message(room: &Room, caller: &Caller, draft: &Draft, position: Position) -> Message {
    Message {
        id: position.id,
        room_id: room.id,
        integration_id: room.integration_id,
        at: position.at,
        content: Content::Text { text: draft.text.clone() },
        context: Context::default(),
        provider_id: None,
        direction: Direction::Outbound(Box::new(Outbound {
            sender: caller.member.clone(),
            to: room.contact_identity.clone(),
            status: Status::Queued,
            attempts: 0,
            claimed_at: None,
            claimed_by: None,
            accepted_at: None,
            session_id: None,
            sent_at: None,
            delivered_at: None,
            read_at: None,
            failure: None,
            pricing: None,
        })),
    }
}

fn refused(error: ReplyRefused) -> Problem {
    let code = match error {
        ReplyRefused::WindowClosed { .. } => "window_closed",
        ReplyRefused::RoomResolved => "room_resolved",
    };
    Problem::new(422, code, error.to_string())
}
