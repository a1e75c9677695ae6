//! Devices without a server that get the one that is the default of their platform: `assign --existing unassigned`.

mod refused;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::change::{self, Request, recently_sent};
use super::read::{Item, Wish};
use super::serials_file;
use crate::apple::manager::activities::MOST_DEVICES;
use crate::config::OrganizationKind;
use crate::core::devices::existing::{Choice, Rules};
use crate::core::devices::selection::{Filter, Selection};
use crate::core::devices::serials::Serials;
use crate::core::devices::{Ask, DeviceResult, Ended, Group, Target};
use crate::core::names::Named;
use crate::core::platform::{Family, words};
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::adde_urls::declared::Servers;
use crate::organization::servers;

/// Without a terminal only devices that were added within this time get a server, as a default would have given them one.
pub const LATELY: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The most devices that get a server, unless somebody says otherwise.
pub const MOST: usize = 50;
/// A reading that is older is made again before anything is sent.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// Which devices are meant.
pub struct Existing<'a> {
    pub platforms: &'a [Family],
    /// Their server, by id, alias or name.
    pub server: &'a str,
    /// Added to the organization then or later.
    pub added_since: Option<Timestamp>,
    /// Serial numbers that are left out.
    pub except: HashSet<String>,
    /// If more devices qualify, none is touched.
    pub most: usize,
    /// They may get a server that enrolls nothing.
    pub even_if_idle: bool,
}

/// The devices that get a server.
pub struct ExistingPlan {
    pub choice: Choice,
    /// The server, known if a device gets it or should have got it.
    pub server: Option<Named>,
    /// More devices qualify than may be changed.
    pub too_many: Option<Error>,
    /// What couldn't be read.
    pub unread: Option<Error>,
    /// The names of the servers, by id: a name may be that of several.
    names: BTreeMap<String, String>,
    at: Timestamp,
}

/// What became of them.
#[derive(Default)]
pub struct ExistingEnded {
    pub results: Vec<DeviceResult>,
    pub problem: Option<Error>,
    pub put_back: Vec<Command>,
    pub hint: Option<Hint>,
}

impl ExistingPlan {
    fn result(&self, serial: &str, ended: Ended, reason: Option<String>) -> DeviceResult {
        DeviceResult {
            serial_number: serial.to_owned(),
            from: None,
            to: self.server.as_ref().map(|server| server.id.clone()),
            ended,
            reason,
            activity_id: None,
        }
    }
}

impl Organization {
    /// Whether the default of a platform can be set by the API, or only devices can be assigned; exit 3 without an API account.
    pub fn sets_defaults(&self) -> Result<bool, Error> {
        let kind = self.settings().required_credentials()?.kind;
        Ok(kind == OrganizationKind::Business)
    }

    /// Exit 2 if only reads are allowed.
    pub fn may_assign(&self) -> Result<(), Error> {
        match self.settings().why_read_only() {
            Some(why) => Err(Error::usage(format!(
                "abmctl assigns no device, because {why}. Nothing was changed."
            ))),
            None => Ok(()),
        }
    }

    /// The serial numbers in a file of `--except`; exit 2 if it can't be used.
    pub async fn excepted(&self, path: &Path) -> Result<HashSet<String>, Error> {
        let name = path.display().to_string();
        let path = self.settings().folders.expand(&name);
        let bytes = serials_file::read(&name, &path).await?;
        let serials = Serials::of_file(&bytes).map_err(|why| {
            Error::usage(format!("The file {name} can't be used: {why}."))
                .hints(why.cure().map(Hint::from))
        })?;
        Ok(serials.serial_numbers.into_iter().collect())
    }

    /// Reads which devices get the server: one request for each page of devices, and more only if a device does.
    pub async fn existing_devices(&self, wish: &Existing<'_>) -> Result<ExistingPlan, Error> {
        let at = self.clock().now();
        let rules = Rules {
            platforms: wish.platforms.to_vec(),
            added_since: wish.added_since,
            except: wish.except.clone(),
            refused: self.refused_devices()?,
            sent: recently_sent(self)?.into_keys().collect(),
        };
        let mut choice = Choice::default();
        let filter = Filter {
            platforms: wish.platforms.to_vec(),
            assigned: Some(false),
            ..Filter::default()
        };
        let each = |item: Item| {
            if let Item::Found(found) = item {
                choice.add(&found.device, &rules);
            }
            true
        };
        let selection = Selection::Filter(filter);
        let read = self.read_devices(&selection, Wish::default(), each).await?;
        if let Some(problem) = read.problem.clone().filter(|_| read.broke_off.is_some()) {
            // How many qualify isn't known.
            return Err(problem.and("No device was changed."));
        }
        let mut plan = ExistingPlan {
            too_many: choice
                .is_too_many(wish.most)
                .then(|| too_many(&choice, wish)),
            server: None,
            unread: read.problem,
            names: BTreeMap::new(),
            choice,
            at,
        };
        let choice = &plan.choice;
        let named = choice.qualify.len() + choice.refused.len() + choice.sent.len();
        if named > 0 {
            let listed = self.listed_servers().await?;
            let id = self.find_server(wish.server, &listed)?;
            if !wish.even_if_idle && !choice.qualify.is_empty() {
                let devices = words_of(choice.qualify.len());
                let idle = self.enrolls_nothing(&id, &listed, Servers::Some, &devices);
                if let Some(error) = idle.await? {
                    return Err(error.and("No device was changed."));
                }
            }
            let all = servers::named(&listed);
            plan.server = all.iter().find(|it| it.id == id).cloned();
            plan.names = all.into_iter().map(|it| (it.id, it.name)).collect();
        }
        Ok(plan)
    }

    /// The results of a dry run.
    pub fn would_assign_existing(&self, plan: &ExistingPlan) -> Vec<DeviceResult> {
        let qualify = plan.choice.qualify.iter();
        let would = |serial: &str| plan.result(serial, Ended::WouldAssign, None);
        let mut results: Vec<DeviceResult> = match plan.too_many {
            None => qualify.map(|it| would(&it.serial_number)).collect(),
            Some(_) => Vec::new(),
        };
        results.extend(self.left(plan));
        results
    }

    /// The devices that are left although they have no server.
    fn left(&self, plan: &ExistingPlan) -> Vec<DeviceResult> {
        let server = plan.server.as_ref().map_or("SERVER", |it| &it.id);
        let refused = plan.choice.refused.iter().map(|serial| {
            let why = hint![
                "Apple refused it twice. To try again, name it with ",
                Command::new("devices assign")
                    .arg(serial)
                    .option("--server", server),
                "."
            ];
            plan.result(serial, Ended::Skipped, Some(self.written(&why)))
        });
        let sent = plan.choice.sent.iter().map(|serial| {
            let why = "It was sent to Apple in the last 24 hours.".to_owned();
            plan.result(serial, Ended::Skipped, Some(why))
        });
        refused.chain(sent).collect()
    }

    /// Assigns the devices of a plan, and waits for the result. `each` is given each device whose result is known.
    pub async fn assign_existing(
        &self,
        plan: &mut ExistingPlan,
        each: &mut dyn FnMut(&DeviceResult),
    ) -> ExistingEnded {
        let mut ended = ExistingEnded {
            results: self.left(plan),
            problem: plan.too_many.clone(),
            ..ExistingEnded::default()
        };
        if ended.problem.is_some() {
            return ended;
        }
        ended.problem = match self.assign_those(plan, &mut ended, each).await {
            Ok(problem) => problem
                .or(plan.unread.clone())
                .or(still_sent(plan.choice.sent.len())),
            Err(error) => Some(error),
        };
        ended
    }

    async fn assign_those(
        &self,
        plan: &mut ExistingPlan,
        ended: &mut ExistingEnded,
        each: &mut dyn FnMut(&DeviceResult),
    ) -> Result<Option<Error>, Error> {
        let Some(server) = plan.server.clone() else {
            return Ok(None);
        };
        // A signal that came while the default was set ends the rest.
        if let Some(signal) = self.signal() {
            return Err(Error::interrupted(signal));
        }
        let mut read_at = plan.at;
        if self.clock().now().duration_since(plan.at) > FRESH {
            read_at = self.clock().now();
            let still = self.still_unassigned(&plan.choice).await?;
            for serial in plan.choice.keep_only(&still) {
                let why = "It isn't without a server any more, or can't be read.".to_owned();
                let result = plan.result(&serial, Ended::Skipped, Some(why));
                ended.results.push(result);
            }
        }
        let devices = plan.choice.qualify.iter().map(|it| Target {
            serial_number: it.serial_number.clone(),
            from: None,
            deadline: None,
        });
        let group = Group {
            ask: Ask::Assign {
                server: server.id.clone(),
            },
            devices: devices.collect(),
        };
        if group.devices.is_empty() {
            return Ok(None);
        }
        let request = Request {
            groups: vec![group],
            batch: MOST_DEVICES,
            again: false,
            placed: false,
            even_if_locked: false,
            wait: true,
            names: plan.names.clone(),
            read_at,
            agreed_at: plan.at,
        };
        let outcome = change::apply(self, request, each).await?;
        ended.results.splice(0..0, outcome.results);
        ended.put_back = outcome.put_back;
        ended.hint = outcome.hint;
        Ok(outcome.problem)
    }

    /// Those of the devices that are certainly without a server now.
    async fn still_unassigned(&self, choice: &Choice) -> Result<BTreeSet<String>, Error> {
        let serials = Serials {
            serial_numbers: choice
                .qualify
                .iter()
                .map(|it| it.serial_number.clone())
                .collect(),
            ..Serials::default()
        };
        let mut still = BTreeSet::new();
        let each = |item: Item| {
            if let Item::Found(found) = item
                && found.device.is_assigned() == Some(false)
            {
                still.insert(found.device.serial_number.to_ascii_uppercase());
            }
            true
        };
        let selection = Selection::Serials(serials);
        self.read_devices(&selection, Wish::default(), each).await?;
        Ok(still)
    }
}

/// The error for devices that were sent lately and have no server yet: nobody assigns them now.
fn still_sent(count: usize) -> Option<Error> {
    let (devices, have, them) = match count {
        0 => return None,
        1 => (words_of(1), "has", "it"),
        _ => (words_of(count), "have", "them"),
    };
    Some(Error::new(
        Kind::Partial,
        format!(
            "{devices} still {have} no server. abmctl sent {them} to Apple in the last 24 hours."
        ),
    ))
}

/// So many devices, in words.
fn words_of(count: usize) -> String {
    match count {
        1 => "1 device".to_owned(),
        several => format!("{several} devices"),
    }
}

/// The error if more devices qualify than may be changed, with the command that lists them.
fn too_many(choice: &Choice, wish: &Existing<'_>) -> Error {
    let platforms: Vec<&str> = wish.platforms.iter().map(Family::word).collect();
    let list = Command::new("devices list")
        .option("--platform", &platforms.join(","))
        .word("--status unassigned");
    let list = match wish.added_since {
        Some(since) => list.option("--added-since", &format!("{since:.0}")),
        None => list,
    };
    let count = choice.qualify.len();
    let others = choice.excepted + choice.refused.len() + choice.sent.len();
    let others = match others {
        0 => String::new(),
        others => format!(" (that list also has {others} that don't qualify)"),
    };
    Error::new(
        Kind::Conflict,
        format!(
            "{count} devices of {} have no server, and --max-devices allows {}. No device was changed.",
            words(wish.platforms),
            wish.most
        ),
    )
    .hint(hint![
        "List them with ",
        list,
        format!("{others}. To assign all of them, add --max-devices {count}; to leave some out, add --except FILE.")
    ])
}
