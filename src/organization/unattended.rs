//! The proof that abmctl works where nobody is logged in: no terminal, no unlocked keyring.

use super::Organization;
use super::roster::organization::refused;
use crate::config::{CredentialRefs, RosterRefs, Sourced};
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::secret::{SecretLocation, SecretReference};
use crate::text::{prose_date, prose_time};

/// What was tried, up to the first thing that does not work.
pub struct Proof {
    pub works: Vec<Works>,
    /// Variables that this process has and a job needs as well.
    pub variables: Vec<String>,
    /// What does not work, and what to change.
    pub problem: Option<Error>,
}

/// Something that works unattended.
pub struct Works {
    /// What it is, as the beginning of a sentence.
    pub what: String,
    /// How that is known, as its end.
    pub says: String,
}

impl Organization {
    /// Tries everything that is configured, without asking anybody: never longer than the limits of keyring, programs and
    /// requests.
    pub async fn prove_unattended(&self) -> Proof {
        let mut works = Vec::new();
        let problem = self.try_all(&mut works).await.err();
        Proof {
            works,
            variables: self.variables(),
            problem,
        }
    }

    async fn try_all(&self, checks: &mut Vec<Works>) -> Result<(), Error> {
        let settings = self.settings();
        if let Some(credentials) = &settings.credentials {
            self.try_credentials(credentials, checks).await?;
        }
        for token in &settings.tokens {
            let location = &token.token.value;
            without_keyring(location)?;
            let read = self.server_token(token).await?;
            if let Some(end) = read.expires_at()
                && end <= self.clock().now()
            {
                return Err(Error::new(
                    Kind::NotAuthenticated,
                    format!(
                        "The server token {} expired on {}.",
                        token.name,
                        prose_date(end)
                    ),
                )
                .hint(hint![
                    "Download a new one in the portal, give it to the MDM, and store it with ",
                    Command::storing("tokens import FILE"),
                    "."
                ]));
            }
            checks.push(Works {
                what: format!("Server token {}", token.name),
                says: how(&location.reference),
            });
        }
        if let Some(refs) = &settings.roster {
            self.try_roster(refs, checks).await?;
        }
        Ok(())
    }

    /// The authorization of the Roster API, with a fresh access token.
    async fn try_roster(&self, refs: &RosterRefs, checks: &mut Vec<Works>) -> Result<(), Error> {
        without_keyring(&refs.private_key.value)?;
        if let Some(refresh_token) = &refs.refresh_token {
            without_keyring(&refresh_token.value)?;
        }
        let authorized = self.authorized(refs).await?;
        for location in [Some(&refs.private_key), refs.refresh_token.as_ref()] {
            let Some(Sourced { value, .. }) = location else {
                continue;
            };
            let mut what = value.slot.field.to_string();
            if let Some(first) = what.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            checks.push(Works {
                what,
                says: how(&value.reference),
            });
        }
        let http = self.brief_http();
        let roster = self.new_roster(authorized, &http, None, None)?;
        let token = roster.api().tokens().token().await;
        let token = token.map_err(|failure| refused(failure, self.settings()))?;
        checks.push(Works {
            what: "Access token of the Roster API".to_owned(),
            says: format!(
                "Apple issued a new one, valid until {}",
                prose_time(token.expires_at)
            ),
        });
        Ok(())
    }

    async fn try_credentials(
        &self,
        credentials: &CredentialRefs,
        checks: &mut Vec<Works>,
    ) -> Result<(), Error> {
        let location = &credentials.private_key.value;
        without_keyring(location)?;
        let key = self.account_key(credentials).await?;
        checks.push(Works {
            what: "Private key".to_owned(),
            says: how(&location.reference),
        });
        // Not from the cache: a kept token would hide that the key is refused.
        let http = self.brief_http();
        let manager = self.new_manager(credentials, key, &http, false)?;
        let token = manager.api().tokens().token().await?;
        checks.push(Works {
            what: "Access token".to_owned(),
            says: format!(
                "Apple issued a new one, valid until {}",
                prose_time(token.expires_at)
            ),
        });
        Ok(())
    }

    /// The variables that decide what is used and that a job's own environment lacks.
    fn variables(&self) -> Vec<String> {
        const OTHERS: [&str; 10] = [
            "XDG_CONFIG_HOME",
            "XDG_STATE_HOME",
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
            "all_proxy",
            "NO_PROXY",
            "no_proxy",
            "SSL_CERT_FILE",
            "CREDENTIALS_DIRECTORY",
        ];
        let settings = self.settings();
        let secrets = settings
            .credentials
            .iter()
            .map(|credentials| &credentials.private_key.value)
            .chain(settings.tokens.iter().map(|token| &token.token.value))
            .chain(settings.roster.iter().flat_map(|refs| {
                let refresh_token = refs.refresh_token.as_ref();
                [Some(&refs.private_key), refresh_token]
                    .into_iter()
                    .flatten()
                    .map(|location| &location.value)
            }));
        let named: Vec<&str> = secrets
            .filter_map(|location| match &location.reference {
                SecretReference::Environment(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let environment = &self.surroundings.outside.environment;
        environment
            .iter()
            .map(|(name, _)| name)
            .filter(|name| {
                name.starts_with("ABMCTL_") && *name != "ABMCTL_OUTPUT"
                    || OTHERS.contains(name)
                    || named.contains(name)
            })
            .map(str::to_owned)
            .collect()
    }
}

/// Exit 2 where a secret is in the keyring: that it is unlocked now proves nothing for a job at night.
fn without_keyring(location: &SecretLocation) -> Result<(), Error> {
    if !location.reference.is_keyring() {
        return Ok(());
    }
    Err(Error::usage(format!(
        "The {} is in the keyring, which is locked when nobody is logged in.",
        location.slot
    ))
    .hint(hint![
        "Store it in a file that only you can read: ",
        location.slot.in_a_file(),
        "."
    ]))
}

fn how(reference: &SecretReference) -> String {
    match reference {
        SecretReference::Environment(name) => {
            format!("read from {reference}; set the variable {name} for the job too")
        }
        SecretReference::Command(_) => format!(
            "{reference} printed it without asking anybody; anything unlocked for it now must be unlocked for the job too"
        ),
        _ => format!("read from {reference}, without asking anybody"),
    }
}
