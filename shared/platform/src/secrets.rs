//! Secrets at rest: encrypted by KMS, for one owner and one purpose.
//!
//! The encryption context names whose secret it is and what for. KMS refuses to decrypt under
//! any other, so a row that is copied to another organization opens nothing there. Clear text
//! lives in a [`SecretString`] (no `Debug`, wiped on drop) and, shortly, in a warm function.

use aws_config::SdkConfig;
use aws_sdk_kms::{Client, operation::decrypt::DecryptError, primitives::Blob};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::{aws::CallFailed, cache::Cache, problem::Problem};

const LIFE: SignedDuration = SignedDuration::from_mins(5);

/// Whose secret it is, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The tenant.
    pub organization: String,
    /// The thing it belongs to, such as `app:<key>` or `integration:<id>`.
    pub purpose: String,
}

/// The key that keeps secrets.
#[derive(Debug)]
pub struct Secrets {
    client: Client,
    key: String,
    opened: Cache<SecretString>,
}

/// The secret can't be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// KMS refused or could not be reached.
    #[error(transparent)]
    Call(#[from] CallFailed),
    /// What is stored is not a secret of this kind.
    #[error("the stored secret is damaged")]
    Damaged,
}

impl SecretError {
    /// What a client is told, whose business it is not; the log has the cause.
    pub fn told(&self) -> Problem {
        match self {
            Self::Call(failed) => failed.told(),
            Self::Damaged => Problem::internal(),
        }
    }
}

impl Secrets {
    /// Secrets under this KMS key (an id or ARN).
    pub fn new(config: &SdkConfig, key: String) -> Self {
        Self { client: Client::new(config), key, opened: Cache::new(LIFE, 1000) }
    }

    /// Encrypts a secret for its owner, as base64.
    pub async fn seal(&self, secret: &str, owner: &Owner) -> Result<String, SecretError> {
        let call = self.client.encrypt().key_id(&self.key).plaintext(Blob::new(secret));
        let answer = call
            .encryption_context("organization", &owner.organization)
            .encryption_context("purpose", &owner.purpose)
            .send()
            .await
            .map_err(|error| CallFailed::new("Encrypt", &error))?;
        let blob = answer.ciphertext_blob().ok_or(SecretError::Damaged)?;
        Ok(STANDARD.encode(blob))
    }

    /// Decrypts a secret of this owner.
    pub async fn open(
        &self,
        sealed: &str,
        owner: &Owner,
        now: Timestamp,
    ) -> Result<SecretString, SecretError> {
        // The owner is part of the key: a warm function must refuse what KMS would refuse.
        let key = format!("{}\0{}\0{sealed}", owner.organization, owner.purpose);
        if let Some(secret) = self.opened.get(&key, now) {
            return Ok(secret);
        }
        let blob = STANDARD.decode(sealed).map_err(|_| SecretError::Damaged)?;
        let call = self.client.decrypt().key_id(&self.key).ciphertext_blob(Blob::new(blob));
        let answer = call
            .encryption_context("organization", &owner.organization)
            .encryption_context("purpose", &owner.purpose)
            .send()
            .await
            .map_err(|error| match error.as_service_error() {
                // It was sealed for another owner or under another key, and will stay so.
                Some(
                    DecryptError::InvalidCiphertextException(_)
                    | DecryptError::IncorrectKeyException(_),
                ) => SecretError::Damaged,
                _ => CallFailed::new("Decrypt", &error).into(),
            })?;
        let clear = answer.plaintext.ok_or(SecretError::Damaged)?.into_inner();
        let clear = String::from_utf8(clear).map_err(|_| SecretError::Damaged)?;
        let secret = SecretString::from(clear);
        self.opened.put(&key, secret.clone(), now);
        Ok(secret)
    }
}
