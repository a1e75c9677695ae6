//! A private key that somebody gives, of the API account or of the Roster API: from a file or from standard input, looked at before it is taken.

use std::path::PathBuf;

use crate::apple::oauth::key::SigningKey;
use crate::config::Settings;
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::organization::roster::roster_key;
use crate::organization::signing_key;
use crate::secret::{Field, Secret, SecretLocation, SecretReference, Slot};

/// A private key that can sign.
pub struct PrivateKey {
    /// As it is stored.
    pub secret: Secret,
    /// As it signs.
    pub key: SigningKey,
    /// The file that it was copied from; `None` if it came from standard input or a pipe.
    pub file: Option<String>,
}

/// Reads the key for `field` at `path`, or from standard input where that is `-`; exit 2 where it can't be used.
pub async fn read(
    context: &Context,
    settings: &Settings,
    path: &str,
    field: Field,
) -> Result<PrivateKey, Error> {
    if path == "-" {
        return read_input(context, &field).await;
    }
    let location = SecretLocation {
        reference: SecretReference::File(whole_path(path, settings)),
        slot: Slot::of_environment(field),
    };
    let secret = context.secrets(settings).resolve(&location).await?;
    let key = parse(&secret, path, &location.slot.field)?;
    Ok(PrivateKey {
        secret,
        key,
        file: (!is_pipe(path, settings)).then(|| path.to_owned()),
    })
}

/// The path as it is from anywhere: a relative one starts here, as in a shell, and not at the configuration folder.
pub fn whole_path(path: &str, settings: &Settings) -> PathBuf {
    let expanded = settings.folders.expand(path);
    std::path::absolute(&expanded).unwrap_or(expanded)
}

/// Whether there is a pipe, as `<(…)` gives one, and not a file that can be read again.
pub fn is_pipe(path: &str, settings: &Settings) -> bool {
    std::fs::metadata(whole_path(path, settings)).is_ok_and(|found| !found.is_file())
}

fn parse(secret: &Secret, from: &str, field: &Field) -> Result<SigningKey, Error> {
    match field {
        Field::RosterPrivateKey => roster_key(secret, from),
        _ => signing_key(secret, from),
    }
}

async fn read_input(context: &Context, field: &Field) -> Result<PrivateKey, Error> {
    if context.host.terminal.stdin {
        return Err(Error::usage(
            "`--private-key-file -` reads standard input, which is a terminal: what is typed there can be seen.",
        )
        .hint(hint![
            "Name the file, or pipe the key in: ",
            Command::storing(match field {
                Field::RosterPrivateKey => "auth roster --private-key-file -",
                _ => "auth login --private-key-file -",
            })
            .input("key.pem"),
            "."
        ]));
    }
    let bytes = zeroize::Zeroizing::new(context.ui.read_input().await?);
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Error::usage("Standard input is not text (not UTF-8)."))?;
    let secret = Secret::new(text);
    if secret.is_empty() {
        return Err(Error::usage(
            "Standard input is empty, so there is no private key.",
        ));
    }
    let key = parse(&secret, "standard input", field)?;
    Ok(PrivateKey {
        secret,
        key,
        file: None,
    })
}

/// Asks for the file of the key for `field`, until it can be used.
pub async fn ask(
    question: &str,
    field: &Field,
    settings: &Settings,
    context: &Context,
) -> Result<PrivateKey, Error> {
    let mut last: Option<String> = None;
    loop {
        let answer = context.ui.ask(question, last.as_deref()).await?;
        if answer.is_empty() {
            continue;
        }
        match read(context, settings, &typed_path(&answer), field.clone()).await {
            Ok(key) => return Ok(key),
            Err(error) => {
                // Nearly always the mode of what a browser saved: mend it, and press Enter.
                context.ui.error(&error);
                last = Some(answer);
            }
        }
    }
}

/// A path as somebody typed it, or dragged it into a terminal, which quotes it as a shell needs it.
fn typed_path(answer: &str) -> String {
    match shell_words::split(answer).as_deref() {
        Ok([only]) => only.clone(),
        _ => answer.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_be_quoted() {
        for (answer, path) in [
            ("key.pem", "key.pem"),
            ("'/my keys/key.pem'", "/my keys/key.pem"),
            ("/my\\ keys/key.pem", "/my keys/key.pem"),
            ("/my keys/key.pem", "/my keys/key.pem"),
            ("/it's.pem", "/it's.pem"),
            ("~/key.pem", "~/key.pem"),
        ] {
            assert_eq!(typed_path(answer), path);
        }
    }
}
