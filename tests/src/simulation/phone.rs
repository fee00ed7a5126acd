//! Who answers by the WhatsApp Business app on the company's phone, beside the agents: customers'
//! rooms get messages that nobody sent from here.

use super::Simulation;
use crate::{
    company::Company,
    graph::{Delivery, Kind, Person, Sent},
};

impl Simulation {
    /// Somebody at a company answers by phone.
    pub(super) async fn phone(&self) -> anyhow::Result<()> {
        for _ in 0..self.chaos.between(0, 3) {
            self.chaos.pause(100, 20_000).await;
            let company = &self.world.companies[usize::try_from(self.chaos.between(0, 1))?];
            let person = self.person(company, self.world.clock.now_ms());
            let delivery = match self.chaos.between(0, 9) {
                0 => self.sent_from_here(company),
                1 | 2 => self.change_by_phone(company, &person),
                _ => Some(self.say_by_phone(company, &person)),
            };
            let Some(delivery) = delivery else { continue };
            // What becomes of it may be told before the message itself.
            if self.chaos.chance(25) {
                self.chaos.pause(500, 30_000).await;
            }
            self.post("phone", company, &delivery).await?;
        }
        Ok(())
    }

    fn say_by_phone(&self, company: &Company, to: &Person) -> Delivery {
        let now = self.world.clock.now_ms();
        // Some of it WhatsApp tells long after it was written.
        let late = if self.chaos.chance(20) { self.chaos.between(1, 3600) * 1000 } else { 0 };
        let kind = Kind::text(&format!("dari ponsel {now}"));
        self.note(format!("somebody writes by phone to {}", to.key()));
        let mut graph = company.graph();
        let delivery = graph.business_said_by_phone(now, now - late, to, &kind);
        let wamid = graph.echoes().last().map(|echo| echo.wamid.clone()).unwrap_or_default();
        graph.echo_arrives(now, to, &wamid);
        delivery
    }

    /// Other words for what was written by phone before, or its deletion.
    fn change_by_phone(&self, company: &Company, to: &Person) -> Option<Delivery> {
        let now = self.world.clock.now_ms();
        let mut graph = company.graph();
        let said = |echo: &&Sent| echo.to == to.key() && is_said(echo);
        let before: Vec<_> = graph.echoes().iter().filter(said).collect();
        let last = before.len().checked_sub(1)?;
        let pick = usize::try_from(self.chaos.between(0, u64::try_from(last).ok()?)).ok()?;
        let message_id = before[pick].wamid.clone();
        let kind = match self.chaos.chance(70) {
            true => Kind::Edit { message_id, body: format!("dari ponsel {now} lagi") },
            false => Kind::Revoke { message_id },
        };
        self.note(format!("somebody changes by phone what they wrote to {}", to.key()));
        Some(graph.business_says_by_phone(now, to, &kind))
    }

    /// An echo of what an agent sent from here.
    fn sent_from_here(&self, company: &Company) -> Option<Delivery> {
        let mut graph = company.graph();
        let sent = graph.log().last()?.clone();
        self.note(format!("an echo of {}", sent.wamid));
        Some(graph.echoes_what_was_sent(self.world.clock.now_ms(), &sent))
    }
}

/// Whether it is a message, and not what was made of one.
pub(super) fn is_said(echo: &Sent) -> bool {
    echo.kind == "text"
}
