//! The words for what is known, which claim no more than it proves.

use jiff::Timestamp;

use super::{AuditLog, DnsToken, DomainEvent, EventKind, Evidence, Known, Source};

/// The evidence of one row: by source, of the audit log the `deciding` event first.
///
/// `nameless_removal` is the latest removal that does not say of which domain.
pub(super) fn of(
    known: &Known,
    deciding: Option<&DomainEvent>,
    log: Option<&AuditLog>,
    nameless_removal: Option<Timestamp>,
) -> Vec<Evidence> {
    let mut found = Vec::new();
    let mut note = |source, says: String, at| found.push(Evidence { source, says, at });
    if let Some(verified) = known.roster {
        let says = if verified {
            "verified per the Roster API"
        } else {
            "not verified per the Roster API"
        };
        note(Source::Roster, says.to_owned(), None);
    }
    if let (Some(event), Some(log)) = (deciding, log) {
        let says = decided(event, log.from, nameless_removal);
        note(Source::Audit, says, Some(event.at));
    }
    for event in known.events.iter().rev() {
        if deciding.is_none_or(|deciding| deciding.id != event.id) {
            note(Source::Audit, happened(event), Some(event.at));
        }
    }
    match known.accounts {
        0 => {}
        1 => note(
            Source::Accounts,
            "in use by 1 Managed Apple Account".to_owned(),
            None,
        ),
        many => note(
            Source::Accounts,
            format!("in use by {many} Managed Apple Accounts"),
            None,
        ),
    }
    if known.declared {
        let says = match known.seen {
            Some(at) => format!("seen in the portal by you on {}", day(at)),
            None => "declared by you".to_owned(),
        };
        note(Source::Declared, says, known.seen);
    }
    if let Some(token) = known.dns {
        let says = match token {
            DnsToken::Present => "Apple verification token present in DNS",
            DnsToken::Absent => "no Apple verification token in DNS",
        };
        note(Source::Dns, says.to_owned(), None);
    }
    found
}

/// What the event that decided the status says.
fn decided(event: &DomainEvent, from: Timestamp, nameless_removal: Option<Timestamp>) -> String {
    let said = happened(event);
    match event.kind {
        EventKind::Added => format!("{said}, no later verification seen"),
        EventKind::Removed => format!("{said}, not seen added again"),
        EventKind::Verified => match nameless_removal.filter(|removal| *removal >= event.at) {
            None => format!("{said}, no later removal seen since {}", day(from)),
            // It may or may not have been this one: the status stays, the claim does not.
            Some(removal) => format!("{said}, but a removal on {} names no domain", day(removal)),
        },
    }
}

fn happened(event: &DomainEvent) -> String {
    let what = match event.kind {
        EventKind::Added => "added",
        EventKind::Verified => "verified",
        EventKind::Removed => "removed",
    };
    format!("{what} on {} per audit log", day(event.at))
}

/// The day, in UTC.
fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
