//! Somebody who was invited chooses a password of their own, and is signed in.

use platform::{cognito::CognitoError, problem::Problem};
use secrecy::SecretString;

use super::{SignIns, SignedIn, unexpected, weak, wrong_password};

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
        self.attempt(&email, source, &ctx).await?;
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
}
