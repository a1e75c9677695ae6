//! Key pairs that Apple encrypts server tokens for.

use std::fs;
use std::io;

use crate::config::{self, Folders};

/// Removes the certificate of a key pair where it is in abmctl's own file. It is public, so one that can't be removed is no
/// more than a warning: a sentence.
pub fn remove_certificate(
    profile: &str,
    name: &str,
    pair: &config::KeyPair,
    folders: &Folders,
) -> Option<String> {
    if !pair.has_own_certificate(profile, name, folders) {
        return None;
    }
    let path = folders.config.join(&pair.certificate);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Some(format!("Can't remove {}: {error}.", path.display()))
        }
        _ => None,
    }
}
