//! `tokens remove`: a token, and its key pair if asked for, is taken off this machine; nothing changes at Apple.

use super::lock_for_tokens;
use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{Consent, agree_to, removals, say_of};
use crate::commands::settings_change::{SettingChange, certificate_change, document, headline};
use crate::context::Context;
use crate::core::printed::hint;
use crate::error::Error;
use crate::options::{self, Changing};
use crate::organization::server_tokens::removal::{TokenRemoval, command};
use crate::output::Document;

/// Which token.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl tokens remove prod
  abmctl tokens remove prod --key-pair --yes")]
pub(super) struct Args {
    /// The name of the token in the profile
    name: String,
    /// Remove its key pair too
    ///
    /// You can then no longer decrypt .p7m files for that key pair.
    #[arg(long)]
    key_pair: bool,
    #[command(flatten)]
    consent: options::Consent,
    #[command(flatten)]
    changing: Changing,
}

/// Runs `tokens remove`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<SettingChange>()?;
    let profile = lock_for_tokens(context).await?;
    let removal = TokenRemoval::new(&args.name, args.key_pair, &profile)?;
    let dry_run = args.changing.dry_run;
    let secrets = profile.organization.secrets();
    let plan = removal.plan(dry_run, &secrets).await?;
    agree_to(&plan, consent(&removal, args), context).await?;
    let mut changes = removals(&plan, context);
    say_of(removal.apply(plan).await?, context);
    if let Some(pair) = removal.pair {
        changes.push(certificate_change(removal.name, pair));
    }
    advise(&removal, context);
    let headline = vec![headline(&profile.name, None, context)];
    let document: Document = document(&profile.name, dry_run, changes, headline, context);
    Ok(Outcome::done(document))
}

fn advise(removal: &TokenRemoval<'_>, context: &Context) {
    if removal.token.is_some() {
        context.ui.say_afterwards(
            "Nothing changes at Apple: the token still works wherever else it is stored, until it expires or is replaced.",
        );
    }
    if removal.keeps_pair() {
        context.ui.hint_afterwards(hint![
            "The profile keeps the token's key pair, so you can import the .p7m file again. To remove the key pair too, run ",
            command(removal.name).word("--key-pair"),
            "."
        ]);
    }
}

/// What can't be undone, and why that matters.
fn consent(removal: &TokenRemoval<'_>, args: &Args) -> Consent<'static> {
    let (name, pair) = (removal.name, removal.pair.is_some());
    let what = match (removal.token.is_some(), pair) {
        (true, true) => format!("server token {name} and its key pair"),
        (true, false) => format!("server token {name}"),
        _ => format!("key pair {name}"),
    };
    let lost = if pair {
        "Without the private key, a .p7m file for this key pair can't be decrypted."
    } else {
        "A new download in the portal would replace the token that the MDM uses."
    };
    Consent {
        losses: vec![format!("Removing {what} can't be undone. {lost}")],
        question: "Remove it?",
        hints: Vec::new(),
        yes: args.consent.yes,
        dry_run: args.changing.dry_run,
    }
}
