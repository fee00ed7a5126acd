//! Contacts: who writes to us, what is known of them, who is whom, and who is not heard.

mod blocking;
mod editing;
mod erased_numbers;
mod erasing;
mod fields;
mod holdings;
mod merging;
mod searching;

use serde_json::{Value, json};
use world::{World, company::webhook_request, requests::ApiRequest, world::Answered};

use crate::desk::{Desk, fates::UNLUCKY, rows};

impl Desk<'_> {
    /// The contact of this id.
    async fn contact(&self, id: &Value) -> Value {
        self.get(&format!("/v1/contacts/{}", id.as_str().unwrap())).await["data"].clone()
    }

    /// The contact who has just written from this number, under this name.
    async fn introduced(&self, from: &str, name: &str) -> Value {
        says(self.world, from, name, "Halo").await;
        self.room_of(from).await["contact_id"].clone()
    }

    /// The names that a search finds, on all its pages of this size.
    pub(crate) async fn found(&self, query: &str, limit: usize) -> Vec<String> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        for _ in 0..50 {
            let page = self.get(&format!("/v1/contacts?{query}limit={limit}{cursor}")).await;
            let contacts = page["data"].as_array().unwrap();
            assert!(contacts.len() <= limit);
            let names = contacts.iter().map(|c| c["full_name"].as_str().unwrap().to_owned());
            found.extend(names);
            match page["meta"]["pagination"]["cursor"]["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
        panic!("{query} never ends")
    }
}

/// Somebody of this name writes.
async fn says(world: &World, from: &str, name: &str, words: &str) {
    let now = world.clock.now_ms();
    let delivery = world.company().graph().customer_says(now, from, name, words);
    let request = webhook_request(world.company(), &delivery.body);
    let answered = world.webhook(&world.process, &request).await.unwrap().unwrap();
    assert_eq!(answered.0, 200);
}

fn edit(contact: &Value, body: &Value) -> ApiRequest {
    let path = format!("/v1/contacts/{}", contact.as_str().unwrap());
    ApiRequest::new("PUT", path).body(body.to_string())
}

fn merge(goes: &Value, into: &Value) -> ApiRequest {
    let path = format!("/v1/contacts/{}/merge", goes.as_str().unwrap());
    ApiRequest::new("POST", path).body(json!({ "into": into }).to_string())
}

fn block(room: &Value) -> ApiRequest {
    let body = json!({ "room_id": room, "reason": "Spam" });
    ApiRequest::new("POST", "/v1/contact_block").body(body.to_string())
}

fn unblock(contact: &Value, room: &Value) -> ApiRequest {
    let path = format!("/v1/contact_block/{}", contact.as_str().unwrap());
    let body = if room.is_null() { json!({}) } else { json!({ "room_id": room }) };
    ApiRequest::new("DELETE", path).body(body.to_string())
}

/// Asks in a process that misfortunes may strike; nothing if it dies.
async fn unlucky(desk: &Desk<'_>, request: ApiRequest) -> Option<Answered> {
    let process = desk.world.start_process(UNLUCKY);
    let request = request.header("authorization", format!("Bearer {}", desk.key));
    desk.world.api_in(&process, &request).await.unwrap()
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name]["S"].as_str().unwrap_or_default()
}

/// What follows a contact says what the contact says: its rooms, its identities, and the rows by
/// which it is found.
fn assert_aligned(world: &World) {
    let contacts = rows(world, "contact");
    let own = |id: &str| {
        let found = contacts.iter().find(|contact| text(contact, "id") == id);
        found.unwrap_or_else(|| panic!("there is no contact {id}"))
    };
    let is_blocked = |contact: &Value| {
        let block = &contact["block"]["M"];
        !block.is_null() && block["until"].is_null()
    };
    for contact in contacts.iter().filter(|contact| !contact["merged_into"].is_null()) {
        own(text(contact, "merged_into"));
    }
    for room in rows(world, "room") {
        let contact = own(text(&room, "contact_id"));
        assert!(contact["merged_into"].is_null(), "{room} is of one who was merged");
        let rooms = contact["rooms"]["L"].as_array().unwrap();
        assert!(rooms.iter().any(|id| id["S"] == room["id"]["S"]), "{contact} has no {room}");
        let name = if contact["given_name"].is_null() { "name" } else { "given_name" };
        assert_eq!(text(&room, "name"), text(contact, name));
        assert_eq!(room["is_contact_blocked"]["BOOL"] == true, is_blocked(contact), "{room}");
    }
    for identity in rows(world, "identity").iter().filter(|row| !row["room_id"].is_null()) {
        let contact = own(text(identity, "contact_id"));
        assert!(contact["merged_into"].is_null(), "{identity} leads to one who was merged");
        let blocked = &identity["blocked"]["M"];
        let is_refused = !blocked.is_null() && blocked["until"].is_null();
        assert_eq!(is_refused, is_blocked(contact), "{identity}");
    }
    let found = |kind: &str| {
        let rows = rows(world, kind).into_iter();
        rows.filter(|row| text(row, "pk").ends_with("#contacts")).collect::<Vec<_>>()
    };
    let living = contacts.iter().filter(|contact| contact["merged_into"].is_null());
    assert_eq!(found("a#").len(), living.count(), "each is found once by their whole name");
    for row in ["a#", "w#", "p#"].into_iter().flat_map(found) {
        let contact = own(text(&row, "sk").rsplit('#').next().unwrap());
        assert!(contact["merged_into"].is_null(), "{row} finds one who was merged");
    }
}
