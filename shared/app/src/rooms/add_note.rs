//! A member notes something about a room, for colleagues only.
//!
//! Order of writes: the reservation of the idempotency key, which fixes the note's id, then the
//! note. A second click, and the run after one that died in between, write the same note; after it
//! was deleted they write none.

use domain::{Id, Time, message::Position, note::Note, room::Room};
use jiff::SignedDuration;
use platform::{Ctx, problem::Problem};
use store::{Reservation, Table};

use super::send_message::check_key;
use crate::{
    authenticate::{Caller, fingerprint},
    internal,
    memory::Memory,
};

/// How long a key is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// A note to be kept.
#[derive(Debug, Clone)]
pub struct NewNote {
    /// The words.
    pub text: String,
    /// What makes a repeated request the same one: 1 to 200 characters.
    pub idempotency_key: Option<String>,
}

/// What an idempotency key is kept under: one member's keys are not another's, and a message's
/// are not a note's.
pub(super) fn key(caller: &Caller, key: &str) -> String {
    fingerprint(&format!("note\0{}\0{key}", caller.member.id))
}

/// Keeps a note, once per idempotency key.
pub async fn add_note(
    table: &Table,
    memory: &Memory,
    caller: &Caller,
    id: Id<Room>,
    note: &NewNote,
    ctx: &Ctx,
) -> Result<Note, Problem> {
    Note::check(&note.text).map_err(|error| Problem::field("text", error.to_string()))?;
    check_key(note.idempotency_key.as_deref())?;
    super::find(table, caller, id).await?;
    let (tenant, now) = (caller.tenant(table), Time::from(ctx.now));
    let mut position = Position { at: now, id: Id::at(now, ctx.random()) };
    if let Some(key) = &note.idempotency_key {
        let key = self::key(caller, key);
        let fingerprint = fingerprint(&note.text);
        let reservation = Reservation { position, fingerprint: fingerprint.clone() };
        let made = tenant.reserve(id, &key, &reservation, now.plus(REMEMBERED)).await;
        let made = made.map_err(internal)?;
        if made.fingerprint != fingerprint {
            return Err(Problem {
                field: Some("Idempotency-Key".into()),
                ..Problem::new(422, "idempotency_key_reused", "This key was used for another note.")
            });
        }
        position = made.position;
    }
    let retention = memory.retention(tenant, ctx.now).await.map_err(internal)?;
    let note = Note {
        id: position.id.cast(),
        room_id: id,
        author: caller.member.clone(),
        at: position.at,
        text: note.text.clone(),
        expires_at: retention.ends(now),
    };
    let stored = tenant.store_note(&note).await.map_err(internal)?;
    stored.ok_or_else(|| Problem::not_found("note"))
}
