//! A message that one of ours wrote in the WhatsApp Business app: it was sent already, and is
//! shown where it was said. It counts as our answer; it is never sent again, and opens no billed
//! session (`webhooks/reference/smb_message_echoes`).
//!
//! Order of writes: identities, the message, the pointer by which reports find it, what was reported
//! before it came, the room. Where the customer has never written there is no room yet: the message waits
//! in its place for the room that their first words open; until then there is a contact, and an event
//! tells of it.
//!
//! A block keeps it out of nothing: these are our words. What was said to one who was erased since
//! comes to nobody, though, as what they said themselves.

use channels::{Echo, Element, Event};
use domain::{
    Time,
    contact::Person,
    integration::Integration,
    message::{Direction, Message, Outbound, message_id},
};
use platform::trace;
use store::{MessageKey, StoreError};

use super::{
    Inbound, StoreElementError,
    apply_status::report_on,
    identify::identify,
    introduce::{forget, introduce},
    receive_message::store_once,
};
use crate::settle_acceptance::touch_room;

impl Inbound {
    pub(super) async fn receive_echo(
        &self,
        integration: &Integration,
        element: &Element,
        echo: Echo,
        now: Time,
    ) -> Result<(), StoreElementError> {
        let tenant = self.table.tenant(integration.organization_id);
        if echo.reference.as_deref().and_then(MessageKey::parse).is_some() {
            let event = event_of(echo.at, "An echo of what was sent from here", echo.to);
            self.keep_event(integration, element, event, now).await?;
            return Ok(());
        }
        let identity = identify(tenant, integration.id, &echo.to, echo.at, now).await?;
        // Decoding makes sure of it: without a person it is an event.
        let Some(identity) = identity else { return Ok(()) };
        if identity.is_of_erased(echo.at) {
            tracing::info!("an echo of what was said to an erased contact was refused");
            return Ok(());
        }
        let to = echo.to.primary().unwrap_or_default().to_owned();
        let contact = identity.contact_id;
        let message = Message {
            id: message_id(integration.id, &echo.provider_id),
            room_id: identity.room_id,
            integration_id: integration.id,
            at: echo.at,
            content: self.content(integration, contact, element, echo.body).await?,
            context: echo.context,
            provider_id: Some(echo.provider_id.clone()),
            trace: trace::current(),
            expires_at: self.expiry(integration.organization_id).await?,
            version: 1,
            direction: Direction::Outbound(Box::new(Outbound::from_phone_app(
                integration.id,
                to,
                echo.at,
            ))),
        };
        let (message, _) = store_once(tenant, &identity, message, now).await?;
        for report in tenant.point_to(&message, &echo.provider_id).await? {
            report_on(tenant, integration, MessageKey::of(&message), &report, now).await?;
        }
        if touch_room(tenant, &message).await? {
            return Ok(());
        }
        if introduce(tenant, integration.id, &identity, &echo.to).await?.is_none() {
            forget(tenant, &identity, &echo.to, &message).await?;
            return Err(StoreError::Contended.into());
        }
        let summary = "A message from the phone's app to a customer who has not written yet";
        self.keep_event(integration, element, event_of(echo.at, summary, echo.to), now).await?;
        Ok(())
    }
}

fn event_of(at: Time, summary: &str, to: Person) -> Event {
    Event { kind: "echo".into(), at: Some(at), summary: summary.into(), about: vec![to] }
}
