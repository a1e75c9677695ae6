//! `servers delete`: a server in the safe order, after each step was shown and the name typed.

use serde::Serialize;

use super::change::ServerChange;
use crate::commands::device_result::{ChangeRow, Details};
use crate::commands::outcome::Outcome;
use crate::commands::settings_change::{change_of, document_of};
use crate::context::Context;
use crate::core::printed::{Hint, hint};
use crate::error::Error;
use crate::options::{Changing, Consent};
use crate::organization::devices::change::announce;
use crate::organization::server_changes::{DeletePlan, Deletion, Extent, ServerDeleted};

/// A server that goes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The server: its id, alias or name
    server: String,
    /// Assign its devices to this server first
    #[arg(long, value_name = "SERVER")]
    move_devices_to: Option<String>,
    /// Assign them to that server even if it can't enroll devices
    #[arg(long, requires = "move_devices_to")]
    even_if_idle: bool,
    /// The name of the server, as a confirmation without a terminal; needs --yes
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    changing: Changing,
}

/// What else there is to say of a server that goes.
#[derive(Debug, Serialize)]
struct Deleted {
    server_id: String,
    server_name: String,
    devices: Vec<ChangeRow>,
}

/// Runs `servers delete`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<ServerChange>()?;
    let dry_run = args.changing.dry_run;
    let organization = context.organization()?;
    announce(organization, None).await;
    let wish = Deletion {
        server: &args.server,
        move_to: args.move_devices_to.as_deref(),
        even_if_idle: args.even_if_idle,
        asks: context.ui.answers(),
    };
    let plan = organization
        .server_deletion(&wish, Extent::of(dry_run))
        .await?;
    let steps = plan.steps().into_iter().enumerate();
    let steps = steps.map(|(index, step)| format!("  {}. {step}", index + 1));
    let steps = steps.collect::<Vec<_>>().join("\n");
    context
        .ui
        .say(&format!("To delete the server {}:\n{steps}", plan.name));
    for warning in &plan.warnings {
        context.ui.warn(warning);
    }
    if dry_run {
        return outcome(&plan, None, context);
    }
    agree(args, &plan, context).await?;
    let mut done = 0;
    let deleted = organization
        .delete_server(&plan, &mut |_| {
            done += 1;
            organization.progress(&format!("{done} of {} devices", plan.devices));
        })
        .await?;
    outcome(&plan, Some(deleted), context)
}

/// On a terminal the name is typed; without one it is given, with `--yes` (exit 2).
async fn agree(args: &Args, plan: &DeletePlan, context: &Context) -> Result<(), Error> {
    let name = &plan.name;
    if let Some(confirm) = &args.confirm {
        if confirm.trim() != name {
            return Err(Error::usage(format!(
                "--confirm says \"{confirm}\", but the server is called \"{name}\". Nothing was changed."
            )));
        }
        if args.consent.yes {
            return Ok(());
        }
    }
    if !context.ui.answers() {
        let command = plan.command(false);
        let command = match &args.changing.note {
            Some(note) => command.option("--note", note),
            None => command,
        };
        return Err(Error::usage(format!(
            "Deleting the server {name} can't be undone. Without a terminal, confirm with its name."
        ))
        .hint(hint!["Run ", command, "."]));
    }
    let question = format!("To delete it, type the name of the server ({name})");
    if context.ui.ask(&question, None).await? == *name {
        Ok(())
    } else {
        Err(Error::failed("That isn't its name. Nothing was changed."))
    }
}

fn outcome(
    plan: &DeletePlan,
    deleted: Option<ServerDeleted>,
    context: &Context,
) -> Result<Outcome, Error> {
    let dry_run = deleted.is_none();
    let (changes, devices, problem) = match deleted {
        None => (plan.changes(), Vec::new(), None),
        Some(ServerDeleted {
            changed,
            devices,
            put_back,
        }) => {
            if !put_back.is_empty() {
                context.ui.say_afterwards(Hint::put_back(put_back));
            }
            (changed.changes, devices, changed.problem)
        }
    };
    let name = |id: &str| plan.name_of(id).to_owned();
    let more = Deleted {
        server_id: plan.id.clone(),
        server_name: plan.name.clone(),
        devices: devices
            .iter()
            .map(|it| ChangeRow::new(it, Details::READ, &name))
            .collect(),
    };
    let rows = changes.into_iter().map(ServerChange::from).collect();
    let change = change_of(&context.profile()?, dry_run, rows, more, context);
    let document = document_of(change, vec![context.headline()?], None);
    Ok(match problem {
        Some(problem) => Outcome::with_problem(document, problem),
        None => Outcome::done(document),
    })
}
