//! The organization's domains, as the portal has them, and what an administrator clicks there.
//!
//! At Apple Business there is no list beside the audit log, so the log is the truth here: a domain is what its latest event left
//! it at. A school's list is the Roster API's.

use jiff::Timestamp;

use super::{AuditEvent, Organization, OrganizationKind, Outcome, RosterDomain};
use crate::sandbox::derive;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainClick {
    Add,
    /// Apple verifies it, whatever is in the DNS.
    Verify,
    /// It is removed.
    Remove,
}

impl DomainClick {
    /// The event of the audit log (official).
    pub fn event_type(self) -> &'static str {
        match self {
            Self::Add => "DOMAIN_ADDED",
            Self::Verify => "DOMAIN_VERIFIED",
            Self::Remove => "DOMAIN_REMOVED",
        }
    }
}

/// How a domain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainState {
    /// It was added, and not verified yet.
    Added,
    Verified,
    /// It was there, and is not any more.
    Removed,
}

/// What a click did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainChange {
    /// How the domain stood before; `None` where nothing is known of it.
    pub before: Option<DomainState>,
    /// How it stands now.
    pub after: DomainState,
    /// What was logged; a school logs nothing.
    pub event: Option<AuditEvent>,
}

/// Why a click does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainRefusal {
    /// There is no such domain.
    Absent,
    /// It is added already.
    Present,
    /// It is verified already.
    Verified,
}

impl Organization {
    /// An administrator clicks, `now`, for the domain of this name, in lower case. Where `nameless`, what is logged of it has
    /// no name.
    pub fn click_domain(
        &mut self,
        click: DomainClick,
        name: &str,
        nameless: bool,
        now: Timestamp,
    ) -> Result<DomainChange, DomainRefusal> {
        let (before, id) = match self.kind {
            OrganizationKind::Business => self.logged_domain(name),
            OrganizationKind::School => (self.listed_domain(name), None),
        };
        let after = checked(click, before)?;
        let event = match self.kind {
            OrganizationKind::Business => Some(self.log_domain(click, name, id, nameless, now)),
            OrganizationKind::School => {
                self.list_domain(after, name);
                None
            }
        };
        Ok(DomainChange {
            before,
            after,
            event,
        })
    }

    /// How the log left a domain, and the id that it had last.
    fn logged_domain(&self, name: &str) -> (Option<DomainState>, Option<String>) {
        let state = |event: &AuditEvent| match event.event_type.as_str() {
            "DOMAIN_ADDED" => Some(DomainState::Added),
            "DOMAIN_VERIFIED" => Some(DomainState::Verified),
            "DOMAIN_REMOVED" => Some(DomainState::Removed),
            _ => None,
        };
        let last = self
            .audit_events
            .iter()
            .filter(|event| event.outcome != Some(Outcome::Failure))
            .filter(|event| is_of(event, name))
            .filter_map(|event| Some((event, state(event)?)))
            .max_by_key(|(event, _)| event.at);
        match last {
            Some((event, state)) => (Some(state), Some(event.subject_id.clone())),
            None => (None, None),
        }
    }

    fn log_domain(
        &mut self,
        click: DomainClick,
        name: &str,
        id: Option<String>,
        nameless: bool,
        now: Timestamp,
    ) -> AuditEvent {
        // Another id each time that it is added (inferred).
        let another = || derive::uuid(&format!("domain {name} {now} {}", self.audit_events.len()));
        let id = match click {
            DomainClick::Add => another(),
            DomainClick::Verify | DomainClick::Remove => id.unwrap_or_else(another),
        };
        let mut event = AuditEvent::domain(now, click.event_type(), &id, Some(name));
        event.nameless = nameless;
        self.audit_events.push(event.clone());
        event
    }

    /// How a domain stands in the Roster API's list.
    fn listed_domain(&self, name: &str) -> Option<DomainState> {
        let mut domains = self.roster.iter().flat_map(|roster| &roster.domains);
        let domain = domains.find(|domain| domain.name.eq_ignore_ascii_case(name))?;
        Some(if domain.is_verified == Some(true) {
            DomainState::Verified
        } else {
            DomainState::Added
        })
    }

    fn list_domain(&mut self, state: DomainState, name: &str) {
        let Some(roster) = &mut self.roster else {
            return;
        };
        let is_it = |domain: &RosterDomain| domain.name.eq_ignore_ascii_case(name);
        let is_verified = Some(state == DomainState::Verified);
        match roster.domains.iter_mut().find(|domain| is_it(domain)) {
            _ if state == DomainState::Removed => roster.domains.retain(|domain| !is_it(domain)),
            Some(domain) => domain.is_verified = is_verified,
            None => roster.domains.push(RosterDomain {
                name: name.to_owned(),
                is_verified,
            }),
        }
    }
}

/// What becomes of a domain that stands so.
fn checked(click: DomainClick, before: Option<DomainState>) -> Result<DomainState, DomainRefusal> {
    use DomainState::{Added, Removed, Verified};
    match (click, before) {
        (DomainClick::Add, Some(Added | Verified)) => Err(DomainRefusal::Present),
        (DomainClick::Add, Some(Removed) | None) => Ok(Added),
        (_, Some(Removed) | None) => Err(DomainRefusal::Absent),
        (DomainClick::Verify, Some(Verified)) => Err(DomainRefusal::Verified),
        (DomainClick::Verify, Some(Added)) => Ok(Verified),
        (DomainClick::Remove, Some(Added | Verified)) => Ok(Removed),
    }
}

/// Whether an event is about the domain of this name, which some have in their id alone.
fn is_of(event: &AuditEvent, name: &str) -> bool {
    let known = event.subject_name.as_deref().unwrap_or(&event.subject_id);
    known.eq_ignore_ascii_case(name)
}
