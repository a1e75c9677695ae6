//! `devices get`: all that Apple says of some devices.

use clap::ArgMatches;

use super::missing;
use super::row::{APPLECARE, CoverageArgs, DeviceRow, LOCK, is_given};
use super::selection::SerialArgs;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::devices::selection::Selection;
use crate::error::{Error, Kind};
use crate::organization::devices::read::{Item, Wish};
use crate::output::{Document, Head, Stream, heads};

/// Which devices.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl devices get C02XK1ZZJGH5
  abmctl devices get C02XK1ZZJGH5 F9FDN1ABCD12 -o json
  abmctl devices get --serials returned.csv --lock --applecare -o csv")]
pub(super) struct Args {
    #[command(flatten)]
    serials: SerialArgs,
    #[command(flatten)]
    coverage: CoverageArgs,
    /// Show whether each device is locked by Activation Lock
    ///
    /// This takes a request for each device.
    #[arg(long)]
    lock: bool,
}

/// Runs `devices get`.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let mut hidden = Vec::new();
    args.coverage.hide(&mut hidden, context)?;
    if !args.lock {
        hidden.push(LOCK);
    }
    let mut rows = Stream::without(&context.output, &hidden)?;
    if !args.serials.are_given() {
        return Err(Error::usage(
            "No device given. Name a serial number, or add --serials FILE.",
        ));
    }
    let serials = args.serials.read(context).await?;
    let is_one = serials.len() == 1;
    let selection = Selection::Serials(serials);
    let wish = Wish {
        server: true,
        released: true,
        applecare: args.coverage.applecare,
        refresh: args.coverage.refresh,
        lock: args.lock,
        ..Wish::default()
    };
    let organization = context.organization()?;
    let mut one = None;
    let read = organization.read_devices(&selection, wish, |item| {
        if is_one {
            one = Some(item);
            true
        } else {
            rows.push(DeviceRow::new(item))
        }
    });
    let ended = read.await?;
    let missing = missing(&ended.not_found, ended.found);
    if !is_one {
        let problem = match (missing, ended.problem) {
            (Some(missing), Some(problem)) => {
                Some(problem.and(missing.message).of_kind(Kind::Partial))
            }
            (missing, problem) => problem.or(missing),
        };
        return Outcome::listed(rows, problem);
    }
    let problem = ended.problem.or(missing);
    match (one, problem) {
        (Some(item @ Item::Found(_)), problem) => {
            let document = Document::one_without(DeviceRow::new(item), &hidden);
            Ok(match problem {
                Some(problem) => Outcome::with_problem(document, problem),
                None => Outcome::done(document),
            })
        }
        (_, Some(problem)) => Err(problem),
        (_, None) => Ok(Outcome::nothing()),
    }
}

/// Its columns.
pub(super) fn columns(matches: &ArgMatches) -> Vec<Head> {
    let mut heads = heads::<DeviceRow>(false);
    heads.retain(|head| match head.key {
        LOCK => is_given(matches, "lock"),
        APPLECARE => is_given(matches, "applecare"),
        _ => true,
    });
    heads
}
