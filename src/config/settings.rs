//! All settings in force, each with where it came from.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::Date;

use super::credentials::{environment_has_credentials, source_of};
use super::file::Profile;
use super::names::check_new;
use super::values::{nearest, parse_duration};
use super::{
    CredentialRefs, File, Folders, KeyPairRef, NameLookup, Network, OrganizationKind, RosterRefs,
    Services, Source, Sourced, TokenRef,
};
use super::{aliases, declared_urls, read_only};
use crate::core::declared_urls::DeclaredUrl;
use crate::core::devices::activity_limit::ActivityLimit;
use crate::core::printed::{Command, Hint, Reach, hint};
use crate::error::{Error, Kind};
use crate::host::{Environment, Terminal};

/// The flags that settings come from, as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--timeout`.
    pub timeout: Option<String>,
    /// `--max-wait`.
    pub max_wait: Option<String>,
    /// The command is about to write the profile: it may be new, and its credentials incomplete.
    pub storing: bool,
}

/// What every command works with. Holds no secret, only where secrets are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The profile in force, if any.
    pub profile: Option<Sourced<String>>,
    /// The names of all profiles.
    pub profiles: Vec<String>,
    /// The API account, if one is configured.
    pub credentials: Option<CredentialRefs>,
    /// The server tokens.
    pub tokens: Vec<TokenRef>,
    /// The key pairs that server tokens are encrypted for, by name.
    pub key_pairs: Vec<KeyPairRef>,
    /// Names for servers: id or name of each.
    pub aliases: BTreeMap<String, Sourced<String>>,
    /// Where Apple's services are.
    pub services: Services,
    /// Where names are looked up.
    pub lookup: NameLookup,
    /// The domains that the operator saw in the portal.
    pub declared_domains: Vec<String>,
    /// The day on which each of them was last seen there, where it was said.
    pub seen_domains: BTreeMap<String, Date>,
    /// The ADDE URLs that the operator declared.
    pub declared_adde_urls: Vec<DeclaredUrl>,
    /// The access to the Roster API, if it is configured.
    pub roster: Option<RosterRefs>,
    /// The time limit of one attempt.
    pub timeout: Sourced<Duration>,
    /// The time limit of all waiting, counted from the last success.
    pub max_wait: Sourced<Duration>,
    /// How many activities of devices may be sent in a time; `None` for no limit.
    pub activity_limit: Sourced<Option<ActivityLimit>>,
    /// What says that nothing is sent that isn't a read, if anything does.
    pub read_only: Option<Source>,
    /// Proxy and certificates.
    pub network: Network,
    /// The variables that hold secrets by an `env:` reference of any profile.
    pub secret_variables: BTreeSet<String>,
    /// What is wrong with the configuration, though it can be used; each a sentence.
    pub warnings: Vec<String>,
    /// Where abmctl keeps its files.
    pub folders: Folders,
}

impl Settings {
    /// Reads the configuration file and says what is in force.
    ///
    /// Exit 2 where the file, a variable or a flag can't be used or they conflict, exit 4 where `--profile` or
    /// `ABMCTL_PROFILE` names a profile that does not exist.
    pub fn resolve(
        flags: &Flags,
        environment: &Environment,
        terminal: Terminal,
    ) -> Result<Self, Error> {
        let folders = Folders::from_environment(environment)?;
        let file = File::load(&folders)?;
        Self::from_file(flags, environment, terminal, folders, &file)
    }

    /// What is in force with this `file`; the same errors as [`Self::resolve`], and no file is read.
    ///
    /// Where the environment has credentials, no profile is used unless `ABMCTL_PROFILE` names one: the default profile
    /// may belong to another organization. The one that is named gives everything but credentials, and may be new.
    pub fn from_file(
        flags: &Flags,
        environment: &Environment,
        terminal: Terminal,
        folders: Folders,
        file: &File,
    ) -> Result<Self, Error> {
        let own_credentials = environment_has_credentials(environment);
        let name = profile_name(flags, environment, &folders, file, own_credentials)?;
        let empty = Profile::default();
        let (profile, source) = match &name {
            Some(name) => (
                file.profiles.get(&name.value).unwrap_or(&empty),
                source_of(&folders.config_file(), &name.value),
            ),
            None => (&empty, Source::Default),
        };
        let profile_name = name.as_ref().map_or("", |name| name.value.as_str());

        let credentials = if own_credentials.is_some() {
            CredentialRefs::from_environment(environment, &folders)?
        } else {
            match CredentialRefs::from_profile(profile_name, profile, &source) {
                // What is about to be replaced may be broken.
                Err(_) if flags.storing => None,
                other => other?,
            }
        };
        let tokens = match TokenRef::from_environment(environment, &folders)? {
            Some(tokens) => tokens,
            None => TokenRef::from_profile(profile_name, profile, &source),
        };
        let roster = match RosterRefs::from_environment(environment, &folders)? {
            Some(roster) => Some(roster),
            None => profile
                .roster
                .as_ref()
                .map(|roster| RosterRefs::from_profile(profile_name, roster, &source)),
        };
        let kind = credentials
            .as_ref()
            .map_or(OrganizationKind::Business, |credentials| credentials.kind);
        let duration = |flag: Option<&String>, name, configured: Option<Duration>, default| {
            Ok::<_, Error>(match (flag, configured) {
                (Some(text), _) => Sourced::new(parse_duration(name, text)?, Source::Flag(name)),
                (None, Some(duration)) => Sourced::new(duration, source.clone()),
                (None, None) => Sourced::new(Duration::from_secs(default), Source::Default),
            })
        };
        // Somebody looks on where progress is shown, and that is standard error.
        let patience = if terminal.stderr { 5 * 60 } else { 15 * 60 };
        let max_wait = (flags.max_wait.as_ref(), "--max-wait", profile.max_wait);
        Ok(Self {
            credentials,
            tokens,
            key_pairs: KeyPairRef::from_profile(profile_name, profile, &source, &folders),
            roster,
            aliases: aliases::resolve(environment, profile, &source)?,
            services: Services::resolve(environment, &profile.services, &source, kind)?,
            lookup: NameLookup::resolve(environment, &profile.services, &source)?,
            declared_domains: profile
                .domains
                .declared
                .iter()
                .map(|domain| domain.trim().to_owned())
                .collect(),
            seen_domains: profile.domains.seen.clone(),
            declared_adde_urls: declared_urls::of(profile),
            timeout: duration(flags.timeout.as_ref(), "--timeout", profile.timeout, 60)?,
            max_wait: duration(max_wait.0, max_wait.1, max_wait.2, patience)?,
            activity_limit: match profile.activity_limit {
                Some(limit) => Sourced::new(limit.0, source.clone()),
                None => Sourced::new(Some(ActivityLimit::default()), Source::Default),
            },
            read_only: read_only::resolve(environment, profile, &source)?,
            network: Network::resolve(environment, &folders, &profile.services, &source)?,
            profiles: file.profiles.keys().cloned().collect(),
            secret_variables: file.secret_variables(),
            warnings: file.warnings(),
            profile: name,
            folders,
        })
    }

    /// The API account; exit 3 where none is configured, with what to do.
    pub fn required_credentials(&self) -> Result<&CredentialRefs, Error> {
        self.credentials.as_ref().ok_or_else(|| {
            let login = self.storing("auth login");
            self.nothing(
                "API account",
                match &self.profile {
                    Some(_) => hint!["Run ", login, "."],
                    None => hint![
                        "Run ",
                        login,
                        ", or set ABMCTL_CLIENT_ID and ABMCTL_PRIVATE_KEY_FILE."
                    ],
                },
            )
        })
    }

    /// The server tokens; exit 3 where none is configured, with what to do.
    pub fn required_tokens(&self) -> Result<&[TokenRef], Error> {
        if self.tokens.is_empty() {
            return Err(self.nothing(
                "server token",
                hint![
                    "Run ",
                    self.storing("tokens import FILE"),
                    " with the file that the MDM uses or that you download in the portal, or set ABMCTL_SERVER_TOKEN_FILE to the decrypted token's file."
                ],
            ));
        }
        Ok(&self.tokens)
    }

    /// The profile that a command writes to: the one in force, else `default`.
    pub fn profile_to_store(&self) -> &str {
        self.profile
            .as_ref()
            .map_or("default", |profile| &profile.value)
    }

    /// What a printed command needs in order to work with these settings.
    pub fn reach(&self) -> Reach {
        let account = self.account_from_environment();
        let tokens = self.tokens.first().map(|it| &it.token.source);
        let roster = self.roster.as_ref().map(|it| &it.client_id.source);
        let mut others = [tokens, roster].into_iter().flatten();
        let profile = self.profile.as_ref();
        let profile = profile.filter(|_| !account && self.is_one_of_several());
        Reach {
            profile: profile.map(|it| it.value.clone()),
            variables: account || others.any(|it| matches!(it, Source::Environment(_))),
        }
    }

    /// The name that documents and tables give to where the credentials come from.
    pub fn shown_profile(&self) -> &str {
        let profile = self.profile.as_ref();
        profile.map_or("environment", |profile| &profile.value)
    }

    /// Whether the profile has to be named: there are several, or it was chosen by a flag or a variable.
    pub fn is_one_of_several(&self) -> bool {
        let profile = self.profile.as_ref();
        self.profiles.len() > 1 || profile.is_some_and(|it| !matches!(it.source, Source::File(_)))
    }

    /// Why nothing is sent that isn't a read, as a part of a sentence; `None` where requests may change something.
    pub fn why_read_only(&self) -> Option<String> {
        self.read_only.as_ref().map(read_only::words)
    }

    /// A command that stores something in the profile in force, which it names.
    pub fn storing(&self, words: &str) -> Command {
        let command = Command::storing(words);
        match &self.profile {
            Some(profile) if !self.account_from_environment() => command.of_profile(&profile.value),
            _ => command,
        }
    }

    /// Whether the API account comes from variables, beside which `--profile` is refused.
    fn account_from_environment(&self) -> bool {
        let account = self.credentials.as_ref();
        account.is_some_and(|it| matches!(it.client_id.source, Source::Environment(_)))
    }

    fn nothing(&self, what: &str, remedy: Hint) -> Error {
        let error = |message| Error::new(Kind::NotAuthenticated, message);
        match &self.profile {
            Some(profile) => {
                error(format!("Profile {} has no {what}.", profile.value)).hint(remedy)
            }
            None if self.profiles.is_empty() || self.credentials.is_some() => {
                error(format!("No {what} is configured.")).hint(remedy)
            }
            None => error(format!(
                "No {what} is configured, because none of the profiles {} is the default.",
                self.profiles.join(", ")
            ))
            .hint(hint![
                "Add `--profile NAME`, or run ",
                Command::plain("profiles use NAME"),
                "."
            ]),
        }
    }
}

/// What a printed command needs, as far as it is known before any settings are.
pub fn named_reach(flag: Option<&String>, environment: &Environment) -> Reach {
    let variables = environment_has_credentials(environment).is_some();
    let named = flag_or_variable(flag, "--profile", environment, "ABMCTL_PROFILE");
    Reach {
        profile: named.filter(|_| !variables).map(|it| it.value),
        variables,
    }
}

/// Which profile is in force.
fn profile_name(
    flags: &Flags,
    environment: &Environment,
    folders: &Folders,
    file: &File,
    own_credentials: Option<&str>,
) -> Result<Option<Sourced<String>>, Error> {
    if let (Some(variable), Some(_)) = (own_credentials, &flags.profile) {
        return Err(Error::usage(format!(
            "--profile can't be used while credentials come from the environment: {variable} is set."
        ))
        .hint(format!("To use the profile's credentials, unset {variable} and the other credential variables. To use only the rest of the profile, set ABMCTL_PROFILE instead.")));
    }
    let named = flag_or_variable(
        flags.profile.as_ref(),
        "--profile",
        environment,
        "ABMCTL_PROFILE",
    );
    if let Some(name) = named {
        if let Some(spelled) = file.find(&name.value)? {
            return Ok(Some(Sourced::new(spelled.to_owned(), name.source)));
        }
        if flags.storing || own_credentials.is_some() {
            check_new("profile", &name.value, std::iter::empty())
                .map_err(|error| error.context(&name.source))?;
            return Ok(Some(name));
        }
        return Err(unknown_profile(&name, file));
    }
    if own_credentials.is_some() {
        return Ok(None);
    }
    let source = Source::File(folders.config_file());
    if let Some(name) = &file.default_profile {
        let name = Sourced::new(name.clone(), source);
        if file.profiles.contains_key(&name.value) {
            return Ok(Some(name));
        }
        if !flags.storing {
            return Err(Error::usage(format!(
                "The default_profile {:?} of {} doesn't exist.",
                name.value, name.source
            ))
            .hint(hint!["Run ", Command::plain("profiles use NAME"), "."]));
        }
    }
    let mut all = file.profiles.keys();
    Ok(match (all.next(), all.next()) {
        (Some(only), None) => Some(Sourced::new(
            only.clone(),
            Source::File(folders.config_file()),
        )),
        _ => None,
    })
}

/// A profile that was named and does not exist: exit 4, with the nearest names.
fn unknown_profile(name: &Sourced<String>, file: &File) -> Error {
    let error = Error::not_found(format!(
        "Profile {:?} (from {}) doesn't exist.",
        name.value, name.source
    ));
    let near = nearest(&name.value, file.profiles.keys().map(String::as_str));
    if near.is_empty() {
        error.hint(hint![
            Command::plain("profiles list"),
            " shows the profiles, ",
            Command::plain("auth login --profile NAME"),
            " makes one."
        ])
    } else {
        error.hint(format!("Did you mean {}?", near.join(" or ")))
    }
}

fn flag_or_variable(
    flag: Option<&String>,
    flag_name: &'static str,
    environment: &Environment,
    variable: &'static str,
) -> Option<Sourced<String>> {
    let (text, source) = match flag {
        Some(text) => (text.as_str(), Source::Flag(flag_name)),
        None => match environment.get(variable)?.trim() {
            "" => return None,
            text => (text, Source::Environment(variable)),
        },
    };
    Some(Sourced::new(text.trim().to_owned(), source))
}

#[cfg(test)]
mod tests;
