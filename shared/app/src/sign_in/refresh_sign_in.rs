//! The cookie's token is exchanged for an access token and its own successor.
//!
//! Order: the pool, then our row. If the pool fails nothing has changed; if the run dies after the
//! row was written, who asks again within the grace is told the same successor.

use domain::{
    Id, Time,
    sign_in::{Presented, Session},
};
use platform::{
    Ctx,
    cognito::{CognitoError, Tokens},
    problem::Problem,
};
use store::StoreError;

use super::{SignIns, SignedIn, successor, unexpected, unsealed};
use crate::{ATTEMPTS, authenticate::fingerprint, internal};

/// There is nothing to refresh.
fn over() -> Problem {
    Problem::new(401, "session_over", "This sign-in is over. Sign in again.")
}

impl SignIns {
    /// Another access token, and the token for the time after it.
    pub async fn refresh_sign_in(&self, token: &str) -> Result<SignedIn, Problem> {
        let ctx = self.source.ctx();
        let now = Time::from(ctx.now);
        let (id, secret) = read(token).ok_or_else(over)?;
        let shown = fingerprint(secret);
        let mut tokens: Option<Tokens> = None;
        for _ in 0..ATTEMPTS {
            let old = self.table.session(id).await.map_err(internal)?.ok_or_else(over)?;
            let identity = self.table.identity_of(&old.value.sub).await.map_err(internal)?;
            let identity = identity.map(|row| row.value);
            let is_admitted =
                identity.as_ref().is_none_or(|identity| identity.admits(old.value.began_at));
            let presented = old.value.present(&shown, now);
            if presented == Presented::Reused {
                tracing::warn!(session = %id, "a token was used twice: the sign-in ends");
            }
            if !is_admitted || matches!(presented, Presented::Reused | Presented::Over) {
                self.end(&old.value, &ctx).await?;
                return Err(over());
            }
            let got = match tokens.take() {
                Some(got) => got,
                None => self.pooled(&old.value, &ctx).await?,
            };
            let next = successor(&old.value.seed, secret)?;
            let new = old.value.succeeded(fingerprint(&next), now);
            let is_done = presented == Presented::Repeated
                || self.table.save_session(Some(&old), &new).await.map_err(internal)?;
            if is_done {
                return Ok(SignedIn {
                    access_token: got.access,
                    expires_in: got.expires_in,
                    refresh_token: format!("{id}.{next}"),
                    organizations: identity.map(|known| known.organizations).unwrap_or_default(),
                });
            }
            tokens = Some(got);
        }
        Err(internal(StoreError::Contended))
    }

    async fn pooled(&self, session: &Session, ctx: &Ctx) -> Result<Tokens, Problem> {
        let owner = crate::secret_owners::session(session.id);
        let sealed = &session.refresh_token;
        let token = self.secrets.open(sealed, &owner, ctx.now).await.map_err(unsealed)?;
        match self.pool.refresh(&token).await {
            Ok(tokens) => Ok(tokens),
            Err(CognitoError::Refused) => {
                self.table.end_session(session.id).await.map_err(internal)?;
                Err(over())
            }
            Err(error) => Err(unexpected(error)),
        }
    }
}

/// The sign-in and the secret in a cookie's token.
pub(super) fn read(token: &str) -> Option<(Id<Session>, &str)> {
    let (id, secret) = token.split_once('.')?;
    let is_secret = secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((id.parse().ok()?, is_secret.then_some(secret)?))
}
