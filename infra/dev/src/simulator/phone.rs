//! What the phone's page shows: the people, one chat, the faults and the latest deliveries.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use world::graph::{Attempt, Graph, Person, Reading, Sent, Told, Written};

use super::Simulator;
use super::clock::now_ms;
use super::faults::{self, Faults};

/// Which chat.
#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    customer: String,
}

/// Everything on the page.
#[derive(Serialize)]
pub(super) struct Phone {
    business: String,
    people: Vec<Chat>,
    entries: Vec<Entry>,
    reading: Reading,
    faults: Faults,
    attempts: Vec<Attempt>,
}

/// A line of the list of chats.
#[derive(Serialize)]
struct Chat {
    key: String,
    #[serde(flatten)]
    person: Person,
    /// When anything was last said.
    last_ms: u64,
    /// What the business sent and this customer has not read.
    unread: usize,
}

/// A message of the chat, whoever sent it.
#[derive(Serialize)]
struct Entry {
    wamid: String,
    at_ms: u64,
    /// The customer's own.
    own: bool,
    kind: String,
    text: String,
    content: Value,
    context: Option<String>,
    forwarded: bool,
    /// A template, filled in.
    shown: Value,
    /// `waiting`, `taken`, `seen` of an own message, else the latest status that was reported.
    state: &'static str,
    /// Sent by the business's phone app.
    echo: bool,
}

/// `GET /phone?customer=`.
pub(super) async fn show(
    State(simulator): State<Arc<Simulator>>,
    Query(Which { customer }): Query<Which>,
) -> Json<Phone> {
    let now_ms = now_ms();
    let people = simulator.people();
    let graph = simulator.graph();
    let mut entries: Vec<Entry> = graph
        .written()
        .iter()
        .filter(|line| line.from == customer)
        .map(Entry::own)
        .chain(sent(&graph, &customer).map(|(sent, echo)| Entry::theirs(sent, echo, now_ms)))
        .collect();
    entries.sort_by_key(|entry| entry.at_ms);
    Json(Phone {
        business: simulator.display_phone_number.clone(),
        people: people.into_iter().map(|person| Chat::new(&graph, person, now_ms)).collect(),
        entries,
        reading: graph.reading(&customer),
        faults: faults::in_force(&graph),
        attempts: graph.attempts().cloned().collect(),
    })
}

fn sent<'a>(graph: &'a Graph, customer: &'a str) -> impl Iterator<Item = (&'a Sent, bool)> {
    let log = graph.log().iter().map(|sent| (sent, false));
    let echoes = graph.echoes().iter().map(|sent| (sent, true));
    log.chain(echoes).filter(move |(sent, _)| sent.to == customer)
}

impl Chat {
    fn new(graph: &Graph, person: Person, now_ms: u64) -> Self {
        let key = person.key().to_owned();
        let ours = graph.written().iter().filter(|line| line.from == key).map(|line| line.at_ms);
        let last_ms = ours.chain(sent(graph, &key).map(|(sent, _)| sent.at_ms)).max();
        let unread = sent(graph, &key)
            .filter(|(sent, echo)| !echo && latest(&sent.statuses, now_ms) == Some("delivered"));
        let unread = unread.count();
        Self { key, person, last_ms: last_ms.unwrap_or(0), unread }
    }
}

impl Entry {
    fn own(line: &Written) -> Self {
        let context = &line.message["context"];
        Self {
            wamid: line.wamid.clone(),
            at_ms: line.at_ms,
            own: true,
            kind: line.kind.to_owned(),
            text: line.text.clone(),
            content: line.message[line.kind].clone(),
            context: context["id"].as_str().map(str::to_owned),
            forwarded: context["forwarded"] == true,
            shown: Value::Null,
            state: match (line.taken, line.seen) {
                (_, true) => "seen",
                (true, false) => "taken",
                (false, false) => "waiting",
            },
            echo: false,
        }
    }

    fn theirs(sent: &Sent, echo: bool, now_ms: u64) -> Self {
        Self {
            wamid: sent.wamid.clone(),
            at_ms: sent.at_ms,
            own: false,
            kind: sent.kind.clone(),
            text: sent.text.clone(),
            content: sent.content.clone(),
            context: sent.context.clone(),
            forwarded: false,
            shown: sent.shown.clone(),
            state: latest(&sent.statuses, now_ms).unwrap_or("accepted"),
            echo,
        }
    }
}

/// The status whose time came last.
fn latest(statuses: &[Told], now_ms: u64) -> Option<&'static str> {
    statuses.iter().rev().find(|told| told.at_ms <= now_ms).map(|told| told.status)
}
