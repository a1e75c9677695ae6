//! Short names for servers.

use std::collections::BTreeMap;

use super::file::Profile;
use super::values::pairs;
use super::{Settings, Source, Sourced};
use crate::error::Error;
use crate::host::Environment;

impl Settings {
    /// The names for servers, without where they came from.
    pub fn alias_map(&self) -> BTreeMap<String, String> {
        let aliases = self.aliases.iter();
        aliases
            .map(|(alias, server)| (alias.clone(), server.value.clone()))
            .collect()
    }
}

/// The profile's aliases, and those of `ABMCTL_ALIASES`, which win.
pub(super) fn resolve(
    environment: &Environment,
    profile: &Profile,
    source: &Source,
) -> Result<BTreeMap<String, Sourced<String>>, Error> {
    const VARIABLE: &str = "ABMCTL_ALIASES";
    let mut aliases: BTreeMap<_, _> = profile
        .aliases
        .iter()
        .map(|(alias, server)| (alias.clone(), Sourced::new(server.clone(), source.clone())))
        .collect();
    if let Some(text) = environment.get(VARIABLE) {
        for (alias, server) in pairs(VARIABLE, text)? {
            let alias = alias.ok_or_else(|| {
                Error::usage(format!(
                    "Set {VARIABLE} to ALIAS=SERVER, with commas between several."
                ))
            })?;
            let server = Sourced::new(server.to_owned(), Source::Environment(VARIABLE));
            aliases.insert(alias.to_owned(), server);
        }
    }
    Ok(aliases)
}
