//! Configuration and state folders that point abmctl at an emulator.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value, value};

use super::organization::{Organization, OrganizationKind};
use super::web::MDM_HOST;

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

/// What the folders are written from.
pub(super) struct Emulator<'a> {
    pub origin: &'a str,
    pub credentials: &'a Credentials,
    pub organization: &'a Organization,
    pub ca_pem: &'a str,
    pub resolve: &'a str,
    pub resolver: &'a str,
    /// The limit of POST as a profile has it, such as `10/3600s`.
    pub activity_limit: &'a str,
}

/// Writes a configuration folder and a state folder below `folder`, and returns the variables that point at them and at
/// the emulator. What a user added to the profile stays.
pub(super) fn write(
    folder: &Path,
    profile: &str,
    emulator: &Emulator<'_>,
) -> io::Result<Vec<(String, String)>> {
    let folder = std::path::absolute(folder)?;
    let (configuration, state) = (folder.join("config"), folder.join("state"));
    // The first sandbox of a home has its files beside the configuration.
    let own = if profile == "sandbox" {
        configuration.clone()
    } else {
        configuration.join(format!("sandbox-{profile}"))
    };
    for made in [&configuration, &state, &own] {
        make_folder(made)?;
    }
    let authority = folder.join(match profile {
        "sandbox" => "ca.pem".to_owned(),
        other => format!("ca-{other}.pem"),
    });
    let mut files: Files = vec![(authority.clone(), emulator.ca_pem.to_owned())];
    let path = configuration.join("config.toml");
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        other => other?,
    };
    let mut document: DocumentMut = text.parse().map_err(io::Error::other)?;
    let profiles = table(document.as_table_mut(), "profiles", true)?;
    let others: Vec<&str> = profiles.iter().map(|(name, _)| name).collect();
    // The only profile was the default before the sandbox's came beside it, and stays so.
    let default = match others[..] {
        [] => Some(profile.to_owned()),
        [only] => Some(only.to_owned()),
        _ => None,
    };
    let is_new = !profiles.contains_key(profile);
    let table = table(profiles, profile, false)?;
    let before = referenced(table);
    fill(table, is_new, &own, &authority, emulator, &mut files)?;
    if let Some(default) = default
        && document.get("default_profile").is_none()
    {
        document.insert("default_profile", value(default));
    }
    let stranger = files
        .iter()
        .find(|(path, _)| path.symlink_metadata().is_ok() && !before.contains(path));
    if let Some((path, _)) = stranger {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!("{} isn't a file of the sandbox's profile", path.display()),
        ));
    }
    for (path, text) in &files {
        write_secret(path, text)?;
    }
    replace(&path, &document.to_string())?;
    Ok(variables(&configuration, &state, &authority, emulator))
}

/// Files to write, with their text.
type Files = Vec<(PathBuf, String)>;

/// The files that a profile names.
fn referenced(profile: &dyn TableLike) -> Vec<PathBuf> {
    let mut named = Vec::new();
    let mut tables = vec![profile];
    while let Some(table) = tables.pop() {
        for (key, item) in table.iter() {
            if let Some(table) = item.as_table_like() {
                tables.push(table);
            }
            let text = item.as_str();
            let file = text.and_then(|text| text.strip_prefix("file:"));
            let file = file.or_else(|| text.filter(|_| key == "certificates"));
            named.extend(file.map(PathBuf::from));
        }
    }
    named
}

/// Makes a profile the emulator's.
fn fill(
    profile: &mut dyn TableLike,
    is_new: bool,
    own: &Path,
    authority: &Path,
    emulator: &Emulator<'_>,
    files: &mut Files,
) -> io::Result<()> {
    let Emulator {
        credentials,
        organization,
        ..
    } = *emulator;
    let key = own.join("private-key.pem");
    files.push((key.clone(), credentials.private_key.clone()));
    set(profile, "client_id", &credentials.client_id);
    set(profile, "key_id", &credentials.key_id);
    set(profile, "private_key", &reference(&key));
    set(profile, "activity_limit", emulator.activity_limit);
    if is_new {
        let aliases = table(profile, "aliases", false)?;
        for (alias, index) in [("prod", 0), ("intune", 1), ("test", 2)] {
            // An alias that is another server's name is ambiguous.
            let name = organization.servers.get(index).map(|it| it.name.as_str());
            if let Some(name) = name.filter(|name| !name.eq_ignore_ascii_case(alias)) {
                set(aliases, alias, name);
            }
        }
    }
    tokens(table(profile, "tokens", true)?, own, emulator, files)?;
    roster(profile, own, organization, files)?;
    if is_new {
        let declared: &[&str] = match organization.kind {
            OrganizationKind::Business => &["acme.de"],
            OrganizationKind::School => &["acme.com", "acme.de"],
        };
        let declared = declared.iter().copied().collect::<Array>();
        table(profile, "domains", false)?.insert("declared", value(declared));
    }
    services(table(profile, "services", false)?, authority, emulator);
    Ok(())
}

/// The emulator's server tokens; those that an emulator before wrote and this one lacks go.
fn tokens(
    tokens: &mut dyn TableLike,
    own: &Path,
    emulator: &Emulator<'_>,
    files: &mut Files,
) -> io::Result<()> {
    let path = |name: &str| own.join(format!("token-{name}.json"));
    let Emulator {
        credentials,
        organization,
        ..
    } = *emulator;
    let old: Vec<String> = tokens
        .iter()
        .filter(|(name, token)| {
            let kept = token.get("token").and_then(Item::as_str);
            kept == Some(&reference(&path(name))) && !credentials.server_tokens.contains_key(*name)
        })
        .map(|(name, _)| name.to_owned())
        .collect();
    for name in old {
        tokens.remove(&name);
        fs::remove_file(path(&name))?;
    }
    for token in &organization.server_tokens {
        let path = path(&token.name);
        let json = credentials.server_tokens.get(&token.name);
        files.push((path.clone(), json.cloned().unwrap_or_default()));
        let entry = table(tokens, &token.name, false)?;
        set(entry, "token", &reference(&path));
        set(entry, "server_id", &token.server_id);
        if let Some(server) = organization.server(&token.server_id) {
            set(entry, "server_name", &server.name);
        }
        set(entry, "organization", &organization.name);
    }
    Ok(())
}

/// What `auth roster` would have kept, where an administrator authorized it.
fn roster(
    profile: &mut dyn TableLike,
    own: &Path,
    organization: &Organization,
    files: &mut Files,
) -> io::Result<()> {
    let Some(roster) = &organization.roster else {
        return Ok(());
    };
    let Some(refresh_token) = roster.refresh_tokens.first() else {
        return Ok(());
    };
    let app = &roster.app;
    let key = own.join("roster-private-key.p8");
    files.push((key.clone(), app.private_key.clone()));
    let token = own.join("roster-refresh-token");
    files.push((token.clone(), refresh_token.token.clone()));
    let table = table(profile, "roster", false)?;
    for (member, text) in [
        ("client_id", &app.client_id),
        ("team_id", &app.team_id),
        ("key_id", &app.key_id),
        ("private_key", &reference(&key)),
        ("redirect_uri", &app.redirect_uri),
        ("refresh_token", &reference(&token)),
        ("organization", &organization.name),
        ("organization_id", &organization.id),
    ] {
        set(table, member, text);
    }
    Ok(())
}

/// The emulator's addresses. Addresses that a user gave for other hosts stay.
fn services(services: &mut dyn TableLike, authority: &Path, emulator: &Emulator<'_>) {
    let Emulator {
        origin, resolver, ..
    } = *emulator;
    for (member, text) in [
        ("api", origin.to_owned()),
        ("token", format!("{origin}{TOKEN}")),
        ("roster", origin.to_owned()),
        ("roster_authorize", format!("{origin}{ROSTER_AUTHORIZE}")),
        ("roster_token", format!("{origin}{ROSTER_TOKEN}")),
        ("enrollment", origin.to_owned()),
        ("certificates", authority.display().to_string()),
        ("resolver", resolver.to_owned()),
    ] {
        set(services, member, &text);
    }
    let mut resolve: Vec<String> = emulator
        .resolve
        .split(',')
        .map(|address| address.replacen(':', "=", 1))
        .collect();
    let before = services.get("resolve").and_then(Item::as_array);
    let before: Vec<&str> = before
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let parts = |text: &'_ str| -> Option<(String, String)> {
        let (host, address) = text.split_once('=')?;
        Some((host.trim().to_ascii_lowercase(), address.trim().to_owned()))
    };
    let web = |list: &[&str]| {
        let mut pairs = list.iter().filter_map(|text| parts(text));
        pairs.find_map(|(host, address)| (host == MDM_HOST).then_some(address))
    };
    // Where the web of the emulator before was: a host of it that this one lacks is gone.
    let gone = web(&before);
    let own: Vec<String> = resolve
        .iter()
        .filter_map(|text| Some(parts(text)?.0))
        .collect();
    let others = before.iter().filter(|text| {
        parts(text).is_some_and(|(host, address)| !own.contains(&host) && Some(address) != gone)
    });
    resolve.extend(others.map(|&text| text.to_owned()));
    let mut list: Array = resolve.into_iter().collect();
    for address in list.iter_mut() {
        address.decor_mut().set_prefix("\n  ");
    }
    list.set_trailing("\n");
    list.set_trailing_comma(true);
    services.insert("resolve", value(list));
}

/// Paths below the origin.
const TOKEN: &str = "/auth/oauth2/token";
const ROSTER_AUTHORIZE: &str = "/appleid/auth/oauth2/v2/authorize";
const ROSTER_TOKEN: &str = "/appleid/auth/oauth2/v2/token";

/// What points abmctl at the emulator without a profile.
fn variables(
    configuration: &Path,
    state: &Path,
    authority: &Path,
    emulator: &Emulator<'_>,
) -> Vec<(String, String)> {
    let path = |path: &Path| path.display().to_string();
    let origin = emulator.origin;
    [
        ("ABMCTL_CONFIG_DIR", path(configuration)),
        ("ABMCTL_STATE_DIR", path(state)),
        ("ABMCTL_API_URL", origin.to_owned()),
        ("ABMCTL_TOKEN_URL", format!("{origin}{TOKEN}")),
        ("ABMCTL_ROSTER_URL", origin.to_owned()),
        (
            "ABMCTL_ROSTER_AUTHORIZE_URL",
            format!("{origin}{ROSTER_AUTHORIZE}"),
        ),
        ("ABMCTL_ROSTER_TOKEN_URL", format!("{origin}{ROSTER_TOKEN}")),
        ("ABMCTL_ENROLLMENT_URL", origin.to_owned()),
        ("ABMCTL_RESOLVE", emulator.resolve.to_owned()),
        ("ABMCTL_RESOLVER", emulator.resolver.to_owned()),
        ("SSL_CERT_FILE", path(authority)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The table of this name, which is made where it is missing; one that is a mere `holder` of tables needs no header.
fn table<'a>(
    parent: &'a mut dyn TableLike,
    name: &str,
    holder: bool,
) -> io::Result<&'a mut dyn TableLike> {
    if parent.get(name).is_none() {
        let mut made = Table::new();
        made.set_implicit(holder);
        parent.insert(name, Item::Table(made));
    }
    let found = parent.get_mut(name).and_then(Item::as_table_like_mut);
    found.ok_or_else(|| io::Error::other(format!("{name} in its config.toml is no table")))
}

/// Sets a text, and keeps the comment behind it.
fn set(table: &mut dyn TableLike, key: &str, text: &str) {
    let mut new = Value::from(text);
    if let Some(old) = table.get(key).and_then(Item::as_value) {
        *new.decor_mut() = old.decor().clone();
    }
    table.insert(key, Item::Value(new));
}

fn reference(path: &Path) -> String {
    format!("file:{}", path.display())
}

/// Makes a folder and what is missing above it, mode 0700.
fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Writes a file that has mode 0600 from the start, whatever was there.
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// Replaces a file in one step, mode 0600: a command may read it meanwhile.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}
