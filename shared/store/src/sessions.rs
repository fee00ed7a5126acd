//! Billed sessions: one item per room says which is live, one row each says that it was.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::{Id, room::Room, session::Session};

use crate::{
    keys,
    table::{StoreError, Tenant, Versioned, Written, item},
};

impl Tenant<'_> {
    /// The room's latest session, live or over.
    pub async fn session(&self, room: Id<Room>) -> Result<Option<Versioned<Session>>, StoreError> {
        self.table.get(&keys::live_session(self.org, room), true).await
    }

    /// Lets a room go on with the session of another that is merged into it, if that is the later
    /// one: the customer is not billed anew for having been two contacts. Only what is live is
    /// written; the session stays the one fact that it was.
    pub async fn carry_session(&self, from: Id<Room>, to: Id<Room>) -> Result<bool, StoreError> {
        let (from, known) = (self.session(from).await?, self.session(to).await?);
        let Some(from) = from else { return Ok(true) };
        let row = item(keys::live_session(self.org, to), &from.value)?;
        let written = match &known {
            None => self.create(row).await?,
            Some(known) if known.value.opened_at < from.value.opened_at => {
                self.table.replace(row, known.version).await?
            }
            Some(_) => return Ok(true),
        };
        Ok(matches!(written, Written::Yes))
    }

    /// Opens a session if the latest one is still the one that was read, and keeps it for good:
    /// both or neither. `false` if somebody was faster.
    pub async fn open_session(
        &self,
        room: Id<Room>,
        latest: Option<&Versioned<Session>>,
        session: &Session,
    ) -> Result<bool, StoreError> {
        let live = item(keys::live_session(self.org, room), session)?;
        let live = match latest {
            None => self.table.creating(live)?,
            Some(latest) => self.table.replacing(live, latest.version)?,
        };
        let fact = self.table.creating(item(keys::session(self.org, room, session), session)?)?;
        let writes = [live, fact].map(|put| TransactWriteItem::builder().put(put).build());
        self.table.transact(writes.into()).await
    }
}
