//! What is neither a message nor a report of ours: kept as it came, and listed.
//!
//! The raw element goes to the bucket first, then a line goes to the table; both under names
//! that follow from the element, so that a redelivery changes nothing.
//!
//! The line names nobody: who wrote, and which of their messages it is, is in the raw element alone.
//! That lies below its contact where it is one's, and is gone with them. What nobody can be told of
//! (an account that is not connected here, one who has not written yet, a body that makes no sense)
//! is kept for 30 days, line and element alike ([`domain::integration::EVENT_LIFE`]).

use channels::{AccountNews, Element, Event, Inbound as Decoded};
use domain::{
    Id, Time,
    contact::Contact,
    integration::{Integration, IntegrationEvent, Organization, ProviderApp},
};

use sha2::{Digest, Sha256};

use super::{
    Inbound, StoreElementError,
    whose::{Whose, whose},
};

impl Inbound {
    /// Keeps an element as an event. What names one who was erased is not kept; `false` then.
    pub(super) async fn keep_event(
        &self,
        integration: &Integration,
        element: &Element,
        event: Event,
        now: Time,
    ) -> Result<bool, StoreElementError> {
        let (org, of) = (integration.organization_id, integration.id.to_string());
        let at = event.at.unwrap_or(now);
        let contact = match whose(self.table.tenant(org), integration.id, &event.about, at).await? {
            Whose::Nobodys => None,
            Whose::Contacts(contact) => Some(contact),
            Whose::Erased => return Ok(false),
        };
        self.keep(org, contact, &of, element.body.as_bytes(), event, now).await?;
        Ok(true)
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
        let event = Event { kind: "unrouted".into(), at, summary, about: vec![] };
        self.keep_for_app(app, element.body.as_bytes(), event).await
    }

    /// Keeps a body that is no delivery, under the app.
    pub(super) async fn keep_broken_delivery(
        &self,
        app: &ProviderApp,
        body: &[u8],
        reason: &str,
    ) -> Result<(), StoreElementError> {
        let (kind, summary) = ("unparseable".into(), reason.to_owned());
        let event = Event { kind, at: None, summary, about: vec![] };
        self.keep_for_app(app, body, event).await
    }

    async fn keep_for_app(
        &self,
        app: &ProviderApp,
        raw: &[u8],
        event: Event,
    ) -> Result<(), StoreElementError> {
        let now = Time::from(self.source.now());
        self.keep(app.organization_id, None, &app.key, raw, event, now).await
    }

    async fn keep(
        &self,
        organization: Id<Organization>,
        contact: Option<Id<Contact>>,
        of: &str,
        raw: &[u8],
        event: Event,
        now: Time,
    ) -> Result<(), StoreElementError> {
        let hash = hex::encode(Sha256::digest(raw));
        let nobodys = format!("raw/{organization}/event/{hash}.json");
        // Whoever it turns out to be about, it is the same event.
        let id = Id::derived(&["event", of, &nobodys]);
        let raw_key = match contact {
            None => nobodys,
            Some(contact) => format!("raw/{organization}/contact/{contact}/{hash}.json"),
        };
        self.bucket.put(&raw_key, raw.to_vec()).await?;
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

    /// Puts a message that we can't show into the bucket, as it came: it stays as long as the
    /// message.
    pub(super) async fn keep_raw(
        &self,
        organization: Id<Organization>,
        contact: Id<Contact>,
        raw: &[u8],
    ) -> Result<String, StoreElementError> {
        let id = hex::encode(Sha256::digest(raw));
        let key = format!("contact/{organization}/{contact}/{id}.json");
        self.bucket.put(&key, raw.to_vec()).await?;
        Ok(key)
    }
}
