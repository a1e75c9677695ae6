//! What Apple says of each device by itself alone: its AppleCare coverage, and whether it is locked.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use reqwest::Method;

use crate::apple::http::Patience;
use crate::apple::manager::Manager;
use crate::apple::manager::devices::{ActivationLock, DEVICES};
use crate::core::devices::Device;
use crate::core::devices::device::member_name;
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::state::applecare::{AppleCareStore, Coverages};

/// After so many failures in a row nothing more is asked for.
const IN_VAIN: usize = 4;

/// What was asked for of a device beside its attributes; a failure costs itself alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extra {
    pub applecare: Option<Result<Coverages, Error>>,
    pub lock: Option<Result<ActivationLock, Error>>,
}

impl Extra {
    /// The failures.
    pub fn failures(&self) -> impl Iterator<Item = &Error> {
        let applecare = self.applecare.as_ref().and_then(|it| it.as_ref().err());
        let lock = self.lock.as_ref().and_then(|it| it.as_ref().err());
        applecare.into_iter().chain(lock)
    }
}

/// Failures in a row of requests that are alike: once there are several, the next will fail, too.
#[derive(Default)]
pub(super) struct Streak {
    failures: Cell<usize>,
    last: RefCell<Option<Error>>,
}

impl Streak {
    /// The failure to expect, if asking is of no use.
    pub(super) fn over(&self) -> Option<Error> {
        (self.failures.get() >= IN_VAIN)
            .then(|| self.last.borrow().clone())
            .flatten()
    }

    /// Notes how a request ended.
    pub(super) fn note<T>(&self, result: &Result<T, Error>) {
        match result {
            Err(error) if is_of_all(error) => {
                self.failures.set(self.failures.get() + 1);
                *self.last.borrow_mut() = Some(error.clone());
            }
            _ => self.failures.set(0),
        }
    }
}

/// Whether a failure may be one of all requests, whatever device they are for.
fn is_of_all(error: &Error) -> bool {
    matches!(
        error.kind,
        Kind::Unavailable
            | Kind::NotAuthenticated
            | Kind::Refused
            | Kind::Interrupted
            | Kind::Usage
    )
}

/// Reads what was asked for.
pub(super) struct Extras {
    applecare: Option<RefCell<AppleCareStore>>,
    lock: bool,
    coverages: Streak,
    locks: Streak,
    count: Cell<usize>,
}

impl Extras {
    pub(super) fn new(
        organization: &Organization,
        applecare: bool,
        refresh: bool,
        lock: bool,
    ) -> Result<Self, Error> {
        let store = if applecare {
            let state = &organization.settings().folders.state;
            let now = organization.clock().now();
            let owner = organization.api_account()?;
            Some(RefCell::new(AppleCareStore::open(
                state, owner, now, refresh,
            )))
        } else {
            None
        };
        Ok(Self {
            applecare: store,
            lock,
            coverages: Streak::default(),
            locks: Streak::default(),
            count: Cell::new(0),
        })
    }

    /// Whether anything takes a request for each device.
    pub(super) fn are_wanted(&self) -> bool {
        self.applecare.is_some() || self.lock
    }

    /// Reads it for a device. Of one that was released there is nothing.
    pub(super) async fn of(&self, organization: &Organization, device: &Device) -> Extra {
        let mut extra = Extra::default();
        if device.released_at().is_some() {
            return extra;
        }
        if let Some(store) = &self.applecare {
            extra.applecare = Some(self.coverages(organization, store, device).await);
            self.count.set(self.count.get() + 1);
            organization.progress(&format!(
                "Reading AppleCare coverage: {} devices",
                self.count.get()
            ));
        }
        if self.lock {
            let lock = match self.locks.over() {
                Some(error) => Err(error),
                None => organization.activation_lock(&device.serial_number).await,
            };
            self.locks.note(&lock);
            extra.lock = Some(lock);
        }
        extra
    }

    async fn coverages(
        &self,
        organization: &Organization,
        store: &RefCell<AppleCareStore>,
        device: &Device,
    ) -> Result<Coverages, Error> {
        let serial = &device.serial_number;
        if let Some(kept) = store.borrow().get(serial) {
            return Ok(kept);
        }
        if let Some(error) = self.coverages.over() {
            return Err(error);
        }
        let read = coverages(organization.manager()?, serial).await;
        self.coverages.note(&read);
        if let Ok(coverages) = &read {
            let now = organization.clock().now();
            store.borrow_mut().keep(serial, coverages, now);
        }
        read
    }
}

/// The coverages of a device, in the user's words. One that can't be understood costs all of them, or another would be taken for
/// the last.
async fn coverages(manager: &Manager, serial: &str) -> Result<Coverages, Error> {
    let items = manager.coverage(serial).await?;
    if let Some(odd) = items.odd.first() {
        return Err(Error::failed(odd.to_string()));
    }
    let coverages = items.understood.into_iter().map(|coverage| {
        let attributes = coverage.attributes.into_iter();
        attributes
            .map(|(name, value)| (member_name(&name).into_owned(), value))
            .collect()
    });
    Ok(coverages.collect())
}

impl Organization {
    /// Whether a device is locked by Activation Lock. Apple may answer with an error for states that it keeps internal (official),
    /// so a 500 isn't tried again for as long as an outage is.
    pub async fn activation_lock(&self, serial: &str) -> Result<ActivationLock, Error> {
        let manager = self.manager()?;
        let once = manager.with_patience(Patience {
            limit: Duration::ZERO,
            ..manager.api().http().patience().clone()
        });
        let [version, devices] = DEVICES;
        let path = [version, devices, serial, "activationLockStatus"];
        let request = manager.api().request_name(&Method::GET, &path);
        let failure = match once.activation_lock(serial).await {
            Ok(lock) => return Ok(lock),
            Err(failure) => failure,
        };
        let is_internal = failure.status_of(&request) == Some(500);
        let mut error = Error::from(failure);
        if is_internal {
            error.hints.clear();
            return Err(error.and("Apple answers so for some states of Activation Lock."));
        }
        if error.kind != Kind::Unavailable {
            return Err(error);
        }
        Ok(manager.activation_lock(serial).await?)
    }
}
