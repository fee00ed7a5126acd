//! Messages on their way to the providers.

mod call_off;
mod send_queued_message;

use std::sync::Arc;

use platform::{Source, files::Files, secrets::Secrets, transport::Transport};
use store::Table;

pub use send_queued_message::Sending;

use crate::accounts::Accounts;

/// A message could not be dealt with now; the queue hands it out again.
pub use crate::accounts::AccountError as SendError;

/// What sending works with.
pub struct Sender {
    table: Table,
    accounts: Accounts,
    files: Files,
    transport: Arc<dyn Transport>,
    source: Source,
    graph_url: String,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sender")
    }
}

impl Sender {
    /// Binds sending to a table, a key, the files, a way out and the Graph API's address.
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
