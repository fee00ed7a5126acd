//! Somebody signs in with an address and a password.
//!
//! An unknown address and a wrong password take the same calls and get the same answer.

use platform::{
    cognito::{self, CognitoError},
    problem::Problem,
};
use secrecy::SecretString;

use super::{Attempt, Beginning, SignIns, unexpected, wrong_password};

impl SignIns {
    /// Signs in; `source` is the network address that asks.
    pub async fn begin_sign_in(
        &self,
        email: &str,
        password: &str,
        source: Option<&str>,
    ) -> Result<Beginning, Problem> {
        let ctx = self.source.ctx();
        let email = Self::address(email)?;
        Self::password(password)?;
        self.attempt(Attempt::Password, &email, source, &ctx).await?;
        let password = SecretString::from(password);
        match self.pool.sign_in(&email, &password).await {
            Ok(cognito::SignedIn::Yes(tokens)) => {
                self.begin(tokens, &ctx).await.map(Box::new).map(Beginning::SignedIn)
            }
            Ok(cognito::SignedIn::NewPasswordNeeded { session }) => {
                Ok(Beginning::NewPasswordNeeded { session })
            }
            Err(CognitoError::Refused) => Err(wrong_password()),
            Err(error) => Err(unexpected(error)),
        }
    }
}
