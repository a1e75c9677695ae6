//! The audit log of Apple Business: what is kept of it, and what is new since.

pub(super) mod event;
mod reader;

use jiff::{SignedDuration, Timestamp};

use self::reader::{LogReader, Refused};
use crate::apple::error::Failure;
use crate::apple::manager::Manager;
use crate::core::audit_log::{Done, KeptLog, Next, Wanted, WindowLength, next};
use crate::organization::Organization;
use crate::text::{prose_date, spoken};

/// Where reading ended.
pub(super) struct Ended {
    /// What is known now; `None` where nothing could be read and nothing was kept.
    pub log: Option<KeptLog>,
    /// Why no more could be read.
    pub failure: Option<Failure>,
}

/// What is to be read, and from what on.
pub(super) struct LogReading {
    pub kept: Option<KeptLog>,
    /// What is kept is to be replaced, as soon as there is something in its place.
    pub anew: bool,
    /// What is kept was read by an older version, which knew less of each event: all of it is to be read again.
    pub outdated: bool,
    /// How far.
    pub wanted: Wanted,
}

/// What was kept, while it is read again.
enum Before {
    /// It is what is read on, or is given up.
    Nothing,
    /// It goes as soon as there is a window in its place: that was asked for.
    Replaced(KeptLog),
    /// An older version read it. It counts until all of it was read again, and is joined then.
    Outdated(KeptLog),
    /// Apple refused to go on from its end. It goes once Apple refuses to go back to it, too.
    CutOff(KeptLog),
}

impl Before {
    /// What counts, if reading ended before all of it was read again: `read` is what there is of it.
    fn log(self, read: Option<KeptLog>) -> Option<KeptLog> {
        match self {
            Self::Nothing => read,
            Self::Replaced(log) | Self::CutOff(log) => Some(log),
            Self::Outdated(mut log) => {
                if let Some(read) = read.filter(|read| read.from() <= log.until()) {
                    log.renew(&read);
                }
                Some(log)
            }
        }
    }
}

/// Reads the log, from what is kept on, and back as far as is wanted. `keep` is told of each window that was read: what it
/// is given is complete between its times, whatever comes after.
pub(super) async fn read(
    manager: &Manager,
    reading: LogReading,
    organization: &Organization,
    mut keep: impl FnMut(&KeptLog),
) -> Ended {
    let now = reading.wanted.now;
    let (mut log, mut before) = match (reading.kept, reading.anew) {
        (Some(kept), true) => (None, Before::Replaced(kept)),
        (Some(mut kept), false) if reading.outdated => {
            kept.review(event::judge);
            (None, Before::Outdated(kept))
        }
        (kept, _) => (kept, Before::Nothing),
    };
    if let Some(log) = &mut log {
        log.review(event::judge);
    }
    let started = organization.clock().now();
    let known_from = log.as_ref().map_or(now, KeptLog::from);
    let federation = log.as_ref().is_none_or(|log| log.asks_for_federation(now));
    let mut reader = LogReader::new(manager, federation);
    let mut done = Done::default();
    let failure = loop {
        let wanted = match &before {
            // As far as to where it is known to join, or not to.
            Before::CutOff(kept) => Wanted {
                oldest: reading.wanted.oldest.min(kept.until()),
                insists: true,
                ..reading.wanted
            },
            Before::Outdated(kept) => Wanted {
                oldest: kept.from(),
                insists: true,
                ..reading.wanted
            },
            _ => reading.wanted,
        };
        let Some(part) = next(log.as_ref(), done, wanted, reader.pace.length()) else {
            return Ended {
                log: before.log(log),
                failure: None,
            };
        };
        let took = organization.clock().now().duration_since(started);
        let requests = reader.requests();
        let words = words(log.as_ref(), known_from, wanted.oldest, requests, took);
        organization.progress(&words);
        let window = part.window();
        let failure = match reader.window(part).await {
            Ok((read, slowest)) => {
                reader.pace = reader.pace.after(slowest);
                if log.is_none() || matches!(part, Next::Newer(_)) {
                    done.newer = Some(window.end);
                }
                let log = match &mut log {
                    Some(log) => {
                        log.take(window, read);
                        log
                    }
                    None => log.insert(KeptLog::of(window, read)),
                };
                if !reader.federation && log.asks_for_federation(now) {
                    log.refuse_federation(now);
                }
                before = match before {
                    Before::CutOff(kept) if log.from() > kept.until() => Before::CutOff(kept),
                    Before::Outdated(kept) if log.from() > kept.from() => Before::Outdated(kept),
                    Before::CutOff(mut kept) => {
                        kept.join(log);
                        *log = kept;
                        Before::Nothing
                    }
                    Before::Outdated(mut kept) => {
                        kept.renew(log);
                        *log = kept;
                        Before::Nothing
                    }
                    Before::Replaced(_) | Before::Nothing => Before::Nothing,
                };
                if matches!(before, Before::Nothing) {
                    keep(log);
                }
                continue;
            }
            Err(Refused::TooLong(shorter)) => {
                reader.pace = shorter;
                continue;
            }
            Err(Refused::For(failure)) => failure,
        };
        // Apple does not say how far back its log goes; a 400 is taken for that (inferred), once the shortest window gets it.
        if failure.status_of(&reader.request) != Some(400) {
            break failure;
        }
        if let Some(shorter) = reader.pace.shorter(window.length()) {
            reader.pace = shorter;
            continue;
        }
        match (part, log.take()) {
            (Next::Older(_), Some(mut read)) => {
                match std::mem::replace(&mut before, Before::Nothing) {
                    // Apple has no more of it, so it stays as it is.
                    Before::Outdated(mut kept) if read.from() <= kept.until() => {
                        kept.renew(&read);
                        read = kept;
                    }
                    Before::CutOff(kept) | Before::Outdated(kept) => {
                        say_gap(kept.until(), organization);
                    }
                    Before::Nothing | Before::Replaced(_) => {}
                }
                done.refused = true;
                read.refuse(now);
                keep(&read);
                log = Some(read);
            }
            // Of the overlap only what is late would be new.
            (Next::Newer(_), Some(kept)) if window.start < kept.until() => {
                done.newer = Some(kept.until());
                log = Some(kept);
            }
            (Next::Newer(_), Some(kept)) => {
                before = Before::CutOff(kept);
                reader.pace = WindowLength::default();
                done = Done::default();
            }
            (_, None) => break failure,
        }
    };
    Ended {
        log: before.log(log),
        failure: Some(failure),
    }
}

/// Says that what was kept has no use any more.
fn say_gap(until: Timestamp, organization: &Organization) {
    organization.warn(&format!(
        "The cached audit log ends on {}, and Apple's log no longer goes back that far. abmctl reads the log again and doesn't know the events before it.",
        prose_date(until)
    ));
}

/// What is under way, with an estimate of what is left, at the pace so far.
fn words(
    log: Option<&KeptLog>,
    known_from: Timestamp,
    oldest: Timestamp,
    requests: usize,
    took: SignedDuration,
) -> String {
    let Some(log) = log else {
        return "Reading the audit log".to_owned();
    };
    let from = log.from();
    let covered = known_from.duration_since(from).as_secs();
    let left = from.duration_since(oldest).as_secs();
    let estimate = if covered > 0 && left > 0 && took.as_secs() > 0 {
        let seconds = took.as_secs().saturating_mul(left) / covered;
        let left = SignedDuration::from_secs(seconds.max(1));
        format!(", about {} left", spoken(left))
    } else {
        String::new()
    };
    format!(
        "Audit log back to {}: {requests} request{}{estimate}",
        prose_date(from),
        if requests == 1 { "" } else { "s" }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::audit_log::{Read, Window};

    #[test]
    fn progress_has_an_estimate_as_soon_as_there_is_one() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (now, oldest) = (at("2026-11-22T10:00:00Z"), at("2023-11-22T10:00:00Z"));
        let log = KeptLog::of(
            Window {
                start: at("2026-03-01T00:00:00Z"),
                end: now,
            },
            Read::default(),
        );
        let seconds = SignedDuration::from_secs;
        assert_eq!(
            words(None, now, oldest, 0, seconds(0)),
            "Reading the audit log"
        );
        assert_eq!(
            words(Some(&log), now, oldest, 11, seconds(60)),
            "Audit log back to March 1, 2026: 11 requests, about 3 minutes left"
        );
        assert_eq!(
            words(Some(&log), log.from(), oldest, 1, seconds(60)),
            "Audit log back to March 1, 2026: 1 request"
        );
    }
}
