//! The profiles of the configuration, each of which may be broken: no settings are in force here, so that what is wrong with one
//! profile is no reason not to list or remove others.

use jiff::Timestamp;

use super::Surroundings;
use super::access_tokens::drop_access_tokens;
use super::profile::{self, Change, Done, Plan, only_from, still};
use super::record::{Record, Recorded, Records};
use super::server_tokens::key_pairs::remove_certificate;
use crate::config::{Edit, File, Folders, Profile};
use crate::core::printed::{Command, Reach};
use crate::error::Error;
use crate::secret::{Field, Secrets};
use crate::state::pending;

/// All profiles.
pub struct Profiles {
    file: File,
    folders: Folders,
    surroundings: Surroundings,
}

/// Which profile is the default one, before and from now on.
pub struct DefaultProfileChange<'a> {
    /// Before.
    pub from: Option<&'a str>,
    /// From now on.
    pub to: &'a str,
}

impl DefaultProfileChange<'_> {
    /// Whether it is another one.
    pub fn differs(&self) -> bool {
        self.from != Some(self.to)
    }
}

impl Profiles {
    /// Reads the configuration, and warns of names that are too much alike; exit 2 where it can't be used.
    pub fn read(surroundings: Surroundings) -> Result<Self, Error> {
        let folders = Folders::from_environment(&surroundings.outside.environment)?;
        let file = File::load(&folders)?;
        for warning in file.warnings() {
            surroundings.notices.warn(&warning.into());
        }
        Ok(Self {
            file,
            folders,
            surroundings,
        })
    }

    /// Each with its name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Profile)> {
        let profiles = self.file.profiles.iter();
        profiles.map(|(name, profile)| (name.as_str(), profile))
    }

    /// The one that is used where none is named.
    pub fn in_force(&self) -> Option<&str> {
        let mut names = self.file.profiles.keys();
        match (&self.file.default_profile, names.next(), names.next()) {
            (Some(default), ..) => Some(default),
            (None, Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// Makes a profile the default one, in a rehearsal only in words; `only` is the one that has to be it before, or `none`. Exit 4
    /// where there is none of this name, exit 8 if another one is the default, and the errors of [`profile::edit`].
    pub async fn set_default(
        &self,
        name: &str,
        only: Option<&str>,
        dry_run: bool,
    ) -> Result<DefaultProfileChange<'_>, Error> {
        let (name, _) = self.file.profile(name)?;
        let now = self.file.default_profile.as_deref();
        only_from(only, now, DEFAULT, |one, other| {
            one.eq_ignore_ascii_case(other)
        })?;
        let change = DefaultProfileChange {
            from: self.file.default_profile.as_deref(),
            to: name,
        };
        if change.differs() {
            let write = |edit: &mut Edit| {
                let now = edit.file()?.default_profile;
                still(now.as_deref() == change.from, DEFAULT)?;
                edit.set_default_profile(name)
            };
            let back = change.from.map(|from| {
                let command = Command::plain("profiles use")
                    .arg(from)
                    .option("--from", name);
                command.written(&Reach::default())
            });
            let from = change.from.map(str::to_owned);
            let default = Recorded::new("default profile", from, Some(name.to_owned()));
            let record = Record::of([default]).put_back(back);
            profile::edit(self.records(), name, &record, dry_run, write).await?;
        }
        Ok(change)
    }

    /// The removal of a profile; exit 4 where there is none of this name.
    pub fn removal(&self, name: &str) -> Result<ProfileRemoval<'_>, Error> {
        let (name, profile) = self.file.profile(name)?;
        Ok(ProfileRemoval {
            profiles: self,
            name,
            profile,
        })
    }

    /// Where their secrets are kept.
    pub fn secrets(&self) -> Secrets {
        self.surroundings
            .secrets(&self.folders, &self.file.secret_variables())
    }

    fn storage<'a>(&'a self, secrets: &'a Secrets, dry_run: bool) -> profile::Storage<'a> {
        profile::Storage {
            records: self.records(),
            secrets,
            dry_run,
        }
    }

    fn records(&self) -> Records<'_> {
        Records::new(&self.surroundings, &self.folders)
    }
}

/// A profile that is to be removed.
pub struct ProfileRemoval<'a> {
    profiles: &'a Profiles,
    /// Its name, as it is spelled.
    pub name: &'a str,
    /// What stands in it.
    pub profile: &'a Profile,
}

/// What went with a profile, or would go.
pub struct Removed {
    /// What came of the change.
    pub done: Done,
    /// The ends of the access tokens that were kept for its API account and its app.
    pub access_tokens: Vec<Timestamp>,
}

impl ProfileRemoval<'_> {
    /// What would be lost, as a sentence.
    pub fn loss(&self) -> String {
        format!(
            "Removing profile {} with {} can't be undone.",
            self.name,
            contents(self.profile)
        )
    }

    /// Whether it is the default profile.
    pub fn is_default(&self) -> bool {
        self.profiles.file.default_profile.as_deref() == Some(self.name)
    }

    /// Whether there are other profiles.
    pub fn leaves_others(&self) -> bool {
        self.profiles.file.profiles.len() > 1
    }

    /// What the journal says of it.
    fn record(&self) -> Record {
        let from = match contents(self.profile) {
            nothing if nothing == NOTHING => "empty".to_owned(),
            contents => contents,
        };
        let what = format!("profile {}", self.name);
        Record::of([Recorded::new(what, Some(from), None)])
    }

    /// The change that removes it; `secrets` are those of its profiles.
    pub async fn plan<'a>(
        &'a self,
        dry_run: bool,
        secrets: &'a Secrets,
    ) -> Result<Plan<'a>, Error> {
        let Self {
            profiles,
            name,
            profile,
        } = *self;
        let change = Change {
            remove: fields(name, profile),
            by_hand: Some(format!(
                "To leave the secrets where they are, delete profile {name} from {} by hand.",
                profiles.folders.config_file().display()
            )),
            ..Change::of(name, Some(profile), self.record(), |edit| {
                edit.remove_profile(name)
            })
        };
        Plan::new(change, profiles.storage(secrets, dry_run)).await
    }

    /// Removes it by this plan, with its certificates and access tokens, and an authorization that waits to be resumed.
    pub async fn apply(&self, plan: Plan<'_>) -> Result<Removed, Error> {
        let dry_run = plan.is_rehearsal();
        let mut done = plan.apply().await?;
        let Self { name, profile, .. } = *self;
        let folders = &self.profiles.folders;
        if !dry_run {
            // Without the profile nothing can be resumed.
            let _ = pending::PendingStore::new(&folders.state).forget(name);
            for (pair, kept) in &profile.key_pairs {
                done.warnings
                    .extend(remove_certificate(name, pair, kept, folders));
            }
        }
        let app = profile.roster.as_ref().map(|roster| &roster.client_id);
        let clients = profile.client_id.iter().chain(app);
        let access_tokens = clients.filter_map(|id| drop_access_tokens(folders, id, dry_run));
        Ok(Removed {
            access_tokens: access_tokens.collect(),
            done,
        })
    }
}

/// Every secret of a profile; those in the keyring first, which may be locked: that shows before anything is removed.
fn fields(name: &str, profile: &Profile) -> Vec<Field> {
    let mut secrets = profile.secrets(name);
    secrets.sort_by_key(|location| !location.reference.is_keyring());
    let fields = secrets.into_iter();
    fields.map(|location| location.slot.field).collect()
}

/// What an empty profile holds.
const NOTHING: &str = "nothing";
const DEFAULT: &str = "The default profile";

/// What a profile holds, in words.
fn contents(profile: &Profile) -> String {
    let mut parts = Vec::new();
    if let Some(client_id) = &profile.client_id {
        parts.push(format!("the API account {client_id}"));
    }
    if profile.roster.is_some() {
        parts.push("the access to the Roster API".to_owned());
    }
    for (count, one, several) in [
        (profile.tokens.len(), "server token", "server tokens"),
        (profile.key_pairs.len(), "key pair", "key pairs"),
        (profile.aliases.len(), "alias", "aliases"),
    ] {
        match count {
            0 => {}
            1 => parts.push(format!("1 {one}")),
            count => parts.push(format!("{count} {several}")),
        }
    }
    match parts.split_last() {
        None => NOTHING.to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}
