//! What an `assign` that sets something shows, and what goes with it.

use serde::Serialize;

use super::existing::Devices;
use crate::commands::device_result::ChangeRow;
use crate::commands::outcome::{DRY_RUN, Outcome};
use crate::context::Context;
use crate::core::defaults::Server;
use crate::core::platform::Family;
use crate::core::printed::{Command, Hint, hint};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::adde_urls::known::{KnownUrl, NotKnown};
use crate::organization::defaults::summary::{Certainty, Extent, Summary};
use crate::output::{self, Column, Document, NoRows, Row, Shown, column, more};
use crate::text::prose_day;

/// A platform whose default changes.
#[derive(Debug, Serialize)]
pub(super) struct Changed {
    platform: String,
    from: Option<Side>,
    from_known: bool,
    to: Option<Side>,
    confirmed: Option<bool>,
}

/// A server that is a default before or afterwards.
#[derive(Debug, Serialize)]
struct Side {
    id: String,
    name: String,
}

impl Side {
    fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
        }
    }
}

impl Row for Changed {
    const COLUMNS: &'static [Column<Self>] = &[
        column("platform", "PLATFORM", |it| it.platform.shown()),
        column("from", "WAS", |it: &Self| {
            if it.from_known {
                name_of(it.from.as_ref())
            } else {
                "not known".to_owned()
            }
        })
        .of(&["id", "name"]),
        more("from_known", |it| it.from_known.shown()),
        column("to", "IS NOW", |it: &Self| name_of(it.to.as_ref())).of(&["id", "name"]),
        more("confirmed", |it| it.confirmed.shown()),
    ];
}

fn name_of(side: Option<&Side>) -> String {
    side.map_or("none", |side| &side.name).to_owned()
}

/// What else there is to say of a change: what each server that was touched holds now, where it did not end as wished, and
/// which requests got no answer.
#[derive(Debug, Serialize)]
struct More {
    state: Option<Vec<Held>>,
    unsettled: Vec<Unsettled>,
    /// With `--existing`: the devices that had no server.
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<Vec<ChangeRow>>,
}

#[derive(Debug, Serialize)]
struct Held {
    server: Side,
    default_platforms: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
struct Unsettled {
    server: Side,
    until: String,
}

/// What a change came to: its document, and what goes with it.
pub(super) fn outcome(told: Summary, extent: Extent, context: &Context) -> Result<Outcome, Error> {
    if !told.undo.is_empty() {
        context.ui.say_afterwards(Hint::put_back(told.undo.clone()));
    }
    if told.in_effect {
        remarks(&told, context.organization()?, context);
    }
    let document = document(&told, None, extent, context)?;
    Ok(match told.problem {
        Some(problem) => Outcome::with_problem(document, problem),
        None if extent == Extent::Checked => Outcome::compared(document, told.differs, context),
        None => Outcome::done(document),
    })
}

/// What a change of defaults and of devices without a server came to; without defaults in an organization whose API can't set them.
pub(super) fn with_devices(
    told: Option<&Summary>,
    devices: Devices,
    problem: Option<Error>,
    extent: Extent,
    context: &Context,
) -> Result<Outcome, Error> {
    let differs = devices.differs || told.is_some_and(|told| told.differs);
    let document = match told {
        Some(told) => {
            if told.in_effect {
                remarks(told, context.organization()?, context);
            }
            document(told, Some(devices), extent, context)?
        }
        None => devices_alone(devices, extent, context)?,
    };
    Ok(match problem {
        Some(problem) => Outcome::with_problem(document, problem),
        None if extent == Extent::Checked => Outcome::compared(document, differs, context),
        None => Outcome::done(document),
    })
}

/// The document where the API can't set defaults.
fn devices_alone(devices: Devices, extent: Extent, context: &Context) -> Result<Document, Error> {
    let change: output::Change<Changed, More> = output::Change {
        changed: devices.changed,
        dry_run: extent != Extent::Made,
        profile: context.profile()?,
        sandbox: context.settings()?.services.is_sandbox(),
        changes: Vec::new(),
        more: More {
            state: None,
            unsettled: Vec::new(),
            devices: Some(devices.rows),
        },
    };
    let mut headline = vec![context.headline()?];
    if extent == Extent::DryRun {
        headline.push(DRY_RUN.to_owned());
    }
    headline.extend(devices.lines);
    let portal =
        "Set the default of the platform in Apple School Manager: its API can't set defaults.";
    Ok(change.document(headline, NoRows::Unchanged(portal.into()), &[]))
}

/// The document of a change.
fn document(
    told: &Summary,
    devices: Option<Devices>,
    extent: Extent,
    context: &Context,
) -> Result<Document, Error> {
    let side = |id: &Option<String>| {
        let id = id.as_ref();
        id.map(|id| Side::new(id, told.name(id)))
    };
    let confirmed = (extent == Extent::Made).then_some(told.is_confirmed());
    let rows: Vec<Changed> = told
        .changes
        .iter()
        .map(|change| Changed {
            platform: change.family.word().to_owned(),
            from: side(&change.from),
            from_known: told.from_is_known(change),
            to: side(&change.to),
            confirmed,
        })
        .collect();
    let unsettled = told.unsettled.iter().map(|(server, until)| Unsettled {
        server: Side::new(&server.id, &server.name),
        until: format!("{until:.0}"),
    });
    let as_wished = told.certainty == Certainty::AsWished;
    let is_with_devices = devices.is_some();
    let Devices {
        rows: device_rows,
        lines,
        changed: devices_changed,
        default,
        ..
    } = devices.unwrap_or_default();
    let change = output::Change {
        changed: !rows.is_empty() || told.certainty == Certainty::NotKnown || devices_changed,
        dry_run: extent != Extent::Made,
        profile: context.profile()?,
        sandbox: context.settings()?.services.is_sandbox(),
        changes: rows,
        more: More {
            state: (!as_wished).then(|| told.touched.iter().map(Held::from).collect()),
            unsettled: unsettled.collect(),
            devices: is_with_devices.then_some(device_rows),
        },
    };
    // Below devices that changed, "Nothing to change." would be wrong.
    let unchanged = default.map_or_else(NoRows::default, |it| NoRows::Unchanged(it.into()));
    let mut headline = vec![context.headline()?];
    let (empty, headers): (_, &[_]) = match (extent, told.certainty) {
        (Extent::Made, Certainty::Stopped) => (NoRows::Told("No change took effect."), &[]),
        (Extent::Made, Certainty::NotKnown) => {
            (NoRows::Told("No change is known."), &[("to", "MAY BE")])
        }
        (Extent::Made, _) => (unchanged, &[]),
        (Extent::DryRun | Extent::Checked, _) => (unchanged, &[("from", "IS"), ("to", "WOULD BE")]),
    };
    if extent == Extent::DryRun {
        headline.push(DRY_RUN.to_owned());
    }
    headline.extend(lines);
    Ok(change.document(headline, empty, headers))
}

impl From<&Server> for Held {
    fn from(server: &Server) -> Self {
        let words =
            |families: &Vec<Family>| families.iter().map(|it| it.word().to_owned()).collect();
        Self {
            server: Side::new(&server.id, &server.name),
            default_platforms: server.families.as_ref().map(words),
        }
    }
}

/// What is known of the new default's ADDE URL.
fn remarks(told: &Summary, organization: &Organization, context: &Context) {
    let mut named: Vec<&str> = Vec::new();
    for change in &told.changes {
        let Some(id) = change.to.as_deref() else {
            continue;
        };
        if change.family.model_family().is_none() || named.contains(&id) {
            continue;
        }
        named.push(id);
        let name = told.name(id);
        let text = match told.known_adde_url(id, organization) {
            KnownUrl::Seen(facts) => match facts.url {
                Some(url) => hint![format!(
                    "{name} had the ADDE URL {url} when abmctl last read it."
                )],
                None => hint![
                    format!(
                        "{name} had no ADDE URL when abmctl last read it, so Apple has nowhere to send devices. Set one with "
                    ),
                    Command::new("adde-url set URL"),
                    "."
                ],
            },
            KnownUrl::Declared(declared) => hint![format!(
                "{name} has the ADDE URL {}, as declared on {}.",
                declared.url,
                prose_day(declared.seen)
            )],
            KnownUrl::NotKnown(NotKnown::NotAsked) => hint![
                format!("abmctl hasn't read the ADDE URL of {name} yet. Read it with "),
                Command::new("adde-url list"),
                "."
            ],
            KnownUrl::NotKnown(NotKnown::NoToken) => hint![
                format!(
                    "abmctl can't read the ADDE URL of {name} without its server token. If a vendor holds the token, record the URL that the vendor's MDM has set: "
                ),
                Command::storing("adde-url declare URL").option("--server", name),
                "."
            ],
        };
        context.ui.hint_afterwards(text);
    }
}
