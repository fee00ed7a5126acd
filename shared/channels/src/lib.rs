//! Codecs of the channels: bytes in, values out, and back.
//!
//! One folder per channel with the same parts: `verify` (is this delivery genuine), `inbound`
//! (what does it say), `outbound` (the request that sends a message, and what its answer means),
//! `errors` (what a refusal asks of us), `limits` (what the provider takes). Nothing here does I/O, knows a table or
//! reads a clock. A delivery is split into elements first, each a delivery of one, so that an
//! element can be decoded, refused, set aside and tried again without its neighbours.

pub mod whatsapp;

use std::collections::BTreeMap;

use domain::{
    Time,
    contact::Person,
    integration::NumberNews,
    message::{Annotation, Content, Context, Failure, StatusUpdate},
    template,
};
use serde::{Deserialize, Serialize};

/// One message, status or other change of a delivery, still encoded: itself a valid delivery
/// body, with just this one element in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// The account it is for, if it names one: WhatsApp's `phone_number_id`.
    pub account: Option<String>,
    /// The delivery body with only this element.
    pub body: String,
}

/// The body is not a delivery at all.
#[derive(Debug, thiserror::Error)]
#[error("the body is no delivery of this channel: {0}")]
pub struct Unparseable(pub String);

/// What an element says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// A customer wrote.
    Message(CustomerMessage),
    /// Somebody reacted to a message, edited or deleted it.
    Annotation(ChatAnnotation),
    /// One of ours wrote from the channel's own app on a phone.
    Echo(Echo),
    /// Somebody is known by another identity now.
    IdentityChange(IdentityChange),
    /// A report about a message of ours.
    Status(StatusReport),
    /// Something about a whole business account.
    Account(AccountNews),
    /// Anything else: kept as an integration event.
    Event(Event),
}

/// A customer's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerMessage {
    /// The provider's id of it, unique within the account.
    pub provider_id: String,
    /// Who wrote it; at least a number or a user id is there.
    pub from: Person,
    /// When they wrote it.
    pub at: Time,
    /// What they wrote.
    pub body: Body,
    /// What it refers to.
    pub context: Context,
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// What we can show. Never [`Content::Unsupported`].
    Content(Content),
    /// A type that is kept as it came.
    Unsupported {
        /// The provider's name of it.
        provider_type: String,
        /// The provider's code for why it can't be shown.
        code: Option<i64>,
        /// The provider's words for that.
        reason: Option<String>,
    },
}

/// A reaction, edit or deletion in the chat with a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatAnnotation {
    /// The customer whose chat it is in, whoever did it.
    pub chat: Person,
    /// What was done.
    pub annotation: Annotation,
}

/// A message that one of ours wrote from the channel's own app on a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echo {
    /// The provider's id of it.
    pub provider_id: String,
    /// To whom; at least a number or a user id is there.
    pub to: Person,
    /// When.
    pub at: Time,
    /// What they wrote.
    pub body: Body,
    /// What it refers to.
    pub context: Context,
    /// Our reference, if it is after all one that we sent.
    pub reference: Option<String>,
}

/// A provider's notice that somebody is known by another identity now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityChange {
    /// What they were known by.
    pub old: Person,
    /// What they are known by now.
    pub new: Person,
    /// When, by the provider's clock.
    pub at: Time,
    /// The line that is kept of it.
    pub event: Event,
}

/// A report about a message of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusReport {
    /// Our reference, as we gave it when we sent the message.
    pub reference: Option<String>,
    /// To whom the message went, as far as it is told.
    pub to: Person,
    /// What is reported.
    pub update: StatusUpdate,
}

/// A provider's notice about a business account that changes what we hold of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNews {
    /// The provider's id of the business account: WhatsApp's WABA.
    pub business_account: String,
    /// What is different.
    pub change: AccountChange,
    /// The line that is kept of it.
    pub event: Event,
}

/// What is different about a business account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountChange {
    /// One of its templates.
    Template(template::News),
    /// One of its numbers.
    Number(NumberNews),
}

/// Something that is neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The provider's name of it.
    pub kind: String,
    /// The provider's time, if it gives one.
    pub at: Option<Time>,
    /// A line for people; never a customer's words.
    pub summary: String,
    /// Customers whom it names, so that what is kept of it is found with them.
    pub about: Vec<Person>,
}

/// A message to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboundMessage<'a> {
    /// What the channel knows the customer by.
    pub to: &'a str,
    /// What is said.
    pub content: &'a Content,
    /// The provider's id of the message that it replies to.
    pub reply_to: Option<&'a str>,
    /// Our reference, which the provider repeats in its reports.
    pub reference: &'a str,
    /// Where the provider can fetch each file of it for a short while, by its name in the bucket.
    pub links: &'a BTreeMap<String, String>,
}

/// The provider would not take this message, so it is not accepted from whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct LimitBroken {
    /// Which field, by its path in the API's body: `interactive.buttons[3].title`.
    pub field: String,
    /// What is wrong and what is allowed, for people.
    pub detail: String,
}

/// What the provider's answer to a sending means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It took the message, under this id.
    Accepted {
        /// The provider's id of the message.
        provider_id: String,
    },
    /// It did not take the message.
    Refused {
        /// What to do about it.
        class: Class,
        /// Why, in its words.
        failure: Failure,
    },
    /// The answer does not tell whether it took the message.
    Unclear,
}

/// What a refusal asks of us. Each channel's `errors` says which code is which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A passing fault: try again, with growing pauses.
    Retry,
    /// Too fast: try again, more slowly.
    Paced,
    /// This customer will not be reached now, but perhaps in a day.
    NotNow,
    /// This customer can't be reached this way.
    Recipient,
    /// The template or the content is refused.
    Content,
    /// The account can send nothing until a person sees to it: token, policy, payment.
    Channel,
}
