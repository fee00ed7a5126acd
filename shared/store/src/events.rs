//! What providers told us besides messages, per integration, newest first.

use domain::{
    Id, Time,
    integration::{EVENT_LIFE, IntegrationEvent},
};
use platform::aws::CallFailed;

use crate::{
    keys::{self, EventPlace, Key},
    table::{Item, StoreError, Tenant, Written, item, number, read, string},
};

/// How far back an event is looked for by its id: so many megabytes of them.
const FIND_PAGES: usize = 4;

impl Tenant<'_> {
    /// Keeps an event of an integration, or of a provider app for what no integration claims.
    /// `at` is the provider's time. An event that has none is dated by our first receipt, which
    /// a row of its own remembers, so that a redelivery is the same event in the same place.
    pub async fn put_event(
        &self,
        of: &str,
        at: Option<Time>,
        event: &IntegrationEvent,
    ) -> Result<(), StoreError> {
        let at = match at {
            Some(at) => at,
            None => self.first_receipt(of, event).await?,
        };
        let key = keys::event(self.org, of, at, event.id);
        self.create(row(key, event)?).await.map(drop)
    }

    async fn first_receipt(&self, of: &str, event: &IntegrationEvent) -> Result<Time, StoreError> {
        let row = row(keys::event_receipt(self.org, of, event.id), event)?;
        match self.create(row).await? {
            Written::Yes | Written::No(None) => Ok(event.received_at),
            Written::No(Some(before)) => Ok(read::<IntegrationEvent>(before)?.value.received_at),
        }
    }

    /// One event of an integration or app, looked for among the newest: keys begin with the time,
    /// which an id does not tell.
    pub async fn event(
        &self,
        of: &str,
        id: Id<IntegrationEvent>,
    ) -> Result<Option<IntegrationEvent>, StoreError> {
        let mut after = None;
        for _ in 0..FIND_PAGES {
            let query = self.table.client.query().table_name(&self.table.name);
            let answer = query
                .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
                .filter_expression("id = :id")
                .expression_attribute_values(":pk", string(keys::events(self.org, of)))
                .expression_attribute_values(":sk", string(keys::EVENTS))
                .expression_attribute_values(":id", string(id))
                .set_exclusive_start_key(after)
                .scan_index_forward(false)
                .send()
                .await
                .map_err(|error| CallFailed::new("Query", &error))?;
            if let Some(item) = answer.items.unwrap_or_default().pop() {
                return Ok(Some(read(item)?.value));
            }
            after = answer.last_evaluated_key;
            if after.is_none() {
                break;
            }
        }
        Ok(None)
    }

    /// The newest events of an integration or app, before the place where the last page ended,
    /// and the place where this one ends if there are more.
    pub async fn events(
        &self,
        of: &str,
        limit: i32,
        after: Option<EventPlace>,
    ) -> Result<(Vec<IntegrationEvent>, Option<EventPlace>), StoreError> {
        let pk = keys::events(self.org, of);
        let mut query = self.table.client.query().table_name(&self.table.name).limit(limit);
        if let Some(after) = after {
            let key = keys::event(self.org, of, after.at, after.id);
            query = query
                .exclusive_start_key("pk", string(key.pk))
                .exclusive_start_key("sk", string(key.sk));
        }
        let answer = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", string(&pk))
            .expression_attribute_values(":sk", string(keys::EVENTS))
            .scan_index_forward(false)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let next = answer.last_evaluated_key().and_then(|key| key.get("sk")?.as_s().ok());
        let next = next.and_then(|sk| keys::event_place(sk));
        let items = answer.items.unwrap_or_default();
        let events = items.into_iter().map(|item| Ok(read(item)?.value));
        Ok((events.collect::<Result<_, StoreError>>()?, next))
    }
}

/// A row that goes when the event has had its time.
fn row(key: Key, event: &IntegrationEvent) -> Result<Item, StoreError> {
    let mut row = item(key, event)?;
    row.insert("ttl".into(), number(event.received_at.plus(EVENT_LIFE).millis() / 1000));
    Ok(row)
}
