//! Configuration and state folders that point abmctl at an emulator.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::organization::{Organization, OrganizationKind};

/// The credentials that the emulator accepts; all of them are made up, and good for nothing else.
#[derive(Clone)]
pub struct Credentials {
    pub client_id: String,
    pub key_id: String,
    /// The private key in PEM exactly as Apple hands it out: the label says SEC1, the content is PKCS#8 (observed).
    pub private_key: String,
    /// The decrypted server tokens in JSON, by name: `prod`, `intune` and, where there are more, `site-005` and so on.
    pub server_tokens: BTreeMap<String, String>,
}

/// The configuration file: one profile, `sandbox`.
#[derive(Serialize)]
struct Configuration {
    default_profile: &'static str,
    profiles: Profiles,
}

#[derive(Serialize)]
struct Profiles {
    sandbox: Profile,
}

#[derive(Serialize)]
struct Profile {
    client_id: String,
    key_id: String,
    private_key: String,
    aliases: BTreeMap<&'static str, String>,
    tokens: BTreeMap<String, Token>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roster: Option<Roster>,
    domains: Domains,
}

#[derive(Serialize)]
struct Roster {
    client_id: String,
    team_id: String,
    key_id: String,
    private_key: String,
    redirect_uri: String,
    refresh_token: String,
    organization: String,
    organization_id: String,
}

#[derive(Serialize)]
struct Token {
    #[serde(rename = "token")]
    reference: String,
    server_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_name: Option<String>,
    organization: String,
}

#[derive(Serialize)]
struct Domains {
    declared: Vec<&'static str>,
}

/// What the folders are written from.
pub(super) struct Emulator<'a> {
    pub origin: &'a str,
    pub credentials: &'a Credentials,
    pub organization: &'a Organization,
    pub ca_pem: &'a str,
    pub resolve: &'a str,
    pub resolver: &'a str,
}

/// Writes a configuration folder and a state folder below `folder`, and returns the variables that point at them and at
/// the emulator.
pub(super) fn write(folder: &Path, emulator: &Emulator<'_>) -> io::Result<Vec<(String, String)>> {
    let Emulator {
        origin,
        credentials,
        organization,
        ca_pem,
        resolve,
        resolver,
    } = *emulator;
    let folder = std::path::absolute(folder)?;
    let (configuration, state) = (folder.join("config"), folder.join("state"));
    for made in [&configuration, &state] {
        fs::create_dir_all(made)?;
    }
    let key = configuration.join("private-key.pem");
    write_secret(&key, &credentials.private_key)?;

    let mut tokens = BTreeMap::new();
    for token in &organization.server_tokens {
        let path = configuration.join(format!("token-{}.json", token.name));
        let json = credentials.server_tokens.get(&token.name);
        write_secret(&path, json.map_or("", String::as_str))?;
        let server = organization.server(&token.server_id);
        tokens.insert(
            token.name.clone(),
            Token {
                reference: reference(&path),
                server_id: token.server_id.clone(),
                server_name: server.map(|server| server.name.clone()),
                organization: organization.name.clone(),
            },
        );
    }
    let aliases = [("prod", 0), ("intune", 1), ("test", 2)]
        .into_iter()
        .filter_map(|(alias, index)| {
            // An alias that is another server's name is ambiguous.
            let name = &organization.servers.get(index)?.name;
            (!name.eq_ignore_ascii_case(alias)).then(|| (alias, name.clone()))
        })
        .collect();
    let document = Configuration {
        default_profile: "sandbox",
        profiles: Profiles {
            sandbox: Profile {
                client_id: credentials.client_id.clone(),
                key_id: credentials.key_id.clone(),
                private_key: reference(&key),
                aliases,
                tokens,
                roster: roster(&configuration, organization)?,
                domains: Domains {
                    declared: match organization.kind {
                        OrganizationKind::Business => vec!["acme.de"],
                        OrganizationKind::School => vec!["acme.com", "acme.de"],
                    },
                },
            },
        },
    };
    let text = toml::to_string(&document).map_err(io::Error::other)?;
    write_secret(&configuration.join("config.toml"), &text)?;
    let authority = folder.join("ca.pem");
    write_secret(&authority, ca_pem)?;

    let path = |path: &PathBuf| path.display().to_string();
    Ok([
        ("ABMCTL_CONFIG_DIR", path(&configuration)),
        ("ABMCTL_STATE_DIR", path(&state)),
        ("ABMCTL_API_URL", origin.to_owned()),
        ("ABMCTL_TOKEN_URL", format!("{origin}/auth/oauth2/token")),
        ("ABMCTL_ROSTER_URL", origin.to_owned()),
        (
            "ABMCTL_ROSTER_AUTHORIZE_URL",
            format!("{origin}/appleid/auth/oauth2/v2/authorize"),
        ),
        (
            "ABMCTL_ROSTER_TOKEN_URL",
            format!("{origin}/appleid/auth/oauth2/v2/token"),
        ),
        ("ABMCTL_ENROLLMENT_URL", origin.to_owned()),
        ("ABMCTL_RESOLVE", resolve.to_owned()),
        ("ABMCTL_RESOLVER", resolver.to_owned()),
        ("SSL_CERT_FILE", path(&authority)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into())
}

/// What `auth roster` would have kept, where an administrator authorized it.
fn roster(folder: &Path, organization: &Organization) -> io::Result<Option<Roster>> {
    let Some(roster) = &organization.roster else {
        return Ok(None);
    };
    let Some(refresh_token) = roster.refresh_tokens.first() else {
        return Ok(None);
    };
    let app = &roster.app;
    let key = folder.join("roster-private-key.p8");
    write_secret(&key, &app.private_key)?;
    let token = folder.join("roster-refresh-token");
    write_secret(&token, &refresh_token.token)?;
    Ok(Some(Roster {
        client_id: app.client_id.clone(),
        team_id: app.team_id.clone(),
        key_id: app.key_id.clone(),
        private_key: reference(&key),
        redirect_uri: app.redirect_uri.clone(),
        refresh_token: reference(&token),
        organization: organization.name.clone(),
        organization_id: organization.id.clone(),
    }))
}

fn reference(path: &Path) -> String {
    format!("file:{}", path.display())
}

/// Writes a file that has mode 0600 from the start, whatever was there.
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
