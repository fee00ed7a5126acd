//! Rows that follow a room's own: whose it is, and which tags it bears.
//!
//! They are what an agent's list and a tag's list read, and they say nothing that the room does
//! not say. Every change of a room passes here, and what follows from it is written in the same
//! transaction, so that the lists are never wrong for longer than a read takes. A change from
//! which nothing follows, like a message, costs what it did.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use domain::room::{Room, Status};
use platform::aws::CallFailed;

use crate::{
    keys::{self, Key},
    table::{Item, StoreError, Tenant, string},
};

impl Tenant<'_> {
    /// What else changes when `old` becomes `new`. The writes ask for nothing themselves: that
    /// the room is still `old` is the condition of the whole transaction.
    pub(crate) fn following(
        &self,
        old: &Room,
        new: &Room,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (before, after) = (self.followers(old), self.followers(new));
        let gone = before.iter().filter(|key| !after.contains(key)).map(|key| self.without(key));
        let come = after.iter().filter(|key| !before.contains(key)).map(|key| self.with(key));
        gone.chain(come).collect()
    }

    /// What else goes when a room does.
    pub(crate) fn unfollowing(&self, room: &Room) -> Result<Vec<TransactWriteItem>, StoreError> {
        self.followers(room).iter().map(|key| self.without(key)).collect()
    }

    /// The keys of the rows that follow a room.
    fn followers(&self, room: &Room) -> Vec<Key> {
        let tags = room.tags.iter();
        let tags = tags.map(|(name, at)| keys::tagged_room(self.org, name, room.id, *at));
        tags.chain(self.own(room)).collect()
    }

    fn own(&self, room: &Room) -> Option<Key> {
        let member = room.assignee.as_ref()?.id;
        match room.status {
            Status::Unassigned | Status::Assigned => {
                Some(keys::open_room(self.org, member, room.id))
            }
            Status::Resolved => {
                let at = room.resolved_at.unwrap_or(room.activity_at);
                Some(keys::done_room(self.org, member, room.id, at))
            }
        }
    }

    fn with(&self, key: &Key) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder().table_name(&self.table.name).set_item(Some(row(key))).build();
        let put = put.map_err(|error| CallFailed::new("TransactWriteItems", &error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn without(&self, key: &Key) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder().table_name(&self.table.name).set_key(Some(row(key)));
        let delete =
            delete.build().map_err(|error| CallFailed::new("TransactWriteItems", &error))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

/// The row is its key.
fn row(key: &Key) -> Item {
    [("pk".to_owned(), string(&key.pk)), ("sk".to_owned(), string(&key.sk))].into()
}
