//! A provider's delivery: every element stored or set aside before it is answered.
//!
//! Elements of one customer run in their order; customers run beside each other. An element
//! that fails, hangs or makes our code panic harms none of its neighbours: it goes to the bucket
//! and the retry queue, and the delivery is still answered 200. Only if that fails too must the
//! provider deliver again.

use std::{collections::BTreeMap, panic::AssertUnwindSafe, time::Duration};

use channels::{Element, Inbound as Decoded, whatsapp};
use domain::{Id, channel::Channel, integration::ProviderApp, room::STORE_LIMIT};
use futures_util::{FutureExt, StreamExt, stream};
use platform::telemetry;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Inbound, StoreElementError};
use crate::jobs::RetryJob;

/// How many customers' elements are stored beside each other.
const WIDTH: usize = 24;

/// What is not stored by then is set aside: the provider must be answered within 30 s.
const DELIVERY_LIMIT: Duration = Duration::from_secs(18);

/// What to answer a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// All of it is safe with us.
    Safe,
    /// Some of it is not: the provider must deliver again.
    DeliverAgain,
}

impl Inbound {
    /// Takes in the body of a delivery whose signature was checked.
    pub async fn receive_delivery(&self, app: &ProviderApp, body: &[u8]) -> Received {
        let elements = match split(app.channel, body) {
            Ok(elements) => elements,
            Err(error) => return self.keep_unparseable(app, body, &error).await,
        };
        let by = Instant::now() + DELIVERY_LIMIT;
        let groups = by_customer(app.channel, elements);
        let answers = stream::iter(groups)
            .map(|group| async move {
                let mut safe = true;
                for element in group {
                    safe &= self.store_or_set_aside(app, &element, by).await;
                }
                safe
            })
            .buffer_unordered(WIDTH)
            .collect::<Vec<_>>()
            .await;
        if answers.into_iter().all(|safe| safe) { Received::Safe } else { Received::DeliverAgain }
    }

    async fn store_or_set_aside(&self, app: &ProviderApp, element: &Element, by: Instant) -> bool {
        let Err(error) = self.try_store_element(app, element, by).await else { return true };
        tracing::warn!(app = app.key, %error, "an element is set aside");
        match self.set_aside(app, element).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(app = app.key, %error, "an element could not even be set aside");
                false
            }
        }
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
        app: &ProviderApp,
        element: &Element,
    ) -> Result<(), StoreElementError> {
        let id = Id::<Element>::derived(&[&element.body]);
        let element_key = format!("raw/{}/set-aside/{id}.json", app.organization_id);
        let job = RetryJob { app_key: app.key.clone(), element_key };
        self.bucket.put(&job.element_key, element.body.clone().into_bytes()).await?;
        let body = serde_json::to_string(&job).unwrap_or_default();
        Ok(self.retries.send(body).await?)
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
        telemetry::count("UnparseableBody", app.channel.name(), now);
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
    match channel {
        Channel::WhatsApp => whatsapp::inbound::split(body),
    }
}

/// Groups elements whose order matters among each other, in the delivery's order.
fn by_customer(channel: Channel, elements: Vec<Element>) -> Vec<Vec<Element>> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<Element>> = Vec::new();
    for element in elements {
        match customer(channel, &element) {
            None => groups.push(vec![element]),
            Some(customer) => match places.get(&customer) {
                Some(&place) => groups[place].push(element),
                None => {
                    places.insert(customer, groups.len());
                    groups.push(vec![element]);
                }
            },
        }
    }
    groups
}

/// What elements of one customer share; nothing, for one that stands alone or makes us panic.
fn customer(channel: Channel, element: &Element) -> Option<String> {
    let decode = || match channel {
        Channel::WhatsApp => whatsapp::inbound::decode(element),
    };
    match std::panic::catch_unwind(decode).ok()? {
        Decoded::Message(message) => Some(message.from),
        Decoded::Status(report) => Some(report.update.provider_id),
        Decoded::Event(_) => None,
    }
}
