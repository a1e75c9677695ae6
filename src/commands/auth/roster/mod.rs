//! `auth roster`: an administrator authorizes the organization's own app once, so that the Roster API can be read.

mod app;
mod authorized;
mod pending;
mod remove;
pub mod shown;
mod way;

use crate::apple::oauth::grant::{SCOPE, TEST_SCOPE};
use crate::commands::outcome::Outcome;
use crate::commands::settings_change::SettingChange;
use crate::commands::store_choice::StoreName;
use crate::config::{File, Profile, Roster, Settings, Source};
use crate::context::Context;
use crate::core::printed::{Command, Hint, hint};
use crate::error::Error;
use crate::options::{Changing, Consent};
use crate::organization::roster::refuse_business;
use crate::secret::{Field, Slot};

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
pub struct Args {
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

/// Which profile it is about, and what is there.
struct Place {
    profile: String,
    settings: Settings,
    /// What stands in the profile.
    stored: Option<Profile>,
}

/// Runs it.
pub async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    if args.print_url {
        context.output.check::<way::Address>()?;
    } else {
        context.output.check::<SettingChange>()?;
    }
    let settings = context.organization_to_store()?.settings().clone();
    refuse_environment(&settings)?;
    let file = File::load(&settings.folders)?;
    let profile = settings.profile_to_store().to_owned();
    let place = Place {
        stored: file.profiles.get(&profile).cloned(),
        profile,
        settings,
    };
    if args.remove {
        if place.settings.profile.is_some() {
            file.profile(&place.profile)?;
        }
        return remove::run(&args, &place, context).await;
    }
    refuse_business(&place.settings)?;
    if args.print_url {
        pending::begin(&args, &place, context).await
    } else if let Some(landed) = &args.redirected_to {
        pending::go_on(&args, landed, &place, context).await
    } else {
        way::on_terminal(&args, &place, context).await
    }
}

/// Exit 2 while the environment says what is used, which would go on being used whatever is stored.
fn refuse_environment(settings: &Settings) -> Result<(), Error> {
    let roster = settings.roster.as_ref().map(|refs| &refs.client_id.source);
    let account = settings.credentials.as_ref();
    let account = account.map(|credentials| &credentials.client_id.source);
    let (variable, what) = match (roster, account) {
        (Some(Source::Environment(variable)), _) => (variable, "the Roster API's access comes"),
        // Without a profile in force, nobody would read what is stored.
        (_, Some(Source::Environment(variable))) if settings.profile.is_none() => {
            (variable, "credentials come")
        }
        _ => return Ok(()),
    };
    Err(Error::usage(format!(
        "{variable} is set, so {what} from the environment and not from a profile."
    ))
    .hint(hint![
        format!("Unset {variable} and the other credential variables to authorize the Roster API for a profile; "),
        Command::storing("auth status"),
        " shows what is used now."
    ]))
}

impl Args {
    /// What is asked for.
    fn scope(&self) -> &'static str {
        if self.test_scope { TEST_SCOPE } else { SCOPE }
    }
}

impl Place {
    /// The access to the Roster API that is there.
    fn before(&self) -> Option<&Roster> {
        self.stored.as_ref()?.roster.as_ref()
    }

    /// The slot of one of its secrets.
    fn slot(&self, field: Field) -> Slot {
        Slot::of_profile(&self.profile, field)
    }

    /// How to begin again, as the end of a sentence: where there is no terminal, in two runs.
    fn again(&self, context: &Context) -> Hint {
        let command = self.command();
        let command = if context.ui.answers() {
            command
        } else {
            command.word("--print-url")
        };
        // What the profile does not know has to be said again.
        let options = if self.before().is_none() {
            " and the same options for the app."
        } else {
            "."
        };
        hint!["begin again with ", command, options]
    }

    /// This command for the same profile.
    fn command(&self) -> Command {
        Command::storing("auth roster").of_profile(&self.profile)
    }
}
