//! One of everything that a path can name.

use std::collections::BTreeMap;

use world::requests::ApiRequest;

use crate::desk::Desk;

/// By what comes before the id in a path: `rooms` of `/v1/rooms/{id}`.
#[derive(Debug, Clone)]
pub(crate) struct Ids(BTreeMap<&'static str, String>);

impl Ids {
    /// Those of the company at this desk, which has a room. Whatever new thing a path names is
    /// made or found here.
    pub(crate) async fn at(desk: &Desk<'_>) -> Self {
        let first = async |list: &str| {
            let shown = desk.get(list).await["data"][0]["id"].clone();
            shown.as_str().unwrap_or_else(|| panic!("{list} is empty")).to_owned()
        };
        let room = first("/v1/rooms").await;
        let shown = desk.get(&format!("/v1/rooms/{room}")).await["data"].clone();
        let text = |name: &str| shown[name].as_str().unwrap().to_owned();
        let note = desk.note(&shown["id"], "Pelanggan lama", "a note of its own").await;
        let job = desk.call(ApiRequest::new("PUT", "/v1/rooms/resolve_expired")).await;
        let job = job.json["data"]["id"].as_str().expect("a job").to_owned();
        Self(BTreeMap::from([
            ("agents", first(&format!("/v1/rooms/{room}/agents/assignable")).await),
            ("notes", note.json["data"]["id"].as_str().unwrap().to_owned()),
            ("jobs", job),
            ("integrations", first("/v1/integrations").await),
            ("account_uniq_id", text("account_uniq_id")),
            ("channel_integration_id", text("channel_integration_id")),
            ("rooms", room),
        ]))
    }

    /// The id of one of these.
    pub(crate) fn of(&self, what: &str) -> &str {
        self.0.get(what).unwrap_or_else(|| panic!("paths name {what}: add one to {}", file!()))
    }
}
