//! Live updates: sockets by ticket, events for whom they are meant, and catching up.

mod annotations;
mod catching_up;
mod closing;
mod pushing;
mod tickets;

use serde_json::Value;
use world::{World, client::Ask, requests::ApiRequest};

/// A key's way to the API of a world.
pub(crate) struct Caller<'a> {
    pub(crate) world: &'a World,
    pub(crate) key: &'a str,
}

impl Ask for Caller<'_> {
    async fn ask(&self, request: ApiRequest) -> anyhow::Result<Option<(u16, Value)>> {
        let answered = self.world.api_with(self.key, request).await?;
        Ok(Some((answered.status, answered.json)))
    }
}

/// Has relay take in all that waits in the stream.
pub(crate) async fn relay(world: &World) {
    while world.relay(&world.process, 20).await.unwrap() {}
}

/// The names of events.
pub(crate) fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}
