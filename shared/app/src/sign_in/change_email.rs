//! Somebody changes their own address: they name another, and confirm it with a code sent there.
//!
//! They prove by their password that it is they: an access token that was found somewhere must not
//! be enough to take somebody's address, and with it everything.
//!
//! Until then the old one stays (the pool's `AttributesRequireVerificationBeforeUpdate`). Order:
//! what is wanted is written first, then the pool is asked; at the end the pool confirms first,
//! and what it says then is what we write, so that a run that died in between is made good by
//! confirming again.

use domain::{member::Identity, sign_in::address};
use platform::{
    cognito::{self, CognitoError},
    problem::Problem,
};
use secrecy::SecretString;

use super::{SignIns, count, reset_password::check_code, unexpected, wrong_code};
use crate::{authenticate::Caller, internal};

/// Attempts of one person in the window: each tries a password, sends an e-mail or tries a code.
const CHANGES: u32 = 10;

impl SignIns {
    /// Wants another address for the caller. An address that somebody else has is not told apart:
    /// no code ever comes.
    pub async fn want_email(
        &self,
        caller: &Caller,
        access_token: &str,
        email: &str,
        password: &str,
    ) -> Result<(), Problem> {
        let ctx = self.source.ctx();
        let email = address(email).map_err(|error| Problem::field("email", error.to_string()))?;
        Self::password(password)?;
        let sub = person(caller)?;
        count(&self.table, &format!("change\0{sub}"), CHANGES, &ctx).await?;
        let identity = self.table.identity_of(sub).await.map_err(internal)?;
        let identity = identity.ok_or_else(|| Problem::not_found("sign-in"))?.value;
        if identity.email == email {
            return Err(Problem::field("email", "This is your address already."));
        }
        self.check_password(&identity, password).await?;
        let want = |old: &Identity| Identity { wanted_email: Some(email.clone()), ..old.clone() };
        self.change_identity(sub, want).await?;
        match self.pool.want_email(access_token, &email).await {
            Ok(()) | Err(CognitoError::Taken) => Ok(()),
            Err(CognitoError::Refused) => Err(signed_out()),
            Err(error) => Err(unexpected(error)),
        }
    }

    /// Refuses a password that is not somebody's.
    async fn check_password(&self, identity: &Identity, password: &str) -> Result<(), Problem> {
        let wrong = || {
            let problem = Problem::new(403, "wrong_password", "This is not your password.");
            Problem { field: Some("password".into()), ..problem }
        };
        match self.pool.sign_in(&identity.email, &SecretString::from(password)).await {
            Ok(cognito::SignedIn::Yes(tokens)) => {
                if let Some(refresh) = tokens.refresh
                    && let Err(error) = self.pool.revoke(&refresh).await
                {
                    // It was given to nobody.
                    tracing::warn!(%error, "a refresh token was not revoked");
                }
                Ok(())
            }
            Ok(cognito::SignedIn::NewPasswordNeeded { .. }) | Err(CognitoError::Refused) => {
                Err(wrong())
            }
            Err(error) => Err(unexpected(error)),
        }
    }

    /// Confirms the address that the caller wanted; it is theirs from now on.
    pub async fn confirm_email(
        &self,
        caller: &Caller,
        access_token: &str,
        code: &str,
    ) -> Result<Identity, Problem> {
        let ctx = self.source.ctx();
        check_code(code)?;
        let sub = person(caller)?;
        count(&self.table, &format!("change\0{sub}"), CHANGES, &ctx).await?;
        let identity = self.table.identity_of(sub).await.map_err(internal)?;
        let wanted = identity.and_then(|row| row.value.wanted_email).ok_or_else(wrong_code)?;
        match self.pool.confirm_email(access_token, code).await {
            // A code that was taken before is none any more: what the pool has decides.
            Ok(()) | Err(CognitoError::WrongCode | CognitoError::Refused | CognitoError::Taken) => {
            }
            Err(error) => return Err(unexpected(error)),
        }
        let user = self.pool.user(sub).await.map_err(unexpected)?;
        let email = user.map(|user| user.email).filter(|email| *email == wanted);
        let email = email.ok_or_else(wrong_code)?;
        let confirmed = |old: &Identity| Identity {
            email: email.clone(),
            is_verified: true,
            wanted_email: None,
            ..old.clone()
        };
        self.change_identity(sub, confirmed).await
    }
}

/// The person who calls; a key has no address.
pub(crate) fn person(caller: &Caller) -> Result<&str, Problem> {
    caller.sub.as_deref().ok_or_else(person_needed)
}

/// What a key is told where only people can do something.
pub(crate) fn person_needed() -> Problem {
    Problem::new(422, "person_needed", "A key has no sign-in. This is for people.")
}

/// The pool no longer takes an access token whose sign-in ended.
fn signed_out() -> Problem {
    let problem = Problem::new(401, "unauthorized", "This sign-in is over. Sign in again.");
    Problem { field: Some("Authorization".into()), ..problem }
}
