//! Whether Apple redirects a domain's devices, according to its statements about the domain.

use jiff::Timestamp;

use super::{Domain, DomainFacts, Evidence, Source, Status, readable};
use crate::core::service_discovery::{Code, Finding};
use crate::text::prose_date;

/// What keeps Apple from redirecting the devices of `domain`, or may; `None` if nothing that is known does.
///
/// Apple redirects them only on verified domains (official). If nothing says whether this one is, the finding says so. Each other sentence has the day on which the
/// source was last read, since what it says may be old.
pub fn standing(domain: &Domain, facts: &DomainFacts) -> Option<Finding> {
    let name = readable(domain.domain.as_deref()?);
    let on =
        |at: Option<Timestamp>| at.map_or(String::new(), |at| format!(" on {}", prose_date(at)));
    let since = on(domain.since);
    let log = on(facts.audit.as_ref().map(|log| log.until));
    let by_log = format!("According to the audit log (last read{log}), {name}");
    let declared = |found: &&Evidence| found.source == Source::Declared;
    match domain.status {
        Status::Removed => Some(Finding::new(
            Code::DomainNotVerified,
            format!(
                "{by_log} was removed{since}. Apple doesn't redirect devices of a domain that isn't verified."
            ),
        )),
        Status::Unverified => {
            let roster = on(facts.roster.as_ref().map(|roster| roster.at));
            Some(Finding::new(
                Code::DomainNotVerified,
                format!(
                    "According to the Roster API (last read{roster}), {name} isn't verified, so Apple doesn't redirect its devices."
                ),
            ))
        }
        Status::Pending => Some(Finding::new(
            Code::DomainPending,
            format!(
                "{by_log} was added{since} and not verified since. Apple doesn't redirect its devices unless an identity provider verified the domain."
            ),
        )),
        Status::Verified => {
            let removed_at = domain.disputed_at?;
            let seen = domain.evidence.iter().find(declared).and_then(|it| it.at);
            // Who looked in the portal since knows.
            if seen.is_some_and(|seen| seen >= removed_at) {
                return None;
            }
            Some(Finding::new(
                Code::DomainMayBeRemoved,
                format!(
                    "{by_log} was verified{since}, but an unnamed domain was removed on {}. If that was {name}, Apple doesn't redirect its devices.",
                    prose_date(removed_at)
                ),
            ))
        }
        // Who declared it saw it in the portal.
        Status::Unknown => {
            (!domain.evidence.iter().any(|it| declared(&it))).then(|| not_known(&name))
        }
    }
}

/// Nothing says whether a domain is verified.
pub fn not_known(domain: &str) -> Finding {
    Finding::new(
        Code::DomainNotKnown,
        format!(
            "abmctl doesn't know whether {} is verified. Apple redirects devices only for verified domains.",
            readable(domain)
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::{AuditLog, DomainEvent, EventKind, Roster, RosterDomain, fold};
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn event(kind: EventKind, on: &str, name: Option<&str>) -> DomainEvent {
        DomainEvent {
            at: at(&format!("{on}T09:00:00Z")),
            kind,
            subject_id: None,
            subject_name: name.map(str::to_owned),
            id: format!("{kind:?} {on}"),
            failed: false,
            by: None,
        }
    }

    fn logged(events: Vec<DomainEvent>) -> DomainFacts {
        DomainFacts {
            audit: Some(AuditLog {
                from: at("2025-01-01T00:00:00Z"),
                until: at("2026-11-22T10:00:00Z"),
                events,
            }),
            ..DomainFacts::default()
        }
    }

    fn listed(verified: Option<bool>) -> DomainFacts {
        DomainFacts {
            roster: Some(Roster {
                at: at("2026-11-22T10:00:00Z"),
                domains: vec![RosterDomain {
                    name: "acme.com".to_owned(),
                    verified,
                }],
            }),
            ..DomainFacts::default()
        }
    }

    /// The code and the sentence for acme.com.
    fn said(facts: &DomainFacts) -> Option<(&'static str, String)> {
        let domains = fold(facts);
        let domain = domains
            .iter()
            .find(|it| it.domain.as_deref() == Some("acme.com"))?;
        standing(domain, facts).map(|it| (it.code.word(), it.message))
    }

    #[test]
    fn each_status_says_what_it_means_for_devices() {
        use EventKind::{Added, FederationEnabled, Removed, Verified};
        let acme = Some("acme.com");
        let verified = || event(Verified, "2026-09-02", acme);
        for (events, expected) in [
            (vec![verified()], None),
            (
                vec![verified(), event(Removed, "2026-11-21", acme)],
                Some((
                    "domain_not_verified",
                    "According to the audit log (last read on November 22, 2026), acme.com was removed on November 21, 2026. Apple",
                )),
            ),
            (
                vec![event(Added, "2026-11-13", acme)],
                Some((
                    "domain_pending",
                    "According to the audit log (last read on November 22, 2026), acme.com was added on November 13, 2026 and not",
                )),
            ),
            // Federation says nothing of the status.
            (
                vec![event(FederationEnabled, "2026-11-13", acme)],
                Some((
                    "domain_not_known",
                    "abmctl doesn't know whether acme.com is verified. Apple redirects",
                )),
            ),
            (
                vec![verified(), event(Removed, "2026-11-21", None)],
                Some((
                    "domain_may_be_removed",
                    "According to the audit log (last read on November 22, 2026), acme.com was verified on September 2, 2026, but an unnamed domain was removed on November 21, 2026.",
                )),
            ),
        ] {
            let said = said(&logged(events));
            match (&said, expected) {
                (None, None) => {}
                (Some((code, message)), Some((word, part))) => {
                    assert_eq!(*code, word);
                    assert!(message.starts_with(part), "{message}");
                }
                _ => panic!("{said:?} and not {expected:?}"),
            }
        }
        let unverified = said(&listed(Some(false))).unwrap();
        assert_eq!(unverified.0, "domain_not_verified");
        // Apple's own list left it out, which is not "not verified".
        assert_eq!(said(&listed(None)).unwrap().0, "domain_not_known");
        assert_eq!(said(&listed(Some(true))), None);
        let declared = DomainFacts {
            declared: vec!["acme.com".to_owned()],
            ..DomainFacts::default()
        };
        assert_eq!(said(&declared), None);
    }

    #[test]
    fn who_looked_since_a_removal_without_a_name_knows() {
        let mut facts = logged(vec![
            event(EventKind::Verified, "2026-09-02", Some("acme.com")),
            event(EventKind::Removed, "2026-11-20", None),
        ]);
        facts.declared = vec!["acme.com".to_owned()];
        for (seen, expected) in [
            ("2026-11-20", Some("domain_may_be_removed")),
            ("2026-11-21", None),
        ] {
            let seen = at(&format!("{seen}T00:00:00Z"));
            facts.seen = [("acme.com".to_owned(), seen)].into();
            assert_eq!(said(&facts).map(|it| it.0), expected, "{seen}");
        }
    }
}
