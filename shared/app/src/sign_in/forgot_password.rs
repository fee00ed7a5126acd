//! Somebody forgot their password: a code goes to their address, if it is one that is known.

use platform::{cognito::CognitoError, problem::Problem};

use super::{Attempt, SignIns};

impl SignIns {
    /// Has a code sent. Whatever comes of it, the answer is the same, except that too many
    /// attempts are refused before anybody looks whom they concern.
    pub async fn forgot_password(&self, email: &str, source: Option<&str>) -> Result<(), Problem> {
        let ctx = self.source.ctx();
        let email = Self::address(email)?;
        self.attempt(Attempt::Mail, &email, source, &ctx).await?;
        match self.pool.forgot_password(&email).await {
            Ok(()) => {}
            // Of one address or of all: Cognito's own mail is good for 50 a day. Whoever runs this
            // has to learn it.
            Err(CognitoError::TooMany) => {
                tracing::warn!("no code was sent: the pool sends no more for now");
            }
            // Unknown, or not yet signed in for the first time.
            Err(
                CognitoError::Refused
                | CognitoError::WrongCode
                | CognitoError::WeakPassword
                | CognitoError::Taken,
            ) => {}
            // A failure concerns known addresses only, and would tell them apart.
            Err(CognitoError::Call(error)) => {
                tracing::error!(%error, "no code was sent");
            }
        }
        Ok(())
    }
}
