//! Deadlines of migrations, as people write and read them.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Span, Timestamp, ToSpan, Zoned};

use crate::core::durations;

/// How far ahead a deadline can be: 90 days (official).
pub const MOST_AHEAD: SignedDuration = SignedDuration::from_hours(90 * 24);
/// A deadline that is nearer than this is asked for: users have hardly a day to save their work.
const SOON: SignedDuration = SignedDuration::from_hours(24);

/// One that was further than [`SOON`] when somebody agreed to it isn't sent if it is nearer than this.
const NEAR: SignedDuration = SignedDuration::from_hours(1);

/// How a deadline can be written, for whoever wrote something else.
const GRAMMAR: &str = "Use a time with a zone, such as 2026-12-01T17:00:00+01:00 or 2026-12-01T16:00:00Z, or a duration from now, such as 14d.";

/// From where a time is read that has no zone.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    pub now: Timestamp,
    /// The zone of this machine, if somebody types here; `None` without a terminal, where a time needs its own zone.
    pub zone: Option<&'a TimeZone>,
}

/// What `--update-deadline` asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum NewDeadline {
    /// The same for every device. One in the past forces the migration (official).
    At(Timestamp),
    /// Each device's own, this much later.
    Later(Later),
}

/// How much later than its own deadline each device gets one.
#[derive(Debug, Clone)]
pub struct Later(Span);

/// Two are the same if their fields are.
impl PartialEq for Later {
    fn eq(&self, other: &Self) -> bool {
        self.0.fieldwise() == other.0.fieldwise()
    }
}

/// Why a deadline can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeadlineError {
    /// It is no time.
    #[error("\"{text}\" isn't a deadline. {GRAMMAR}")]
    Unreadable { text: String },
    /// It has no zone, and nobody types it here.
    #[error(
        "The deadline \"{text}\" has no time zone. abmctl takes the local one only on a terminal, if the system has one. {GRAMMAR}"
    )]
    WithoutZone { text: String },
    /// The clocks skip or repeat it.
    #[error(
        "The local time {text} doesn't exist or comes twice, because the clocks change. Write the deadline with its offset from UTC, such as {text}+01:00."
    )]
    ClocksChange { text: String },
    #[error("The deadline {shown} is more than 90 days ahead. Apple takes at most 90 days.")]
    TooFar { shown: String },
    #[error("The deadline {shown} is in the past. A migration needs a deadline ahead.")]
    Past { shown: String },
}

/// The deadline of a new migration: ahead of now, and not more than 90 days.
pub fn of_migration(text: &str, typed: Typed<'_>) -> Result<Timestamp, DeadlineError> {
    let at = time(text, typed)?;
    if at <= typed.now {
        let shown = shown(at, typed.zone);
        return Err(DeadlineError::Past { shown });
    }
    within(at, typed)
}

/// What a migration's deadline is to be changed to: a time, `now`, or `+` and a duration.
pub fn of_update(text: &str, typed: Typed<'_>) -> Result<NewDeadline, DeadlineError> {
    let trimmed = text.trim();
    if trimmed.eq_ignore_ascii_case("now") {
        return Ok(NewDeadline::At(whole_seconds(typed.now)));
    }
    if let Some(later) = trimmed.strip_prefix('+') {
        let unreadable = || DeadlineError::Unreadable {
            text: text.to_owned(),
        };
        let span = span(later).filter(|it| it.is_positive());
        let later = Later(span.ok_or_else(unreadable)?);
        // What is too much for a deadline of now is too much for each that isn't over.
        let from_now = later.after(typed.now).ok_or_else(unreadable)?;
        within(from_now, typed)?;
        return Ok(NewDeadline::Later(later));
    }
    within(time(text, typed)?, typed).map(NewDeadline::At)
}

impl Later {
    /// The deadline that follows from a device's own, by the calendar; `None` if there is no such time.
    pub fn after(&self, own: Timestamp) -> Option<Timestamp> {
        let later = own.to_zoned(TimeZone::UTC).checked_add(self.0).ok()?;
        Some(later.timestamp())
    }
}

impl std::fmt::Display for Later {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "+{:#}", self.0)
    }
}

/// Whether a deadline is so near that it is asked for, or over.
pub fn is_soon(deadline: Timestamp, now: Timestamp) -> bool {
    deadline.duration_since(now) < SOON
}

/// How a deadline came nearer than somebody agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Near {
    /// It was ahead then, and isn't now.
    Past,
    /// It was a day ahead then, and isn't an hour ahead now.
    Soon,
}

/// Whether a deadline is nearer now than somebody agreed to at `agreed_at`.
pub fn came_near(deadline: Timestamp, agreed_at: Timestamp, now: Timestamp) -> Option<Near> {
    if deadline <= agreed_at {
        None
    } else if deadline <= now {
        Some(Near::Past)
    } else {
        let came = !is_soon(deadline, agreed_at) && deadline.duration_since(now) < NEAR;
        came.then_some(Near::Soon)
    }
}

/// Whether Apple refuses it for being too far ahead.
pub fn is_too_far(deadline: Timestamp, now: Timestamp) -> bool {
    deadline.duration_since(now) > MOST_AHEAD
}

/// A deadline for people: its weekday, in local time and in UTC.
pub fn shown(at: Timestamp, zone: Option<&TimeZone>) -> String {
    let utc = at.to_zoned(TimeZone::UTC);
    let whole = |at: &Zoned| at.strftime("%A, %B %-d, %Y, %H:%M").to_string();
    let local = zone.map(|zone| at.to_zoned(zone.clone()));
    match local.filter(|local| local.offset() != utc.offset()) {
        None => format!("{} UTC", whole(&utc)),
        Some(local) if local.date() == utc.date() => format!(
            "{} {} ({} UTC)",
            whole(&local),
            local.strftime("%Z"),
            utc.strftime("%H:%M")
        ),
        Some(local) => format!(
            "{} {} ({} UTC)",
            whole(&local),
            local.strftime("%Z"),
            utc.strftime("%A %H:%M")
        ),
    }
}

fn within(at: Timestamp, typed: Typed<'_>) -> Result<Timestamp, DeadlineError> {
    if is_too_far(at, typed.now) {
        let shown = shown(at, typed.zone);
        return Err(DeadlineError::TooFar { shown });
    }
    Ok(at)
}

/// A point of time: with a zone of its own, in local time, a day, or from now on.
fn time(text: &str, typed: Typed<'_>) -> Result<Timestamp, DeadlineError> {
    let trimmed = text.trim();
    if let Ok(at) = trimmed.parse::<Timestamp>() {
        return Ok(whole_seconds(at));
    }
    if let Ok(at) = trimmed.parse::<Zoned>() {
        return Ok(whole_seconds(at.timestamp()));
    }
    if let Some(span) = span(trimmed) {
        let now = typed.now.to_zoned(TimeZone::UTC);
        let unreadable = |_| DeadlineError::Unreadable {
            text: text.to_owned(),
        };
        let at = now.checked_add(span).map_err(unreadable)?;
        return Ok(whole_seconds(at.timestamp()));
    }
    let day = Date::strptime("%Y-%m-%d", trimmed).ok();
    let local = match day {
        // The end of that day: its last second.
        Some(day) => day
            .checked_add(1.day())
            .ok()
            .map(|next| next.to_datetime(jiff::civil::Time::midnight())),
        None => trimmed.parse::<DateTime>().ok(),
    };
    let Some(local) = local else {
        return Err(DeadlineError::Unreadable {
            text: text.to_owned(),
        });
    };
    let Some(zone) = typed.zone else {
        return Err(DeadlineError::WithoutZone {
            text: text.to_owned(),
        });
    };
    let found = zone.to_ambiguous_timestamp(local);
    let is_clear = matches!(found.offset(), AmbiguousOffset::Unambiguous { .. });
    let clocks_change = || DeadlineError::ClocksChange {
        text: local.strftime("%Y-%m-%dT%H:%M").to_string(),
    };
    if day.is_some() {
        // A day ends even if its midnight is skipped or comes twice.
        let next = found.compatible().map_err(|_| clocks_change())?;
        return next.checked_sub(1.second()).map_err(|_| clocks_change());
    }
    if !is_clear {
        return Err(clocks_change());
    }
    let at = found.unambiguous().map_err(|_| clocks_change())?;
    Ok(whole_seconds(at))
}

/// A duration without a sign: `+7d` alone moves what there is.
fn span(text: &str) -> Option<Span> {
    let is_bare = text.starts_with(|first: char| first.is_ascii_digit());
    durations::span(text).filter(|_| is_bare)
}

/// Without fractions of a second, which nobody means.
fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

#[cfg(test)]
mod tests;
