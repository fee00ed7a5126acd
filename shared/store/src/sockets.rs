//! Open sockets, by organization and member, and the way to them from API Gateway's id.
//!
//! Both rows of a socket end by themselves with the longest life of a socket, so that one whose
//! end nobody told us of is forgotten.

use domain::{
    Id, Time,
    integration::{Member, Organization},
    live::Socket,
};
use platform::aws::CallFailed;
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{StoreError, Table, Tenant, item, number, read, string, written_update},
};

/// Whose a socket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketOwner {
    /// The organization.
    pub organization_id: Id<Organization>,
    /// The member.
    pub member_id: Id<Member>,
}

impl Table {
    /// Whose the socket of this connection is.
    pub async fn socket_owner(&self, connection: &str) -> Result<Option<SocketOwner>, StoreError> {
        let key = keys::socket_owner(connection);
        Ok(self.get(&key, true).await?.map(|row| row.value))
    }
}

impl Tenant<'_> {
    /// Adds a socket. Its owner first: what is listed can then always be taken off the list.
    pub async fn add_socket(&self, socket: &Socket) -> Result<(), StoreError> {
        let (connection, member) = (&socket.connection_id, socket.member.id);
        let owner = SocketOwner { organization_id: self.org, member_id: member };
        let rows = [
            item(keys::socket_owner(connection), &owner)?,
            item(keys::socket(self.org, member, connection), socket)?,
        ];
        for mut row in rows {
            row.insert("ttl".into(), number(socket.ends_at().millis() / 1000));
            self.table.overwrite(row).await?;
        }
        Ok(())
    }

    /// Removes a socket, if it is there.
    pub async fn remove_socket(
        &self,
        member: Id<Member>,
        connection: &str,
    ) -> Result<(), StoreError> {
        self.table.delete(keys::socket(self.org, member, connection)).await?;
        self.table.delete(keys::socket_owner(connection)).await
    }

    /// Notes that a socket's client is there. `false` if there is no such socket, or its right ended.
    pub async fn see_socket(
        &self,
        member: Id<Member>,
        connection: &str,
        now: Time,
    ) -> Result<bool, StoreError> {
        let key = keys::socket(self.org, member, connection);
        let update = self.table.client.update_item().table_name(&self.table.name);
        let answer = update
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .update_expression("SET seen_at = :now")
            .condition_expression(
                "attribute_exists(pk) AND (attribute_not_exists(#until) OR #until > :now)",
            )
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":now", number(now.millis()))
            .send()
            .await;
        Ok(written_update(answer)?.is_ok())
    }

    /// The organization's sockets, those of one member or all, as they are at this moment.
    pub async fn sockets(&self, member: Option<Id<Member>>) -> Result<Vec<Socket>, StoreError> {
        let prefix = member.map_or_else(|| keys::SOCKETS.to_owned(), keys::sockets_of);
        let (mut sockets, mut after) = (Vec::new(), None);
        loop {
            let answer = self
                .table
                .client
                .query()
                .table_name(&self.table.name)
                .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
                .expression_attribute_values(":pk", string(keys::sockets(self.org)))
                .expression_attribute_values(":sk", string(&prefix))
                .consistent_read(true)
                .set_exclusive_start_key(after)
                .send()
                .await
                .map_err(|error| CallFailed::new("Query", &error))?;
            for row in answer.items.unwrap_or_default() {
                sockets.push(read(row)?.value);
            }
            after = answer.last_evaluated_key;
            if after.is_none() {
                return Ok(sockets);
            }
        }
    }
}
