//! The row of `auth status`.

use serde::Serialize;

use crate::commands::auth::permissions::PermissionRow;
use crate::commands::auth::roster::shown::Roster;
use crate::organization::unattended::{Proof, Works};
use crate::output::{Column, Row, Shown, column, day, minute, more};

/// What is configured, and what of it is known to work. Holds no secret, only where secrets are.
#[derive(Debug, Serialize)]
pub(super) struct Status {
    pub profile: Option<String>,
    pub profile_source: Option<String>,
    pub kind: Option<&'static str>,
    pub sandbox: bool,
    pub client_id: Option<String>,
    pub key_id: Option<String>,
    pub private_key: Option<String>,
    pub credentials_source: Option<String>,
    pub access_token_expires_at: Option<String>,
    pub server_tokens: Vec<KeptToken>,
    pub key_pairs: Vec<KeptKeyPair>,
    pub roster: Option<Roster>,
    pub services: Vec<OtherService>,
    pub certificates: Vec<Certificates>,
    pub resolver: Option<String>,
    pub resolver_source: Option<String>,
    pub resolve: Vec<Address>,
    pub config_file: String,
    pub state_folder: String,
    pub timeout_seconds: u64,
    pub timeout_source: String,
    pub max_wait_seconds: u64,
    pub max_wait_source: String,
    pub read_only: bool,
    pub read_only_source: Option<String>,
    pub proxy: Option<String>,
    pub proxy_source: Option<String>,
    pub permissions: Option<Vec<PermissionRow>>,
    pub unattended: Option<UnattendedProof>,
}

/// A server token that is kept.
#[derive(Debug, Serialize)]
pub(super) struct KeptToken {
    pub token: String,
    pub kept_in: String,
    pub source: String,
    pub server_id: Option<String>,
    pub server_name: Option<String>,
    pub expires_at: Option<String>,
}

/// A key pair that server tokens are encrypted for; where it is, never the key.
#[derive(Debug, Serialize)]
pub(super) struct KeptKeyPair {
    pub key_pair: String,
    pub kept_in: String,
    pub source: String,
    pub certificate: String,
}

/// The proof that it works unattended.
#[derive(Debug, Serialize)]
pub(super) struct UnattendedProof {
    proven: bool,
    checks: Vec<Check>,
    variables: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Check {
    what: String,
    says: String,
}

impl From<Proof> for UnattendedProof {
    fn from(proof: Proof) -> Self {
        let works = proof.works.into_iter();
        let check = |it: Works| Check {
            what: it.what,
            says: it.says,
        };
        Self {
            proven: proof.problem.is_none(),
            checks: works.map(check).collect(),
            variables: proof.variables,
        }
    }
}

/// A service that isn't Apple's.
#[derive(Debug, Serialize)]
pub(super) struct OtherService {
    pub service: &'static str,
    pub url: String,
    pub source: String,
}

/// A file of certificates that are trusted beside the system's.
#[derive(Debug, Serialize)]
pub(super) struct Certificates {
    pub file: String,
    pub source: String,
}

/// An address that is used for a name.
#[derive(Debug, Serialize)]
pub(super) struct Address {
    pub address: String,
    pub source: String,
}

impl Row for Status {
    const COLUMNS: &'static [Column<Self>] = &[
        column("profile", "PROFILE", |it| it.profile.shown()),
        column("profile_source", "FROM", |it| it.profile_source.shown()),
        column("kind", "KIND", Self::kind),
        column("sandbox", "SANDBOX", |it| {
            (if it.sandbox { "yes" } else { "no" }).shown()
        }),
        column("client_id", "CLIENT ID", |it| it.client_id.shown()),
        column("key_id", "KEY ID", |it| it.key_id.shown()),
        column("private_key", "PRIVATE KEY", |it| it.private_key.shown()),
        column("credentials_source", "FROM", |it| {
            it.credentials_source.shown()
        }),
        column("access_token_expires_at", "ACCESS TOKEN ENDS", |it| {
            minute(it.access_token_expires_at.as_ref())
        }),
        column("server_tokens", "SERVER TOKENS", Self::tokens),
        column("key_pairs", "KEY PAIRS", Self::key_pairs),
        column("roster", "ROSTER API", |it| {
            it.roster.as_ref().map(Roster::cell).shown()
        }),
        column("services", "SERVICES", Self::services),
        more("certificates", |it| {
            let files = it.certificates.iter().map(|it| it.file.as_str());
            files.collect::<Vec<_>>().join(", ").shown()
        }),
        more("resolver", |it| it.resolver.shown()),
        more("resolver_source", |it| it.resolver_source.shown()),
        more("resolve", |it| {
            let addresses = it.resolve.iter().map(|it| it.address.as_str());
            addresses.collect::<Vec<_>>().join(", ").shown()
        }),
        column("config_file", "CONFIGURATION", |it| it.config_file.shown()),
        column("state_folder", "STATE", |it| it.state_folder.shown()),
        more("timeout_seconds", |it| it.timeout_seconds.shown()),
        more("timeout_source", |it| it.timeout_source.shown()),
        more("max_wait_seconds", |it| it.max_wait_seconds.shown()),
        more("max_wait_source", |it| it.max_wait_source.shown()),
        more("read_only", |it| it.read_only.shown()),
        more("read_only_source", |it| it.read_only_source.shown()),
        more("proxy", |it| it.proxy.shown()),
        more("proxy_source", |it| it.proxy_source.shown()),
        column("permissions", "PERMISSIONS", Self::permissions),
        column("unattended", "UNATTENDED", Self::unattended),
    ];
}

impl Status {
    fn kind(&self) -> String {
        use crate::config::OrganizationKind::{Business, School};
        let known = [Business, School].into_iter();
        let known = known.filter(|known| self.kind == Some(known.key()));
        known.map(|known| known.name().to_owned()).collect()
    }

    fn tokens(&self) -> String {
        let tokens = self.server_tokens.iter().map(|it| match &it.expires_at {
            Some(end) => format!("{} until {}", it.token, day(Some(end))),
            None => format!("{} in {}", it.token, it.kept_in),
        });
        tokens.collect::<Vec<_>>().join(", ")
    }

    fn key_pairs(&self) -> String {
        let names = self.key_pairs.iter().map(|pair| pair.key_pair.as_str());
        names.collect::<Vec<_>>().join(", ")
    }

    fn services(&self) -> String {
        if self.services.is_empty() {
            return "Apple's".to_owned();
        }
        let mut named: Vec<&str> = Vec::new();
        for service in &self.services {
            if !named.contains(&service.source.as_str()) {
                named.push(&service.source);
            }
        }
        named.join(", ")
    }

    fn permissions(&self) -> String {
        let permissions = self.permissions.as_deref().unwrap_or_default();
        if permissions.is_empty() {
            return "not asked (--permissions)".to_owned();
        }
        let words = permissions.iter().map(PermissionRow::word);
        words.collect::<Vec<_>>().join(", ")
    }

    fn unattended(&self) -> String {
        let words = match &self.unattended {
            None => "not tried (--unattended)",
            Some(proof) if proof.proven => "proven",
            Some(_) => "not proven",
        };
        words.to_owned()
    }
}
