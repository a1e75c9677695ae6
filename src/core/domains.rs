//! Derives the status of each domain from the evidence.
//!
//! Apple Business has no list of domains (inferred, strongly); what is known is pieced together from what Apple logged, and
//! a status is never stronger than its evidence. Only Apple's own statements decide one: the Roster API says whether a
//! domain is verified today (official), and the audit log what happened to it. Accounts, declarations and DNS show that a
//! domain is there, and never change a status.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub mod advice;
mod difference;
mod evidence;
mod facts;
mod hostname;
mod standing;
#[cfg(test)]
mod tests;
mod verification_record;

pub use difference::{Difference, difference, is_compared};
pub use evidence::{TimelineEntry, timeline};
pub use facts::{
    Accounts, AuditLog, DnsFacts, DnsToken, DomainEvent, DomainFacts, EventKind, Roster,
    RosterDomain,
};
pub use hostname::{account_domain, is_reserved, normalized, readable};
pub use standing::{not_known, standing};
pub use verification_record::{NearMiss, misplaced, verification_record};

/// What is known of a domain's verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Apple says so, or logged it and no removal since.
    Verified,
    /// Apple logged that it was added, and no verification since.
    Pending,
    /// Apple logged that it was removed, and nothing that brought it back.
    Removed,
    /// Apple says that it is not.
    Unverified,
    /// Nothing that could be read says.
    Unknown,
}

impl Status {
    /// Its word in tables and documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Pending => "pending",
            Self::Removed => "removed",
            Self::Unverified => "unverified",
            Self::Unknown => "unknown",
        }
    }

    /// Whether a domain of this status is verified; `None` if the evidence does not say.
    ///
    /// A pending one may be: a domain that an identity provider brings along counts as verified in the portal and may have
    /// no event that says so (inferred). A removed one is not part of the organization, so it is not.
    pub fn verified(self) -> Option<bool> {
        match self {
            Self::Verified => Some(true),
            Self::Removed | Self::Unverified => Some(false),
            Self::Pending | Self::Unknown => None,
        }
    }
}

/// Where a piece of evidence is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// School Manager's Roster API.
    Roster,
    /// The audit log of Apple Business.
    Audit,
    /// The Managed Apple Accounts.
    Accounts,
    /// The operator's configuration.
    Declared,
    /// A TXT record.
    Dns,
}

impl Source {
    /// What a table calls it.
    pub fn readable(self) -> &'static str {
        match self {
            Self::Roster => "Roster API",
            Self::Audit => "audit log",
            Self::Accounts => "accounts",
            Self::Declared => "you",
            Self::Dns => "DNS",
        }
    }
}

/// One thing that is known, in words that claim no more than it proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where it is from.
    pub source: Source,
    pub says: String,
    /// When that happened.
    pub at: Option<Timestamp>,
}

/// A domain, its status, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// The lower-case A-label; `None` if Apple logged no name.
    pub domain: Option<String>,
    pub status: Status,
    /// [`Status::verified`].
    pub verified: Option<bool>,
    /// When the event happened that decided the status.
    pub since: Option<Timestamp>,
    /// How many Managed Apple Accounts it has; `None` if they could not be read.
    pub accounts: Option<u64>,
    /// Its TXT record, where it was looked up.
    pub dns_token: Option<DnsToken>,
    /// Whether it has an address in the DNS, where it was looked up.
    pub resolves: Option<bool>,
    /// The `subjectId` of its latest event that has one.
    pub subject_id: Option<String>,
    /// When a removal was logged since it was verified that does not say of which domain.
    #[serde(skip)]
    pub disputed_at: Option<Timestamp>,
    /// What comes close to its TXT record, where that isn't there.
    #[serde(skip)]
    pub near_misses: Vec<NearMiss>,
    /// By source; of the audit log the deciding event, and then the others with the latest first.
    pub evidence: Vec<Evidence>,
}

impl Domain {
    /// The sources that say what the status is, or, where none does, those that know the domain at all. The DNS knows
    /// nothing of the organization.
    pub fn known_from(&self) -> Vec<Source> {
        let mut sources: Vec<Source> = self.evidence.iter().map(|found| found.source).collect();
        sources.retain(|source| *source != Source::Dns);
        sources.sort();
        sources.dedup();
        if self.status != Status::Unknown {
            sources.truncate(1);
        }
        sources
    }
}

/// What a row is about. The order is that of the rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Name(String),
    Subject(String),
    /// An event that names nothing at all, by its own id.
    Event(String),
}

/// What the Roster API says of a domain that it lists. Should it list one twice, the weaker word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Listed {
    Unverified,
    WithoutAWord,
    Verified,
}

/// What is known of one row.
#[derive(Debug, Default)]
struct Row {
    roster: Option<Listed>,
    events: Vec<DomainEvent>,
    accounts: u64,
    declared: bool,
    seen: Option<Timestamp>,
    dns: DnsFacts,
}

/// The row of every domain that any source knows, each once: by name, those without a name last.
///
/// External users were dropped by [`account_domain`]; Apple's reserved names are dropped here. A subdomain and its parent
/// are separate domains at Apple (official). A name that is no hostname is kept as it is, in lower case.
pub fn fold(facts: &DomainFacts) -> Vec<Domain> {
    let mut rows: BTreeMap<Key, Row> = BTreeMap::new();
    let mut ambiguous = BTreeSet::new();
    if let Some(log) = &facts.audit {
        let (events, names) = sorted(&log.events);
        ambiguous.extend(
            names
                .iter()
                .filter(|(_, names)| names.len() > 1)
                .map(|(id, _)| (*id).to_owned()),
        );
        for event in events {
            let key = key(event, &names);
            if !matches!(&key, Key::Name(name) if is_reserved(name)) {
                rows.entry(key).or_default().events.push(event.clone());
            }
        }
    }
    // No row for what is reserved or blank.
    let mut named = |name: &str, note: &dyn Fn(&mut Row)| {
        let name = normalized(name).unwrap_or_else(|| name.trim().to_lowercase());
        if !name.is_empty() && !is_reserved(&name) {
            note(rows.entry(Key::Name(name)).or_default());
        }
    };
    for domain in facts.roster.iter().flat_map(|roster| &roster.domains) {
        let listed = match domain.verified {
            Some(true) => Listed::Verified,
            Some(false) => Listed::Unverified,
            None => Listed::WithoutAWord,
        };
        named(&domain.name, &|known| {
            known.roster = Some(known.roster.unwrap_or(listed).min(listed));
        });
    }
    let counts = facts.accounts.iter().flat_map(|accounts| &accounts.counts);
    for (name, count) in counts {
        named(name, &|known| known.accounts += count);
    }
    for name in &facts.declared {
        let same = |other: &&String| normalized(other) == normalized(name);
        let seen = facts.seen.iter().find(|(other, _)| same(other));
        named(name, &|known| {
            known.declared = true;
            known.seen = known.seen.max(seen.map(|(_, at)| *at));
        });
    }
    for (name, dns) in &facts.dns {
        named(name, &|known| {
            // Should one domain be there in two spellings, what was found wins.
            known.dns.token = known.dns.token.max(dns.token);
            known.dns.resolves = known.dns.resolves.max(dns.resolves);
            known.dns.near_misses.extend_from_slice(&dns.near_misses);
        });
    }
    let nameless_removal = rows
        .iter()
        .filter(|(key, known)| may_be_of_another(key, known, &ambiguous))
        .flat_map(|(_, known)| &known.events)
        .filter(|event| event.kind == EventKind::Removed)
        .map(|event| event.at)
        .max();
    rows.into_iter()
        .map(|(key, known)| row(key, &known, facts, &ambiguous, nameless_removal))
        .collect()
}

/// Whether a removal in this row may be that of a domain with a row of its own: it has no name, and its id was not seen before
/// it was removed.
fn may_be_of_another(key: &Key, known: &Row, ambiguous: &BTreeSet<String>) -> bool {
    match key {
        Key::Name(_) => false,
        Key::Event(_) => true,
        Key::Subject(id) if ambiguous.contains(id) => true,
        // Events are in time order.
        Key::Subject(_) => known
            .events
            .iter()
            .find(|event| event.kind.is_of_verification())
            .is_some_and(|first| first.kind == EventKind::Removed),
    }
}

/// The names that the events of a subject id go by.
type Names<'a> = BTreeMap<&'a str, BTreeSet<String>>;

/// The events that happened, each once, in time order, and which subject id goes by which names.
fn sorted(events: &[DomainEvent]) -> (Vec<&DomainEvent>, Names<'_>) {
    let mut happened: Vec<&DomainEvent> = events.iter().filter(|event| !event.failed).collect();
    happened.sort();
    let mut seen = BTreeSet::new();
    happened.retain(|event| seen.insert(event.id.as_str()));
    let mut names = Names::new();
    for event in &happened {
        let name = event.subject_name.as_deref().and_then(normalized);
        if let (Some(id), Some(name)) = (&event.subject_id, name) {
            names.entry(id).or_default().insert(name);
        }
    }
    (happened, names)
}

/// Which row an event belongs to: by its name, by a subject id that is a name, by the one name that its id goes by
/// elsewhere, and otherwise by the id.
fn key(event: &DomainEvent, names: &Names<'_>) -> Key {
    let own = event.subject_name.as_deref().and_then(normalized);
    let id = event.subject_id.as_deref().filter(|id| !id.is_empty());
    let elsewhere = || {
        let names = names.get(id?)?;
        (names.len() == 1).then(|| names.first().cloned())?
    };
    let name = own.or_else(|| id.and_then(normalized)).or_else(elsewhere);
    match (name, id) {
        (Some(name), _) => Key::Name(name),
        (None, Some(id)) => Key::Subject(id.to_owned()),
        (None, None) => Key::Event(event.id.clone()),
    }
}

/// Whether both have a subject id, and not the same: a domain that is added under another one was not there in between.
fn under_another_id(event: &DomainEvent, before: Option<&DomainEvent>) -> bool {
    let before = before.and_then(|before| before.subject_id.as_deref());
    matches!((event.subject_id.as_deref(), before), (Some(id), Some(before)) if id != before)
}

/// What the events of one domain, in time order, leave it at, and the event that decided it.
fn decide(events: &[DomainEvent]) -> (Status, Option<&DomainEvent>) {
    let mut decided = (Status::Unknown, None);
    for event in events {
        decided = match (event.kind, decided.0) {
            (EventKind::Verified, _) => (Status::Verified, Some(event)),
            (EventKind::Removed, _) => (Status::Removed, Some(event)),
            (EventKind::FederationEnabled | EventKind::FederationDisabled, _) => decided,
            (EventKind::Added, Status::Verified) if !under_another_id(event, decided.1) => decided,
            (EventKind::Added, _) => (Status::Pending, Some(event)),
        };
    }
    decided
}

fn row(
    key: Key,
    known: &Row,
    facts: &DomainFacts,
    ambiguous: &BTreeSet<String>,
    nameless_removal: Option<Timestamp>,
) -> Domain {
    let one_domain = match &key {
        Key::Name(_) => true,
        Key::Subject(id) => !ambiguous.contains(id),
        Key::Event(_) => false,
    };
    let (logged, deciding) = if one_domain {
        decide(&known.events)
    } else {
        // These events may be about several domains, or about one that has a row of its own.
        (Status::Unknown, None)
    };
    let status = match known.roster {
        Some(Listed::Verified) => Status::Verified,
        Some(Listed::Unverified) => Status::Unverified,
        Some(Listed::WithoutAWord) | None => logged,
    };
    let disputed_at = match (logged, deciding) {
        (Status::Verified, Some(event)) => nameless_removal.filter(|removal| *removal >= event.at),
        _ => None,
    };
    let subject_id = known
        .events
        .iter()
        .rev()
        .find_map(|event| event.subject_id.clone());
    Domain {
        status,
        verified: status.verified(),
        since: deciding.filter(|_| status == logged).map(|event| event.at),
        accounts: match &key {
            Key::Name(_) => facts.accounts.as_ref().map(|_| known.accounts),
            Key::Subject(_) | Key::Event(_) => None,
        },
        dns_token: known.dns.token,
        resolves: known.dns.resolves,
        subject_id,
        disputed_at,
        near_misses: known.dns.near_misses.clone(),
        evidence: evidence::of(known, deciding, facts, disputed_at),
        domain: match key {
            Key::Name(name) => Some(name),
            Key::Subject(_) | Key::Event(_) => None,
        },
    }
}
