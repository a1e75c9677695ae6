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
#[command(after_help = GROUP_EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the ADDE URL of each server token
    ///
    /// The list shows when each URL was set, when each token expires, and the state of each token.
    ///
    /// With an API account it also shows the platforms that each server is the default for. In json, `joined_by` says
    /// how abmctl matched the token to its server: by id or by name.
    #[command(after_help = LIST_EXAMPLES)]
    List,
    /// Show the ADDE URL of a server
    #[command(after_help = GET_EXAMPLES)]
    Get {
        #[command(flatten)]
        which: Which,
    },
    /// Set the ADDE URL of a server
    ///
    /// abmctl reads the current URL first, and sends the new one only if it differs.
    ///
    /// Before sending, abmctl requests the URL as a device of each platform would. It refuses a URL that a device can't
    /// use.
    ///
    /// The journal keeps the previous URL, and abmctl prints the command that restores it. An MDM can overwrite the URL
    /// again.
    ///
    /// `{server_id}` in the URL stands for the id of each server, `{token}` for the name of each token in the
    /// configuration.
    #[command(after_help = SET_EXAMPLES)]
    Set(SetArgs),
    /// Remove the ADDE URL of a server
    #[command(after_help = CLEAR_EXAMPLES)]
    Clear(ClearArgs),
    /// Check what a device finds at a domain, and where it enrolls
    ///
    /// A device asks the domain of the account first. If the domain answers with an HTTP error such as 404, and the system
    /// is new enough, the device asks Apple. Apple redirects it to the ADDE URL of a server.
    ///
    /// Without an API account and server tokens, abmctl can check the first half only. It checks from this machine: other
    /// networks may have other DNS resolvers and other trusted roots. abmctl connects to Apple's own hosts, but sends them
    /// no request.
    ///
    /// If a vendor holds a server token, record the URL of the vendor's MDM with `adde-url declare`. The check then uses it.
    ///
    /// Exit codes: 0 if every platform enrolls; 9 if one does not, or may not; 7 if something could not be read. If nobody
    /// configured the token or API account that would tell, the platform is unknown: exit 0, or 9 with --strict. The
    /// same applies if a platform enrolls only through Apple and abmctl doesn't know whether the domain is verified.
    Check(check::Args),
    /// Record the ADDE URL that a vendor's MDM has set
    ///
    /// If a vendor holds the server token, no tool can read the URL that Apple hands to devices. Ask the vendor for the
    /// URL and record it here. `adde-url check` and `domains check` use it, and `assign` shows it.
    ///
    /// A declared URL is evidence: each output shows the day of the declaration. If a server token is configured, the URL
    /// that abmctl reads with the token counts instead. After 180 days `adde-url check` and `assign` ask you to check
    /// again.
    ///
    /// With an API account the server must exist. Without one, abmctl keeps the name as you typed it.
    Declare(declare::Args),
}

const GROUP_EXAMPLES: &str = "Examples:
  abmctl adde-url list
  abmctl adde-url set https://mdm.acme.com/discovery --server prod
  abmctl adde-url check acme.com";

const LIST_EXAMPLES: &str = "Examples:
  abmctl adde-url list
  abmctl adde-url list -o csv --columns token,server_name,url,state";

const GET_EXAMPLES: &str = "Examples:
  abmctl adde-url get
  abmctl adde-url get --server prod -o json";

const SET_EXAMPLES: &str = "Examples:
  abmctl adde-url set --server prod \\
    https://mdm.acme.com/.well-known/com.apple.remotemanagement
  abmctl adde-url set 'https://mdm.acme.com/{server_id}/find' --all --check";

const CLEAR_EXAMPLES: &str = "Examples:
  abmctl adde-url clear --server prod
  abmctl adde-url clear --all --dry-run";

/// Which server tokens are meant.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// The server: token name, id, alias or name
    ///
    /// Repeat it for several servers. It can be left out if there is only one server token.
    #[arg(long, value_name = "SERVER")]
    server: Vec<String>,
    /// All server tokens of the profile
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
    /// The https URL of the well-known resource
    ///
    /// It is the resource that lists the servers, not the enrollment URL.
    url: String,
    #[command(flatten)]
    which: Which,
    /// Change nothing; exit 9 if the URL differs
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Only if this URL is set now, or `none`
    ///
    /// Otherwise abmctl changes nothing and exits with 8.
    #[arg(long, value_name = "URL")]
    from: Option<String>,
    /// Send the URL without requesting it first
    #[arg(long)]
    no_verify: bool,
    /// Send the URL exactly as written
    ///
    /// It needs --no-verify. Use it to restore an old URL that abmctl would change or refuse.
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
