//! Signing in: what an address and a password may look like, and how a sign-in lives on.

mod address;
mod password;
mod session;

pub use address::{NotAnAddress, address};
pub use password::{PASSWORD_LIMIT, WeakPassword, password};
pub use session::{GRACE, LIFE, Presented, Session};
