//! A client that keeps what it shows true, as the API's document tells it to.
//!
//! It takes a cursor, reads rooms and messages once, and from then on only applies events, in
//! whatever order and however often they come. What it then shows is what a client that reads
//! everything anew would show: that is the promise of live updates.

use std::collections::{BTreeMap, BTreeSet};

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
    /// The notes of these rooms.
    pub notes: Things,
}

impl Shown {
    /// What of it an agent's lists show: rooms that nobody has taken, and their own. What was
    /// resolved without anybody taking it they may see, but no list of theirs has it.
    pub fn to_agent(mut self, member: &str) -> Self {
        self.rooms.retain(|_, room| match room["agent"]["id"].as_str() {
            Some(agent) => agent == member,
            None => room["status"] != "resolved",
        });
        self.in_sight()
    }

    /// Without what is in other rooms than these.
    fn in_sight(mut self) -> Self {
        let rooms = &self.rooms;
        let is_in_sight =
            |thing: &Value| rooms.contains_key(thing["room_id"].as_str().unwrap_or_default());
        self.messages.retain(|_, message| is_in_sight(message));
        self.notes.retain(|_, note| is_in_sight(note));
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
    notes: Things,
    /// What was said about messages, by their external ids: also about those that are not here.
    annotations: Things,
    /// Notes that were deleted.
    gone_notes: BTreeSet<String>,
    /// The version at which a room was lost.
    gone: BTreeMap<String, u64>,
    /// Rooms that came into sight, whose messages are not known.
    unknown: Vec<String>,
    /// How often it has read everything.
    begun: u32,
}

impl Client {
    /// A client for an agent, or for somebody who sees everything.
    pub fn of(agent: Option<String>) -> Self {
        Self { agent, ..Self::default() }
    }

    /// How often it has read everything. Whenever it does, what came through a socket before is
    /// to be dropped: it may tell of rooms that were lost meanwhile.
    pub fn begun(&self) -> u32 {
        self.begun
    }

    /// Reads everything, cursor first. `false` if somebody did not answer.
    pub async fn begin(&mut self, api: &impl Ask) -> anyhow::Result<bool> {
        let Some((200, cursor)) = api.ask(ApiRequest::new("GET", "/v1/events")).await? else {
            return Ok(false);
        };
        let Some(shown) = everything(api, self.agent.as_deref()).await? else { return Ok(false) };
        let begun = self.begun + 1;
        *self =
            Self { cursor: text(&cursor["meta"]["next"]), begun, ..Self::of(self.agent.take()) };
        self.rooms = shown.rooms;
        self.messages = shown.messages;
        self.notes = shown.notes;
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
                for things in [&mut self.messages, &mut self.notes] {
                    things.retain(|_, thing| thing["room_id"] != room.as_str());
                }
                let lost = self.gone.entry(room).or_default();
                *lost = version.max(*lost);
            }
            "message.changed" => {
                let id = text(&event["data"]["id"]).unwrap_or_default();
                put(&mut self.messages, &id, alone(event["data"].clone()));
            }
            "annotations.changed" => {
                let id = text(&event["data"]["message_external_id"]).unwrap_or_default();
                put(&mut self.annotations, &id, event["data"].clone());
            }
            "note.changed" => {
                let id = text(&event["subject_id"]).unwrap_or_default();
                if !self.gone_notes.contains(&id) {
                    self.notes.insert(id, event["data"].clone());
                }
            }
            "note.gone" => {
                let id = text(&event["subject_id"]).unwrap_or_default();
                self.notes.remove(&id);
                self.gone_notes.insert(id);
            }
            _ => {}
        }
    }

    /// Loads the messages of rooms that came into sight.
    pub async fn load_unknown(&mut self, api: &impl Ask) -> anyhow::Result<bool> {
        while let Some(room) = self.unknown.last() {
            if self.rooms.contains_key(room) {
                let Some(messages) = history(api, room).await? else { return Ok(false) };
                let Some(notes) = notes(api, room).await? else { return Ok(false) };
                for (id, message) in messages {
                    put(&mut self.messages, &id, message);
                }
                let notes = notes.into_iter().filter(|(id, _)| !self.gone_notes.contains(id));
                self.notes.extend(notes);
            }
            self.unknown.pop();
        }
        Ok(true)
    }

    /// What it shows: what is in rooms that it does not see is not shown.
    pub fn shown(&self) -> Shown {
        let with = |(id, message): (&String, &Value)| {
            let external = message["external_id"].as_str().unwrap_or_default();
            (id.clone(), annotated(message, self.annotations.get(external)))
        };
        let messages = self.messages.iter().map(with).collect();
        let shown = Shown { rooms: self.rooms.clone(), messages, notes: self.notes.clone() };
        match &self.agent {
            None => shown.in_sight(),
            Some(agent) => shown.to_agent(agent),
        }
    }
}

/// Everything that the API shows now, to this agent or to all; `None` if somebody did not answer.
pub async fn everything(api: &impl Ask, agent: Option<&str>) -> anyhow::Result<Option<Shown>> {
    let Some(listed) = pages(api, "/v1/rooms?limit=100").await? else { return Ok(None) };
    let mut shown = Shown::default();
    for room in listed {
        let id = text(&room["id"]).unwrap_or_default();
        let Some(messages) = history(api, &id).await? else { return Ok(None) };
        let Some(notes) = notes(api, &id).await? else { return Ok(None) };
        shown.messages.extend(messages);
        shown.notes.extend(notes);
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
    let named = |message: Value| (text(&message["id"]).unwrap_or_default(), alone(message));
    Ok(listed.map(|listed| listed.into_iter().map(named).collect()))
}

/// A room's notes.
async fn notes(api: &impl Ask, room: &str) -> anyhow::Result<Option<Things>> {
    let listed = pages(api, &format!("/v1/rooms/{room}/notes?limit=100")).await?;
    let named = |note: Value| (text(&note["id"]).unwrap_or_default(), note);
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
        Some(held) if versions(held) >= versions(&thing) => false,
        held => {
            let is_first = held.is_none();
            things.insert(id.to_owned(), thing);
            is_first
        }
    }
}

/// The version of a thing, and of what was said about it.
fn versions(thing: &Value) -> (u64, u64) {
    (version(thing), thing["annotations_version"].as_u64().unwrap_or(0))
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

/// A message without what only a page of messages knows.
fn alone(mut message: Value) -> Value {
    message["context"]["reply_to_id"] = Value::Null;
    message
}

/// What was said in a message: of these, one field or two hold something.
const CONTENT: [&str; 11] = [
    "text",
    "file",
    "location",
    "contacts",
    "interactive",
    "choice",
    "form",
    "order",
    "template",
    "reaction",
    "unsupported",
];

/// A message with what was said about it, if that is news to it.
fn annotated(message: &Value, said: Option<&Value>) -> Value {
    let mut shown = message.clone();
    let known = message["annotations_version"].as_u64();
    let Some(said) = said.filter(|said| said["version"].as_u64() > known) else { return shown };
    let own = &said[message["participant_type"].as_str().unwrap_or_default()];
    let as_said = if message["original"].is_null() { message } else { &message["original"] };
    let (is_edited, is_deleted) = (!own["edited_at"].is_null(), !own["deleted_at"].is_null());
    let original: serde_json::Map<_, _> =
        CONTENT.iter().map(|name| ((*name).to_owned(), as_said[name].clone())).collect();
    for name in CONTENT {
        shown[name] = match (is_deleted, is_edited && name == "text") {
            (true, _) => Value::Null,
            (false, true) => own["text"].clone(),
            (false, false) => as_said[name].clone(),
        };
    }
    let is_original_shown = is_edited && !is_deleted;
    shown["original"] = if is_original_shown { Value::Object(original) } else { Value::Null };
    shown["reactions"] = said["reactions"].clone();
    shown["annotations_version"] = said["version"].clone();
    for name in ["edited_at", "deleted_at"] {
        shown[name] = own[name].clone();
    }
    shown
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
