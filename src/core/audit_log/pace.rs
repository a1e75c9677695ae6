//! How long the windows are: shorter where Apple is slow to answer, longer again where it is quick.

use std::time::Duration;

use jiff::SignedDuration;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The first one, of weeks: ten years hang (observed).
const FIRST: SignedDuration = SignedDuration::from_hours(8 * 7 * 24);
const LONGEST: SignedDuration = SignedDuration::from_hours(26 * 7 * 24);
const SHORTEST: SignedDuration = DAY;
/// An answer within this time allows a window of twice the length.
const QUICK: Duration = Duration::from_secs(5);
/// One that takes longer than this asks for half of it.
const SLOW: Duration = Duration::from_secs(20);

/// The length of the next window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace(SignedDuration);

impl Default for Pace {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Pace {
    /// The length of the next window.
    pub fn length(self) -> SignedDuration {
        self.0
    }

    /// The pace after a window whose slowest answer took this long.
    #[must_use]
    pub fn after(self, slowest: Duration) -> Self {
        if slowest < QUICK {
            Self((self.0 * 2).min(LONGEST))
        } else if slowest > SLOW {
            self.slower().unwrap_or(self)
        } else {
            self
        }
    }

    /// The pace after a window that was not answered in time; `None` where it can't be shorter.
    pub fn slower(self) -> Option<Self> {
        (self.0 > SHORTEST).then(|| Self((self.0 / 2).max(SHORTEST)))
    }
}
