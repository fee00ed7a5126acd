//! How many requests a key has left, held in the function and settled with the table in blocks.

use std::{collections::BTreeMap, sync::Mutex};

use domain::{
    Id, Time,
    api_key::{ApiKey, REQUESTS_PER_SECOND},
    rate_limit::{Usage, Verdict},
};
use platform::{Ctx, problem::Problem};
use store::Table;

use crate::internal;

/// The most keys whose use is remembered at a time; more of them in one process is not a
/// company's traffic, and forgetting costs a write each.
const REMEMBERED: usize = 1000;

/// What a client is told about its key's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests a minute.
    pub limit: u32,
    /// How many are left of them, as far as this process knows.
    pub remaining: u32,
    /// Seconds until the minute is over.
    pub reset: i64,
}

/// The use of keys, as one process knows it.
#[derive(Debug, Default)]
pub struct Allowances {
    usage: Mutex<BTreeMap<Id<ApiKey>, Usage>>,
}

impl Allowances {
    /// Takes one request from a key's allowance. A problem says when to come back.
    pub async fn spend(
        &self,
        table: &Table,
        key: &ApiKey,
        ctx: &Ctx,
    ) -> Result<Option<Allowance>, (Problem, Option<Allowance>)> {
        let Some(limit) = key.requests_per_minute else { return Ok(None) };
        let mut usage = self.of(key.id).at(Time::from(ctx.now).millis());
        let mut verdict = usage.next(limit, REQUESTS_PER_SECOND);
        if let Verdict::Take(count) = verdict {
            let tenant = table.tenant(key.organization_id);
            let used = tenant.take_requests(key.id, usage.minute, count, limit).await;
            usage = usage.took(count, used.map_err(|error| (internal(error), None))?, limit);
            verdict = usage.next(limit, REQUESTS_PER_SECOND);
        }
        let answer = match verdict {
            Verdict::Serve => {
                usage = usage.served();
                Ok(())
            }
            // A block that was just taken can't be empty; if it were, the minute is spent.
            Verdict::Take(_) => Err(usage.reset_in()),
            Verdict::Refuse { retry_after } => Err(retry_after),
        };
        self.keep(key.id, usage);
        let allowance =
            Allowance { limit, remaining: usage.remaining(limit), reset: usage.reset_in() };
        match answer {
            Ok(()) => Ok(Some(allowance)),
            Err(retry_after) => {
                let detail = format!(
                    "A key may send {limit} requests a minute and {REQUESTS_PER_SECOND} a second."
                );
                let problem = Problem::new(429, "rate_limited", detail);
                Err((problem.after(retry_after), Some(allowance)))
            }
        }
    }

    fn of(&self, key: Id<ApiKey>) -> Usage {
        self.usage.lock().ok().and_then(|usage| usage.get(&key).copied()).unwrap_or_default()
    }

    fn keep(&self, key: Id<ApiKey>, used: Usage) {
        let Ok(mut usage) = self.usage.lock() else { return };
        if usage.len() >= REMEMBERED && !usage.contains_key(&key) {
            usage.clear();
        }
        usage.insert(key, used);
    }
}
