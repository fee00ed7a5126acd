//! A client that keeps what it shows true, as the API's document tells it to.
//!
//! It takes a cursor, reads rooms and messages once, and from then on only applies events, in
//! whatever order and however often they come. What it then shows is what a client that reads
//! everything anew would show: that is the promise of live updates.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::requests::ApiRequest;

/// Asks the API; `None` if nobody answers.
pub trait Ask {
    /// Sends a request with the client's key; status and body.
    fn ask(
        &self,
        request: ApiRequest,
    ) -> impl Future<Output = anyhow::Result<Option<(u16, Value)>>>;
}

/// Things by their ids.
pub type Things = BTreeMap<String, Value>;

/// What a client shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// Rooms, without what depends on the moment.
    pub rooms: Things,
    /// The messages of these rooms.
    pub messages: Things,
}

impl Shown {
    /// What of it an agent may see: rooms that nobody has taken, and their own.
    pub fn to_agent(mut self, member: &str) -> Self {
        self.rooms.retain(|_, room| room["agent"].is_null() || room["agent"]["id"] == member);
        let rooms = &self.rooms;
        self.messages.retain(|_, message| {
            rooms.contains_key(message["room_id"].as_str().unwrap_or_default())
        });
        self
    }
}

/// A client and what it knows.
#[derive(Debug, Default)]
pub struct Client {
    /// The agent for whom it shows things; without one it shows everything.
    agent: Option<String>,
    cursor: Option<String>,
    rooms: Things,
    messages: Things,
    /// The version at which a room was lost.
    gone: BTreeMap<String, u64>,
    /// Rooms that came into sight, whose messages are not known.
    unknown: Vec<String>,
}

impl Client {
    /// A client for an agent, or for somebody who sees everything.
    pub fn of(agent: Option<String>) -> Self {
        Self { agent, ..Self::default() }
    }

    /// Whether it has read everything once.
    pub fn has_begun(&self) -> bool {
        self.cursor.is_some()
    }

    /// Reads everything, cursor first. `false` if somebody did not answer.
    pub async fn begin(&mut self, api: &impl Ask) -> anyhow::Result<bool> {
        let Some((200, cursor)) = api.ask(ApiRequest::new("GET", "/v1/events")).await? else {
            return Ok(false);
        };
        let Some(shown) = everything(api, self.agent.as_deref()).await? else { return Ok(false) };
        *self = Self { cursor: text(&cursor["meta"]["next"]), ..Self::of(self.agent.take()) };
        self.rooms = shown.rooms;
        self.messages = shown.messages;
        Ok(true)
    }

    /// Reads what has happened since, to the end; begins anew when that is too long ago.
    pub async fn catch_up(&mut self, api: &impl Ask) -> anyhow::Result<bool> {
        loop {
            let Some(cursor) = &self.cursor else { return self.begin(api).await };
            let path = format!("/v1/events?after={cursor}");
            let page = match api.ask(ApiRequest::new("GET", path)).await? {
                Some((200, page)) => page,
                Some((410, _)) => return self.begin(api).await,
                _ => return Ok(false),
            };
            for event in page["data"].as_array().into_iter().flatten() {
                self.apply(event);
            }
            self.cursor = text(&page["meta"]["next"]);
            if page["meta"]["more"] == false {
                return self.load_unknown(api).await;
            }
        }
    }

    /// Applies an event.
    pub fn apply(&mut self, event: &Value) {
        let version = event["version"].as_u64().unwrap_or(0);
        let room = text(&event["room_id"]).unwrap_or_default();
        match event["type"].as_str().unwrap_or_default() {
            "room.changed" => {
                let lost = self.gone.get(&room).is_some_and(|lost| *lost >= version);
                if lost || !put(&mut self.rooms, &room, without_moment(&event["data"])) {
                    return;
                }
                self.unknown.push(room);
            }
            "room.gone" => {
                let is_newer =
                    self.rooms.get(&room).is_some_and(|held| self::version(held) > version);
                if is_newer {
                    return;
                }
                self.rooms.remove(&room);
                self.messages.retain(|_, message| message["room_id"] != room.as_str());
                let lost = self.gone.entry(room).or_default();
                *lost = version.max(*lost);
            }
            "message.changed" => {
                let id = text(&event["data"]["id"]).unwrap_or_default();
                put(&mut self.messages, &id, event["data"].clone());
            }
            _ => {}
        }
    }

    /// Loads the messages of rooms that came into sight.
    pub async fn load_unknown(&mut self, api: &impl Ask) -> anyhow::Result<bool> {
        while let Some(room) = self.unknown.last() {
            if self.rooms.contains_key(room) {
                let Some(messages) = history(api, room).await? else { return Ok(false) };
                for (id, message) in messages {
                    put(&mut self.messages, &id, message);
                }
            }
            self.unknown.pop();
        }
        Ok(true)
    }

    /// What it shows: messages of rooms that it does not see are not shown.
    pub fn shown(&self) -> Shown {
        let mut messages = self.messages.clone();
        messages.retain(|_, message| {
            self.rooms.contains_key(message["room_id"].as_str().unwrap_or_default())
        });
        Shown { rooms: self.rooms.clone(), messages }
    }
}

/// Everything that the API shows now, to this agent or to all; `None` if somebody did not answer.
pub async fn everything(api: &impl Ask, agent: Option<&str>) -> anyhow::Result<Option<Shown>> {
    let Some(listed) = pages(api, "/v1/rooms?limit=100").await? else { return Ok(None) };
    let mut shown = Shown::default();
    for room in listed {
        let id = text(&room["id"]).unwrap_or_default();
        let Some(messages) = history(api, &id).await? else { return Ok(None) };
        shown.messages.extend(messages);
        shown.rooms.insert(id, without_moment(&room));
    }
    Ok(Some(match agent {
        None => shown,
        Some(agent) => shown.to_agent(agent),
    }))
}

/// A room's messages. A room that is not the client's to see any more has none.
async fn history(api: &impl Ask, room: &str) -> anyhow::Result<Option<Things>> {
    let path = format!("/v1/rooms/{room}/histories?limit=100");
    let listed = pages(api, &path).await?;
    let named = |message: Value| (text(&message["id"]).unwrap_or_default(), message);
    Ok(listed.map(|listed| listed.into_iter().map(named).collect()))
}

async fn pages(api: &impl Ask, path: &str) -> anyhow::Result<Option<Vec<Value>>> {
    let (mut things, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = match api.ask(ApiRequest::new("GET", format!("{path}{cursor}"))).await? {
            Some((200, page)) => page,
            Some((403 | 404, _)) => return Ok(Some(things)),
            _ => return Ok(None),
        };
        things.extend(page["data"].as_array().cloned().unwrap_or_default());
        match page["meta"]["pagination"]["cursor"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(Some(things)),
        }
    }
}

/// Keeps the newer of two views; whether there was none.
fn put(things: &mut Things, id: &str, thing: Value) -> bool {
    match things.get(id) {
        Some(held) if version(held) >= version(&thing) => false,
        held => {
            let is_first = held.is_none();
            things.insert(id.to_owned(), thing);
            is_first
        }
    }
}

fn version(thing: &Value) -> u64 {
    thing["version"].as_u64().unwrap_or(0)
}

/// A room without what every client computes for itself.
fn without_moment(room: &Value) -> Value {
    let mut room = room.clone();
    if let Some(fields) = room.as_object_mut() {
        fields.remove("session");
    }
    room
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
