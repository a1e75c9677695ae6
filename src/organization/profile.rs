//! Changes of a profile and its secrets: the one way in which a secret is stored, replaced or removed.
//!
//! A secret and the configuration can't change in one step, so the steps are such that the configuration refers at each
//! moment to a secret that is there and belongs to it, whenever the program is killed or a disk is full.
//! `docs/design/secrets.md` has the steps and what each protects from.

mod change;
mod edit;
mod expected;

use std::time::Duration;

pub use change::{Change, Done, NewSecret, SecretRemoval, Storage};
pub use edit::edit;
pub use expected::{only_from, still};

use crate::config::{self, File, Folders};
use crate::error::{Error, Kind};
use crate::private_files::{self, Claimant, Lock};
use crate::secret::{Field, Generation, Own, Secret, SecretLocation, Slot, Store, private_file};

/// How long the change of another process is waited for, which may be asking somebody.
const PATIENCE: Duration = Duration::from_secs(60);

/// A change that was looked into, and can be made.
pub struct Plan<'a> {
    change: Change<'a>,
    storage: Storage<'a>,
    replacements: Vec<Replacement>,
    removals: Vec<SecretRemoval>,
    renamed: Vec<(Slot, Own)>,
    /// What would be lost beside what the caller knows, each a sentence.
    pub losses: Vec<String>,
    _lock: Option<Lock>,
}

/// What was done of a change before it failed.
#[derive(Default)]
struct SoFar {
    /// What is removed.
    gone: Vec<String>,
    /// What is stored in a place that the configuration doesn't refer to.
    stored: Vec<String>,
}

/// A secret on its way in.
struct Replacement {
    slot: Slot,
    secret: Secret,
    store: Store,
    /// Where the one in force is, if abmctl keeps it.
    own: Option<Own>,
    /// It is this very secret.
    is_same: bool,
    /// What goes into the place of the one that was replaced.
    keep: Option<Secret>,
    /// Another secret of the configuration is in the same file.
    is_shared: bool,
}

impl<'a> Plan<'a> {
    /// Looks at what is there, and keeps other processes from changing it until the plan is dropped. Nothing is changed.
    ///
    /// Exit 8 if the profile isn't as it was, or two secrets would need the place of one; exit 6 if another process is at
    /// it; exit 2 if the configuration or a store can't be used.
    pub async fn new(change: Change<'a>, storage: Storage<'a>) -> Result<Self, Error> {
        let Storage {
            records, dry_run, ..
        } = storage;
        let folders = records.folders;
        let lock = if dry_run {
            None
        } else {
            Some(lock(folders, records.claimant()).await?)
        };
        let file = File::load(folders)?;
        if file.profiles.get(change.profile) != change.before {
            return Err(Error::new(
                Kind::Conflict,
                format!(
                    "Profile {} changed while this command was running. This command changed nothing.",
                    change.profile
                ),
            )
            .hint("Run the command again."));
        }
        config::rehearse(folders, &change.write)?;
        let mut plan = Self {
            replacements: Vec::new(),
            removals: Vec::new(),
            renamed: Vec::new(),
            losses: Vec::new(),
            change,
            storage,
            _lock: lock,
        };
        plan.look(&file).await?;
        Ok(plan)
    }

    /// Whether nothing will be changed.
    pub fn is_rehearsal(&self) -> bool {
        self.storage.dry_run
    }

    /// What becomes of the secrets that are removed.
    pub fn removals(&self) -> &[SecretRemoval] {
        &self.removals
    }

    async fn look(&mut self, file: &File) -> Result<(), Error> {
        for new in std::mem::take(&mut self.change.store) {
            let slot = Slot::of_profile(self.change.profile, new.field.clone());
            self.replace(slot, new, file).await?;
        }
        for field in &self.change.remove {
            let Some(location) = self.location(field) else {
                continue;
            };
            self.removals.push(SecretRemoval {
                own: self.storage.secrets.own(&location),
                shared_with: self.shared(&location.slot, file),
                location,
            });
        }
        for field in &self.change.renamed {
            let location = self.location(field);
            let own = location.and_then(|it| Some((self.storage.secrets.own(&it)?, it)));
            if let Some((own, location)) = own {
                self.renamed.push((location.slot, own));
            }
        }
        Ok(())
    }

    /// What it takes to put `new` into its place.
    async fn replace(&mut self, slot: Slot, new: NewSecret, file: &File) -> Result<(), Error> {
        let secrets = self.storage.secrets;
        let NewSecret { secret, store, .. } = new;
        let target = Own::current(store);
        let own = self
            .location(&slot.field)
            .and_then(|location| secrets.own(&location));
        let (own, in_force, replaced_before) = match own {
            Some(own) => match self.both(&slot, own).await {
                Ok((in_force, before)) => (Some(own), in_force, before),
                // One in a locked keyring stays there, where nothing is written over it.
                Err(_) if own.store != store => (None, None, None),
                Err(error) => return Err(error),
            },
            None => (None, None, None),
        };
        let is_same = in_force.as_ref().is_some_and(|it| same(it, &secret));
        let known = [Some(&secret), in_force.as_ref(), replaced_before.as_ref()];
        let stray = match own {
            // Where the previous one is in force, an earlier change was cut short, or somebody went back to it.
            Some(own) if own.store == store => None,
            _ => {
                let there = secrets.read_own(&slot, target).await?;
                let there = there.filter(|it| !known.iter().flatten().any(|other| same(it, other)));
                // Beside a copy of the one in force it is what an earlier change left that was cut short.
                let previous = secrets.read_own(&slot, Own::previous(store)).await?;
                let cut_short = previous.zip(in_force.as_ref());
                there.filter(|_| !cut_short.is_some_and(|(copy, it)| same(&copy, it)))
            }
        };
        let at = slot.reference(target)?;
        if stray.is_some() {
            self.losses.push(format!(
                "There is already another {slot} in {at}, and the configuration doesn't refer to it."
            ));
        }
        let shared = self.shared(&slot, file);
        if let (Some(other), Store::File) = (&shared, store) {
            self.losses.push(format!(
                "The {other} is in {at} too, so this would replace both."
            ));
        }
        let keep = match (in_force.filter(|_| !is_same), stray, own) {
            (Some(_), Some(_), _) => {
                return Err(Error::new(
                    Kind::Conflict,
                    format!(
                        "abmctl can't store the {slot} in {at}: another one is already there, and the configuration doesn't refer to it. Nothing was changed."
                    ),
                )
                .hint("Store it in a separate profile with `--profile NEW`, or move the other one away first."));
            }
            (Some(replaced), None, _) => Some(replaced),
            (None, Some(stray), _) => Some(stray),
            // It moves to another store, and what it replaced moves with it.
            (None, None, Some(own)) if own.store != store => replaced_before,
            (None, None, _) => None,
        };
        self.replacements.push(Replacement {
            slot,
            secret,
            store,
            own,
            is_same,
            keep,
            is_shared: shared.is_some(),
        });
        Ok(())
    }

    /// What is in force, and what it replaced.
    async fn both(&self, slot: &Slot, own: Own) -> Result<(Option<Secret>, Option<Secret>), Error> {
        let secrets = self.storage.secrets;
        let in_force = secrets.read_own(slot, own).await?;
        let before = secrets.read_own(slot, Own::previous(own.store)).await?;
        Ok((in_force, before))
    }

    fn location(&self, field: &Field) -> Option<SecretLocation> {
        Some(SecretLocation {
            reference: self.change.before?.reference(field)?.clone(),
            slot: Slot::of_profile(self.change.profile, field.clone()),
        })
    }

    /// Another secret that the configuration has in the file of this one.
    fn shared(&self, slot: &Slot, file: &File) -> Option<Slot> {
        let secrets = self.storage.secrets;
        let all = file.profiles.iter();
        all.flat_map(|(name, profile)| profile.secrets(name))
            .find(|other| other.slot != *slot && secrets.names_own_file(&other.reference, slot))
            .map(|other| other.slot)
    }

    /// Makes the change, unless this is a rehearsal. An error leaves the profile with the secrets that were to be replaced, and
    /// says which of those that were to be removed are gone.
    pub async fn apply(self) -> Result<Done, Error> {
        if self.is_rehearsal() {
            return Ok(Done::default());
        }
        let records = self.storage.records;
        let started = records.begin_local(self.change.profile, &self.change.record);
        let mut so_far = SoFar::default();
        let done = self.steps(&mut so_far).await;
        edit::end(started, done.as_ref().err());
        let goes_on = self.replacements.iter().any(|it| it.own.is_some());
        let goes_on = goes_on.then(|| "The old secret is still stored and in use.".to_owned());
        let SoFar { gone, stored } = so_far;
        let gone = if gone.is_empty() {
            self.change.by_hand
        } else {
            Some(format!(
                "Already removed: {}. Run the command again to remove the rest.",
                gone.join(", ")
            ))
        };
        let stored = (!stored.is_empty()).then(|| {
            format!(
                "Already stored, but the configuration doesn't refer to it: {}.",
                stored.join(", ")
            )
        });
        let hints = goes_on.into_iter().chain(gone).chain(stored);
        done.map_err(|error| hints.fold(error, Error::hint))
    }

    async fn steps(&self, so_far: &mut SoFar) -> Result<Done, Error> {
        let Storage {
            records, secrets, ..
        } = self.storage;
        let (folders, claimant) = (records.folders, records.claimant());
        // 1. What is replaced gets a second place.
        for Replacement {
            slot,
            store,
            own,
            keep,
            ..
        } in &self.replacements
        {
            if let (Some(keep), true) = (keep, *own != Some(Own::previous(*store))) {
                secrets.write_own(slot, Own::previous(*store), keep).await?;
            }
        }
        // 2. The profile uses that one while the first place is written to.
        let moved: Vec<&Replacement> = self.replacements.iter().filter(|it| it.moves()).collect();
        if !moved.is_empty() {
            config::edit(folders, claimant, |edit| {
                for Replacement { slot, store, .. } in &moved {
                    let previous = slot.reference(Own::previous(*store))?;
                    edit.set_reference(self.change.profile, &slot.field, &previous);
                }
                Ok(())
            })
            .await?;
        }
        // 3. The new ones.
        for it in &self.replacements {
            let current = Own::current(it.store);
            if !(it.is_same && it.own == Some(current)) {
                secrets.write_own(&it.slot, current, &it.secret).await?;
                if it.own.is_none_or(|own| own.store != it.store) {
                    let at = it.slot.reference(current)?;
                    so_far.stored.push(format!("the {} in {at}", it.slot));
                }
            }
        }
        // Those first that go: a profile that refers to nothing says what to do, a secret that nothing refers to stays
        // for good.
        for removal in self.removals.iter().filter(|it| it.removes()) {
            self.empty(&removal.location.slot, removal.own, &mut so_far.gone)
                .await?;
        }
        // 4. From here on the new ones are in force.
        config::edit(folders, claimant, &self.change.write).await?;
        // 5. What is left over.
        Ok(self.tidy().await)
    }

    async fn tidy(&self) -> Done {
        let mut done = Done::default();
        for it in &self.replacements {
            let slot = it.slot.clone();
            let before = self.location(&slot.field);
            let elsewhere = it.own.filter(|own| own.store != it.store && !it.is_shared);
            if let Err(error) = self.empty(&slot, elsewhere, &mut Vec::new()).await {
                done.warnings.push(error.message);
            }
            match before.filter(|_| it.own.is_none()) {
                Some(own) if self.storage.secrets.own(&own).is_some() => {
                    done.warnings.push(format!(
                        "The previous {slot} stays in {}, because abmctl can't read it now.",
                        own.reference
                    ));
                }
                other => done.others.extend(other),
            }
            let previous = slot.reference(Own::previous(it.store));
            if let (true, Ok(reference)) = (it.keep.is_some() && !it.is_same, previous) {
                done.kept.push(SecretLocation { reference, slot });
            }
        }
        for (slot, own) in &self.renamed {
            if let Err(error) = self.empty(slot, Some(*own), &mut Vec::new()).await {
                done.warnings.push(error.message);
            }
        }
        done
    }

    /// Empties both places that a store has for a secret, and notes what is gone.
    async fn empty(
        &self,
        slot: &Slot,
        own: Option<Own>,
        gone: &mut Vec<String>,
    ) -> Result<(), Error> {
        let Some(Own { store, .. }) = own else {
            return Ok(());
        };
        for generation in [Generation::Previous, Generation::Current] {
            let place = Own { store, generation };
            if self.storage.secrets.delete_own(slot, place).await? {
                gone.push(match generation {
                    Generation::Previous => format!("the previous {slot}"),
                    Generation::Current => format!("the {slot}"),
                });
            }
        }
        Ok(())
    }
}

impl Replacement {
    /// Whether the one in force is where the new one goes.
    fn moves(&self) -> bool {
        self.own == Some(Own::current(self.store)) && self.keep.is_some()
    }
}

fn same(one: &Secret, other: &Secret) -> bool {
    one.expose() == other.expose()
}

/// Keeps other processes from changing profiles.
async fn lock(folders: &Folders, claimant: Claimant<'_>) -> Result<Lock, Error> {
    let path = folders.config.join("profiles.lock");
    let locked = private_files::lock(&path, claimant, PATIENCE).await;
    let advice = "The lock must be a regular file in a folder that you can write to. To use another folder, set ABMCTL_CONFIG_DIR.";
    private_file::taken(
        locked,
        &path,
        "Another abmctl is changing profiles",
        "Nothing was changed.",
        advice,
    )
}

#[cfg(test)]
mod tests;
