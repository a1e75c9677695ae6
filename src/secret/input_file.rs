//! Files that somebody names on the command line, which may hold a secret or not.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{LARGEST, Unusable, file};
use crate::error::Error;

/// A file that somebody named, as it is. Only what is in it tells whether it is a secret.
pub struct InputFile {
    /// What is in it.
    pub bytes: Zeroizing<Vec<u8>>,
    /// The error that it is where it turns out to be a secret: others than its owner can read it.
    pub too_open: Option<Error>,
}

impl InputFile {
    /// Reads the file at `path`; exit 2 where that fails or it is larger than 1 MiB. `what` begins the sentence of an
    /// error, as in "The server token key.pem".
    pub async fn read(what: &str, path: &Path) -> Result<Self, Error> {
        let error = |unusable: Unusable| {
            Error::usage(format!("{what} can't be used: {}.", unusable.reason))
                .hints(unusable.hints)
        };
        let path: PathBuf = path.to_owned();
        // On a thread of its own: a pipe that nobody writes to must not keep Ctrl-C from working.
        let read = tokio::task::spawn_blocking(move || file::read_bytes(&path)).await;
        let (bytes, too_open) = read
            .unwrap_or_else(|_| Err(Unusable::new("it can't be read")))
            .map_err(error)?;
        Self::from_input(what, bytes).map(|given| Self {
            too_open: too_open.map(error),
            ..given
        })
    }

    /// Takes bytes that came through a pipe; exit 2 where they are more than 1 MiB.
    pub fn from_input(what: &str, bytes: Zeroizing<Vec<u8>>) -> Result<Self, Error> {
        if bytes.len() > LARGEST {
            return Err(Error::usage(format!(
                "{what} can't be used: it is larger than 1 MiB."
            )));
        }
        Ok(Self {
            bytes,
            too_open: None,
        })
    }

    /// The bytes, where they may be a secret; exit 2 where others than the file's owner can read it.
    pub fn as_secret(&self) -> Result<&[u8], Error> {
        match &self.too_open {
            Some(error) => Err(error.clone()),
            None => Ok(&self.bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::super::testing::block_on;
    use super::*;

    #[test]
    fn only_a_secret_needs_a_mode_of_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token.p7m");
        fs::write(&path, b"\xff\x00").unwrap();
        for (mode, secret) in [(0o600, true), (0o644, false)] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let given = block_on(InputFile::read("The file", &path)).unwrap();
            assert_eq!(*given.bytes, b"\xff\x00");
            assert_eq!(given.as_secret().is_ok(), secret);
        }
        fs::write(&path, vec![b'x'; LARGEST + 1]).unwrap();
        for (path, reason) in [
            (path.clone(), "it is larger than 1 MiB."),
            (folder.path().to_owned(), "it is a folder."),
        ] {
            let error = block_on(InputFile::read("The file", &path)).err().unwrap();
            assert_eq!(error.message, format!("The file can't be used: {reason}"));
            assert_eq!(error.kind.exit_code(), 2);
        }
    }
}
