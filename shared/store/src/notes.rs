//! Internal notes: in the room's partition, apart from its messages.

use domain::{Id, message::Position, note::Note, room::Room};
use platform::aws::CallFailed;

use crate::{
    keys,
    table::{StoreError, Tenant, Written, item, read, string},
};

impl Tenant<'_> {
    /// One note of a room.
    pub async fn note(&self, room: Id<Room>, id: Id<Note>) -> Result<Option<Note>, StoreError> {
        let Some(at) = id.made_at() else { return Ok(None) };
        let key = keys::note(self.org, room, at, id);
        Ok(self.table.get(&key, true).await?.map(|row| row.value))
    }

    /// Stores a note; one that was stored before stays as it is, and comes back.
    pub async fn store_note(&self, note: &Note) -> Result<Note, StoreError> {
        let key = keys::note(self.org, note.room_id, note.at, note.id);
        match self.create(item(key, note)?).await? {
            Written::Yes | Written::No(None) => Ok(note.clone()),
            Written::No(Some(before)) => Ok(read(before)?.value),
        }
    }

    /// Deletes a note, if it is there.
    pub async fn delete_note(&self, note: &Note) -> Result<(), StoreError> {
        let key = keys::note(self.org, note.room_id, note.at, note.id);
        let delete = self.table.client.delete_item().table_name(&self.table.name);
        delete
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .send()
            .await
            .map_err(|error| CallFailed::new("DeleteItem", &error))?;
        Ok(())
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
            .expression_attribute_values(":pk", string(pk))
            .expression_attribute_values(":sk", string(keys::NOTES))
            .scan_index_forward(false)
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let has_more = answer.last_evaluated_key().is_some();
        let items = answer.items.unwrap_or_default().into_iter();
        let notes = items.map(|item| Ok(read::<Note>(item)?.value));
        let notes = notes.collect::<Result<Vec<_>, StoreError>>()?;
        let next = notes.last().filter(|_| has_more).map(Note::position);
        Ok((notes, next))
    }
}
