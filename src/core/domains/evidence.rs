//! The words for what is known, which claim no more than it proves.

use jiff::Timestamp;

use serde::Serialize;

use super::{
    DnsToken, Domain, DomainEvent, DomainFacts, EventKind, Evidence, Key, Listed, Row, Source, key,
    normalized, sorted,
};

/// Apple lists the domain, and left out whether it is verified.
const LISTED_WITHOUT_A_WORD: &str =
    "listed by the Roster API, which doesn't say whether it is verified";

/// The evidence of one row: by source, of the audit log the `deciding` event first.
///
/// `disputed_at` is the latest removal since it was verified that does not say of which domain.
pub(super) fn of(
    known: &Row,
    deciding: Option<&DomainEvent>,
    facts: &DomainFacts,
    disputed_at: Option<Timestamp>,
) -> Vec<Evidence> {
    let mut found = Vec::new();
    let mut note = |source, says: String, at| found.push(Evidence { source, says, at });
    if let Some(roster) = &facts.roster {
        let says = match known.roster {
            Some(Listed::Verified) => Some("verified per the Roster API"),
            Some(Listed::Unverified) => Some("not verified per the Roster API"),
            Some(Listed::WithoutAWord) => Some(LISTED_WITHOUT_A_WORD),
            // Apple refreshes it once a day (official), so a new one may be missing.
            None if known.declared => Some("not among the domains of the Roster API"),
            None => None,
        };
        if let Some(says) = says {
            note(Source::Roster, says.to_owned(), Some(roster.at));
        }
    }
    if let (Some(event), Some(log)) = (deciding, &facts.audit) {
        let says = decided(event, log.until, disputed_at);
        note(Source::Audit, says, Some(event.at));
    }
    for event in known.events.iter().rev() {
        if deciding.is_none_or(|deciding| deciding.id != event.id) {
            note(Source::Audit, happened(event), Some(event.at));
        }
    }
    if let Some(accounts) = &facts.accounts
        && known.accounts > 0
    {
        let plural = if known.accounts == 1 { "" } else { "s" };
        let says = format!(
            "in use by {} Managed Apple Account{plural}, counted on {}",
            known.accounts,
            day(accounts.at)
        );
        note(Source::Accounts, says, Some(accounts.at));
    }
    if known.declared {
        let says = match known.seen {
            Some(at) => format!("seen in the portal by you on {}", day(at)),
            None => "declared by you".to_owned(),
        };
        note(Source::Declared, says, known.seen);
    }
    if let Some(token) = known.dns.token {
        let says = match token {
            DnsToken::Present => "Apple verification token present in DNS",
            DnsToken::Absent => "no Apple verification token in DNS",
        };
        note(Source::Dns, says.to_owned(), None);
    }
    for near in &known.dns.near_misses {
        note(Source::Dns, format!("near miss: {near}"), None);
    }
    if known.dns.resolves == Some(false) {
        note(
            Source::Dns,
            "the name has no address in DNS".to_owned(),
            None,
        );
    }
    found
}

/// Whether Apple lists a domain and left out whether it is verified.
pub(super) fn is_listed_without_a_word(domain: &Domain) -> bool {
    let says = |found: &Evidence| found.says == LISTED_WITHOUT_A_WORD;
    domain.evidence.iter().any(says)
}

/// What the event that decided the status says.
fn decided(event: &DomainEvent, until: Timestamp, disputed_at: Option<Timestamp>) -> String {
    let said = happened(event);
    let until = day(until);
    match event.kind {
        EventKind::Added => format!("{said}, no verification seen up to {until}"),
        EventKind::Removed => format!("{said}, not added again up to {until}"),
        EventKind::FederationEnabled | EventKind::FederationDisabled => said,
        EventKind::Verified => match disputed_at {
            None => format!("{said}, no removal seen up to {until}"),
            // It may or may not have been this one: the status stays, the claim does not.
            Some(removal) => format!(
                "{said}, but an unnamed domain was removed on {}",
                day(removal)
            ),
        },
    }
}

fn happened(event: &DomainEvent) -> String {
    format!("{} on {} per audit log", word(event.kind), day(event.at))
}

fn word(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Added => "added",
        EventKind::Verified => "verified",
        EventKind::Removed => "removed",
        EventKind::FederationEnabled => "federation enabled",
        EventKind::FederationDisabled => "federation disabled",
    }
}

fn failure(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Added => "adding failed",
        EventKind::Verified => "verification failed",
        EventKind::Removed => "removal failed",
        EventKind::FederationEnabled => "enabling federation failed",
        EventKind::FederationDisabled => "disabling federation failed",
    }
}

/// One line of what happened to a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: EventKind,
    /// Whether it came to nothing.
    pub failed: bool,
    /// Who did it, as Apple calls them, if it says.
    pub by: Option<String>,
    /// Apple's id of the domain then, which is another one for a domain that was removed and added again.
    pub subject_id: Option<String>,
    /// What, and whether it came to nothing, in words.
    pub says: String,
}

/// Everything that was logged of the domain called `name`, oldest first; what failed too, which [`super::fold`] leaves out.
pub fn timeline(facts: &DomainFacts, name: &str) -> Vec<TimelineEntry> {
    let Some(log) = &facts.audit else {
        return Vec::new();
    };
    let wanted = normalized(name).map_or_else(|| Key::Subject(name.to_owned()), Key::Name);
    let (_, names) = sorted(&log.events);
    let mut found: Vec<&DomainEvent> = log
        .events
        .iter()
        .filter(|event| key(event, &names) == wanted)
        .collect();
    found.sort();
    found.dedup_by(|one, other| one.id == other.id);
    found
        .into_iter()
        .map(|event| TimelineEntry {
            at: event.at,
            event: event.kind,
            failed: event.failed,
            by: event.by.clone(),
            subject_id: event.subject_id.clone(),
            says: if event.failed {
                failure(event.kind)
            } else {
                word(event.kind)
            }
            .to_owned(),
        })
        .collect()
}

/// The day, in UTC.
fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
