//! What is missing for a domain to be known as verified, and what to do about it.
//!
//! Without deadlines: Apple gives 14 days from the portal's Verify on (official), and the log does not tell when that was.

use super::evidence::is_listed_without_a_word;
use super::{DnsToken, Domain, Source, Status, readable};
use crate::core::printed::{Command, Hint, hint};

/// What could be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Apple Business, and its audit log was read.
    AuditLog,
    /// Apple Business, and its audit log could not be read.
    NoAuditLog,
    /// School Manager, and its Roster API was asked.
    Roster,
    /// School Manager, and its Roster API is not authorized.
    NoRoster,
    /// School Manager, and its Roster API could not be read.
    SilentRoster,
    /// No API account at all.
    Nothing,
}

/// Whether somebody has to look at a domain: it isn't verified, or may not be. If nobody configured what could tell, that counts
/// only if `strict`.
pub fn alarms(domain: &Domain, asked: Asked, strict: bool) -> bool {
    match (domain.verified, asked) {
        (Some(verified), _) => !verified,
        (None, Asked::Nothing | Asked::NoRoster) => strict,
        (None, _) => true,
    }
}

/// What is missing, and the steps to take, in their order; whole sentences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advice {
    /// What is not there, or not known.
    pub missing: Vec<Hint>,
    /// What to do.
    pub steps: Vec<Hint>,
}

/// What is known beside the domain itself.
#[derive(Debug, Clone, Copy)]
pub struct Situation {
    /// What could be asked.
    pub asked: Asked,
    /// A verification was logged as failed, and nothing of it since.
    pub failed: bool,
    /// How many domains were logged without a name.
    pub nameless: usize,
}

/// What to do about `domain`, which is called `name`; nothing where it is verified.
pub fn advice(domain: &Domain, name: &str, known: &Situation) -> Advice {
    let mut advice = match domain.status {
        Status::Verified => return Advice::default(),
        Status::Pending | Status::Unverified => unverified(domain, name, known.failed),
        Status::Removed => Advice {
            missing: vec!["It was removed from the organization.".into()],
            steps: vec![hint![format!(
                "If it is still yours, add {} again in the portal's view of domains, and verify it again. {}",
                readable(name),
                record(name)
            )]],
        },
        Status::Unknown => unknown(domain, name, known),
    };
    if domain.dns_token.is_none() {
        advice.missing.push(
            "Whether its TXT record is in the DNS is not known: the resolver did not answer."
                .into(),
        );
    }
    advice
}

/// Where the record goes.
fn record(name: &str) -> String {
    format!(
        "Put the TXT record that the portal shows, apple-domain-verification=…, at exactly {name} in the DNS, and not at a name below it (some DNS hosts write @ for the domain itself)."
    )
}

fn unverified(domain: &Domain, name: &str, failed: bool) -> Advice {
    let mut missing: Vec<Hint> = vec![match (domain.status, failed) {
        (Status::Unverified, _) => {
            "Apple says that it is not verified; it refreshes what it says once a day.".into()
        }
        (_, true) => "Apple logged a verification that failed, and none since.".into(),
        (_, false) => "No verification was logged. A domain that an identity provider brought along may be verified all the same (inferred).".into(),
    }];
    let check = format!(
        "In the portal's view of domains, have Apple verify {}.",
        readable(name)
    );
    let first = match domain.dns_token {
        Some(DnsToken::Absent) => {
            missing.push(
                "There is no apple-domain-verification TXT record at that name in the DNS.".into(),
            );
            record(name)
        }
        Some(DnsToken::Present) => {
            missing.push(
                "A token of Apple's is in the DNS; whether it is this organization's, only the portal tells."
                    .into(),
            );
            format!("Compare the TXT record of {name} with the one that the portal shows.")
        }
        None => format!("{} It may be there already.", record(name)),
    };
    Advice {
        missing,
        steps: vec![first.into(), check.into()],
    }
}

fn unknown(domain: &Domain, name: &str, known: &Situation) -> Advice {
    let organization = |found: &super::Evidence| found.source != Source::Dns;
    let nobody = !domain.evidence.iter().any(organization);
    let look = hint![
        "Look for it in the portal's view of domains. If it is verified there, keep that: ",
        Command::storing("domains declare").arg(name),
        "."
    ];
    let add = |when: &str| {
        hint![format!(
            "If it is {when}, add {} in the portal's view of domains, and verify it. {}",
            readable(name),
            record(name)
        )]
    };
    let (missing, steps) = match known.asked {
        Asked::AuditLog => (
            if nobody {
                "Nothing that could be read knows this domain by its name."
            } else {
                "The audit log has no word on its verification in the time that was read, under its name."
            },
            vec![look, add("not there")],
        ),
        Asked::NoAuditLog => (
            "The audit log, which would say it, could not be read.",
            vec![look],
        ),
        Asked::Roster if is_listed_without_a_word(domain) => (
            "Apple lists it, and does not say whether it is verified.",
            vec![look],
        ),
        Asked::Roster => (
            "Apple's list of the organization's domains is without it; Apple refreshes that list once a day.",
            vec![add("to be the organization's")],
        ),
        Asked::NoRoster => (
            "School Manager says it in the Roster API only, which is not authorized.",
            vec![
                hint!["Authorize it once: ", Command::storing("auth roster"), "."],
                look,
            ],
        ),
        Asked::SilentRoster => (
            "The Roster API, which would say it, could not be read.",
            vec![look],
        ),
        Asked::Nothing => (
            "There is no API account to ask Apple with.",
            vec![
                hint!["Store one: ", Command::storing("auth login"), "."],
                look,
            ],
        ),
    };
    let mut missing = vec![Hint::from(missing)];
    if known.asked == Asked::AuditLog && known.nameless > 0 {
        missing.push(hint![
            format!(
                "Apple logged without a name: {}. It may be among them; ",
                known.nameless
            ),
            Command::new("domains list"),
            " has their subject ids."
        ]);
    }
    Advice { missing, steps }
}

#[cfg(test)]
mod tests {
    use super::super::{DomainFacts, Roster, RosterDomain, fold};
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
            audit: Some(super::super::AuditLog {
                from: at(),
                until: at(),
                events: events.collect(),
            }),
            dns: [(
                "acme.com".to_owned(),
                DnsFacts {
                    token,
                    resolves: None,
                },
            )]
            .into(),
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
                "No verification was logged.",
                "Put the TXT record",
            ),
            (
                logged(&[Added], None),
                Asked::AuditLog,
                false,
                "No verification was logged.",
                "Put the TXT record",
            ),
            (
                logged(&[Added], present),
                Asked::AuditLog,
                true,
                "Apple logged a verification that failed",
                "Compare the TXT record",
            ),
            (
                logged(&[Removed], present),
                Asked::AuditLog,
                false,
                "It was removed",
                "If it is still yours, add acme.com again",
            ),
            (
                listed(Some(false)),
                Asked::Roster,
                false,
                "Apple says that it is not verified",
                "Put the TXT record",
            ),
            (
                listed(None),
                Asked::Roster,
                false,
                "Apple lists it, and does not say",
                "Look for it in the portal",
            ),
            (
                logged(&[FederationEnabled], None),
                Asked::AuditLog,
                false,
                "The audit log has no word",
                "Look for it in the portal",
            ),
            (
                logged(&[], absent),
                Asked::AuditLog,
                false,
                "Nothing that could be read knows",
                "Look for it in the portal",
            ),
            (
                logged(&[], None),
                Asked::NoAuditLog,
                false,
                "The audit log, which would say it, could not be read",
                "Look for it in the portal",
            ),
            (
                logged(&[], None),
                Asked::Roster,
                false,
                "Apple's list of the organization's domains is without it",
                "If it is to be the organization's, add acme.com",
            ),
            (
                logged(&[], None),
                Asked::NoRoster,
                false,
                "School Manager says it in the Roster API only",
                "Authorize it once: `abmctl auth roster`",
            ),
            (
                logged(&[], None),
                Asked::SilentRoster,
                false,
                "The Roster API, which would say it",
                "Look for it in the portal",
            ),
            (
                logged(&[], None),
                Asked::Nothing,
                false,
                "There is no API account",
                "Store one: `abmctl auth login`",
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
}
