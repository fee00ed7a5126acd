//! Rooms in which nothing has happened for long, longest silent first.

use domain::{
    Time,
    room::{Room, Status},
};
use platform::aws::CallFailed;

use crate::{
    keys::{self, InboxKey},
    table::{StoreError, Tenant, Versioned, string},
};

/// A page of rooms that have been silent for long.
#[derive(Debug)]
pub struct OldRooms {
    /// Longest silent first, as they are now.
    pub rooms: Vec<Versioned<Room>>,
    /// The last place of the page.
    pub last: Option<InboxKey>,
    /// The same, if there may be more behind it.
    pub next: Option<InboxKey>,
}

impl Tenant<'_> {
    /// The next rooms of one status after a place, longest silent first, among those in which
    /// nothing has happened since `until` or, as finely as the index tells, shortly after it.
    pub async fn old_rooms(
        &self,
        status: Status,
        after: Option<InboxKey>,
        until: Time,
        limit: i32,
    ) -> Result<OldRooms, StoreError> {
        let from = after.map(|after| format!("{}!", after.isk()));
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .index_name("inbox")
            .key_condition_expression("ipk = :ipk AND isk BETWEEN :from AND :to")
            .expression_attribute_values(":ipk", string(keys::inbox(self.org, status)))
            .expression_attribute_values(":from", string(from.unwrap_or_else(|| "0".into())))
            .expression_attribute_values(":to", string(InboxKey::end_of_step(until)))
            .limit(limit)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let is_end = answer.last_evaluated_key().is_none();
        let items = answer.items.unwrap_or_default();
        let places = items.iter().filter_map(|item| InboxKey::parse(item.get("isk")?.as_s().ok()?));
        let places: Vec<InboxKey> = places.collect();
        let next = places.last().copied().filter(|_| !is_end);
        let ids: Vec<_> = places.iter().map(|place| place.room).collect();
        let mut rooms = self.rooms_of(&ids).await?;
        let order = |id| places.iter().position(|place| place.room == id);
        rooms.sort_by_key(|room| order(room.value.id));
        Ok(OldRooms { rooms, last: places.last().copied(), next })
    }
}
