//! The journal: what has happened in an organization, in packed items that end by themselves.

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use domain::Time;
use platform::aws::CallFailed;

use crate::{
    damage::damaged,
    keys::{self, JournalPlace},
    table::{Item, StoreError, Tenant, number, string},
};

/// A page of the journal.
#[derive(Debug)]
pub struct JournalPage {
    /// Oldest first: where each lies, and what was written there.
    pub items: Vec<(JournalPlace, Vec<u8>)>,
    /// Whether more follow.
    pub more: bool,
}

impl Tenant<'_> {
    /// Writes an item, once or again.
    pub async fn write_journal(
        &self,
        place: &JournalPlace,
        packed: Vec<u8>,
        expires_at: Time,
    ) -> Result<(), StoreError> {
        let row = Item::from([
            ("pk".to_owned(), string(keys::journal(self.org))),
            ("sk".to_owned(), string(place.sk())),
            ("ttl".to_owned(), number(expires_at.millis() / 1000)),
            ("packed".to_owned(), AttributeValue::B(Blob::new(packed))),
        ]);
        self.table.overwrite(row).await
    }

    /// At most `limit` items after this place.
    pub async fn journal(
        &self,
        after: &JournalPlace,
        limit: i32,
    ) -> Result<JournalPage, StoreError> {
        let query = self.table.client.query().table_name(&self.table.name);
        let answer = query
            .key_condition_expression("pk = :pk AND sk > :after")
            .expression_attribute_values(":pk", string(keys::journal(self.org)))
            .expression_attribute_values(":after", string(after.sk()))
            .limit(limit)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let more = answer.last_evaluated_key.is_some();
        let items = answer.items.unwrap_or_default().into_iter().map(read);
        Ok(JournalPage { items: items.collect::<Result<_, _>>()?, more })
    }
}

fn read(mut row: Item) -> Result<(JournalPlace, Vec<u8>), StoreError> {
    let text = |name: &str| row.get(name).and_then(|value| value.as_s().ok()).cloned();
    let (pk, sk) = (text("pk").unwrap_or_default(), text("sk").unwrap_or_default());
    let place = JournalPlace::parse(&sk);
    match (place, row.remove("packed")) {
        (Some(place), Some(AttributeValue::B(packed))) => Ok((place, packed.into_inner())),
        _ => Err(damaged(&pk, &sk, "it is no item of the journal")),
    }
}
