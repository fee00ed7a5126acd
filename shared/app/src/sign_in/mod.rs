//! Signing in and out, and what belongs to oneself: the password and the address.
//!
//! The user pool keeps passwords and signs access tokens. What a browser holds besides is ours: a
//! token in a cookie that changes with every use, and a row that says which one is good now. The
//! pool's own refresh token never leaves us; it lies in that row, encrypted for it.
//!
//! **What ends when.** Signing out, resetting the password and reuse of a token end refreshing at
//! once, and close the person's sockets. An access token that was handed out before lives on until it expires, ten minutes at most
//! (infra/template.yaml): it is verified without asking anybody. A member who is removed is out at
//! once all the same, because each request reads the member's row.

mod attempts;
mod begin_sign_in;
mod change_email;
mod choose_password;
mod end_sign_in;
mod forgot_password;
mod refresh_sign_in;
mod reset_password;

use std::sync::Arc;

use domain::{
    Id, Time,
    member::{Affiliation, Identity, Membership},
    sign_in::{self, Session},
};
use hmac::{Hmac, KeyInit, Mac};
use platform::{
    Ctx, Source,
    cognito::{CognitoError, Tokens, UserPool},
    jwt::Verifier,
    problem::Problem,
    secrets::{SecretError, Secrets},
};
use sha2::Sha256;
use store::{StoreError, Table, Versioned};

pub(crate) use attempts::count;
use attempts::{Attempt, too_many};
pub(crate) use change_email::{person, person_needed};

use crate::{ATTEMPTS, authenticate::fingerprint, internal, live::close_sockets};

/// Signs people in and out.
#[derive(Debug)]
pub struct SignIns {
    /// The table.
    pub table: Table,
    /// What the user pool's refresh tokens are encrypted with.
    pub secrets: Arc<Secrets>,
    /// The user pool.
    pub pool: UserPool,
    /// Verifies the pool's tokens.
    pub verifier: Arc<Verifier>,
    /// The clock and randomness.
    pub source: Source,
}

/// A sign-in that succeeded.
#[derive(Debug)]
pub struct SignedIn {
    /// The JWT that requests bear.
    pub access_token: String,
    /// Seconds that it lives.
    pub expires_in: i32,
    /// What the cookie holds: it yields the next access token, once.
    pub refresh_token: String,
    /// The organizations that one may act for.
    pub organizations: Vec<Affiliation>,
}

/// What an address and a password lead to.
#[derive(Debug)]
pub enum Beginning {
    /// They are right.
    SignedIn(Box<SignedIn>),
    /// The password was only a first one.
    NewPasswordNeeded {
        /// What the choice of another is to be sent with.
        session: String,
    },
}

impl SignIns {
    /// Reads an address.
    fn address(email: &str) -> Result<String, Problem> {
        sign_in::address(email).map_err(|error| Problem::field("email", error.to_string()))
    }

    /// Reads a password that somebody says they have.
    fn password(password: &str) -> Result<(), Problem> {
        if password.is_empty() || password.chars().count() > sign_in::PASSWORD_LIMIT {
            return Err(Problem::field("password", "A password has 1 to 256 characters."));
        }
        Ok(())
    }

    /// Reads a new password.
    fn new_password(password: &str, field: &str) -> Result<(), Problem> {
        sign_in::password(password).map_err(|error| weak(field, &error.to_string()))
    }

    /// The sign-in that these tokens of the pool's begin.
    async fn begin(&self, tokens: Tokens, ctx: &Ctx) -> Result<SignedIn, Problem> {
        let claims = self.verifier.verify(&tokens.access, ctx.now).await.map_err(|error| {
            tracing::error!(%error, "the user pool's own token is not valid");
            Problem::internal()
        })?;
        let refresh = tokens.refresh.ok_or_else(Problem::internal)?;
        let identity = self.verified(&claims.sub, Time::from(ctx.now)).await?;
        let now = Time::from(ctx.now);
        let (id, secret) = (Id::at(now, ctx.random()), self.source.secret());
        let owner = crate::secret_owners::session(id);
        let refresh = secrecy::ExposeSecret::expose_secret(&refresh);
        let session = Session {
            id,
            sub: claims.sub,
            refresh_token: self.secrets.seal(refresh, &owner).await.map_err(unsealed)?,
            current: fingerprint(&secret),
            previous: None,
            seed: self.source.secret(),
            began_at: now,
            changed_at: now,
        };
        self.table.save_session(None, &session).await.map_err(internal)?;
        Ok(SignedIn {
            access_token: tokens.access,
            expires_in: tokens.expires_in,
            refresh_token: format!("{id}.{secret}"),
            organizations: identity.map(|identity| identity.organizations).unwrap_or_default(),
        })
    }

    /// Somebody's identity, whose address counts as verified from their first sign-in on: the
    /// password that they had came to it. The pool is told first; a run that dies in between is
    /// made good by the next sign-in.
    async fn verified(&self, sub: &str, now: Time) -> Result<Option<Identity>, Problem> {
        for _ in 0..ATTEMPTS {
            let Some(old) = self.table.identity_of(sub).await.map_err(internal)? else {
                return Ok(None);
            };
            if old.value.is_verified {
                return Ok(Some(old.value));
            }
            if !old.value.is_proved_by_first_password(now) {
                return Err(wrong_password());
            }
            let user = self.pool.user(sub).await.map_err(unexpected)?;
            let user = user.ok_or_else(wrong_password)?;
            self.pool.set_email(sub, &user.email, true).await.map_err(unexpected)?;
            let new = Identity { is_verified: true, email: user.email, ..old.value.clone() };
            if self.table.save_identity(Some(&old), &new).await.map_err(internal)? {
                return Ok(Some(new));
            }
        }
        Err(internal(StoreError::Contended))
    }

    /// Ends a sign-in: our row, without which nobody can use the pool's token. The person's
    /// sockets before it, since it is the row that lets all of this be repeated.
    async fn end(&self, session: &Session, ctx: &Ctx) -> Result<(), Problem> {
        self.close_sockets(&session.sub, Time::from(ctx.now)).await?;
        self.table.end_session(session.id).await.map_err(internal)?;
        let owner = crate::secret_owners::session(session.id);
        match self.secrets.open(&session.refresh_token, &owner, ctx.now).await {
            Ok(token) => match self.pool.revoke(&token).await {
                Ok(()) => {}
                Err(error) => tracing::warn!(%error, "a refresh token was not revoked"),
            },
            Err(error) => tracing::warn!(%error, "a refresh token could not be opened"),
        }
        Ok(())
    }

    /// Closes somebody's sockets in all their organizations; clients that are still signed in open
    /// others. That they signed out is noted first: a socket that is being opened meanwhile is listed
    /// before that is asked.
    async fn close_sockets(&self, sub: &str, now: Time) -> Result<(), Problem> {
        let known = self.table.identity_of(sub).await.map_err(internal)?;
        if known.is_none() {
            return Ok(());
        }
        let out = |old: &Identity| {
            let signed_out_at = old.signed_out_at.max(Some(now));
            Identity { signed_out_at, ..old.clone() }
        };
        let identity = self.change_identity(sub, out).await?;
        for known in identity.organizations {
            let organization = known.organization_id;
            let member = Membership::id_of(organization, sub);
            let tenant = self.table.tenant(organization);
            close_sockets(tenant, member).await.map_err(internal)?;
        }
        Ok(())
    }

    /// Changes somebody's identity.
    async fn change_identity(
        &self,
        sub: &str,
        change: impl Fn(&Identity) -> Identity,
    ) -> Result<Identity, Problem> {
        change_identity(&self.table, sub, change).await
    }
}

/// Changes somebody's identity, again if others were faster.
pub(crate) async fn change_identity(
    table: &Table,
    sub: &str,
    change: impl Fn(&Identity) -> Identity,
) -> Result<Identity, Problem> {
    for _ in 0..ATTEMPTS {
        let old: Option<Versioned<Identity>> = table.identity_of(sub).await.map_err(internal)?;
        let old = old.ok_or_else(|| Problem::not_found("sign-in"))?;
        let new = change(&old.value);
        if new == old.value || table.save_identity(Some(&old), &new).await.map_err(internal)? {
            return Ok(new);
        }
    }
    Err(internal(StoreError::Contended))
}

/// The token that succeeds this one: always the same, so that who asks twice is told the same. The
/// seed alone, which the table holds, leads to nothing.
fn successor(seed: &str, token: &str) -> Result<String, Problem> {
    let mac = Hmac::<Sha256>::new_from_slice(seed.as_bytes()).map_err(|_| Problem::internal())?;
    Ok(hex::encode(mac.chain_update(token).finalize().into_bytes()))
}

/// What every wrong address, password, and session is told.
fn wrong_password() -> Problem {
    Problem::new(401, "wrong_password", "The e-mail address or the password is wrong.")
}

/// What every wrong code is told, whomever it was sent to.
fn wrong_code() -> Problem {
    let problem = Problem::new(400, "wrong_code", "The code is wrong or too old.");
    Problem { field: Some("code".into()), ..problem }
}

fn weak(field: &str, detail: &str) -> Problem {
    Problem::field(field, detail)
}

fn unsealed(error: SecretError) -> Problem {
    tracing::error!(%error, "KMS failed");
    error.told()
}

/// What the pool's refusals mean where none is expected.
pub(crate) fn unexpected(error: CognitoError) -> Problem {
    match error {
        CognitoError::TooMany => too_many(),
        CognitoError::Call(failed) => {
            tracing::error!(error = %failed, "the user pool failed");
            failed.told()
        }
        CognitoError::Refused
        | CognitoError::WrongCode
        | CognitoError::WeakPassword
        | CognitoError::Taken => {
            tracing::error!(%error, "the user pool failed");
            Problem::internal()
        }
    }
}
