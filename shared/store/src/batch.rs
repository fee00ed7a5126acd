//! Many rows at once.

use std::time::Duration;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures_util::future::try_join_all;
use platform::aws::CallFailed;

use crate::{
    keys::Key,
    table::{Item, StoreError, Table, string},
};

/// The most keys that a batch read takes.
const BATCH: usize = 100;

/// How many such calls are under way at the same time.
const WIDTH: usize = 8;

/// How often what a busy table left out is asked for again, and after how long for the first time; each
/// pause is twice the one before.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(25);

impl Table {
    /// These rows, as far as they are there, in any order: a hundred a call, some calls side by side.
    /// Each key may be named once only.
    pub(crate) async fn batch(
        &self,
        keys: &[Key],
        is_consistent: bool,
    ) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::with_capacity(keys.len());
        for some in keys.chunks(BATCH * WIDTH) {
            let batches = some.chunks(BATCH).map(|keys| self.one_batch(keys, is_consistent));
            found.extend(try_join_all(batches).await?.into_iter().flatten());
        }
        Ok(found)
    }

    async fn one_batch(&self, keys: &[Key], is_consistent: bool) -> Result<Vec<Item>, StoreError> {
        let key = |key: &Key| {
            Item::from([("pk".into(), string(&key.pk)), ("sk".into(), string(&key.sk))])
        };
        let mut wanted: Vec<Item> = keys.iter().map(key).collect();
        let mut found = Vec::with_capacity(wanted.len());
        for tried in 0..TRIES {
            if wanted.is_empty() {
                return Ok(found);
            }
            if tried > 0 {
                tokio::time::sleep(PAUSE * 2_u32.pow(tried - 1)).await;
            }
            let keys = KeysAndAttributes::builder().set_keys(Some(wanted));
            let keys = keys.consistent_read(is_consistent).build();
            let keys = keys.map_err(|error| CallFailed::unanswered("BatchGetItem", &error))?;
            let call = self.client.batch_get_item().request_items(&self.name, keys);
            let answer = call.send().await;
            let answer = answer.map_err(|error| CallFailed::new("BatchGetItem", &error))?;
            found.extend(answer.responses.unwrap_or_default().into_values().flatten());
            let left = answer.unprocessed_keys.unwrap_or_default().into_values().next();
            wanted = left.map(|left| left.keys).unwrap_or_default();
        }
        if wanted.is_empty() {
            return Ok(found);
        }
        // DynamoDB's own word for it, had it left out all of them.
        Err(CallFailed::of("BatchGetItem", "ProvisionedThroughputExceededException").into())
    }
}
