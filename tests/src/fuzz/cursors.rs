//! Places in lists, as clients send them back.
//!
//! A cursor begins with a hash that binds it to its list, and that anybody can compute. So most of
//! those here are rightly bound, and name any place at all.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::{prelude::*, sample::select, test_runner::TestRunner};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    Harness, hold,
    mutation::{changed_letters, changed_parts},
    samples::SAMPLE_MESSAGE,
    told,
};
use crate::{World, requests::ApiRequest, world::Answered};

/// The bytes of a cursor that bind it to its list.
const CHECK: usize = 8;

/// A list that takes a cursor.
#[derive(Debug, Clone)]
struct List {
    /// In the API's document.
    path: &'static str,
    /// What it is asked for.
    query: String,
    /// The name that its cursors are bound to.
    name: String,
    /// A place in it.
    place: String,
}

impl List {
    /// The parameter that takes its cursors.
    fn parameter(&self) -> &'static str {
        if self.path == "/v1/events" { "after" } else { "cursor" }
    }

    /// The cursor of a place in it.
    fn cursor(&self, place: &str) -> String {
        let check = Sha256::digest(format!("{}\0{place}", self.name));
        URL_SAFE_NO_PAD.encode([&check[..CHECK], place.as_bytes()].concat())
    }

    /// The place that a cursor names, if it is bound to this list.
    fn place_of(&self, cursor: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let place = String::from_utf8(bytes.get(CHECK..)?.to_vec()).ok()?;
        (self.cursor(&place) == cursor).then_some(place)
    }
}

/// What the lists are about, and places in them.
struct About {
    organization: String,
    integration: String,
    room: String,
    moment: String,
    step: String,
    template: String,
}

/// An id of something that is in a list, or was.
const ID: &str = SAMPLE_MESSAGE;

impl About {
    fn world(world: &World, room: &str) -> Self {
        let provisioned = &world.company().provisioned;
        Self {
            organization: provisioned.organization_id.to_string(),
            integration: provisioned.integration_id.to_string(),
            room: room.to_owned(),
            moment: format!("1767574800000:{ID}"),
            step: format!("5891916:{room}"),
            template: format!("{}#order_ready#id", provisioned.integration_id),
        }
    }

    /// All lists that take a cursor, some of them asked for in several ways.
    fn lists(&self) -> Vec<List> {
        self.ours().into_iter().chain(self.qontaks()).collect()
    }

    fn list(&self, path: &'static str, query: &str, name: &str, place: &str) -> List {
        let name = format!("{}/{name}", self.organization);
        List { path, query: query.to_owned(), name, place: place.to_owned() }
    }

    fn ours(&self) -> Vec<List> {
        let Self { integration, room, moment, step, template, .. } = self;
        // What each of the seven filters of rooms asks for.
        let rooms = |which: &str, asked: [&str; 7]| format!("rooms/{which}//{}", asked.join("\0"));
        let (all, expired) = (rooms("inbox", [""; 7]), rooms("expired", [""; 7]));
        let tagged = rooms("inbox", ["", "", "", "vip", "", "", ""]);
        let resolved = rooms("inbox", ["resolved", "", "", "", ID, "", ""]);
        let resolved_by = format!("status=resolved&agent_id={ID}");
        let of_number = format!("channel_integration_id={integration}");
        let in_room = |what: &str| format!("rooms/{room}/{what}");
        let events = format!("integrations/{integration}/events/false");
        let templates = format!("templates/{integration}");
        let contact = format!("0#a#budi#{ID}");
        let word = format!("1#w#budi#{ID}");
        vec![
            self.list("/v1/rooms", "", &all, step),
            self.list("/v1/rooms", "tag=vip", &tagged, step),
            self.list("/v1/rooms", &resolved_by, &resolved, step),
            self.list("/v1/rooms/list/expired", "", &expired, step),
            self.list("/v1/rooms/{id}/histories", "", &in_room("histories"), moment),
            self.list("/v1/rooms/{id}/notes", "", &in_room("notes"), moment),
            self.list("/v1/rooms/{id}/annotations", "", &in_room("annotations"), moment),
            self.list("/v1/rooms/{id}/agents/assignable", "", "rooms/agents/assignable", ID),
            self.list("/v1/contacts", "", "contacts/", &contact),
            self.list("/v1/contacts", "query=budi", "contacts/budi", &word),
            self.list("/v1/integrations/{id}/events", "", &events, moment),
            self.list("/v1/events", "", "events", "1767574800000:00ff01:-1:all"),
            self.list("/v1/tags", "", "tags", "vip"),
            self.list("/v1/templates/whatsapp", "", "templates/", template),
            self.list("/v1/templates/whatsapp", &of_number, &templates, template),
            self.list("/v1/users", "", "users/all", ID),
        ]
    }

    /// Cursors of Qontak's lists are bound to all that was asked.
    fn qontaks(&self) -> Vec<List> {
        let contact = format!("0#a#budi#{ID}");
        let history = format!("rooms/{}/histories", self.room);
        let of_number = format!("channel_integration_id={}", self.integration);
        let latest = "order_by=created_at";
        let lists = [
            ("/qontak/chat/v1/contacts", "", "contacts/", &contact),
            ("/qontak/chat/v1/rooms", "", "rooms/inbox//", &self.step),
            ("/qontak/chat/v1/rooms", "query=budi", "rooms/inbox//", &contact),
            ("/qontak/chat/v1/rooms/list/expired", "", "rooms/expired//", &self.step),
            (ASSIGNABLE, "", "rooms/agents/assignable/", &ID.to_owned()),
            (ASSIGNABLE, latest, "rooms/agents/assignable/", &self.moment),
            ("/qontak/chat/v1/rooms/{id}/histories", "", &history, &self.moment),
            ("/qontak/chat/v1/templates/whatsapp", "", "templates/", &self.template),
            ("/qontak/chat/v1/templates/whatsapp", &of_number, "templates/", &self.template),
            ("/qontak/chat/v1/users", "", "users/", &ID.to_owned()),
            ("/qontak/chat/v1/users", latest, "users/", &self.moment),
        ];
        let named = lists.map(|(path, query, name, place)| {
            self.list(path, query, &format!("qontak/{name}{query}"), place)
        });
        named.into()
    }

    /// The page of a list after this cursor.
    fn get(&self, harness: &Harness, list: &List, cursor: &str) -> Answered {
        let of_number = list.path.starts_with("/v1/integrations");
        let id = if of_number { &self.integration } else { &self.room };
        let cursor: String = cursor.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let (path, query) = (list.path.replace("{id}", id), &list.query);
        get(harness, &format!("{path}?{query}&{}={cursor}", list.parameter()))
    }
}

const ASSIGNABLE: &str = "/qontak/chat/v1/rooms/{id}/agents/assignable";

fn get(harness: &Harness, path: &str) -> Answered {
    let answered = harness.wait(harness.world.api(ApiRequest::new("GET", path)));
    answered.unwrap_or(Answered { status: 0, json: Value::Null, headers: Default::default() })
}

/// The paths of the lists that take a cursor, as the document has them.
fn documented() -> BTreeSet<String> {
    let document = serde_json::to_value(agent_api::openapi()).unwrap_or_default();
    let lists = document["paths"].as_object().into_iter().flatten().filter(|(_, item)| {
        let mut parameters = item["get"]["parameters"].as_array().into_iter().flatten();
        parameters.any(|parameter| parameter["name"] == "cursor" || parameter["name"] == "after")
    });
    lists.map(|(path, _)| path.clone()).collect()
}

fn cursors(list: &List, others: &[List]) -> impl Strategy<Value = String> + use<> {
    let place = prop_oneof![
        2 => changed_letters(list.place.clone()),
        4 => changed_parts(list.place.clone()),
        1 => any::<String>(),
    ];
    let bound = list.clone();
    prop_oneof![
        8 => place.prop_map(move |place| bound.cursor(&place)),
        1 => select(others.to_vec()).prop_map(|other| other.cursor(&other.place)),
        1 => changed_letters(list.cursor(&list.place)),
        1 => "[A-Za-z0-9_-]{0,80}",
        1 => any::<Vec<u8>>().prop_map(|bytes| URL_SAFE_NO_PAD.encode(bytes)),
        1 => any::<String>(),
    ]
}

/// A cursor leads to a page or is refused by its name; one that is bound to no list, or to another
/// one, is refused.
pub(super) fn cursor(harness: &Harness, runner: &mut TestRunner) -> Result<(), String> {
    let world = &harness.world;
    let _ = harness.wait(world.customer_says("628999", "Halo"));
    let page = get(harness, "/v1/rooms?limit=1");
    let room = page.json["data"][0]["id"].as_str().unwrap_or_default();
    let about = About::world(world, room);
    let lists = about.lists();
    let known: BTreeSet<String> = lists.iter().map(|list| list.path.to_owned()).collect();
    if known != documented() {
        return Err(format!("lists with cursors: {known:?}, documented: {:?}", documented()));
    }
    // Otherwise nothing that is made of it would get behind the check.
    for list in &lists {
        let answered = about.get(harness, list, &list.cursor(&list.place));
        if answered.status != 200 {
            return Err(format!("{list:?}: {answered:?}"));
        }
    }
    let others = lists.clone();
    let inputs = select(lists).prop_flat_map(move |list| {
        let cursors = cursors(&list, &others);
        (Just(list), cursors)
    });
    let checked = runner.run(&inputs, |(list, cursor)| {
        let answered = about.get(harness, &list, &cursor);
        let (status, json) = (answered.status, &answered.json);
        let is_qontaks = list.path.starts_with("/qontak/");
        let field = if is_qontaks { &json["error"]["field"] } else { &json["field"] };
        // A cursor of events may also be too old, or somebody else's.
        let is_refused = (status == 400 || status == 410) && *field == list.parameter();
        let place = list.place_of(&cursor);
        harness.note(status == 200 && place.as_ref().is_some_and(|place| *place != list.place));
        let is_first_page = is_qontaks && cursor.is_empty();
        let is_page = status == 200 && (place.is_some() || is_first_page);
        hold(is_page || is_refused, || format!("{place:?} was answered {status}: {json}"))
    });
    checked.map_err(told)
}
