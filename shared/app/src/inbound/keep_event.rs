//! What is neither a message nor a report of ours: kept as it came, and listed.
//!
//! The raw element goes to the bucket first, then a line goes to the table; both under names
//! that follow from the element, so that a redelivery changes nothing.

use channels::{AccountNews, Element, Event, Inbound as Decoded};
use domain::{
    Id, Time,
    contact::Contact,
    integration::{Integration, IntegrationEvent, Organization, ProviderApp},
};

use sha2::{Digest, Sha256};

use super::{Inbound, StoreElementError};

impl Inbound {
    pub(super) async fn keep_event(
        &self,
        integration: &Integration,
        element: &Element,
        event: Event,
        now: Time,
    ) -> Result<(), StoreElementError> {
        let of = integration.id.to_string();
        self.keep(integration.organization_id, &of, element.body.as_bytes(), event, now).await
    }

    /// Keeps an element that belongs to no integration of this app, under the app: an event of
    /// the whole account under its own name, with what it changes; anything else as a stranger's.
    pub(super) async fn keep_unrouted(
        &self,
        app: &ProviderApp,
        element: &Element,
        decoded: Decoded,
    ) -> Result<(), StoreElementError> {
        let (what, at) = match decoded {
            Decoded::Event(event) if element.account.is_none() => {
                return self.keep_for_app(app, element.body.as_bytes(), event).await;
            }
            Decoded::Account(account) if element.account.is_none() => {
                let event = account.event.clone();
                self.keep_for_app(app, element.body.as_bytes(), event).await?;
                return self.change_account(app, &account).await;
            }
            Decoded::Message(message) => ("message".into(), Some(message.at)),
            Decoded::Annotation(said) => ("annotation".into(), Some(said.annotation.at)),
            Decoded::Echo(echo) => ("echo".into(), Some(echo.at)),
            Decoded::IdentityChange(change) => (change.event.kind, change.event.at),
            Decoded::Status(report) => ("status".into(), Some(report.update.at)),
            Decoded::Account(AccountNews { event, .. }) | Decoded::Event(event) => {
                (event.kind, event.at)
            }
        };
        let summary = match &element.account {
            Some(account) => format!("{what} for account {account}, which is not connected here"),
            None => format!("{what} that names no account"),
        };
        let event = Event { kind: "unrouted".into(), at, summary };
        self.keep_for_app(app, element.body.as_bytes(), event).await
    }

    /// Keeps a body that is no delivery, under the app.
    pub(super) async fn keep_broken_delivery(
        &self,
        app: &ProviderApp,
        body: &[u8],
        reason: &str,
    ) -> Result<(), StoreElementError> {
        let event = Event { kind: "unparseable".into(), at: None, summary: reason.to_owned() };
        self.keep_for_app(app, body, event).await
    }

    async fn keep_for_app(
        &self,
        app: &ProviderApp,
        raw: &[u8],
        event: Event,
    ) -> Result<(), StoreElementError> {
        let now = Time::from(self.source.now());
        self.keep(app.organization_id, &app.key, raw, event, now).await
    }

    async fn keep(
        &self,
        organization: Id<Organization>,
        of: &str,
        raw: &[u8],
        event: Event,
        now: Time,
    ) -> Result<(), StoreElementError> {
        let raw_key = self.keep_raw(organization, None, raw).await?;
        let id = Id::derived(&["event", of, &raw_key]);
        let at = event.at;
        let event = IntegrationEvent {
            id,
            kind: event.kind,
            received_at: now,
            raw_key,
            summary: event.summary,
        };
        Ok(self.table.tenant(organization).put_event(of, at, &event).await?)
    }

    /// Puts what came into the bucket: under its contact if it is one's, where it stays and
    /// erasing the contact finds it; else under `raw/`, from where it goes after 90 days.
    pub(super) async fn keep_raw(
        &self,
        organization: Id<Organization>,
        contact: Option<Id<Contact>>,
        raw: &[u8],
    ) -> Result<String, StoreElementError> {
        let id = hex::encode(Sha256::digest(raw));
        let key = match contact {
            Some(contact) => format!("contact/{organization}/{contact}/{id}.json"),
            None => format!("raw/{organization}/event/{id}.json"),
        };
        self.bucket.put(&key, raw.to_vec()).await?;
        Ok(key)
    }
}
