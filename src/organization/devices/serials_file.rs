//! Files with serial numbers that somebody names on the command line.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::Error;

/// The largest file: a spreadsheet of all columns of 200,000 devices fits.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Reads the file at `path`, which the user called `name`; exit 2 if that fails.
pub async fn read(name: &str, path: &Path) -> Result<Vec<u8>, Error> {
    let path = path.to_owned();
    // On a thread of its own: a pipe that nobody writes to must not keep Ctrl-C from working.
    let read = tokio::task::spawn_blocking(move || {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    let read = read
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)));
    let why = match read {
        Ok(bytes) if bytes.len() as u64 > LARGEST => "it is larger than 64 MiB".to_owned(),
        Ok(bytes) => return Ok(bytes),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound => "it doesn't exist".to_owned(),
            io::ErrorKind::PermissionDenied => "this user can't read it".to_owned(),
            io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
            _ => format!("it can't be read: {error}"),
        },
    };
    Err(Error::usage(format!(
        "The file {name} can't be used: {why}."
    )))
}
