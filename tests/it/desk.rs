//! The agent's desk: what the stories do through the API, in the words of the story.

use serde_json::{Value, json};
use world::{World, requests::ApiRequest, world::Answered};

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

    pub(crate) async fn reply(&self, room: &Value, text: &str, key: &str) -> Answered {
        let path = format!("/v1/rooms/{}/messages", room.as_str().unwrap());
        let request = ApiRequest::new("POST", path)
            .header("idempotency-key", key)
            .body(json!({ "text": text }).to_string());
        self.call(request).await
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

/// What a problem says.
pub(crate) fn problem(answered: &Answered) -> (u16, &str, &str) {
    let text = |name: &str| answered.json[name].as_str().unwrap_or("");
    (answered.status, text("code"), text("field"))
}
