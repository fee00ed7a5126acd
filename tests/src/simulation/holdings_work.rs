//! What an admin does about all that is held of a contact: export it, erase it; and what is wrong if
//! an export lacks something, or something is left of who was erased.

use std::{collections::BTreeSet, time::Duration};

use anyhow::Context;
use serde_json::Value;

use super::{Simulation, people};
use crate::{company::Company, requests::ApiRequest};

/// A contact that was erased, and what it was.
#[derive(Debug, Clone, Default)]
pub(crate) struct Erased {
    /// The key of the company.
    company: String,
    /// When somebody asked for it, in milliseconds.
    at: u64,
    /// When that was first answered. Until then their identities may lead to them, and a message that
    /// comes meanwhile lies on either side; by then they lead nowhere.
    let_go: u64,
    /// Its id, and those of the contacts that were merged into it.
    contacts: BTreeSet<String>,
    /// What the channel knew it by.
    who: BTreeSet<String>,
    /// Its rooms.
    rooms: BTreeSet<String>,
}

impl Simulation {
    /// Exports a contact, and holds the export against what was there before.
    pub(super) async fn export(&self, company: &Company, contact: &str) -> anyhow::Result<()> {
        let asked_at = self.world.clock.now_ms();
        let before = self.said_in_rooms(company, contact)?;
        let path = format!("/v1/contacts/{contact}/export");
        for _ in 0..3 {
            let answered = self.ask("ani", company, ApiRequest::new("POST", &path)).await?;
            let Some(answered) = answered else { return Ok(()) };
            if answered.status == 200 {
                let wrong = self.lacks(company, contact, &answered.json["data"], asked_at, &before);
                let wrong = wrong.with_context(|| format!("the export of {contact}"))?;
                self.books.borrow_mut().lacking.extend(wrong);
                return Ok(());
            }
            self.chaos.pause(100, 3_000).await;
        }
        Ok(())
    }

    /// What an export lacks of these messages, and of what it says itself.
    fn lacks(
        &self,
        company: &Company,
        contact: &str,
        export: &Value,
        asked_at: u64,
        before: &[String],
    ) -> anyhow::Result<Vec<String>> {
        let mut lines: Vec<Value> = Vec::new();
        for url in export["urls"].as_array().context("no links")? {
            let part = self.world.open(url.as_str().unwrap_or_default()).body;
            for line in String::from_utf8(part)?.lines() {
                lines.push(serde_json::from_str(line)?);
            }
        }
        let mut wrong = Vec::new();
        if export["lines"] != lines.len() {
            let says = &export["lines"];
            wrong
                .push(format!("an export of {contact} says {says} lines, and has {}", lines.len()));
        }
        let begun_at: jiff::Timestamp =
            export["created_at"].as_str().context("no date")?.parse()?;
        let is_own = u64::try_from(begun_at.as_millisecond())? >= asked_at;
        // One that somebody else began may have been past what came since; and of one who was
        // erased meanwhile nothing is held.
        let rows = self.world.wire.services().dynamodb.rows()?;
        let known = contact_row(&rows, company, contact);
        if is_own && known.is_some_and(|row| row["erased"].is_null()) {
            let has = |id: &String| lines.iter().any(|line| line["data"]["id"] == **id);
            let lacking = before.iter().filter(|id| !has(id));
            wrong.extend(lacking.map(|id| format!("an export of {contact} lacks {id}")));
        }
        Ok(wrong)
    }

    /// The messages that lie in a contact's rooms.
    fn said_in_rooms(&self, company: &Company, contact: &str) -> anyhow::Result<Vec<String>> {
        let rows = self.world.wire.services().dynamodb.rows()?;
        let Some(known) = contact_row(&rows, company, contact) else { return Ok(Vec::new()) };
        let rooms = texts(&known["rooms"], |room| room);
        let said = rooms.iter().flat_map(|room| of_room(&rows, company, room));
        let said = said.filter(|row| sk(row).starts_with("m#"));
        Ok(said.filter_map(|row| row["id"]["S"].as_str().map(str::to_owned)).collect())
    }

    /// Has a contact erased, and asks no further.
    pub(super) async fn erase(&self, company: &Company, contact: &str) -> anyhow::Result<()> {
        self.doubt_blocks(company);
        let asked = (company.setup.api_key.clone(), contact.to_owned());
        self.books.borrow_mut().erasures.entry(asked.clone()).or_default();
        let request = ApiRequest::new("DELETE", format!("/v1/contacts/{contact}"));
        let answered = self.ask("ani", company, request).await?;
        if answered.is_some_and(|answered| matches!(answered.status, 200 | 202)) {
            let now = self.world.clock.now_ms();
            let mut books = self.books.borrow_mut();
            books.erasures.entry(asked).or_default().get_or_insert(now);
        }
        Ok(())
    }

    /// When all goes well again: whoever was to be erased is.
    pub(super) async fn finish_erasures(&self) -> anyhow::Result<()> {
        let asked = self.books.borrow().erasures.clone();
        for ((key, contact), let_go) in asked {
            let company = self.world.companies.iter().find(|of| of.setup.api_key == key);
            let company = company.context("no such company")?;
            let now = self.world.clock.now_ms();
            let let_go = let_go.unwrap_or(now);
            let mut erased = Erased { company: key, let_go, ..Erased::default() };
            for _ in 0..10 {
                erased.learn(&self.world.wire.services().dynamodb.rows()?, company, &contact);
                let request = ApiRequest::new("DELETE", format!("/v1/contacts/{contact}"));
                let answered = self.world.api_with(&erased.company, request).await?;
                match answered.status {
                    202 => self.ticks_for(Duration::from_secs(100)).await?,
                    200 => {
                        let at = answered.json["data"]["requested_at"].as_str();
                        let at: jiff::Timestamp = at.context("no date")?.parse()?;
                        erased.at = u64::try_from(at.as_millisecond())?;
                        self.books.borrow_mut().erased.push(erased.clone());
                        break;
                    }
                    // It was merged into another one, or erased with it, before anybody asked.
                    _ => break,
                }
            }
        }
        Ok(())
    }

    /// Whether what was said at this time may be missing because the customer was erased.
    pub(super) fn may_be_gone(&self, company: &Company, who: &str, at_ms: u64) -> bool {
        self.books.borrow().erased.iter().any(|erased| {
            let is_theirs = erased.is_of(company) && erased.is(who);
            is_theirs && at_ms <= erased.let_go
        })
    }

    /// Whether somebody was erased.
    pub(super) fn was_erased(&self, company: &Company, who: &str) -> bool {
        let books = self.books.borrow();
        books.erased.iter().any(|erased| erased.is_of(company) && erased.is(who))
    }

    /// The rooms of a company that were erased.
    pub(super) fn rooms_gone(&self, company: &Company) -> BTreeSet<String> {
        let books = self.books.borrow();
        let erased = books.erased.iter().filter(|erased| erased.is_of(company));
        erased.flat_map(|erased| erased.rooms.iter().cloned()).collect()
    }

    /// What is left of who was erased, and what is missing of the books.
    pub(super) fn check_erasures(&self, rows: &[Value], company: &Company) -> Vec<String> {
        let books = self.books.borrow();
        let mut wrong = Vec::new();
        for erased in books.erased.iter().filter(|erased| erased.is_of(company)) {
            wrong.extend(erased.left_in_table(rows, company));
            wrong.extend(erased.words_left(rows, company));
            wrong.extend(erased.missing_facts(rows, company));
            let org = company.provisioned.organization_id;
            let services = self.world.wire.services();
            for id in &erased.contacts {
                let own = [format!("contact/{org}/{id}/"), format!("export/{org}/{id}/")];
                let left =
                    services.s3.keys().filter(|key| own.iter().any(|own| key.starts_with(own)));
                wrong.extend(left.map(|key| format!("{key} is of one who was erased")));
            }
        }
        wrong
    }
}

impl Erased {
    fn is_of(&self, company: &Company) -> bool {
        self.company == company.setup.api_key
    }

    /// Whether it is this person, whatever the channel calls them.
    fn is(&self, who: &str) -> bool {
        self.who.iter().any(|known_as| people::who(known_as) == people::who(who))
    }

    /// Notes what a contact is known by and where it talks, as long as it says so.
    fn learn(&mut self, rows: &[Value], company: &Company, contact: &str) {
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
        let graph = company.graph();
        // Everybody reacts alike.
        let by_customers = graph.written().iter().filter(|line| line.kind != "reaction");
        let by_customers = by_customers.map(|line| (&line.from, &line.text, line.at_ms));
        let by_phone = graph.echoes().iter().map(|echo| (&echo.to, &echo.text, echo.at_ms));
        by_customers
            .chain(by_phone)
            // Channels tell whole seconds: of the last one nobody knows on which side it lies.
            .filter(|(who, _, at_ms)| {
                self.who.contains(*who) && at_ms / 1000 * 1000 + 1000 <= self.at
            })
            .filter(|(_, words, _)| !words.is_empty())
            .filter(|(_, words, _)| own.iter().any(|row| row.contains(&format!("\"{words}\""))))
            .map(|(who, words, _)| format!("{words:?} is there, of {who}, who was erased"))
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

fn contact_row<'a>(rows: &'a [Value], company: &Company, id: &str) -> Option<&'a Value> {
    let pk = format!("o#{}#contact#{id}", company.provisioned.organization_id);
    rows.iter().find(|row| row["pk"]["S"] == *pk && row["sk"]["S"] == "contact")
}

fn of_room<'a>(
    rows: &'a [Value],
    company: &Company,
    room: &str,
) -> impl Iterator<Item = &'a Value> + use<'a> {
    let pk = format!("o#{}#room#{room}", company.provisioned.organization_id);
    rows.iter().filter(move |row| row["pk"]["S"] == *pk)
}

fn sk(row: &Value) -> &str {
    row["sk"]["S"].as_str().unwrap_or_default()
}

/// The texts of a list, each found in its element.
fn texts(list: &Value, text: impl Fn(&Value) -> &Value) -> Vec<String> {
    let elements = list["L"].as_array().into_iter().flatten();
    elements.filter_map(|element| text(element)["S"].as_str().map(str::to_owned)).collect()
}
