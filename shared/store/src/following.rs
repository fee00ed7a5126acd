//! Rows that follow a room's own: whose it is, and which tags it bears.
//!
//! They are what an agent's list and a tag's list read, and they say nothing that the room does
//! not say. Every change of a room passes here. What a member changes takes its rows along in the
//! same transaction, so that the lists are never wrong for longer than a read takes. A change from
//! which nothing follows, like a message, costs what it did.
//!
//! What time resolves, by the thousand, is spared the transaction, which would more than double
//! it: [`Tenant::sweep_room`] writes what comes, then the room, then takes away what goes. A run
//! that dies in between leaves a row too many, never one too few; a list holds each row against its
//! room, and takes away what belongs to an episode that is over.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use domain::{
    Id, Time,
    integration::Member,
    room::{Room, Status},
};
use platform::aws::CallFailed;

use crate::{
    keys::{self, Key},
    table::{Item, StoreError, Tenant, is_conditional, number, string},
};

/// When the episode began to which a row belongs that says whose an open room is.
pub(crate) const OPENED_AT: &str = "opened_at";

/// A row that follows a room.
#[derive(Debug, Clone)]
pub(crate) struct Follower {
    key: Key,
    /// Of an open room's row: which episode it belongs to, so that nobody takes away the row of
    /// a later one.
    opened_at: Option<Time>,
}

impl Follower {
    fn row(&self) -> Item {
        let mut row = row(&self.key);
        if let Some(at) = self.opened_at {
            row.insert(OPENED_AT.into(), number(at.millis()));
        }
        row
    }
}

/// What a change of a room brings and takes.
pub(crate) struct Change {
    come: Vec<Follower>,
    gone: Vec<Follower>,
}

impl Tenant<'_> {
    /// What else changes when `old` becomes `new`. The writes ask for nothing themselves: that
    /// the room is still `old` is the condition of the whole transaction.
    pub(crate) fn following(
        &self,
        old: &Room,
        new: &Room,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let Change { come, gone } = self.followers_of_change(old, new);
        let gone = gone.iter().map(|follower| self.without(&follower.key));
        gone.chain(come.iter().map(|follower| self.with(follower))).collect()
    }

    /// What else goes when a room does.
    pub(crate) fn unfollowing(&self, room: &Room) -> Result<Vec<TransactWriteItem>, StoreError> {
        self.followers(room).iter().map(|follower| self.without(&follower.key)).collect()
    }

    /// What a change of a room brings to the rows that follow it, and takes.
    pub(crate) fn followers_of_change(&self, old: &Room, new: &Room) -> Change {
        let (mut gone, mut come) = (self.followers(old), self.followers(new));
        let stays: Vec<Key> = come.iter().map(|follower| follower.key.clone()).collect();
        come.retain(|follower| !gone.iter().any(|other| other.key == follower.key));
        gone.retain(|follower| !stays.contains(&follower.key));
        Change { come, gone }
    }

    /// Writes what comes with a change, before the room says so.
    pub(crate) async fn bring(&self, change: &Change) -> Result<(), StoreError> {
        for follower in &change.come {
            let put = self.table.client.put_item().table_name(&self.table.name);
            let done = put.set_item(Some(follower.row())).send().await;
            done.map_err(|error| CallFailed::new("PutItem", &error))?;
        }
        Ok(())
    }

    /// Takes away what goes with a change, after the room has said so.
    pub(crate) async fn take_away(&self, change: &Change) -> Result<(), StoreError> {
        for follower in &change.gone {
            self.remove(&follower.key, follower.opened_at).await?;
        }
        Ok(())
    }

    /// Takes away what came with a change that was not made, unless the room has it as it is.
    pub(crate) async fn take_back(
        &self,
        change: &Change,
        room: Option<&Room>,
    ) -> Result<(), StoreError> {
        let stays = room.map(|room| self.followers(room)).unwrap_or_default();
        for follower in &change.come {
            if !stays.iter().any(|other| other.key == follower.key) {
                self.remove(&follower.key, follower.opened_at).await?;
            }
        }
        Ok(())
    }

    /// Takes away the row of an open room, if it still belongs to the episode that began then.
    pub(crate) async fn take_away_open(
        &self,
        member: Id<Member>,
        room: Id<Room>,
        opened_at: Time,
    ) -> Result<(), StoreError> {
        self.remove(&keys::open_room(self.org, member, room), Some(opened_at)).await
    }

    async fn remove(&self, key: &Key, opened_at: Option<Time>) -> Result<(), StoreError> {
        let mut delete = self.table.client.delete_item().table_name(&self.table.name);
        if let Some(at) = opened_at {
            delete = delete
                .condition_expression("#opened = :opened")
                .expression_attribute_names("#opened", OPENED_AT)
                .expression_attribute_values(":opened", number(at.millis()));
        }
        match delete.set_key(Some(row(key))).send().await {
            Ok(_) => Ok(()),
            // It is gone, or belongs to a later episode.
            Err(error) if is_conditional(&error) => Ok(()),
            Err(error) => Err(CallFailed::new("DeleteItem", &error).into()),
        }
    }

    /// The rows that follow a room.
    fn followers(&self, room: &Room) -> Vec<Follower> {
        let tags = room.tags.iter();
        let tags = tags.map(|(name, at)| keys::tagged_room(self.org, name, room.id, *at));
        let tags = tags.map(|key| Follower { key, opened_at: None });
        tags.chain(self.own(room)).collect()
    }

    fn own(&self, room: &Room) -> Option<Follower> {
        let member = room.assignee.as_ref()?.id;
        Some(match room.status {
            Status::Unassigned | Status::Assigned => Follower {
                key: keys::open_room(self.org, member, room.id),
                opened_at: Some(room.episode.opened_at),
            },
            Status::Resolved => {
                let at = room.resolved_at.unwrap_or(room.activity_at);
                Follower { key: keys::done_room(self.org, member, room.id, at), opened_at: None }
            }
        })
    }

    fn with(&self, follower: &Follower) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder().table_name(&self.table.name).set_item(Some(follower.row()));
        let put =
            put.build().map_err(|error| CallFailed::unanswered("TransactWriteItems", &error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn without(&self, key: &Key) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder().table_name(&self.table.name).set_key(Some(row(key)));
        let delete =
            delete.build().map_err(|error| CallFailed::unanswered("TransactWriteItems", &error))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

/// The row is its key.
fn row(key: &Key) -> Item {
    [("pk".to_owned(), string(&key.pk)), ("sk".to_owned(), string(&key.sk))].into()
}
