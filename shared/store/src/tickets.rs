//! Tickets for sockets: each opens one, once.

use aws_sdk_dynamodb::types::ReturnValue;
use domain::{Time, live::Ticket};

use crate::{
    keys,
    table::{StoreError, Table, Written, item, number, read, string, written_update},
};

impl Table {
    /// Stores a ticket under the SHA-256 (hex) of its token. `false` if the token is in use.
    pub async fn put_ticket(&self, sha256: &str, ticket: &Ticket) -> Result<bool, StoreError> {
        let mut row = item(keys::ticket(sha256), ticket)?;
        row.insert("ttl".into(), number(ticket.expires_at.millis() / 1000));
        Ok(matches!(self.create(row).await?, Written::Yes))
    }

    /// Uses a ticket up for this connection; `None` if it is used, too old, or none. Repeated for
    /// the same connection it says the same, since the SDK repeats a call whose answer was lost.
    pub async fn use_ticket(
        &self,
        sha256: &str,
        connection: &str,
        now: Time,
    ) -> Result<Option<Ticket>, StoreError> {
        let key = keys::ticket(sha256);
        let update = self.client.update_item().table_name(&self.name);
        let answer = update
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .update_expression("SET used_by = :connection")
            .condition_expression(
                "expires_at > :now AND (attribute_not_exists(used_by) OR used_by = :connection)",
            )
            .expression_attribute_values(":connection", string(connection))
            .expression_attribute_values(":now", number(now.millis()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        let used = written_update(answer)?.ok().and_then(|output| output.attributes);
        Ok(used.map(read).transpose()?.map(|row| row.value))
    }
}
