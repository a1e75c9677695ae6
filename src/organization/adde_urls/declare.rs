//! Declaring an ADDE URL: what a vendor's MDM has set, kept in the profile.

use jiff::civil::Date;

use super::declared::remove;
use super::look::secret_warning;
use crate::config::{Edit, declared_adde_urls};
use crate::core::adde_url::{checked, same};
use crate::core::declared_urls::DeclaredUrl;
use crate::core::names::{Named, resolve};
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::domains::declare::{not_in_future, refuse_environment};
use crate::organization::profile::{only_from, still};
use crate::organization::record::{Record, Recorded};
use crate::organization::servers::{known, not_found};

/// What the operator says of a server's URL.
#[derive(Debug, Clone)]
pub enum Saying {
    /// The URL is set, as it was seen on this day; `None` for today.
    Set(String, Option<Date>),
    /// Nothing is declared any more.
    Nothing,
}

/// A declaration that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The server as it stands in the profile.
    pub server: String,
    pub before: Option<DeclaredUrl>,
    pub after: Option<DeclaredUrl>,
}

/// What a declaration changes in the profile.
pub struct Declaration<'a> {
    organization: &'a Organization,
    /// The profile that keeps it.
    pub profile: &'a str,
    /// Each entry that changes: that of the server as it was typed, and those that go since they are of the same server.
    pub changes: Vec<Declared>,
}

impl<'a> Declaration<'a> {
    /// Compares with what the profile declares. With an API account the server is looked up, without one nothing is asked.
    ///
    /// `only` is the URL that has to be declared before, or that with its day as the journal has it, or `none`.
    ///
    /// Exit 2 for an empty name, a URL that no device could use and a day in the future, and where nobody would read what is
    /// kept; exit 4 for a server that the organization lacks, and for a declaration to remove that isn't there; exit 8 if something
    /// else than `only` is declared.
    pub async fn new(
        server: &str,
        saying: Saying,
        only: Option<&str>,
        organization: &'a Organization,
    ) -> Result<Self, Error> {
        let settings = organization.settings();
        refuse_environment(settings, "adde-url check")?;
        let server = server.trim();
        if server.is_empty() {
            return Err(Error::usage("The name of the server is empty."));
        }
        let after = match saying {
            Saying::Nothing => None,
            Saying::Set(url, seen) => {
                let today = organization.today();
                Some(DeclaredUrl {
                    server: server.to_owned(),
                    url: checked(&url)?,
                    seen: not_in_future(seen, today)?.unwrap_or(today),
                })
            }
        };
        let profile = settings.profile_to_store();
        let spellings = spellings(server, after.is_none(), organization).await?;
        let declared = settings.declared_adde_urls.iter();
        let mut changes: Vec<Declared> = declared
            .filter(|it| spellings.contains(&it.server))
            .map(|it| Declared {
                server: it.server.clone(),
                before: Some(it.clone()),
                after: None,
            })
            .collect();
        // Of several spellings of one server, the one that was typed counts.
        let now = changes.iter().find(|it| it.server == server);
        let now = now.or(changes.first()).and_then(|it| it.before.as_ref());
        let is_meant = |from: &str, now: &str| {
            let url = now.split(' ').next().unwrap_or_default();
            from == now || same(from, url)
        };
        only_from(only, now.map(said).as_deref(), &called(server), is_meant)?;
        let Some(after) = after else {
            if changes.is_empty() {
                return Err(nothing_declared(server, profile, organization));
            }
            return Ok(Self {
                organization,
                profile,
                changes,
            });
        };
        if let Some(warning) = secret_warning(&after.url) {
            organization.warn(&warning);
        }
        match changes.iter_mut().find(|it| it.server == server) {
            Some(change) => change.after = Some(after),
            None => changes.push(Declared {
                server: server.to_owned(),
                before: None,
                after: Some(after),
            }),
        }
        changes.retain(|it| it.before != it.after);
        Ok(Self {
            organization,
            profile,
            changes,
        })
    }

    /// Writes the profile, where that changes anything; `dry_run` only sees that it could be.
    pub async fn apply(&self, dry_run: bool) -> Result<(), Error> {
        if self.changes.is_empty() {
            return Ok(());
        }
        let write = |edit: &mut Edit| {
            let now = declared_adde_urls(&edit.profile(self.profile)?);
            for Declared { server, before, .. } in &self.changes {
                let now = now.iter().find(|it| it.server == *server);
                still(now == before.as_ref(), &called(server))?;
            }
            for Declared { server, after, .. } in &self.changes {
                match after {
                    Some(declared) => edit.declare_adde_url(self.profile, declared)?,
                    None => {
                        edit.remove_declared_adde_url(self.profile, server);
                    }
                }
            }
            Ok(())
        };
        let record = self.record();
        self.organization
            .edit_profile(self.profile, &record, dry_run, write)
            .await
    }

    /// What the journal says of it. One command puts one entry back.
    fn record(&self) -> Record {
        let command = |change: &Declared| {
            let command = Command::storing("adde-url declare");
            let command = match &change.before {
                Some(before) => command
                    .arg(&before.url)
                    .option("--seen", &before.seen.to_string()),
                None => command.word("--remove"),
            };
            // With the day: another declaration of the same URL is somebody else's.
            let now = change.after.as_ref().map_or("none".to_owned(), said);
            let command = command
                .option("--server", &change.server)
                .option("--from", &now);
            command.written(&self.organization.settings().reach())
        };
        let back = match &self.changes[..] {
            [only] => Some(command(only)),
            _ => None,
        };
        let changes = self.changes.iter().map(|it| {
            Recorded::new(
                format!("declared ADDE URL of {}", it.server),
                it.before.as_ref().map(said),
                it.after.as_ref().map(said),
            )
        });
        Record::of(changes).put_back(back)
    }
}

/// A declaration, as the journal and `--from` have it.
fn said(declared: &DeclaredUrl) -> String {
    format!("{} (seen {})", declared.url, declared.seen)
}

fn called(server: &str) -> String {
    format!("The declared ADDE URL of \"{server}\"")
}

/// The names by which this server is declared. What is to be removed is the one of that very spelling, if there is one; the
/// server is looked up only if no other spelling is the same name.
async fn spellings(
    server: &str,
    removes: bool,
    organization: &Organization,
) -> Result<Vec<String>, Error> {
    let settings = organization.settings();
    let aliases = settings.alias_map();
    let names = || settings.declared_adde_urls.iter().map(|it| &it.server);
    let of = |servers: &[Named], id: &str| -> Vec<String> {
        names()
            .filter(|it| resolve(it, &aliases, servers).is_ok_and(|it| it.id == id))
            .cloned()
            .collect()
    };
    if removes && names().any(|it| it == server) {
        return Ok(vec![server.to_owned()]);
    }
    // What it means without a list of servers.
    let meant = aliases.get(server).map_or(server, String::as_str);
    let alone = [Named {
        id: meant.to_owned(),
        name: meant.to_owned(),
        deleted: false,
    }];
    let by_text = of(&alone, meant);
    if settings.credentials.is_none() || (removes && !by_text.is_empty()) {
        return Ok(by_text);
    }
    let listed = match organization.listed_servers().await {
        Ok(listed) => listed,
        Err(error) if error.kind == Kind::Interrupted => return Err(error),
        Err(error) => {
            organization.warn(&format!(
                "The organization's servers can't be read, so abmctl didn't check that \"{server}\" is one of them: {}",
                error.message
            ));
            return Ok(by_text);
        }
    };
    let servers: Vec<Named> = listed
        .iter()
        .map(|it| Named {
            deleted: it.is_deleted(),
            ..Named::from(&known(it))
        })
        .collect();
    match resolve(server, &aliases, &servers) {
        Ok(found) => {
            let mut spellings = of(&servers, &found.id);
            // The same text may have meant another server, and stays no second time.
            spellings.extend(by_text.into_iter().filter(|it| it == server));
            spellings.sort();
            spellings.dedup();
            Ok(spellings)
        }
        // It may be one that is gone.
        Err(_) if removes => Ok(Vec::new()),
        Err(error) => Err(not_found(error)),
    }
}

fn nothing_declared(server: &str, profile: &str, organization: &Organization) -> Error {
    let declared = &organization.settings().declared_adde_urls;
    let first = declared.first();
    let declared = declared.iter();
    let names: Vec<String> = declared.map(|it| format!("\"{}\"", it.server)).collect();
    let error = Error::not_found(format!(
        "Profile {profile} declares no ADDE URL for \"{server}\"."
    ));
    if names.is_empty() {
        error.hint(hint![
            "Declare one with ",
            Command::storing("adde-url declare URL").option("--server", server),
            "."
        ])
    } else {
        let first = first.map_or("", |it| it.server.as_str());
        error.hint(hint![
            format!(
                "ADDE URLs are declared for {}. Remove one with ",
                names.join(", ")
            ),
            remove(first),
            "."
        ])
    }
}
