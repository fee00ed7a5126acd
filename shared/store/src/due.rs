//! What falls due: the sweep's index.
//!
//! It says when a row has to be looked at, not what is to happen: the sweep reads the row and has
//! the domain decide, since the index may lag behind, and the customer may have written since.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Id, Time, integration::Organization};
use platform::aws::CallFailed;

use crate::{
    keys::{self, DueRow},
    table::{Item, StoreError, Table, string},
};

/// How many entries a page holds: as many rows as one batch reads.
const PAGE: i32 = 100;

/// An entry of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Falling {
    /// When it is due.
    pub at: Time,
    /// Which row.
    pub row: DueRow,
}

/// A page of the index.
#[derive(Debug)]
pub struct DuePage {
    /// Longest due first.
    pub falling: Vec<Falling>,
    /// Where the next page begins, if there is one.
    pub next: Option<HashMap<String, AttributeValue>>,
}

/// The shards of the index; they can be read side by side.
pub fn shards() -> impl Iterator<Item = char> {
    keys::SHARDS.chars()
}

impl Table {
    /// What of a shard is due until then, after the place where the last page ended.
    pub async fn due(
        &self,
        shard: char,
        until: Time,
        after: Option<HashMap<String, AttributeValue>>,
    ) -> Result<DuePage, StoreError> {
        let (rows, next) =
            self.due_rows(keys::due_shard(shard), keys::due_at(until), after).await?;
        Ok(DuePage { falling: rows.iter().filter_map(falling).collect(), next })
    }

    /// The organizations that have auto-resolve on.
    pub async fn auto_resolving(&self) -> Result<Vec<Id<Organization>>, StoreError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            // Ids are hexadecimal: all of them sort below.
            let last = "~".to_owned();
            let (rows, next) = self.due_rows(keys::AUTO_RESOLVE.into(), last, after).await?;
            all.extend(
                rows.iter().filter_map(|row| text(row, "dsk").parse::<Id<Organization>>().ok()),
            );
            after = next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    async fn due_rows(
        &self,
        dpk: String,
        until: String,
        after: Option<HashMap<String, AttributeValue>>,
    ) -> Result<(Vec<Item>, Option<HashMap<String, AttributeValue>>), StoreError> {
        let query = self.client.query().table_name(&self.name).index_name("due");
        let answer = query
            .key_condition_expression("dpk = :dpk AND dsk <= :until")
            .expression_attribute_values(":dpk", string(dpk))
            .expression_attribute_values(":until", string(until))
            .set_exclusive_start_key(after)
            .limit(PAGE)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }
}

fn text<'a>(row: &'a Item, name: &str) -> &'a str {
    row.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

fn falling(row: &Item) -> Option<Falling> {
    let (pk, sk) = (text(row, "pk"), text(row, "sk"));
    let at = text(row, "dsk").parse().ok().map(Time::from_millis);
    match (at, DueRow::parse(pk, sk)) {
        (Some(at), Some(row)) => Some(Falling { at, row }),
        _ => {
            tracing::error!(pk, sk, "a row is due that nobody knows what to do with");
            None
        }
    }
}
