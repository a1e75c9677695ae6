//! `auth roster`: an administrator authorizes the organization's own app once, so that the Roster API can be read.

mod app;
mod authorized;
mod pending;
mod remove;
pub(super) mod shown;
mod terminal;

use crate::commands::outcome::Outcome;
use crate::commands::settings_change::SettingChange;
use crate::commands::store_choice::StoreName;
use crate::context::Context;
use crate::error::Error;
use crate::options::{Changing, Consent};
use crate::organization::roster::profile::RosterProfile;
use crate::organization::roster::scope::Scope;
use crate::output::{Head, heads};

/// The app, and how to go the way to its authorization.
#[derive(Debug, Clone, clap::Args)]
#[command(after_long_help = "\
The Roster API is School Manager's own list of verified domains. It is opened by an app of the organization's own in the \
Apple Developer account, which an Administrator or Site Manager authorizes once in a browser; docs/guides/roster.md leads \
there. What is not given is taken from the profile, else asked for on a terminal. Nothing is stored unless Apple accepts it: \
between --print-url and --redirected-to the private key stays in its file. --dry-run goes the whole way and stores nothing; \
a code works once.

Examples:
  abmctl auth roster --client-id com.acme.abmctl --team-id ABCDE12345 \\
    --key-id FGHIJ67890 --private-key-file key.p8 \\
    --redirect-uri https://acme.example/abmctl
  abmctl auth roster --print-url
  abmctl auth roster --redirected-to 'https://acme.example/abmctl?code=…&state=…'")]
pub(super) struct Args {
    /// Use this App ID or Services ID
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Use this team id of the Apple Developer account
    #[arg(long, value_name = "ID")]
    team_id: Option<String>,
    /// Use this key id
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
    /// Copy the private key (.p8) from this file, or from standard input if it is `-`
    #[arg(long, value_name = "PATH")]
    private_key_file: Option<String>,
    /// Use this return URL, as it is registered for the app
    #[arg(long, value_name = "URL")]
    redirect_uri: Option<String>,
    /// Keep the private key and the refresh token here
    #[arg(long, value_name = "WHERE")]
    store: Option<StoreName>,
    /// Print the address that an administrator opens, and end; go on with --redirected-to
    #[arg(long, conflicts_with_all = ["redirected_to", "remove"])]
    print_url: bool,
    /// Go on after --print-url with the address that the browser landed on, or `-` to read it from standard input
    #[arg(long, value_name = "URL", conflicts_with_all = ["test_scope", "remove"])]
    redirected_to: Option<String>,
    /// Try the set-up with Apple's test data; stores nothing
    #[arg(long, conflicts_with = "remove")]
    test_scope: bool,
    /// Take the Roster API's settings and secrets out of the profile
    #[arg(
        long,
        conflicts_with_all = ["client_id", "team_id", "key_id", "private_key_file", "redirect_uri", "store"]
    )]
    remove: bool,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    changing: Changing,
}

/// Runs it.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    if args.print_url {
        context.output.check::<pending::Address>()?;
    } else {
        context.output.check::<SettingChange>()?;
    }
    let in_two_runs = !context.ui.answers();
    let profile = RosterProfile::new(context.organization_to_store()?, in_two_runs)?;
    if args.remove {
        return remove::run(&args, &profile, context).await;
    }
    profile.refuse_business()?;
    if args.print_url {
        pending::begin(&args, &profile, context).await
    } else if let Some(landed) = &args.redirected_to {
        pending::resume(&args, landed, &profile, context).await
    } else {
        terminal::run(&args, &profile, context).await
    }
}

impl Args {
    /// What is asked for.
    fn scope(&self) -> Scope {
        if self.test_scope {
            Scope::TestData
        } else {
            Scope::People
        }
    }
}

/// What the administrator is asked for, and what is made of it.
fn say_consent(scope: Scope, context: &Context) {
    let asked = scope.name();
    let own = "The consent is for your organization's own app, and for nobody else's.";
    context.ui.say(&if scope == Scope::TestData {
        format!(
            "Apple asks the owner of the Apple Developer account for consent to read test data ({asked}).\n{own}"
        )
    } else {
        format!(
            "Apple asks an Administrator or Site Manager of the organization for consent.\nIts scopes are for reading people or classes; {asked} is the one that is asked for, and abmctl reads the organization alone: its name, and which of its domains are verified.\n{own}"
        )
    });
}

/// The columns of `--print-url`.
pub(super) fn columns() -> Vec<Head> {
    heads::<pending::Address>(false)
}
