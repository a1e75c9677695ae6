//! `adde-url declare`: the URL that a vendor's MDM has set, kept in the profile.

use jiff::civil::Date;
use serde::Serialize;

use crate::commands::day_argument::day;
use crate::commands::outcome::Outcome;
use crate::commands::settings_change::{change_of, document_of};
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::options::Changing;
use crate::organization::adde_urls::declare::{Declaration, Declared, Saying};
use crate::output::{Column, Head, NothingMore, Row, Shown, column, heads, more};

const EXAMPLES: &str = "\
Examples:
  abmctl adde-url declare https://intune.acme.example/discovery \\
    --server Intune
  abmctl adde-url declare --remove --server Intune";

/// What is declared.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The https URL that the vendor's MDM has set
    #[arg(required_unless_present = "remove")]
    url: Option<String>,
    /// The server: its id, alias or name
    #[arg(long, value_name = "SERVER")]
    server: String,
    /// The day on which you learned it [default: today]
    ///
    /// Write it as YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day, conflicts_with = "remove")]
    seen: Option<Date>,
    /// Remove the declared URL of the server
    #[arg(long, conflicts_with = "url")]
    remove: bool,
    /// Only if this URL is declared now, or `none`; else exit 8
    ///
    /// The journal writes the day after the URL, as in `https://mdm.acme.com/x (seen 2026-10-01)`. Then the day has to be the same too.
    #[arg(long, value_name = "URL")]
    from: Option<String>,
    #[command(flatten)]
    changing: Changing,
}

/// A declaration that changes.
#[derive(Debug, Serialize)]
struct Declares {
    /// The server.
    what: String,
    from: Option<String>,
    to: Option<String>,
    seen_before: Option<String>,
    seen: Option<String>,
}

impl From<Declared> for Declares {
    fn from(declared: Declared) -> Self {
        let Declared {
            server,
            before,
            after,
        } = declared;
        Self {
            what: server,
            seen_before: before.as_ref().map(|it| it.seen.to_string()),
            seen: after.as_ref().map(|it| it.seen.to_string()),
            from: before.map(|it| it.url),
            to: after.map(|it| it.url),
        }
    }
}

impl Row for Declares {
    const COLUMNS: &'static [Column<Self>] = &[
        column("what", "SERVER", |it| it.what.shown()),
        column("seen_before", "SEEN BEFORE", |it| it.seen_before.shown()),
        column("seen", "SEEN NOW", |it| it.seen.shown()),
        more("from", |it| it.from.shown()),
        more("to", |it| it.to.shown()),
    ];
    const BELOW: Option<fn(&Self) -> Vec<String>> = Some(Self::below);
}

impl Declares {
    fn below(&self) -> Vec<String> {
        let line = |when: &str, url: &Option<String>| {
            format!("{when}: {}", url.as_deref().unwrap_or("nothing declared"))
        };
        if self.from == self.to {
            return self.to.iter().cloned().collect();
        }
        vec![line("before", &self.from), line("now", &self.to)]
    }
}

/// Runs `adde-url declare`.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Declares>()?;
    let saying = match args.url {
        Some(url) => Saying::Set(url, args.seen),
        None => Saying::Nothing,
    };
    let organization = context.organization_to_store()?;
    let from = args.from.as_deref();
    let plan = Declaration::new(&args.server, saying, from, &organization).await?;
    let dry_run = args.changing.dry_run;
    plan.apply(dry_run).await?;
    if !args.remove && !dry_run && !plan.changes.is_empty() {
        context.ui.hint_afterwards(hint![
            "See what devices find there with ",
            Command::new("adde-url check"),
            "."
        ]);
    }
    let headline = vec![format!("Profile {}", plan.profile)];
    let changes: Vec<Declares> = plan.changes.into_iter().map(Declares::from).collect();
    let change = change_of(plan.profile, dry_run, changes, NothingMore {}, context);
    Ok(Outcome::done(document_of(change, headline, None)))
}

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<Declares>(false)
}
