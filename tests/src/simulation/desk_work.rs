//! What agents do besides answering: take, hand over, give back, tag, note.

use domain::{Id, api_key::Role, integration::Member};
use serde_json::{Value, json};

use super::{Simulation, account_work::Fact};
use crate::{World, company::Company, requests::ApiRequest, world::Answered};

/// The agents of each company, beside its admin.
const AGENTS: [&str; 2] = ["tono", "sari"];

/// Gives each company its agents, who may hand their rooms over.
pub(super) async fn employ(world: &World) -> anyhow::Result<()> {
    for company in &world.companies {
        for name in AGENTS {
            world.add_member_of(company, name, Role::Agent, key_of(name, company)).await?;
        }
        let path = "/v1/rooms/agent_assign_another_agent";
        let request = ApiRequest::new("PUT", path).body(r#"{"enabled":true}"#);
        let allowed = world.api_with(&company.setup.api_key, request).await?;
        anyhow::ensure!(allowed.status == 200, "agents may not assign: {}", allowed.json);
    }
    Ok(())
}

/// The key of somebody at a company.
pub(super) fn key_of(who: &str, company: &Company) -> String {
    match AGENTS.contains(&who) {
        true => format!("{}_{who}", company.setup.api_key),
        false => company.setup.api_key.clone(),
    }
}

/// Who that is, as the API names them.
pub(super) fn member(who: &str, company: &Company) -> String {
    let name = if AGENTS.contains(&who) { who } else { "Ani" };
    Id::<Member>::derived(&["member", &company.setup.organization, name]).to_string()
}

impl Simulation {
    /// Each company has the templates that its provider has.
    pub(super) async fn fetch_templates(&self) -> anyhow::Result<()> {
        for company in &self.world.companies {
            let key = &company.setup.api_key;
            let listed =
                self.world.api_with(key, ApiRequest::new("GET", "/v1/integrations")).await?;
            let id = listed.json["data"][0]["id"].as_str().unwrap_or_default();
            let path = format!("/v1/integrations/{id}/templates/sync");
            let asked_at = self.world.clock.now_ms();
            let synced = self.world.api_with(key, ApiRequest::new("POST", path)).await?;
            anyhow::ensure!(synced.status == 200, "{}", synced.json);
            let asked = (asked_at, self.world.clock.now_ms());
            let fact = Fact { asked, ..Fact::default() };
            self.books.borrow_mut().accounts.templates.insert(key.clone(), fact);
        }
        Ok(())
    }

    /// Something to do about a room, or about the one that waits longest.
    pub(super) fn desk_work(&self, company: &Company, room: &str) -> ApiRequest {
        // Qontak's names of the same.
        let prefix = if self.chaos.chance(25) { "/qontak/chat" } else { "" };
        let path = |what: &str| format!("{prefix}/v1/rooms/{room}/{what}");
        let anybody = || member(self.chaos.pick(&["ani", "tono", "sari"]), company);
        let tag = json!({ "name": self.chaos.pick(&["vip", "cod", "retur"]) }).to_string();
        match self.chaos.between(0, 11) {
            10..=11 => ApiRequest::new("POST", path("assign_round_robin")),
            0..=1 => ApiRequest::new("POST", path("takeover")),
            2..=3 => ApiRequest::new("POST", path(&format!("agents/{}", anybody()))),
            4 => ApiRequest::new("DELETE", path(&format!("agents/{}", anybody()))),
            5..=6 => ApiRequest::new("POST", format!("{prefix}/v1/rooms/auto_takeover")),
            7 => ApiRequest::new("POST", path("tags")).body(tag),
            8 => ApiRequest::new("DELETE", path("tags")).body(tag),
            _ => ApiRequest::new("POST", format!("/v1/rooms/{room}/notes"))
                .body(r#"{"text":"catatan"}"#),
        }
    }

    /// Writes down what an agent was shown of a colleague's room. Only who gives a room away
    /// still sees it go.
    pub(super) fn look_for_peeks(
        &self,
        who: &str,
        company: &Company,
        request: &ApiRequest,
        answered: &Answered,
    ) {
        let gives_away = ["/agents/", "/assign_round_robin"];
        if !AGENTS.contains(&who) || gives_away.iter().any(|path| request.path.contains(path)) {
            return;
        }
        let own = member(who, company);
        let one = [answered.json["data"].clone()];
        let shown = answered.json["data"].as_array().map_or(&one[..], Vec::as_slice);
        let is_anothers = |room: &&Value| {
            let has = room["agent"]["id"].as_str();
            has.is_some_and(|has| has != own)
        };
        for room in shown.iter().filter(is_anothers) {
            let peek = format!("{who} was shown {} by {}", room["id"], request.path);
            self.books.borrow_mut().peeks.push(peek);
        }
    }
}
