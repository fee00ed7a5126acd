//! A provider's delivery: every element stored or set aside before it is answered.
//!
//! Messages of one customer, and reports on one message, run in their order; all else runs beside
//! each other. An element
//! that fails, hangs or makes our code panic harms none of its neighbours: it goes to the bucket
//! and the retry queue, and the delivery is still answered 200. Only if that fails too must the
//! provider deliver again.

use std::{collections::BTreeMap, panic::AssertUnwindSafe, time::Duration};

use channels::{AccountChange, Element, Inbound as Decoded, whatsapp};
use domain::{Id, Time, channel::Channel, integration::ProviderApp, room::STORE_LIMIT};
use futures_util::{FutureExt, StreamExt, stream};
use platform::{queue::Queue, trace};
use tokio::time::{Instant, timeout, timeout_at};

use super::{Inbound, StoreElementError};
use crate::{jobs::RetryJob, outcomes::Metric};

/// How many groups of elements are stored beside each other.
const WIDTH: usize = 24;

/// What is not stored this long after the delivery came is set aside.
const STORED_BY: Duration = Duration::from_secs(17);

/// What is not set aside by then must be delivered again. The function has 29 s.
const SET_ASIDE_BY: Duration = Duration::from_secs(26);

/// What to answer a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// All of it is safe with us.
    Safe,
    /// Some of it is not: the provider must deliver again.
    DeliverAgain,
}

impl Inbound {
    /// Takes in the body of a delivery that arrived then and whose signature was checked. What can't be stored now goes
    /// to the queue `retries`.
    pub async fn receive_delivery(
        &self,
        retries: &Queue,
        app: &ProviderApp,
        body: &[u8],
        arrived: Instant,
    ) -> Received {
        let elements = match split(app.channel, body) {
            Ok(elements) => elements,
            Err(error) => return self.keep_unparseable(app, body, &error).await,
        };
        let by = arrived + STORED_BY;
        let left: Vec<Vec<Element>> = stream::iter(in_order(app.channel, elements))
            .map(|group| self.store_group(app, group, by))
            .buffer_unordered(WIDTH)
            .collect()
            .await;
        let set_aside: Vec<bool> = stream::iter(left.into_iter().flatten())
            .map(|element| self.is_set_aside(retries, app, element, arrived + SET_ASIDE_BY))
            .buffer_unordered(WIDTH)
            .collect()
            .await;
        if set_aside.into_iter().all(|done| done) { Received::Safe } else { Received::DeliverAgain }
    }

    /// Stores elements one after the other, and returns those that could not be.
    async fn store_group(
        &self,
        app: &ProviderApp,
        group: Vec<Element>,
        by: Instant,
    ) -> Vec<Element> {
        let mut left = Vec::new();
        for element in group {
            if let Err(error) = self.try_store_element(app, &element, by).await {
                tracing::warn!(app = app.key, %error, "an element is set aside");
                Metric::SetAsideElements.count(Time::from(self.source.now()));
                left.push(element);
            }
        }
        left
    }

    async fn is_set_aside(
        &self,
        retries: &Queue,
        app: &ProviderApp,
        element: Element,
        by: Instant,
    ) -> bool {
        let done = timeout_at(by, self.set_aside(retries, app, element)).await;
        let done = done.unwrap_or(Err(StoreElementError::Late));
        if let Err(error) = &done {
            tracing::error!(app = app.key, %error, "an element could not even be set aside");
        }
        done.is_ok()
    }

    /// Stores an element within its time, whatever our own code does about it.
    pub(super) async fn try_store_element(
        &self,
        app: &ProviderApp,
        element: &Element,
        by: Instant,
    ) -> Result<(), StoreElementError> {
        let limit = Duration::try_from(STORE_LIMIT).unwrap_or_default();
        let work = AssertUnwindSafe(self.store_element(app, element)).catch_unwind();
        match timeout_at(by, timeout(limit, work)).await {
            Ok(Ok(Ok(stored))) => stored,
            Ok(Ok(Err(_panic))) => Err(StoreElementError::Panicked),
            Ok(Err(_)) | Err(_) => Err(StoreElementError::Late),
        }
    }

    async fn set_aside(
        &self,
        retries: &Queue,
        app: &ProviderApp,
        element: Element,
    ) -> Result<(), StoreElementError> {
        let element_id = Id::derived(&[&element.body]);
        let job = RetryJob { app_key: app.key.clone(), element_id, trace: trace::current() };
        self.bucket.put(&job.element_key(app), element.body.into_bytes()).await?;
        let body = serde_json::to_string(&job).unwrap_or_default();
        Ok(retries.send(body).await?)
    }

    /// What is signed but makes no sense is kept for a person to look at. It is answered 200:
    /// delivered again it would make no more sense.
    async fn keep_unparseable(
        &self,
        app: &ProviderApp,
        body: &[u8],
        error: &channels::Unparseable,
    ) -> Received {
        let now = self.source.now();
        Metric::UnparseableBodies.count(Time::from(now));
        match self.keep_broken_delivery(app, body, &error.0).await {
            Ok(()) => Received::Safe,
            Err(error) => {
                tracing::error!(app = app.key, %error, "a broken delivery could not be kept");
                Received::DeliverAgain
            }
        }
    }
}

fn split(channel: Channel, body: &[u8]) -> Result<Vec<Element>, channels::Unparseable> {
    let split = || match channel {
        Channel::WhatsApp => whatsapp::inbound::split(body),
    };
    std::panic::catch_unwind(split)
        .unwrap_or_else(|_| Err(channels::Unparseable("reading it failed".into())))
}

/// Groups elements whose order matters among each other, in the delivery's order.
fn in_order(channel: Channel, elements: Vec<Element>) -> Vec<Vec<Element>> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<Element>> = Vec::new();
    for element in elements {
        match subject(channel, &element) {
            None => groups.push(vec![element]),
            Some(subject) => match places.get(&subject) {
                Some(&place) => groups[place].push(element),
                None => {
                    places.insert(subject, groups.len());
                    groups.push(vec![element]);
                }
            },
        }
    }
    groups
}

/// What elements share whose order matters: a chat's customer, a report's message, a
/// template, a number of ours. Nothing, for an event, and for an element that makes us panic.
fn subject(channel: Channel, element: &Element) -> Option<String> {
    let decode = || match channel {
        Channel::WhatsApp => whatsapp::inbound::decode(element),
    };
    match std::panic::catch_unwind(decode).ok()? {
        Decoded::Message(message) => message.from.primary().map(str::to_owned),
        Decoded::Annotation(said) => said.chat.primary().map(str::to_owned),
        Decoded::Echo(echo) => echo.to.primary().map(str::to_owned),
        Decoded::IdentityChange(change) => change.old.primary().map(str::to_owned),
        Decoded::Status(report) => Some(report.update.provider_id),
        Decoded::Account(account) => Some(match account.change {
            AccountChange::Template(news) => format!("template {}", news.name),
            AccountChange::Number(news) => format!("number {}", news.number),
        }),
        Decoded::Event(_) => None,
    }
}
