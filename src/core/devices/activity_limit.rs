//! How many activities may be sent in a time, and when the next one may be.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::core::durations;

/// Activities of the window that are left to others: the portal's users and other tools have the same limit.
const LEFT_TO_OTHERS: usize = 2;

/// A limit such as `10/1h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityLimit {
    count: u32,
    window: Duration,
}

/// A limit as a configuration has it: `None` for `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ConfiguredLimit(pub Option<ActivityLimit>);

impl TryFrom<String> for ConfiguredLimit {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let limit = ActivityLimit::parse(&text).map(Self);
        limit.ok_or_else(|| format!("the value isn't a limit: {GRAMMAR}"))
    }
}

impl Default for ActivityLimit {
    /// Ten POST an hour, as other clients found by trial (observed).
    fn default() -> Self {
        Self {
            count: 10,
            window: Duration::from_secs(60 * 60),
        }
    }
}

/// The form of a limit, for messages.
const GRAMMAR: &str = "use a number and a time such as 10/1h, or none";

impl ActivityLimit {
    /// Reads `10/1h`; the inner `None` is `none`, the outer one that it is neither.
    pub fn parse(text: &str) -> Option<Option<Self>> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("none") {
            return Some(None);
        }
        let (count, window) = text.split_once('/')?;
        let count: u32 = count.trim().parse().ok()?;
        let window = durations::limit(window)?;
        (count > 0).then_some(Some(Self { count, window }))
    }

    /// How many abmctl sends in a window: at least one.
    pub fn budget(self) -> usize {
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        count.saturating_sub(LEFT_TO_OTHERS).max(1)
    }

    pub fn window(self) -> SignedDuration {
        SignedDuration::try_from(self.window).unwrap_or(SignedDuration::MAX)
    }

    /// When the next activity may be sent, if that is later than `now`; `sent` are the times of the earlier ones, oldest first.
    pub fn next(self, sent: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
        let place = sent.len().checked_sub(self.budget())?;
        // A time in the future is of a clock that was set back.
        let last = sent.get(place)?.min(&now).to_owned();
        let next = last.checked_add(self.window()).ok()?;
        (next > now).then_some(next)
    }

    /// How long it takes from `next` on to send so many more, from the first to the last.
    pub fn rest(self, activities: usize) -> SignedDuration {
        let windows = activities.saturating_sub(1) / self.budget();
        let windows = i32::try_from(windows).unwrap_or(i32::MAX);
        self.window()
            .checked_mul(windows)
            .unwrap_or(SignedDuration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(text: &str) -> ActivityLimit {
        ActivityLimit::parse(text).unwrap().unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_limit_is_a_number_and_a_time() {
        assert_eq!(limit(" 10 / 1h "), ActivityLimit::default());
        assert_eq!(ActivityLimit::parse("None"), Some(None));
        for wrong in [
            "", "10", "0/1h", "-1/1h", "10/", "10/soon", "ten/1h", "10/0s",
        ] {
            assert_eq!(ActivityLimit::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn two_of_the_window_are_left_to_others() {
        let ten = limit("10/1h");
        let sent: Vec<Timestamp> = (0..8).map(|minute| at(minute * 60)).collect();
        let now = at(8 * 60);
        assert_eq!(ten.next(&sent[..7], now), None);
        assert_eq!(ten.next(&sent, now), Some(at(3600)));
        assert_eq!(ten.next(&sent, at(3600)), None);
        for (text, budget) in [("3/1h", 1), ("2/1h", 1), ("1/1h", 1), ("12/3s", 10)] {
            assert_eq!(limit(text).budget(), budget, "{text}");
        }
        assert_eq!(limit("10/1h").rest(92).as_hours(), 11);
        assert_eq!(limit("10/1h").rest(0), SignedDuration::ZERO);
        // A clock that was set back waits for a window at most.
        assert_eq!(limit("1/1h").next(&[at(10_000)], at(0)), Some(at(3600)));
    }
}
