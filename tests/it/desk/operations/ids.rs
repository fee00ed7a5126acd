//! One of everything that a path can name.

use std::collections::BTreeMap;

use domain::message::MediaKind;
use serde_json::{Value, json};
use world::files::{arrived, stored_file, with_file};
use world::requests::ApiRequest;

use crate::desk::{
    Desk,
    payload::{delivery, post},
};

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
        let world = desk.world;
        let company = world.companies.iter().find(|company| company.setup.api_key == desk.key);
        let company = company.unwrap_or(world.company());
        // Ids of its own: another company's are others.
        let [picture, upload] = ["picture", "upload"].map(|what| format!("{what} of {}", desk.key));
        let picture = (picture.as_str(), MediaKind::Image, stored_file("contact/picture"));
        let picture = with_file(world, company, &room, picture).await.unwrap();
        let made = async |list: &str, body: Value| {
            let made = desk.call(ApiRequest::new("POST", list).body(body.to_string())).await;
            made.json["data"]["id"].as_str().unwrap_or_else(|| panic!("{}", made.json)).to_owned()
        };
        // Each company has its own people.
        let email = format!("{}@example.com", desk.key.trim_start_matches("sapa_"));
        let user = json!({ "email": email, "name": "Tono", "role": "agent" });
        let key = json!({ "name": "Gudang", "kind": "bearer", "role": "agent" });
        let job = desk.call(ApiRequest::new("PUT", "/v1/rooms/resolve_expired")).await;
        let job = job.json["data"]["id"].as_str().expect("a job").to_owned();
        let field = json!({ "key": "city", "label": "Kota", "type": "text" });
        let field = ApiRequest::new("POST", "/v1/contact_fields").body(field.to_string());
        assert_eq!(desk.call(field).await.status, 201);
        let export = format!("/v1/contacts/{}/export", text("contact_id"));
        assert_eq!(desk.call(ApiRequest::new("POST", export)).await.status, 200);
        let stray = json!({ "id": "wamid.stray", "status": "read", "timestamp": "1767574800" });
        let stray = delivery(&company.setup.phone_number_id, &[], &[stray]);
        assert_eq!(post(world, company, &stray).await, 200);
        Self(BTreeMap::from([
            ("contacts", text("contact_id")),
            ("contact_block", text("contact_id")),
            ("contact_fields", "city".to_owned()),
            ("agents", first(&format!("/v1/rooms/{room}/agents/assignable")).await),
            ("notes", note.json["data"]["id"].as_str().unwrap().to_owned()),
            ("jobs", job),
            ("integrations", first("/v1/integrations").await),
            // One with a file.
            ("messages", picture.position.id.to_string()),
            ("events", desk.events("integration").await[0]["id"].as_str().unwrap().to_owned()),
            ("invitations", company.provisioned.organization_id.to_string()),
            ("files", arrived(world, company, &upload).await.unwrap().to_string()),
            ("account_uniq_id", text("account_uniq_id")),
            ("channel_integration_id", text("channel_integration_id")),
            ("rooms", room),
            ("users", made("/v1/users", user).await),
            ("api_keys", made("/v1/api_keys", key).await),
        ]))
    }

    /// The id of one of these.
    pub(crate) fn of(&self, what: &str) -> &str {
        self.0.get(what).unwrap_or_else(|| panic!("paths name {what}: add one to {}", file!()))
    }
}
