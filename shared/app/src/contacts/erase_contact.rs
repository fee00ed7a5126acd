//! An admin has all that is known of a contact erased.
//!
//! Order of writes: the contact, which is nobody from then on and found no more; its identities, so
//! that whoever writes from them is somebody new; its rooms; what was said in them; its objects in
//! the bucket; and last the contacts themselves, which keep nothing but that they were erased.
//!
//! Each request does as much as its time allows, and every pass may be repeated: a request that
//! dies, or has no time left, is asked again. What was under way when the first one came may arrive
//! for some minutes, so the pass that counts comes after them ([`domain::contact::LINGER`]). A message
//! that is being sent is left until its run has ended, and only its facts stay.
//!
//! A file that members sent goes with the last contact whom they sent it to. What WhatsApp told of
//! somebody whom we did not know then (`app/inbound/keep_event.rs`), and elements that could not be
//! stored yet, are found by nobody: they go by themselves after 30 days.

use domain::{
    Id, Time,
    contact::{self, Contact, Erasure, Left},
    message::{Direction, Message, Status},
    room::Room,
    upload::Upload,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use platform::{Ctx, Source, files::Files, problem::Problem};
use store::{Held, HeldRow, MessageKey, StoreError, Table, Tenant};

use super::{
    holders::let_go,
    work::{Work, WorkError},
};
use crate::{ATTEMPTS, authenticate::Caller, internal, outcomes::Sent};

/// How many rows are read at a time, and how many are written side by side.
const ROWS: i32 = 200;
const WIDTH: usize = 25;

/// Erases a contact, as far as the time allows.
pub async fn erase_contact(
    table: &Table,
    files: &Files,
    caller: &Caller,
    id: Id<Contact>,
    source: &Source,
    ctx: &Ctx,
) -> Result<Erasure, Problem> {
    let (tenant, now) = (caller.tenant(table), Time::from(ctx.now));
    let contact = begin(tenant, caller, id, now).await?;
    let Some(erasure) = contact.erased.clone() else { return Err(Problem::internal()) };
    if erasure.done_at.is_some() {
        return Ok(erasure);
    }
    // Before their identities go: whoever writes from one then must find that they were erased.
    for former in &contact.absorbed {
        begin_former(tenant, *former, caller, erasure.at).await.map_err(internal)?;
    }
    let work = Work::until_time_is_up(source, ctx);
    let erasing = Erasing { tenant, files, work, now, contact: &contact };
    let is_all = erasing.pass().await.map_err(WorkError::told)?;
    let is_last = erasure.is_last_pass(now);
    if !is_all || !is_last {
        return Ok(erasure);
    }
    for former in &contact.absorbed {
        finish(tenant, *former, now).await.map_err(internal)?;
    }
    let done = finish(tenant, id, now).await.map_err(internal)?;
    Ok(done.and_then(|contact| contact.erased).unwrap_or(erasure))
}

/// The contact, once it is decided that it is erased.
async fn begin(
    tenant: Tenant<'_>,
    caller: &Caller,
    id: Id<Contact>,
    now: Time,
) -> Result<Contact, Problem> {
    for _ in 0..ATTEMPTS {
        let old = tenant.contact(id).await.map_err(internal)?;
        let old = old.ok_or_else(|| Problem::not_found("contact"))?;
        if let Some(into) = old.value.merged_into {
            return Err(super::merged(into));
        }
        let Some(new) = contact::erase(&old.value, &caller.member, now) else {
            return Ok(old.value);
        };
        if tenant.save_contact(&old, &new).await.map_err(internal)? {
            return Ok(new);
        }
    }
    Err(internal(StoreError::Contended))
}

/// Lets a contact that was merged into another be erased with it.
async fn begin_former(
    tenant: Tenant<'_>,
    id: Id<Contact>,
    caller: &Caller,
    at: Time,
) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(old) = tenant.contact(id).await? else { return Ok(()) };
        let Some(new) = contact::erase(&old.value, &caller.member, at) else { return Ok(()) };
        if tenant.save_contact(&old, &new).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}

/// Lets a contact keep nothing but that it was erased.
async fn finish(
    tenant: Tenant<'_>,
    id: Id<Contact>,
    now: Time,
) -> Result<Option<Contact>, StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(old) = tenant.contact(id).await? else { return Ok(None) };
        let Some(new) = contact::erased(&old.value, now) else { return Ok(Some(old.value)) };
        if tenant.save_contact(&old, &new).await? {
            return Ok(Some(new));
        }
    }
    Err(StoreError::Contended)
}

/// One pass over all that there is.
struct Erasing<'a> {
    tenant: Tenant<'a>,
    files: &'a Files,
    work: Work<'a>,
    now: Time,
    contact: &'a Contact,
}

impl Erasing<'_> {
    /// `false` if the time was up before all was looked at, or a message is being sent.
    async fn pass(&self) -> Result<bool, WorkError> {
        let mut is_all = true;
        for known_as in &self.contact.known_as {
            let_go(self.tenant, self.contact, known_as).await?;
        }
        for room in &self.contact.rooms {
            self.room(*room).await?;
            match self.words(*room).await? {
                Some(is_open) => is_all &= !is_open,
                None => return Ok(false),
            }
        }
        let org = self.tenant.organization();
        for id in self.contact.ids() {
            for (kind, below) in [("contact", ""), ("raw", "contact/"), ("export", "")] {
                let prefix = format!("{kind}/{org}/{below}{id}/");
                while self.files.bucket().erase_some(&prefix).await? {
                    if self.work.is_time_up() {
                        return Ok(false);
                    }
                }
            }
            self.tenant.forget_export(id).await?;
        }
        Ok(is_all)
    }

    async fn room(&self, id: Id<Room>) -> Result<(), StoreError> {
        for _ in 0..ATTEMPTS {
            let Some(room) = self.tenant.room(id).await? else { return Ok(()) };
            if self.tenant.erase_room(&room).await? {
                return Ok(());
            }
        }
        Err(StoreError::Contended)
    }

    /// All that was said in a room: whether some of it is being sent. Nothing if the time was up.
    async fn words(&self, room: Id<Room>) -> Result<Option<bool>, WorkError> {
        let (mut after, mut is_open): (Option<HeldRow>, _) = (None, false);
        loop {
            let (rows, next) = self.tenant.held_in_room(room, after.as_ref(), ROWS).await?;
            let erased: Vec<_> = stream::iter(rows.into_iter().map(|row| self.row(room, row)))
                .buffer_unordered(WIDTH)
                .try_collect()
                .await?;
            is_open |= erased.contains(&false);
            after = next;
            if after.is_none() {
                return Ok(Some(is_open));
            }
            if self.work.is_time_up() {
                return Ok(None);
            }
        }
    }

    /// `false` if it is a message that is being sent.
    async fn row(&self, room: Id<Room>, row: Held) -> Result<bool, WorkError> {
        let mut message = match row {
            Held::Fact => return Ok(true),
            Held::Words(row) => {
                self.tenant.erase_held(room, &row).await?;
                return Ok(true);
            }
            Held::Message(message) => *message,
        };
        if !matches!(contact::left(&message.value, self.now), Left::Open) {
            // Before the message, which alone names them.
            self.files_of(&message.value).await?;
        }
        for _ in 0..ATTEMPTS {
            let is_done = match contact::left(&message.value, self.now) {
                Left::Same => true,
                Left::Open => return Ok(false),
                Left::Nothing => self.tenant.erase_message(&message).await?,
                Left::Facts(facts) => {
                    let is_saved = self.tenant.save_message(&message, &facts).await?;
                    // Nobody will learn it any more.
                    if is_saved && is_unknown(&facts) && !is_unknown(&message.value) {
                        Sent::Unknown.tell(&MessageKey::of(&facts).to_string(), self.now);
                    }
                    is_saved
                }
            };
            if is_done {
                return Ok(true);
            }
            let key = MessageKey::of(&message.value);
            let Some(current) = self.tenant.message(key).await? else { return Ok(true) };
            message = current;
        }
        Err(StoreError::Contended.into())
    }

    /// Takes away the uploads that a message was sent with, if nobody else was sent them.
    async fn files_of(&self, message: &Message) -> Result<(), WorkError> {
        for media in message.content.files() {
            let Some(key) = media.stored_at() else { continue };
            let Some(upload) = Upload::of_key(key) else { continue };
            if self.tenant.withdraw_file(upload, self.contact.ids()).await? {
                let pending = format!("pending/{}/{upload}", self.tenant.organization());
                for key in [key, pending.as_str()] {
                    self.files.bucket().erase(key).await?;
                }
            }
        }
        Ok(())
    }
}

/// Whether nobody knows if the provider has it.
fn is_unknown(message: &Message) -> bool {
    match &message.direction {
        Direction::Outbound(ours) => ours.status == Status::Unknown,
        Direction::Inbound { .. } => false,
    }
}
