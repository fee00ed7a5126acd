//! The reply window: until when we may write freely.

use jiff::SignedDuration;

use super::Room;
use crate::Time;

/// How long after the customer's last message we may write freely (WhatsApp's service window).
pub const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// How long before its end a window is shown as expiring.
pub const EXPIRING: SignedDuration = SignedDuration::from_hours(4);

/// Whether the reply window is open. Computed when asked: no clock ever writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// We may write freely.
    Open,
    /// We may write freely, but not for long.
    Expiring,
    /// Only the customer, or an approved template, can begin again.
    Expired,
}

impl Window {
    /// All of them.
    pub const EACH: [Self; 3] = [Self::Open, Self::Expiring, Self::Expired];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
        }
    }
}

impl Room {
    /// When the customer last wrote, in the whole seconds of the channel's clock.
    pub fn customer_wrote_at(&self) -> Time {
        whole_second(self.last_inbound_at)
    }

    /// When the reply window closes: by the channel's clock, since it is the channel that refuses.
    pub fn window_closes_at(&self) -> Time {
        window_closes(self.last_inbound_at)
    }

    /// The reply window at this moment.
    pub fn window(&self, now: Time) -> Window {
        let closes = self.window_closes_at();
        if now >= closes {
            Window::Expired
        } else if now >= closes.plus(-EXPIRING) {
            Window::Expiring
        } else {
            Window::Open
        }
    }
}

/// When the window closes that something said then has opened.
pub fn window_closes(said_at: Time) -> Time {
    whole_second(said_at).plus(WINDOW)
}

fn whole_second(time: Time) -> Time {
    Time::from_millis(time.millis() - time.millis().rem_euclid(1000))
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{at, room},
        *,
    };

    #[test]
    fn the_window_closes_24_hours_after_the_customers_last_message() {
        let room = room();
        let hour = 3600;
        for (second, window) in [
            (99, Window::Open),
            (99 + 20 * hour - 1, Window::Open),
            (99 + 20 * hour, Window::Expiring),
            (99 + 24 * hour - 1, Window::Expiring),
            (99 + 24 * hour, Window::Expired),
        ] {
            assert_eq!(room.window(at(second)), window, "at second {second}");
        }
    }
}
