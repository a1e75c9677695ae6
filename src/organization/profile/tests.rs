//! The machine that is killed at each step stands here beside its tests, which makes more than 400 lines.

use std::cell::Cell;
use std::fs;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::config::{Edit, Profile};
use crate::core::printed::Hint;
use crate::host::{Boxed, Clock, Environment, Keyring};
use crate::organization::Surroundings;
use crate::organization::notices::Notices;
use crate::organization::record::{Record, Records};
use crate::secret::testing::{FixedClock, MemoryKeyring, block_on, host, secrets};
use crate::secret::{SecretReference, Secrets};

/// A keyring that answers so many times, and then is gone, as when the program is killed.
struct Mortal {
    keyring: Arc<MemoryKeyring>,
    left: AtomicUsize,
}

impl Mortal {
    fn answers(&self) -> Result<(), String> {
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.saturating_sub(1), Ordering::Relaxed);
        if left == 0 {
            Err("it is gone".to_owned())
        } else {
            Ok(())
        }
    }
}

impl Keyring for Mortal {
    fn read(&self, user: &str) -> Result<Option<String>, String> {
        self.answers()?;
        self.keyring.read(user)
    }

    fn write(&self, user: &str, secret: &str) -> Result<(), String> {
        self.answers()?;
        self.keyring.write(user, secret)
    }

    fn delete(&self, user: &str) -> Result<bool, String> {
        self.answers()?;
        self.keyring.delete(user)
    }
}

struct Silent;

impl Notices for Silent {
    fn progress(&self, _: &str) {}
    fn waiting(&self, _: &str, _: Option<&str>) {}
    fn warn(&self, _: &Hint) {}
    fn hint(&self, _: &Hint) {}
    fn said(&self, _: &Hint) {}
}

fn surroundings(clock: Arc<dyn Clock>) -> Surroundings {
    let environment = Environment::new::<&str>([]);
    Surroundings {
        outside: host(environment, clock, Arc::new(MemoryKeyring::default())).outside(),
        notices: Arc::new(Silent),
        interrupts: Rc::default(),
        clients: Arc::default(),
        command: "abmctl auth login".to_owned(),
        note: None,
    }
}

fn claimant(clock: &dyn Clock) -> Claimant<'_> {
    Claimant {
        command: "abmctl",
        clock,
    }
}

fn edit(disk: &Disk, change: impl Fn(&mut Edit) -> Result<(), Error>) {
    let edited = config::edit(&disk.folders, claimant(&RealClock), change);
    block_on(edited).unwrap();
}

/// The real clock: a program that another test starts may hold a lock for a moment.
struct RealClock;

impl Clock for RealClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    #[allow(clippy::disallowed_methods, reason = "the real clock")]
    fn sleep(&self, duration: Duration) -> Boxed<()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A configuration folder and a keyring, which outlive the program.
struct Disk {
    folder: tempfile::TempDir,
    folders: Folders,
    surroundings: Surroundings,
    keyring: Arc<MemoryKeyring>,
}

const FOREVER: usize = usize::MAX;

impl Disk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            folders: Folders {
                config: folder.path().join("config"),
                state: folder.path().join("state"),
                home: None,
                sudo_user: None,
            },
            surroundings: surroundings(Arc::new(RealClock)),
            folder,
            keyring: Arc::default(),
        }
    }

    fn secrets(&self, left: usize) -> Secrets {
        let keyring = Arc::new(Mortal {
            keyring: Arc::clone(&self.keyring),
            left: AtomicUsize::new(left),
        });
        secrets(&self.folders.config, &[], FixedClock::Still, keyring)
    }

    fn profile(&self) -> Option<Profile> {
        let file = File::load(&self.folders).unwrap();
        file.profiles.get("acme").cloned()
    }

    /// What an attempt to store the key of an account comes to. The keyring answers `calls` times, and the configuration is
    /// written `edits` times.
    fn attempt(
        &self,
        account: &str,
        store: Store,
        calls: usize,
        edits: usize,
    ) -> Result<Done, Error> {
        let secrets = self.secrets(calls);
        let reference = NewSecret::reference("acme", &Field::PrivateKey, store)?;
        let edits = Cell::new(edits);
        let write = |edit: &mut Edit| {
            let Some(left) = edits.get().checked_sub(1) else {
                return Err(Error::failed("The disk is full."));
            };
            edits.set(left);
            edit.set_credentials("acme", account, None, &reference)
        };
        let before = self.profile();
        let change = Change {
            profile: "acme",
            before: before.as_ref(),
            store: vec![NewSecret {
                field: Field::PrivateKey,
                secret: Secret::new(&key(account)),
                store,
            }],
            remove: Vec::new(),
            renamed: Vec::new(),
            by_hand: None,
            record: Record::default(),
            write: Box::new(write),
        };
        let storage = self.storage(&secrets);
        block_on(async { Plan::new(change, storage).await?.apply().await })
    }

    fn storage<'a>(&'a self, secrets: &'a Secrets) -> Storage<'a> {
        Storage {
            records: Records::new(&self.surroundings, &self.folders),
            secrets,
            dry_run: false,
        }
    }

    fn store(&self, account: &str, store: Store) -> Done {
        self.attempt(account, store, FOREVER, FOREVER).unwrap()
    }

    /// The account of the configuration, and the key that it gets.
    fn in_force(&self) -> (String, Result<String, Error>) {
        let profile = self.profile().unwrap();
        let slot = Slot::of_profile("acme", Field::PrivateKey);
        let reference = profile.private_key.unwrap();
        let location = SecretLocation { reference, slot };
        let secret = block_on(self.secrets(FOREVER).resolve(&location));
        let secret = secret.map(|secret| secret.expose().to_owned());
        (profile.client_id.unwrap(), secret)
    }

    /// The secret in a place of abmctl's own.
    fn at(&self, own: Own) -> Option<String> {
        let slot = Slot::of_profile("acme", Field::PrivateKey);
        let secret = block_on(self.secrets(FOREVER).read_own(&slot, own)).unwrap();
        secret.map(|secret| secret.expose().to_owned())
    }

    fn remove(&self) -> Vec<SecretRemoval> {
        self.attempt_to_remove(FOREVER, false).unwrap()
    }

    fn attempt_to_remove(
        &self,
        calls: usize,
        disk_is_full: bool,
    ) -> Result<Vec<SecretRemoval>, Error> {
        let secrets = self.secrets(calls);
        let before = self.profile();
        let times = Cell::new(0);
        let write = |edit: &mut Edit| {
            // The first time is a rehearsal.
            if disk_is_full && times.replace(times.get() + 1) > 0 {
                return Err(Error::failed("The disk is full."));
            }
            edit.remove_profile("acme")
        };
        let change = Change {
            profile: "acme",
            before: before.as_ref(),
            store: Vec::new(),
            remove: vec![Field::PrivateKey],
            renamed: Vec::new(),
            by_hand: Some("By hand.".to_owned()),
            record: Record::default(),
            write: Box::new(write),
        };
        let storage = self.storage(&secrets);
        block_on(async {
            let plan = Plan::new(change, storage).await?;
            let removals = plan.removals().to_vec();
            plan.apply().await?;
            Ok(removals)
        })
    }
}

fn key(account: &str) -> String {
    format!("key of {account}")
}

const STORES: [Store; 2] = [Store::Keyring, Store::File];

#[test]
fn one_generation_is_kept() {
    for store in STORES {
        let disk = Disk::new();
        assert_eq!(disk.store("one", store), Done::default());
        let done = disk.store("two", store);
        let kept = done.kept[0].reference.to_config();
        assert!(kept.ends_with("previous"), "{kept}");
        assert_eq!(disk.in_force(), ("two".into(), Ok(key("two"))));
        assert_eq!(disk.at(Own::previous(store)), Some(key("one")));
        disk.store("three", store);
        assert_eq!(disk.at(Own::previous(store)), Some(key("two")));
        // The same key once more replaces nothing.
        assert!(disk.store("three", store).kept.is_empty());
        assert_eq!(disk.at(Own::previous(store)), Some(key("two")));
    }
}

/// Kills the program at each step of a replacement, and once more at each step of the next attempt.
#[test]
fn whenever_it_is_killed_the_configuration_has_the_key_of_its_account() {
    let check = |disk: &Disk, new: &str, done: bool, when: &str| {
        let (account, secret) = disk.in_force();
        assert_eq!(secret, Ok(key(&account)), "{when}");
        let expected = if done { new } else { "one" };
        assert!(account == expected || account == "one", "{when}: {account}");
        // In its store, if it could not be read there, else as the previous one.
        let places = STORES
            .into_iter()
            .flat_map(|store| [Own::current(store), Own::previous(store)]);
        let mut kept = places.filter_map(|own| disk.at(own));
        assert!(kept.any(|it| it == key("one")), "{when}");
    };
    let mut killed = 0;
    for from in STORES {
        for to in STORES {
            // Each call of the keyring until all are answered, and each time that the configuration is written.
            let (mut calls, mut edits) = (Some(0), 0);
            while edits < FOREVER {
                let (calls_now, edits_now) =
                    calls.map_or((FOREVER, edits), |calls| (calls, FOREVER));
                let disk = Disk::new();
                disk.store("one", from);
                let first = disk.attempt("two", to, calls_now, edits_now).is_ok();
                let when = format!("{from:?} to {to:?}, {calls_now} calls, {edits_now} edits");
                check(&disk, "two", first, &when);
                match (calls, first) {
                    (Some(_), true) => calls = None,
                    (Some(count), false) => calls = Some(count + 1),
                    (None, true) => edits = FOREVER,
                    (None, false) => edits += 1,
                }
                if first {
                    continue;
                }
                killed += 1;
                for calls in 0..20 {
                    let done = disk.attempt("three", to, calls, FOREVER).is_ok();
                    check(&disk, "three", done, &format!("{when}, then {calls} calls"));
                    if done {
                        break;
                    }
                }
                assert_eq!(disk.in_force().0, "three", "{when}");
            }
        }
    }
    assert_eq!(killed, 20, "attempts that failed");
}

#[test]
fn a_key_moves_between_stores_with_the_one_that_it_replaced() {
    for (from, to) in [(Store::Keyring, Store::File), (Store::File, Store::Keyring)] {
        let disk = Disk::new();
        disk.store("one", from);
        disk.store("two", from);
        let done = disk.store("two", to);
        assert!(done.kept.is_empty());
        assert_eq!(disk.in_force(), ("two".into(), Ok(key("two"))));
        assert_eq!(disk.at(Own::previous(to)), Some(key("one")));
        assert_eq!(disk.at(Own::current(from)), None);
        assert_eq!(disk.at(Own::previous(from)), None);
    }
}

#[test]
fn what_could_not_be_tidied_up_is_no_obstacle() {
    let disk = Disk::new();
    disk.store("one", Store::Keyring);
    // The keyring is read twice, and can't be emptied after the move.
    let done = disk.attempt("two", Store::File, 2, FOREVER).unwrap();
    assert_eq!(done.warnings.len(), 1, "{done:?}");
    assert_eq!(disk.at(Own::current(Store::Keyring)), Some(key("one")));
    disk.store("three", Store::Keyring);
    assert_eq!(disk.in_force(), ("three".into(), Ok(key("three"))));
    assert_eq!(disk.at(Own::previous(Store::Keyring)), Some(key("two")));
}

#[test]
fn a_locked_keyring_can_be_left() {
    let disk = Disk::new();
    disk.store("one", Store::Keyring);
    let done = disk.attempt("two", Store::File, 0, FOREVER).unwrap();
    assert_eq!(
        done.warnings,
        [
            "The previous private key of profile acme stays in keyring:, because abmctl can't read it now."
        ]
    );
    assert_eq!(disk.in_force(), ("two".into(), Ok(key("two"))));
    assert_eq!(disk.at(Own::current(Store::Keyring)), Some(key("one")));
}

#[test]
fn removing_keeps_nothing() {
    for store in STORES {
        let disk = Disk::new();
        disk.store("one", store);
        disk.store("two", store);
        assert!(disk.remove()[0].removes());
        assert_eq!(disk.at(Own::current(store)), None);
        assert_eq!(disk.at(Own::previous(store)), None);
        assert_eq!(disk.profile(), None);
    }
}

#[test]
fn a_removal_that_stops_half_way_says_what_is_gone() {
    let store = Store::Keyring;
    for (calls, disk_is_full, gone) in [
        (0, false, None),
        (1, false, Some("the previous private key of profile acme")),
        (
            2,
            true,
            Some("the previous private key of profile acme, the private key of profile acme"),
        ),
    ] {
        let disk = Disk::new();
        disk.store("one", store);
        disk.store("two", store);
        let error = disk.attempt_to_remove(calls, disk_is_full).unwrap_err();
        let expected = gone.map(|gone| {
            format!("Already removed: {gone}. Run the command again to remove the rest.")
        });
        let said = format!("{:?}", error.hints);
        assert_eq!(said.contains("Already removed"), gone.is_some(), "{said}");
        assert_eq!(said.contains("By hand."), gone.is_none(), "{said}");
        assert!(said.contains(&expected.unwrap_or_default()), "{said}");
        assert_eq!(disk.at(Own::previous(store)).is_none(), calls > 0);
        assert_eq!(disk.at(Own::current(store)).is_none(), calls > 1);
        assert!(disk.profile().is_some());
        disk.remove();
        assert_eq!(disk.profile(), None);
    }
}

#[test]
fn what_is_stored_in_vain_is_said() {
    for before in [None, Some(Store::Keyring)] {
        let disk = Disk::new();
        before.map(|store| disk.store("one", store));
        // The configuration is rehearsed once, and can't be written then.
        let error = disk.attempt("two", Store::File, FOREVER, 1).unwrap_err();
        let said = format!("{:?}", error.hints);
        assert!(said.contains("Already stored"), "{said}");
        assert_eq!(disk.at(Own::current(Store::File)), Some(key("two")));
    }
}

#[test]
fn one_may_go_back_to_the_previous_key() {
    let disk = Disk::new();
    disk.store("one", Store::File);
    disk.store("two", Store::File);
    edit(&disk, |edit| {
        let previous = "file:secrets/acme/private_key.previous".parse().unwrap();
        edit.set_credentials("acme", "one", None, &previous)
    });
    assert_eq!(disk.in_force(), ("one".into(), Ok(key("one"))));
    disk.store("three", Store::File);
    assert_eq!(disk.in_force(), ("three".into(), Ok(key("three"))));
    assert_eq!(disk.at(Own::previous(Store::File)), Some(key("one")));
}

/// What `Plan::new` says that would be lost.
fn losses(disk: &Disk, store: Store) -> Result<Vec<String>, Error> {
    let secrets = disk.secrets(FOREVER);
    let before = disk.profile();
    let change = Change {
        profile: "acme",
        before: before.as_ref(),
        store: vec![NewSecret {
            field: Field::PrivateKey,
            secret: Secret::new("another key"),
            store,
        }],
        remove: Vec::new(),
        renamed: Vec::new(),
        by_hand: None,
        record: Record::default(),
        write: Box::new(|_| Ok(())),
    };
    let storage = Storage {
        dry_run: true,
        ..disk.storage(&secrets)
    };
    block_on(Plan::new(change, storage)).map(|plan| plan.losses.clone())
}

#[test]
fn a_key_that_the_configuration_does_not_know_is_asked_about_and_kept() {
    for store in STORES {
        let disk = Disk::new();
        disk.store("one", store);
        let lost = fs::remove_file(disk.folders.config_file());
        assert!(lost.is_ok());
        let said = losses(&disk, store).unwrap();
        assert!(said[0].starts_with("There is already another private key of profile acme in "));
        disk.store("two", store);
        assert_eq!(disk.at(Own::previous(store)), Some(key("one")));
        // Beside one in force there is no room for it.
        let other = STORES.into_iter().find(|it| *it != store).unwrap();
        let slot = Slot::of_profile("acme", Field::PrivateKey);
        let secrets = disk.secrets(FOREVER);
        block_on(secrets.write_own(&slot, Own::current(other), &Secret::new("stray"))).unwrap();
        let error = disk.attempt("three", other, FOREVER, FOREVER).unwrap_err();
        assert_eq!(error.kind, Kind::Conflict);
        assert_eq!(disk.at(Own::current(other)).unwrap(), "stray");
        assert_eq!(disk.in_force(), ("two".into(), Ok(key("two"))));
    }
}

#[test]
fn a_key_that_another_profile_uses_is_asked_about_and_not_removed() {
    let disk = Disk::new();
    disk.store("one", Store::File);
    edit(&disk, |edit| {
        let path = disk.folder.path().join("config/secrets/acme/private_key");
        edit.set_credentials("beta", "one", None, &SecretReference::File(path))
    });
    let said = losses(&disk, Store::File).unwrap();
    assert_eq!(
        said,
        [
            "The private key of profile beta is in file:secrets/acme/private_key too, so this would replace both."
        ]
    );
    assert!(!disk.remove()[0].removes());
    assert_eq!(disk.at(Own::current(Store::File)), Some(key("one")));
}

#[test]
fn a_change_that_came_in_between_is_not_overwritten() {
    let disk = Disk::new();
    let secrets = disk.secrets(FOREVER);
    let change = || Change {
        profile: "acme",
        before: None,
        store: Vec::new(),
        remove: Vec::new(),
        renamed: Vec::new(),
        by_hand: None,
        record: Record::default(),
        write: Box::new(|_| Ok(())),
    };
    let racing = surroundings(Arc::new(FixedClock::Racing));
    let storage = Storage {
        records: Records::new(&racing, &disk.folders),
        ..disk.storage(&secrets)
    };
    let held = block_on(Plan::new(change(), storage)).unwrap();
    let busy = block_on(Plan::new(change(), storage)).err().unwrap();
    assert_eq!(busy.kind, Kind::Unavailable);
    assert!(busy.message.contains("process "), "{busy}");
    drop(held);
    disk.store("one", Store::File);
    let error = block_on(Plan::new(change(), storage)).err().unwrap();
    assert_eq!(error.kind, Kind::Conflict);
}
