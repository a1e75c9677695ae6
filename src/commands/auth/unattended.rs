//! The proof that abmctl works where nobody is logged in: no terminal, no unlocked keyring.

use serde::Serialize;

use crate::commands::roster_organization::refused;
use crate::config::{CredentialRefs, RosterRefs, Settings, Sourced};
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::organization::signing_key;
use crate::secret::{SecretLocation, SecretReference};

/// What was tried, up to the first thing that does not work.
pub struct Proof {
    /// What works, and how that is known.
    checks: Vec<Check>,
    /// Variables that this process has and a job needs as well.
    variables: Vec<String>,
    /// What does not work, and what to change.
    pub problem: Option<Error>,
}

#[derive(Debug, Serialize)]
struct Check {
    what: String,
    says: String,
}

/// The proof, as the member `unattended`.
#[derive(Debug, Serialize)]
pub struct UnattendedProof {
    proven: bool,
    checks: Vec<Check>,
    variables: Vec<String>,
}

impl UnattendedProof {
    /// Whether everything works.
    pub fn is_proven(&self) -> bool {
        self.proven
    }
}

impl Proof {
    /// As the member `unattended`.
    pub fn document(self) -> UnattendedProof {
        UnattendedProof {
            proven: self.problem.is_none(),
            checks: self.checks,
            variables: self.variables,
        }
    }
}

/// Tries everything that is configured, without asking anybody: never longer than the limits of keyring, programs and
/// requests.
pub async fn prove(settings: &Settings, context: &Context) -> Proof {
    let mut checks = Vec::new();
    let problem = try_all(settings, context, &mut checks).await.err();
    for check in &checks {
        context.ui.say(&format!("{}: {}.", check.what, check.says));
    }
    let variables = variables(settings, context);
    if problem.is_none() && !variables.is_empty() {
        context.ui.hint(&format!(
            "The job needs these variables too, as they are set here: {}.",
            variables.join(", ")
        ));
    }
    Proof {
        checks,
        variables,
        problem,
    }
}

async fn try_all(
    settings: &Settings,
    context: &Context,
    checks: &mut Vec<Check>,
) -> Result<(), Error> {
    if let Some(credentials) = &settings.credentials {
        try_credentials(credentials, settings, context, checks).await?;
    }
    for token in &settings.tokens {
        let location = &token.token.value;
        without_keyring(location)?;
        let read = context.organization()?.server_token(token).await?;
        if let Some(end) = read.expires_at()
            && end <= context.clock().now()
        {
            return Err(Error::new(
                Kind::NotAuthenticated,
                format!(
                    "The server token {} expired on {:.10}.",
                    token.name,
                    end.to_string()
                ),
            )
            .hint(hint![
                "Download a new one in the portal, give it to the MDM, and store it with ",
                Command::storing("tokens import FILE"),
                "."
            ]));
        }
        checks.push(Check {
            what: format!("Server token {}", token.name),
            says: how(&location.reference),
        });
    }
    if let Some(refs) = &settings.roster {
        try_roster(refs, settings, context, checks).await?;
    }
    Ok(())
}

/// The authorization of the Roster API, with a fresh access token.
async fn try_roster(
    refs: &RosterRefs,
    settings: &Settings,
    context: &Context,
    checks: &mut Vec<Check>,
) -> Result<(), Error> {
    without_keyring(&refs.private_key.value)?;
    if let Some(refresh_token) = &refs.refresh_token {
        without_keyring(&refresh_token.value)?;
    }
    let organization = context.organization_of(settings.clone());
    let authorized = organization.authorized(refs).await?;
    for location in [Some(&refs.private_key), refs.refresh_token.as_ref()] {
        let Some(Sourced { value, .. }) = location else {
            continue;
        };
        let mut what = value.slot.field.to_string();
        if let Some(first) = what.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        checks.push(Check {
            what,
            says: how(&value.reference),
        });
    }
    let http = organization.brief_http();
    let roster = organization.new_roster(authorized, &http, None, None)?;
    let token = roster.api().tokens().token().await;
    let token = token.map_err(|failure| refused(failure, settings))?;
    checks.push(Check {
        what: "Access token of the Roster API".to_owned(),
        says: format!(
            "Apple issued a fresh one, good until {:.0}",
            token.expires_at
        ),
    });
    Ok(())
}

async fn try_credentials(
    credentials: &CredentialRefs,
    settings: &Settings,
    context: &Context,
    checks: &mut Vec<Check>,
) -> Result<(), Error> {
    let location = &credentials.private_key.value;
    without_keyring(location)?;
    let secret = context.secrets(settings).resolve(location).await?;
    let key = signing_key(&secret, &location.reference)?;
    checks.push(Check {
        what: "Private key".to_owned(),
        says: how(&location.reference),
    });
    // Not from the cache: a kept token would hide that the key is refused.
    let organization = context.organization_of(settings.clone());
    let http = organization.brief_http();
    let manager = organization.new_manager(credentials, key, &http, false)?;
    let token = manager.api().tokens().token().await?;
    checks.push(Check {
        what: "Access token".to_owned(),
        says: format!(
            "Apple issued a fresh one, good until {:.0}",
            token.expires_at
        ),
    });
    Ok(())
}

/// Exit 2 where a secret is in the keyring: that it is unlocked now proves nothing for a job at night.
fn without_keyring(location: &SecretLocation) -> Result<(), Error> {
    if !location.reference.is_keyring() {
        return Ok(());
    }
    Err(Error::usage(format!(
        "The {} is in the keyring, which is locked where nobody is logged in.",
        location.slot
    ))
    .hint(hint![
        "Keep it in a file that only you can read: ",
        location.slot.in_a_file(),
        "."
    ]))
}

fn how(reference: &SecretReference) -> String {
    match reference {
        SecretReference::Environment(name) => {
            format!("read from {reference}; the job needs the variable {name} too")
        }
        SecretReference::Command(_) => format!(
            "{reference} printed it without being asked anything; what it has unlocked now must be unlocked for the job too"
        ),
        _ => format!("read from {reference}, without asking anybody"),
    }
}

/// The variables that decide what is used and that a job's own environment lacks.
fn variables(settings: &Settings, context: &Context) -> Vec<String> {
    const OTHERS: [&str; 8] = [
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "HTTPS_PROXY",
        "https_proxy",
        "NO_PROXY",
        "no_proxy",
        "SSL_CERT_FILE",
        "CREDENTIALS_DIRECTORY",
    ];
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
    context
        .host
        .environment
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
