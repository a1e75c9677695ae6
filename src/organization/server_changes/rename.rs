//! A server that gets another name.

use super::super::Organization;
use super::super::record::{Record, Recorded};
use super::super::servers::{MdmServer, name};
use super::patch::{Patched, Shown};
use super::{Extent, ServerChanged};
use crate::apple::manager::server_changes::ServerUpdate;
use crate::core::names;
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};

/// Which server gets which name.
pub struct Renaming<'a> {
    /// Its id, alias or name.
    pub server: &'a str,
    pub name: &'a str,
    /// Only if this is its name now.
    pub from: Option<&'a str>,
}

impl Organization {
    /// Gives a server another name.
    ///
    /// Exit 5 for School Manager; 2, 4 or 8 for a name that can't be used; 8 if the server has another name than `from`; 7 if it isn't
    /// known whether Apple renamed it.
    pub async fn rename_server(
        &self,
        wish: &Renaming<'_>,
        extent: Extent,
    ) -> Result<ServerChanged, Error> {
        self.may_change_servers("rename servers", "Rename the server", extent)?;
        let servers = self.listed_servers().await?;
        let id = self.find_server(wish.server, &servers)?;
        let before = servers.iter().find(|server| server.id == id).map(name);
        let before = before.unwrap_or_default();
        if extent == Extent::Made {
            self.settle_open(wish.name.trim(), Some(&id), &servers)?;
        }
        let new = self.new_server_name(wish.name, Some(&id), &servers)?;
        if let Some(from) = wish.from.filter(|from| from.trim() != before) {
            return Err(Error::new(
                Kind::Conflict,
                format!(
                    "The server is called \"{before}\" now, not \"{from}\". Nothing was changed."
                ),
            ));
        }
        let mut changed = ServerChanged {
            id: Some(id.clone()),
            name: new.clone(),
            ..ServerChanged::default()
        };
        if new == before {
            return Ok(changed);
        }
        let what = format!("name of server {id}");
        let change = Recorded::new(what, Some(before.clone()), Some(new.clone()));
        changed.changes = vec![change.clone()];
        changed.warnings = self.left_behind(&before, &id, &new, &servers);
        if extent == Extent::DryRun {
            return Ok(changed);
        }
        let put_back = Command::new("servers rename")
            .arg(&id)
            .arg(&before)
            .option("--from", &new);
        let record =
            Record::of([change]).put_back(Some(put_back.written(&self.settings().reach())));
        let renamed = |server: &MdmServer| match server.attributes.server_name.as_deref() {
            Some(now) if now == new => Shown::AsWished,
            Some(now) => Shown::Other(format!("Apple shows the name \"{now}\" now.")),
            None => Shown::NotSaid,
        };
        self.progress("Renaming the server");
        let patched = self
            .patch_server(&id, ServerUpdate::Name(&new), &record, Some(&renamed))
            .await;
        self.progress("");
        match patched? {
            Patched::AsWished => changed.put_back = Some(put_back),
            Patched::NotKnown(error) => {
                changed.problem = Some(
                    error
                        .context(format!(
                            "abmctl can't tell whether Apple renamed the server {before}"
                        ))
                        .hint(hint![
                            "See its name with ",
                            Command::new("servers get").arg(&id),
                            ". Renaming it again does no harm."
                        ]),
                );
            }
        }
        Ok(changed)
    }

    /// What goes on naming the server by the name that it had: aliases and declared ADDE URLs of the profile.
    fn left_behind(&self, before: &str, id: &str, new: &str, servers: &[MdmServer]) -> Vec<Hint> {
        let settings = self.settings();
        // A name that differs in upper and lower case alone is found all the same.
        if names::same(before, new) {
            return Vec::new();
        }
        let is_old = |value: &str| names::same(value.trim(), before);
        let another_has_it = servers
            .iter()
            .any(|it| it.id != id && !it.is_deleted() && names::same(&name(it), before));
        if another_has_it {
            return Vec::new();
        }
        let aliases = settings.aliases.iter().filter(|(_, it)| is_old(&it.value));
        let aliases = aliases.map(|(alias, _)| {
            hint![
                format!("The alias {alias} stands for the old name. Let it stand for the id: "),
                Command::storing("servers alias")
                    .arg(alias)
                    .arg(id)
                    .word("--yes"),
                "."
            ]
        });
        let declared = settings.declared_adde_urls.iter();
        let declared = declared.filter(|it| is_old(&it.server)).map(|it| {
            hint![
                "The declared ADDE URL is for the old name. Declare it for the id: ",
                Command::storing("adde-url declare")
                    .arg(&it.url)
                    .option("--server", id)
                    .option("--seen", &it.seen.to_string()),
                ", and remove the old one: ",
                Command::storing("adde-url declare --remove").option("--server", &it.server),
                "."
            ]
        });
        aliases.chain(declared).collect()
    }
}
