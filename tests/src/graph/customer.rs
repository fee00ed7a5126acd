//! The customer's side: what people send to the business number.

use serde::Serialize;
use serde_json::{Value, json};

use super::kinds::Kind;
use super::person::Person;
use super::{Delivery, Fault, Graph, payload};

/// A text message that a customer writes.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// When it was written, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// The customer's number, as digits; a leading plus sign is dropped.
    pub from: &'a str,
    /// The customer's profile name.
    pub name: &'a str,
    /// The text.
    pub text: &'a str,
}

/// A message of any kind on its way from a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// When it was written, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// Who writes.
    pub person: Person,
    /// What.
    pub kind: Kind,
    /// The message that it answers: the one quoted, or the one whose button was tapped.
    pub reply_to: Option<String>,
    /// It was somebody else's first.
    pub forwarded: bool,
    /// The ad that it began with: `source_url`, `source_id`, `source_type`, `headline`, `body`,
    /// `ctwa_clid` ... (webhooks/reference/messages/text, click to WhatsApp).
    pub referral: Option<Value>,
}

impl Post {
    /// A plain one.
    pub fn new(at_ms: u64, person: &Person, kind: Kind) -> Self {
        let person = person.clone();
        Self { at_ms, person, kind, reply_to: None, forwarded: false, referral: None }
    }

    /// The same as a reply to a message.
    #[must_use]
    pub fn replying_to(mut self, wamid: &str) -> Self {
        self.reply_to = Some(wamid.to_owned());
        self
    }

    /// The same, forwarded.
    #[must_use]
    pub fn forwarded(mut self) -> Self {
        self.forwarded = true;
        self
    }

    /// The same, as an ad led to it.
    #[must_use]
    pub fn referred(mut self, referral: Value) -> Self {
        self.referral = Some(referral);
        self
    }
}

/// A message that a customer sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The customer's number, as digits, or the user id of one who hides it.
    pub from: String,
    /// The customer's profile name.
    pub name: String,
    /// The text, or the words that go with another kind; empty if there are none.
    pub text: String,
    /// The id that the provider gave the message.
    pub wamid: String,
    /// When it was written, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// `type` in the webhook.
    pub kind: &'static str,
    /// The element of `messages` in the webhook.
    pub message: Value,
    /// The webhook was answered with 200: the customer sees two ticks.
    pub taken: bool,
    /// The business said that it read the message: the ticks are blue.
    pub seen: bool,
    /// Who sent it.
    #[serde(skip)]
    pub person: Person,
}

impl Graph {
    /// A customer writes one text message. The delivery is the carrier's to post at once; the
    /// copies that [`Fault::Duplicate`] adds come out of [`Graph::due`].
    pub fn customer_says(&mut self, now_ms: u64, from: &str, name: &str, text: &str) -> Delivery {
        let said = Said { at_ms: now_ms, from, name, text };
        self.customers_say(now_ms, &[said])
    }

    /// Text messages that the provider hands over in one webhook, as it does after an outage. They
    /// come in the order given, or shuffled under [`Fault::OutOfOrder`].
    pub fn customers_say(&mut self, now_ms: u64, batch: &[Said<'_>]) -> Delivery {
        let posts: Vec<Post> = batch
            .iter()
            .map(|said| {
                let person = Person::with_phone(said.from, said.name);
                Post::new(said.at_ms, &person, Kind::text(said.text))
            })
            .collect();
        self.customers_send(now_ms, &posts)
    }

    /// A customer sends one message of any kind.
    pub fn customer_sends(&mut self, now_ms: u64, person: &Person, kind: Kind) -> Delivery {
        self.customers_send(now_ms, &[Post::new(now_ms, person, kind)])
    }

    /// Messages of any kind in one webhook, as [`Graph::customers_say`].
    pub fn customers_send(&mut self, now_ms: u64, posts: &[Post]) -> Delivery {
        let first = self.written.len();
        for post in posts {
            let written = self.take_down(now_ms, post);
            self.written.push(written);
        }
        let copies = self.copies();
        let shuffled = posts.len() > 1 && self.faults.strikes(Fault::OutOfOrder);
        let mut lines: Vec<_> = self.written[first..].iter().collect();
        if shuffled {
            // Never the order given, and no two batches of one size alike: backwards, then rotated
            // by something that leaves at least one pair the wrong way round.
            lines.reverse();
            lines.rotate_left(first % (posts.len() - 1));
        }
        let body = payload::messages(&self.config, &lines);
        for copy in 1..copies {
            let due_ms = now_ms + copy * self.timing.copy_gap_ms;
            self.outbox.schedule(due_ms, body.clone());
        }
        self.outbox.post_now(now_ms, body)
    }

    /// The message as its webhook will show it.
    fn take_down(&mut self, now_ms: u64, post: &Post) -> Written {
        let Post { at_ms, person, kind, reply_to, forwarded, referral } = post;
        let wamid = self.ids.incoming(person.key());
        let mut message = json!({"id": wamid, "timestamp": payload::seconds(*at_ms)});
        person.sign(&mut message);
        message["type"] = json!(kind.name());
        message[kind.name()] = match kind {
            Kind::Media { kind, file } => self.shelf.content(now_ms, *kind, file),
            Kind::NumberChanged { .. } | Kind::UserIdChanged { .. } => system(person, kind),
            other => other.content(),
        };
        if let Some(quoted) = reply_to {
            message["context"] = json!({"from": self.author(person, quoted), "id": quoted});
        } else if *forwarded {
            message["context"] = json!({"forwarded": true});
        }
        if let Some(referral) = referral {
            message["referral"] = referral.clone();
        }
        if let Kind::Unsupported { .. } = kind {
            message["errors"] = unsupported();
        }
        Written {
            from: person.key().to_owned(),
            name: person.name.clone(),
            text: kind.words().to_owned(),
            wamid,
            at_ms: *at_ms,
            kind: kind.name(),
            message,
            taken: false,
            seen: false,
            person: person.clone(),
        }
    }

    /// Who wrote a message that is quoted: the customer, or else the business.
    fn author(&self, person: &Person, wamid: &str) -> String {
        let own = self.written.iter().any(|line| line.wamid == wamid && line.from == person.key());
        if own { person.key().to_owned() } else { self.config.display_phone_number.clone() }
    }
}

/// `webhooks/reference/messages/system`; of the user ids, the changelog of August 2026.
fn system(person: &Person, kind: &Kind) -> Value {
    let name = &person.name;
    let old = person.key();
    if let Kind::NumberChanged { new_phone, new_user_id } = kind {
        let mut content = json!({
            "body": format!("User {name} changed from {old} to {new_phone}"),
            "wa_id": new_phone,
            "type": "user_changed_number",
        });
        if let Some(user_id) = new_user_id {
            content["user_id"] = json!(user_id);
        }
        if let Some(previous) = &person.user_id {
            content["previous_user_id"] = json!(previous);
        }
        return content;
    }
    let Kind::UserIdChanged { new_user_id } = kind else { return Value::Null };
    json!({
        "body": format!("User {name} changed from {old} to {new_user_id}"),
        "user_id": new_user_id,
        "previous_user_id": person.user_id,
        "type": "user_changed_user_id",
    })
}

/// What stands beside a message that the API does not carry (webhooks/reference/messages/unsupported).
fn unsupported() -> Value {
    json!([{
        "code": 131_051,
        "title": "Message type unknown",
        "message": "Message type unknown",
        "error_data": {"details": "Message type is currently not supported."},
    }])
}
