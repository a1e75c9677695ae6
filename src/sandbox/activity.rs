//! How activities go, and the words for it.
//!
//! The words are `NAME=VALUE` with commas between, as in `slow=30s,fail=2%`.
//!
//! | word | what happens |
//! |---|---|
//! | `slow=30s` | an activity ends this long after it was accepted; otherwise after 3 seconds |
//! | `late=20s` | readings show its changes this long after its end (that there is a delay: observed) |
//! | `fail=2%` | this share of devices fails, the same ones each time; `fail=100%` fails all |
//! | `fail=SERIAL` | this device fails; it repeats |
//! | `unknown=refused` | 409 for a serial number that the organization lacks (official); otherwise it is a row of the log (observed) |
//! | `end=stopped`, `end=failed`, `end=post-processing-failed` | the end of each activity, or of the next ones: `end=stoppedx1` |

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::derive;

/// How the activities go that are accepted from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activities {
    /// How long an activity takes.
    pub time: Duration,
    /// How long after its end readings show its changes.
    pub late: Duration,
    /// How many devices of a hundred fail.
    pub fail_percent: u8,
    /// Devices that fail.
    pub fail: BTreeSet<String>,
    /// Whether an activity with an unknown serial number is refused.
    pub refuse_unknown: bool,
    /// The end of the next activities.
    pub end: End,
    /// How many activities end that way; `None` for all.
    pub ends: Option<usize>,
}

impl Default for Activities {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(3),
            late: Duration::ZERO,
            fail_percent: 0,
            fail: BTreeSet::new(),
            refuse_unknown: false,
            end: End::Completed,
            ends: None,
        }
    }
}

/// How an activity ends. Which devices are changed by one that doesn't complete is inferred.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// Each device is changed, or its row says why not.
    #[default]
    Completed,
    /// `STOPPED`: the first half of its devices is changed, and there is no log.
    Stopped,
    /// `FAILED`: nothing is changed, and there is no log.
    Failed,
    /// `COMPLETED_POST_PROCESSING_FAILED`: as [`End::Completed`] otherwise.
    PostProcessingFailed,
}

impl Activities {
    /// Whether a device fails.
    pub(super) fn fails(&self, serial: &str) -> bool {
        self.fail.contains(serial)
            || derive::number(&format!("{serial} fails")) % 100 < u64::from(self.fail_percent)
    }

    /// The end of the next activity.
    pub(super) fn next_end(&mut self) -> End {
        match &mut self.ends {
            Some(0) => End::Completed,
            Some(left) => {
                *left -= 1;
                self.end
            }
            None => self.end,
        }
    }
}

/// Why the words can't be read: a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivitiesError(String);

impl fmt::Display for ActivitiesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ActivitiesError {}

fn time(value: &str) -> Option<Duration> {
    let time: SignedDuration = value.parse().ok()?;
    Duration::try_from(time).ok()
}

/// Reads an end, and how often it happens.
fn end(value: &str) -> Option<(End, Option<usize>)> {
    let (word, times) = match value.rsplit_once('x') {
        Some((word, times)) => (word, Some(times.parse().ok().filter(|times| *times > 0)?)),
        None => (value, None),
    };
    let end = match word {
        "completed" => End::Completed,
        "stopped" => End::Stopped,
        "failed" => End::Failed,
        "post-processing-failed" => End::PostProcessingFailed,
        _ => return None,
    };
    Some((end, times))
}

impl FromStr for Activities {
    type Err = ActivitiesError;

    /// Reads the words that this module describes.
    fn from_str(text: &str) -> Result<Self, ActivitiesError> {
        let mut activities = Self::default();
        for word in text.split(',').map(str::trim) {
            let fail = |why: &str| {
                Err(ActivitiesError(format!(
                    "\"{word}\" can't be read: {why}. Example: \"slow=30s,fail=2%\"."
                )))
            };
            let Some((name, value)) = word.split_once('=') else {
                return fail("it needs a name, = and a value");
            };
            match name {
                "slow" | "late" => {
                    let Some(time) = time(value) else {
                        return fail("the value is a time, such as 30s");
                    };
                    if name == "slow" {
                        activities.time = time;
                    } else {
                        activities.late = time;
                    }
                }
                "fail" => match value.strip_suffix('%').map(str::parse) {
                    Some(Ok(percent @ 0..=100)) => activities.fail_percent = percent,
                    Some(_) => return fail("the share is from 0% to 100%"),
                    None if value.is_empty() => return fail("it needs a share or a serial number"),
                    None => {
                        activities.fail.insert(value.to_owned());
                    }
                },
                "unknown" => match value {
                    "refused" => activities.refuse_unknown = true,
                    "accepted" => activities.refuse_unknown = false,
                    _ => return fail("the value is refused or accepted"),
                },
                "end" => {
                    let Some((end, times)) = end(value) else {
                        return fail(
                            "the value is stopped, failed, post-processing-failed or completed, with a count such as stoppedx1",
                        );
                    };
                    (activities.end, activities.ends) = (end, times);
                }
                _ => return fail("the name is slow, late, fail, unknown or end"),
            }
        }
        Ok(activities)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Activities {
        text.parse().unwrap()
    }

    #[test]
    fn the_words_are_read() {
        let all = read("slow=30s,late=1m, fail=2%,fail=ABC,fail=DEF,unknown=refused,end=stoppedx2");
        assert_eq!(all.time, Duration::from_secs(30));
        assert_eq!(all.late, Duration::from_secs(60));
        assert_eq!(all.fail_percent, 2);
        assert!(all.fail.contains("ABC") && all.fail.contains("DEF"));
        assert!(all.refuse_unknown);
        assert_eq!((all.end, all.ends), (End::Stopped, Some(2)));
        assert_eq!(read("slow=0s").time, Duration::ZERO);
        assert_eq!(read("end=failed").end, End::Failed);
        let end = read("end=post-processing-failedx1");
        assert_eq!((end.end, end.ends), (End::PostProcessingFailed, Some(1)));
        let plain = read("unknown=accepted,end=completed");
        assert_eq!(plain, Activities::default());
    }

    #[test]
    fn what_cannot_be_read_is_a_sentence() {
        for (text, part) in [
            ("", "needs a name"),
            ("slow", "needs a name"),
            ("slow=", "is a time"),
            ("slow=30", "is a time"),
            ("late=-3s", "is a time"),
            ("fail=", "needs a share"),
            ("fail=101%", "from 0% to 100%"),
            ("fail=-1%", "from 0% to 100%"),
            ("unknown=maybe", "refused or accepted"),
            ("end=soon", "the value is stopped"),
            ("end=stoppedx0", "the value is stopped"),
            ("slow=3s,fast=1s", "the name is slow"),
        ] {
            let why = text.parse::<Activities>().unwrap_err().to_string();
            assert!(why.contains(part), "{text}: {why}");
            assert!(why.ends_with('.'), "{why}");
        }
    }

    #[test]
    fn an_end_happens_as_often_as_it_says() {
        let mut twice = read("end=failedx2");
        let ends: Vec<End> = (0..3).map(|_| twice.next_end()).collect();
        assert_eq!(ends, [End::Failed, End::Failed, End::Completed]);
        assert_eq!(read("end=stopped").next_end(), End::Stopped);
    }

    #[test]
    fn a_share_of_devices_fails() {
        let some = read("fail=2%,fail=NAMED");
        let failed = (0..10_000).filter(|n| some.fails(&format!("SERIAL{n}")));
        let count = failed.count();
        assert!((150..250).contains(&count), "{count}");
        assert!(some.fails("NAMED"));
        assert!((0..100).all(|n| read("fail=100%").fails(&n.to_string())));
        assert!((0..100).all(|n| !Activities::default().fails(&n.to_string())));
    }
}
