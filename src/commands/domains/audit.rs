//! The audit log of Apple Business: what is kept of it, and what is new since.

use std::cell::Cell;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use crate::apple::error::{Cause, Failure};
use crate::apple::manager::Manager;
use crate::apple::manager::audit_events::{AuditEvent, PageSize};
use crate::apple::retry::{Outcome, Repeat};
use crate::commands::failure::spoken;
use crate::context::Context;
use crate::core::audit_log::{KeptLog, Next, OVERLAP, Pace, Read, Window, next};
use crate::core::domains::{DomainEvent, EventKind};

/// Questions asked at once; the way out allows no more.
const AT_ONCE: usize = 4;
/// A gap of this length is asked for with one question for events of every type.
const SHORT_GAP: SignedDuration = SignedDuration::from_hours(48);

/// Where reading ended.
pub struct Ended {
    /// What is known now; `None` where nothing could be read and nothing was kept.
    pub log: Option<KeptLog>,
    /// Why no more could be read.
    pub failure: Option<Failure>,
}

/// Reads the log, from what is kept on up to `now`, and back to `oldest`. `keep` is told of each window that was read: what it
/// is given is complete between its times, whatever comes after.
pub async fn read(
    manager: &Manager,
    kept: Option<KeptLog>,
    (now, oldest): (Timestamp, Timestamp),
    context: &Context,
    mut keep: impl FnMut(&KeptLog),
) -> Ended {
    let started = context.clock().now();
    let before = kept.as_ref().map(KeptLog::from);
    let mut reader = Reader {
        manager,
        pace: Pace::default(),
        fits_a_page: true,
        federation: kept.as_ref().is_none_or(KeptLog::asks_for_federation),
        requests: Cell::new(0),
    };
    let mut log = kept;
    loop {
        let Some(part) = next(log.as_ref(), now, oldest, reader.pace.length()) else {
            return Ended { log, failure: None };
        };
        context.ui.progress(&words(
            log.as_ref(),
            before.unwrap_or(now),
            oldest,
            reader.requests.get(),
            context.clock().now().duration_since(started),
        ));
        match reader.window(part).await {
            Ok((read, slowest)) => {
                reader.pace = reader.pace.after(slowest);
                let window = part.window();
                let log = match &mut log {
                    Some(log) => {
                        log.take(window, read);
                        log
                    }
                    None => log.insert(KeptLog::of(window, read)),
                };
                if !reader.federation {
                    log.refuse_federation();
                }
                keep(log);
            }
            Err(Refused::TooSlow(slower)) => reader.pace = slower,
            Err(Refused::For(failure)) => {
                // Apple does not say how far back its log goes; a 400 where newer windows were answered is taken for that
                // (inferred). A shorter window may still be inside.
                if let (Next::Older(_), Some(log), Some(400)) = (part, &mut log, failure.status()) {
                    if let Some(shorter) = reader.pace.slower() {
                        reader.pace = shorter;
                    } else {
                        log.refuse();
                        keep(log);
                    }
                    continue;
                }
                return Ended {
                    log,
                    failure: Some(failure),
                };
            }
        }
    }
}

/// What is under way, with an estimate of what is left at the most.
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
        let at_most = SignedDuration::from_secs(seconds.max(1));
        format!("; at most {} more", spoken(at_most))
    } else {
        String::new()
    };
    format!(
        "Reading the audit log: back to {} ({requests} request{}{estimate})",
        from.strftime("%Y-%m-%d"),
        if requests == 1 { "" } else { "s" }
    )
}

/// Why a window was not read.
enum Refused {
    /// Apple was too slow to answer: it may answer a shorter one.
    TooSlow(Pace),
    /// For good.
    For(Failure),
}

struct Reader<'a> {
    manager: &'a Manager,
    pace: Pace,
    /// A window of the past was not seen to hold more than a page yet.
    fits_a_page: bool,
    federation: bool,
    requests: Cell<usize>,
}

impl Reader<'_> {
    /// What a window holds, and how long its slowest answer took.
    async fn window(&mut self, part: Next) -> Result<(Read, Duration), Refused> {
        // Asked once, since where Apple is too slow for this window asking again is, too.
        let failure = match self.attempt(part, Repeat::IfNotActedOn).await {
            Ok(read) => return Ok(read),
            Err(failure) => failure,
        };
        if failure.is_too_slow()
            && let Some(slower) = self.pace.slower()
        {
            return Err(Refused::TooSlow(slower));
        }
        let passing = matches!(
            failure.outcome(),
            Outcome::Broken | Outcome::Status(500 | 502 | 503 | 504)
        );
        if !passing {
            return Err(Refused::For(failure));
        }
        self.attempt(part, Repeat::Always)
            .await
            .map_err(Refused::For)
    }

    async fn attempt(&mut self, part: Next, repeat: Repeat) -> Result<(Read, Duration), Failure> {
        let window = part.window();
        let (whole, probed) = match part {
            // Measured: one page of everything where the gap is short, else a question for each type.
            Next::Newer(window) => (
                window.end.duration_since(window.start) <= SHORT_GAP + OVERLAP,
                false,
            ),
            Next::Older(_) => (self.fits_a_page, true),
        };
        let mut slowest = Duration::ZERO;
        if whole {
            let (events, fits, took) = self.first_page(window, PageSize::Full, repeat).await?;
            slowest = took;
            if fits {
                let anything = !events.is_empty();
                return Ok((of_domains(events, anything)?, slowest));
            }
            self.fits_a_page &= matches!(part, Next::Newer(_));
        } else if probed {
            let (events, _, took) = self.first_page(window, PageSize::One, repeat).await?;
            slowest = took;
            if events.is_empty() {
                return Ok((Read::default(), slowest));
            }
        }
        let (events, took) = self.by_type(window, repeat).await?;
        Ok((of_domains(events, true)?, slowest.max(took)))
    }

    /// The first page of events of every type, and whether it is all there is.
    async fn first_page(
        &self,
        window: Window,
        size: PageSize,
        repeat: Repeat,
    ) -> Result<(Vec<AuditEvent>, bool, Duration), Failure> {
        let pages = self
            .manager
            .audit_events(None, window.start, window.end, size)?;
        let mut pages = pages.repeating(repeat);
        self.requests.set(self.requests.get() + 1);
        let events = pages.next::<AuditEvent>().await?.unwrap_or_default();
        Ok((events, pages.is_over(), pages.slowest()))
    }

    /// The events of domains, with a question for each type.
    async fn by_type(
        &mut self,
        window: Window,
        repeat: Repeat,
    ) -> Result<(Vec<AuditEvent>, Duration), Failure> {
        let federation = self.federation;
        let kinds = EventKind::ALL
            .into_iter()
            .filter(|kind| kind.is_of_verification() || federation);
        let this = &*self;
        let answers: Vec<Option<(Vec<AuditEvent>, Duration)>> = stream::iter(kinds)
            .map(|kind| async move {
                match this.of_type(kind, window, repeat).await {
                    // The strings of these types are inferred: being wrong costs what they would show, and no more.
                    Err(failure) if !kind.is_of_verification() && failure.status() == Some(400) => {
                        Ok(None)
                    }
                    other => other.map(Some),
                }
            })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        self.federation &= answers.iter().all(Option::is_some);
        let mut slowest = Duration::ZERO;
        let mut events = Vec::new();
        for (found, took) in answers.into_iter().flatten() {
            slowest = slowest.max(took);
            events.extend(found);
        }
        Ok((events, slowest))
    }

    async fn of_type(
        &self,
        kind: EventKind,
        window: Window,
        repeat: Repeat,
    ) -> Result<(Vec<AuditEvent>, Duration), Failure> {
        let pages = self.manager.audit_events(
            Some(apples_word(kind)),
            window.start,
            window.end,
            PageSize::Full,
        )?;
        let mut pages = pages.repeating(repeat);
        let mut events = Vec::new();
        self.requests.set(self.requests.get() + 1);
        while let Some(page) = pages.next::<AuditEvent>().await? {
            events.extend(page);
            if !pages.is_over() {
                self.requests.set(self.requests.get() + 1);
            }
        }
        Ok((events, pages.slowest()))
    }
}

/// The type that `filter[type]` takes: official for the first three, inferred for federation.
fn apples_word(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Added => "DOMAIN_ADDED",
        EventKind::Verified => "DOMAIN_VERIFIED",
        EventKind::Removed => "DOMAIN_REMOVED",
        EventKind::FederationEnabled => "DOMAIN_FEDERATION_ENABLED",
        EventKind::FederationDisabled => "DOMAIN_FEDERATION_DISABLED",
    }
}

/// The name of its data object, official for all of them.
fn data_object(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Added => "eventDataDomainAdded",
        EventKind::Verified => "eventDataDomainVerified",
        EventKind::Removed => "eventDataDomainRemoved",
        EventKind::FederationEnabled => "eventDataDomainFederationEnabled",
        EventKind::FederationDisabled => "eventDataDomainFederationDisabled",
    }
}

/// What counts of a window's events.
fn of_domains(events: Vec<AuditEvent>, anything: bool) -> Result<Read, Failure> {
    let events: Result<Vec<DomainEvent>, Failure> = events
        .into_iter()
        .filter_map(|it| event(it).transpose())
        .collect();
    Ok(Read {
        events: events?,
        anything,
    })
}

/// An event as it counts; `None` for one of another type.
fn event(event: AuditEvent) -> Result<Option<DomainEvent>, Failure> {
    let attributes = event.attributes;
    let kind = EventKind::ALL.into_iter().find(|kind| {
        attributes.r#type == apples_word(*kind)
            || attributes.event_data_property_key.as_deref() == Some(data_object(*kind))
    });
    let Some(kind) = kind else { return Ok(None) };
    let Some(at) = attributes.event_date_time else {
        // Left out, it might be a removal.
        return Err(Failure::new(
            "GET /v1/auditEvents",
            Cause::Unexpected(format!("the event {} has no time", event.id)),
        ));
    };
    Ok(Some(DomainEvent {
        at,
        kind,
        subject_id: attributes.subject_id,
        subject_name: attributes.subject_name,
        id: event.id,
        failed: attributes.outcome.as_deref() == Some("FAILURE"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn apples_events_are_read() {
        let read = |attributes| {
            let value = json!({"type": "auditEvents", "id": "E", "attributes": attributes});
            event(serde_json::from_value(value).unwrap())
        };
        let verified = read(json!({
            "eventDateTime": "2026-09-02T09:14:00.123Z", "type": "DOMAIN_VERIFIED", "outcome": "SUCCESS",
            "subjectType": "DOMAIN", "subjectId": "7F", "subjectName": "acme.com",
        }))
        .unwrap()
        .unwrap();
        assert_eq!(verified.kind, EventKind::Verified);
        assert_eq!(verified.subject_name.as_deref(), Some("acme.com"));
        assert!(!verified.failed);
        let at = "2026-09-02T09:14:00Z";
        let failed = json!({"eventDateTime": at, "type": "DOMAIN_ADDED", "outcome": "FAILURE"});
        assert!(read(failed).unwrap().unwrap().failed);
        // Whatever Apple calls the type: its data object is known.
        let federation = json!({
            "eventDateTime": at, "type": "DOMAIN_FEDERATION_TURNED_ON",
            "eventDataPropertyKey": "eventDataDomainFederationEnabled",
        });
        assert_eq!(
            read(federation).unwrap().unwrap().kind,
            EventKind::FederationEnabled
        );
        let other = json!({"eventDateTime": at, "type": "DEVICES_ASSIGNED"});
        assert_eq!(read(other).unwrap(), None);
        // An event of another kind may lack anything; one of a domain must have a time.
        assert_eq!(read(json!({})).unwrap(), None);
        assert!(read(json!({"type": "DOMAIN_REMOVED"})).is_err());
    }

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
            "Reading the audit log: back to 2026-03-01 (11 requests; at most 3 minutes more)"
        );
        assert_eq!(
            words(Some(&log), log.from(), oldest, 1, seconds(60)),
            "Reading the audit log: back to 2026-03-01 (1 request)"
        );
    }
}
