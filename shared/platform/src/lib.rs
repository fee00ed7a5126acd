//! What every function stands on, and the only place that knows the machine.
//!
//! The clock, randomness and the environment are read here and nowhere else (clippy's
//! `disallowed-methods` holds that). AWS clients are built here from one `SdkConfig`, so that
//! a test that replaces its HTTP client has replaced the whole world. No module in this crate
//! knows a word of the business.

pub mod aws;
pub mod batch;
pub mod cache;
#[cfg(feature = "cognito")]
pub mod cognito;
pub mod config;
pub mod context;
#[cfg(feature = "files")]
pub mod files;
#[cfg(feature = "lambda-http")]
pub mod gateway;
#[cfg(feature = "jwt")]
pub mod jwt;
#[cfg(feature = "s3")]
pub mod objects;
#[cfg(feature = "files")]
mod post_policy;
pub mod problem;
#[cfg(feature = "push")]
pub mod push;
#[cfg(feature = "sqs")]
pub mod queue;
#[cfg(feature = "kms")]
pub mod secrets;
pub mod telemetry;
pub mod trace;
pub mod transport;

pub use context::{Ctx, Source};
