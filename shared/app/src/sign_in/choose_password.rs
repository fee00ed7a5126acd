//! Somebody who was invited chooses a password of their own, and is signed in.

use domain::Time;
use platform::{Ctx, cognito::CognitoError, problem::Problem};
use secrecy::SecretString;

use super::{Attempt, SignIns, SignedIn, unexpected, weak, wrong_password};
use crate::internal;

/// The pool's sessions are below 2,048 characters (docs.aws.amazon.com/cognito-user-identity-pools/
/// latest/APIReference/API_AdminRespondToAuthChallenge.html).
const SESSION_LIMIT: usize = 2048;

impl SignIns {
    /// Takes the new password, with the session that the first one led to.
    pub async fn choose_password(
        &self,
        email: &str,
        session: &str,
        new_password: &str,
        source: Option<&str>,
    ) -> Result<SignedIn, Problem> {
        let ctx = self.source.ctx();
        let email = Self::address(email)?;
        if session.is_empty() || session.len() > SESSION_LIMIT {
            return Err(Problem::field("session", "This is no session of a sign-in."));
        }
        Self::new_password(new_password, "new_password")?;
        self.attempt(Attempt::Password, &email, source, &ctx).await?;
        // Asked before the pool is: it would take the password for good.
        self.proved_by_first_password(&email, &ctx).await?;
        let new_password = SecretString::from(new_password);
        match self.pool.choose_password(&email, session, &new_password).await {
            Ok(tokens) => self.begin(tokens, &ctx).await,
            Err(CognitoError::Refused | CognitoError::WrongCode) => Err(wrong_password()),
            Err(error @ CognitoError::WeakPassword) => {
                Err(weak("new_password", &error.to_string()))
            }
            Err(error) => Err(unexpected(error)),
        }
    }

    /// Refuses a first password that may have gone to another address than this.
    async fn proved_by_first_password(&self, email: &str, ctx: &Ctx) -> Result<(), Problem> {
        let Some(user) = self.pool.user(email).await.map_err(unexpected)? else { return Ok(()) };
        let identity = self.table.identity_of(&user.sub).await.map_err(internal)?;
        let now = Time::from(ctx.now);
        match identity {
            Some(row) if !row.value.is_proved_by_first_password(now) => Err(wrong_password()),
            Some(_) | None => Ok(()),
        }
    }
}
