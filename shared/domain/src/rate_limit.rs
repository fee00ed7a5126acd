//! How many requests a key may send: a minute's allowance, taken in blocks.
//!
//! No request waits for a counter. A process takes what it needs from the key's row of the minute
//! in blocks, and counts within a block by itself. The first few requests of a minute take
//! nothing: a key that is hardly used costs no write. So several processes together may let
//! through a few more than the limit; each of them at most [`FREE`].

/// Requests of a minute that a process counts before it asks the table.
pub const FREE: u32 = 5;

/// What a process takes at a time.
pub const BLOCK: u32 = 10;

/// What one process knows of one key's use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Which minute, since 1970.
    pub minute: i64,
    /// Which second, since 1970, and how many requests it saw.
    pub second: (i64, u32),
    /// Requests that this process let through in the minute.
    pub served: u32,
    /// Requests that this process may let through in the minute without asking.
    pub granted: u32,
    /// What was left to all when this process last asked.
    pub left_over: u32,
    /// Whether the table said that nothing is left.
    pub is_spent: bool,
}

/// What to do with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Serve it.
    Serve,
    /// Take so many from the key's minute first.
    Take(u32),
    /// Refuse it; so many seconds later it would be served.
    Refuse {
        /// Seconds to wait.
        retry_after: i64,
    },
}

impl Usage {
    /// The same, as far as it concerns this moment.
    pub fn at(self, millis: i64) -> Self {
        let (minute, second) = (millis.div_euclid(60_000), millis.div_euclid(1000));
        let seen = if self.second.0 == second { self.second.1 } else { 0 };
        if self.minute == minute {
            return Self { second: (second, seen), ..self };
        }
        Self { minute, second: (second, seen), ..Self::default() }
    }

    /// What to do with the next request of this moment.
    pub fn next(&self, per_minute: u32, per_second: u32) -> Verdict {
        if self.is_spent && self.served >= self.granted {
            return Verdict::Refuse { retry_after: self.reset_in() };
        }
        if self.second.1 >= per_second {
            return Verdict::Refuse { retry_after: 1 };
        }
        if self.served < self.granted.max(FREE.min(per_minute)) {
            return Verdict::Serve;
        }
        // Those that were free are counted now.
        Verdict::Take(BLOCK + self.served - self.granted.min(self.served))
    }

    /// The same after so many were asked for, of which the table counted `used` in all.
    pub fn took(self, asked: u32, used: Option<u32>, per_minute: u32) -> Self {
        let Some(used) = used else { return Self { is_spent: true, ..self } };
        let granted = asked.saturating_sub(used.saturating_sub(per_minute));
        Self {
            granted: self.granted + granted,
            left_over: per_minute.saturating_sub(used),
            is_spent: used >= per_minute,
            ..self
        }
    }

    /// The same after a request was served.
    pub fn served(self) -> Self {
        Self { served: self.served + 1, second: (self.second.0, self.second.1 + 1), ..self }
    }

    /// How many more may come this minute, as far as this process knows.
    pub fn remaining(&self, per_minute: u32) -> u32 {
        if self.granted == 0 && !self.is_spent {
            return per_minute.saturating_sub(self.served);
        }
        self.left_over + self.granted.saturating_sub(self.served)
    }

    /// Seconds until the next minute.
    pub fn reset_in(&self) -> i64 {
        60 - self.second.0.rem_euclid(60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays requests of one process, ten a second; how many were served, and how often it asked.
    fn play(used: &mut u32, requests: u32, per_minute: u32) -> (u32, u32) {
        let (mut usage, mut served, mut asked) = (Usage::default(), 0, 0);
        for n in 0..requests {
            usage = usage.at(i64::from(n) * 100);
            let mut verdict = usage.next(per_minute, 10);
            if let Verdict::Take(count) = verdict {
                asked += 1;
                let counted = (*used < per_minute).then(|| {
                    *used += count;
                    *used
                });
                usage = usage.took(count, counted, per_minute);
                verdict = usage.next(per_minute, 10);
            }
            if verdict == Verdict::Serve {
                usage = usage.served();
                served += 1;
            }
        }
        (served, asked)
    }

    #[test]
    fn a_minute_has_its_limit_and_one_write_for_ten_requests() {
        assert_eq!(play(&mut 0, 5, 100), (5, 0));
        assert_eq!(play(&mut 0, 6, 100), (6, 1));
        let (served, asked) = play(&mut 0, 400, 100);
        assert_eq!(served, 100);
        assert!(asked <= 11, "{asked}");
    }

    #[test]
    fn processes_share_the_minute() {
        let mut used = 0;
        let served: u32 = (0..4).map(|_| play(&mut used, 50, 100).0).sum();
        assert!((100..=100 + 4 * FREE).contains(&served), "{served}");
    }

    #[test]
    fn a_second_has_its_limit_and_the_next_minute_begins_anew() {
        let mut usage = Usage::default();
        for _ in 0..10 {
            usage = usage.at(0).took(10, Some(10), 100).served();
        }
        assert_eq!(usage.next(100, 10), Verdict::Refuse { retry_after: 1 });
        assert_ne!(usage.at(1000).next(100, 10), Verdict::Refuse { retry_after: 1 });
        let spent = Usage { is_spent: true, ..usage.at(15_000) };
        let spent = Usage { granted: spent.served, ..spent };
        assert_eq!(spent.next(100, 10), Verdict::Refuse { retry_after: 45 });
        assert_eq!(spent.at(60_000).next(100, 10), Verdict::Serve);
        assert_eq!(spent.at(60_000).remaining(100), 100);
    }
}
