//! Use cases: load, let the domain decide, commit.
//!
//! One file per thing that happens, named by it. A use case knows the table and the channels'
//! codecs, never an HTTP route or a Lambda event. Each may die after any call and be run again:
//! the order of its writes is chosen so that the second run finishes what the first began, and
//! its module says which order that is.
//!
//! The folders are what the functions link: `rooms`, `contacts` and `integrations` for agents,
//! `inbound` for what providers deliver, `outbound` for what goes to them, `media` and `files` for
//! pictures and documents, `sweep` for what time brings. A function enables only its own.

#[cfg(feature = "accounts")]
mod accounts;
#[cfg(feature = "sign-in")]
pub mod api_keys;
pub mod authenticate;
pub mod bulk;
#[cfg(any(feature = "outbound", feature = "sweep"))]
mod change_message;
pub mod contacts;
pub mod drafts;
#[cfg(feature = "files")]
pub mod files;
#[cfg(feature = "inbound")]
pub mod inbound;
pub mod integrations;
#[cfg(feature = "jobs")]
pub mod jobs;
pub mod live;
#[cfg(feature = "media")]
pub mod media;
#[cfg(feature = "sign-in")]
pub mod members;
pub mod memory;
#[cfg(feature = "outbound")]
pub mod outbound;
#[cfg(feature = "jobs")]
pub mod outcomes;
#[cfg(feature = "secrets")]
pub mod provision;
#[cfg(feature = "secrets")]
mod refused_token;
pub mod rooms;
#[cfg(feature = "secrets")]
pub mod secret_owners;
pub mod settings;
mod settle_acceptance;
#[cfg(feature = "sign-in")]
pub mod sign_in;
#[cfg(feature = "sweep")]
pub mod sweep;
pub mod templates;
pub mod views;

use platform::problem::Problem;
use store::StoreError;

/// How often a use case decides again when others change the same row at the same time.
const ATTEMPTS: usize = 16;

/// A failure of the table is not the client's business; the log has it.
fn internal(error: StoreError) -> Problem {
    tracing::error!(%error, "the table failed");
    match error {
        StoreError::Contended => {
            Problem::new(409, "conflict", "Others are changing this at the same time. Try again.")
        }
        StoreError::Call(failed) => failed.told(),
        StoreError::Damaged { .. } | StoreError::Unwritable(_) => Problem::internal(),
    }
}
