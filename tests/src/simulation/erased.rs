//! Who was erased, and what is wrong if something is left of them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Simulation, people};
use crate::{company::Company, graph::Written};

/// A contact that was erased, and what it was.
#[derive(Debug, Clone, Default)]
pub(crate) struct Erased {
    /// The key of the company.
    pub(super) company: String,
    /// When somebody asked for it, in milliseconds.
    pub(super) at: u64,
    /// When that was first answered. Until then their identities may lead to them, and a message that
    /// comes meanwhile lies on either side; by then they lead nowhere.
    pub(super) let_go: u64,
    /// Its id, and those of the contacts that were merged into it.
    pub(super) contacts: BTreeSet<String>,
    /// What the channel knew it by.
    pub(super) who: BTreeSet<String>,
    /// Its rooms.
    pub(super) rooms: BTreeSet<String>,
}

impl Simulation {
    /// What is left of who was erased, and what is missing of the books.
    pub(super) fn check_erasures(&self, rows: &[Value], company: &Company) -> Vec<String> {
        let books = self.books.borrow();
        let mut wrong = Vec::new();
        for erased in books.erased.iter().filter(|erased| erased.is_of(company)) {
            wrong.extend(erased.left_in_table(rows, company));
            wrong.extend(erased.words_left(rows, company));
            wrong.extend(self.words_in_bucket(erased, rows, company));
            wrong.extend(erased.missing_facts(rows, company));
            let org = company.provisioned.organization_id;
            let services = self.world.wire.services();
            for id in &erased.contacts {
                let own = ["contact", "export"].map(|of| format!("{of}/{org}/{id}/"));
                let raw = format!("raw/{org}/contact/{id}/");
                let own: Vec<String> = own.into_iter().chain([raw]).collect();
                let left =
                    services.s3.keys().filter(|key| own.iter().any(|own| key.starts_with(own)));
                wrong.extend(left.map(|key| format!("{key} is of one who was erased")));
            }
        }
        wrong
    }
}

impl Erased {
    pub(super) fn is_of(&self, company: &Company) -> bool {
        self.company == company.setup.api_key
    }

    /// Whether it is this person, whatever the channel calls them.
    pub(super) fn is(&self, who: &str) -> bool {
        self.who.iter().any(|known_as| people::who(known_as) == people::who(who))
    }

    /// Notes what a contact is known by and where it talks, as long as it says so.
    pub(super) fn learn(&mut self, rows: &[Value], company: &Company, contact: &str) {
        self.contacts.insert(contact.to_owned());
        let Some(known) = contact_row(rows, company, contact) else { return };
        self.contacts.extend(texts(&known["absorbed"], |id| id));
        self.rooms.extend(texts(&known["rooms"], |room| room));
        self.who.extend(texts(&known["known_as"], |known_as| &known_as["M"]["who"]));
    }

    /// Rows that lead to them, and rows of their rooms that are more than facts.
    fn left_in_table(&self, rows: &[Value], company: &Company) -> Vec<String> {
        let mut left = Vec::new();
        for id in &self.contacts {
            let known = contact_row(rows, company, id);
            let is_empty = |row: &Value| {
                let names = ["name", "identity"].iter().all(|name| row[name]["S"] == "");
                let lists = ["rooms", "known_as", "absorbed", "username", "given_name"];
                names && lists.iter().all(|name| row[name].is_null())
            };
            if !known
                .is_some_and(|row| is_empty(row) && row["erased"]["M"]["done_at"]["N"].is_string())
            {
                left.push(format!("contact {id} was erased and is {known:?}"));
            }
        }
        for row in self.rooms.iter().flat_map(|room| of_room(rows, company, room)) {
            let is_fact = match sk(row).split('#').next() {
                Some("s" | "session" | "episode") => true,
                Some("m") => {
                    let is_silent = row["content"]["M"]["text"]["S"] == "" && row["to"]["S"] == "";
                    row["kind"]["S"] == "outbound" && is_silent && row["provider_id"].is_null()
                }
                _ => false,
            };
            if !is_fact {
                left.push(format!("of an erased room there is {row}"));
            }
        }
        left
    }

    /// Rows that say what they said.
    fn words_left(&self, rows: &[Value], company: &Company) -> Vec<String> {
        let prefix = format!("o#{}#", company.provisioned.organization_id);
        let own = rows
            .iter()
            .filter(|row| row["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with(&prefix)));
        let own: Vec<_> = own.map(Value::to_string).collect();
        let said = self.words(company).into_iter();
        said.filter(|(_, words)| own.iter().any(|row| row.contains(&quoted(words))))
            .map(|(who, words)| format!("{words:?} is there, of {who}, who was erased"))
            .collect()
    }

    /// Who of them said what before they were erased, and what was written to them by phone.
    pub(super) fn words(&self, company: &Company) -> Vec<(String, String)> {
        let graph = company.graph();
        // Everybody reacts alike.
        let by_customers = graph.written().iter().filter(|line| line.kind != "reaction");
        let by_customers = by_customers.map(|line| (&line.from, words(line), line.at_ms));
        let by_phone = graph.echoes().iter().map(|echo| (&echo.to, &*echo.text, echo.at_ms));
        by_customers
            .chain(by_phone)
            // Channels tell whole seconds: of the last one nobody knows on which side it lies.
            .filter(|(who, words, at_ms)| {
                let was_before = at_ms / 1000 * 1000 + 1000 <= self.at;
                was_before && !words.is_empty() && self.who.contains(*who)
            })
            .map(|(who, words, _)| (who.clone(), words.to_owned()))
            .collect()
    }

    /// What the provider was sent and the books don't know.
    fn missing_facts(&self, rows: &[Value], company: &Company) -> Vec<String> {
        let graph = company.graph();
        let sent = graph.log().iter().filter_map(|sent| sent.reference.as_deref());
        let own = sent.filter(|sent| self.rooms.iter().any(|room| sent.starts_with(room.as_str())));
        own.filter(|sent| {
            let (room, id) = (sent.split(':').next(), sent.rsplit(':').next());
            let mut of = of_room(rows, company, room.unwrap_or_default());
            !of.any(|row| {
                let status = row["status"]["N"].as_str();
                let is_ended = !row["failure"].is_null() || matches!(status, Some("2" | "5"));
                row["id"]["S"].as_str() == id && is_ended
            })
        })
        .map(|sent| format!("{sent} was sent to one who was erased, and the books don't say so"))
        .collect()
    }
}

pub(super) fn contact_row<'a>(rows: &'a [Value], company: &Company, id: &str) -> Option<&'a Value> {
    let pk = format!("o#{}#contact#{id}", company.provisioned.organization_id);
    rows.iter().find(|row| row["pk"]["S"] == *pk && row["sk"]["S"] == "contact")
}

pub(super) fn of_room<'a>(
    rows: &'a [Value],
    company: &Company,
    room: &str,
) -> impl Iterator<Item = &'a Value> + use<'a> {
    let pk = format!("o#{}#room#{room}", company.provisioned.organization_id);
    rows.iter().filter(move |row| row["pk"]["S"] == *pk)
}

pub(super) fn sk(row: &Value) -> &str {
    row["sk"]["S"].as_str().unwrap_or_default()
}

/// The texts of a list, each found in its element.
pub(super) fn texts(list: &Value, text: impl Fn(&Value) -> &Value) -> Vec<String> {
    let elements = list["L"].as_array().into_iter().flatten();
    elements.filter_map(|element| text(element)["S"].as_str().map(str::to_owned)).collect()
}

/// The words of a message, wherever its kind has them.
fn words(line: &Written) -> &str {
    let card = line.message["contacts"][0]["name"]["formatted_name"].as_str();
    card.unwrap_or(&line.text)
}

/// Words as they stand in JSON.
pub(super) fn quoted(words: &str) -> String {
    format!("\"{words}\"")
}
