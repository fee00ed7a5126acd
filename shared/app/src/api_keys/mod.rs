//! Keys for programs: making them, looking at them, withdrawing them.

mod create_key;
mod list_keys;
mod revoke_key;

pub use create_key::{Created, Kind, NewKey, Proving, create_key, install_key};
pub use list_keys::list_keys;
pub use revoke_key::revoke_key;
