//! Values and where they came from.

use std::fmt;
use std::path::PathBuf;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// This flag, such as `--timeout`.
    Flag(&'static str),
    /// This environment variable.
    Environment(&'static str),
    /// A profile of a configuration file.
    Profile {
        /// The configuration file.
        file: PathBuf,
        /// The name of the profile.
        profile: String,
    },
    /// The configuration file, outside of its profiles.
    File(PathBuf),
    /// Nothing was configured.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
            Self::Profile { file, profile } => write!(f, "profile {profile} in {}", file.display()),
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value in force.
    pub value: T,
    /// Where it came from.
    pub source: Source,
}

impl<T> Sourced<T> {
    /// `value`, which came from `source`.
    pub fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }

    /// The same source with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced::new(change(self.value), self.source)
    }
}
