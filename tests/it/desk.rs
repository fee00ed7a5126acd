//! The agent's desk: what the stories do through the API, in the words of the story.

pub(crate) mod fates;
pub(crate) mod operations;
pub(crate) mod payload;
pub(crate) mod people;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use world::{World, company::Company, requests::ApiRequest, world::Answered};

pub(crate) const BUDI: &str = "628123456789";
pub(crate) const SITI: &str = "628987654321";

/// An agent with a key.
pub(crate) struct Desk<'a> {
    pub(crate) world: &'a World,
    pub(crate) key: String,
}

impl<'a> Desk<'a> {
    pub(crate) fn of(world: &'a World) -> Self {
        Self { world, key: world.company().setup.api_key.clone() }
    }

    pub(crate) fn of_company(world: &'a World, company: &Company) -> Self {
        Self::with_key(world, &company.setup.api_key)
    }

    pub(crate) fn with_key(world: &'a World, key: &str) -> Self {
        Self { world, key: key.to_owned() }
    }

    pub(crate) async fn call(&self, request: ApiRequest) -> Answered {
        self.world.api_with(&self.key, request).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answered = self.call(ApiRequest::new("GET", path)).await;
        assert_eq!(answered.status, 200, "GET {path}: {}", answered.json);
        answered.json
    }

    pub(crate) async fn rooms(&self, status: &str) -> Vec<Value> {
        self.get(&format!("/v1/rooms?status={status}")).await["data"].as_array().unwrap().clone()
    }

    /// The only room there is.
    pub(crate) async fn only_room(&self) -> Value {
        let rooms = self.rooms("all").await;
        assert_eq!(rooms.len(), 1, "{rooms:?}");
        rooms[0].clone()
    }

    pub(crate) async fn room(&self, id: &Value) -> Value {
        self.get(&format!("/v1/rooms/{}", id.as_str().unwrap())).await["data"].clone()
    }

    /// The room's messages, oldest first.
    pub(crate) async fn history(&self, id: &Value) -> Vec<Value> {
        let path = format!("/v1/rooms/{}/histories?limit=100", id.as_str().unwrap());
        let mut messages = self.get(&path).await["data"].as_array().unwrap().clone();
        messages.reverse();
        messages
    }

    /// The room of a customer who has just written their first words.
    pub(crate) async fn first_words(&self, from: &str) -> Value {
        assert_eq!(self.world.customer_says(from, "Halo").await.unwrap(), 200);
        self.room_of(from).await["id"].clone()
    }

    /// The room of this customer.
    pub(crate) async fn room_of(&self, customer: &str) -> Value {
        let rooms = self.rooms("all").await;
        let room = rooms.into_iter().find(|room| room["account_uniq_id"] == customer);
        room.unwrap_or_else(|| panic!("{customer} has no room"))
    }

    /// The events of the organization's first integration, or of its provider app.
    pub(crate) async fn events(&self, of: &str) -> Vec<Value> {
        let integrations = self.get("/v1/integrations").await;
        let id = integrations["data"][0]["id"].as_str().unwrap();
        let path = format!("/v1/integrations/{id}/events?of={of}&limit=100");
        self.get(&path).await["data"].as_array().unwrap().clone()
    }

    /// Where an event of that integration, or of its provider app, is shown with its payload.
    pub(crate) async fn event_path(&self, event: &Value) -> String {
        let integrations = self.get("/v1/integrations").await;
        let id = integrations["data"][0]["id"].as_str().unwrap();
        format!("/v1/integrations/{id}/events/{}", event["id"].as_str().unwrap())
    }

    /// An event with its payload.
    pub(crate) async fn event(&self, event: &Value) -> Value {
        let path = self.event_path(event).await;
        self.get(&path).await["data"].clone()
    }

    /// All that the API shows of conversations, in an order that does not depend on time.
    pub(crate) async fn everything(&self) -> Vec<Value> {
        let mut rooms = self.rooms("all").await;
        rooms.sort_by_key(|room| room["id"].to_string());
        let mut all = Vec::new();
        for room in rooms {
            let history = self.history(&room["id"]).await;
            all.push(json!({ "room": room, "history": history }));
        }
        all
    }

    pub(crate) async fn mark_read(&self, room: &Value) -> Answered {
        let path = format!("/v1/rooms/{}/mark_all_as_read", room.as_str().unwrap());
        self.call(ApiRequest::new("PUT", path)).await
    }

    pub(crate) async fn reply(&self, room: &Value, text: &str, key: &str) -> Answered {
        let path = format!("/v1/rooms/{}/messages", room.as_str().unwrap());
        let request = ApiRequest::new("POST", path)
            .header("idempotency-key", key)
            .body(json!({ "text": text }).to_string());
        self.call(request).await
    }

    pub(crate) async fn note(&self, room: &Value, text: &str, key: &str) -> Answered {
        let path = format!("/v1/rooms/{}/notes", room.as_str().unwrap());
        let request = ApiRequest::new("POST", path)
            .header("idempotency-key", key)
            .body(json!({ "text": text }).to_string());
        self.call(request).await
    }

    /// Tags a room (`POST`), or takes the tag from it (`DELETE`).
    pub(crate) async fn tag(&self, method: &'static str, room: &Value, name: &str) -> Answered {
        let path = format!("/v1/rooms/{}/tags", room.as_str().unwrap());
        self.call(ApiRequest::new(method, path).body(json!({ "name": name }).to_string())).await
    }

    /// Gives a room to a member (`POST`), or takes it from them (`DELETE`).
    pub(crate) async fn assign(&self, method: &'static str, room: &Value, to: &str) -> Answered {
        let path = format!("/v1/rooms/{}/agents/{to}", room.as_str().unwrap());
        self.call(ApiRequest::new(method, path)).await
    }

    /// "Get New Chat".
    pub(crate) async fn take_next(&self) -> Value {
        let answered = self.call(ApiRequest::new("POST", "/v1/rooms/auto_takeover")).await;
        assert_eq!(answered.status, 200, "{}", answered.json);
        answered.json["data"].clone()
    }

    /// Sends a message of any type.
    pub(crate) async fn send(&self, room: &Value, key: &str, body: &Value) -> Answered {
        let path = format!("/v1/rooms/{}/messages", room.as_str().unwrap());
        let request = ApiRequest::new("POST", path).header("idempotency-key", key);
        self.call(request.body(body.to_string())).await
    }

    pub(crate) async fn put(&self, room: &Value, what: &str, body: Value) -> Answered {
        let path = format!("/v1/rooms/{}/{what}", room.as_str().unwrap());
        self.call(ApiRequest::new("PUT", path).body(body.to_string())).await
    }

    pub(crate) async fn take_over(&self, room: &Value) -> Answered {
        let path = format!("/v1/rooms/{}/takeover", room.as_str().unwrap());
        self.call(ApiRequest::new("POST", path)).await
    }

    pub(crate) async fn resolve(&self, room: &Value) -> Answered {
        self.put(room, "resolve", json!({})).await
    }
}

/// What a problem says, in our format or in Qontak's.
pub(crate) fn problem(answered: &Answered) -> (u16, &str, &str) {
    let (shown, code) = if answered.json["status"] == "error" {
        assert_eq!(answered.json["error"]["code"], answered.status, "{}", answered.json);
        (&answered.json["error"], "problem")
    } else {
        (&answered.json, "code")
    };
    let text = |name: &str| shown[name].as_str().unwrap_or("");
    (answered.status, text(code), text("field"))
}

/// The words of messages.
pub(crate) fn texts(history: &[Value]) -> Vec<&str> {
    history.iter().map(|message| message["text"].as_str().unwrap_or("")).collect()
}

/// Every row of the table and every key of the bucket: what must not change when nothing happens.
pub(crate) fn stored(world: &World) -> (Vec<String>, Vec<String>) {
    let services = world.wire.services();
    let rows = services.dynamodb.rows().unwrap();
    let mut rows: Vec<_> = rows.iter().map(Value::to_string).collect();
    rows.sort();
    (rows, services.s3.keys().map(str::to_owned).collect())
}

/// The rows whose sort key begins like this.
pub(crate) fn rows(world: &World, sk: &str) -> Vec<Value> {
    let mut rows = world.wire.services().dynamodb.rows().unwrap();
    rows.retain(|row| row["sk"]["S"].as_str().unwrap().starts_with(sk));
    rows
}

/// How many episodes there have been: those that rooms are in, and those that have a row.
pub(crate) fn episodes(world: &World) -> usize {
    let rooms = rows(world, "room").into_iter().map(|row| row["episode"]["M"]["id"].clone());
    let kept = rows(world, "episode#").into_iter().map(|row| row["id"].clone());
    let ids: BTreeSet<_> = rooms.chain(kept).map(|id| id["S"].to_string()).collect();
    ids.len()
}
