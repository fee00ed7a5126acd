//! The same `Idempotency-Key` twice is one message.
//!
//! The reservation is written before the message and fixes its position, so that a repeated
//! request writes the same row, whether the first one came through or died in between.

use domain::{Id, Time, message::Position, room::Room};
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{Item, StoreError, Tenant, Written, item, read},
};

/// What a key stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Where the message lies or will lie.
    pub position: Position,
    /// SHA-256 of what was asked for, in hex: the same key must ask for the same.
    pub fingerprint: String,
}

impl Tenant<'_> {
    /// The reservation of a key (SHA-256 hex of caller and key), if it was made.
    pub async fn reservation(
        &self,
        room: Id<Room>,
        key: &str,
    ) -> Result<Option<Reservation>, StoreError> {
        let key = keys::idempotency(self.org, room, key);
        Ok(self.table.get(&key, true).await?.map(|row| row.value))
    }

    /// Reserves a key until `expires_at`, or returns the reservation that was made before.
    pub async fn reserve(
        &self,
        room: Id<Room>,
        key: &str,
        reservation: &Reservation,
        expires_at: Time,
    ) -> Result<Reservation, StoreError> {
        let mut row: Item = item(keys::idempotency(self.org, room, key), reservation)?;
        row.insert("ttl".into(), crate::table::number(expires_at.millis() / 1000));
        match self.create(row).await? {
            Written::Yes | Written::No(None) => Ok(reservation.clone()),
            Written::No(Some(made)) => Ok(read(made)?.value),
        }
    }
}
