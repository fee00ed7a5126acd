//! How a sign-in lives on: a token in a cookie that changes with every use.
//!
//! A token is good once. Whoever shows one that was used before has copied it, or was copied
//! from; nobody can tell which, so the sign-in ends for both. The one exception is the grace
//! after a change: an answer that was lost on its way, or two tabs that ask at once, show the
//! token before the current one, and get the same successor that it had.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{Id, Time};

/// How long a sign-in lasts, however often it is refreshed. The user pool's refresh token lives
/// as long (infra/template.yaml).
pub const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long the token before the current one is still answered.
pub const GRACE: SignedDuration = SignedDuration::from_secs(30);

/// A sign-in. Tokens appear as their SHA-256 only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Which sign-in.
    pub id: Id<Session>,
    /// Whose.
    pub sub: String,
    /// The user pool's refresh token, encrypted by KMS for this sign-in, in base64.
    pub refresh_token: String,
    /// SHA-256 of the token that is good now.
    pub current: String,
    /// SHA-256 of the one before.
    pub previous: Option<String>,
    /// What successors are derived with: worthless without the token that they succeed.
    pub seed: String,
    /// When it began.
    pub began_at: Time,
    /// When the token last changed.
    pub changed_at: Time,
}

/// What a token that was shown is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// The one that is good now: it is to be succeeded.
    Current,
    /// The one before, within the grace: it gets the successor that it already has.
    Repeated,
    /// One that was succeeded, or none of this sign-in's: the sign-in ends.
    Reused,
    /// The sign-in is over.
    Over,
}

impl Session {
    /// When it ends.
    pub fn ends_at(&self) -> Time {
        self.began_at.plus(LIFE)
    }

    /// What a token with this SHA-256 is now.
    pub fn present(&self, sha256: &str, now: Time) -> Presented {
        if now >= self.ends_at() {
            return Presented::Over;
        }
        if self.current == sha256 {
            return Presented::Current;
        }
        let is_previous = self.previous.as_deref() == Some(sha256);
        if is_previous && now < self.changed_at.plus(GRACE) {
            return Presented::Repeated;
        }
        Presented::Reused
    }

    /// The same with the successor of its current token.
    pub fn succeeded(&self, by_sha256: String, now: Time) -> Self {
        Self {
            previous: Some(self.current.clone()),
            current: by_sha256,
            changed_at: now,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_once_and_shortly_after() {
        let at = |seconds: i64| Time::from_millis(seconds * 1000);
        let session = Session {
            id: Id::derived(&["session"]),
            sub: "s".into(),
            refresh_token: String::new(),
            current: "a".into(),
            previous: None,
            seed: String::new(),
            began_at: at(0),
            changed_at: at(0),
        };
        let second = session.succeeded("b".into(), at(100));
        let third = second.succeeded("c".into(), at(110));
        let end = LIFE.as_secs();
        for (session, token, now, is) in [
            (&session, "a", 5, Presented::Current),
            (&session, "x", 5, Presented::Reused),
            (&second, "b", 101, Presented::Current),
            (&second, "a", 129, Presented::Repeated),
            (&second, "a", 130, Presented::Reused),
            (&third, "b", 120, Presented::Repeated),
            (&third, "a", 120, Presented::Reused),
            (&third, "c", end - 1, Presented::Current),
            (&third, "c", end, Presented::Over),
            (&third, "a", end, Presented::Over),
        ] {
            assert_eq!(session.present(token, at(now)), is, "{token} at {now}");
        }
    }
}
