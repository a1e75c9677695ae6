//! What an administrator is asked to allow.

use crate::apple::oauth::grant::{SCOPE, TEST_SCOPE};

/// What an authorization is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Reading people, which opens the organization.
    People,
    /// Apple's test data, to try the set-up with.
    TestData,
}

impl Scope {
    /// Apple's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::People => SCOPE,
            Self::TestData => TEST_SCOPE,
        }
    }

    /// The scope of this name.
    pub fn named(name: &str) -> Self {
        if name == TEST_SCOPE {
            Self::TestData
        } else {
            Self::People
        }
    }
}
