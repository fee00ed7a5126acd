//! The way to a provider's account: what is asked there before anything is stored, and in whose
//! name.

use std::{sync::Arc, time::Duration};

use channels::whatsapp::account::{self, Access, Refusal, Unaskable};
use domain::integration::Profile;
use http::Method;
use platform::{Source, problem::Problem, secrets::Secrets, transport::Transport};

/// How long a provider may take to answer one question; an admin waits for three of them.
const CALL_LIMIT: Duration = Duration::from_secs(4);

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
        let numbers = account::numbers(&access, claimant.waba).map_err(unaskable)?;
        let numbers = self.ask(numbers).await?;
        let number = account::read_numbers(&numbers, claimant.phone_number_id).map_err(refused)?;
        let profile = number.ok_or_else(|| {
            let detail = "This WhatsApp Business Account has no number with this id.";
            unprovable("phone_number_id", detail.to_owned())
        })?;
        Ok(Proof { app_id, profile })
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

fn unavailable() -> Problem {
    let detail = "WhatsApp does not answer now. Nothing was changed; try again.";
    Problem::new(502, "provider_unavailable", detail)
}
