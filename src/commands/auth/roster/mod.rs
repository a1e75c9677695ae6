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
#[command(after_help = "\
Examples:
  abmctl auth roster --client-id com.acme.abmctl --team-id ABCDE12345 \\
    --key-id FGHIJ67890 --private-key-file key.p8 \\
    --redirect-uri https://acme.example/abmctl
  abmctl auth roster --print-url
  abmctl auth roster --redirected-to \\
    'https://acme.example/abmctl?code=c1a2b3&state=d4e5f6'")]
pub(super) struct Args {
    /// The App ID or Services ID
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The team id of the developer account
    #[arg(long, value_name = "ID")]
    team_id: Option<String>,
    /// The key id
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
    /// Copy the private key (.p8) from this file
    ///
    /// - reads it from standard input.
    #[arg(long, value_name = "FILE")]
    private_key_file: Option<String>,
    /// The return URL, as registered for the app
    #[arg(long, value_name = "URL")]
    redirect_uri: Option<String>,
    /// Store in
    ///
    /// It is the place of the private key and the refresh token.
    #[arg(long, value_name = "WHERE")]
    store: Option<StoreName>,
    /// Print the authorization URL, and stop
    ///
    /// An administrator opens the URL. Resume with --redirected-to.
    #[arg(long, conflicts_with_all = ["redirected_to", "remove"])]
    print_url: bool,
    /// Resume with the URL that the browser opened
    ///
    /// Use it after --print-url. - reads the URL from standard input.
    #[arg(long, value_name = "URL", conflicts_with_all = ["test_scope", "remove"])]
    redirected_to: Option<String>,
    /// Test the setup, and store nothing
    ///
    /// The test uses Apple's test data.
    #[arg(long, conflicts_with = "remove")]
    test_scope: bool,
    /// Remove the settings and secrets
    ///
    /// abmctl removes everything that the profile has of the Roster API.
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
    let own = "The consent is only for your organization's own app.";
    context.ui.say(&if scope == Scope::TestData {
        format!(
            "Apple asks the owner of the Apple Developer account for consent to read test data ({asked}).\n{own}"
        )
    } else {
        format!(
            "Apple asks an Administrator or Site Manager of the organization for consent.\nApple has scopes only for reading people or classes. abmctl asks for {asked}, and reads only the organization: its name, and which of its domains are verified.\n{own}"
        )
    });
}

/// The columns of `--print-url`.
pub(super) fn columns() -> Vec<Head> {
    heads::<pending::Address>(false)
}
