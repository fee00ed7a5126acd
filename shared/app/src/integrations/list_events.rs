//! What a provider told us besides messages.

use domain::{
    Id, Time,
    integration::{Integration, IntegrationEvent},
};
use platform::{Ctx, problem::Problem};
use store::{EventPlace, Table};

use crate::{authenticate::Caller, internal};

/// A page of events, and the place where it ends if there are more.
#[derive(Debug)]
pub struct Events {
    /// Newest first.
    pub events: Vec<IntegrationEvent>,
    /// Where the next page begins.
    pub next: Option<EventPlace>,
}

/// The events of an integration, or with `of_app` those that came through its provider app for an
/// account that nobody has connected.
pub async fn list_events(
    table: &Table,
    caller: &Caller,
    of: Id<Integration>,
    of_app: bool,
    limit: i32,
    after: Option<EventPlace>,
    ctx: &Ctx,
) -> Result<Events, Problem> {
    let tenant = caller.tenant(table);
    let integration = super::find(tenant, of).await?.value;
    let of = if of_app { integration.app_key } else { of.to_string() };
    let (mut events, next) = tenant.events(&of, limit, after).await.map_err(internal)?;
    events.retain(|event| !event.has_ended(Time::from(ctx.now)));
    Ok(Events { events, next })
}
