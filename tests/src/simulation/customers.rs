//! What customers write: words mostly, and everything else that the channel carries.

use super::Simulation;
use crate::{
    company::Company,
    graph::{Delivery, Kind, MediaKind, Person, Post},
};

impl Simulation {
    /// Customers of each company write, alone or several in one delivery.
    pub(super) async fn customers(&self) -> anyhow::Result<()> {
        for _ in 0..self.chaos.between(3, 10) {
            self.chaos.pause(10, 6_000).await;
            let company = &self.world.companies[usize::try_from(self.chaos.between(0, 1))?];
            let delivery =
                if self.chaos.chance(20) { self.picture(company) } else { self.write(company) };
            self.post("customers", company, &delivery).await?;
        }
        Ok(())
    }

    fn write(&self, company: &Company) -> Delivery {
        let now = self.world.clock.now_ms();
        // Some were written long before they could be sent.
        let late =
            || if self.chaos.chance(15) { self.chaos.between(1, 40 * 3600) * 1000 } else { 0 };
        let mut posts: Vec<Post> = (0..self.chaos.pick(&[1, 1, 1, 3]))
            .map(|n| {
                let at_ms = now - late();
                let person = self.person(company, at_ms);
                let kind = self.kind(company, &person, &format!("{now} {n}"));
                Post::new(at_ms, &person, kind)
            })
            .collect();
        if self.chaos.chance(8) {
            posts.extend(self.another_number(company));
        }
        self.note(format!("{} customers write", posts.len()));
        company.graph().customers_send(now, &posts)
    }

    /// Mostly words; else something about what they wrote before, or something to choose.
    fn kind(&self, company: &Company, person: &Person, words: &str) -> Kind {
        let graph = company.graph();
        let before: Vec<&str> = graph
            .written()
            .iter()
            .filter(|line| line.taken && line.from == person.key() && line.kind == "text")
            .map(|line| line.wamid.as_str())
            .collect();
        let roll = self.chaos.between(0, 9);
        if before.is_empty() || roll < 6 {
            return Kind::text(words);
        }
        let pick = usize::try_from(self.chaos.between(0, before.len() as u64 - 1)).unwrap_or(0);
        let message_id = before[pick].to_owned();
        match roll {
            6 => Kind::Reaction { message_id, emoji: Some("👍".into()) },
            7 => Kind::Reaction { message_id, emoji: None },
            8 => Kind::Edit { message_id, body: format!("{words} lagi") },
            _ if self.chaos.chance(50) => Kind::Revoke { message_id },
            _ => Kind::Unsupported { kind: "poll_creation".into() },
        }
    }

    /// A customer sends a picture, which the provider then hands out, or not.
    fn picture(&self, company: &Company) -> Delivery {
        let now = self.world.clock.now_ms();
        let bytes = [crate::files::JPEG, now.to_string().as_bytes()].concat();
        let person = self.person(company, now);
        let mut graph = company.graph();
        let id = graph.customer_uploads(now, "image/jpeg", bytes);
        self.note("a customer sends a picture".into());
        graph.customer_sends(now, &person, Kind::file(MediaKind::Image, &id))
    }
}
