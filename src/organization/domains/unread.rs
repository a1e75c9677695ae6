//! Warnings and errors about what could not be read of the domains.

use super::gather::Gathered;
use crate::config::OrganizationKind;
use crate::core::domains::Status;
use crate::core::domains::advice::Asked;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::text::{prose_date, prose_time};

/// An error where a status was asked for that no source could give, and where leaving it out would mislead: where `verified`
/// is one of those, or they are all that was asked for. So is it where Apple said nothing, and there is nothing to show.
pub fn refuse_what_is_not_said(
    wanted: &[Status],
    kind: OrganizationKind,
    gathered: &mut Gathered,
) -> Result<(), Error> {
    let unsaid = unsaid(wanted, gathered.asked);
    if unsaid.is_empty() {
        if nothing_to_show(kind, gathered) {
            return Err(nothing(gathered));
        }
        return Ok(());
    }
    Err(match (gathered.status.take(), gathered.asked) {
        (Some(failure), Asked::NoAuditLog) => could_not_say("the audit log", &unsaid, failure),
        (Some(failure), Asked::SilentRoster) => could_not_say("the Roster API", &unsaid, failure),
        (_, asked) => never_said(&unsaid, asked),
    })
}

/// Whether a list would come from nobody but the operator: at Apple Business that is none.
fn nothing_to_show(kind: OrganizationKind, gathered: &Gathered) -> bool {
    let facts = &gathered.facts;
    let said = facts.audit.is_some() || facts.roster.is_some() || facts.accounts.is_some();
    match kind {
        OrganizationKind::Business => !said,
        OrganizationKind::School => !said && facts.declared.is_empty(),
    }
}

fn nothing(gathered: &mut Gathered) -> Error {
    match (gathered.status.take(), gathered.accounts.take()) {
        // An outage passes, so it decides the exit code.
        (Some(status), Some(accounts))
            if accounts.kind == Kind::Unavailable && status.kind != Kind::Unavailable =>
        {
            joined(accounts, &status)
        }
        (Some(status), Some(accounts)) => joined(status, &accounts),
        (Some(error), None) | (None, Some(error)) => error,
        (None, None) => Error::new(
            Kind::NotAuthenticated,
            "School Manager lists its domains only in the Roster API. The Roster API isn't authorized yet, and no domains are declared.",
        )
        .hint(hint!["Authorize it once: ", Command::storing("auth roster"), ". Or declare what the portal shows: ", Command::storing("domains declare acme.com"), "."]),
    }
}

fn joined(first: Error, second: &Error) -> Error {
    if first.message == second.message {
        return first;
    }
    first.and(second)
}

/// The statuses that were asked for and that nothing says.
fn unsaid(wanted: &[Status], asked: Asked) -> Vec<Status> {
    let said = |status: &Status| match status {
        Status::Verified => matches!(asked, Asked::AuditLog | Asked::Roster),
        Status::Pending | Status::Removed => asked == Asked::AuditLog,
        Status::Unverified => asked == Asked::Roster,
        Status::Unknown => true,
    };
    let unsaid: Vec<Status> = wanted.iter().copied().filter(|it| !said(it)).collect();
    if unsaid.contains(&Status::Verified) || unsaid.len() == wanted.len() {
        unsaid
    } else {
        Vec::new()
    }
}

fn words(statuses: &[Status]) -> String {
    let words: Vec<&str> = statuses.iter().map(|status| status.word()).collect();
    words.join(" or ")
}

/// What was asked for is in a source that could not be read; an outage stays one, since waiting helps there, and so does
/// what is the credentials' fault.
fn could_not_say(source: &str, unsaid: &[Status], failure: Error) -> Error {
    let kind = match failure.kind {
        // That the organization does not have it.
        Kind::NotFound => Kind::Refused,
        other => other,
    };
    let what = format!(
        "Only {source} says which domains are {}, and abmctl couldn't read it.",
        words(unsaid)
    );
    failure.after(what).of_kind(kind)
}

fn never_said(unsaid: &[Status], asked: Asked) -> Error {
    let statuses = words(unsaid);
    match asked {
        Asked::NoRoster => Error::new(
            Kind::NotAuthenticated,
            format!(
                "Only the Roster API says which School Manager domains are {statuses}, and it isn't authorized yet."
            ),
        )
        .hint(hint!["Authorize it once: ", Command::storing("auth roster"), "."]),
        Asked::Roster => Error::new(
            Kind::Refused,
            format!(
                "School Manager doesn't say which domains are {statuses}; only the audit log of Apple Business does."
            ),
        )
        .hint("See those that are not verified with `--status unverified,unknown`."),
        _ => Error::new(
            Kind::Refused,
            format!(
                "Apple Business doesn't say which domains are {statuses}; only School Manager's Roster API does."
            ),
        )
        .hint("See those that are not shown as verified with `--status pending,removed,unknown`."),
    }
}

/// Warns of what could not be read; exit 7 where there is anything.
pub fn warn_of_unread(
    kind: OrganizationKind,
    gathered: &mut Gathered,
    organization: &Organization,
) -> Option<Error> {
    let mut missing: Vec<(String, Error)> = Vec::new();
    if let Some(failure) = gathered.status.take() {
        let (warning, what) = without_status(kind, gathered);
        organization.warn(&format!("{warning} {}", failure.message));
        missing.push((what, failure));
    }
    if let Some(failure) = gathered.accounts.take() {
        organization.warn(&format!(
            "abmctl couldn't count the accounts. {}",
            failure.message
        ));
        missing.push(("the users".to_owned(), failure));
    }
    for (odd, what, hint) in [
        (
            &gathered.odd_events,
            "audit event",
            hint![
                "Such an event may have changed a domain's status. Read the audit log again with ",
                Command::new("domains list --refresh"),
                ". If that changes nothing, look at the domains in the portal."
            ],
        ),
        (
            &gathered.odd_items,
            "item",
            "This item isn't in the list or the counts. Look for it in the portal.".into(),
        ),
    ] {
        organization.warn_of(odd);
        if let Some(first) = odd.first() {
            let count = match odd.len() {
                1 => format!("1 {what} that can't be understood"),
                count => format!("{count} {what}s that can't be understood"),
            };
            missing.push((count, Error::failed(first).hint(hint)));
        }
    }
    in_part(missing)
}

/// What the source of statuses is missing, as a sentence, and as a part of one.
fn without_status(kind: OrganizationKind, gathered: &Gathered) -> (String, String) {
    match (kind, &gathered.facts.audit) {
        (OrganizationKind::School, _) => (
            "abmctl couldn't read the Roster API, so no status is known.".to_owned(),
            "the Roster API".to_owned(),
        ),
        (OrganizationKind::Business, None) => (
            "abmctl couldn't read the audit log, so no status is known.".to_owned(),
            "the audit log".to_owned(),
        ),
        (OrganizationKind::Business, Some(log)) => (
            format!(
                "abmctl has the audit log only from {} to {}.{}",
                prose_date(log.from),
                prose_time(log.until),
                if gathered.keeps {
                    " abmctl cached that part, and the next run continues from there."
                } else {
                    ""
                }
            ),
            "a part of the audit log".to_owned(),
        ),
    }
}

/// Exit 7, where something could not be read.
fn in_part(missing: Vec<(String, Error)>) -> Option<Error> {
    let what: Vec<String> = missing.iter().map(|(what, _)| what.clone()).collect();
    let first = missing.into_iter().next()?.1;
    let message = format!("The result is incomplete. It lacks {}.", what.join(" and "));
    Some(first.saying(message).of_kind(Kind::Partial))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_that_nothing_says_is_not_silently_empty() {
        use Asked::{AuditLog, NoAuditLog, NoRoster, Roster};
        use Status::{Pending, Removed, Unknown, Unverified, Verified};
        for (wanted, asked, expected) in [
            (vec![], NoAuditLog, vec![]),
            (vec![Verified], AuditLog, vec![]),
            (vec![Verified], Roster, vec![]),
            (vec![Verified], NoAuditLog, vec![Verified]),
            (vec![Verified, Unknown], NoRoster, vec![Verified]),
            (vec![Unknown], NoAuditLog, vec![]),
            (vec![Pending], NoAuditLog, vec![Pending]),
            (vec![Pending], Roster, vec![Pending]),
            (vec![Pending, Unknown], NoAuditLog, vec![]),
            (vec![Unverified], AuditLog, vec![Unverified]),
            (vec![Unverified], Roster, vec![]),
            (
                vec![Unverified, Pending, Removed, Unknown],
                AuditLog,
                vec![],
            ),
        ] {
            assert_eq!(unsaid(&wanted, asked), expected, "{wanted:?} {asked:?}");
        }
    }

    #[test]
    fn an_outage_decides_before_a_refusal() {
        let gathered = |status: Kind, accounts: Kind| Gathered {
            facts: crate::core::domains::DomainFacts::default(),
            asked: Asked::NoAuditLog,
            end: None,
            keeps: true,
            status: Some(Error::new(status, "A.")),
            accounts: Some(Error::new(accounts, "B.")),
            odd_events: Vec::new(),
            odd_items: Vec::new(),
        };
        let nothing = |status, accounts| nothing(&mut gathered(status, accounts));
        let error = nothing(Kind::Refused, Kind::Unavailable);
        assert_eq!(
            (error.kind, &error.message[..]),
            (Kind::Unavailable, "B. A.")
        );
        assert_eq!(
            nothing(Kind::Unavailable, Kind::Refused).kind,
            Kind::Unavailable
        );
        assert_eq!(nothing(Kind::Refused, Kind::Refused).message, "A. B.");
        let kind = |kind| could_not_say("it", &[Status::Verified], Error::new(kind, "C.")).kind;
        assert_eq!(kind(Kind::Unavailable), Kind::Unavailable);
        assert_eq!(kind(Kind::NotAuthenticated), Kind::NotAuthenticated);
        assert_eq!(kind(Kind::NotFound), Kind::Refused);
        assert_eq!(kind(Kind::Failed), Kind::Failed);
    }
}
