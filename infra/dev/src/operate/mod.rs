//! Running an installation: deploying it, founding organizations, reading its logs, taking up again
//! what it gave up.
//!
//! The same commands work on AWS, on an emulator and on the environment of `cargo dev up`. On AWS
//! they use the caller's own credentials, as other AWS tools would, and keep none of them.

mod deploy;
mod logs;
mod organization;
mod redrive;

pub(crate) use deploy::run as deploy;
pub(crate) use logs::run as logs;
pub(crate) use organization::run as organization;
pub(crate) use redrive::run as redrive;
