//! Who acts: agents, and the carriers of the providers' deliveries.
//!
//! Each remembers what it was promised. The checks hold the world to that.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{
    Simulation, account_work::Accounts, bot_work::BotSaid, contact_work::Block,
    credentials::Credentials, desk_work::key_of, erased::Erased, file_work::Uploaded,
};
use crate::{
    company::{Company, webhook_request},
    graph::Delivery,
    requests::ApiRequest,
    world::Answered,
};

/// What the actors were promised.
#[derive(Default)]
pub(crate) struct Books {
    /// Ids of the replies that were answered 201, and their rooms.
    pub(crate) accepted: BTreeMap<String, String>,
    /// What the agent had before them when they resolved a room, by room.
    pub(crate) seen: BTreeMap<String, Vec<Arc<BTreeSet<String>>>>,
    /// How the sweep did: what was wrong with a run.
    pub(crate) late: Vec<String>,
    /// When the last run began that did all it had to do.
    pub(crate) healthy_at: u64,
    /// After how many minutes silence resolves the first company's rooms.
    pub(crate) after_minutes: u64,
    /// Rooms of another company that were found open to a key; there must be none.
    pub(crate) trespasses: Vec<String>,
    /// What agents were shown of others' rooms; there must be none.
    pub(crate) peeks: Vec<String>,
    /// Blocks that were asked for.
    pub(crate) blocks: Vec<Block>,
    /// Companies in which something about a contact was asked for and never answered.
    pub(crate) unfinished: BTreeSet<String>,
    /// Contacts that are to be erased, by the keys of their companies, and when that was first answered.
    pub(crate) erasures: BTreeMap<(String, String), Option<u64>>,
    /// Those that were.
    pub(crate) erased: Vec<Erased>,
    /// When somebody got another number, by the keys of the companies that were told.
    pub(crate) moved: BTreeMap<String, u64>,
    /// What somebody who signs in, and a program, have in hand.
    pub(crate) credentials: Credentials,
    /// What exports lack.
    pub(crate) lacking: Vec<String>,
    /// What befell the accounts.
    pub(crate) accounts: Accounts,
    /// What programs said.
    pub(crate) by_bots: Vec<BotSaid>,
    /// What was uploaded.
    pub(crate) uploads: Vec<Uploaded>,
    /// What was seen to be wrong at once.
    pub(crate) wrong: Vec<String>,
    /// Names for idempotency keys.
    keys: u64,
}

impl Books {
    /// A number that was not used before.
    pub(crate) fn next_key(&mut self) -> u64 {
        self.keys += 1;
        self.keys
    }
}

/// Who works: an admin, and agents, who see what is free and their own.
const AGENTS: [&str; 3] = ["ani", "tono", "sari"];

impl Simulation {
    /// The providers deliver what is due, until nothing is for a while.
    pub(super) async fn carriers(&self) -> anyhow::Result<()> {
        let mut idle = 0;
        while idle < 400 {
            let mut any = false;
            for company in &self.world.companies {
                let mut due = company.graph().due(self.world.clock.now_ms());
                while !due.is_empty() {
                    any = true;
                    let pick = usize::try_from(self.chaos.between(0, due.len() as u64 - 1))?;
                    let delivery = due.swap_remove(pick);
                    self.post("carriers", company, &delivery).await?;
                }
            }
            idle = if any { 0 } else { idle + 1 };
            self.chaos.pause(20, 120).await;
        }
        Ok(())
    }

    pub(super) async fn post(
        &self,
        who: &str,
        company: &Company,
        delivery: &Delivery,
    ) -> anyhow::Result<()> {
        let process = self.process(&format!("{who}/webhook/{}", company.setup.app_key));
        let request = webhook_request(company, &delivery.body);
        let status = self.world.webhook(&process, &request).await?.map_or(0, |(status, _)| status);
        self.watch(&process, company);
        self.note(format!("webhook answered {status}"));
        company.graph().answered(delivery.id, self.world.clock.now_ms(), status);
        Ok(())
    }

    /// Whatever a process of a company touches is that company's.
    fn watch(&self, process: &crate::process::Process, company: &Company) {
        let own = company.provisioned.organization_id.to_string();
        let Ok(touched) = process.line.organizations.lock() else { return };
        for other in touched.iter().filter(|touched| **touched != own) {
            self.books.borrow_mut().trespasses.push(format!("{own} touched {other}"));
        }
    }

    /// Agents look at the inbox and do something about a room.
    pub(super) async fn agents(&self) -> anyhow::Result<()> {
        let agents = AGENTS.map(|name| self.agent(name));
        futures_util::future::try_join_all(agents).await.map(drop)
    }

    async fn agent(&self, who: &str) -> anyhow::Result<()> {
        for _ in 0..self.chaos.between(4, 10) {
            self.chaos.pause(200, 7_000).await;
            let company = &self.world.companies[usize::try_from(self.chaos.between(0, 1))?];
            if self.chaos.chance(6) {
                let body = json!({ "include_unassigned": self.chaos.chance(50) }).to_string();
                let request = ApiRequest::new("PUT", "/v1/rooms/resolve_expired").body(body);
                self.ask(who, company, request).await?;
                continue;
            }
            let list = self.ask(who, company, ApiRequest::new("GET", "/v1/rooms")).await?;
            let Some(rooms) = list.and_then(|list| list.json["data"].as_array().cloned()) else {
                continue;
            };
            if rooms.is_empty() {
                continue;
            }
            let room = &rooms[usize::try_from(self.chaos.between(0, rooms.len() as u64 - 1))?];
            let last = room["last_message"]["id"].as_str().unwrap_or_default();
            let room = room["id"].as_str().unwrap_or_default().to_owned();
            match self.chaos.between(0, 15) {
                0..=2 => self.resolve(who, company, &room).await?,
                3..=6 => {
                    let request = self.desk_work(company, &room);
                    self.ask(who, company, request).await?;
                }
                7 => {
                    let path = format!("/v1/rooms/{room}/mark_all_as_read");
                    self.ask(who, company, ApiRequest::new("PUT", path)).await?;
                }
                8 => self.delete_a_note(who, company, &room).await?,
                9..=10 => self.contact_work(who, company, &rooms).await?,
                _ => self.reply(who, company, &room, last).await?,
            }
        }
        Ok(())
    }

    /// Deletes the latest note of a room, if it is the agent's own.
    async fn delete_a_note(&self, who: &str, company: &Company, room: &str) -> anyhow::Result<()> {
        let path = format!("/v1/rooms/{room}/notes");
        let listed = self.ask(who, company, ApiRequest::new("GET", &path)).await?;
        let Some(listed) = listed else { return Ok(()) };
        if let Some(id) = listed.json["data"][0]["id"].as_str() {
            let request = ApiRequest::new("DELETE", format!("{path}/{id}"));
            self.ask(who, company, request).await?;
        }
        Ok(())
    }

    /// A reply with one idempotency key, repeated until it is answered, sometimes once more.
    async fn reply(
        &self,
        who: &str,
        company: &Company,
        room: &str,
        last: &str,
    ) -> anyhow::Result<()> {
        let key = self.books.borrow_mut().next_key();
        let said = match self.chaos.chance(20) {
            true => self.shown(who, company, room, key).await?,
            false => Some(self.said(key, last)),
        };
        let Some(said) = said else { return Ok(()) };
        let request = ApiRequest::new("POST", format!("/v1/rooms/{room}/messages"))
            .header("idempotency-key", key.to_string())
            .body(said.to_string());
        let times = if self.chaos.chance(20) { 2 } else { 1 };
        for _ in 0..times {
            let answered = self.ask(who, company, request.clone()).await?;
            if let Some(Answered { status: 201, json, .. }) = answered {
                let id = json["data"]["id"].as_str().unwrap_or_default().to_owned();
                self.books.borrow_mut().accepted.insert(id, room.to_owned());
                self.was_shown(&said, room);
            }
        }
        Ok(())
    }

    /// A message of some type; `last` is what the room showed last.
    fn said(&self, key: u64, last: &str) -> Value {
        let text = format!("reply {key}");
        let buttons = json!([{ "id": "yes", "title": "Ya" }]);
        match self.chaos.between(0, 11) {
            0 => json!({ "type": "reaction", "reaction": { "message_id": last, "emoji": "👍" } }),
            1 => json!({ "text": text, "reply_to": last }),
            2 => json!({ "type": "location", "location": {
                "latitude": -6.2, "longitude": 106.8, "name": text } }),
            3 => json!({ "type": "contacts", "contacts": [{ "name": text }] }),
            4 => json!({ "type": "interactive", "interactive": {
                "body": text, "buttons": buttons } }),
            // The one thing that reaches a customer whose window has closed.
            5 | 6 => order_ready(&text),
            _ => json!({ "text": text }),
        }
    }

    /// Looks at a room to its end, and resolves it as it was seen.
    async fn resolve(&self, who: &str, company: &Company, room: &str) -> anyhow::Result<()> {
        let path = format!("/v1/rooms/{room}/mark_all_as_read");
        if self.chaos.chance(50)
            && self.ask(who, company, ApiRequest::new("PUT", path)).await?.is_none()
        {
            return Ok(());
        }
        let path = format!("/v1/rooms/{room}");
        let Some(shown) = self.ask(who, company, ApiRequest::new("GET", path)).await? else {
            return Ok(());
        };
        let path = format!("/v1/rooms/{room}/histories?limit=100");
        let Some(history) = self.ask(who, company, ApiRequest::new("GET", path)).await? else {
            return Ok(());
        };
        let messages = history.json["data"].as_array().cloned().unwrap_or_default();
        let ids = messages.iter().filter_map(|message| message["id"].as_str().map(str::to_owned));
        let ids: BTreeSet<String> = ids.collect();
        // The message at the bottom, or the one that the room says came last, if it was shown.
        let bottom = messages.first().map(|message| message["id"].clone());
        let came_last = shown.json["data"]["last_received_message_id"].clone();
        let was_shown = came_last.as_str().is_some_and(|id| ids.contains(id));
        let last = if was_shown && self.chaos.chance(50) { Some(came_last) } else { bottom };
        let Some(last) = last else { return Ok(()) };
        let body = json!({ "last_message_id": last }).to_string();
        let request = ApiRequest::new("PUT", format!("/v1/rooms/{room}/resolve")).body(body);
        // Before the call: its answer may be lost though it was carried out.
        let ids = Arc::new(ids);
        self.books.borrow_mut().seen.entry(room.to_owned()).or_default().push(Arc::clone(&ids));
        if let Some(Answered { status: 404 | 409, .. }) = self.ask(who, company, request).await? {
            // What others have seen meanwhile stays.
            let mut books = self.books.borrow_mut();
            let seen = books.seen.entry(room.to_owned()).or_default();
            seen.retain(|looked| !Arc::ptr_eq(looked, &ids));
        }
        Ok(())
    }

    /// Calls the API, again if the process dies or fails; `None` if nobody answers at all.
    pub(super) async fn ask(
        &self,
        who: &str,
        company: &Company,
        request: ApiRequest,
    ) -> anyhow::Result<Option<Answered>> {
        let key = key_of(who, company);
        self.ask_as(who, company, &key, request).await
    }

    /// The same with this key.
    pub(super) async fn ask_as(
        &self,
        who: &str,
        company: &Company,
        key: &str,
        request: ApiRequest,
    ) -> anyhow::Result<Option<Answered>> {
        let request = request.header("authorization", format!("Bearer {key}"));
        for _ in 0..4 {
            let answered = self.ask_once(who, company, &request).await?;
            if answered.is_some() {
                return Ok(answered);
            }
            self.chaos.pause(100, 3_000).await;
        }
        Ok(None)
    }

    /// One try of a request that bears its key; nothing if nobody answers, or something failed.
    pub(super) async fn ask_once(
        &self,
        who: &str,
        company: &Company,
        request: &ApiRequest,
    ) -> anyhow::Result<Option<Answered>> {
        let process = self.process(&format!("{who}/agent-api/{}", company.setup.app_key));
        let answered = self.world.api_in(&process, request).await?;
        self.watch(&process, company);
        let line = answered.as_ref().map_or(Value::Null, |answered| answered.json["code"].clone());
        let status = answered.as_ref().map_or(0, |answered| answered.status);
        self.note(format!("{} {}: {status} {line}", request.method, request.path));
        let answered = answered.filter(|answered| answered.status < 500);
        if let Some(answered) = &answered {
            self.look_for_peeks(who, company, request, answered);
        }
        Ok(answered)
    }
}

/// The provider's template `order_ready`, with something of its own to say.
fn order_ready(text: &str) -> Value {
    let words = |text: &str| json!({ "type": "text", "text": text });
    let components = json!([
        { "type": "header", "parameters": [words(text)] },
        { "type": "body", "parameters": [words("Budi"), words("Rp 75.000")] },
    ]);
    json!({ "type": "template", "template": {
        "name": "order_ready", "language": "id", "components": components } })
}
