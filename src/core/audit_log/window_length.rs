//! How long the windows are: shorter if Apple answers slowly, longer again if it answers quickly.

use std::time::Duration;

use jiff::SignedDuration;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The first one, of weeks: ten years hang (observed).
const FIRST: SignedDuration = SignedDuration::from_hours(8 * 7 * 24);
const LONGEST: SignedDuration = SignedDuration::from_hours(26 * 7 * 24);
/// A window that is not answered is not made shorter than this.
pub(super) const SHORTEST: SignedDuration = DAY;
/// An answer within this time allows a window of twice the length.
pub const QUICK: Duration = Duration::from_secs(5);
/// One that takes longer than this asks for half of it.
const SLOW: Duration = Duration::from_secs(20);

/// How many times as many quick windows it takes to try a longer one, after one that was too slow or refused.
const WARY: u32 = 4;
/// The most quick windows that it takes.
const WARIEST: u32 = 64;

/// The length of the next window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowLength {
    length: SignedDuration,
    /// Quick ones in a row at this length.
    quick: u32,
    /// How many of them allow a longer one.
    needed: u32,
    /// It was made longer, and not answered yet.
    grown: bool,
}

impl Default for WindowLength {
    fn default() -> Self {
        Self {
            length: FIRST,
            quick: 0,
            needed: 1,
            grown: false,
        }
    }
}

impl WindowLength {
    /// The length of the next window.
    pub fn length(self) -> SignedDuration {
        self.length
    }

    /// The pace after a window whose slowest answer took this long.
    #[must_use]
    pub fn after(self, slowest: Duration) -> Self {
        if slowest > SLOW {
            return self.slower(self.length).unwrap_or(self);
        }
        if slowest >= QUICK {
            return Self {
                quick: 0,
                grown: false,
                ..self
            };
        }
        // What was too long once is not any more.
        let needed = if self.grown { 1 } else { self.needed };
        if self.quick + 1 < needed {
            return Self {
                quick: self.quick + 1,
                ..self
            };
        }
        let length = (self.length * 2).min(LONGEST);
        Self {
            length,
            quick: 0,
            needed,
            grown: length > self.length,
        }
    }

    /// The pace after a window of this length that took too long; `None` if it can't be shorter.
    pub fn slower(self, than: SignedDuration) -> Option<Self> {
        let grown = Self {
            // What was too long once will be again: each try costs a time-out.
            grown: true,
            ..self
        };
        grown.shorter(than)
    }

    /// The pace after a window of this length that failed or was refused at once; `None` if it can't be shorter. If it had
    /// just been made longer, that may be the reason, and is tried again later; else the length has no part in it.
    pub fn shorter(self, than: SignedDuration) -> Option<Self> {
        let length = self.length.min(than);
        (length > SHORTEST).then(|| Self {
            length: (length / 2).max(SHORTEST),
            quick: 0,
            needed: if self.grown {
                self.needed.saturating_mul(WARY).min(WARIEST)
            } else {
                self.needed
            },
            grown: false,
        })
    }
}
