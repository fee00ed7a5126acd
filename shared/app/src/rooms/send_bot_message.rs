//! A program sends a message and says nowhere whether it is the same one again.
//!
//! Qontak's clients know no `Idempotency-Key`, and those that repeat a request after a timeout must
//! not make the customer read everything twice. So a request without a name is given one: by whom,
//! in which room, what it says, and after which of the customer's messages. Within a minute the
//! same is the same message. A bot may therefore say the same words again at once when the customer
//! has written again, or a minute later; and a repetition that the customer's next message has
//! overtaken is sent once more. Whoever wants another rule names their messages.
//!
//! Order of writes: the file, if one comes along, under an id that follows from the same name; then
//! as in `send_message`. A repeated run finds all of it.

use domain::{Id, Time, message::Message, note::Note, room::Room, upload::Upload};
use jiff::SignedDuration;
use platform::{Ctx, files::Files, problem::Problem};
use sha2::{Digest, Sha256};
use store::{Table, Tenant};

use super::{
    add_note::{self, NewNote, add_note},
    send_message::{self, Draft, check_key, send_message},
};
use crate::{
    authenticate::{Caller, fingerprint},
    drafts::NewMessage,
    files::{NewFile, upload_file},
    internal,
    memory::Memory,
};

/// How long what says the same is the same.
const SAME_FOR: SignedDuration = SignedDuration::from_mins(1);

/// What a program says.
#[derive(Debug)]
pub struct BotMessage {
    /// The message; without a file if that comes along.
    pub message: NewMessage,
    /// The file that comes along.
    pub file: Option<NewFile>,
    /// What makes a repeated request the same one, if the program says so.
    pub idempotency_key: Option<String>,
}

/// Queues a message to the room's customer, once. The room is as it was before.
pub async fn send_bot_message(
    table: &Table,
    memory: &Memory,
    files: &Files,
    caller: &Caller,
    id: Id<Room>,
    bot: BotMessage,
    ctx: &Ctx,
) -> Result<(Room, Message), Problem> {
    let BotMessage { mut message, file, idempotency_key } = bot;
    check_key(idempotency_key.as_deref())?;
    let room = super::find(table, caller, id).await?.value;
    let hash = file.as_ref().map(|file| hex::encode(Sha256::digest(&file.bytes)));
    let (tenant, now) = (caller.tenant(table), Time::from(ctx.now));
    let key = match idempotency_key {
        Some(key) => key,
        None => {
            let draft = Draft { message: message.clone(), idempotency_key: None };
            let said = format!("{}\0{}", draft.fingerprint()?, hash.as_deref().unwrap_or_default());
            let kept = |name: &str| send_message::key(caller, name);
            name(tenant, &room, &said, now, kept).await?
        }
    };
    if let (Some(file), Some(hash)) = (file, hash) {
        let (member, room) = (caller.member.id.to_string(), room.id.to_string());
        let upload: Id<Upload> = Id::derived(&["sent along", &member, &room, &key, &hash]);
        message.file_id = Some(upload.to_string());
        message.check_shape()?;
        upload_file(table, files, caller, upload, file, ctx).await?;
    }
    let draft = Draft { message, idempotency_key: Some(key) };
    let message = send_message(table, memory, caller, id, &draft, ctx).await?;
    Ok((room, message))
}

/// Keeps a note for colleagues, once: what Qontak calls a system message.
pub async fn add_bot_note(
    table: &Table,
    memory: &Memory,
    caller: &Caller,
    id: Id<Room>,
    note: NewNote,
    ctx: &Ctx,
) -> Result<(Room, Note), Problem> {
    let room = super::find(table, caller, id).await?.value;
    let key = match note.idempotency_key {
        Some(key) => key,
        None => {
            let (tenant, now) = (caller.tenant(table), Time::from(ctx.now));
            let kept = |name: &str| add_note::key(caller, name);
            name(tenant, &room, &fingerprint(&note.text), now, kept).await?
        }
    };
    let note = NewNote { text: note.text, idempotency_key: Some(key) };
    Ok((room, add_note(table, memory, caller, id, &note, ctx).await?))
}

/// The name of a request that has none. It holds the minute, since a name is remembered for
/// longer; what was first asked in the minute before and less than a minute ago keeps that name.
async fn name(
    tenant: Tenant<'_>,
    room: &Room,
    said: &str,
    now: Time,
    kept: impl Fn(&str) -> String,
) -> Result<String, Problem> {
    let minute = now.millis().div_euclid(60_000);
    let after = room.last_taken.message_id;
    let name = |minute: i64| fingerprint(&format!("nameless\0{after}\0{said}\0{minute}"));
    let earlier = name(minute - 1);
    let made = tenant.reservation(room.id, &kept(&earlier)).await.map_err(internal)?;
    let is_again = made.is_some_and(|made| made.position.at.plus(SAME_FOR) > now);
    Ok(if is_again { earlier } else { name(minute) })
}
