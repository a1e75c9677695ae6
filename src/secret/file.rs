//! Secrets in files.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use zeroize::Zeroizing;

use super::{LARGEST, Secret, Unusable, secret_from};
use crate::core::printed::quoted;

/// What is asked of a file's mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// No bit for group or others.
    OwnerOnly,
    /// Any: the folder around the file is closed, as systemd's folder of credentials is.
    Any,
}

/// Reads the secret in the file at `path`.
pub(super) fn read(path: &Path, mode: Mode) -> Result<Secret, Unusable> {
    let (bytes, too_open) = read_bytes(path)?;
    match too_open {
        Some(too_open) if mode == Mode::OwnerOnly => Err(too_open),
        _ => secret_from(&bytes),
    }
}

/// Reads the file at `path`, and says whether its mode would do for a secret.
pub(super) fn read_bytes(path: &Path) -> Result<(Zeroizing<Vec<u8>>, Option<Unusable>), Unusable> {
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    // The open file is looked at, not the path, which could name another file by then.
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    let quoted = quoted(&path.to_string_lossy());
    if metadata.is_dir() {
        return Err(Unusable::new("it is a folder"));
    }
    let bits = metadata.permissions().mode() & 0o777;
    let too_open = (bits & 0o077 != 0).then(|| {
        Unusable::new(format!(
            "its mode is {bits:04o}, so other users can access it"
        ))
        .hint(format!("Run `chmod 600 {quoted}`."))
    });
    // Sized beforehand, so that growing leaves no copies behind in memory.
    let size = usize::try_from(metadata.len())
        .unwrap_or(LARGEST)
        .min(LARGEST);
    let mut bytes = Zeroizing::new(Vec::with_capacity(size + 1));
    let limit = LARGEST as u64 + 1;
    file.by_ref()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    Ok((bytes, too_open))
}

fn unreadable(path: &Path, error: &io::Error) -> Unusable {
    match error.kind() {
        io::ErrorKind::NotFound => Unusable::new(format!("there is no file {}", path.display())),
        io::ErrorKind::PermissionDenied => {
            Unusable::new(format!("{} can't be read by this user", path.display())).hint(format!(
                "See the owner with `ls -l {}`. The file must belong to the user that runs abmctl.",
                quoted(&path.to_string_lossy())
            ))
        }
        _ => Unusable::new(format!("{} can't be read: {error}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;

    fn file(mode: u32, contents: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("my key.pem");
        fs::write(&path, contents).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    #[test]
    fn a_private_file_is_read_and_trimmed() {
        for mode in [0o600, 0o400, 0o700] {
            let (_folder, path) = file(mode, b"\n  secret \n");
            assert_eq!(read(&path, Mode::OwnerOnly).unwrap().expose(), "secret");
        }
    }

    #[test]
    fn each_bit_for_others_is_refused() {
        for mode in [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644] {
            let (_folder, path) = file(mode, b"secret");
            let error = read(&path, Mode::OwnerOnly).unwrap_err();
            assert!(error.reason.contains(&format!("{mode:04o}")), "{error:?}");
            assert_eq!(
                error.hints,
                [format!("Run `chmod 600 '{}'`.", path.display())]
            );
            assert!(read(&path, Mode::Any).is_ok());
        }
    }

    #[test]
    fn each_unusable_file_says_why() {
        for (contents, reason) in [
            (&b""[..], "it is empty"),
            (b" \n", "it is empty"),
            (b"\xff\xfe", "it isn't UTF-8 text"),
            (&vec![b'x'; LARGEST + 1], "it is larger than 1 MiB"),
        ] {
            let (_folder, path) = file(0o600, contents);
            assert_eq!(read(&path, Mode::OwnerOnly).unwrap_err().reason, reason);
        }
        let folder = tempfile::tempdir().unwrap();
        let reason = |path: &Path| read(path, Mode::OwnerOnly).unwrap_err().reason;
        assert_eq!(reason(folder.path()), "it is a folder");
        let absent = folder.path().join("absent");
        assert_eq!(
            reason(&absent),
            format!("there is no file {}", absent.display())
        );
        let below = file(0o600, b"x");
        assert!(reason(&below.1.join("x")).contains("can't be read"));
    }
}
