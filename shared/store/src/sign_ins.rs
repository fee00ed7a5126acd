//! Sign-ins that live on, and how often somebody tried to begin one.

use aws_sdk_dynamodb::types::ReturnValue;
use domain::{Id, Time, sign_in::Session};
use platform::aws::CallFailed;

use crate::{
    keys::{self, Key},
    table::{StoreError, Table, Versioned, Written, item, number, string, written_update},
};

impl Table {
    /// A sign-in, if it has not ended. Read consistently: its token changes with every use.
    pub async fn session(&self, id: Id<Session>) -> Result<Option<Versioned<Session>>, StoreError> {
        self.get(&keys::sign_in(id), true).await
    }

    /// Begins a sign-in, or writes the one that was read anew; `false` if somebody was faster.
    pub async fn save_session(
        &self,
        old: Option<&Versioned<Session>>,
        new: &Session,
    ) -> Result<bool, StoreError> {
        let mut row = item(keys::sign_in(new.id), new)?;
        row.insert("ttl".into(), number(new.ends_at().millis() / 1000));
        let written = match old {
            None => self.create(row).await?,
            Some(old) => self.replace(row, old.version).await?,
        };
        Ok(matches!(written, Written::Yes))
    }

    /// Ends a sign-in; one that has ended may be ended again.
    pub async fn end_session(&self, id: Id<Session>) -> Result<(), StoreError> {
        self.remove(&keys::sign_in(id)).await
    }

    /// Counts an attempt of a window that ends then; `false` once there were as many as allowed.
    /// `who` is a hash. A call that the SDK repeats may count twice: that only makes the limit
    /// come sooner.
    pub async fn attempt(
        &self,
        who: &str,
        window: i64,
        ends_at: Time,
        limit: u32,
    ) -> Result<bool, StoreError> {
        let key = keys::attempts(who, window);
        Ok(self.take(&key, 1, limit, ends_at).await?.is_some())
    }

    /// Adds to a counter of limited life, unless it has reached its limit; what it says then.
    pub(crate) async fn take(
        &self,
        key: &Key,
        count: u32,
        limit: u32,
        ends_at: Time,
    ) -> Result<Option<u32>, StoreError> {
        let update = self.client.update_item().table_name(&self.name);
        let answer = update
            .key("pk", string(&key.pk))
            .key("sk", string(&key.sk))
            .update_expression("SET #ttl = :ttl ADD used :count")
            .condition_expression("attribute_not_exists(used) OR used < :limit")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":ttl", number(ends_at.millis() / 1000))
            .expression_attribute_values(":count", number(count))
            .expression_attribute_values(":limit", number(limit))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await;
        let Ok(output) = written_update(answer)? else { return Ok(None) };
        let used = output.attributes.as_ref().and_then(|row| row.get("used")?.as_n().ok());
        Ok(Some(used.and_then(|used| used.parse().ok()).unwrap_or(limit)))
    }

    pub(crate) async fn remove(&self, key: &Key) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.name);
        let sent = delete.key("pk", string(&key.pk)).key("sk", string(&key.sk)).send().await;
        sent.map(drop).map_err(|error| CallFailed::new("DeleteItem", &error).into())
    }
}
