//! A private key of the API account or of the Roster API: from a file, from standard input, or asked for.

use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::private_key::PrivateKey;
use crate::secret::{Field, Secret};

/// Reads the key for `field` at `path`, or from standard input where that is `-`; exit 2 where it can't be used.
pub(super) async fn read(
    path: &str,
    field: Field,
    organization: &Organization,
    context: &Context,
) -> Result<PrivateKey, Error> {
    if path == "-" {
        return read_input(context, &field).await;
    }
    PrivateKey::read(path, field, organization).await
}

async fn read_input(context: &Context, field: &Field) -> Result<PrivateKey, Error> {
    if context.host.terminal.stdin {
        return Err(Error::usage(
            "`--private-key-file -` reads standard input, which is a terminal here, so anybody could see the key.",
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
        .map_err(|_| Error::usage("Standard input isn't UTF-8 text."))?;
    let secret = Secret::new(text);
    if secret.is_empty() {
        return Err(Error::usage(
            "Standard input is empty, so there is no private key.",
        ));
    }
    PrivateKey::new(secret, "standard input", field)
}

/// Asks for the file of the key for `field`, until it can be used.
pub(super) async fn ask(
    question: &str,
    field: &Field,
    organization: &Organization,
    context: &Context,
) -> Result<PrivateKey, Error> {
    let mut last: Option<String> = None;
    loop {
        let answer = context.ui.ask(question, last.as_deref()).await?;
        if answer.is_empty() {
            continue;
        }
        match read(&typed_path(&answer), field.clone(), organization, context).await {
            Ok(key) => return Ok(key),
            Err(error) => {
                // Nearly always the mode of what a browser saved: fix it, and press Enter.
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
