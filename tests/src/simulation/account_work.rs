//! What befalls a company's account: the provider tells how its number and its templates stand, an
//! admin takes the number out and connects it again, or its token is replaced, and how long messages
//! are kept is changed.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{Simulation, desk_work::key_of};
use crate::{company::Company, requests::ApiRequest, world::Answered};

/// What is known of the accounts, by the keys of their companies.
#[derive(Default)]
pub(crate) struct Accounts {
    /// How numbers stand: rating and limit.
    pub(crate) standings: BTreeMap<String, Fact>,
    /// How the template stands that agents send.
    pub(crate) templates: BTreeMap<String, Fact>,
    /// Accounts that were out for a while.
    pub(crate) out: BTreeMap<String, Outage>,
    /// What tokens they have now.
    tokens: BTreeMap<String, String>,
    /// How long messages are to be kept, in order.
    pub(crate) retentions: Vec<Retention>,
}

/// An account is out for a while.
#[derive(Clone, Copy)]
pub(crate) struct Outage {
    /// When somebody first asked for it.
    pub(crate) since: u64,
    is_back: bool,
}

/// Something that the provider says when it is asked, and tells by itself.
#[derive(Default)]
pub(crate) struct Fact {
    /// When it was asked last: from the first try to the answer.
    pub(crate) asked: (u64, u64),
    /// What it told, by the seconds as of which.
    pub(crate) told: BTreeMap<u64, Value>,
}

/// A change of how long messages are kept.
pub(crate) struct Retention {
    /// The key of the company.
    pub(crate) company: String,
    pub(crate) asked_at: u64,
    /// When it was answered, if it was.
    pub(crate) answered_at: Option<u64>,
    /// For how many days; nothing: for ever.
    pub(crate) days: Option<u64>,
}

impl Simulation {
    /// Each company's provider is asked what its number is.
    pub(super) async fn connect_accounts(&self) -> anyhow::Result<()> {
        for company in &self.world.companies {
            anyhow::ensure!(self.reconnect(company).await?, "an account can't be connected");
        }
        Ok(())
    }

    /// This and that befalls the accounts.
    pub(super) async fn accounts(&self) -> anyhow::Result<()> {
        for _ in 0..self.chaos.between(1, 3) {
            self.chaos.pause(500, 25_000).await;
            let company = &self.world.companies[usize::try_from(self.chaos.between(0, 1))?];
            let out = self.books.borrow().accounts.out.get(&company.setup.api_key).copied();
            match self.chaos.between(0, 9) {
                _ if out.is_some_and(|out| !out.is_back) => drop(self.reconnect(company).await?),
                0..=2 => self.tell_of_number(company).await?,
                3..=5 => self.tell_of_template(company).await?,
                6..=7 => self.keep_for(company).await?,
                _ if out.is_some() => {}
                _ => self.interrupt(company).await?,
            }
        }
        Ok(())
    }

    /// As of when the provider tells something; no two notices of one second.
    fn as_of(&self, known: &BTreeMap<String, Fact>, company: &Company) -> Option<u64> {
        let as_of = self.world.clock.now_ms() / 1000 - self.chaos.between(0, 300);
        let fact = known.get(&company.setup.api_key);
        (!fact.is_some_and(|fact| fact.told.contains_key(&as_of))).then_some(as_of)
    }

    async fn tell_of_number(&self, company: &Company) -> anyhow::Result<()> {
        let event = self.chaos.pick(&[("FLAGGED", "RED"), ("UNFLAGGED", "UNKNOWN")]);
        let limit = self.chaos.pick(&["TIER_2K", "TIER_10K", "TIER_UNLIMITED"]);
        let as_of = self.as_of(&self.books.borrow().accounts.standings, company);
        let Some(as_of) = as_of else { return Ok(()) };
        let value = json!({ "display_phone_number": "6281100000000", "event": event.0,
            "current_limit": limit });
        let key = company.setup.api_key.clone();
        let told = json!([event.1, limit]);
        self.books.borrow_mut().accounts.standings.entry(key).or_default().told.insert(as_of, told);
        self.tell(company, "phone_number_quality_update", as_of, &value).await
    }

    async fn tell_of_template(&self, company: &Company) -> anyhow::Result<()> {
        let status = self.chaos.pick(&["APPROVED", "APPROVED", "PAUSED", "DISABLED"]);
        let as_of = self.as_of(&self.books.borrow().accounts.templates, company);
        let Some(as_of) = as_of else { return Ok(()) };
        let value = json!({
            "message_template_id": 900_100_000_000_002_u64, "message_template_language": "id",
            "message_template_name": "order_ready", "event": status, "reason": "NONE",
        });
        let key = company.setup.api_key.clone();
        let told = json!(status);
        self.books.borrow_mut().accounts.templates.entry(key).or_default().told.insert(as_of, told);
        self.tell(company, "message_template_status_update", as_of, &value).await
    }

    async fn tell(
        &self,
        company: &Company,
        field: &str,
        as_of: u64,
        value: &Value,
    ) -> anyhow::Result<()> {
        self.note(format!("{field} as of {as_of}: {value}"));
        let notice = company.graph().announces(as_of * 1000, field, value);
        self.post("provider", company, &notice).await
    }

    async fn keep_for(&self, company: &Company) -> anyhow::Result<()> {
        let days = self.chaos.pick(&[None, Some(30), Some(90)]);
        let asked_at = self.world.clock.now_ms();
        let at = {
            let retentions = &mut self.books.borrow_mut().accounts.retentions;
            let company = company.setup.api_key.clone();
            retentions.push(Retention { company, asked_at, answered_at: None, days });
            retentions.len() - 1
        };
        let body = json!({ "days": days }).to_string();
        let request = ApiRequest::new("PUT", "/v1/settings/retention").body(body);
        let answered = self.ask("ani", company, request).await?;
        if answered.is_some_and(|answered| answered.status == 200) {
            let now = self.world.clock.now_ms();
            self.books.borrow_mut().accounts.retentions[at].answered_at = Some(now);
        }
        Ok(())
    }

    /// Its number is taken out, or its token replaced by the provider; in a minute it is connected
    /// again, or much later, when every function has noticed.
    async fn interrupt(&self, company: &Company) -> anyhow::Result<()> {
        let key = company.setup.api_key.clone();
        let outage = Outage { since: self.world.clock.now_ms(), is_back: false };
        self.books.borrow_mut().accounts.out.insert(key.clone(), outage);
        if self.chaos.chance(60) {
            let id = company.provisioned.integration_id;
            let request = ApiRequest::new("DELETE", format!("/v1/integrations/{id}"));
            self.ask("ani", company, request).await?;
        } else {
            let token = format!("new-{}", company.setup.access_token);
            self.note("the provider replaces a token".into());
            company.graph().change_token(&token);
            self.books.borrow_mut().accounts.tokens.insert(key, token);
        }
        if self.chaos.chance(70) {
            return Ok(());
        }
        self.chaos.pause(1_000, 60_000).await;
        self.reconnect(company).await.map(drop)
    }

    /// Connects an account in place; whether that was answered.
    async fn reconnect(&self, company: &Company) -> anyhow::Result<bool> {
        let key = company.setup.api_key.clone();
        let id = company.provisioned.integration_id;
        let token = self.books.borrow().accounts.tokens.get(&key).cloned();
        let token = token.unwrap_or_else(|| company.setup.access_token.clone());
        let body = json!({ "access_token": token }).to_string();
        let request = ApiRequest::new("POST", format!("/v1/integrations/{id}/reconnect"));
        let asked_at = self.world.clock.now_ms();
        let answered = self.ask("ani", company, request.body(body)).await?;
        let accounts = &mut self.books.borrow_mut().accounts;
        let asked = &mut accounts.standings.entry(key.clone()).or_default().asked;
        let Some(Answered { status: 200, .. }) = answered else {
            // It may have been carried out, and its answer lost: from then on, nobody knows until when.
            *asked = (asked.0, u64::MAX);
            return Ok(false);
        };
        let is_doubtful = asked.1 == u64::MAX;
        let since = if is_doubtful { asked.0 } else { asked_at };
        *asked = (since, self.world.clock.now_ms());
        accounts.out.entry(key).and_modify(|outage| outage.is_back = true);
        Ok(true)
    }

    /// Whether what was said then may have come while nobody was there for it.
    pub(super) fn may_be_unrouted(&self, company: &Company, at_ms: u64) -> bool {
        let outage = self.books.borrow().accounts.out.get(&company.setup.api_key).copied();
        outage.is_some_and(|outage| at_ms >= outage.since / 1000 * 1000)
    }

    /// When all goes well again: whoever was out is back, and every function knows it.
    pub(super) async fn finish_accounts(&self) -> anyhow::Result<()> {
        let out = self.books.borrow().accounts.out.clone();
        for company in &self.world.companies {
            let outage = out.get(&company.setup.api_key);
            let is_out = outage.is_some_and(|outage| !outage.is_back);
            if is_out && !self.reconnect(company).await? {
                self.books.borrow_mut().wrong.push("an account can't be connected again".into());
            }
        }
        // Warm functions remember an account for a minute.
        self.world.pass(Duration::from_secs(61)).await;
        for company in &self.world.companies {
            let path = format!("/v1/integrations/{}", company.provisioned.integration_id);
            let shown = ApiRequest::new("GET", path);
            let shown = self.world.api_with(&key_of("ani", company), shown).await?;
            let was_out = out.contains_key(&company.setup.api_key);
            if was_out && shown.json["data"]["connection"] == "disconnected" {
                let wrong = format!("an account that is back is {}", shown.json);
                self.books.borrow_mut().wrong.push(wrong);
            }
        }
        Ok(())
    }
}
