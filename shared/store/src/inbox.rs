//! The inbox: rooms by status, latest activity first.
//!
//! Two rounds of calls a page, however many rooms an organization has: the index says which
//! rooms (one query per status, side by side), one batch read fetches them. The index orders
//! by steps of five minutes; within the page rooms are sorted exactly.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::{
    Id,
    room::{Room, Status},
};
use platform::aws::CallFailed;

use crate::{
    keys::{self, InboxKey},
    table::{StoreError, Tenant, Versioned, read, string},
};

/// A tab of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Every room.
    All,
    /// The rooms of one status.
    Only(Status),
}

impl Tab {
    fn statuses(self) -> Vec<Status> {
        match self {
            Self::All => vec![Status::Unassigned, Status::Assigned, Status::Resolved],
            Self::Only(status) => vec![status],
        }
    }
}

/// A page of rooms.
#[derive(Debug)]
pub struct InboxPage {
    /// Latest activity first.
    pub rooms: Vec<Room>,
    /// Where the next page begins, if there is one.
    pub next: Option<InboxKey>,
}

impl Tenant<'_> {
    /// A page of at most `limit` (1 to 100) rooms after a place in the list.
    pub async fn inbox(
        &self,
        tab: Tab,
        after: Option<InboxKey>,
        limit: usize,
    ) -> Result<InboxPage, StoreError> {
        let statuses = tab.statuses();
        let queries = statuses.into_iter().map(|status| self.places(status, after, limit));
        let found = futures_util::future::try_join_all(queries).await?;
        let mut places: Vec<InboxKey> = found.into_iter().flatten().collect();
        // A room that changes status between the queries shows up in two of them.
        places.sort_by(|a, b| b.cmp(a));
        let mut known = BTreeSet::new();
        places.retain(|place| known.insert(place.room));
        let next = (places.len() > limit).then(|| places[limit - 1]);
        places.truncate(limit);
        let mut rooms = self.rooms(places.iter().map(|place| place.room)).await?;
        rooms.retain(|room| tab == Tab::All || tab == Tab::Only(room.status));
        rooms.sort_by_key(|room| std::cmp::Reverse((room.activity_at, room.id)));
        Ok(InboxPage { rooms, next })
    }

    /// The next places of one status; one more than a page, to know whether there is another.
    async fn places(
        &self,
        status: Status,
        after: Option<InboxKey>,
        limit: usize,
    ) -> Result<Vec<InboxKey>, StoreError> {
        let query = self.table.client.query().table_name(&self.table.name).index_name("inbox");
        let query =
            query.expression_attribute_values(":ipk", string(keys::inbox(self.org, status)));
        let query = match after {
            None => query.key_condition_expression("ipk = :ipk"),
            Some(after) => query
                .key_condition_expression("ipk = :ipk AND isk < :after")
                .expression_attribute_values(":after", string(after.isk())),
        };
        let limit = i32::try_from(limit + 1).unwrap_or(i32::MAX);
        let answer = query
            .scan_index_forward(false)
            .limit(limit)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let items = answer.items.unwrap_or_default();
        let places = items.iter().filter_map(|item| InboxKey::parse(item.get("isk")?.as_s().ok()?));
        Ok(places.collect())
    }

    /// These rooms, in any order; asks again for what a busy table left out.
    async fn rooms(&self, ids: impl Iterator<Item = Id<Room>>) -> Result<Vec<Room>, StoreError> {
        let keys = ids.map(|id| {
            let key = keys::room(self.org, id);
            [("pk".to_owned(), string(key.pk)), ("sk".to_owned(), string(key.sk))].into()
        });
        let mut wanted: Vec<_> = keys.collect();
        let mut rooms = Vec::with_capacity(wanted.len());
        for _ in 0..5 {
            if wanted.is_empty() {
                return Ok(rooms);
            }
            let keys = KeysAndAttributes::builder().set_keys(Some(wanted)).build();
            let keys = keys.map_err(|error| CallFailed::new("BatchGetItem", &error))?;
            let call = self.table.client.batch_get_item().request_items(&self.table.name, keys);
            let answer =
                call.send().await.map_err(|error| CallFailed::new("BatchGetItem", &error))?;
            let found = answer.responses.unwrap_or_default().remove(&self.table.name);
            for item in found.unwrap_or_default() {
                let Versioned { value, .. } = read(item)?;
                rooms.push(value);
            }
            let left = answer.unprocessed_keys.unwrap_or_default().remove(&self.table.name);
            wanted = left.map(|left| left.keys).unwrap_or_default();
        }
        if wanted.is_empty() { Ok(rooms) } else { Err(StoreError::Contended) }
    }
}
