//! How long platforms that were taken had no default, and how much of that time is certain.

use jiff::{SignedDuration, Timestamp};

use super::LONG;

/// A time without a default, from when the request was sent that took the platform until it was known to have one again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenGap {
    since: Timestamp,
    /// From when until when it is certain that there was none.
    certain: Option<(Timestamp, Timestamp)>,
}

/// How long a platform had no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The longest that it can have been.
    pub time: SignedDuration,
    /// It was that long. Otherwise it may have been shorter, or none at all.
    pub is_certain: bool,
}

impl OpenGap {
    pub(super) fn new(since: Timestamp) -> Self {
        Self {
            since,
            certain: None,
        }
    }

    /// At `now` it is certain that there is no default, and so was it since this was certain first.
    pub(super) fn is_certain_at(&mut self, now: Timestamp) {
        let first = self.certain.map_or(now, |(first, _)| first);
        self.certain = Some((first, now));
    }

    /// There is a default by `now`.
    pub(super) fn ends(self, now: Timestamp) -> Gap {
        let time = now.duration_since(self.since);
        let certain = self.certain.map(|(first, last)| last.duration_since(first));
        Gap {
            time,
            is_certain: certain.is_some_and(|certain| time - certain <= LONG),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_known_at_both_ends_is_certain() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        for (known, end, is_certain) in [
            (&[1, 60][..], 61, true),
            // The last request may have been acted on at once.
            (&[1, 2], 61, false),
            // The first one may have been acted on just before the end.
            (&[59, 60], 61, false),
            (&[], 61, false),
        ] {
            let mut gap = OpenGap::new(at(0));
            for second in known {
                gap.is_certain_at(at(*second));
            }
            let expected = Gap {
                time: SignedDuration::from_secs(end),
                is_certain,
            };
            assert_eq!(gap.ends(at(end)), expected, "{known:?}");
        }
    }
}
