//! The profile that the Roster API is authorized for, and what stands in it before.

use super::refuse_business;
use crate::config::{File, OrganizationKind, Profile, Roster, Settings, Source};
use crate::core::printed::{Command, Hint, hint};
use crate::error::Error;
use crate::organization::Organization;
use crate::secret::{Field, Slot};

/// The profile, with its organization by the settings that there are before.
pub struct RosterProfile {
    pub organization: Organization,
    pub name: String,
    file: File,
    /// There is no terminal, so that an authorization takes two runs.
    in_two_runs: bool,
}

impl RosterProfile {
    /// Looks at the profile that is written; exit 2 while the environment says what is used.
    pub fn new(organization: Organization, in_two_runs: bool) -> Result<Self, Error> {
        let settings = organization.settings();
        refuse_environment(settings)?;
        Ok(Self {
            file: File::load(&settings.folders)?,
            name: settings.profile_to_store().to_owned(),
            organization,
            in_two_runs,
        })
    }

    /// Exit 5 where its organization has no Roster API.
    pub fn refuse_business(&self) -> Result<(), Error> {
        refuse_business(self.organization.settings())
    }

    /// Exit 4 where a profile was named that does not exist.
    pub(super) fn must_exist(&self) -> Result<(), Error> {
        if self.organization.settings().profile.is_some() {
            self.file.profile(&self.name)?;
        }
        Ok(())
    }

    /// What stands in it; `None` if it is new.
    pub(super) fn stored(&self) -> Option<&Profile> {
        self.file.profiles.get(&self.name)
    }

    /// The access to the Roster API that is there.
    pub fn before(&self) -> Option<&Roster> {
        self.stored()?.roster.as_ref()
    }

    /// The kind of organization, where the credentials of an API account tell it.
    pub fn kind(&self) -> Option<OrganizationKind> {
        let credentials = self.organization.settings().credentials.as_ref();
        credentials.map(|credentials| credentials.kind)
    }

    /// The slot of one of its secrets.
    pub(super) fn slot(&self, field: Field) -> Slot {
        Slot::of_profile(&self.name, field)
    }

    /// How to begin again, as the end of a sentence: where there is no terminal, in two runs.
    pub fn again(&self) -> Hint {
        let command = self.command();
        let command = if self.in_two_runs {
            command.word("--print-url")
        } else {
            command
        };
        // What the profile does not know has to be said again.
        let options = if self.before().is_none() {
            " and the same options for the app."
        } else {
            "."
        };
        hint!["start again with ", command, options]
    }

    /// `auth roster` for this profile.
    pub fn command(&self) -> Command {
        Command::storing("auth roster").of_profile(&self.name)
    }
}

/// An access to the Roster API, as the journal names it.
pub(super) fn words(roster: &Roster) -> String {
    let organization = roster.organization.as_deref();
    let of = organization.map_or_else(String::new, |name| format!(" for {name}"));
    format!("app {}{of}", roster.client_id)
}

/// Exit 2 while the environment says what is used, which would go on being used whatever is stored.
fn refuse_environment(settings: &Settings) -> Result<(), Error> {
    let roster = settings.roster.as_ref().map(|refs| &refs.client_id.source);
    let account = settings.credentials.as_ref();
    let account = account.map(|credentials| &credentials.client_id.source);
    let (variable, what) = match (roster, account) {
        (Some(Source::Environment(variable)), _) => (variable, "the Roster API's access comes"),
        // Without a profile in force, nobody would read what is stored.
        (_, Some(Source::Environment(variable))) if settings.profile.is_none() => {
            (variable, "credentials come")
        }
        _ => return Ok(()),
    };
    Err(Error::usage(format!(
        "{variable} is set, so {what} from the environment, not from a profile."
    ))
    .hint(hint![
        format!("Unset {variable} and the other credential variables to authorize the Roster API for a profile. See which credentials abmctl uses with "),
        Command::storing("auth status"),
        "."
    ]))
}
