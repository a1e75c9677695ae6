//! The ADDE URLs that the operator declared, matched with the servers, and what to say of them.

use crate::core::declared_urls::{DeclaredUrl, DeclaredUrls, supposed};
use crate::core::names::{NameError, Named};
use crate::core::printed::{Command, hint};
use crate::core::sightings::is_old;
use crate::organization::Organization;
use crate::text::prose_day;

/// Whether the servers are all that the organization has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Servers {
    All,
    /// Some of them may not be in the list.
    Some,
}

impl Organization {
    /// The declared URLs by these servers, with a warning for each that doesn't count and should.
    pub fn declared_urls(&self, servers: &[Named], extent: Servers) -> DeclaredUrls {
        let found = self.matched_urls(servers);
        for (it, why) in &found.stray {
            self.warn_of_stray(&it.server, why, extent);
        }
        for (it, counts) in &found.overruled {
            self.warn(&hint![
                format!(
                    "\"{}\" (declared on {}) and \"{}\" (declared on {}) are the same server, but their declared ADDE URLs differ. abmctl uses the one of \"{}\". Remove the other with ",
                    counts.server,
                    prose_day(counts.seen),
                    it.server,
                    prose_day(it.seen),
                    counts.server
                ),
                remove(&it.server),
                "."
            ]);
        }
        let today = self.today();
        let old: Vec<&DeclaredUrl> = found
            .iter()
            .map(|(_, it)| it)
            .filter(|it| is_old(it.seen, today))
            .collect();
        if let [first, ..] = old[..] {
            let names: Vec<String> = old
                .iter()
                .map(|it| format!("{} ({})", it.server, prose_day(it.seen)))
                .collect();
            self.warn(&hint![
                format!(
                    "The ADDE URLs of these servers were declared more than 180 days ago: {}. Ask the vendor whether they are still set, and run ",
                    names.join(", ")
                ),
                Command::storing("adde-url declare URL").option("--server", &first.server),
                "."
            ]);
        }
        found
    }

    /// The declared URLs by these servers, without a word.
    pub fn matched_urls(&self, servers: &[Named]) -> DeclaredUrls {
        let settings = self.settings();
        DeclaredUrls::of(&settings.declared_adde_urls, &settings.alias_map(), servers)
    }

    /// The declared URLs without a list of servers to match them with, and the servers that they and `tokens` are of.
    pub fn declared_urls_alone(&self, tokens: Vec<Named>) -> (DeclaredUrls, Vec<Named>) {
        let settings = self.settings();
        let declared = &settings.declared_adde_urls;
        let servers = supposed(declared, &settings.alias_map(), tokens);
        (self.declared_urls(&servers, Servers::Some), servers)
    }

    fn warn_of_stray(&self, server: &str, why: &NameError, extent: Servers) {
        match why {
            NameError::NotFound { .. } | NameError::DanglingAlias { .. } => {
                if extent == Servers::All {
                    self.warn(&hint![
                        format!(
                            "abmctl ignores the ADDE URL declared for \"{server}\": no server has that name now. If the server was renamed, declare the URL for its new name, and remove this one with "
                        ),
                        remove(server),
                        "."
                    ]);
                }
            }
            NameError::Empty | NameError::Several { .. } | NameError::AliasIsAName { .. } => {
                self.warn(&hint![
                    format!("abmctl ignores the ADDE URL declared for \"{server}\". {why} Remove it with "),
                    remove(server),
                    ", and declare it for the server's id."
                ]);
            }
        }
    }
}

/// The command that removes a declared URL.
pub(in crate::organization) fn remove(server: &str) -> Command {
    Command::storing("adde-url declare --remove").option("--server", server)
}
