//! The whole way on a terminal: the address is opened in a browser, and the one that it landed on is asked for.

use super::{Args, app, authorized, say_consent};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::authorization::Mislanded;
use crate::core::printed::hint;
use crate::error::Error;
use crate::organization::roster::profile::RosterProfile;

/// Authorizes on a terminal; exit 2 where there is none.
pub(super) async fn run(
    args: &Args,
    profile: &RosterProfile,
    context: &Context,
) -> Result<Outcome, Error> {
    let ui = &context.ui;
    if !ui.answers() {
        return Err(
            Error::usage("--redirected-to is required when there is no terminal.").hint(hint![
                "Print the URL with ",
                profile.command().word("--print-url"),
                ", open it in any browser, and resume with `--redirected-to URL`."
            ]),
        );
    }
    say_consent(args.scope(), context);
    authorized::say_what_is_there(profile, context);
    let app = app::read(args, profile, context).await?;
    profile.rehearse(&app, args.scope())?;
    authorized::agree_to_app(&app, args, profile, context).await?;
    let request = profile.request(app, args.scope())?;
    let url = &request.url;
    ui.say(&format!("\nOpen this URL:\n\n{url}\n"));
    if ui.confirm("Open it in a browser now?", true).await?
        && let Err(why) = context.host.browser.open(url)
    {
        ui.warn(&format!(
            "abmctl can't open a browser ({why}). Open the URL by hand."
        ));
    }
    ui.say("The browser ends at the app's return URL. Ignore the contents of that page.");
    let code = loop {
        let landed = ui.ask("URL that the browser landed on", None).await?;
        match request.code(&landed) {
            Ok(code) => break code,
            Err(denied @ Mislanded::Denied { .. }) => return Err(profile.mislanded(&denied)),
            Err(other) => ui.say(&format!("{other}.")),
        }
    };
    let authorization = request.exchange(code, args.changing.dry_run).await?;
    authorized::keep(&authorization, args, profile, context).await
}
