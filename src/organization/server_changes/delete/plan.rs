//! The steps that it takes to delete a server.

use std::collections::BTreeMap;

use super::sight::Watcher;
use super::{counted, said};
use crate::apple::manager::servers::MdmServer;
use crate::core::names::{Named, resolve};
use crate::core::platform::{Family, words};
use crate::core::printed::{Command, Hint, hint};
use crate::core::server_removal::{self, Agreed, Reading};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::adde_urls::declared::Servers;
use crate::organization::record::Recorded;
use crate::organization::server_changes::Extent;
use crate::organization::server_changes::deletions::{Asked, Unfinished};
use crate::organization::servers::named;
use crate::state::journal::How;

/// What is to be deleted.
pub struct Deletion<'a> {
    /// Its id, alias or name.
    pub server: &'a str,
    /// Where its devices go.
    pub move_to: Option<&'a str>,
    /// They may go to a server that enrolls nothing.
    pub even_if_idle: bool,
    /// Somebody can be asked for the name of the server.
    pub asks: bool,
}

/// A server that can be deleted, and the steps that it takes.
pub struct DeletePlan {
    pub id: String,
    pub name: String,
    /// The server is the default for these platforms.
    pub defaults: Vec<Family>,
    /// How many devices are on it.
    pub devices: u32,
    /// Where they go.
    pub to: Option<Named>,
    /// What is to be known before.
    pub warnings: Vec<Hint>,
    /// What continues it, once it began.
    pub(super) asked: Asked,
    /// Somebody can be asked for the name of the server.
    pub(super) asks: bool,
    pub(super) agreed: Agreed,
}

impl DeletePlan {
    /// The command that deletes the server, or continues that. With `asks` somebody can be asked for its name.
    pub fn command(&self, asks: bool) -> Command {
        self.asked.command(asks)
    }

    /// The steps in their order, each a sentence.
    pub fn steps(&self) -> Vec<String> {
        let name = &self.name;
        let mut steps = Vec::new();
        if !self.defaults.is_empty() {
            let platforms = words(&self.defaults);
            steps.push(format!(
                "Clear the default of {platforms}. New devices of these platforms are assigned to no server until you set another default."
            ));
        }
        if let (Some(to), true) = (&self.to, self.devices > 0) {
            steps.push(format!(
                "Assign {} of {name} to {}, and wait for the result. Enrolled devices notice when they are erased.",
                counted(self.devices),
                to.name
            ));
        }
        steps.push(format!(
            "Delete the server {name}. This can't be undone. Its server token stops working."
        ));
        steps
    }

    /// What changes if all goes well.
    pub fn changes(&self) -> Vec<Recorded> {
        let mut changes = self.cleared();
        if let (Some(to), true) = (&self.to, self.devices > 0) {
            changes.push(self.moved(self.devices, to));
        }
        changes.push(self.deleted());
        changes
    }

    /// The name of one of the two servers, or the id.
    pub fn name_of<'a>(&'a self, id: &'a str) -> &'a str {
        match &self.to {
            _ if self.id == id => &self.name,
            Some(to) if to.id == id => &to.name,
            _ => id,
        }
    }

    pub(super) fn cleared(&self) -> Vec<Recorded> {
        let families = self.defaults.iter();
        let cleared = families.map(|family| {
            let what = format!("default for {}", family.word());
            Recorded::new(what, Some(self.name.clone()), None)
        });
        cleared.collect()
    }

    pub(super) fn moved(&self, devices: u32, to: &Named) -> Recorded {
        let (from, to) = (Some(self.name.clone()), Some(to.name.clone()));
        Recorded::new(counted(devices), from, to)
    }

    pub(super) fn deleted(&self) -> Recorded {
        let what = format!("server {}", self.name);
        Recorded::new(what, Some("exists".to_owned()), Some("deleted".to_owned()))
    }
}

impl Organization {
    /// Reads a server that is to be deleted, and says what it takes.
    ///
    /// Exit 5 for School Manager; 4 for a server that doesn't exist; 2 if its devices would go to itself; 8 if it has devices that go
    /// nowhere or were sent lately, and while a migration to or from it isn't over; the errors of reading it.
    pub async fn server_deletion(
        &self,
        wish: &Deletion<'_>,
        extent: Extent,
    ) -> Result<DeletePlan, Error> {
        self.may_change_servers("delete servers", "Delete the server", extent)?;
        let servers = self.listed_servers().await?;
        if extent == Extent::Made {
            self.settle_deletions(&servers).await;
        }
        let id = self.find_server(wish.server, &servers)?;
        let all = named(&servers);
        let to = match wish.move_to {
            None => None,
            Some(to) => {
                let to = self.find_server(to, &servers)?;
                all.iter().find(|server| server.id == to).cloned()
            }
        };
        if to.as_ref().is_some_and(|to| to.id == id) {
            return Err(Error::usage(
                "The devices can't be moved to the server that is to be deleted.",
            )
            .hint("Name another server with --move-devices-to."));
        }
        let Some(server) = all.iter().find(|server| server.id == id) else {
            return Err(Error::not_found(format!(
                "Apple no longer lists the server {id}."
            )));
        };
        let name = server.name.clone();
        let sight = Watcher::new(self, &id).look().await?;
        let plan = server_removal::plan(sight.reading(), to.is_some());
        let agreed =
            plan.map_err(|obstacle| said::in_the_way(obstacle, &name, &id, to.as_ref(), &sight))?;
        if let (Some(to), 1.., false) = (&to, agreed.moves, wish.even_if_idle) {
            let devices = counted(agreed.moves);
            let idle = self.enrolls_nothing(&to.id, &servers, Servers::Some, &devices);
            if let Some(error) = idle.await? {
                return Err(error);
            }
        }
        Ok(DeletePlan {
            warnings: self.depends_on(server, &all),
            asked: Asked {
                server_id: id.clone(),
                server_name: name.clone(),
                move_devices_to: to.as_ref().map(|to| to.id.clone()),
                even_if_idle: wish.even_if_idle,
            },
            asks: wish.asks,
            devices: agreed.moves,
            defaults: sight.families,
            agreed,
            id,
            name,
            to,
        })
    }

    /// Ends deletions in the journal whose server is gone by now: the list lacks it, and so does a look at it alone.
    pub(in crate::organization) async fn settle_deletions(&self, servers: &[MdmServer]) {
        let is_listed = |id: &str| servers.iter().any(|it| it.id.eq_ignore_ascii_case(id));
        let unlisted = self.unfinished_deletions().into_iter();
        for Unfinished { asked, .. } in unlisted.filter(|it| !is_listed(&it.asked.server_id)) {
            let id = &asked.server_id;
            let is_gone = Watcher::new(self, id).look().await;
            if is_gone.is_ok_and(|sight| sight.reading() == Reading::Gone) {
                let gone = |it: &Asked| it.server_id == *id;
                self.end_deletions(gone, How::AsWished, "Apple no longer has the server.")
                    .await;
            }
        }
    }

    /// What of this machine names a server that goes: aliases, and server tokens.
    fn depends_on(&self, server: &Named, all: &[Named]) -> Vec<Hint> {
        let only = std::slice::from_ref(server);
        let none = BTreeMap::new();
        let aliases = self.settings().aliases.iter();
        let aliases = aliases.filter(|(_, value)| resolve(&value.value, &none, only).is_ok());
        let aliases = aliases.map(|(alias, _)| {
            hint![
                format!(
                    "The alias {alias} stands for {}, and will stand for no server. Remove it with ",
                    server.name
                ),
                Command::storing("servers alias").arg(alias).word("--remove"),
                "."
            ]
        });
        let mut warnings: Vec<Hint> = aliases.collect();
        let tokens = self.tokens_for(&server.id, all);
        if !tokens.is_empty() {
            let tokens = tokens.join(", ");
            warnings.push(format!("Server tokens here that will stop working: {tokens}.").into());
        }
        warnings
    }
}
