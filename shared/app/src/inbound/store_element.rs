//! One element: to which integration it belongs, what it says, and where that goes.

use channels::{Element, Inbound as Decoded, whatsapp};
use domain::{Time, channel::Channel, integration::ProviderApp};

use super::{Inbound, StoreElementError};

impl Inbound {
    /// Stores an element; may be run again at any time.
    pub(super) async fn store_element(
        &self,
        app: &ProviderApp,
        element: &Element,
    ) -> Result<(), StoreElementError> {
        let decoded = match app.channel {
            Channel::WhatsApp => whatsapp::inbound::decode(element),
        };
        let integration = match &element.account {
            Some(account) => match (self.integration(app, account).await?, said_at(&decoded)) {
                (None, Some(said_at)) => self.former_integration(app, account, said_at).await?,
                (found, _) => found,
            },
            None => None,
        };
        let Some(integration) = integration else {
            return self.keep_unrouted(app, element, decoded).await;
        };
        // The element's own time, not the delivery's: the receipt must be close to the storing.
        let now = Time::from(self.source.now());
        // Boxed: each is large, and the largest would be the size of them all.
        match decoded {
            Decoded::Message(message) => {
                Box::pin(self.receive_message(&integration, element, message, now)).await
            }
            Decoded::Annotation(said) => {
                Box::pin(self.annotate_message(&integration, element, said, now)).await
            }
            Decoded::Echo(echo) => {
                Box::pin(self.receive_echo(&integration, element, echo, now)).await
            }
            Decoded::IdentityChange(change) => {
                Box::pin(self.change_identity(&integration, element, change, now)).await
            }
            Decoded::Status(report) => self.apply_status(&integration, element, report, now).await,
            Decoded::Account(account) => {
                self.keep_event(&integration, element, account.event.clone(), now).await?;
                self.change_account(app, &account).await
            }
            Decoded::Event(event) => {
                self.keep_event(&integration, element, event, now).await.map(drop)
            }
        }
    }
}

/// When it was said or reported, if it is about a customer.
fn said_at(decoded: &Decoded) -> Option<Time> {
    match decoded {
        Decoded::Message(message) => Some(message.at),
        Decoded::Annotation(said) => Some(said.annotation.at),
        Decoded::Echo(echo) => Some(echo.at),
        Decoded::IdentityChange(change) => Some(change.at),
        Decoded::Status(report) => Some(report.update.at),
        Decoded::Account(_) | Decoded::Event(_) => None,
    }
}
