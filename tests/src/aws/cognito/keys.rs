//! The pool's key: what it publishes of it, and what it signs with it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaPublicKeyComponents},
};
use serde_json::{Value, json};

use super::{ACCESS_LIFE, CLIENT, Cognito, ISSUER};

impl Cognito {
    /// The published keys, or nothing while they are down.
    pub fn jwks(&mut self) -> Option<Vec<u8>> {
        if self.keys_are_down {
            return None;
        }
        self.fetches += 1;
        let RsaPublicKeyComponents { n, e } =
            RsaPublicKeyComponents::<Vec<u8>>::from(self.key.public());
        let key = json!({
            "kid": self.key_id, "kty": "RSA", "alg": "RS256", "use": "sig",
            "n": URL_SAFE_NO_PAD.encode(n), "e": URL_SAFE_NO_PAD.encode(e),
        });
        Some(json!({ "keys": [key] }).to_string().into_bytes())
    }

    /// A JWT with this header and these claims, rightly signed: also for tokens that no pool makes.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        let random = SystemRandom::new();
        let done = self.key.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature);
        if done.is_err() {
            signature.clear();
        }
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The claims of an access token of somebody's.
    pub fn claims(&self, sub: &str, now: u64) -> Value {
        let seconds = now / 1000;
        json!({
            "sub": sub, "iss": ISSUER, "client_id": CLIENT, "token_use": "access",
            "scope": "aws.cognito.signin.user.admin", "username": sub,
            "iat": seconds, "auth_time": seconds, "exp": seconds + ACCESS_LIFE,
            "jti": format!("jti-{}", self.next),
        })
    }
}
