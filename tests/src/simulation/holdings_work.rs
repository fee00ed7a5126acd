//! What an admin does about all that is held of a contact: export it, erase it; and what is wrong if
//! an export lacks something.

use std::{collections::BTreeSet, time::Duration};

use anyhow::Context;
use serde_json::Value;

use super::{
    Simulation,
    erased::{Erased, contact_row, of_room, sk, texts},
};
use crate::{company::Company, requests::ApiRequest};

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
}
