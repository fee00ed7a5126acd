//! Who the customers are, whatever the channel calls them at the moment: one tells a number, one a user
//! id, one both, one now this and now that, and one gets another number.

use serde_json::Value;

use super::Simulation;
use crate::{
    company::Company,
    graph::{Kind, Person, Post},
};

/// All that the channel may know a person by.
const RINA: [&str; 2] = ["628120000003", "ID.1003"];
const EKO: [&str; 2] = ["628120000004", "628120000014"];

impl Simulation {
    /// Somebody, as the channel shows them to a company in something that was said then.
    pub(super) fn person(&self, company: &Company, at_ms: u64) -> Person {
        match self.chaos.between(0, 9) {
            0 | 1 => Person::with_phone("628120000000", "Budi"),
            2 | 3 => Person {
                user_id: Some("ID.1001".into()),
                ..Person::with_phone("628120000001", "Siti")
            },
            4 | 5 => Person::with_user_id("ID.1002", "Dewi"),
            6 | 7 => match self.chaos.between(0, 3) {
                0 => rina(),
                1 => Person::with_user_id(RINA[1], "Rina"),
                _ => Person::with_phone(RINA[0], "Rina"),
            },
            _ => {
                let moved_at = self.books.borrow().moved.get(&company.setup.api_key).copied();
                let has_moved = moved_at.is_some_and(|moved_at| moved_at / 1000 <= at_ms / 1000);
                Person::with_phone(EKO[usize::from(has_moved)], "Eko")
            }
        }
    }

    /// The notice that somebody has another number, once for each company.
    pub(super) fn another_number(&self, company: &Company) -> Option<Post> {
        let now = self.world.clock.now_ms();
        let key = company.setup.api_key.clone();
        if self.books.borrow().moved.contains_key(&key) {
            return None;
        }
        self.books.borrow_mut().moved.insert(key, now);
        self.note(format!("{} has the number {} now", EKO[0], EKO[1]));
        let kind = Kind::NumberChanged { new_phone: EKO[1].into(), new_user_id: None };
        Some(Post::new(now, &Person::with_phone(EKO[0], "Eko"), kind))
    }

    /// Whether a room may stay beside another of the same person: the notice came when nobody was known
    /// by the number that was given up, and their first words from it later.
    pub(super) fn came_after_notice(&self, company: &Company, room: &Value) -> bool {
        let moved_at = self.books.borrow().moved.get(&company.setup.api_key).copied();
        let made_at = room["created_at"].as_u64();
        room["contact_identity"] == EKO[0] && moved_at.is_some_and(|at| made_at > Some(at))
    }

    /// When all goes well again: who is known under two names says that they are both.
    pub(super) async fn finish_linking(&self) -> anyhow::Result<()> {
        let now = self.world.clock.now_ms();
        for company in &self.world.companies {
            let words = Kind::text(&format!("{now} 0"));
            let said = company.graph().customer_sends(now, &rina(), words);
            self.post("customers", company, &said).await?;
        }
        Ok(())
    }
}

fn rina() -> Person {
    Person { user_id: Some(RINA[1].into()), ..Person::with_phone(RINA[0], "Rina") }
}

/// One name for all that a person is known by.
pub(super) fn who(known_as: &str) -> &str {
    let all = [RINA, EKO].into_iter().find(|all| all.contains(&known_as));
    all.map_or(known_as, |all| all[0])
}
