//! A server that is deleted in the safe order, which `core::server_removal` decides. This carries it out.

mod plan;
mod said;
mod sight;

use std::time::Duration;

use reqwest::Method;

pub use plan::{DeletePlan, Deletion};

use self::sight::{Sight, Watcher};
use super::super::Organization;
use super::super::record::{Record, Recorded, Started};
use super::ServerChanged;
use super::deletions::Asked;
use crate::apple::manager::activities::MOST_DEVICES;
use crate::apple::manager::servers::segments;
use crate::core::devices::{Ask, DeviceResult, Ended, Group, Target};
use crate::core::printed::Command;
use crate::core::server_removal::{self, Event, Next, Outcome, Removal};
use crate::error::{Error, Kind};
use crate::organization::defaults::change::Wish;
use crate::organization::defaults::summary::{self, Certainty};
use crate::organization::devices::change::{self, Request};
use crate::private_files::Lock;
use crate::state::journal::How;

/// The pause before a reading that comes later, and its growth.
const PAUSE: Duration = Duration::from_secs(5);

/// What deleting came to.
pub struct ServerDeleted {
    pub changed: ServerChanged,
    /// What became of its devices.
    pub devices: Vec<DeviceResult>,
    /// The commands that set the defaults again that were cleared, and assign the devices again that were moved.
    pub put_back: Vec<Command>,
}

impl Organization {
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
    /// The lock says that it runs.
    started: Option<(Started<'a>, Option<Lock>)>,
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
        // A signal that a step held off ends the rest.
        if let (Next::Clear | Next::Move | Next::Delete, Some(signal)) =
            (next, organization.signal())
        {
            self.why = Some(Error::interrupted(signal));
            return Ok(Event::Refused);
        }
        if let (Next::Clear | Next::Move | Next::Delete, None) = (next, &self.started) {
            self.begin().await?;
        }
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

    /// Writes into the journal that it begins, before the first step: if it is killed, that is what tells of it.
    async fn begin(&mut self) -> Result<(), Error> {
        let organization = self.organization;
        let asked = &self.plan.asked;
        let same = |it: &Asked| it.server_id == asked.server_id;
        let why = "A later run of the same deletion continues it.";
        organization.end_deletions(same, How::Failed, why).await;
        let owner = organization.api_account()?;
        let before = serde_json::to_value(asked).unwrap_or_default();
        let record = Record::of([self.plan.deleted()]).before(before);
        let records = organization.records();
        let started = records.begin_of(&owner, organization.profile(), &record);
        // Without a folder for it nobody can look for it, either.
        let life = organization.change_lock(started.id()).await.ok();
        self.started = Some((started, life));
        Ok(())
    }

    async fn clear(&mut self) -> Event {
        // What nobody was shown isn't cleared.
        let shown = &self.plan.defaults;
        if self.sight.families.iter().any(|it| !shown.contains(it)) {
            return Event::MoreDefaults;
        }
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
            deadline: None,
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
            even_if_locked: false,
            placed: false,
            wait: true,
            names: [
                (self.plan.id.clone(), self.plan.name.clone()),
                (to.id.clone(), to.name.clone()),
            ]
            .into(),
            read_at: self.sight.read_at,
            agreed_at: self.sight.read_at,
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
        self.put_back.extend(outcome.put_back);
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
        let is_gone = matches!(outcome, Outcome::Deleted | Outcome::WasGone);
        let is_pending = self.devices.iter().any(|it| it.ended == Ended::Pending);
        if let Some((started, life)) = self.started.take() {
            let is_ended = match (outcome, &problem) {
                (Outcome::Deleted | Outcome::WasGone, _) => {
                    started.try_end(How::AsWished, "As wished.")
                }
                // The journal keeps it open.
                (Outcome::NotKnown, _) | (_, None) => false,
                (Outcome::NotMoved, _) if is_pending => false,
                (_, Some(problem)) => started.try_end(How::Nothing, &problem.message),
            };
            if let (true, Some(life)) = (is_ended, life) {
                life.discard();
            }
        }
        if is_gone {
            self.organization.forget_put_backs(&self.plan.id);
        }
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
            // Nothing can be on a server that is gone, or have it as its default.
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
