//! The choices where Apple's behavior was seen to vary, or is not known.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::SignedDuration;

use super::activity::Activities;

/// How the services behave where there is more than one way; tests turn these while the emulator runs.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// The list of device management services carries `defaultProductFamilies` if `fields` asks for it: on the live service
    /// one author never saw it, and another one did later (both observed).
    pub lists_carry_defaults: bool,
    /// What `defaultProductFamilies` is of a server that is the default for nothing.
    pub empty_defaults: EmptyDefaults,
    /// How far the emulator's `Date` headers and its view of assertions are ahead of its clock.
    pub clock_skew: SignedDuration,
    /// What becomes of audit events asked for more than a year at once.
    pub long_audit_windows: LongWindows,
    /// A window of audit events longer than the first is answered after the second: how slow Apple is for which length was
    /// seen for ten years only.
    pub slow_audit_windows: Option<(SignedDuration, Duration)>,
    /// How much later than they happened audit events are listed: not documented.
    pub audit_delay: Duration,
    /// A window that begins longer ago than this is refused with 400; else it has what there is. How far back Apple keeps
    /// events, and what it says of older windows, is unconfirmed.
    pub audit_retention: Option<SignedDuration>,
    /// Types of audit events that the filter refuses with 400 (inferred): those of federation are not confirmed.
    pub unknown_event_types: Vec<String>,
    /// What `links.next` and the cursors look like.
    pub next_links: NextLinks,
    /// How activities go.
    pub activities: Activities,
    /// The serial numbers of devices that their service locked, besides those whose lock is made up.
    pub locked: BTreeSet<String>,
    /// What the linkage of a device without a server is.
    pub unassigned: Unassigned,
    /// How Device Assignment Services write `last_updated_timestamp`.
    pub timestamps: TimestampStyle,
    /// How Device Assignment Services write their error codes.
    pub code_style: CodeStyle,
    /// The body of a success that has no documented one.
    pub silent_success: SilentSuccess,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            lists_carry_defaults: false,
            empty_defaults: EmptyDefaults::List,
            clock_skew: SignedDuration::ZERO,
            long_audit_windows: LongWindows::Slow(Duration::from_secs(120)),
            slow_audit_windows: None,
            audit_delay: Duration::ZERO,
            audit_retention: None,
            unknown_event_types: Vec::new(),
            next_links: NextLinks::Proper,
            activities: Activities::default(),
            locked: BTreeSet::new(),
            unassigned: Unassigned::NotFound,
            timestamps: TimestampStyle::Seconds,
            code_style: CodeStyle::Bare,
            silent_success: SilentSuccess::EmptyObject,
        }
    }
}

/// How `defaultProductFamilies` is written if there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptyDefaults {
    /// `[]` (inferred).
    List,
    /// Left out, as in Apple's example answer of a server that was just made (official).
    Absent,
    /// `null` (unconfirmed; other members of a server are nullable).
    Null,
}

/// What becomes of audit events asked for more than 366 days at once: ten years hang (observed).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LongWindows {
    /// They are answered.
    Answered,
    /// They are answered after this long.
    Slow(Duration),
    /// They are refused with 400 (inferred).
    Refused,
}

/// What leads to the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextLinks {
    /// A link on the origin that was asked, with a cursor that goes on.
    Proper,
    /// A first page with nothing on it, which those with something follow.
    EmptyFirst,
    /// The same cursor again and again: a client must not loop forever.
    Stuck,
    /// A link on another origin, such as `http://127.0.0.1:9`: a client must not take its credentials there.
    Foreign(String),
}

/// The linkage of a device without a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unassigned {
    /// 404 (observed).
    NotFound,
    /// A linkage whose id is empty (observed in another client's live test).
    EmptyId,
    /// `{"data": null}` (unconfirmed: reported by nobody).
    Null,
}

/// How `last_updated_timestamp` is written: Apple gives no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampStyle {
    /// `2026-06-14T17:00:00Z` (a third party's fixture).
    Seconds,
    /// `2026-06-14T17:00:00.123Z`.
    Fraction,
    /// `2026-06-14T17:00:00+0000`, which is not RFC 3339.
    Offset,
    /// Milliseconds since 1970, in a string.
    Epoch,
    /// `14 June 2026 at 17:00`.
    Words,
    /// Left out: both members are optional (official).
    Absent,
}

/// How the plain-text codes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeStyle {
    /// `NOT_FOUND`: production (observed).
    Bare,
    /// `"NOT_FOUND"`: Apple's simulator (observed).
    Quoted,
}

/// The body of a success that has no documented one: POST and DELETE of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SilentSuccess {
    /// `{}` (inferred from clients that parse it).
    EmptyObject,
    Nothing,
    /// `SUCCESS`, as plain text.
    Text,
}
