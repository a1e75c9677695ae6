//! Secrets that a program prints.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use zeroize::Zeroizing;

use super::{LARGEST, Secret, Unusable, secret_from};
use crate::host::{Clock, Environment};

/// How long a program may take.
pub(super) const LIMIT: Duration = Duration::from_secs(30);

/// So much of the end of a program's standard error is kept.
const TAIL: usize = 4096;

/// Runs the program `words[0]` without a shell, and takes what it prints.
///
/// It gets the environment that abmctl got, without the variables in `hidden`, and no standard input. It ends with this
/// future.
pub(super) async fn run(
    words: &[String],
    environment: &Environment,
    hidden: &BTreeSet<String>,
    clock: &dyn Clock,
) -> Result<Secret, Unusable> {
    tokio::select! {
        biased;
        result = output(words, environment, hidden) => result,
        () = clock.sleep(LIMIT) => Err(Unusable::new(format!(
            "the program did not end within {} seconds",
            LIMIT.as_secs()
        ))
        .hint("Use a program that asks no questions: the program has no terminal.")),
    }
}

async fn output(
    words: &[String],
    environment: &Environment,
    hidden: &BTreeSet<String>,
) -> Result<Secret, Unusable> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Unusable::new("it names no program"));
    };
    let shown = environment
        .for_programs()
        .filter(|(name, _)| name.to_str().is_none_or(|name| !hidden.contains(name)));
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(shown)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Unusable::new(format!("the program can't be started: {error}")))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let broken = |error| Unusable::new(format!("what the program prints can't be read: {error}"));
    // One who prints more than the limit is not read to the end, and killed with `child`.
    let (printed, complaint) = tokio::try_join!(head(stdout), tail(stderr)).map_err(broken)?;
    let status = child.wait().await.map_err(|error| {
        Unusable::new(format!(
            "abmctl couldn't wait for the program to end: {error}"
        ))
    })?;
    if status.success() {
        return secret_from(&printed);
    }
    let reason = match (status.code(), last_line(&complaint)) {
        (Some(code), line) if line.is_empty() => format!("the program ended with status {code}"),
        (Some(code), line) => {
            format!("the program ended with status {code} and said: {line}")
        }
        (None, _) => "a signal ended the program".to_owned(),
    };
    Err(Unusable::new(reason))
}

/// The beginning of what is printed; an error where it is longer than any secret.
async fn head(source: Option<impl AsyncRead + Unpin>) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(TAIL));
    if let Some(source) = source {
        source
            .take(LARGEST as u64 + 1)
            .read_to_end(&mut bytes)
            .await?;
    }
    if bytes.len() > LARGEST {
        return Err(std::io::Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
}

/// The end of what is printed, all of it being read so that the program does not wait for a reader.
async fn tail(source: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    let Some(mut source) = source else {
        return Ok(kept);
    };
    let mut buffer = [0; TAIL];
    loop {
        let count = source.read(&mut buffer).await?;
        if count == 0 {
            return Ok(kept);
        }
        kept.extend_from_slice(buffer.get(..count).unwrap_or_default());
        kept.drain(..kept.len().saturating_sub(TAIL));
    }
}

/// The last line that says something, without control characters, cut at 200 characters and without its full stop.
fn last_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let line: String = line.chars().filter(|c| !c.is_control()).take(200).collect();
    line.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_plain_and_short() {
        assert_eq!(last_line(b"one\ntwo\n\n  three. \n \n"), "three");
        assert_eq!(last_line(b"\x1b[31mred\x07\n"), "[31mred");
        assert_eq!(last_line(&[b'x'; 4000]).len(), 200);
        assert_eq!(last_line(b""), "");
        assert_eq!(last_line(b"\xff"), "\u{fffd}");
    }
}
