//! Access tokens of a user pool: RS256 only, verified with ring against the pool's published keys.
//!
//! A token is three parts in base64url; nothing else about it is parsed by hand. Which algorithm
//! and which key are the token's own claim, so both are only ever compared: RS256, and a key that
//! the pool published. The keys are fetched once and kept; an unknown key id fetches them anew, at
//! most once a minute, so that a rotation is noticed and a stranger's invention costs nothing.
//!
//! What is asked of a token: docs.aws.amazon.com/cognito/latest/developerguide/
//! amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::{Deserialize, de::DeserializeOwned};

use crate::transport::Transport;

/// How far the pool's clock may be from ours.
const LEEWAY: SignedDuration = SignedDuration::from_secs(30);
/// How often the keys are fetched at most, for whatever reason.
const FETCH_PAUSE: SignedDuration = SignedDuration::from_mins(1);
const FETCH_LIMIT: Duration = Duration::from_secs(3);
/// Cognito's access tokens are below 4 KB; API Gateway takes headers of 10 KB.
const TOKEN_LIMIT: usize = 8 * 1024;

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// It is forged, expired, or not for us.
    #[error("the token is not valid")]
    Invalid,
    /// The pool's keys could not be had: nobody knows.
    #[error("the user pool's keys could not be fetched")]
    Unavailable,
}

/// What a verified token says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Claims {
    /// Whose it is.
    pub sub: String,
    iss: String,
    client_id: String,
    token_use: String,
    /// When it was issued, in seconds since 1970.
    #[serde(default)]
    pub iat: i64,
    /// From when on it is good for nothing, in seconds since 1970.
    pub exp: i64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

/// A key as RFC 7517 has it; those of other kinds have no `n` and `e`.
#[derive(Deserialize)]
struct Jwk {
    kid: Option<String>,
    kty: Option<String>,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
}

/// Modulus and exponent, big-endian.
type Key = RsaPublicKeyComponents<Vec<u8>>;

#[derive(Default)]
struct Keys {
    by_id: BTreeMap<String, Arc<Key>>,
    asked_at: Option<Timestamp>,
}

/// Verifies the access tokens of one client of one pool.
pub struct Verifier {
    issuer: String,
    client_id: String,
    jwks_url: String,
    transport: Arc<dyn Transport>,
    keys: Mutex<Keys>,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Verifier {
    /// For tokens of this issuer and client, with keys from that address.
    pub fn new(
        issuer: String,
        client_id: String,
        jwks_url: String,
        transport: Arc<dyn Transport>,
    ) -> Self {
        Self { issuer, client_id, jwks_url, transport, keys: Mutex::default() }
    }

    /// What a token says, if all of it holds now.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, JwtError> {
        if token.len() > TOKEN_LIMIT {
            return Err(JwtError::Invalid);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Invalid)?;
        let (header, payload) = signed.split_once('.').ok_or(JwtError::Invalid)?;
        let header: Header = part(header)?;
        if header.alg != "RS256" {
            return Err(JwtError::Invalid);
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwtError::Invalid)?;
        let key = self.key(&header.kid, now).await?;
        key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
            .map_err(|_| JwtError::Invalid)?;
        // Not before: only what is signed is read.
        let claims: Claims = part(payload)?;
        let is_ours = claims.iss == self.issuer
            && claims.client_id == self.client_id
            && claims.token_use == "access";
        let is_live = now.as_second() < claims.exp.saturating_add(LEEWAY.as_secs());
        if is_ours && is_live { Ok(claims) } else { Err(JwtError::Invalid) }
    }

    async fn key(&self, id: &str, now: Timestamp) -> Result<Arc<Key>, JwtError> {
        {
            let mut keys = self.keys.lock().map_err(|_| JwtError::Unavailable)?;
            if let Some(key) = keys.by_id.get(id) {
                return Ok(Arc::clone(key));
            }
            let is_early = |at: Timestamp| now.duration_since(at) < FETCH_PAUSE;
            if keys.asked_at.is_some_and(is_early) {
                let knows_none = keys.by_id.is_empty();
                return Err(if knows_none { JwtError::Unavailable } else { JwtError::Invalid });
            }
            keys.asked_at = Some(now);
        }
        let fetched = self.fetch().await;
        let mut keys = self.keys.lock().map_err(|_| JwtError::Unavailable)?;
        let Some(fetched) = fetched else {
            // The pause is for strangers' key ids, not for a network that failed.
            keys.asked_at = None;
            return Err(JwtError::Unavailable);
        };
        keys.by_id = fetched;
        keys.by_id.get(id).cloned().ok_or(JwtError::Invalid)
    }

    async fn fetch(&self) -> Option<BTreeMap<String, Arc<Key>>> {
        let request = http::Request::get(&self.jwks_url).body(Vec::new()).ok()?;
        let response = match self.transport.send(request, FETCH_LIMIT).await {
            Ok(response) if response.status() == 200 => response,
            Ok(response) => {
                tracing::error!(status = response.status().as_u16(), "no keys of the user pool");
                return None;
            }
            Err(error) => {
                tracing::error!(%error, "no keys of the user pool");
                return None;
            }
        };
        let jwks: Jwks = serde_json::from_slice(response.body()).ok()?;
        let keys = jwks.keys.into_iter().filter(|key| key.kty.as_deref() == Some("RSA"));
        let read = |key: Jwk| {
            let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
            let components = Key { n: decode(&key.n)?, e: decode(&key.e)? };
            Some((key.kid?, Arc::new(components)))
        };
        Some(keys.filter_map(read).collect())
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, JwtError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| JwtError::Invalid)?;
    serde_json::from_slice(&bytes).map_err(|_| JwtError::Invalid)
}
