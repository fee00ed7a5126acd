//! What members do about contacts: edit, merge, block, unblock, and now and then export or erase one;
//! and of whom something may or must be missing because they were blocked.

use serde_json::{Value, json};

use super::{Simulation, desk_work::key_of};
use crate::{company::Company, graph::Written, requests::ApiRequest, world::Answered};

/// A block that was asked for, in milliseconds.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// The key of the company.
    company: String,
    /// What the channel knows the contact by.
    who: String,
    /// When it was answered that they are blocked, if it was.
    held: Option<u64>,
    /// When somebody first asked to unblock somebody of the company.
    doubtful: Option<u64>,
    /// When it was answered that they are unblocked.
    ended: Option<u64>,
}

impl Simulation {
    /// Does something about the contact of one of these rooms.
    pub(super) async fn contact_work(
        &self,
        who: &str,
        company: &Company,
        rooms: &[Value],
    ) -> anyhow::Result<()> {
        let pick = || {
            let at = self.chaos.between(0, rooms.len() as u64 - 1);
            &rooms[usize::try_from(at).unwrap_or(0)]
        };
        let room = pick();
        let contact = room["contact_id"].as_str().unwrap_or_default();
        let path = format!("/v1/contacts/{contact}");
        let request = match self.chaos.between(0, 15) {
            0..=3 => {
                let name = self.chaos.pick(&[Some("Pak Budi"), Some("Ibu Siti Aminah"), None]);
                ApiRequest::new("PUT", path).body(json!({ "full_name": name }).to_string())
            }
            4..=6 => return self.block(who, company, room).await,
            7..=10 => return self.unblock(who, company, room).await,
            12..=13 => return self.export(company, contact).await,
            14..=15 => return self.erase(company, contact).await,
            _ => {
                let into = json!({ "into": pick()["contact_id"] }).to_string();
                ApiRequest::new("POST", format!("{path}/merge")).body(into)
            }
        };
        self.work(who, company, request).await.map(drop)
    }

    async fn work(
        &self,
        who: &str,
        company: &Company,
        request: ApiRequest,
    ) -> anyhow::Result<Option<Answered>> {
        let answered = self.ask(who, company, request).await?;
        if answered.is_none() {
            self.books.borrow_mut().unfinished.insert(company.setup.api_key.clone());
        }
        Ok(answered)
    }

    async fn block(&self, who: &str, company: &Company, room: &Value) -> anyhow::Result<()> {
        let block = Block {
            company: company.setup.api_key.clone(),
            who: room["account_uniq_id"].as_str().unwrap_or_default().to_owned(),
            held: None,
            doubtful: None,
            ended: None,
        };
        let at = {
            let blocks = &mut self.books.borrow_mut().blocks;
            blocks.push(block);
            blocks.len() - 1
        };
        let body = json!({ "room_id": room["id"] }).to_string();
        let request = ApiRequest::new("POST", "/v1/contact_block").body(body);
        let answered = self.work(who, company, request).await?;
        let now = self.world.clock.now_ms();
        let block = &mut self.books.borrow_mut().blocks[at];
        match answered.map(|answered| answered.status) {
            Some(200) => block.held = Some(now),
            // Whether an earlier try came through, nobody knows.
            Some(_) | None => block.doubtful = Some(0),
        }
        Ok(())
    }

    async fn unblock(&self, who: &str, company: &Company, room: &Value) -> anyhow::Result<()> {
        self.doubt_blocks(company);
        let of = |block: &&mut Block| block.company == company.setup.api_key;
        let contact = room["contact_id"].as_str().unwrap_or_default();
        let body = json!({ "room_id": room["id"] }).to_string();
        let path = format!("/v1/contact_block/{contact}");
        let answered = self.work(who, company, ApiRequest::new("DELETE", path).body(body)).await?;
        if answered.is_some_and(|answered| answered.status == 200) {
            let now = self.world.clock.now_ms();
            let is_same = |block: &&mut Block| of(block) && room["account_uniq_id"] == block.who;
            for block in self.books.borrow_mut().blocks.iter_mut().filter(is_same) {
                block.ended = block.ended.or(Some(now));
            }
        }
        Ok(())
    }

    /// From now on nobody knows whether those who were blocked still are.
    pub(super) fn doubt_blocks(&self, company: &Company) {
        let now = self.world.clock.now_ms();
        for block in &mut self.books.borrow_mut().blocks {
            if block.company == company.setup.api_key {
                block.doubtful = block.doubtful.or(Some(now));
            }
        }
    }

    /// When all goes well again: what was left half done is finished by whatever is asked next.
    pub(super) async fn finish_contact_work(&self) -> anyhow::Result<()> {
        let unfinished = self.books.borrow().unfinished.clone();
        let companies = self.world.companies.iter();
        for company in companies.filter(|company| unfinished.contains(&company.setup.api_key)) {
            let key = key_of("ani", company);
            let list = ApiRequest::new("GET", "/v1/contacts?limit=100");
            let list = self.world.api_with(&key, list).await?;
            for contact in list.json["data"].as_array().into_iter().flatten() {
                let path = format!("/v1/contacts/{}", contact["id"].as_str().unwrap_or_default());
                let touched =
                    self.world.api_with(&key, ApiRequest::new("PUT", path).body("{}")).await?;
                anyhow::ensure!(touched.status == 200, "a contact: {}", touched.json);
            }
        }
        Ok(())
    }

    /// Whether a message may be missing because its author was blocked when it came, or when it
    /// was said.
    pub(super) fn may_be_unheard(&self, company: &Company, line: &Written) -> bool {
        self.books.borrow().blocks.iter().any(|block| {
            block.company == company.setup.api_key
                && line.at_ms <= block.ended.map_or(u64::MAX, |ended| ended + 1000)
        })
    }

    /// Whether a message must be missing: it was sent, in words that say when, while its author
    /// was surely blocked.
    pub(super) fn must_be_unheard(&self, company: &Company, line: &Written) -> bool {
        let words = line.text.split(' ').next();
        let Some(sent) = words.and_then(|word| word.parse::<u64>().ok()) else { return false };
        self.books.borrow().blocks.iter().any(|block| {
            let Some(held) = block.held else { return false };
            // What was said in the second in which it ended is heard.
            let surely = held..block.doubtful.unwrap_or(u64::MAX).saturating_sub(1000);
            block.company == company.setup.api_key
                && block.who == line.from
                && surely.contains(&sent)
        })
    }
}
