//! `auth status`: what is used, where each value comes from, and when the access token ends.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::permissions::{self, Permission};
use super::unattended::{self, Proof};
use super::{brief_http, kind_key, roster};
use crate::apple::enrollment::server_token::ServerToken;
use crate::commands::Outcome;
use crate::config::{CredentialRefs, Services, Settings, Source, Sourced, TokenRef};
use crate::context::{Context, signing_key, token_cache};
use crate::error::{Error, Kind};
use crate::output::{Cell, Document, View, column, more};
use crate::secret::SecretReference;

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

static STATUS: View = View {
    columns: &[
        column("profile", "PROFILE", Cell::Plain),
        column("profile_source", "FROM", Cell::Plain),
        column("kind", "KIND", Cell::Of(kind_cell)),
        column("sandbox", "SANDBOX", Cell::Of(sandbox_cell)),
        column("client_id", "CLIENT ID", Cell::Plain),
        column("key_id", "KEY ID", Cell::Plain),
        column("private_key", "PRIVATE KEY", Cell::Plain),
        column("credentials_source", "FROM", Cell::Plain),
        column("access_token_expires_at", "ACCESS TOKEN ENDS", Cell::Minute),
        column("server_tokens", "SERVER TOKENS", Cell::Of(tokens_cell)),
        column("key_pairs", "KEY PAIRS", Cell::Of(key_pairs_cell)),
        column("roster", "ROSTER API", Cell::Of(roster::shown::cell)),
        column("services", "SERVICES", Cell::Of(services_cell)),
        column("config_file", "CONFIGURATION", Cell::Plain),
        column("state_folder", "STATE", Cell::Plain),
        more("timeout_seconds"),
        more("timeout_source"),
        more("max_wait_seconds"),
        more("max_wait_source"),
        more("read_only"),
        more("read_only_source"),
        more("proxy"),
        more("proxy_source"),
        column("permissions", "PERMISSIONS", Cell::Of(permissions_cell)),
        column("unattended", "UNATTENDED", Cell::Of(unattended_cell)),
    ],
    below: None,
    empty: "",
};

/// Shows it.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&STATUS)?;
    let settings = context.settings()?;
    let now = context.clock().now();
    let unusable = nothing_usable(settings);
    let key_problem = key_problem(settings, context).await;
    let (tokens, token_problem) = server_tokens(settings, context).await;

    // What works is shown together with what does not, so nothing here ends the command early.
    let proof = match (args.unattended, &unusable) {
        (true, None) => Some(unattended::prove(settings, context).await),
        _ => None,
    };
    let permissions = match (args.permissions, unusable.as_ref().or(key_problem.as_ref())) {
        (true, None) => Some(ask_permissions(settings, context, now).await),
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
    let document = describe(settings, &tokens, allowed, proof, now);
    let document = Document::One(document, &STATUS);
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
async fn key_problem(settings: &Settings, context: &Context) -> Option<Error> {
    let location = &settings.credentials.as_ref()?.private_key.value;
    if !is_cheap(&location.reference) {
        return None;
    }
    match context.secrets(settings).resolve(location).await {
        Ok(secret) => signing_key(&secret, &location.reference).err(),
        Err(error) => Some(error),
    }
}

/// The server tokens, and why one of them can't be used, where finding out is cheap.
async fn server_tokens(settings: &Settings, context: &Context) -> (Vec<Value>, Option<Error>) {
    let (mut rows, mut problem) = (Vec::new(), None);
    for token in &settings.tokens {
        let mut expires_at = None;
        if is_cheap(&token.token.value.reference) {
            match read_token(token, settings, context).await {
                Ok(read) => expires_at = read.expires_at(),
                Err(error) => problem = problem.or(Some(error)),
            }
        }
        rows.push(json!({
            "token": token.name,
            "kept_in": token.token.value.reference.to_string(),
            "source": token.token.source.to_string(),
            "server_id": token.server_id,
            "server_name": token.server_name,
            "expires_at": expires_at.map(|end| format!("{end:.0}")),
        }));
    }
    (rows, problem)
}

/// Reads a server token; exit 2 where it can't be used.
pub(super) async fn read_token(
    token: &TokenRef,
    settings: &Settings,
    context: &Context,
) -> Result<ServerToken, Error> {
    let location = &token.token.value;
    let secret = context.secrets(settings).resolve(location).await?;
    ServerToken::parse(secret.expose()).map_err(|error| {
        Error::usage(format!(
            "The server token {} from {} can't be used: {error}.",
            token.name, location.reference
        ))
    })
}

async fn ask_permissions(
    settings: &Settings,
    context: &Context,
    now: Timestamp,
) -> Result<Vec<Permission>, Error> {
    let credentials = settings.required_credentials()?;
    let location = &credentials.private_key.value;
    let secret = context.secrets(settings).resolve(location).await?;
    let key = signing_key(&secret, &location.reference)?;
    let http = brief_http(context, settings);
    let manager = context.new_manager(settings, credentials, key, &http, true)?;
    manager.tokens().token().await?;
    Ok(permissions::probe(&manager, credentials.kind, now).await?)
}

/// What is missing, on a line of its own each: the table has no room for it.
fn advise(permissions: &[Permission], context: &Context) {
    for sentence in permissions.iter().filter_map(Permission::sentence) {
        context.ui.hint(&sentence);
    }
}

fn describe(
    settings: &Settings,
    tokens: &[Value],
    permissions: Option<Vec<Permission>>,
    proof: Option<Proof>,
    now: Timestamp,
) -> Value {
    let credentials = settings.credentials.as_ref();
    let text = |value: Option<&Sourced<String>>| value.map(|value| value.value.clone());
    let access_token_end = credentials
        .and_then(|credentials| token_cache(settings, credentials).read())
        .map(|token| token.expires_at)
        .filter(|end| *end > now);
    let permissions: Option<Vec<Value>> =
        permissions.map(|permissions| permissions.iter().map(Permission::document).collect());
    json!({
        "profile": text(settings.profile.as_ref()),
        "profile_source": settings.profile.as_ref().map(|profile| profile.source.to_string()),
        "kind": credentials.map(|credentials| kind_key(credentials.kind)),
        "sandbox": settings.services.is_sandbox(),
        "client_id": text(credentials.map(|credentials| &credentials.client_id)),
        "key_id": text(credentials.and_then(|credentials| credentials.key_id.as_ref())),
        "private_key": credentials.map(private_key),
        "credentials_source": credentials.map(source),
        "access_token_expires_at": access_token_end.map(|end| format!("{end:.0}")),
        "server_tokens": tokens,
        "key_pairs": key_pairs(settings),
        "roster": settings.roster.as_ref().map(roster::shown::member),
        "services": services(&settings.services),
        "config_file": settings.folders.config_file().display().to_string(),
        "state_folder": settings.folders.state.display().to_string(),
        "timeout_seconds": settings.timeout.value.as_secs(),
        "timeout_source": settings.timeout.source.to_string(),
        "max_wait_seconds": settings.max_wait.value.as_secs(),
        "max_wait_source": settings.max_wait.source.to_string(),
        "read_only": settings.read_only.is_some(),
        "read_only_source": settings.read_only.as_ref().map(ToString::to_string),
        "proxy": settings.network.proxy.as_ref().map(|proxy| proxy.value.to_string()),
        "proxy_source": settings.network.proxy.as_ref().map(|proxy| proxy.source.to_string()),
        "permissions": permissions,
        "unattended": proof.map(|proof| proof.document()),
    })
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

/// The key pairs that server tokens are encrypted for; where they are, never the keys.
fn key_pairs(settings: &Settings) -> Vec<Value> {
    settings
        .key_pairs
        .iter()
        .map(|pair| {
            json!({
                "key_pair": pair.name,
                "kept_in": pair.private_key.value.reference.to_string(),
                "source": pair.private_key.source.to_string(),
                "certificate": pair.certificate.display().to_string(),
            })
        })
        .collect()
}

/// The services that are not Apple's.
fn services(services: &Services) -> Vec<Value> {
    [
        ("api", &services.api),
        ("token", &services.token),
        ("roster", &services.roster),
        ("roster_authorize", &services.roster_authorize),
        ("roster_token", &services.roster_token),
        ("enrollment", &services.enrollment),
    ]
    .into_iter()
    .filter(|(_, url)| url.source != Source::Default)
    .map(|(service, url)| {
        json!({"service": service, "url": url.value.as_str(), "source": url.source.to_string()})
    })
    .collect()
}

fn member<'a>(row: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    row.get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn kind_cell(row: &Map<String, Value>) -> String {
    use crate::config::OrganizationKind::{Business, School};
    let kind = row.get("kind").and_then(Value::as_str);
    [Business, School]
        .into_iter()
        .find(|known| kind == Some(kind_key(*known)))
        .map_or_else(|| "-".to_owned(), |known| known.name().to_owned())
}

fn sandbox_cell(row: &Map<String, Value>) -> String {
    let sandbox = row.get("sandbox").and_then(Value::as_bool);
    (if sandbox == Some(true) { "yes" } else { "no" }).to_owned()
}

fn tokens_cell(row: &Map<String, Value>) -> String {
    let tokens = member(row, "server_tokens").iter().map(|token| {
        let text = |name: &str| token[name].as_str().unwrap_or_default();
        match token["expires_at"].as_str() {
            Some(end) => format!("{} until {}", text("token"), &end[..end.len().min(10)]),
            None => format!("{} in {}", text("token"), text("kept_in")),
        }
    });
    tokens.collect::<Vec<_>>().join(", ")
}

fn key_pairs_cell(row: &Map<String, Value>) -> String {
    let names = member(row, "key_pairs")
        .iter()
        .filter_map(|pair| pair["key_pair"].as_str());
    names.collect::<Vec<_>>().join(", ")
}

fn services_cell(row: &Map<String, Value>) -> String {
    let services = member(row, "services");
    if services.is_empty() {
        return "Apple's".to_owned();
    }
    let named: Vec<&str> = services
        .iter()
        .filter_map(|service| service["source"].as_str())
        .collect();
    named.join(", ")
}

fn permissions_cell(row: &Map<String, Value>) -> String {
    let permissions = member(row, "permissions");
    if permissions.is_empty() {
        return "not asked (--permissions)".to_owned();
    }
    let words = permissions.iter().map(|permission| {
        let area = permission["area"]
            .as_str()
            .unwrap_or_default()
            .replace('_', " ");
        let verdict = match permission["allowed"].as_bool() {
            Some(true) => "yes",
            Some(false) => "no",
            None => "?",
        };
        format!("{area} {verdict}")
    });
    words.collect::<Vec<_>>().join(", ")
}

fn unattended_cell(row: &Map<String, Value>) -> String {
    let Some(proof) = row.get("unattended").filter(|proof| !proof.is_null()) else {
        return "not tried (--unattended)".to_owned();
    };
    if proof["proven"] == true {
        "proven".to_owned()
    } else {
        "not proven".to_owned()
    }
}
