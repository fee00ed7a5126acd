//! Internal notes: in the room's partition, apart from its messages.
//!
//! In the place of a note that was deleted stays for a day that it was: a request that is repeated
//! must not bring it back, and clients learn of it from the stream as of any change.

use domain::{Id, Time, message::Position, note::Note, room::Room};
use jiff::SignedDuration;
use platform::aws::CallFailed;
use serde::Serialize;

use crate::{
    keys,
    table::{Item, StoreError, Tenant, VERSION, Written, item, number, read, string, until},
};

/// How long it is known that a note was deleted: as long as a request may be repeated.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(25);

/// What stays of a note that was deleted.
#[derive(Serialize)]
struct Deleted {
    deleted_at: Time,
}

fn is_deleted(row: &Item) -> bool {
    row.contains_key("deleted_at")
}

impl Tenant<'_> {
    /// One note of a room.
    pub async fn note(&self, room: Id<Room>, id: Id<Note>) -> Result<Option<Note>, StoreError> {
        let Some(at) = id.made_at() else { return Ok(None) };
        let rows = self.table.batch(&[keys::note(self.org, room, at, id)], true).await?;
        let row = rows.into_iter().find(|row| !is_deleted(row));
        row.map(|row| Ok(read(row)?.value)).transpose()
    }

    /// Stores a note; one that was stored before stays as it is, and comes back. `None` if it was
    /// deleted since.
    pub async fn store_note(&self, note: &Note) -> Result<Option<Note>, StoreError> {
        let key = keys::note(self.org, note.room_id, note.at, note.id);
        match self.create(until(item(key, note)?, note.expires_at)).await? {
            Written::Yes | Written::No(None) => Ok(Some(note.clone())),
            Written::No(Some(before)) if is_deleted(&before) => Ok(None),
            Written::No(Some(before)) => Ok(Some(read(before)?.value)),
        }
    }

    /// Deletes a note; its words are gone at once.
    pub async fn delete_note(&self, note: &Note, now: Time) -> Result<(), StoreError> {
        let key = keys::note(self.org, note.room_id, note.at, note.id);
        let mut row = item(key, &Deleted { deleted_at: now })?;
        row.insert(VERSION.into(), number(Note::DELETED));
        row.insert("ttl".into(), number(now.plus(KNOWN_FOR).millis() / 1000));
        self.table.overwrite(row).await
    }

    /// A page of a room's notes, newest first, older than the place where the last one ended, and
    /// the place where this one ends if there are more.
    pub async fn notes(
        &self,
        room: Id<Room>,
        before: Option<Position>,
        limit: i32,
    ) -> Result<(Vec<Note>, Option<Position>), StoreError> {
        let pk = keys::room_partition(self.org, room);
        let mut query = self.table.client.query().table_name(&self.table.name).limit(limit);
        if let Some(before) = before {
            let key = keys::note(self.org, room, before.at, before.id.cast());
            query = query
                .exclusive_start_key("pk", string(key.pk))
                .exclusive_start_key("sk", string(key.sk));
        }
        let answer = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .filter_expression("attribute_not_exists(deleted_at)")
            .expression_attribute_values(":pk", string(pk))
            .expression_attribute_values(":sk", string(keys::NOTES))
            .scan_index_forward(false)
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let next = answer.last_evaluated_key().and_then(|key| key.get("sk")?.as_s().ok());
        let next = next.and_then(|sk| keys::note_position(sk));
        let next = next.map(|(at, id)| Position { at, id: id.cast() });
        let items = answer.items.unwrap_or_default().into_iter();
        let notes = items.map(|item| Ok(read::<Note>(item)?.value));
        let notes = notes.collect::<Result<Vec<_>, StoreError>>()?;
        Ok((notes, next))
    }
}
