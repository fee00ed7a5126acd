//! Programs that talk as Qontak's clients do: they name nothing, and ask again after every answer that
//! does not come. The customer reads it once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Simulation, desk_work::key_of};
use crate::{company::Company, files::JPEG, qontak::V1, requests::ApiRequest, world::Answered};

/// For how long what says the same is the same; a second less, for what the request takes.
const SAME_FOR_MS: u64 = 59_000;

/// Something that a program said, perhaps in several tries.
pub(crate) struct BotSaid {
    /// The key of the company.
    pub(crate) company: String,
    /// Words that nobody else says.
    pub(crate) words: String,
    /// How often it may be there.
    pub(crate) most: usize,
    /// It is for colleagues, and no customer may read it.
    pub(crate) is_note: bool,
    /// The room in which it was sent with a file, if it surely was, under one name.
    pub(crate) file_in: Option<String>,
}

/// How a program says it.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Words without a name.
    Words,
    /// A file without a name, and words below it.
    File,
    /// A note without a name.
    Note,
    /// Words under a name of the program's own.
    Named,
}

impl Simulation {
    /// A program of each company says this and that.
    pub(super) async fn bots(&self) -> anyhow::Result<()> {
        for _ in 0..self.chaos.between(1, 3) {
            self.chaos.pause(500, 20_000).await;
            let company = &self.world.companies[usize::try_from(self.chaos.between(0, 1))?];
            let list = ApiRequest::new("GET", format!("{V1}/rooms"));
            let list = self.ask("bot", company, list).await?;
            let rooms = list.map(|list| list.json["data"].clone()).unwrap_or_default();
            let rooms = rooms.as_array().map_or(&[][..], Vec::as_slice);
            let Some(last) = rooms.len().checked_sub(1) else { continue };
            let pick = usize::try_from(self.chaos.between(0, last as u64))?;
            let room = rooms[pick]["id"].as_str().unwrap_or_default();
            self.bot_says(company, room).await?;
        }
        Ok(())
    }

    async fn bot_says(&self, company: &Company, room: &str) -> anyhow::Result<()> {
        let way = self.chaos.pick(&[Way::Words, Way::Words, Way::File, Way::Note, Way::Named]);
        let words = format!("bot {}", self.books.borrow_mut().next_key());
        let path = self.chaos.pick(&["/messages/whatsapp", "/messages/whatsapp/bot"]);
        let request = ApiRequest::new("POST", format!("{V1}{path}"))
            .header("authorization", format!("Bearer {}", key_of("bot", company)));
        let request = said(request, way, room, &words);
        let mut tries = Tries::default();
        let begun_at = self.world.clock.now_ms();
        // Some ask again though they were answered: their connection broke before they knew.
        let mut answers_lost = self.chaos.pick(&[0, 0, 1, 2]);
        for _ in 0..6 {
            if way != Way::Named && self.world.clock.now_ms() >= begun_at + SAME_FOR_MS {
                break;
            }
            let before = self.last_taken(company, room)?;
            let answered = self.ask_once("bot", company, &request).await?;
            let after = self.last_taken(company, room)?;
            let id = tries.count(before, after, answered.as_ref());
            if let Some(id) = id.filter(|_| way != Way::Note) {
                self.books.borrow_mut().accepted.insert(id, room.to_owned());
            }
            if answered.is_some() {
                if answers_lost == 0 {
                    break;
                }
                answers_lost -= 1;
            }
            self.chaos.pause(100, 12_000).await;
        }
        let most = if way == Way::Named { 1 } else { tries.most() };
        let mut books = self.books.borrow_mut();
        if way != Way::Named {
            books.wrong.extend(tries.torn().map(|ids| format!("{words:?} became {ids:?}")));
        }
        let (company, is_note) = (company.setup.api_key.clone(), way == Way::Note);
        let is_sent = way == Way::File && most == 1 && !tries.ids().is_empty();
        let file_in = is_sent.then(|| room.to_owned());
        books.by_bots.push(BotSaid { company, words, most, is_note, file_in });
        Ok(())
    }

    /// What the room says that it took in last: after the customer's next words, the same is another
    /// message.
    fn last_taken(&self, company: &Company, room: &str) -> anyhow::Result<Option<String>> {
        let rows = self.world.wire.services().dynamodb.rows()?;
        let pk = format!("o#{}#room#{room}", company.provisioned.organization_id);
        let room = rows.iter().find(|row| row["pk"]["S"] == *pk && row["sk"]["S"] == "room");
        let taken = room.and_then(|room| room["last_taken"]["S"].as_str());
        let id = taken.and_then(|taken| Some(taken.split_once('#')?.1.to_owned()));
        self.note(format!("the room of the bot's words has taken in {id:?}"));
        Ok(id)
    }
}

/// The request in which a program says something.
fn said(request: ApiRequest, way: Way, room: &str, words: &str) -> ApiRequest {
    let body = match way {
        Way::Words => json!({ "room_id": room, "type": "text", "text": words }),
        Way::Note => json!({ "room_id": room, "type": "system", "text": words }),
        Way::Named => json!({ "room_id": room, "text": words, "local_id": words }),
        Way::File => {
            let field = |name: &str, value: &str| {
                format!(
                    "--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
            };
            let fields = [field("room_id", room), field("type", "image"), field("text", words)];
            let head = "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\
                 Content-Type: image/jpeg\r\n\r\n";
            let file = [JPEG, words.as_bytes(), b"\r\n--cut--\r\n"].concat();
            return request
                .header("content-type", "multipart/form-data; boundary=cut")
                .body([fields.concat().as_bytes(), head.as_bytes(), &file].concat());
        }
    };
    request.body(body.to_string())
}

/// How often a program tried, and after which of the customer's words.
#[derive(Default)]
struct Tries {
    /// The ids that were answered, by what the room had taken in last.
    after: BTreeMap<Option<String>, BTreeSet<String>>,
    /// Tries while the room took something in: before or after it, nobody knows.
    doubtful: usize,
}

impl Tries {
    /// Counts a try; the id of what was answered.
    fn count(
        &mut self,
        before: Option<String>,
        after: Option<String>,
        answered: Option<&Answered>,
    ) -> Option<String> {
        let id = answered.filter(|answered| answered.status == 201);
        let id = id.and_then(|answered| answered.json["data"]["id"].as_str().map(str::to_owned));
        if before == after {
            self.after.entry(before).or_default().extend(id.clone());
        } else {
            self.doubtful += 1;
        }
        id
    }

    /// How often what was said may be there.
    fn most(&self) -> usize {
        self.after.len() + self.doubtful
    }

    fn ids(&self) -> BTreeSet<&String> {
        self.after.values().flatten().collect()
    }

    /// Ids that are of one message, and differ.
    fn torn(&self) -> Option<&BTreeSet<String>> {
        self.after.values().find(|ids| ids.len() > 1)
    }
}
