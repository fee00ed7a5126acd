//! How often somebody may try: a password, a code, an e-mail to be sent.
//!
//! Guesses are counted where they come from, for each address by itself: what a stranger tries from
//! elsewhere locks nobody out. Who guesses from many places meets the user pool's own lock, which
//! doubles with every failure (docs.aws.amazon.com/cognito/latest/developerguide/authentication.html,
//! "lockout behavior"). Codes are short and mails are a nuisance, so both are counted for the address
//! wherever they come from: the worst that a stranger can do is put off a reset.

use std::net::{IpAddr, Ipv6Addr};

use domain::Time;
use jiff::SignedDuration;
use platform::{Ctx, problem::Problem};
use store::Table;

use super::SignIns;
use crate::{authenticate::fingerprint, internal};

/// In what time attempts are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Attempts from one network address: an office has one for many people.
const PER_SOURCE: u32 = 200;

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// A password, or the choice of the first one.
    Password,
    /// The code of a reset.
    Code,
    /// To have a code sent.
    Mail,
}

impl SignIns {
    /// Counts an attempt for this address from that network address, and refuses one too many.
    /// What is refused here never reaches the pool, and whether the address exists makes no
    /// difference.
    pub(super) async fn attempt(
        &self,
        what: Attempt,
        email: &str,
        source: Option<&str>,
        ctx: &Ctx,
    ) -> Result<(), Problem> {
        let network = source.map(network);
        let (who, limit) = match what {
            Attempt::Password => {
                (format!("password\0{email}\0{}", network.as_deref().unwrap_or_default()), 20)
            }
            Attempt::Code => (format!("code\0{email}"), 20),
            Attempt::Mail => (format!("mail\0{email}"), 5),
        };
        count(&self.table, &who, limit, ctx).await?;
        match network {
            Some(network) => {
                count(&self.table, &format!("source\0{network}"), PER_SOURCE, ctx).await
            }
            None => Ok(()),
        }
    }
}

/// Counts something that this somebody does, and refuses what is too much for a quarter of an hour.
pub(crate) async fn count(table: &Table, who: &str, limit: u32, ctx: &Ctx) -> Result<(), Problem> {
    let (now, length) = (ctx.now.as_second(), WINDOW.as_secs());
    let window = now.div_euclid(length);
    let ends_in = (window + 1) * length - now;
    let ends_at = Time::from(ctx.now).plus(SignedDuration::from_secs(ends_in));
    let who = fingerprint(who);
    match table.attempt(&who, window, ends_at, limit).await.map_err(internal)? {
        true => Ok(()),
        false => Err(too_many().after(ends_in)),
    }
}

/// Who a network address belongs to: of IPv6, one household or machine has 2^64 of them.
fn network(source: &str) -> String {
    match source.parse() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        Ok(IpAddr::V4(_)) | Err(_) => source.to_owned(),
    }
}

pub(super) fn too_many() -> Problem {
    Problem::new(429, "too_many_attempts", "There were too many attempts. Try again later.")
        .after(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_source() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::9"));
        assert_ne!(network("2001:db8:1:2::9"), network("2001:db8:1:3::9"));
        assert_eq!(network("192.0.2.1"), "192.0.2.1");
    }
}
