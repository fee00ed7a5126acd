//! Taking away what is held of a contact, row by row, and reading all of it.
//!
//! Every pass may be repeated: what is gone is not there to be found, and what only facts are left
//! of is left alone.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use domain::{
    Id,
    contact::{Identity, KnownAs},
    integration::Integration,
    message::Message,
    room::Room,
};
use platform::aws::CallFailed;
use serde::de::DeserializeOwned;

use crate::{
    keys::{self, Key},
    table::{Item, StoreError, Tenant, VERSION, Versioned, number, read, string},
};

/// A row of a room's partition.
#[derive(Debug)]
pub enum Held {
    /// A message.
    Message(Box<Versioned<Message>>),
    /// A fact of the books, which says nothing of the contact: a session or an episode.
    Fact,
    /// Anything else: it is gone with the contact.
    Words(HeldRow),
}

/// What names a row of a room's partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRow(String);

impl Tenant<'_> {
    /// Lets an identity be nobody's, if its row is still the one that was read. `false` if not.
    pub async fn erase_identity(
        &self,
        at: &KnownAs,
        known: &Versioned<Identity>,
    ) -> Result<bool, StoreError> {
        let key = keys::identity(self.org, at.integration_id, &at.who);
        let delete = self.deleting(&key, known.version)?;
        self.table.transact(vec![delete]).await
    }

    /// Takes a room out with the rows that follow it, if it is still the one that was read; what
    /// was said in it is another matter. `false` if not.
    pub async fn erase_room(&self, old: &Versioned<Room>) -> Result<bool, StoreError> {
        let key = keys::room(self.org, old.value.id);
        let mut writes = vec![self.deleting(&key, old.version)?];
        writes.extend(self.unfollowing(&old.value)?);
        self.table.transact(writes).await
    }

    /// Rows of a room's partition, after one of them; and the last one, if there are more.
    pub async fn held_in_room(
        &self,
        room: Id<Room>,
        after: Option<&HeldRow>,
        limit: i32,
    ) -> Result<(Vec<Held>, Option<HeldRow>), StoreError> {
        let (items, next) = self.partition(room, after, limit).await?;
        Ok((items.into_iter().map(held).collect::<Result<_, _>>()?, next))
    }

    /// The same rows as plain values, each with its place.
    pub async fn plain_rows_of_room<T: DeserializeOwned>(
        &self,
        room: Id<Room>,
        after: Option<&HeldRow>,
        limit: i32,
    ) -> Result<(Vec<(HeldRow, T)>, Option<HeldRow>), StoreError> {
        let (items, next) = self.partition(room, after, limit).await?;
        let rows = items.into_iter().map(|item| Ok((HeldRow(place(&item)), read(item)?.value)));
        Ok((rows.collect::<Result<_, StoreError>>()?, next))
    }

    /// Takes a row of a room's partition out.
    pub async fn erase_held(&self, room: Id<Room>, row: &HeldRow) -> Result<(), StoreError> {
        let key = Key { pk: keys::room_partition(self.org, room), sk: row.0.clone() };
        self.table.delete(key).await
    }

    /// Takes a message out, and what leads to it if the phone's app sent it, if it is still the one
    /// that was read: a run may have taken it to send it. `false` if not.
    pub async fn erase_message(&self, old: &Versioned<Message>) -> Result<bool, StoreError> {
        let message = &old.value;
        if let Some(provider_id) = &message.provider_id {
            self.erase_pointer(message.integration_id, provider_id).await?;
        }
        let key = keys::message(self.org, message.room_id, message.position());
        self.table.delete_version(key, old.version).await
    }

    async fn erase_pointer(
        &self,
        integration: Id<Integration>,
        provider_id: &str,
    ) -> Result<(), StoreError> {
        self.table.delete(keys::from_phone(self.org, integration, provider_id)).await
    }

    /// Takes out the row of this version, as part of a transaction.
    pub(crate) fn deleting(
        &self,
        key: &Key,
        version: u64,
    ) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table.name)
            .key("pk", string(&key.pk))
            .key("sk", string(&key.sk))
            .condition_expression("#v = :v")
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_values(":v", number(version))
            .build();
        let delete =
            delete.map_err(|error| CallFailed::unanswered("TransactWriteItems", &error))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    async fn partition(
        &self,
        room: Id<Room>,
        after: Option<&HeldRow>,
        limit: i32,
    ) -> Result<(Vec<Item>, Option<HeldRow>), StoreError> {
        let pk = keys::room_partition(self.org, room);
        let mut query = self.table.client.query().table_name(&self.table.name);
        if let Some(after) = after {
            query = query
                .exclusive_start_key("pk", string(&pk))
                .exclusive_start_key("sk", string(&after.0));
        }
        let answer = query
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", string(pk))
            .consistent_read(true)
            .limit(limit)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let next = answer.last_evaluated_key().and_then(|key| key.get("sk")?.as_s().ok()).cloned();
        Ok((answer.items.unwrap_or_default(), next.map(HeldRow)))
    }
}

fn place(item: &Item) -> String {
    item.get("sk").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default()
}

fn held(item: Item) -> Result<Held, StoreError> {
    let sk = place(&item);
    let is_fact = sk == keys::SESSION || keys::FACTS.iter().any(|kind| sk.starts_with(kind));
    if is_fact {
        return Ok(Held::Fact);
    }
    match keys::position(&sk) {
        Some(_) if !item.contains_key("moved_to") => Ok(Held::Message(Box::new(read(item)?))),
        Some(_) | None => Ok(Held::Words(HeldRow(sk))),
    }
}

impl HeldRow {
    /// What kind of row it is; `None` if it says nothing of anybody.
    pub fn kind(&self) -> Option<&'static str> {
        let kinds = [
            ("m#", "message"),
            ("a#", "annotations"),
            ("note#", "note"),
            ("s#", "session"),
            ("episode#", "episode"),
            ("room", "room"),
        ];
        kinds.into_iter().find(|(prefix, _)| self.0.starts_with(prefix)).map(|(_, kind)| kind)
    }

    /// The place, as an export remembers it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A place that an export remembered.
    pub fn remembered(place: String) -> Self {
        Self(place)
    }
}
