//! A report about a message of ours.
//!
//! The report names our own reference, so the message is reached by key; what the phone's app sent
//! is reached by a pointer. What was never ours, or belongs to another account, is kept as an event
//! of the integration. It may be of a message of the phone's app that has not come: then it waits in
//! the pointer's place, too, and whoever stores the message does what it says.

use channels::{Element, Event, StatusReport};
use domain::{
    Time,
    contact::Person,
    integration::Integration,
    message::{Change, Direction, Message, StatusUpdate, Transition, apply},
};
use store::{Advance, MessageKey, StoreError, Tenant, Versioned};

use super::{Inbound, StoreElementError, whose::is_of_erased};
use crate::{ATTEMPTS, settle_acceptance::settle_acceptance};

impl Inbound {
    pub(super) async fn apply_status(
        &self,
        integration: &Integration,
        element: &Element,
        report: StatusReport,
        now: Time,
    ) -> Result<(), StoreElementError> {
        let tenant = self.table.tenant(integration.organization_id);
        let update = &report.update;
        let key = match report.reference.as_deref().and_then(MessageKey::parse) {
            Some(key) => Some(key),
            // What the phone's app sent has no reference of ours.
            None => match tenant.from_phone(integration.id, &update.provider_id).await? {
                Some(key) => Some(key),
                None if is_of_erased(tenant, integration.id, &report.to, update.at).await? => {
                    return Ok(());
                }
                None => tenant.await_from_phone(integration.id, update, now).await?,
            },
        };
        let is_ours = match key {
            Some(key) => report_on(tenant, integration, key, update, now).await?,
            None => false,
        };
        if is_ours {
            return Ok(());
        }
        let event = stray(update, report.to);
        self.keep_event(integration, element, event, now).await.map(drop)
    }
}

/// Does what a report says of the message of this key. `false` if there is none, or it went through
/// another account.
pub(super) async fn report_on(
    tenant: Tenant<'_>,
    integration: &Integration,
    key: MessageKey,
    update: &StatusUpdate,
    now: Time,
) -> Result<bool, StoreError> {
    let mut known = match tenant.advance(key, integration.id, update).await? {
        Advance::Done => return Ok(true),
        Advance::Decide(known) => known,
    };
    for _ in 0..ATTEMPTS {
        let Some(old) = known.filter(|old| is_sent_by(&old.value, integration)) else {
            return Ok(false);
        };
        if step(tenant, &old, update, now).await? {
            return Ok(true);
        }
        known = tenant.message(key).await?.map(Box::new);
    }
    Err(StoreError::Contended)
}

fn is_sent_by(message: &Message, integration: &Integration) -> bool {
    message.integration_id == integration.id && matches!(message.direction, Direction::Outbound(_))
}

/// Applies a report to a message as it was read. `false` if it has changed since.
async fn step(
    tenant: Tenant<'_>,
    old: &Versioned<Message>,
    update: &StatusUpdate,
    now: Time,
) -> Result<bool, StoreError> {
    let message = &old.value;
    let Direction::Outbound(known) = &message.direction else { return Ok(true) };
    let new = match apply(known, update, now) {
        Transition::Nothing => return Ok(true),
        Transition::Changed(next) => {
            Message { direction: Direction::Outbound(next), ..message.clone() }
        }
        Transition::Accepted(next) => {
            settle_acceptance(tenant, message, *next, now, &update.provider_id).await?
        }
    };
    tenant.save_message(old, &new).await
}

/// A report that concerns no message of ours, as an event.
fn stray(update: &StatusUpdate, to: Person) -> Event {
    let what = match &update.change {
        Change::Reached(status) => status.name().to_owned(),
        Change::Failed(failure) => format!("failed ({})", failure.code),
    };
    let summary = format!("{what}, of a message that was not sent from here");
    Event { kind: "status".into(), at: Some(update.at), summary, about: vec![to] }
}
