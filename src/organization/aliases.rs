//! Short names for servers, kept in the profile.

use super::Organization;
use super::profile::{only_from, still};
use super::record::{Record, Recorded};
use super::servers::name;
use crate::config::{self, Edit};
use crate::core::names;
use crate::core::printed::Command;
use crate::error::{Error, Kind};

/// What a short name stands for, before and now: the id of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasChange {
    /// Before.
    pub from: Option<String>,
    /// Now, or as it would be.
    pub to: Option<String>,
}

impl Organization {
    /// Gives a server a short name, or takes the name away where `server` is `None`; `only` is what it has to stand for before, or
    /// `none`. `dry_run` only says what that would change.
    ///
    /// Exit 2 without a profile and for the alias `none`, 6 if another process is writing the configuration, 4 for a server or a
    /// short name that doesn't exist, and for a name that would hide a server's; 8 if it stands for something else than `only`, or
    /// than when it was compared.
    pub async fn change_alias(
        &self,
        alias: &str,
        server: Option<&str>,
        only: Option<&str>,
        dry_run: bool,
    ) -> Result<AliasChange, Error> {
        let settings = self.settings();
        let Some(profile) = settings.profile.as_ref().map(|profile| &profile.value) else {
            return Err(
                Error::usage("Aliases belong to a profile, and no profile is in use.")
                    .hint("Add --profile NAME. Without profiles, set ABMCTL_ALIASES=prod=ID."),
            );
        };
        if server.is_some() && alias.trim().eq_ignore_ascii_case("none") {
            return Err(Error::usage(
                "An alias can't be called \"none\": `--from none` means that there is no server.",
            ));
        }
        // What the profile has: `ABMCTL_ALIASES` is neither moved nor removed.
        let kept = |edit: &Edit| Ok(edit.profile(profile)?.aliases.remove(alias));
        let from = config::rehearse(&settings.folders, |edit| kept(edit))?;
        let what = format!("The alias \"{alias}\"");
        only_from(only, from.as_deref(), &what, |one, other| one == other)?;
        let to = match server {
            None => None,
            Some(wanted) => Some(self.nameable(wanted, alias).await?),
        };
        if to.is_none() && from.is_none() {
            return Err(Error::not_found(format!(
                "Profile {profile} has no alias \"{alias}\"."
            )));
        }
        if from != to {
            let write = |edit: &mut Edit| {
                still(kept(edit)? == from, &what)?;
                match &to {
                    Some(server) => edit.set_alias(profile, alias, server).map(|_| ()),
                    None => {
                        edit.remove_alias(profile, alias);
                        Ok(())
                    }
                }
            };
            let command = Command::storing("servers alias").arg(alias);
            let command = match &from {
                Some(server) => command.arg(server).word("--yes"),
                None => command.word("--remove"),
            };
            let command = command.option("--from", to.as_deref().unwrap_or("none"));
            let change = Recorded::new(format!("alias {alias}"), from.clone(), to.clone());
            let record = Record::of([change]).put_back(Some(command.written(&settings.reach())));
            self.edit_profile(profile, &record, dry_run, write).await?;
        }
        Ok(AliasChange { from, to })
    }

    /// The id of the server that is to be named; an alias must not hide another server's name.
    async fn nameable(&self, wanted: &str, alias: &str) -> Result<String, Error> {
        let servers = self.listed_servers().await?;
        let id = self.find_server(wanted, &servers)?;
        let hidden = servers.iter().find(|server| {
            server.id != id
                && !server.is_deleted()
                && (names::same(&name(server), alias) || server.id.eq_ignore_ascii_case(alias))
        });
        match hidden {
            None => Ok(id),
            Some(server) => Err(Error::new(
                Kind::NotFound,
                format!(
                    "\"{alias}\" is the name of the server {}, so the alias would be ambiguous.",
                    server.id
                ),
            )),
        }
    }
}
