//! What is missing for each status, and the first step.

use super::super::{AuditLog, DomainFacts, Roster, RosterDomain, fold};
use super::*;
use crate::core::domains::{DnsFacts, DomainEvent, EventKind};

fn at() -> jiff::Timestamp {
    "2026-09-02T09:14:00Z".parse().unwrap()
}

/// The row of acme.com where the log has these events of it.
fn logged(events: &[EventKind], token: Option<DnsToken>) -> Domain {
    let events = (0..).zip(events).map(|(n, kind)| DomainEvent {
        at: at(),
        kind: *kind,
        subject_id: None,
        subject_name: Some("acme.com".to_owned()),
        id: format!("{n}"),
        failed: false,
        by: None,
    });
    let facts = DomainFacts {
        audit: Some(AuditLog {
            from: at(),
            until: at(),
            events: events.collect(),
        }),
        dns: [(
            "acme.com".to_owned(),
            DnsFacts {
                token,
                ..DnsFacts::default()
            },
        )]
        .into(),
        ..DomainFacts::default()
    };
    fold(&facts).remove(0)
}

fn listed(verified: Option<bool>) -> Domain {
    let facts = DomainFacts {
        roster: Some(Roster {
            at: at(),
            domains: vec![RosterDomain {
                name: "acme.com".to_owned(),
                verified,
            }],
        }),
        ..DomainFacts::default()
    };
    fold(&facts).remove(0)
}

#[test]
fn only_a_source_that_nobody_configured_is_no_alarm() {
    let unknown = logged(&[], None);
    assert_eq!(unknown.verified, None);
    for (asked, expected) in [
        (Asked::Nothing, false),
        (Asked::NoRoster, false),
        (Asked::AuditLog, true),
        (Asked::NoAuditLog, true),
        (Asked::Roster, true),
        (Asked::SilentRoster, true),
    ] {
        assert_eq!(alarms(&unknown, asked, false), expected, "{asked:?}");
        assert!(alarms(&unknown, asked, true));
    }
    // What is known counts, whoever could be asked now.
    for (verified, expected) in [(true, false), (false, true)] {
        let domain = listed(Some(verified));
        assert_eq!(alarms(&domain, Asked::NoRoster, true), expected);
    }
}

#[test]
fn what_comes_close_to_the_record_is_the_first_thing_to_change() {
    let quoted = NearMiss::Text {
        text: "\"apple-domain-verification=x\"".to_owned(),
        why: "its text includes the quotes",
    };
    let doubled = NearMiss::Elsewhere("acme.com.acme.com".to_owned());
    for (events, near, missing, step, at) in [
        (
            &[EventKind::Added][..],
            &quoted,
            "Found a TXT record \"\\\"apple-domain-verification=x\\\"\": its text includes the quotes.",
            "Change this TXT record of acme.com",
            0,
        ),
        (
            &[EventKind::Added],
            &doubled,
            "Found the TXT record at acme.com.acme.com, not at the domain.",
            "Move the TXT record from acme.com.acme.com to acme.com.",
            0,
        ),
        (
            &[],
            &doubled,
            "Found the TXT record at acme.com.acme.com, not at the domain.",
            "Move the TXT record",
            2,
        ),
    ] {
        let mut domain = logged(events, Some(DnsToken::Absent));
        domain.near_misses = vec![near.clone()];
        let known = Situation {
            asked: Asked::AuditLog,
            failed: false,
            nameless: 0,
        };
        let advice = advice(&domain, "acme.com", &known);
        assert!(
            advice.missing.iter().any(|it| it.plain() == missing),
            "{advice:?}"
        );
        assert!(advice.steps[at].plain().starts_with(step), "{advice:?}");
    }
    let mut verified = logged(&[EventKind::Verified], Some(DnsToken::Absent));
    verified.near_misses = vec![quoted];
    let known = Situation {
        asked: Asked::AuditLog,
        failed: false,
        nameless: 0,
    };
    assert_eq!(advice(&verified, "acme.com", &known), Advice::default());
}

#[test]
fn each_status_has_what_is_missing_and_the_first_step() {
    use EventKind::{Added, FederationEnabled, Removed, Verified};
    let (absent, present) = (Some(DnsToken::Absent), Some(DnsToken::Present));
    for (domain, asked, failed, missing, first) in [
        (logged(&[Verified], absent), Asked::AuditLog, false, "", ""),
        (listed(Some(true)), Asked::Roster, false, "", ""),
        (
            logged(&[Added], absent),
            Asked::AuditLog,
            false,
            "Apple logged no verification.",
            "In the DNS, add the TXT record",
        ),
        (
            logged(&[Added], None),
            Asked::AuditLog,
            false,
            "Apple logged no verification.",
            "In the DNS, add the TXT record",
        ),
        (
            logged(&[Added], present),
            Asked::AuditLog,
            true,
            "Apple logged a failed verification",
            "Compare the TXT record",
        ),
        (
            logged(&[Removed], present),
            Asked::AuditLog,
            false,
            "The domain was removed",
            "If the domain is still yours, add acme.com again",
        ),
        (
            listed(Some(false)),
            Asked::Roster,
            false,
            "Apple says that the domain isn't verified",
            "In the DNS, add the TXT record",
        ),
        (
            listed(None),
            Asked::Roster,
            false,
            "Apple lists the domain but doesn't say",
            "Look for the domain in the portal",
        ),
        (
            logged(&[FederationEnabled], None),
            Asked::AuditLog,
            false,
            "For the time that abmctl read, the audit log has no verification",
            "Look for the domain in the portal",
        ),
        (
            logged(&[], absent),
            Asked::AuditLog,
            false,
            "No source that abmctl could read",
            "Look for the domain in the portal",
        ),
        (
            logged(&[], None),
            Asked::NoAuditLog,
            false,
            "The audit log would show this, but abmctl couldn't read it",
            "Look for the domain in the portal",
        ),
        (
            logged(&[], None),
            Asked::Roster,
            false,
            "Apple's list of the organization's domains doesn't include it",
            "If it should be the organization's, add acme.com",
        ),
        (
            logged(&[], None),
            Asked::NoRoster,
            false,
            "Only the Roster API shows this",
            "Authorize the Roster API once: `abmctl auth roster`",
        ),
        (
            logged(&[], None),
            Asked::SilentRoster,
            false,
            "The Roster API would show this",
            "Look for the domain in the portal",
        ),
        (
            logged(&[], None),
            Asked::Nothing,
            false,
            "No API account is configured",
            "Store an API account: `abmctl auth login`",
        ),
    ] {
        let known = Situation {
            asked,
            failed,
            nameless: 0,
        };
        let advice = advice(&domain, "acme.com", &known);
        let starts = |texts: &[Hint], start: &str| match texts.first() {
            Some(text) => !start.is_empty() && text.plain().starts_with(start),
            None => start.is_empty(),
        };
        assert!(starts(&advice.missing, missing), "{missing}: {advice:?}");
        assert!(starts(&advice.steps, first), "{first}: {advice:?}");
        // When it began is not known, so no time is left that could be named.
        let all = advice.missing.iter().chain(&advice.steps);
        for text in all.map(Hint::plain) {
            assert!(!text.contains("days"), "{text}");
            assert!(text.ends_with(['.', ')']), "{text}");
        }
    }
}
