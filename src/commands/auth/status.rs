//! `auth status`: what is used, where each value comes from, and when the access token ends.

mod row;

use jiff::Timestamp;

use super::permissions::{Told, sentence};
use super::roster::shown::Roster;
use crate::commands::outcome::Outcome;
use crate::config::{CredentialRefs, Services, Settings, Source, Sourced};
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::organization::access_tokens::token_cache;
use crate::organization::permissions::{self, Permission};
use crate::organization::unattended::Proof;
use crate::organization::{Organization, signing_key};
use crate::output::Document;
use crate::secret::SecretReference;
use row::{KeptKeyPair, KeptToken, OtherService, Status, UnattendedProof};

/// How closely to look.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Asks Apple nothing unless --permissions or --unattended is given. Exit 3 where nothing usable is configured, 7 if a permission \
can't be told because a request failed; if all requests fail alike, their own exit code.

Examples:
  abmctl auth status
  abmctl auth status --unattended && crontab -e")]
pub struct Args {
    /// Ask Apple what the API account may do, changing nothing
    #[arg(long)]
    permissions: bool,
    /// Prove that it works without a terminal and without an unlocked keyring: gets a fresh access token
    #[arg(long)]
    unattended: bool,
}

/// Shows it.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Status>()?;
    let organization = context.organization()?;
    let settings = organization.settings();
    let now = context.clock().now();
    let unusable = nothing_usable(settings);
    let key_problem = key_problem(organization).await;
    let (tokens, token_problem) = server_tokens(organization).await;

    // What works is shown together with what does not, so nothing here ends the command early.
    let proof = match (args.unattended, &unusable) {
        (true, None) => Some(prove(organization, context).await),
        _ => None,
    };
    let permissions = match (args.permissions, unusable.as_ref().or(key_problem.as_ref())) {
        (true, None) => Some(ask_permissions(organization).await),
        _ => None,
    };
    let (allowed, not_asked) = match permissions.transpose() {
        Ok(allowed) => {
            let problem = permissions::problem(allowed.as_deref().unwrap_or_default());
            (allowed, problem)
        }
        Err(error) => (None, Some(error)),
    };
    advise(allowed.as_deref().unwrap_or_default(), context);
    let problem = unusable
        .or_else(|| proof.as_ref().and_then(|proof| proof.problem.clone()))
        .or(key_problem)
        .or(token_problem)
        .or(not_asked);
    let document = Document::one(describe(settings, tokens, allowed, proof, now));
    Ok(match problem {
        None => Outcome::done(document),
        Some(problem) => Outcome::with_problem(document, problem),
    })
}

/// Exit 3 where there is neither an API account nor a server token nor an authorized Roster API.
fn nothing_usable(settings: &Settings) -> Option<Error> {
    let authorized = settings
        .roster
        .as_ref()
        .is_some_and(|refs| refs.refresh_token.is_some());
    if settings.credentials.is_some() || !settings.tokens.is_empty() || authorized {
        return None;
    }
    let mut error = Error::new(
        Kind::NotAuthenticated,
        "Nothing usable is configured: neither an API account nor a server token.",
    );
    error.hints = settings.required_credentials().err()?.hints;
    Some(error)
}

/// Whether reading a secret costs neither a wait nor a program.
fn is_cheap(reference: &SecretReference) -> bool {
    !matches!(
        reference,
        SecretReference::Keyring(_) | SecretReference::Command(_)
    )
}

/// Why the private key can't be used, where finding out is cheap.
async fn key_problem(organization: &Organization) -> Option<Error> {
    let location = &organization
        .settings()
        .credentials
        .as_ref()?
        .private_key
        .value;
    if !is_cheap(&location.reference) {
        return None;
    }
    match organization.secrets().resolve(location).await {
        Ok(secret) => signing_key(&secret, &location.reference).err(),
        Err(error) => Some(error),
    }
}

/// The server tokens, and why one of them can't be used, where finding out is cheap.
async fn server_tokens(organization: &Organization) -> (Vec<KeptToken>, Option<Error>) {
    let (mut rows, mut problem) = (Vec::new(), None);
    for token in &organization.settings().tokens {
        let mut expires_at = None;
        if is_cheap(&token.token.value.reference) {
            match organization.server_token(token).await {
                Ok(read) => expires_at = read.expires_at(),
                Err(error) => problem = problem.or(Some(error)),
            }
        }
        rows.push(KeptToken {
            token: token.name.clone(),
            kept_in: token.token.value.reference.to_string(),
            source: token.token.source.to_string(),
            server_id: token.server_id.clone(),
            server_name: token.server_name.clone(),
            expires_at: expires_at.map(|end| format!("{end:.0}")),
        });
    }
    (rows, problem)
}

async fn ask_permissions(organization: &Organization) -> Result<Vec<Permission>, Error> {
    let credentials = organization.settings().required_credentials()?;
    let location = &credentials.private_key.value;
    let secret = organization.secrets().resolve(location).await?;
    let key = signing_key(&secret, &location.reference)?;
    let http = organization.brief_http();
    let manager = organization.new_manager(credentials, key, &http, true)?;
    manager.api().tokens().token().await?;
    let now = organization.clock().now();
    Ok(permissions::probe(&manager, credentials.kind, now).await?)
}

/// Tries what is configured, and says what works and what a job needs beside it.
async fn prove(organization: &Organization, context: &Context) -> Proof {
    let proof = organization.prove_unattended().await;
    for works in &proof.works {
        context.ui.say(&format!("{}: {}.", works.what, works.says));
    }
    if proof.problem.is_none() && !proof.variables.is_empty() {
        context.ui.hint(&format!(
            "The job needs these variables too, as they are set here: {}.",
            proof.variables.join(", ")
        ));
    }
    proof
}

/// What is missing, on a line of its own each: the table has no room for it.
fn advise(permissions: &[Permission], context: &Context) {
    for text in permissions.iter().filter_map(sentence) {
        context.ui.hint(&text);
    }
}

fn describe(
    settings: &Settings,
    server_tokens: Vec<KeptToken>,
    permissions: Option<Vec<Permission>>,
    proof: Option<Proof>,
    now: Timestamp,
) -> Status {
    let credentials = settings.credentials.as_ref();
    let text = |value: Option<&Sourced<String>>| value.map(|value| value.value.clone());
    let access_token_end = credentials
        .and_then(|credentials| token_cache(settings, credentials).read())
        .map(|token| token.expires_at)
        .filter(|end| *end > now);
    let permissions = permissions.map(|it| it.iter().map(Told::from).collect());
    let (timeout, max_wait) = (&settings.timeout, &settings.max_wait);
    let proxy = settings.network.proxy.as_ref();
    let read_only = settings.read_only.as_ref();
    Status {
        profile: text(settings.profile.as_ref()),
        profile_source: settings.profile.as_ref().map(|it| it.source.to_string()),
        kind: credentials.map(|credentials| credentials.kind.key()),
        sandbox: settings.services.is_sandbox(),
        client_id: text(credentials.map(|credentials| &credentials.client_id)),
        key_id: text(credentials.and_then(|credentials| credentials.key_id.as_ref())),
        private_key: credentials.map(private_key),
        credentials_source: credentials.map(source),
        access_token_expires_at: access_token_end.map(|end| format!("{end:.0}")),
        server_tokens,
        key_pairs: key_pairs(settings),
        roster: settings.roster.as_ref().map(Roster::from),
        services: services(&settings.services),
        config_file: settings.folders.config_file().display().to_string(),
        state_folder: settings.folders.state.display().to_string(),
        timeout_seconds: timeout.value.as_secs(),
        timeout_source: timeout.source.to_string(),
        max_wait_seconds: max_wait.value.as_secs(),
        max_wait_source: max_wait.source.to_string(),
        read_only: read_only.is_some(),
        read_only_source: read_only.map(ToString::to_string),
        proxy: proxy.map(|proxy| proxy.value.to_string()),
        proxy_source: proxy.map(|proxy| proxy.source.to_string()),
        permissions,
        unattended: proof.map(UnattendedProof::from),
    }
}

fn private_key(credentials: &CredentialRefs) -> String {
    credentials.private_key.value.reference.to_string()
}

/// Where the credentials come from: one profile, or the variables that are set.
fn source(credentials: &CredentialRefs) -> String {
    match &credentials.client_id.source {
        Source::Environment(variable) => {
            let key_id = credentials.key_id.as_ref().map(|id| id.source.to_string());
            let private_key = credentials.private_key.source.to_string();
            let all: Vec<String> = [Some((*variable).to_owned()), key_id, Some(private_key)]
                .into_iter()
                .flatten()
                .collect();
            all.join(", ")
        }
        other => other.to_string(),
    }
}

fn key_pairs(settings: &Settings) -> Vec<KeptKeyPair> {
    let pairs = settings.key_pairs.iter();
    let kept = pairs.map(|pair| KeptKeyPair {
        key_pair: pair.name.clone(),
        kept_in: pair.private_key.value.reference.to_string(),
        source: pair.private_key.source.to_string(),
        certificate: pair.certificate.display().to_string(),
    });
    kept.collect()
}

/// The services that are not Apple's.
fn services(services: &Services) -> Vec<OtherService> {
    let all = [
        ("api", &services.api),
        ("token", &services.token),
        ("roster", &services.roster),
        ("roster_authorize", &services.roster_authorize),
        ("roster_token", &services.roster_token),
        ("enrollment", &services.enrollment),
    ];
    let others = all
        .into_iter()
        .filter(|(_, url)| url.source != Source::Default);
    let named = others.map(|(service, url)| OtherService {
        service,
        url: url.value.to_string(),
        source: url.source.to_string(),
    });
    named.collect()
}
