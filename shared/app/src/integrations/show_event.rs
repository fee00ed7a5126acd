//! What a provider told us besides messages, as it came.

use domain::{
    Id, Time,
    integration::{Integration, IntegrationEvent},
};
use platform::{Ctx, objects::Bucket, problem::Problem};
use store::Table;

use crate::{authenticate::Caller, internal};

/// The most bytes of an element that are shown: an answer has 6 MB, and quotes are written twice.
const PAYLOAD_LIMIT: usize = 1024 * 1024;

/// An event, and the element that it came in.
#[derive(Debug)]
pub struct EventAsItCame {
    /// The event.
    pub event: IntegrationEvent,
    /// The element as it came; nothing, once it is gone.
    pub payload: Option<String>,
    /// Whether the end of it is left out.
    pub is_cut: bool,
}

/// An event of an integration, or of its provider app.
pub async fn show_event(
    table: &Table,
    bucket: &Bucket,
    caller: &Caller,
    (of, id): (Id<Integration>, Id<IntegrationEvent>),
    ctx: &Ctx,
) -> Result<EventAsItCame, Problem> {
    let tenant = caller.tenant(table);
    let integration = super::find(tenant, of).await?.value;
    let mut found = tenant.event(&of.to_string(), id).await.map_err(internal)?;
    if found.is_none() {
        found = tenant.event(&integration.app_key, id).await.map_err(internal)?;
    }
    let found = found.filter(|event| !event.has_ended(Time::from(ctx.now)));
    let event = found.ok_or_else(|| Problem::not_found("event"))?;
    let came = bucket.get(&event.raw_key).await.map_err(|error| {
        tracing::error!(%error, "an event's element can't be read");
        error.told()
    })?;
    let is_cut = came.as_ref().is_some_and(|bytes| bytes.len() > PAYLOAD_LIMIT);
    let payload = came.map(|mut bytes| {
        bytes.truncate(PAYLOAD_LIMIT);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    Ok(EventAsItCame { event, payload, is_cut })
}
