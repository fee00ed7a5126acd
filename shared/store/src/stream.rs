//! What the table's stream says.

use domain::{
    Id,
    integration::{Member, Organization},
    message::Message,
    room::Room,
};
use serde::de::DeserializeOwned;
use serde_dynamo::{AttributeValue, Item};

use crate::{
    keys::{self, SOCKETS},
    table::StoreError,
};

/// A row that has changed, as it is now.
#[derive(Debug)]
pub enum Changed {
    /// A room; and as it was before, if it was there.
    Room(Box<Room>, Option<Box<Room>>),
    /// A message.
    Message(Box<Message>),
    /// A socket of this member was opened or closed.
    Socket(Member),
}

/// What a record of the stream tells of, and whose it is; `None` for rows that nobody follows.
/// A record has the row as it was before, as it is now, or both.
pub fn changed(before: Item, now: Item) -> Result<Option<(Id<Organization>, Changed)>, StoreError> {
    let row = if now.is_empty() { &before } else { &now };
    let (pk, sk) = (text(row, "pk"), text(row, "sk"));
    let organization = pk.strip_prefix("o#").and_then(|rest| rest.split('#').next());
    let Some(organization) = organization.and_then(|id| id.parse().ok()) else { return Ok(None) };
    // What keeps a message out of a room that was merged away lies in a message's place.
    if row.contains_key("moved_to") {
        return Ok(None);
    }
    let damaged = |error: serde_dynamo::Error| StoreError::Damaged {
        pk: pk.clone(),
        sk: sk.clone(),
        reason: error.to_string(),
    };
    let changed = if sk == keys::ROOM && !now.is_empty() {
        let before = (!before.is_empty()).then(|| read(before)).transpose().map_err(damaged)?;
        Changed::Room(read(now).map_err(damaged)?, before)
    } else if keys::position(&sk).is_some() && !now.is_empty() {
        Changed::Message(read(now).map_err(damaged)?)
    } else if sk.starts_with(SOCKETS) {
        let row = if now.is_empty() { before } else { now };
        let socket: Box<domain::live::Socket> = read(row).map_err(damaged)?;
        Changed::Socket(socket.member)
    } else {
        return Ok(None);
    };
    Ok(Some((organization, changed)))
}

fn text(row: &Item, name: &str) -> String {
    match row.get(name) {
        Some(AttributeValue::S(text)) => text.clone(),
        _ => String::new(),
    }
}

/// Whether a row of the stream is a message whose file is still with the provider.
pub fn awaits_file(image: &Item) -> bool {
    use AttributeValue::{M, S};
    let Some(M(content)) = image.get("content") else { return false };
    let Some(M(file)) = content.get("file") else { return false };
    matches!(file.get("state"), Some(S(state)) if state == "awaited")
}

fn read<T: DeserializeOwned>(row: Item) -> Result<Box<T>, serde_dynamo::Error> {
    serde_dynamo::from_item(row)
}
