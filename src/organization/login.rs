//! The credentials of an API account: tried first, and stored only if Apple accepts them.

use super::Organization;
use super::access_tokens::{CredentialsChange, token_cache};
use super::permissions::{self, Permission};
use super::profile::{Change, NewSecret, Plan};
use super::record::{Record, Recorded};
use crate::apple::oauth::cache::AccessToken;
use crate::apple::oauth::key::SigningKey;
use crate::config::{CredentialRefs, File, OrganizationKind, Profile, Settings, Source, Sourced};
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::secret::{Field, Secret, SecretLocation, SecretReference, Secrets, Slot, Store};

/// The profile that credentials are to be stored in.
pub struct Login {
    /// Its organization, by the settings that there are before.
    pub organization: Organization,
    /// Its name.
    pub profile: String,
    file: File,
}

/// An API account, and where its private key is to be kept.
pub struct Account {
    pub client_id: Sourced<String>,
    /// The kind of organization, which the client id tells.
    pub kind: OrganizationKind,
    /// The id of its key, where the portal shows one.
    pub key_id: Option<String>,
    /// The private key.
    pub secret: Secret,
    /// Where to keep it.
    pub store: Store,
}

impl Login {
    /// Looks at the profile that is written; exit 2 while the environment has credentials.
    pub fn new(organization: Organization) -> Result<Self, Error> {
        let settings = organization.settings();
        refuse_environment(settings, "log in")?;
        Ok(Self {
            file: File::load(&settings.folders)?,
            profile: settings.profile_to_store().to_owned(),
            organization,
        })
    }

    /// What stands in the profile; `None` if it is new.
    pub fn before(&self) -> Option<&Profile> {
        self.file.profiles.get(&self.profile)
    }

    /// What storing the account of this client id would lose, as a sentence: another account's key must be meant to go.
    pub fn loss(&self, client_id: &str) -> Option<String> {
        let before = self.before()?;
        let kept = before.client_id.as_deref();
        if before.private_key.is_none() || kept == Some(client_id) {
            return None;
        }
        Some(format!(
            "Profile {} has the private key of {}; the private key of {client_id} would replace it.",
            self.profile,
            kept.unwrap_or("an unknown API account")
        ))
    }

    /// Takes the account that is to be stored; exit 2 if the profile's name does not do.
    pub fn with(self, account: Account) -> Result<NewAccount, Error> {
        let Self {
            organization,
            profile,
            file,
        } = self;
        let reference = NewSecret::reference(&profile, &Field::PrivateKey, account.store)?;
        let mut settings = organization.settings;
        settings.services = settings.services.for_kind(account.kind)?;
        Ok(NewAccount {
            organization: Organization::new(settings, organization.surroundings),
            profile,
            file,
            account,
            reference,
        })
    }
}

/// An API account on its way into a profile.
pub struct NewAccount {
    organization: Organization,
    /// The name of the profile.
    pub profile: String,
    file: File,
    pub account: Account,
    /// Where its private key will be.
    pub reference: SecretReference,
}

/// What Apple gave to an account that it accepts.
pub struct Accepted {
    token: AccessToken,
    /// What the account may do.
    pub permissions: Vec<Permission>,
}

impl NewAccount {
    /// What stands in the profile before; `None` if it is new.
    pub fn before(&self) -> Option<&Profile> {
        self.file.profiles.get(&self.profile)
    }

    /// Whether the profile is the default one, or becomes it as the first one.
    pub fn is_default(&self) -> bool {
        match &self.file.default_profile {
            Some(default) => *default == self.profile,
            None => self.file.profiles.keys().all(|name| *name == self.profile),
        }
    }

    /// The credentials as they will be in force.
    fn credentials(&self) -> CredentialRefs {
        let location = SecretLocation {
            reference: self.reference.clone(),
            slot: Slot::of_profile(&self.profile, Field::PrivateKey),
        };
        let key_id = self.account.key_id.clone();
        CredentialRefs {
            client_id: self.account.client_id.clone(),
            key_id: key_id.map(|id| Sourced::new(id, Source::Flag("--key-id"))),
            private_key: Sourced::new(location, Source::Flag("--private-key-file")),
            kind: self.account.kind,
        }
    }

    /// What the journal says of it. The key is another one even if its place is the same.
    fn record(&self) -> Record {
        let before = self.before();
        let account = &self.account;
        let kept = |value: fn(&Profile) -> Option<String>| before.and_then(value);
        let settings = [
            (
                "client_id",
                kept(|it| it.client_id.clone()),
                Some(account.client_id.value.clone()),
            ),
            (
                "key_id",
                kept(|it| it.key_id.clone()),
                account.key_id.clone(),
            ),
        ];
        let settings = settings.into_iter().filter(|(_, from, to)| from != to);
        let settings = settings.map(|(what, from, to)| Recorded::new(what, from, to));
        let from = kept(|it| Some(it.private_key.as_ref()?.to_string()));
        let key = Recorded::new("private_key", from, Some(self.reference.to_string()));
        Record::of(settings.chain([key]))
    }

    /// The change that stores it; what can't be written is known before Apple is asked. The errors of [`Plan::new`].
    pub async fn plan<'a>(
        &'a self,
        dry_run: bool,
        secrets: &'a Secrets,
    ) -> Result<Plan<'a>, Error> {
        let Account {
            client_id,
            key_id,
            secret,
            store,
            ..
        } = &self.account;
        let change = Change {
            store: vec![NewSecret {
                field: Field::PrivateKey,
                secret: secret.clone(),
                store: *store,
            }],
            ..Change::of(&self.profile, self.before(), self.record(), |edit| {
                let (client_id, key_id) = (&client_id.value, key_id.as_deref());
                edit.set_credentials(&self.profile, client_id, key_id, &self.reference)
            })
        };
        self.organization
            .plan_change(change, secrets, dry_run)
            .await
    }

    /// Gets a fresh access token, signed with `key`, and looks at what it allows; exit 3 where Apple refuses.
    pub async fn attempt(&self, key: SigningKey) -> Result<Accepted, Error> {
        let organization = &self.organization;
        let http = organization.brief_http();
        let manager = organization.new_manager(&self.credentials(), key, &http, false)?;
        let refused = |failure| Error::from(failure).hint("Nothing was stored.");
        organization.progress("Trying the credentials");
        let token = manager.api().tokens().token().await.map_err(refused)?;
        organization.progress("Checking the permissions");
        let now = organization.clock().now();
        let permissions = permissions::probe(&manager, self.account.kind, now)
            .await
            .map_err(refused)?;
        organization.progress("");
        match permissions::problem(&permissions) {
            // A token alone proves little: what answers may be anything but Apple's API.
            Some(problem) if permissions::nothing_told(&permissions) => {
                Err(problem.hint("Nothing was stored."))
            }
            _ => Ok(Accepted { token, permissions }),
        }
    }

    /// Stores the account by this plan, and its access token for the next command.
    pub async fn store(
        &self,
        plan: Plan<'_>,
        accepted: &Accepted,
    ) -> Result<CredentialsChange, Error> {
        let dry_run = plan.is_rehearsal();
        let before = self.before().and_then(|before| before.client_id.as_ref());
        let change = self.organization.change_credentials(plan, before).await?;
        if !dry_run {
            // The next command needs a token, and this one is fresh. Without it that command asks for one.
            let settings = self.organization.settings();
            let _ = token_cache(settings, &self.credentials()).write(&accepted.token);
        }
        Ok(change)
    }
}

/// Refuses to `act` on stored credentials while the environment has its own, which would go on being used; exit 2.
pub(super) fn refuse_environment(settings: &Settings, act: &str) -> Result<(), Error> {
    let credentials = settings.credentials.as_ref();
    match credentials.map(|credentials| &credentials.client_id.source) {
        Some(Source::Environment(variable)) => Err(Error::usage(format!(
            "{variable} is set, so credentials come from the environment, not from a profile."
        ))
        .hint(hint![
            format!("Unset {variable} and the other credential variables to {act}. See which credentials abmctl uses with "),
            Command::storing("auth status"),
            "."
        ])),
        _ => Ok(()),
    }
}
