//! Servers that are created, renamed, given another certificate, and deleted. Apple Business alone has that (official).

mod certificate;
mod create;
mod delete;
pub mod deletions;
mod names;
mod open;
mod patch;
mod rename;
mod set_certificate;

pub use certificate::ServerCertificate;
pub use create::{Creation, NotCreated};
pub use delete::{DeletePlan, Deletion, ServerDeleted};
pub use rename::Renaming;
pub use set_certificate::CertificateChange;

use super::Organization;
use super::record::Recorded;
use crate::config::OrganizationKind;
use crate::core::printed::{Command, Hint};
use crate::error::{Error, Kind};

/// How much of a change is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    Made,
    /// Nothing is changed.
    DryRun,
}

impl Extent {
    /// The one that `--dry-run` asks for.
    pub fn of(dry_run: bool) -> Self {
        if dry_run { Self::DryRun } else { Self::Made }
    }
}

/// What changing a server came to.
#[derive(Debug, Default)]
pub struct ServerChanged {
    /// The id of the server; `None` if it doesn't exist yet, or isn't known.
    pub id: Option<String>,
    /// Its name, after the change.
    pub name: String,
    /// What changed, or would.
    pub changes: Vec<Recorded>,
    /// The command that puts it back.
    pub put_back: Option<Command>,
    /// What is to be known beside it.
    pub warnings: Vec<Hint>,
    /// What failed although something may have changed.
    pub problem: Option<Error>,
}

impl Organization {
    /// Whether servers can be changed here at all: exit 5 for School Manager, `verb` being what its API can't do and `portal` what
    /// to do there; exit 3 without an API account, and 2 where only reads are allowed and something is to be changed.
    fn may_change_servers(&self, verb: &str, portal: &str, extent: Extent) -> Result<(), Error> {
        let settings = self.settings();
        if settings.required_credentials()?.kind == OrganizationKind::School {
            return Err(Error::new(
                Kind::Refused,
                format!("Apple School Manager's API can't {verb}. Nothing was changed."),
            )
            .hint(format!(
                "{portal} in Apple School Manager, in the settings of the device management services."
            )));
        }
        match settings.why_read_only() {
            Some(why) if extent == Extent::Made => Err(Error::usage(format!(
                "abmctl changes no server, because {why}. Nothing was changed."
            ))),
            _ => Ok(()),
        }
    }
}
