//! What the shells offer: the stubs of `abmctl completions` ask the program itself, which answers from its command line, the
//! configuration file and the environment. It sends nothing, writes nothing, and asks no keyring.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use clap::{Arg, Command, ValueHint};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate, complete};

use crate::cli;
use crate::commands;
use crate::config::{File, Flags, Folders, Settings};
use crate::host::{Environment, Host, Terminal};
use crate::text::printable;

/// Names the shell that asks. Its own words follow `--`, the last one is completed.
const VARIABLE: &str = "COMPLETE";
const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// The candidates, a line for each, if a shell asks for them: `COMPLETE=bash abmctl -- abmctl assign --pl`. For zsh and fish
/// each has its description behind a tab. `None` for any other command line, whatever the variable says.
pub(crate) fn answer(arguments: &[OsString], host: &Host) -> Option<String> {
    let shell = host.environment.get(VARIABLE)?;
    let shell = SHELLS.into_iter().find(|name| *name == shell)?;
    let [_, dashes, words @ ..] = arguments else {
        return None;
    };
    if dashes != "--" || words.is_empty() {
        return None;
    }
    let words = unquoted(shell, words);
    let candidates = candidates(&words, &host.environment);
    let line = |candidate: &CompletionCandidate| {
        let value = candidate.get_value().to_str()?;
        // A line is a candidate.
        if value.contains(['\n', '\t']) {
            return None;
        }
        let help = candidate.get_help().map(ToString::to_string);
        let help = help.as_deref().and_then(|help| help.lines().next());
        Some(match help {
            Some(help) if shell != "bash" => format!("{value}\t{help}\n"),
            _ => format!("{value}\n"),
        })
    };
    Some(candidates.iter().filter_map(line).collect())
}

/// What fits the last of the words.
fn candidates(words: &[OsString], environment: &Environment) -> Vec<CompletionCandidate> {
    let mut command = commands::generate::visible(&cli::tree());
    let sources = Sources::new(words, environment);
    command = offering(command, "", &sources);
    let last = words.len() - 1;
    let found = complete(&mut command, words.to_vec(), last, Some(Path::new(".")));
    let mut found = found.unwrap_or_default();
    if words[last].is_empty() {
        let is_option =
            |it: &CompletionCandidate| it.get_value().as_encoded_bytes().starts_with(b"-");
        // Options are offered where nothing else fits, by their long names.
        if found.iter().any(|it| !is_option(it)) {
            found.retain(|it| !is_option(it));
        } else {
            found.retain(|it| it.get_value().as_encoded_bytes().starts_with(b"--"));
        }
    }
    found
}

/// The command line below `path`, with candidates for what its arguments take.
fn offering(command: Command, path: &str, sources: &Sources) -> Command {
    command
        .mut_args(|argument| sources.offer(path, argument))
        .mut_subcommands(|inner| {
            let path = format!("{path} {}", inner.get_name());
            offering(inner, path.trim_start(), sources)
        })
}

/// The names that there are here.
struct Sources {
    profiles: Vec<Named>,
    servers: Vec<Named>,
    tokens: Vec<Named>,
    aliases: Vec<Named>,
    columns: Vec<Named>,
}

/// A candidate, and what it is.
type Named = (String, String);

impl Sources {
    fn new(words: &[OsString], environment: &Environment) -> Self {
        let before = words.split_last().map_or(words, |(_, before)| before);
        let flags = Flags {
            profile: cli::value_of(before, &["--profile", "-p"]).map(str::to_owned),
            ..Flags::default()
        };
        let folders = Folders::from_environment(environment);
        let file = folders.and_then(|folders| File::load(&folders));
        let profiles = file.map(|file| file.profiles).unwrap_or_default();
        let profiles = profiles.into_iter();
        // What can't be used has no names, and whoever runs the command is told why.
        let settings = Settings::resolve(&flags, environment, Terminal::default()).ok();
        let settings = settings.as_ref();
        Self {
            profiles: profiles
                .map(|(name, profile)| {
                    let about = profile.client_id.unwrap_or_default();
                    (name, about)
                })
                .collect(),
            servers: settings.map(servers).unwrap_or_default(),
            tokens: settings.map(tokens).unwrap_or_default(),
            aliases: settings.map(aliases).unwrap_or_default(),
            columns: columns(words),
        }
    }

    /// The argument of the command at `path`, such as `servers get`, with the names that it takes.
    fn offer(&self, path: &str, argument: Arg) -> Arg {
        let value = argument.get_value_names().and_then(|names| names.first());
        let value = value.map(ToString::to_string).unwrap_or_default();
        let is_option = argument.get_long().is_some();
        let names: Vec<Named> = match (path, argument.get_id().as_str(), value.as_str()) {
            (_, "profile", _) | ("profiles use" | "profiles remove", "name", _) => {
                self.profiles.clone()
            }
            (_, "columns", _) => self.columns.clone(),
            ("tokens remove" | "tokens import", "name", _) => self.tokens.clone(),
            ("servers alias", "name", _) => self.aliases.clone(),
            ("assign", "from", _) => {
                let none = ("none".to_owned(), "no server".to_owned());
                self.servers.iter().cloned().chain([none]).collect()
            }
            ("adde-url get" | "adde-url set" | "adde-url clear", _, "SERVER") => {
                let tokens = self.tokens.iter().cloned();
                let named: BTreeMap<_, _> = self.servers.iter().cloned().chain(tokens).collect();
                named.into_iter().collect()
            }
            (_, _, "SERVER") => self.servers.clone(),
            (_, _, "FOLDER") => return argument.value_hint(ValueHint::DirPath),
            (_, _, "FILE") => return argument.value_hint(ValueHint::FilePath),
            // The path of `api` is Apple's.
            (_, _, "PATH") if is_option => return argument.value_hint(ValueHint::FilePath),
            _ => return argument,
        };
        argument.add(ArgValueCandidates::new(move || {
            let names = names.iter();
            names.map(candidate).collect::<Vec<_>>()
        }))
    }
}

fn candidate((name, about): &Named) -> CompletionCandidate {
    let about = (!about.is_empty()).then(|| printable(about).into_owned().into());
    CompletionCandidate::new(name).help(about)
}

/// The aliases, and the servers that a server token or a declaration names.
fn servers(settings: &Settings) -> Vec<Named> {
    let tokens = settings.tokens.iter();
    let of_tokens = tokens.filter_map(|it| {
        let name = it.server_name.clone()?;
        Some((name, format!("server token {}", it.name)))
    });
    let declared = settings.declared_adde_urls.iter();
    let declared = declared.map(|it| (it.server.clone(), "declared ADDE URL".to_owned()));
    // An alias says the most.
    let named: BTreeMap<_, _> = declared.chain(of_tokens).chain(aliases(settings)).collect();
    named.into_iter().collect()
}

fn tokens(settings: &Settings) -> Vec<Named> {
    let tokens = settings.tokens.iter();
    tokens
        .map(|it| (it.name.clone(), it.server_name.clone().unwrap_or_default()))
        .collect()
}

fn aliases(settings: &Settings) -> Vec<Named> {
    let aliases = settings.aliases.iter();
    aliases
        .map(|(alias, server)| (alias.clone(), server.value.clone()))
        .collect()
}

/// The columns of the command that is typed.
fn columns(words: &[OsString]) -> Vec<Named> {
    let heads = cli::columns(words).unwrap_or_default();
    let named = heads
        .iter()
        .map(|it| (it.key.to_owned(), it.header.to_lowercase()));
    named.collect()
}

/// The words as abmctl would get them. A shell hands them over as they are typed, quotes and all; fish only the last one.
fn unquoted(shell: &str, words: &[OsString]) -> Vec<OsString> {
    let last = words.len() - 1;
    let words = words.iter().enumerate();
    let word = |(place, word): (usize, &OsString)| match word.to_str() {
        Some(text) if shell != "fish" || place == last => unquote(text).into(),
        _ => word.clone(),
    };
    words.map(word).collect()
}

/// A word without its quotes and backslashes, the last of which may still be open.
fn unquote(word: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    let mut letters = word.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\'' | '"', None) => quote = Some(letter),
            ('\'', Some('\'')) | ('"', Some('"')) => quote = None,
            ('\\', None) => text.extend(letters.next()),
            ('\\', Some('"')) => match letters.next() {
                Some(escaped @ ('"' | '\\' | '$' | '`')) => text.push(escaped),
                other => {
                    text.push(letter);
                    text.extend(other);
                }
            },
            _ => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::unquote;

    #[test]
    fn a_word_is_read_as_a_shell_reads_it() {
        for (typed, meant) in [
            ("prod", "prod"),
            (r"Jamf\ Pro", "Jamf Pro"),
            ("'Jamf P", "Jamf P"),
            ("\"Jamf P\"", "Jamf P"),
            (r#""a\"b\c"#, r#"a"b\c"#),
            ("--server='Jamf P", "--server=Jamf P"),
            (r"'a'\''b'", "a'b"),
            ("\\", ""),
            ("", ""),
        ] {
            assert_eq!(unquote(typed), meant, "{typed}");
        }
    }
}
