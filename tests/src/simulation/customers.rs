//! What customers write: words mostly, and everything else that the channel carries.
//!
//! Whatever has words says when it was sent, so that the checks can tell what a blocked or erased
//! contact said, and no two say the same.

use serde_json::json;

use super::Simulation;
use crate::{
    company::Company,
    graph::{Attachment, Delivery, Kind, Location, MediaKind, Person, Post},
};

/// Each kind of file: its type, how it begins, and whether words go below it.
const FILES: [(MediaKind, &str, &[u8], bool); 6] = [
    (MediaKind::Image, "image/jpeg", crate::files::JPEG, true),
    (MediaKind::Image, "image/jpeg", crate::files::JPEG, true),
    (MediaKind::Audio, "audio/ogg; codecs=opus", b"OggS\0\x02 OpusHead ", false),
    (MediaKind::Video, "video/mp4", b"\0\0\0\x18ftypmp42\0\0\0\0 ", true),
    (MediaKind::Document, "application/pdf", b"%PDF-1.4\n", true),
    (MediaKind::Sticker, "image/webp", b"RIFF\x1a\0\0\0WEBPVP8X ", false),
];

impl Simulation {
    /// Customers of each company write, alone or several in one delivery.
    pub(super) async fn customers(&self) -> anyhow::Result<()> {
        for _ in 0..self.chaos.between(3, 10) {
            self.chaos.pause(10, 6_000).await;
            let company = &self.world.companies[usize::try_from(self.chaos.between(0, 1))?];
            let delivery = self.write(company);
            self.post("customers", company, &delivery).await?;
        }
        Ok(())
    }

    fn write(&self, company: &Company) -> Delivery {
        let now = self.world.clock.now_ms();
        let mut posts: Vec<Post> = (0..self.chaos.pick(&[1, 1, 1, 3]))
            .map(|n| self.message(company, now, &format!("{now} {n}")))
            .collect();
        if self.chaos.chance(8) {
            posts.extend(self.another_number(company));
        }
        self.note(format!("{} customers write", posts.len()));
        company.graph().customers_send(now, &posts)
    }

    fn message(&self, company: &Company, now: u64, words: &str) -> Post {
        // Some were written long before they could be sent.
        let late = if self.chaos.chance(15) { self.chaos.between(1, 40 * 3600) * 1000 } else { 0 };
        let at_ms = now - late;
        let person = self.person(company, at_ms);
        let before = Before::of(company, &person);
        let kind = match self.chaos.between(0, 19) {
            0..=7 => None,
            8..=11 => self.about(&before, words),
            12..=14 => Some(self.file(company, words)),
            15 => Some(Kind::Unsupported { kind: "poll_creation".into() }),
            16 => Some(place(words)),
            17 => Some(cards(words)),
            18 => Some(order(words)),
            _ => Some(self.choice(words)),
        };
        let post = Post::new(at_ms, &person, kind.unwrap_or_else(|| Kind::text(words)));
        if matches!(post.kind, Kind::Reaction { .. } | Kind::Edit { .. } | Kind::Revoke { .. }) {
            return post;
        }
        match (self.chaos.between(0, 19), self.one_of(&before.all)) {
            (0 | 1, Some(quoted)) => post.replying_to(quoted),
            (2, _) => post.forwarded(),
            (3, _) => post.referred(json!({
                "source_type": "ad", "source_id": "120211", "headline": words,
                "source_url": "https://fb.me/kopi", "ctwa_clid": "klik-1",
            })),
            _ => post,
        }
    }

    fn one_of<'a>(&self, wamids: &'a [String]) -> Option<&'a String> {
        let last = u64::try_from(wamids.len()).ok()?.checked_sub(1)?;
        wamids.get(usize::try_from(self.chaos.between(0, last)).ok()?)
    }

    /// Something about what was said before: by themselves, or, if it is a reaction, to them.
    fn about(&self, before: &Before, words: &str) -> Option<Kind> {
        let emoji = || Some("👍".to_owned()).filter(|_| self.chaos.chance(50));
        let (from, roll) = match self.chaos.between(0, 4) {
            roll @ 0..=1 => (&before.all, roll),
            roll @ 2..=3 => (&before.texts, roll),
            roll => (&before.own, roll),
        };
        let message_id = self.one_of(from)?.clone();
        Some(match roll {
            0..=1 => Kind::Reaction { message_id, emoji: emoji() },
            2..=3 => Kind::Edit { message_id, body: format!("{words} lagi") },
            _ => Kind::Revoke { message_id },
        })
    }

    /// A file of some kind, which the provider then hands out, or not.
    fn file(&self, company: &Company, words: &str) -> Kind {
        let (kind, mime_type, head, is_worded) = self.chaos.pick(&FILES);
        let bytes = [head, words.as_bytes()].concat();
        let now = self.world.clock.now_ms();
        let media_id = company.graph().customer_uploads(now, mime_type, bytes);
        let caption = (is_worded && self.chaos.chance(50)).then(|| words.to_owned());
        let filename = (kind == MediaKind::Document).then(|| "nota.pdf".to_owned());
        let (voice, animated) = (kind == MediaKind::Audio, kind == MediaKind::Sticker);
        self.note(format!("a customer sends a file: {}", kind.name()));
        let file = Attachment { media_id, caption, filename, voice, animated };
        Kind::Media { kind, file }
    }

    /// What was chosen of something: of buttons, of a list, of a template's, or in a form.
    fn choice(&self, words: &str) -> Kind {
        let (id, title) = ("pilihan-1".to_owned(), words.to_owned());
        match self.chaos.between(0, 3) {
            0 => Kind::ButtonReply { id, title },
            1 => Kind::ListReply { id, title, description: Some("panas".into()) },
            2 => Kind::Button { payload: id, text: title },
            _ => Kind::FlowReply {
                body: title,
                response_json: json!({ "nama": words, "jumlah": 2 }).to_string(),
            },
        }
    }
}

fn place(words: &str) -> Kind {
    let (name, address) = (Some(words.to_owned()), Some("Jl. Braga 10".to_owned()));
    Kind::Location(Location { latitude: -6.25, longitude: 106.5, name, address })
}

fn cards(words: &str) -> Kind {
    let name = json!({ "formatted_name": words, "first_name": "Siti" });
    let phones = json!([{ "phone": "+62 812", "type": "CELL" }]);
    Kind::Contacts { contacts: vec![json!({ "name": name, "phones": phones })] }
}

fn order(words: &str) -> Kind {
    let line = json!({ "product_retailer_id": "gayo-250", "quantity": 2, "item_price": 85_000,
        "currency": "IDR" });
    let (catalog_id, text) = ("katalog-1".to_owned(), words.to_owned());
    Kind::Order { catalog_id, text, product_items: vec![line] }
}

/// What a customer can say something about.
struct Before {
    /// Their own texts.
    texts: Vec<String>,
    /// All that they said.
    own: Vec<String>,
    /// The same, and what was said to them.
    all: Vec<String>,
}

impl Before {
    fn of(company: &Company, person: &Person) -> Self {
        let graph = company.graph();
        let (mut texts, mut own) = (Vec::new(), Vec::new());
        let by_them = graph.written().iter().filter(|line| line.from == person.key());
        for line in by_them.filter(|line| line.taken) {
            match line.kind {
                "reaction" | "edit" | "revoke" | "system" => continue,
                "text" => texts.push(line.wamid.clone()),
                _ => {}
            }
            own.push(line.wamid.clone());
        }
        let to_them = graph.log().iter().filter(|sent| sent.to == person.key());
        let to_them = to_them.filter(|sent| sent.kind != "reaction");
        let all = own.iter().cloned().chain(to_them.map(|sent| sent.wamid.clone())).collect();
        Self { texts, own, all }
    }
}
