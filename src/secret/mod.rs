//! Secrets: where the configuration says that they are kept, and how they get in and out of there.
//!
//! The configuration never holds a secret, only a [`SecretReference`]. [`Secrets`] turns one into a [`Secret`].

mod command;
mod file;
mod input_file;
pub mod keyring;
mod location;
mod own;
pub mod private_file;
mod reference;
mod resolve;
mod store;
#[cfg(test)]
pub(crate) mod testing;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::core::printed::Hint;

pub use input_file::InputFile;
pub use location::{Field, SecretLocation, Slot, check_name};
pub use own::Own;
pub use reference::{Generation, InvalidReference, PREVIOUS, SecretReference};
pub use resolve::{Secrets, Waits};
pub use store::{Store, StoreChoice};

/// No secret is longer: 1 MiB.
pub(crate) const LARGEST: usize = 1024 * 1024;

/// A secret, which prints as nothing and is wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a secret; the white space around it is dropped, as it comes from pasting and from `echo`.
    pub fn new(text: &str) -> Self {
        Self(SecretString::from(text.trim()))
    }

    /// The secret itself: never to be printed, logged or put into an error.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Why a secret can't be used, without what and where, which [`Secrets`] adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unusable {
    /// The end of a sentence, without its full stop.
    pub reason: String,
    /// What to do, each a sentence.
    pub hints: Vec<Hint>,
}

impl Unusable {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            hints: Vec::new(),
        }
    }

    fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// Bytes that came from outside, as a secret.
fn secret_from(bytes: &[u8]) -> Result<Secret, Unusable> {
    if bytes.len() > LARGEST {
        return Err(Unusable::new("it is larger than 1 MiB"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Unusable::new("it isn't UTF-8 text"))?;
    let secret = Secret::new(text);
    if secret.is_empty() {
        return Err(Unusable::new("it is empty"));
    }
    Ok(secret)
}
