//! Whether an account is connected, and what ends that.
//!
//! A disconnected account keeps its integration: connecting it again is the same integration with
//! the same rooms, so no history is lost by it (chatwoot#1046). Only what the provider says of the
//! token itself asks for a new token: reporting every failure as a broken login teaches people to
//! ignore it (chatwoot#3133).

use serde::{Deserialize, Serialize};

use super::Integration;
use crate::Time;

/// Whether an account is connected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Connection {
    /// Messages come and go.
    #[default]
    Connected,
    /// Messages come, but the provider refuses our token: an admin has to give a new one.
    NeedsReconnect {
        /// The provider's code.
        code: i64,
        /// The provider's words.
        reason: String,
        /// When the provider first refused it.
        since: Time,
    },
    /// An admin took the account out. It has no token any more.
    Disconnected {
        /// When.
        at: Time,
    },
}

impl Connection {
    /// The name in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::NeedsReconnect { .. } => "needs_reconnect",
            Self::Disconnected { .. } => "disconnected",
        }
    }
}

/// What a refused token makes of an integration: `None` if nothing is news. `used` is the sealed
/// token that was refused: one that has been replaced since says nothing about the new one.
pub fn token_refused(
    integration: &Integration,
    used: &str,
    code: i64,
    reason: &str,
    now: Time,
) -> Option<Integration> {
    let is_current = integration.token == used;
    let is_news = matches!(integration.connection, Connection::Connected);
    (is_current && is_news).then(|| Integration {
        connection: Connection::NeedsReconnect { code, reason: reason.to_owned(), since: now },
        ..integration.clone()
    })
}

/// An integration without its account: `None` if it is so already.
pub fn disconnect(integration: &Integration, now: Time) -> Option<Integration> {
    let is_out = matches!(integration.connection, Connection::Disconnected { .. });
    (!is_out).then(|| Integration {
        connection: Connection::Disconnected { at: now },
        token: String::new(),
        subscribed_at: None,
        ..integration.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::{super::tests::integration as connected, *};

    fn integration(connection: Connection) -> Integration {
        Integration { connection, ..connected() }
    }

    #[test]
    fn only_the_first_refusal_of_the_current_token_is_news() {
        let now = Time::from_millis(5);
        let refused = |connection, used| {
            token_refused(&integration(connection), used, 190, "expired", now).is_some()
        };
        let waiting =
            Connection::NeedsReconnect { code: 190, reason: "expired".into(), since: now };
        assert!(refused(Connection::Connected, "sealed"));
        assert!(!refused(Connection::Connected, "the one before"));
        assert!(!refused(waiting, "sealed"));
        assert!(!refused(Connection::Disconnected { at: now }, "sealed"));
    }

    #[test]
    fn a_disconnected_account_has_no_token() {
        let now = Time::from_millis(5);
        let out = disconnect(&integration(Connection::Connected), now).unwrap();
        assert_eq!((out.token.as_str(), out.connection.name()), ("", "disconnected"));
        assert_eq!(disconnect(&out, now), None);
    }
}
