//! From a request's headers to its caller.
//!
//! Every way in which a credential can be wrong answers alike. A key costs one read, by the hash of
//! its token or name, so the lookup's time tells nothing about it. A person costs one read, too:
//! their member's id follows from the organization and their subject, and that row is what proves
//! the organization, at each request anew. Only who does not say which organization they mean has
//! it looked up, and that is remembered for a minute.

use std::sync::Arc;

use domain::{
    Id, Time,
    api_key::{ApiKey, Proof},
    integration::Organization,
    live::Right,
    member::{Affiliation, Membership},
};
use jiff::SignedDuration;
use platform::{
    Ctx,
    cache::Cache,
    jwt::{Claims, JwtError, Verifier},
    problem::Problem,
    secrets::Secrets,
};
use secrecy::ExposeSecret;
use store::Table;

use super::{
    Caller, Invitee, PREFIX, fingerprint, fingerprint_of_username,
    signature::{Signature, is_timely},
};
use crate::{internal, secret_owners};

/// How long it is remembered which organizations somebody belongs to. What they may do there is
/// never remembered.
const AFFILIATIONS: SignedDuration = SignedDuration::from_mins(1);

const SCHEMES: &str = "A valid access token or API key is needed: `Authorization: Bearer ...`, or \
                       a request signed with an HMAC key.";

/// What of a request tells who calls.
#[derive(Debug, Clone, Copy)]
pub struct Credentials<'a> {
    /// `GET`, `POST`, ...
    pub method: &'a str,
    /// Path and query as the client sent them.
    pub target: &'a str,
    /// `Authorization`.
    pub authorization: Option<&'a str>,
    /// `Date`.
    pub date: Option<&'a str>,
    /// `X-Organization-Id`.
    pub organization: Option<&'a str>,
}

/// Who calls, and with which key if it was one.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// The caller.
    pub caller: Caller,
    /// Their key.
    pub key: Option<ApiKey>,
}

/// Proves callers.
#[derive(Debug)]
pub struct Authenticator {
    table: Table,
    secrets: Arc<Secrets>,
    verifier: Arc<Verifier>,
    affiliations: Cache<Vec<Affiliation>>,
}

/// There are several organizations to choose from.
pub fn organization_needed() -> Problem {
    let detail = "You belong to several organizations: name one in `X-Organization-Id`.";
    let problem = Problem::new(400, "organization_needed", detail);
    Problem { field: Some("X-Organization-Id".into()), ..problem }
}

fn refused() -> Problem {
    let problem = Problem::new(401, "unauthorized", SCHEMES);
    Problem { field: Some("Authorization".into()), ..problem }
}

fn no_member() -> Problem {
    let problem = Problem::new(403, "not_a_member", "You are no member of this organization.");
    Problem { field: Some("X-Organization-Id".into()), ..problem }
}

fn invitation_pending() -> Problem {
    let detail = "You are invited to this organization: accept the invitation first, by \
                  `POST /v1/me/invitations/{organization_id}/accept`.";
    let problem = Problem::new(403, "invitation_pending", detail);
    Problem { field: Some("X-Organization-Id".into()), ..problem }
}

impl Authenticator {
    /// Over this table, with these keys.
    pub fn new(table: Table, secrets: Arc<Secrets>, verifier: Arc<Verifier>) -> Self {
        Self { table, secrets, verifier, affiliations: Cache::new(AFFILIATIONS, 10_000) }
    }

    /// The caller behind a request.
    pub async fn authenticate(
        &self,
        credentials: Credentials<'_>,
        ctx: &Ctx,
    ) -> Result<Authenticated, Problem> {
        let header = credentials.authorization.and_then(|header| header.split_once(' '));
        let (scheme, proof) = header.ok_or_else(refused)?;
        if scheme.eq_ignore_ascii_case("hmac") {
            return self.by_signature(credentials, proof, ctx).await;
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(refused());
        }
        if proof.starts_with(PREFIX) {
            return self.by_token(credentials, proof, ctx).await;
        }
        self.by_person(credentials, proof, ctx).await
    }

    /// The person behind a request, whichever organizations they belong to; the organization that it
    /// names does not matter. None if it is proved by a key or a signature.
    pub async fn person(
        &self,
        credentials: Credentials<'_>,
        ctx: &Ctx,
    ) -> Result<Option<Invitee>, Problem> {
        let header = credentials.authorization.and_then(|header| header.split_once(' '));
        match header {
            Some((scheme, proof))
                if scheme.eq_ignore_ascii_case("bearer") && !proof.starts_with(PREFIX) =>
            {
                Ok(Some(Invitee::Person { sub: self.claims(proof, ctx).await?.sub }))
            }
            _ => Ok(None),
        }
    }

    async fn by_token(
        &self,
        credentials: Credentials<'_>,
        token: &str,
        ctx: &Ctx,
    ) -> Result<Authenticated, Problem> {
        if token.len() > 200 {
            return Err(refused());
        }
        let lookup = fingerprint(token);
        let key = self.table.api_key(&lookup).await.map_err(internal)?;
        let key = key.filter(|key| key.proof == Proof::Bearer).ok_or_else(refused)?;
        self.with_key(credentials, key, &lookup, ctx).await
    }

    async fn by_signature(
        &self,
        credentials: Credentials<'_>,
        parameters: &str,
        ctx: &Ctx,
    ) -> Result<Authenticated, Problem> {
        let signature = Signature::read(parameters).ok_or_else(refused)?;
        let date = credentials.date.filter(|date| is_timely(date, ctx.now)).ok_or_else(|| {
            let detail = "A signed request has a `Date` within five minutes of now.";
            Problem { field: Some("Date".into()), ..Problem::new(401, "unauthorized", detail) }
        })?;
        let lookup = fingerprint_of_username(signature.username);
        let key = self.table.api_key(&lookup).await.map_err(internal)?.ok_or_else(refused)?;
        let Proof::Hmac { secret, .. } = &key.proof else { return Err(refused()) };
        let owner = secret_owners::api_key(&key);
        let secret = match self.secrets.open(secret, &owner, ctx.now).await {
            Ok(secret) => secret,
            Err(error) => {
                tracing::error!(%error, "the secret of an API key can't be had");
                return Err(error.told());
            }
        };
        let secret = secret.expose_secret();
        if !signature.is_of(secret, date, credentials.method, credentials.target) {
            return Err(refused());
        }
        self.with_key(credentials, key, &lookup, ctx).await
    }

    /// What all keys are asked once they are proved. Their use is written down once an hour.
    async fn with_key(
        &self,
        credentials: Credentials<'_>,
        key: ApiKey,
        lookup: &str,
        ctx: &Ctx,
    ) -> Result<Authenticated, Problem> {
        let now = Time::from(ctx.now);
        if !key.is_live(now) {
            return Err(refused());
        }
        if chosen(credentials)?.is_some_and(|chosen| chosen != key.organization_id) {
            return Err(no_member());
        }
        if key.use_is_news(now) {
            let tenant = self.table.tenant(key.organization_id);
            tenant.used_api_key(key.id, lookup, now).await.map_err(internal)?;
        }
        let caller = Caller {
            organization_id: key.organization_id,
            member: key.member.clone(),
            role: key.role,
            scopes: Some(key.scopes.clone()),
            ends_at: key.expires_at,
            sub: None,
            right: Right::Key { lookup: lookup.to_owned() },
        };
        Ok(Authenticated { caller, key: Some(key) })
    }

    async fn by_person(
        &self,
        credentials: Credentials<'_>,
        token: &str,
        ctx: &Ctx,
    ) -> Result<Authenticated, Problem> {
        let claims = self.claims(token, ctx).await?;
        let organization_id = match chosen(credentials)? {
            Some(named) => named,
            None => self.only_organization(&claims.sub, ctx).await?,
        };
        let id = Membership::id_of(organization_id, &claims.sub);
        let found = self.table.tenant(organization_id).member(id).await.map_err(internal)?;
        let found = found.map(|row| row.value).filter(Membership::is_current);
        let member = found.filter(|member| member.sub == claims.sub).ok_or_else(no_member)?;
        if member.is_pending {
            return Err(invitation_pending());
        }
        let seconds = |seconds: i64| Time::from_millis(seconds.saturating_mul(1000));
        let right = Right::Person {
            sub: claims.sub.clone(),
            issued_at: seconds(claims.iat),
            expires_at: seconds(claims.exp),
        };
        let caller = Caller {
            right,
            organization_id,
            member: member.member(),
            role: member.role,
            scopes: None,
            ends_at: None,
            sub: Some(claims.sub),
        };
        Ok(Authenticated { caller, key: None })
    }

    /// What an access token claims.
    async fn claims(&self, token: &str, ctx: &Ctx) -> Result<Claims, Problem> {
        self.verifier.verify(token, ctx.now).await.map_err(|error| match error {
            JwtError::Invalid => refused(),
            JwtError::Unavailable => Problem::internal(),
        })
    }

    async fn only_organization(&self, sub: &str, ctx: &Ctx) -> Result<Id<Organization>, Problem> {
        let known = match self.affiliations.get(sub, ctx.now) {
            Some(known) => known,
            None => {
                let identity = self.table.identity_of(sub).await.map_err(internal)?;
                let known = identity.map(|row| row.value.organizations).unwrap_or_default();
                self.affiliations.put(sub, known.clone(), ctx.now);
                known
            }
        };
        // An invitation changes nothing for who has not accepted it.
        let joined: Vec<_> = known.iter().filter(|known| !known.is_pending).collect();
        match (joined.as_slice(), known.is_empty()) {
            ([only], _) => Ok(only.organization_id),
            ([], true) => Err(no_member()),
            ([] | [_, _, ..], _) => Err(organization_needed()),
        }
    }
}

/// The organization that a request names.
fn chosen(credentials: Credentials<'_>) -> Result<Option<Id<Organization>>, Problem> {
    let parsed = credentials.organization.map(str::parse).transpose();
    parsed.map_err(|_| {
        Problem::field("X-Organization-Id", "The organization's id is a UUID in lower case.")
    })
}
