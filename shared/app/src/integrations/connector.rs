//! The way to a provider's account: what is asked there before anything is stored, and in whose
//! name.

use std::{sync::Arc, time::Duration};

use channels::whatsapp::{
    Declined,
    account::{self, Access, Refusal, Unaskable},
    outbound::Unsendable,
};
use domain::{
    Time,
    integration::{Connection, Integration, KnownAt, Profile},
    message::Failure,
};
use http::Method;
use platform::{
    Ctx, Source,
    problem::Problem,
    secrets::{SecretError, Secrets},
    transport::{Transport, TransportError},
};
use secrecy::SecretString;
use store::Tenant;

use crate::{refused_token::note_refused_token, secret_owners};

/// How long a provider may take to answer one question; an admin waits for three of them.
const CALL_LIMIT: Duration = Duration::from_secs(4);

/// The same for the one that need not be answered.
const LIMIT_LIMIT: Duration = Duration::from_secs(1);

/// What connecting works with.
pub struct Connector {
    /// The keys of tokens and secrets.
    pub secrets: Secrets,
    /// The way out.
    pub transport: Arc<dyn Transport>,
    /// The clock: questions take their time.
    pub source: Source,
    /// The Graph API's address.
    pub graph_url: String,
    /// Where providers reach us: what stands before `/webhooks`.
    pub webhook_url: String,
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connector")
    }
}

/// A number that an admin wants to connect, with what proves that it is theirs.
#[derive(Clone, Copy)]
pub(super) struct Claimant<'a> {
    pub(super) phone_number_id: &'a str,
    pub(super) waba: &'a str,
    pub(super) token: &'a str,
    pub(super) app_secret: &'a str,
}

/// What the provider confirmed.
pub(super) struct Proof {
    /// The provider's id of the app that the token belongs to.
    pub(super) app_id: String,
    pub(super) profile: Profile,
}

impl Connector {
    /// Has the provider confirm that token, secret, account and number belong together.
    pub(super) async fn prove(&self, claimant: &Claimant<'_>) -> Result<Proof, Problem> {
        let access = self.access(claimant);
        let app = account::app(&access).map_err(unaskable)?;
        let app_id = account::read_app(&self.ask(app).await?).map_err(refused)?;
        // What the provider tells by itself from now on may not be in its answer.
        let asked = Time::from(self.source.now());
        let numbers = account::numbers(&access, claimant.waba).map_err(unaskable)?;
        let numbers = self.ask(numbers).await?;
        let number = account::read_numbers(&numbers, claimant.phone_number_id).map_err(refused)?;
        let profile = number.ok_or_else(|| {
            let detail = "This WhatsApp Business Account has no number with this id.";
            unprovable("phone_number_id", detail.to_owned())
        })?;
        let messaging_limit = self.messaging_limit(&access, claimant.phone_number_id).await;
        let profile = Profile { messaging_limit, known_at: KnownAt::all(asked), ..profile };
        Ok(Proof { app_id, profile })
    }

    /// To how many customers a number may write first; not knowing it keeps nobody from connecting.
    async fn messaging_limit(&self, access: &Access<'_>, number: &str) -> Option<String> {
        let request = account::messaging_limit(access, number).ok()?;
        let answer = self.transport.send(request, LIMIT_LIMIT).await.ok()?;
        account::read_messaging_limit(&answer)
    }

    /// The token of an integration that is connected.
    pub(crate) async fn token(
        &self,
        integration: &Integration,
        ctx: &Ctx,
    ) -> Result<SecretString, Problem> {
        if matches!(integration.connection, Connection::Disconnected { .. }) {
            let detail = "The number is disconnected: connect it again.";
            return Err(Problem::new(409, "disconnected", detail));
        }
        let owner = secret_owners::token(integration);
        let opened = self.secrets.open(&integration.token, &owner, ctx.now).await;
        opened.map_err(|error| match error {
            SecretError::Damaged => {
                let detail = "The channel token can't be opened: connect the number again.";
                Problem::new(409, "token_damaged", detail)
            }
            SecretError::Call(error) => {
                tracing::error!(%error, "a channel token could not be opened");
                error.told()
            }
        })
    }

    /// Puts a question about a number that is connected.
    pub(super) async fn ask_about(
        &self,
        request: Result<http::Request<Vec<u8>>, Unsendable>,
    ) -> Result<http::Response<Vec<u8>>, Problem> {
        self.ask(request.map_err(unsendable)?).await
    }

    /// Has something about a number that is connected changed. Only what never left was not done.
    pub(super) async fn ask_to_change(
        &self,
        request: Result<http::Request<Vec<u8>>, Unsendable>,
    ) -> Result<http::Response<Vec<u8>>, Problem> {
        let answer = self.transport.send(request.map_err(unsendable)?, CALL_LIMIT).await;
        answer.map_err(|error| match error {
            TransportError::NotSent => unavailable(),
            TransportError::NoAnswer => perhaps_changed(),
        })
    }

    /// Asks the provider to deliver to our webhook from now on (`POST`), or no longer (`DELETE`).
    pub(super) async fn subscribe(
        &self,
        claimant: &Claimant<'_>,
        method: Method,
    ) -> Result<(), Problem> {
        let access = self.access(claimant);
        let asked = account::subscription(&access, method, claimant.waba).map_err(unaskable)?;
        account::read_subscription(&self.ask(asked).await?).map_err(refused)
    }

    fn access<'a>(&'a self, claimant: &Claimant<'a>) -> Access<'a> {
        Access { base_url: &self.graph_url, token: claimant.token, app_secret: claimant.app_secret }
    }

    async fn ask(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, Problem> {
        self.transport.send(request, CALL_LIMIT).await.map_err(|_| unavailable())
    }
}

fn unsendable(error: Unsendable) -> Problem {
    tracing::error!(%error, "a number can't be asked about");
    Problem::internal()
}

fn unaskable(error: Unaskable) -> Problem {
    match error {
        Unaskable::Token => Problem::field("access_token", "This can't be an access token."),
        Unaskable::Id => Problem::field("waba_id", "The id is made of 1 to 32 digits."),
    }
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Token { code, reason } => {
            unprovable("access_token", format!("WhatsApp refuses the token: {reason} ({code})."))
        }
        Refusal::Secret => {
            let detail = "The app secret does not belong to the app that the token is of.";
            unprovable("app_secret", detail.to_owned())
        }
        Refusal::Object { reason } => unprovable(
            "waba_id",
            format!("The token can't reach this WhatsApp Business Account: {reason}."),
        ),
        Refusal::Unavailable => unavailable(),
    }
}

/// The provider was asked, and what it says does not fit.
fn unprovable(field: &str, detail: String) -> Problem {
    Problem { field: Some(field.to_owned()), ..Problem::new(422, "not_proved", detail) }
}

/// A number that the provider was asked about, as it was read.
#[derive(Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) tenant: Tenant<'a>,
    pub(crate) integration: &'a Integration,
    pub(crate) now: Time,
}

impl About<'_> {
    /// What comes of a question that was not answered.
    pub(crate) async fn declined(self, declined: Declined) -> Problem {
        self.settled(declined, unavailable).await
    }

    /// What comes of a change that was not confirmed.
    pub(crate) async fn change_declined(self, declined: Declined) -> Problem {
        self.settled(declined, perhaps_changed).await
    }

    async fn settled(self, declined: Declined, unclear: fn() -> Problem) -> Problem {
        match declined {
            Declined::Refused(failure) => self.refused(&failure).await,
            Declined::Unclear => unclear(),
        }
    }

    /// What the provider refuses, told to whoever asked; if it is the token, the number says so from
    /// now on.
    pub(crate) async fn refused(self, failure: &Failure) -> Problem {
        let noted = note_refused_token(self.tenant, self.integration, failure, self.now).await;
        if let Err(error) = noted {
            // Whatever is asked next finds the same.
            tracing::warn!(%error, "a refused token could not be noted");
        }
        provider_refused(failure)
    }
}

/// What the provider says of what it will not do.
fn provider_refused(failure: &Failure) -> Problem {
    let said = format!("The provider says: {} ({}).", failure.title, failure.code);
    let detail = match &failure.detail {
        Some(detail) => format!("{said} {detail}"),
        None => said,
    };
    Problem::new(422, "provider_refused", detail)
}

fn unavailable() -> Problem {
    let detail = "WhatsApp does not answer now. Nothing was changed; try again.";
    Problem::new(502, "provider_unavailable", detail)
}

/// The request may have been served: nobody learned.
fn perhaps_changed() -> Problem {
    let detail = "WhatsApp was asked, and its answer did not come: it may have been changed, or \
                  not. Read it again.";
    Problem::new(502, "outcome_unknown", detail)
}
