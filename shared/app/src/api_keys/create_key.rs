//! An admin makes a key for a program. Its secret is shown now and never again.
//!
//! A key acts as itself: what it sends bears its name, and it outlives the member who made it. Who
//! is a key can't make one that may do more, or for longer.

use domain::{
    Id, Time,
    api_key::{ApiKey, KEYS, Proof, REQUESTS_PER_MINUTE, Role},
    integration::Member,
    member::NAME_LIMIT,
    permission,
};
use platform::{Ctx, Source, problem::Problem, secrets::Secrets};
use store::{ListedKey, StoreError, Table};

use crate::{
    authenticate::{Caller, PREFIX, fingerprint, fingerprint_of_username},
    internal, secret_owners,
};

/// How the key is to prove itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By a token.
    Bearer,
    /// By signatures.
    Hmac,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What to call it.
    pub name: String,
    /// How it proves itself.
    pub kind: Kind,
    /// What it may do.
    pub role: Role,
    /// What of that it is held to; all of it if none are named.
    pub scopes: Vec<String>,
    /// From when on it opens nothing.
    pub expires_at: Option<Time>,
}

/// A key that was made.
#[derive(Debug)]
pub struct Created {
    /// The key.
    pub key: ApiKey,
    /// The Bearer token, or the HMAC secret.
    pub secret: String,
}

/// What a key proves itself with, in the clear.
#[derive(Debug, Clone)]
pub enum Proving {
    /// The Bearer token.
    Token(String),
    /// The HMAC key's name and secret.
    Secret {
        /// The name.
        username: String,
        /// The secret.
        secret: String,
    },
}

/// Makes a key.
pub async fn create_key(
    table: &Table,
    secrets: &Secrets,
    source: &Source,
    caller: &Caller,
    new: &NewKey,
    ctx: &Ctx,
) -> Result<Created, Problem> {
    let now = Time::from(ctx.now);
    let (name, scopes) = check(caller, new, now)?;
    let listed = caller.tenant(table).listed_keys().await.map_err(internal)?;
    if listed.len() >= KEYS {
        let detail = format!("An organization has at most {KEYS} keys. Withdraw one first.");
        return Err(Problem::new(409, "too_many_keys", detail));
    }
    let id = Id::at(now, ctx.random());
    let (proving, secret) = match new.kind {
        Kind::Bearer => {
            let token = format!("{PREFIX}{}", source.secret());
            (Proving::Token(token.clone()), token)
        }
        Kind::Hmac => {
            let (username, secret) = (format!("sapa-{id}"), source.secret());
            (Proving::Secret { username, secret: secret.clone() }, secret)
        }
    };
    let key = ApiKey {
        id,
        organization_id: caller.organization_id,
        member: Member { id: Id::derived(&["key", &id.to_string()]), name: name.clone() },
        role: new.role,
        scopes,
        proof: Proof::Bearer,
        name,
        created_at: now,
        expires_at: new.expires_at,
        requests_per_minute: Some(REQUESTS_PER_MINUTE),
        last_used_at: None,
        is_listed: true,
    };
    match install_key(table, secrets, key, &proving).await? {
        Some(key) => Ok(Created { key, secret }),
        // Its id is new: somebody else's would have to be the same.
        None => Err(internal(StoreError::Contended)),
    }
}

/// Stores a key with what it proves itself with; none if there is one of its id already.
pub async fn install_key(
    table: &Table,
    secrets: &Secrets,
    mut key: ApiKey,
    proving: &Proving,
) -> Result<Option<ApiKey>, Problem> {
    let lookup = match proving {
        Proving::Token(token) => {
            key.proof = Proof::Bearer;
            fingerprint(token)
        }
        Proving::Secret { username, secret } => {
            let sealed = secrets.seal(secret, &secret_owners::api_key(&key)).await;
            let sealed = sealed.map_err(|error| {
                tracing::error!(%error, "KMS failed");
                error.told()
            })?;
            key.proof = Proof::Hmac { username: username.clone(), secret: sealed };
            fingerprint_of_username(username)
        }
    };
    let mut shown = key.clone();
    if let Proof::Hmac { secret, .. } = &mut shown.proof {
        secret.clear();
    }
    let tenant = table.tenant(key.organization_id);
    let is_new = tenant.create_api_key(&key, &ListedKey { key: shown, lookup }).await;
    Ok(is_new.map_err(internal)?.then_some(key))
}

fn check(caller: &Caller, new: &NewKey, now: Time) -> Result<(String, Vec<String>), Problem> {
    let name = new.name.trim();
    let length = name.chars().count();
    if length == 0 || length > NAME_LIMIT || name.chars().any(char::is_control) {
        let detail = format!("A name has 1 to {NAME_LIMIT} characters, all of them visible.");
        return Err(Problem::field("name", detail));
    }
    if new.role > caller.role {
        return Err(Problem::field("role", "A key can't have a higher role than its maker."));
    }
    if new.expires_at.is_some_and(|end| end <= now) {
        return Err(Problem::field("expires_at", "This moment has passed."));
    }
    if let Some(own) = caller.ends_at
        && new.expires_at.is_none_or(|end| end > own)
    {
        let detail = format!("A key can't outlive the key that makes it, which ends at {own}.");
        return Err(Problem::field("expires_at", detail));
    }
    if new.scopes.len() > 50 {
        return Err(Problem::field("scopes", "A key has at most 50 scopes."));
    }
    let mut scopes = new.scopes.clone();
    if scopes.is_empty() {
        scopes.push(permission::ALL.to_owned());
    }
    scopes.sort_unstable();
    scopes.dedup();
    let known = permission::scopes();
    if let Some(strange) = scopes.iter().find(|scope| !known.contains(*scope)) {
        let known: Vec<_> = known.into_iter().collect();
        let shown: String = strange.chars().take(40).collect();
        let detail = format!("There is no scope `{shown}`; there are {}.", known.join(", "));
        return Err(Problem::field("scopes", detail));
    }
    if let Some(own) = &caller.scopes {
        let has = |scope: &String| own.contains(scope) || own.iter().any(|s| s == permission::ALL);
        if !scopes.iter().all(has) {
            return Err(Problem::field("scopes", "A key can't have more scopes than its maker."));
        }
    }
    Ok((name.to_owned(), scopes))
}
