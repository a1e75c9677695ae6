//! Removing the credentials of an API account from a profile; the rest of the profile stays.

use super::Organization;
use super::access_tokens::CredentialsChange;
use super::login::refuse_environment;
use super::profile::{Change, Plan};
use super::record::{Record, Recorded};
use crate::config::{File, OrganizationKind, Profile, Settings};
use crate::error::Error;
use crate::secret::{Field, Secrets};

/// The profile whose credentials are to be removed.
pub struct Logout {
    pub organization: Organization,
    /// Its name, as it is spelled.
    pub profile: String,
    /// What stands in it.
    pub stored: Profile,
}

impl Logout {
    /// Looks at the profile in force; `None` where there is no profile at all. Exit 2 while the environment has credentials, and
    /// where it is not clear which profile is meant.
    pub fn new(organization: Organization) -> Result<Option<Self>, Error> {
        let settings = organization.settings();
        refuse_environment(settings, "log out")?;
        let file = File::load(&settings.folders)?;
        let Some(name) = profile(settings, &file)? else {
            return Ok(None);
        };
        let (name, stored) = file.profile(&name)?;
        Ok(Some(Self {
            profile: name.to_owned(),
            stored: stored.clone(),
            organization,
        }))
    }

    /// The kind of organization, where its credentials tell it.
    pub fn kind(&self) -> Option<OrganizationKind> {
        let credentials = self.organization.settings().credentials.as_ref();
        credentials.map(|credentials| credentials.kind)
    }

    /// Whether there are credentials.
    pub fn differs(&self) -> bool {
        let Profile {
            client_id,
            key_id,
            private_key,
            ..
        } = &self.stored;
        client_id.is_some() || key_id.is_some() || private_key.is_some()
    }

    /// What would be lost, as a sentence.
    pub fn loss(&self) -> String {
        format!(
            "Removing the credentials of profile {} can't be undone: Apple shows a private key once.",
            self.profile
        )
    }

    /// What the journal says of it.
    fn record(&self) -> Record {
        let stored = &self.stored;
        let reference = stored.private_key.as_ref().map(ToString::to_string);
        let settings = [
            ("client_id", stored.client_id.clone()),
            ("key_id", stored.key_id.clone()),
            ("private_key", reference),
        ];
        let there = settings.into_iter().filter(|(_, from)| from.is_some());
        Record::of(there.map(|(what, from)| Recorded::new(what, from, None)))
    }

    /// The change that removes them. The errors of [`Plan::new`].
    pub async fn plan<'a>(
        &'a self,
        dry_run: bool,
        secrets: &'a Secrets,
    ) -> Result<Plan<'a>, Error> {
        let folders = &self.organization.settings().folders;
        let change = Change {
            remove: vec![Field::PrivateKey],
            by_hand: Some(format!(
                "To leave the key where it is, delete client_id, key_id and private_key of profile {} from {} by hand.",
                self.profile,
                folders.config_file().display()
            )),
            ..Change::of(&self.profile, Some(&self.stored), self.record(), |edit| {
                edit.remove_credentials(&self.profile);
                Ok(())
            })
        };
        self.organization
            .plan_change(change, secrets, dry_run)
            .await
    }

    /// Removes them by this plan, with their access token.
    pub async fn apply(&self, plan: Plan<'_>) -> Result<CredentialsChange, Error> {
        let client_id = self.stored.client_id.as_ref();
        self.organization.change_credentials(plan, client_id).await
    }
}

/// The profile in force; `None` where there is no profile at all, exit 2 where it is not clear which.
fn profile(settings: &Settings, file: &File) -> Result<Option<String>, Error> {
    if let Some(profile) = &settings.profile {
        return Ok(Some(profile.value.clone()));
    }
    if file.profiles.is_empty() {
        return Ok(None);
    }
    Err(Error::usage(format!(
        "No profile given, and none of the profiles {} is the default.",
        settings.profiles.join(", ")
    ))
    .hint("Add `--profile NAME`."))
}
