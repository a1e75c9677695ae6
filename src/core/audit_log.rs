//! The cached audit log: its events about domains, and the times between which they are complete.
//!
//! Apple wants every question to name a window (official), and a window of years hangs (observed). So the log is read in
//! windows, each joined to what is there, and what is there is complete between two times at every moment: a run that is
//! killed loses the window that it was reading, and nothing else.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::domains::{AuditLog, DomainEvent, EventKind};

#[cfg(test)]
mod tests;
mod window_length;

pub use window_length::{QUICK, WindowLength};

/// How long before the end of what is known is read again, for events that Apple lists late. How late that may be is not
/// documented.
pub const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// After this long without an event of any kind nothing earlier is looked for, unless it is asked for: 52 weeks, so that a
/// school's summer and a year's quiet end do not count as the beginning.
pub const QUIET: SignedDuration = SignedDuration::from_hours(52 * 7 * 24);
/// After this long Apple is asked again for the types of events that it refused.
const TYPES_ASKED_AGAIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A window of the log, both ends counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its beginning.
    pub start: Timestamp,
    pub end: Timestamp,
}

impl Window {
    /// How long it is.
    pub fn length(self) -> SignedDuration {
        self.end.duration_since(self.start)
    }
}

/// An event that can't be understood, and that is or may be one of a domain. It has no time, so it is kept as it came, whatever
/// the window that it was in, and looked at again by each run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OddEvent {
    pub json: String,
    /// Apple's id of it, if it can be had.
    pub id: Option<String>,
    /// Its id, or its position, and the list that it was in, as a sentence begins with it.
    pub which: String,
    /// The type that was asked for, if it was one.
    pub kind: Option<EventKind>,
}

/// The judgment of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    OfDomain(DomainEvent),
    /// One of something else.
    Other,
    /// Not understood.
    Odd(OddEvent),
}

/// What a window held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// The events of domains, in any order, each once or more.
    pub events: Vec<DomainEvent>,
    /// Those that can't be understood.
    pub odd: Vec<OddEvent>,
    /// Whether Apple had an event of any kind in it.
    pub anything: bool,
    /// When that was, by Apple's clock, if it says: what happened later can't be in it, wherever the window ends.
    pub as_of: Option<Timestamp>,
}

/// The log, complete between two times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLog {
    from: Timestamp,
    until: Timestamp,
    /// Between `from` and this time Apple had no event of any kind.
    quiet_until: Timestamp,
    /// When Apple last refused to go back further.
    refused_at: Option<Timestamp>,
    /// When Apple last refused the types of events of federation.
    federation_refused_at: Option<Timestamp>,
    events: BTreeMap<String, DomainEvent>,
    /// Events that can't be understood, by their id, or by all of their JSON.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    odd: BTreeMap<String, OddEvent>,
}

/// Why the log is not read further back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Apple had nothing for [`QUIET`] before this time.
    Nothing(Timestamp),
    /// Apple refused.
    Refused,
}

impl KeptLog {
    /// The log of one window.
    pub fn of(window: Window, read: Read) -> Self {
        let until = read.as_of.map_or(window.end, |as_of| as_of.min(window.end));
        let from = window.start.min(until);
        let mut log = Self {
            from,
            until,
            quiet_until: if read.anything { from } else { until },
            refused_at: None,
            federation_refused_at: None,
            events: BTreeMap::new(),
            odd: BTreeMap::new(),
        };
        log.add(read.events, read.odd);
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
            self.refused_at = None;
        } else if read.anything {
            self.quiet_until = self.quiet_until.min(window.start).max(self.from);
        }
        let end = read.as_of.map_or(window.end, |as_of| as_of.min(window.end));
        self.until = self.until.max(end);
        self.add(read.events, read.odd);
    }

    /// Joins what was read apart from it, and touches it.
    pub fn join(&mut self, other: &Self) {
        let window = Window {
            start: other.from,
            end: other.until,
        };
        let read = Read {
            events: other.events.values().cloned().collect(),
            odd: other.odd.values().cloned().collect(),
            anything: true,
            as_of: None,
        };
        self.take(window, read);
    }

    /// Joins what was read again of it with more understanding, which counts in place of what is known of the same events.
    pub fn renew(&mut self, other: &Self) {
        self.events.retain(|id, _| !other.events.contains_key(id));
        self.join(other);
    }

    /// Only what is between the two times counts: of what is outside, something may be missing. What can't be understood counts until
    /// Apple says the same event in another way.
    fn add(&mut self, events: Vec<DomainEvent>, odd: Vec<OddEvent>) {
        for event in odd {
            let key = event.id.as_ref().unwrap_or(&event.json);
            let known = self.odd.get(key);
            if known.is_none_or(|known| *known < event) {
                self.odd.insert(key.clone(), event);
            }
        }
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
        self.odd.retain(|key, _| !self.events.contains_key(key));
    }

    /// Judges again what could not be understood, since another version of abmctl may understand it.
    pub fn review(&mut self, judge: impl Fn(OddEvent) -> Judged) {
        let (mut events, mut odd) = (Vec::new(), Vec::new());
        for (_, event) in std::mem::take(&mut self.odd) {
            match judge(event) {
                Judged::OfDomain(event) => events.push(event),
                Judged::Other => {}
                Judged::Odd(event) => odd.push(event),
            }
        }
        self.add(events, odd);
    }

    /// The events that can't be understood.
    pub fn odd(&self) -> impl Iterator<Item = &OddEvent> {
        self.odd.values()
    }

    /// Notes that Apple refused to go back further.
    pub fn refuse(&mut self, now: Timestamp) {
        self.refused_at = Some(now);
    }

    /// Notes that Apple does not take the types of events of federation.
    pub fn refuse_federation(&mut self, now: Timestamp) {
        self.federation_refused_at = Some(now);
    }

    /// Whether events of federation are asked for.
    pub fn asks_for_federation(&self, now: Timestamp) -> bool {
        self.federation_refused_at
            .is_none_or(|at| now.duration_since(at).abs() >= TYPES_ASKED_AGAIN)
    }

    /// Why it is not read further back; `None` if it can be.
    pub fn end(&self) -> Option<End> {
        if self.refused_at.is_some() {
            Some(End::Refused)
        } else if self.quiet_until.duration_since(self.from) >= QUIET {
            Some(End::Nothing(self.quiet_until))
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

/// An end that rests on a refusal alone is asked for again on another day: the refusal may have had a reason that passes. A day
/// rather than 24 hours, since a daily job may begin a little earlier than the day before.
fn is_asked_again(refused_at: Timestamp, now: Timestamp) -> bool {
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    day(refused_at) != day(now)
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
    pub fn window(self) -> Window {
        match self {
            Self::Newer(window) | Self::Older(window) => window,
        }
    }
}

/// What one run is to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Up to here.
    pub now: Timestamp,
    /// Back to here.
    pub oldest: Timestamp,
    /// That far was asked for, so neither a quiet year nor an old refusal is a reason to stop before.
    pub insists: bool,
}

/// How far one run has come; nothing of it is kept, so that the next run begins with [`OVERLAP`] again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// What is new, and the overlap, was read up to here.
    pub newer: Option<Timestamp>,
    /// Apple refused to go further back.
    pub refused: bool,
}

/// The window to read next, at most `length` long: first what is new, up to now, the earlier first, so that there is never a gap;
/// then further back. `None` if everything wanted is known.
pub fn next(
    kept: Option<&KeptLog>,
    done: Done,
    wanted: Wanted,
    length: SignedDuration,
) -> Option<Next> {
    let before = |at: Timestamp, by| at.saturating_sub(by).unwrap_or(at);
    let Wanted { now, oldest, .. } = wanted;
    let Some(kept) = kept else {
        let start = before(now, length).max(oldest);
        return (start < now).then_some(Next::Older(Window { start, end: now }));
    };
    if done.newer.unwrap_or(kept.until) < now {
        // An event may have been listed late in all that the overlap covers, but what was never read stays so.
        let overlap = || before(kept.until, OVERLAP).max(kept.from);
        let start = done.newer.unwrap_or_else(overlap);
        let end = start.saturating_add(length).unwrap_or(now).min(now);
        return Some(Next::Newer(Window { start, end }));
    }
    let over = match (kept.end(), kept.refused_at) {
        (_, Some(at)) => done.refused || !(wanted.insists || is_asked_again(at, now)),
        (Some(_), None) => !wanted.insists,
        (None, None) => false,
    };
    if kept.from <= oldest || over {
        return None;
    }
    // What was refused before is tried with as little as there is.
    let length = match kept.refused_at {
        Some(_) => length.min(window_length::SHORTEST),
        None => length,
    };
    let start = before(kept.from, length).max(oldest);
    Some(Next::Older(Window {
        start,
        end: kept.from,
    }))
}
