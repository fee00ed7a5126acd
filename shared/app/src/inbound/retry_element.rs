//! An element that was set aside, once more, by the same use case.
//!
//! Order of writes: what the element says, then its object is taken away: it holds somebody's words,
//! and erasing a contact finds only what lies under them. An object that stays behind because a run
//! died, or because its job was given up, goes by the bucket's lifecycle.

use std::time::Duration;

use channels::whatsapp;
use domain::channel::Channel;
use tokio::time::Instant;

use super::{Inbound, StoreElementError};
use crate::jobs::RetryJob;

impl Inbound {
    /// Stores an element that was set aside. Its signature was checked when it came; what names
    /// an app or an object that is gone can never be stored, and is let go with a line in the log.
    pub async fn retry_element(&self, job: &RetryJob) -> Result<(), StoreElementError> {
        let Some(app) = self.app(&job.app_key).await? else {
            tracing::error!(app = job.app_key, "the provider app of a set-aside element is gone");
            return Ok(());
        };
        let place = job.element_key(&app);
        let Some(body) = self.bucket.get(&place).await? else {
            // One that was delivered, and set aside, twice has one object and two jobs.
            tracing::warn!(element_id = %job.element_id, "a set-aside element is gone");
            return Ok(());
        };
        let elements = match app.channel {
            Channel::WhatsApp => whatsapp::inbound::split(&body),
        };
        match elements {
            Ok(elements) => {
                let by = Instant::now() + Duration::from_secs(20);
                for element in elements {
                    self.try_store_element(&app, &element, by).await?;
                }
            }
            Err(error) => self.keep_broken_delivery(&app, &body, &error.0).await?,
        }
        Ok(self.bucket.erase(&place).await?)
    }
}
