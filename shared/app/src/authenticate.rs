//! Who is calling: a Bearer API key leads to an organization, a member and a role.

use domain::{
    Id, Time,
    api_key::Role,
    integration::{Member, Organization},
};
use platform::{Ctx, problem::Problem};
use sha2::{Digest, Sha256};
use store::{Table, Tenant};

/// What every API key begins with, so that one that leaks is recognized for what it is.
pub const PREFIX: &str = "sapa_";

/// A caller whose key was checked.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The organization that the key opens.
    pub organization_id: Id<Organization>,
    /// The member that the key acts as.
    pub member: Member,
    /// What it may do.
    pub role: Role,
}

impl Caller {
    /// The only part of the table that this caller can reach.
    pub fn tenant<'a>(&self, table: &'a Table) -> Tenant<'a> {
        table.tenant(self.organization_id)
    }

    /// Refuses a caller below this role.
    pub fn at_least(&self, role: Role) -> Result<(), Problem> {
        if self.role >= role {
            return Ok(());
        }
        Err(Problem::new(403, "forbidden", "Your role does not allow this."))
    }
}

/// How a token is stored: SHA-256, in hex. It holds 256 random bits, so no salt is needed.
pub fn fingerprint(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// The caller behind an `Authorization` header. Every way in which it can be wrong answers
/// alike; the lookup is by hash, so its time tells nothing about a token.
pub async fn authenticate(
    table: &Table,
    authorization: Option<&str>,
    ctx: &Ctx,
) -> Result<Caller, Problem> {
    let refused = || Problem {
        field: Some("Authorization".into()),
        ..Problem::new(
            401,
            "unauthorized",
            "A valid API key is needed: `Authorization: Bearer <key>`.",
        )
    };
    let (scheme, token) =
        authorization.and_then(|header| header.split_once(' ')).ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("bearer") || !token.starts_with(PREFIX) || token.len() > 200 {
        return Err(refused());
    }
    let key = table.api_key(&fingerprint(token)).await.map_err(crate::internal)?;
    let key = key.filter(|key| key.is_live(Time::from(ctx.now))).ok_or_else(refused)?;
    Ok(Caller { organization_id: key.organization_id, member: key.member, role: key.role })
}
