//! A page of the inbox.

use platform::problem::Problem;
use store::{InboxKey, InboxPage, Tab, Table};

use crate::{authenticate::Caller, internal};

/// The rooms of a tab, latest activity first, after a place in the list.
pub async fn list_rooms(
    table: &Table,
    caller: &Caller,
    tab: Tab,
    after: Option<InboxKey>,
    limit: usize,
) -> Result<InboxPage, Problem> {
    caller.tenant(table).inbox(tab, after, limit).await.map_err(internal)
}
