//! The cache of the organization's domains, while it is read on: one process at a time.

use std::path::PathBuf;

use super::audit::event;
use crate::apple::http::Origin;
use crate::apple::manager::Manager;
use crate::config::{CredentialRefs, RosterRefs};
use crate::core::audit_log::KeptLog;
use crate::core::domains::{AuditLog, Roster};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::private_files::Lock;
use crate::state::domains::{DomainStore, KeptDomains, Owner};

/// What is kept, and where it goes on being kept.
pub(super) struct Cache<'a> {
    /// What is known now.
    pub kept: KeptDomains,
    store: DomainStore,
    organization: &'a Organization,
    /// Held where it can be kept at all.
    lock: Option<Lock>,
    /// Another process is reading, and did not end within the time that waiting is allowed.
    pub busy: Option<Error>,
}

impl<'a> Cache<'a> {
    /// Opens the cache of the API account's organization, and locks it. If another abmctl holds the lock for longer than waiting is
    /// allowed, the cache is read as that one left it. A cache that can't be used is dropped with a warning.
    pub(super) async fn open(
        manager: &Manager,
        organization: &'a Organization,
    ) -> Result<Self, Error> {
        let settings = organization.settings();
        let owner = account(settings.required_credentials()?, manager.api().origin());
        let name = format!("domains-{}-{}", owner.client_id, owner.api_origin);
        let state: PathBuf = settings.folders.state.clone();
        let store = DomainStore::new(&state, owner);
        let what = "abmctl that reads the domains of this organization";
        let lock = organization
            .lock(&name, what, settings.max_wait.value)
            .await;
        let (lock, busy) = match lock {
            Ok(lock) => (Some(lock), None),
            Err(error) if error.kind == Kind::Unavailable => (None, Some(error)),
            Err(_) => {
                organization.warn(&format!(
                    "abmctl can't cache Apple's answers about the domains in {}, so the next run reads them again. Make that folder writable, or set ABMCTL_STATE_DIR to another one.",
                    state.display()
                ));
                (None, None)
            }
        };
        let kept = store.read().unwrap_or_else(|why| {
            organization.warn(&format!(
                "The file {} {why}, so abmctl reads the domains again.",
                store.path().display()
            ));
            KeptDomains::default()
        });
        Ok(Self {
            kept,
            store,
            organization,
            lock,
            busy,
        })
    }

    /// Whether what is known is kept for the next run.
    pub(super) fn keeps(&self) -> bool {
        self.lock.is_some()
    }

    /// Keeps what is known now. Where that fails it is said once.
    pub(super) fn keep(&mut self) {
        if self.lock.is_none() {
            return;
        }
        if let Err(error) = self.store.write(&self.kept) {
            self.organization.warn(&format!(
                "abmctl can't cache Apple's answers about the domains in {}: {error}.",
                self.store.path().display()
            ));
            self.lock = None;
        }
    }
}

/// The audit log as an earlier run kept it; nothing is asked.
pub(super) fn kept_log(organization: &Organization) -> Option<AuditLog> {
    let settings = organization.settings();
    let credentials = settings.credentials.as_ref()?;
    let origin = Origin::of(&settings.services.api.value).ok()?;
    let mut log: KeptLog = kept(account(credentials, &origin), organization)?.log?;
    log.review(event::judge);
    Some(log.log())
}

/// What the Roster API said in an earlier run; nothing is asked.
pub(super) fn kept_roster(organization: &Organization) -> Option<Roster> {
    kept(roster_owner(organization)?, organization)?.roster
}

/// Keeps what the Roster API said, for [`kept_roster`].
pub(super) fn keep_roster(roster: &Roster, organization: &Organization) {
    let Some(owner) = roster_owner(organization) else {
        return;
    };
    let store = DomainStore::new(&organization.settings().folders.state, owner);
    let kept = KeptDomains {
        roster: Some(roster.clone()),
        ..KeptDomains::default()
    };
    if let Err(error) = store.write(&kept) {
        organization.warn(&format!(
            "abmctl can't cache the domains of the Roster API in {}: {error}.",
            store.path().display()
        ));
    }
}

fn kept(owner: Owner, organization: &Organization) -> Option<KeptDomains> {
    let store = DomainStore::new(&organization.settings().folders.state, owner);
    match store.read() {
        Ok(kept) => Some(kept),
        Err(why) => {
            organization.warn(&format!(
                "The domain cache {} {why}, so abmctl doesn't know what Apple said about the domains.",
                store.path().display()
            ));
            None
        }
    }
}

fn account(credentials: &CredentialRefs, origin: &Origin) -> Owner {
    Owner {
        client_id: credentials.client_id.value.clone(),
        api_origin: origin.to_string(),
    }
}

/// The app and its organization: an app can be authorized by another one later.
fn roster_owner(organization: &Organization) -> Option<Owner> {
    let settings = organization.settings();
    let RosterRefs {
        client_id,
        organization_id,
        ..
    } = settings.roster.as_ref()?;
    let of = organization_id.as_deref().unwrap_or_default();
    Some(Owner {
        client_id: format!("{} {of}", client_id.value),
        api_origin: Origin::of(&settings.services.roster.value)
            .ok()?
            .to_string(),
    })
}
