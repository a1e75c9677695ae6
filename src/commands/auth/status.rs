//! `auth status`: what is used, where each value comes from, and when the access token ends.

mod row;

use jiff::Timestamp;

use super::permissions::{PermissionRow, sentence};
use super::roster::shown::Roster;
use crate::commands::outcome::Outcome;
use crate::config::{CredentialRefs, Services, Settings, Source, Sourced};
use crate::context::Context;
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::configured::Configured;
use crate::organization::permissions::{self, Permission};
use crate::organization::unattended::Proof;
use crate::output::{Document, Head, heads};
use row::{Address, Certificates, KeptKeyPair, KeptToken, OtherService, Status, UnattendedProof};

/// How closely to look.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl auth status
  abmctl auth status --permissions
  abmctl auth status --unattended && crontab -e")]
pub(super) struct Args {
    /// Test the permissions of the API account, changing nothing
    #[arg(long)]
    permissions: bool,
    /// Test whether it works from cron, with a new access token
    ///
    /// The test uses no terminal and no unlocked keyring.
    #[arg(long)]
    unattended: bool,
}

/// Shows it.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Status>()?;
    let organization = context.organization()?;
    let Configured {
        nothing_usable,
        key_problem,
        token_ends,
        token_problem,
    } = organization.configured().await;

    // What works is shown together with what does not, so nothing here ends the command early.
    let proof = match (args.unattended, &nothing_usable) {
        (true, None) => Some(prove(organization, context).await),
        _ => None,
    };
    let permissions = match (
        args.permissions,
        nothing_usable.as_ref().or(key_problem.as_ref()),
    ) {
        (true, None) => Some(organization.permissions().await),
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
    let problem = nothing_usable
        .or_else(|| proof.as_ref().and_then(|proof| proof.problem.clone()))
        .or(key_problem)
        .or(token_problem)
        .or(not_asked);
    let document = Document::one(describe(organization, token_ends, allowed, proof));
    Ok(match problem {
        None => Outcome::done(document),
        Some(problem) => Outcome::with_problem(document, problem),
    })
}

/// The server tokens, each with its end where that is known.
fn server_tokens(settings: &Settings, ends: Vec<Option<Timestamp>>) -> Vec<KeptToken> {
    let tokens = settings.tokens.iter().zip(ends);
    let kept = tokens.map(|(token, end)| KeptToken {
        token: token.name.clone(),
        kept_in: token.token.value.reference.to_string(),
        source: token.token.source.to_string(),
        server_id: token.server_id.clone(),
        server_name: token.server_name.clone(),
        expires_at: end.map(|end| format!("{end:.0}")),
    });
    kept.collect()
}

/// Tries what is configured, and says what works and what a job needs beside it.
async fn prove(organization: &Organization, context: &Context) -> Proof {
    let proof = organization.prove_unattended().await;
    for works in &proof.works {
        context.ui.say(&format!("{}: {}.", works.what, works.says));
    }
    if proof.problem.is_none() && !proof.variables.is_empty() {
        context.ui.hint_afterwards(format!(
            "Set these variables for the job too, with the same values as here: {}.",
            proof.variables.join(", ")
        ));
    }
    proof
}

/// What is missing, on a line of its own each: the table has no room for it.
fn advise(permissions: &[Permission], context: &Context) {
    let said = permissions.iter().filter_map(sentence);
    if let Some(text) = said.reduce(|text, more| format!("{text} {more}")) {
        context.ui.hint_afterwards(text);
    }
}

fn describe(
    organization: &Organization,
    token_ends: Vec<Option<Timestamp>>,
    permissions: Option<Vec<Permission>>,
    proof: Option<Proof>,
) -> Status {
    let settings = organization.settings();
    let credentials = settings.credentials.as_ref();
    let text = |value: Option<&Sourced<String>>| value.map(|value| value.value.clone());
    let access_token_end = organization.access_token_end();
    let permissions = permissions.map(|it| it.iter().map(PermissionRow::from).collect());
    let (timeout, max_wait) = (&settings.timeout, &settings.max_wait);
    let proxy = settings.network.proxy.as_ref();
    let read_only = settings.read_only.as_ref();
    let resolver = settings.lookup.resolver.as_ref();
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
        server_tokens: server_tokens(settings, token_ends),
        key_pairs: key_pairs(settings),
        roster: settings.roster.as_ref().map(Roster::from),
        services: services(&settings.services),
        certificates: certificates(settings),
        resolver: resolver.map(|it| it.value.0.to_string()),
        resolver_source: resolver.map(|it| it.source.to_string()),
        resolve: addresses(settings),
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

/// The files of certificates that are trusted beside the system's.
fn certificates(settings: &Settings) -> Vec<Certificates> {
    let network = &settings.network;
    [&network.certificates, &network.profile_certificates]
        .into_iter()
        .flatten()
        .map(|file| Certificates {
            file: file.value.display().to_string(),
            source: file.source.to_string(),
        })
        .collect()
}

/// The addresses that are used for names.
fn addresses(settings: &Settings) -> Vec<Address> {
    let addresses = settings.lookup.resolve.iter();
    let shown = addresses.map(|address| Address {
        address: address.value.to_string(),
        source: address.source.to_string(),
    });
    shown.collect()
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

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<Status>(false)
}
