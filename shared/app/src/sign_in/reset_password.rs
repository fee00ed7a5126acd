//! Somebody sets their password anew with the code that was sent, which ends all their sign-ins.
//!
//! Whose it is is asked before: after the pool took the code there is no second try, so what is
//! left then is as little as can be.

use domain::Time;
use platform::{cognito::CognitoError, problem::Problem};
use secrecy::SecretString;

use super::{Attempt, SignIns, unexpected, weak, wrong_code};

impl SignIns {
    /// Takes the code and the new password.
    pub async fn reset_password(
        &self,
        email: &str,
        code: &str,
        new_password: &str,
        source: Option<&str>,
    ) -> Result<(), Problem> {
        let ctx = self.source.ctx();
        let email = Self::address(email)?;
        check_code(code)?;
        Self::new_password(new_password, "new_password")?;
        self.attempt(Attempt::Code, &email, source, &ctx).await?;
        let user = self.pool.user(&email).await.map_err(unexpected)?;
        let new_password = SecretString::from(new_password);
        match self.pool.reset_password(&email, code, &new_password).await {
            Ok(()) => {}
            Err(CognitoError::WrongCode | CognitoError::Refused) => return Err(wrong_code()),
            Err(error @ CognitoError::WeakPassword) => {
                return Err(weak("new_password", &error.to_string()));
            }
            // The pool counts for known addresses only.
            Err(CognitoError::TooMany) => return Err(wrong_code()),
            Err(error) => return Err(unexpected(error)),
        }
        match user {
            Some(user) => self.end_all(&user.sub, Time::from(ctx.now)).await,
            None => Ok(()),
        }
    }
}

/// Refuses what can be no code of the pool's.
pub(super) fn check_code(code: &str) -> Result<(), Problem> {
    if !(1..=20).contains(&code.len()) {
        return Err(Problem::field("code", "A code has 1 to 20 characters."));
    }
    if code.bytes().all(|byte| byte.is_ascii_alphanumeric()) { Ok(()) } else { Err(wrong_code()) }
}
