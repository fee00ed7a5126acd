//! What Qontak's clients see: our things under all of Qontak's names.
//!
//! The names are those of its webhooks (github.com/qontak-dev/chat,
//! `docs/Webhook-API/Message-Interaction.md`; developers.mekari.com/docs/kb/webhooks/qontak) and of
//! its client (github.com/mekari-engineering/qontak-api-js, `src/types`). What we do not have is
//! null where Qontak's own answers have null, and left out otherwise: nothing is made up.

mod message;
mod people;
mod room;
mod sundry;

use std::collections::BTreeMap;

use app::{authenticate::Caller, integrations};
use domain::{
    Id, Time,
    integration::{Integration, Organization},
};
use platform::{Ctx, problem::Problem};

use crate::Api;

pub(super) use message::{QontakMessage, Shown, media};
pub(super) use people::{QontakAgent, QontakParticipant, QontakUser};
pub(super) use room::QontakRoom;
pub(super) use sundry::{QontakFile, QontakIntegration, QontakTemplate};

/// What a view says beside its thing: whose it is, and what the channel accounts are called.
#[derive(Debug)]
pub(super) struct Company {
    pub(super) id: Id<Organization>,
    pub(super) now: Time,
    accounts: BTreeMap<Id<Integration>, String>,
}

impl Company {
    /// The caller's, at this moment.
    pub(super) async fn of(api: &Api, caller: &Caller, ctx: &Ctx) -> Result<Self, Problem> {
        let found = integrations::list_integrations(&api.table, caller).await?;
        let accounts = found.into_iter().map(|account| (account.id, account.name)).collect();
        Ok(Self { id: caller.organization_id, now: Time::from(ctx.now), accounts })
    }

    fn account(&self, id: Id<Integration>) -> Option<String> {
        self.accounts.get(&id).cloned()
    }
}

/// Qontak's name of who said something.
fn sender_type(is_customer: bool) -> &'static str {
    if is_customer { "Models::Contact" } else { "Models::User" }
}

/// Qontak's name of the side that said something. A key is a member here: what a program sends
/// is an agent's, too, and never a `bot`'s.
fn participant_type(is_customer: bool) -> &'static str {
    if is_customer { "customer" } else { "agent" }
}
