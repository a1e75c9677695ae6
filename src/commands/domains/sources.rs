//! What Apple Business is asked about domains: its audit log, and the accounts of its users.

use std::cell::Cell;
use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use super::since::windows;
use crate::apple::error::Failure;
use crate::apple::manager::Manager;
use crate::apple::manager::audit_events::AuditEvent;
use crate::apple::manager::users::User;
use crate::core::domains::{AuditLog, DomainEvent, EventKind, account_domain};
use crate::ui::Ui;

/// The events of domains, in Apple's words (official). A request takes one of them.
const EVENTS: [&str; 3] = ["DOMAIN_ADDED", "DOMAIN_VERIFIED", "DOMAIN_REMOVED"];
/// Windows asked for at once; the way out allows no more.
const AT_ONCE: usize = 4;

/// What is under way, shown on a terminal.
pub struct Progress<'a> {
    ui: &'a Ui,
    asked: Cell<usize>,
    answered: Cell<usize>,
    users: Cell<usize>,
}

impl<'a> Progress<'a> {
    /// Nothing was read yet.
    pub fn new(ui: &'a Ui) -> Self {
        Self {
            ui,
            asked: Cell::new(0),
            answered: Cell::new(0),
            users: Cell::new(0),
        }
    }

    fn show(&self) {
        self.ui.progress(&format!(
            "Reading the audit log ({} of {} requests) and the users ({})",
            self.answered.get(),
            self.asked.get(),
            self.users.get()
        ));
    }
}

/// Every event of a domain between two times; all of them or none, since a removal that is missing changes a status.
pub async fn audit_log(
    manager: &Manager,
    from: Timestamp,
    to: Timestamp,
    progress: &Progress<'_>,
) -> Result<AuditLog, Failure> {
    let requests: Vec<_> = windows(from, to)
        .into_iter()
        .flat_map(|window| EVENTS.map(|event| (event, window)))
        .collect();
    progress.asked.set(requests.len());
    progress.show();
    let read: Vec<Vec<AuditEvent>> = stream::iter(requests)
        .map(|(event, (start, end))| async move {
            let events = manager.audit_events(event, start, end).await?;
            progress.answered.set(progress.answered.get() + 1);
            progress.show();
            Ok(events)
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(AuditLog {
        from,
        events: read.into_iter().flatten().filter_map(event).collect(),
    })
}

/// An event as it counts; `None` for one of another type, should Apple send one.
fn event(event: AuditEvent) -> Option<DomainEvent> {
    let attributes = event.attributes;
    let kind = match attributes.r#type.as_str() {
        "DOMAIN_ADDED" => EventKind::Added,
        "DOMAIN_VERIFIED" => EventKind::Verified,
        "DOMAIN_REMOVED" => EventKind::Removed,
        _ => return None,
    };
    Some(DomainEvent {
        at: attributes.event_date_time,
        kind,
        subject_id: attributes.subject_id,
        subject_name: attributes.subject_name,
        id: event.id,
        failed: attributes.outcome.as_deref() == Some("FAILURE"),
    })
}

/// How many Managed Apple Accounts each domain has. A page is forgotten as soon as it is counted.
pub async fn accounts(
    manager: &Manager,
    progress: &Progress<'_>,
) -> Result<BTreeMap<String, u64>, Failure> {
    let mut pages = manager.accounts()?;
    let mut counts = BTreeMap::new();
    while let Some(page) = pages.next::<User>().await? {
        progress.users.set(progress.users.get() + page.len());
        for user in page {
            let user = user.attributes;
            let external = user.is_external_user.unwrap_or(false);
            let account = user.managed_apple_account.as_deref().unwrap_or_default();
            if let Some(domain) = account_domain(account, external) {
                *counts.entry(domain).or_default() += 1;
            }
        }
        progress.show();
    }
    Ok(counts)
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
        .unwrap();
        assert_eq!(verified.kind, EventKind::Verified);
        assert_eq!(verified.subject_name.as_deref(), Some("acme.com"));
        assert!(!verified.failed);
        let at = "2026-09-02T09:14:00Z";
        let failed = json!({"eventDateTime": at, "type": "DOMAIN_ADDED", "outcome": "FAILURE"});
        assert!(read(failed).unwrap().failed);
        let other = json!({"eventDateTime": at, "type": "DOMAIN_FEDERATION_ENABLED"});
        assert_eq!(read(other), None);
    }
}
