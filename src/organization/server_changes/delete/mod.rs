//! A server that is deleted in the safe order, which `core::server_removal` decides. This carries it out.

mod said;
mod sight;

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;

use self::sight::{Sight, Watcher};
use super::super::Organization;
use super::super::record::{Record, Recorded, Started};
use super::super::servers::named;
use super::{Extent, ServerChanged};
use crate::apple::manager::activities::MOST_DEVICES;
use crate::apple::manager::servers::segments;
use crate::core::devices::{Ask, DeviceResult, Ended, Group, Target};
use crate::core::names::{Named, resolve};
use crate::core::platform::{Family, words};
use crate::core::printed::{Command, Hint, hint};
use crate::core::server_removal::{self, Agreed, Event, Next, Outcome, Removal};
use crate::error::{Error, Kind};
use crate::organization::adde_urls::declared::Servers;
use crate::organization::defaults::change::Wish;
use crate::organization::defaults::summary::{self, Certainty};
use crate::organization::devices::change::past::Past;
use crate::organization::devices::change::{self, Request};
use crate::state::journal::How;

/// The pause before a reading that comes later, and its growth.
const PAUSE: Duration = Duration::from_secs(5);

/// What is to be deleted.
pub struct Deletion<'a> {
    /// Its id, alias or name.
    pub server: &'a str,
    /// Where its devices go.
    pub move_to: Option<&'a str>,
    /// They may go to a server that enrolls nothing.
    pub even_if_idle: bool,
}

/// A server that can be deleted, and the steps that it takes.
pub struct DeletePlan {
    pub id: String,
    pub name: String,
    /// The platforms that it is the default for.
    pub defaults: Vec<Family>,
    /// How many devices are on it.
    pub devices: u32,
    /// Where they go.
    pub to: Option<Named>,
    /// What is to be known before.
    pub warnings: Vec<Hint>,
    agreed: Agreed,
}

/// What deleting came to.
pub struct ServerDeleted {
    pub changed: ServerChanged,
    /// What became of its devices.
    pub devices: Vec<DeviceResult>,
    /// The commands that set the defaults again that were cleared.
    pub put_back: Vec<Command>,
}

impl DeletePlan {
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

    fn cleared(&self) -> Vec<Recorded> {
        let families = self.defaults.iter();
        let cleared = families.map(|family| {
            let what = format!("default for {}", family.word());
            Recorded::new(what, Some(self.name.clone()), None)
        });
        cleared.collect()
    }

    fn moved(&self, devices: u32, to: &Named) -> Recorded {
        let (from, to) = (Some(self.name.clone()), Some(to.name.clone()));
        Recorded::new(counted(devices), from, to)
    }

    fn deleted(&self) -> Recorded {
        let what = format!("server {}", self.name);
        Recorded::new(what, None, Some("deleted".to_owned()))
    }
}

impl Organization {
    /// Reads a server that is to be deleted, and says what it takes.
    ///
    /// Exit 5 for School Manager; 4 for a server that doesn't exist; 2 if its devices would go to itself; 8 if it has devices that go
    /// nowhere, and while a migration to or from it isn't over; the errors of reading it.
    pub async fn server_deletion(
        &self,
        wish: &Deletion<'_>,
        extent: Extent,
    ) -> Result<DeletePlan, Error> {
        self.may_change_servers("delete servers", "Delete the server", extent)?;
        let servers = self.listed_servers().await?;
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
        let agreed = plan.map_err(|obstacle| self.in_the_way(obstacle, &name, &id, &sight))?;
        if let (Some(to), 1.., false) = (&to, agreed.moves, wish.even_if_idle) {
            let devices = counted(agreed.moves);
            let idle = self.enrolls_nothing(&to.id, &servers, Servers::Some, &devices);
            if let Some(error) = idle.await? {
                return Err(error);
            }
        }
        Ok(DeletePlan {
            warnings: self.depends_on(server, &all),
            devices: agreed.moves,
            defaults: sight.families,
            agreed,
            id,
            name,
            to,
        })
    }

    /// Deletes a server by its plan. `each` is given each device whose result is known.
    ///
    /// An error means that nothing was changed. If a step fails, the next run continues: it reads what is so then.
    pub async fn delete_server(
        &self,
        plan: &DeletePlan,
        each: &mut dyn FnMut(&DeviceResult),
    ) -> Result<ServerDeleted, Error> {
        let mut work = Work {
            organization: self,
            plan,
            watcher: Watcher::new(self, &plan.id),
            sight: Sight::default(),
            pause: PAUSE,
            started: None,
            why: None,
            changes: Vec::new(),
            devices: Vec::new(),
            put_back: Vec::new(),
        };
        let mut removal = Removal::new(plan.agreed);
        let outcome = loop {
            removal = match removal.next() {
                Next::End(outcome) => break outcome,
                next => {
                    let event = work.step(next, each).await?;
                    removal.on(event)
                }
            };
        };
        self.progress("");
        work.end(outcome)
    }
}

/// The work on one server.
struct Work<'a> {
    organization: &'a Organization,
    plan: &'a DeletePlan,
    watcher: Watcher<'a>,
    /// What was read last.
    sight: Sight,
    pause: Duration,
    /// The line of the journal for the deletion.
    started: Option<Started<'a>>,
    /// Why the last step failed.
    why: Option<Error>,
    changes: Vec<Recorded>,
    devices: Vec<DeviceResult>,
    put_back: Vec<Command>,
}

impl Work<'_> {
    async fn step(
        &mut self,
        next: Next,
        each: &mut dyn FnMut(&DeviceResult),
    ) -> Result<Event, Error> {
        let organization = self.organization;
        Ok(match next {
            Next::Clear => self.clear().await,
            Next::Move => self.move_devices(each).await,
            Next::Delete => self.delete().await?,
            Next::Read | Next::ReadLater | Next::End(_) => {
                if next == Next::ReadLater {
                    organization.http().pause(self.pause).await;
                    self.pause *= 2;
                }
                match self.watcher.look().await {
                    Ok(sight) => self.sight = sight,
                    Err(error) => {
                        self.why = Some(error);
                        return Ok(Event::Read(server_removal::Reading::NotRead));
                    }
                }
                Event::Read(self.sight.reading())
            }
        })
    }

    async fn clear(&mut self) -> Event {
        let wish = Wish {
            families: self.sight.families.clone(),
            server: None,
            from: Some(&self.plan.id),
            even_if_idle: false,
            extent: summary::Extent::Made,
        };
        self.organization.progress("Clearing the defaults");
        match self.organization.set_defaults(&wish).await {
            Ok(told) => {
                let done = matches!(
                    told.certainty,
                    Certainty::AsWished | Certainty::NotConfirmed
                );
                self.put_back = told.undo;
                self.why = told.problem;
                if done {
                    self.changes.extend(self.plan.cleared());
                }
                if self.why.is_none() {
                    return Event::Cleared;
                }
            }
            Err(error) => self.why = Some(error),
        }
        Event::Failed
    }

    async fn move_devices(&mut self, each: &mut dyn FnMut(&DeviceResult)) -> Event {
        let Some(to) = &self.plan.to else {
            return Event::Failed;
        };
        let targets = self.sight.serials.iter().map(|serial| Target {
            serial_number: serial.clone(),
            from: Some(self.plan.id.clone()),
        });
        let group = Group {
            ask: Ask::Assign {
                server: to.id.clone(),
            },
            devices: targets.collect(),
        };
        let request = Request {
            groups: vec![group],
            batch: MOST_DEVICES,
            again: false,
            wait: true,
            names: [
                (self.plan.id.clone(), self.plan.name.clone()),
                (to.id.clone(), to.name.clone()),
            ]
            .into(),
        };
        let outcome = match change::apply(self.organization, request, each).await {
            Ok(outcome) => outcome,
            Err(error) => {
                self.why = Some(error);
                return Event::Failed;
            }
        };
        let moved = outcome.results.iter();
        let moved = moved.filter(|it| it.ended == Ended::Assigned).count();
        if let Ok(moved @ 1..) = u32::try_from(moved) {
            self.changes.push(self.plan.moved(moved, to));
        }
        let all = outcome.results.len();
        self.why = outcome.problem;
        if moved == all && self.why.is_none() {
            self.devices.extend(outcome.results);
            return Event::Moved;
        }
        let error = self.why.take();
        self.why = Some(self.not_moved(error, &outcome.results, outcome.hint));
        self.devices.extend(outcome.results);
        Event::Failed
    }

    async fn delete(&mut self) -> Result<Event, Error> {
        let organization = self.organization;
        let manager = organization.manager()?;
        let id = &self.plan.id;
        if self.started.is_none() {
            let owner = organization.api_account()?;
            let record = Record::of([self.plan.deleted()]);
            let records = organization.records();
            self.started = Some(records.begin_of(&owner, organization.profile(), &record));
        }
        organization.progress("Deleting the server");
        let failure = match manager.delete_server(id).await {
            Ok(()) => return Ok(Event::Deleted),
            Err(failure) => failure,
        };
        let name = manager.api().request_name(&Method::DELETE, &segments(id));
        let event = match failure.status_of(&name) {
            Some(404) => Event::Missing,
            Some(409) => Event::Conflict,
            _ if failure.not_acted_on() => Event::Refused,
            _ => Event::NotKnown,
        };
        self.why = Some(failure.into());
        Ok(event)
    }

    /// The result, by how it ended.
    fn end(mut self, outcome: Outcome) -> Result<ServerDeleted, Error> {
        let problem = self.problem(outcome);
        if let Some(started) = self.started.take() {
            match (outcome, &problem) {
                (Outcome::Deleted | Outcome::WasGone, _) => {
                    started.end(How::AsWished, "As wished.")
                }
                // The journal keeps it open.
                (Outcome::NotKnown, _) | (_, None) => {}
                (_, Some(problem)) => started.end(How::Nothing, &problem.message),
            }
        }
        let is_gone = matches!(outcome, Outcome::Deleted | Outcome::WasGone);
        if outcome == Outcome::Deleted {
            self.changes.push(self.plan.deleted());
        }
        let problem = match problem {
            Some(problem) if self.changes.is_empty() && self.devices.is_empty() => {
                return Err(problem);
            }
            // A part was done.
            Some(problem) if !self.changes.is_empty() => Some(problem.of_kind(Kind::Partial)),
            other => other,
        };
        Ok(ServerDeleted {
            changed: ServerChanged {
                id: Some(self.plan.id.clone()),
                name: self.plan.name.clone(),
                changes: self.changes,
                problem,
                ..ServerChanged::default()
            },
            devices: self.devices,
            // Nothing can be a default of a server that is gone.
            put_back: if is_gone { Vec::new() } else { self.put_back },
        })
    }
}

/// So many devices, in words.
fn counted(devices: u32) -> String {
    match devices {
        1 => "1 device".to_owned(),
        several => format!("{several} devices"),
    }
}

impl Organization {
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

    /// The serial numbers of devices for which a migration to this server or from it was requested from here.
    fn migrations_asked(&self, id: &str) -> Result<Vec<String>, Error> {
        let journal = self.journal();
        let lines = journal.read().map_err(|error| {
            Error::failed(format!(
                "The journal {} can't be read: {error}.",
                journal.path().display()
            ))
        })?;
        let mut serials = Vec::new();
        for past in Past::all(&lines.entries, &self.api_account()?) {
            for (number, batch) in past.plan.batches.iter().enumerate() {
                let Some(Ask::Migrate { server, .. }) = past.plan.ask(number) else {
                    continue;
                };
                let concerns = |target: &Target| server == id || target.from.as_deref() == Some(id);
                let concerned = batch.targets().filter(concerns);
                serials.extend(concerned.map(|it| it.serial_number));
            }
        }
        Ok(serials)
    }
}
