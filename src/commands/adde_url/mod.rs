//! `adde-url`: the account-driven enrollment URL that Apple hands to devices, one for each server token.

mod change;
pub(crate) mod check;
mod declare;
mod show;
mod views;

use clap::Subcommand;

use crate::commands::device_rows::DeviceRow;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::options::{Changing, Consent, Lookup};
use crate::organization::server_tokens::choice;
use crate::output::{Head, heads};
use views::{AddeUrl, Alone, Changed};

/// The account-driven enrollment URL.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the URL of each server token, with its set time and the token's state
    ///
    /// All tokens are asked at once, one request after another for each. With an API account it also shows what each
    /// server is the default for: `joined_by` says whether Apple's two services give the server the same id, or only the
    /// same name.
    #[command(after_long_help = LIST_EXAMPLES)]
    List,
    /// Show the URL of a server
    #[command(after_long_help = GET_EXAMPLES)]
    Get {
        #[command(flatten)]
        which: Which,
    },
    /// Set the URL of a server
    ///
    /// Reads first, and sends the URL only if it differs. Before it is sent it is looked at as a device of each platform
    /// would, and refused where a device could not use the answer. What was there before is said, kept in the journal, and
    /// can be put back with the command that is printed. An MDM may set its own URL again.
    ///
    /// `{server_id}` in the URL stands for the id of each server, `{token}` for the token's name in the configuration.
    #[command(after_long_help = SET_EXAMPLES)]
    Set(SetArgs),
    /// Take the URL of a server away
    #[command(after_long_help = CLEAR_EXAMPLES)]
    Clear(ClearArgs),
    /// Show what a device of each platform finds at a domain, and where it would enroll
    Check(check::Args),
    /// Record the URL that a vendor's MDM has set, if the vendor holds the server token
    Declare(declare::Args),
}

const LIST_EXAMPLES: &str = "Examples:
  abmctl adde-url list
  abmctl adde-url list -o csv --columns token,server_name,url,state";

const GET_EXAMPLES: &str = "Examples:
  abmctl adde-url get
  abmctl adde-url get --server prod -o json";

const SET_EXAMPLES: &str = "Examples:
  abmctl adde-url set --server prod \\
    https://mdm.acme.com/.well-known/com.apple.remotemanagement
  abmctl adde-url set 'https://mdm.acme.com/{server_id}/discovery' --all --check";

const CLEAR_EXAMPLES: &str = "Examples:
  abmctl adde-url clear --server prod
  abmctl adde-url clear --all --dry-run";

/// Which server tokens are meant.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// The server: a token's name in the configuration, else the id, alias or name of its server; repeatable
    #[arg(long, value_name = "SERVER")]
    server: Vec<String>,
    /// Every server token of the profile
    #[arg(long, conflicts_with = "server")]
    all: bool,
}

impl Which {
    fn tokens(&self) -> choice::Which {
        choice::Which {
            servers: self.server.clone(),
            all: self.all,
        }
    }
}

/// What `set` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct SetArgs {
    /// The https address of the resource that lists the servers, not of the enrollment itself
    url: String,
    #[command(flatten)]
    which: Which,
    /// Change nothing; exit 9 if the URL differs
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Only if this URL is set now, or with `none` if no URL is; else exit 8
    #[arg(long, value_name = "URL")]
    from: Option<String>,
    /// Don't look at the URL first
    #[arg(long)]
    no_verify: bool,
    /// Send the URL exactly as it is written and check nothing, to put an old URL back
    #[arg(long, requires = "no_verify")]
    as_is: bool,
    #[command(flatten)]
    lookup: Lookup,
    #[command(flatten)]
    changing: Changing,
    #[command(flatten)]
    consent: Consent,
}

/// What `clear` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct ClearArgs {
    #[command(flatten)]
    which: Which,
    /// Only if this URL is set now; else exit 8
    #[arg(long, value_name = "URL")]
    from: Option<String>,
    /// Change nothing; exit 9 if a URL is set
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    #[command(flatten)]
    changing: Changing,
    #[command(flatten)]
    consent: Consent,
}

/// Runs `adde-url`.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    match args.verb {
        Verb::List => show::list(context).await,
        Verb::Get { which } => show::get(&which, context).await,
        Verb::Set(args) => change::set(args, context).await,
        Verb::Clear(args) => change::clear(args, context).await,
        Verb::Check(args) => check::run(args, context).await,
        Verb::Declare(args) => declare::run(args, context).await,
    }
}

/// The columns of a command below it.
pub(crate) fn columns(verb: &str) -> Option<Vec<Head>> {
    match verb {
        "list" => Some(heads::<AddeUrl>(false)),
        "get" => Some(heads::<Alone>(false)),
        "set" | "clear" => Some(heads::<Changed>(false)),
        "check" => Some(heads::<DeviceRow>(false)),
        "declare" => Some(declare::columns()),
        _ => None,
    }
}
