//! What a change is asked to be, and what came of it.

use crate::config::{Edit, Profile};
use crate::error::Error;
use crate::organization::record::{Record, Records};
use crate::secret::{Field, Own, Secret, SecretLocation, SecretReference, Secrets, Slot, Store};

/// What becomes of the configuration.
pub(super) type Write<'a> = Box<dyn Fn(&mut Edit) -> Result<(), Error> + 'a>;

pub struct Change<'a> {
    /// The profile, which may be new.
    pub profile: &'a str,
    /// What stood in it when the change was thought of.
    pub before: Option<&'a Profile>,
    /// The secrets that are stored.
    pub store: Vec<NewSecret>,
    /// The secrets that are removed, with what they replaced.
    pub remove: Vec<Field>,
    /// The secrets that `store` has under another name, so that their own place is emptied.
    pub renamed: Vec<Field>,
    /// What can be done by hand in place of a removal that failed, as a sentence; said only where nothing is gone.
    pub by_hand: Option<String>,
    /// What the journal says of it.
    pub record: Record,
    /// What becomes of the configuration; it refers to `store` by [`NewSecret::reference`]. Called more than once.
    pub write: Write<'a>,
}

impl<'a> Change<'a> {
    /// A change of the configuration alone.
    pub fn of(
        profile: &'a str,
        before: Option<&'a Profile>,
        record: Record,
        write: impl Fn(&mut Edit) -> Result<(), Error> + 'a,
    ) -> Self {
        Self {
            profile,
            before,
            store: Vec::new(),
            remove: Vec::new(),
            renamed: Vec::new(),
            by_hand: None,
            record,
            write: Box::new(write),
        }
    }
}

/// A secret that is stored.
pub struct NewSecret {
    /// Which one.
    pub field: Field,
    pub secret: Secret,
    /// Where.
    pub store: Store,
}

impl NewSecret {
    /// The reference to a secret of `profile` in `store`; exit 2 if a name does not do.
    pub fn reference(profile: &str, field: &Field, store: Store) -> Result<SecretReference, Error> {
        Slot::of_profile(profile, field.clone()).reference(Own::current(store))
    }
}

/// Where a change is made.
#[derive(Clone, Copy)]
pub struct Storage<'a> {
    /// The journal, the folders, and who asks for the locks.
    pub records: Records<'a>,
    /// Where secrets are kept.
    pub secrets: &'a Secrets,
    /// Nothing will be changed.
    pub dry_run: bool,
}

/// What becomes of a secret that is removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRemoval {
    /// Which, and where it is.
    pub location: SecretLocation,
    /// The place of abmctl's own that is emptied; `None` if the secret belongs to somebody else, and stays.
    pub own: Option<Own>,
    /// Another secret of the configuration for which the same file is used, so that it stays.
    pub shared_with: Option<Slot>,
}

impl SecretRemoval {
    /// Whether the secret goes.
    pub fn removes(&self) -> bool {
        self.own.is_some() && self.shared_with.is_none()
    }
}

/// What came of a change.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// What was replaced and is kept.
    pub kept: Vec<SecretLocation>,
    /// What was replaced and isn't abmctl's, so that it stays where it is.
    pub others: Vec<SecretLocation>,
    /// What could not be tidied up, each a sentence.
    pub warnings: Vec<String>,
}
