//! Many rows by their keys, in few calls.

use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures_util::future::try_join_all;
use platform::aws::CallFailed;

use crate::{
    keys::Key,
    table::{Item, StoreError, Table, string},
};

/// The most keys that a batch read takes.
const BATCH: usize = 100;

/// How often what a busy table left out is asked for again.
const ROUNDS: usize = 5;

impl Table {
    /// The rows of these keys that there are, in any order; a hundred a call, side by side.
    pub(crate) async fn rows(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let batches = try_join_all(keys.chunks(BATCH).map(|keys| self.batch(keys))).await?;
        Ok(batches.into_iter().flatten().collect())
    }

    async fn batch(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let key = |key: &Key| {
            [("pk".to_owned(), string(&key.pk)), ("sk".to_owned(), string(&key.sk))].into()
        };
        let mut wanted: Vec<Item> = keys.iter().map(key).collect();
        let mut rows = Vec::with_capacity(wanted.len());
        for _ in 0..ROUNDS {
            if wanted.is_empty() {
                return Ok(rows);
            }
            let keys = KeysAndAttributes::builder().set_keys(Some(wanted)).build();
            let keys = keys.map_err(|error| CallFailed::new("BatchGetItem", &error))?;
            let call = self.client.batch_get_item().request_items(&self.name, keys);
            let answer =
                call.send().await.map_err(|error| CallFailed::new("BatchGetItem", &error))?;
            rows.extend(
                answer.responses.unwrap_or_default().remove(&self.name).unwrap_or_default(),
            );
            let left = answer.unprocessed_keys.unwrap_or_default().remove(&self.name);
            wanted = left.map(|left| left.keys).unwrap_or_default();
        }
        if wanted.is_empty() { Ok(rows) } else { Err(StoreError::Contended) }
    }
}
