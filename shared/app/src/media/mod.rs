//! Customers' files, from the provider into the bucket, and out of it when their time is up.

mod clear_expired;
mod fetch_media;

use std::sync::Arc;

use platform::{Source, files::Files, secrets::Secrets, transport::Transport};
use store::Table;

pub use fetch_media::Fetching;

use crate::accounts::Accounts;

/// A file could not be dealt with now; the queue hands its job out again.
pub use crate::accounts::AccountError as FetchError;

/// What fetching works with.
pub struct Fetcher {
    table: Table,
    accounts: Accounts,
    files: Files,
    transport: Arc<dyn Transport>,
    source: Source,
    graph_url: String,
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fetcher")
    }
}

impl Fetcher {
    /// Binds fetching to a table, a key, a bucket, a way out and the Graph API's address.
    pub fn new(
        table: Table,
        secrets: Secrets,
        files: Files,
        transport: Arc<dyn Transport>,
        source: Source,
        graph_url: String,
    ) -> Self {
        let accounts = Accounts::new(table.clone(), secrets);
        Self { table, accounts, files, transport, source, graph_url }
    }
}
