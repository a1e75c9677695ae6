//! Whether replacing a server's certificate or token would cut off an MDM that works.
//!
//! Apple has one token for a server: another certificate, or a token that is downloaded again, replaces the one that the
//! MDM uses, and its sync with Apple stops until it is given the new one (official, and observed).

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::platform::{Family, words};
use crate::text::prose_date;

/// A server that connected within this time counts as in use.
const LATELY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What is known of a server whose certificate or token is about to be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownUse {
    /// It does not exist yet, so nothing uses it.
    New,
    /// It could be read.
    Read(UseFacts),
    /// It could not be read: why, as a sentence. What else is known of it may say enough.
    Unread(String, UseFacts),
}

/// What Apple says of a server, and whether a token of it is at hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UseFacts {
    /// How many devices are assigned to it; `None` if that is not known.
    pub devices: Option<u64>,
    /// What it is the default for; `None` if that is not known.
    pub default_for: Option<Vec<Family>>,
    /// When it last connected; `None` for never.
    pub connected: Option<Connection>,
    /// The name of a token of this server that works.
    pub working_token: Option<String>,
}

/// When a server last connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// At this time.
    At(Timestamp),
    /// At a time that can't be read: Apple's words.
    Unreadable(String),
}

/// What replacing comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing uses the server.
    Free,
    /// Something uses it, each reason the end of a sentence that begins with "it".
    InUse(Vec<Reason>),
    /// It can't be told: why, as a sentence.
    NotKnown(String),
}

/// What shows that a server is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Devices are assigned to it.
    Devices(u64),
    /// It is the default of these platforms.
    DefaultFor(Vec<Family>),
    /// It connected lately.
    Connected(Connection),
    /// A token of it that works is kept under this name.
    WorkingToken(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Devices(1) => f.write_str("it has 1 device"),
            Self::Devices(count) => write!(f, "it has {count} devices"),
            Self::DefaultFor(families) => {
                write!(f, "it is the default for {}", words(families))
            }
            Self::Connected(Connection::At(at)) => {
                write!(f, "it connected to Apple on {}", prose_date(*at))
            }
            Self::Connected(Connection::Unreadable(words)) => {
                write!(f, "it connected to Apple ({words})")
            }
            Self::WorkingToken(name) => write!(f, "its token {name} works"),
        }
    }
}

/// Decides at `now` whether replacing the server's certificate or token would cut something off.
///
/// One sign of use is enough, whatever else is not known; without any, everything has to be known.
pub fn verdict(known: &KnownUse, now: Timestamp) -> Verdict {
    let (facts, unread) = match known {
        KnownUse::New => return Verdict::Free,
        KnownUse::Read(facts) => (facts, None),
        KnownUse::Unread(why, facts) => (facts, Some(why)),
    };
    let reasons = reasons(facts, now);
    if !reasons.is_empty() {
        return Verdict::InUse(reasons);
    }
    match (unread, facts) {
        (Some(why), _) => Verdict::NotKnown(why.clone()),
        (None, UseFacts { devices: None, .. }) => {
            Verdict::NotKnown("Apple doesn't say how many devices the server has.".to_owned())
        }
        (
            None,
            UseFacts {
                default_for: None, ..
            },
        ) => Verdict::NotKnown(
            "Apple doesn't say which platforms the server is the default for.".to_owned(),
        ),
        (None, _) => Verdict::Free,
    }
}

fn reasons(facts: &UseFacts, now: Timestamp) -> Vec<Reason> {
    let devices = facts.devices.filter(|count| *count > 0);
    let default_for = facts.default_for.clone().filter(|them| !them.is_empty());
    let connected = facts.connected.clone().filter(|last| match last {
        Connection::At(at) => now.duration_since(*at) <= LATELY,
        Connection::Unreadable(_) => true,
    });
    [
        devices.map(Reason::Devices),
        default_for.map(Reason::DefaultFor),
        connected.map(Reason::Connected),
        facts.working_token.clone().map(Reason::WorkingToken),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().unwrap()
    }

    fn idle() -> UseFacts {
        UseFacts {
            devices: Some(0),
            default_for: Some(Vec::new()),
            connected: None,
            working_token: None,
        }
    }

    fn at(time: &str) -> Connection {
        Connection::At(time.parse().unwrap())
    }

    #[test]
    fn a_server_is_free_only_where_everything_says_so() {
        for (facts, expected) in [
            (idle(), "free"),
            (
                UseFacts {
                    connected: Some(at("2026-10-23T09:59:59Z")),
                    ..idle()
                },
                "free",
            ),
            (
                UseFacts {
                    devices: Some(1),
                    ..idle()
                },
                "it has 1 device",
            ),
            (
                UseFacts {
                    devices: Some(66),
                    default_for: Some(vec![Family::Mac, Family::Vision]),
                    connected: Some(at("2026-10-23T10:00:00Z")),
                    working_token: Some("prod".into()),
                },
                "it has 66 devices; it is the default for mac, vision; it connected to Apple on October 23, 2026; its token prod works",
            ),
            // A clock that is behind Apple's.
            (
                UseFacts {
                    connected: Some(at("2026-11-22T10:05:00Z")),
                    ..idle()
                },
                "it connected to Apple on November 22, 2026",
            ),
            (
                UseFacts {
                    connected: Some(Connection::Unreadable("yesterday".into())),
                    ..idle()
                },
                "it connected to Apple (yesterday)",
            ),
            (
                UseFacts {
                    devices: None,
                    ..idle()
                },
                "? Apple doesn't say how many devices the server has.",
            ),
            (
                UseFacts {
                    default_for: None,
                    ..idle()
                },
                "? Apple doesn't say which platforms the server is the default for.",
            ),
            (
                UseFacts {
                    devices: Some(2),
                    default_for: None,
                    ..idle()
                },
                "it has 2 devices",
            ),
        ] {
            assert_eq!(words(&KnownUse::Read(facts)), expected);
        }
    }

    #[test]
    fn what_could_not_be_read_is_asked_about_unless_something_shows_its_use() {
        let why = || "No API account is configured.".to_owned();
        let nothing = UseFacts::default();
        assert_eq!(words(&KnownUse::New), "free");
        assert_eq!(
            words(&KnownUse::Unread(why(), nothing.clone())),
            "? No API account is configured."
        );
        let held = UseFacts {
            working_token: Some("prod".into()),
            ..nothing
        };
        assert_eq!(
            words(&KnownUse::Unread(why(), held)),
            "its token prod works"
        );
    }

    fn words(known: &KnownUse) -> String {
        match verdict(known, now()) {
            Verdict::Free => "free".to_owned(),
            Verdict::NotKnown(why) => format!("? {why}"),
            Verdict::InUse(reasons) => {
                let words: Vec<String> = reasons.iter().map(Reason::to_string).collect();
                words.join("; ")
            }
        }
    }
}
