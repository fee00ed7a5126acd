//! What the table's stream says.

use domain::{
    Id,
    integration::{Member, Organization},
    live::Socket,
    message::Message,
    room::Room,
};
use serde::de::DeserializeOwned;
use serde_dynamo::{AttributeValue, Item};

use crate::{
    damage::damaged,
    keys::{Address, MessageKey, SOCKETS, What, is_of_file},
    table::StoreError,
};

/// A row that has changed.
#[derive(Debug)]
pub enum Changed {
    /// A room, as it was before and as it is now: at least one of them.
    Room {
        /// As it was, unless it is new.
        before: Option<Box<Room>>,
        /// As it is, unless it was erased.
        now: Option<Box<Room>>,
    },
    /// A message, as it is now.
    Message(Box<Message>),
    /// What was said about a message, or a note: it lies here.
    Beside(Address),
    /// A row is gone, because it was erased or had its time, that named objects in the bucket or
    /// was a message.
    Gone {
        /// The objects.
        objects: Vec<String>,
        /// Where the message lay.
        message: Option<MessageKey>,
    },
    /// A socket was opened.
    Opened(Member),
    /// A socket is no longer listed, for whatever reason.
    Closed(Box<Socket>),
}

/// What a record of the stream tells of, and whose it is; `None` for rows that nobody follows.
/// A record has the row as it was before, as it is now, or both.
pub fn changed(before: Item, now: Item) -> Result<Option<(Id<Organization>, Changed)>, StoreError> {
    let row = if now.is_empty() { &before } else { &now };
    let (pk, sk) = (text(row, "pk"), text(row, "sk"));
    let damaged = |error: serde_dynamo::Error| damaged(&pk, &sk, &error.to_string());
    if let Some((organization, address)) = Address::parse(&pk, &sk) {
        let changed = shown(address, before, now).map_err(damaged)?;
        return Ok(changed.map(|changed| (organization, changed)));
    }
    let organization = pk.strip_prefix("o#").and_then(|rest| rest.split('#').next());
    let Some(organization) = organization.and_then(|id| id.parse().ok()) else { return Ok(None) };
    if is_of_file(&pk, &sk) {
        let is_gone = now.is_empty();
        let objects = vec![text(&before, "key")];
        let changed = is_gone.then_some(Changed::Gone { objects, message: None });
        return Ok(changed.map(|changed| (organization, changed)));
    }
    if !sk.starts_with(SOCKETS) {
        return Ok(None);
    }
    let changed = match (before.is_empty(), now.is_empty()) {
        (true, false) => {
            let socket: Socket = read(now).map_err(damaged)?;
            Changed::Opened(socket.member)
        }
        (false, true) => Changed::Closed(Box::new(read(before).map_err(damaged)?)),
        // A heartbeat.
        (true, true) | (false, false) => return Ok(None),
    };
    Ok(Some((organization, changed)))
}

/// A change of something that clients are shown.
fn shown(
    address: Address,
    before: Item,
    now: Item,
) -> Result<Option<Changed>, serde_dynamo::Error> {
    let is_there = !now.is_empty();
    Ok(match address.what {
        What::Room => Some(Changed::Room {
            before: (!before.is_empty()).then(|| boxed(before)).transpose()?,
            now: is_there.then(|| boxed(now)).transpose()?,
        }),
        // What keeps a message out of a room that was merged away lies in a message's place.
        What::Message(_) if now.contains_key("moved_to") => None,
        What::Message(_) if is_there => Some(Changed::Message(boxed(now)?)),
        What::Message(_) if before.contains_key("moved_to") => None,
        What::Message(_) => {
            let message: Box<Message> = boxed(before)?;
            let objects = message.content.objects().map(str::to_owned).collect();
            Some(Changed::Gone { objects, message: Some(MessageKey::of(&message)) })
        }
        What::Annotations(_) | What::Note(..) if is_there => Some(Changed::Beside(address)),
        // What was erased with its room, or had its time.
        What::Annotations(_) | What::Note(..) => None,
    })
}

/// If a row of the stream is a message whose file is still with the provider: which chain of
/// tries is to fetch it, the first being 0.
pub fn awaited_round(image: &Item) -> Option<u32> {
    use AttributeValue::{M, N, S};
    let Some(M(content)) = image.get("content") else { return None };
    let Some(M(file)) = content.get("file") else { return None };
    let is_awaited = matches!(file.get("state"), Some(S(state)) if state == "awaited");
    match file.get("round") {
        Some(N(round)) if is_awaited => round.parse().ok(),
        _ => is_awaited.then_some(0),
    }
}

fn text(row: &Item, name: &str) -> String {
    match row.get(name) {
        Some(AttributeValue::S(text)) => text.clone(),
        _ => String::new(),
    }
}

fn boxed<T: DeserializeOwned>(row: Item) -> Result<Box<T>, serde_dynamo::Error> {
    read(row).map(Box::new)
}

fn read<T: DeserializeOwned>(row: Item) -> Result<T, serde_dynamo::Error> {
    serde_dynamo::from_item(row)
}
