//! The audit log as it is kept: its events of domains, and the times between which they are complete.
//!
//! Apple wants every question to name a window (official), and a window of years hangs (observed). So the log is read in
//! windows, each joined to what is there, and what is there is complete between two times at every moment: a run that is
//! killed loses the window that it was reading, and nothing else.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::domains::{AuditLog, DomainEvent};

mod pace;
#[cfg(test)]
mod tests;

pub use pace::Pace;

/// How long before the end of what is known is read again, for events that Apple lists late. How late that may be is not
/// documented.
pub const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// After this long without an event of any kind, Apple has nothing earlier: 52 weeks, so that a school's summer and a
/// year's quiet end do not count as the beginning.
pub const QUIET: SignedDuration = SignedDuration::from_hours(52 * 7 * 24);

/// A window of the log, both ends counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its beginning.
    pub start: Timestamp,
    /// Its end.
    pub end: Timestamp,
}

/// What a window held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// The events of domains, in any order, each once or more.
    pub events: Vec<DomainEvent>,
    /// Whether Apple had an event of any kind in it.
    pub anything: bool,
}

/// The log, complete between two times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLog {
    from: Timestamp,
    until: Timestamp,
    /// Between `from` and this time Apple had no event of any kind.
    quiet_until: Timestamp,
    /// Apple refused to go back further.
    refused: bool,
    /// Apple does not take the types of events of federation, so these are not asked for.
    federation_refused: bool,
    events: BTreeMap<String, DomainEvent>,
}

/// Why the log is not read further back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Apple had nothing for [`QUIET`].
    Nothing,
    /// Apple refused.
    Refused,
}

impl KeptLog {
    /// The log of one window.
    pub fn of(window: Window, read: Read) -> Self {
        let mut log = Self {
            from: window.start,
            until: window.end,
            quiet_until: if read.anything {
                window.start
            } else {
                window.end
            },
            refused: false,
            federation_refused: false,
            events: BTreeMap::new(),
        };
        log.add(read.events);
        log
    }

    /// From when on it is complete.
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// Until when it is complete, but for what Apple lists later than [`OVERLAP`].
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// Whether it was read by a clock so far ahead of `now` that what it says it covers did not happen yet. When it was really
    /// read is not known, so nothing of its times can be relied on.
    pub fn is_ahead(&self, now: Timestamp) -> bool {
        self.until.duration_since(now) > OVERLAP
    }

    /// Joins a window to it. One that does not touch what is there changes nothing: what is between is not known.
    pub fn take(&mut self, window: Window, read: Read) {
        if window.end < self.from || window.start > self.until || window.end < window.start {
            return;
        }
        if window.start < self.from {
            if read.anything {
                self.quiet_until = window.start;
            }
            self.from = window.start;
        } else if read.anything {
            self.quiet_until = self.quiet_until.min(window.start).max(self.from);
        }
        self.until = self.until.max(window.end);
        self.add(read.events);
    }

    /// Only what is between the two times counts: of what is outside, something may be missing.
    fn add(&mut self, events: Vec<DomainEvent>) {
        for event in events {
            if event.at < self.from || event.at > self.until {
                continue;
            }
            let known = self.events.get(&event.id);
            // Should Apple say two things of one event, then the same one wins whichever came first.
            if known.is_none_or(|known| *known < event) {
                self.events.insert(event.id.clone(), event);
            }
        }
    }

    /// Notes that Apple refused to go back further.
    pub fn refuse(&mut self) {
        self.refused = true;
    }

    /// Notes that Apple does not take the types of events of federation.
    pub fn refuse_federation(&mut self) {
        self.federation_refused = true;
    }

    /// Whether events of federation can be asked for, as far as is known.
    pub fn asks_for_federation(&self) -> bool {
        !self.federation_refused
    }

    /// Why it is not read further back; `None` where it can be.
    pub fn end(&self) -> Option<End> {
        if self.refused {
            Some(End::Refused)
        } else if self.quiet_until.duration_since(self.from) >= QUIET {
            Some(End::Nothing)
        } else {
            None
        }
    }

    /// The log as domains are folded from it.
    pub fn log(&self) -> AuditLog {
        AuditLog {
            from: self.from,
            until: self.until,
            events: self.events.values().cloned().collect(),
        }
    }
}

/// A window that is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// What happened since the last time, and [`OVERLAP`] before.
    Newer(Window),
    /// What happened before what is known.
    Older(Window),
}

impl Next {
    /// The window.
    pub fn window(self) -> Window {
        match self {
            Self::Newer(window) | Self::Older(window) => window,
        }
    }
}

/// The window to read next, at most `length` long and not before `oldest`: first what is new, up to `now`, the earlier first,
/// so that there is never a gap; then further back. `None` where everything is known.
pub fn next(
    kept: Option<&KeptLog>,
    now: Timestamp,
    oldest: Timestamp,
    length: SignedDuration,
) -> Option<Next> {
    let before = |at: Timestamp, by| at.saturating_sub(by).unwrap_or(at);
    let Some(kept) = kept else {
        let start = before(now, length).max(oldest);
        return (start < now).then_some(Next::Older(Window { start, end: now }));
    };
    if kept.until < now {
        let end = kept.until.saturating_add(length).unwrap_or(now).min(now);
        // An event may have been listed late in all that the overlap covers, but what was never read stays so.
        let start = before(kept.until, OVERLAP).max(kept.from);
        return Some(Next::Newer(Window { start, end }));
    }
    if kept.from <= oldest || kept.end().is_some() {
        return None;
    }
    let start = before(kept.from, length).max(oldest);
    Some(Next::Older(Window {
        start,
        end: kept.from,
    }))
}
