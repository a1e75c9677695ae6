//! `auth roster --remove`: the Roster API's settings and secrets go out of the profile; the rest of it stays.

use super::Args;
use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{removals, say_of};
use crate::commands::settings_change::{SettingChange, change, document, dropped_token, headline};
use crate::context::Context;
use crate::error::Error;
use crate::organization::roster::profile::RosterProfile;
use crate::organization::roster::removal::RosterRemoval;

/// Runs `auth roster --remove`.
pub(super) async fn run(
    args: &Args,
    profile: &RosterProfile,
    context: &Context,
) -> Result<Outcome, Error> {
    let dry_run = args.changing.dry_run;
    let mut changes = Vec::new();
    if let Some(removal) = profile.removal()? {
        let secrets = profile.organization.secrets();
        let plan = removal.plan(dry_run, &secrets).await?;
        changes = settings(&removal);
        changes.extend(removals(&plan, context));
        let removed = removal.apply(plan).await?;
        say_of(removed.done, context);
        changes.extend(removed.access_token.map(dropped_token));
        if removal.roster.refresh_token.is_some() {
            context.ui.say_afterwards(
                "Nothing changes at Apple: the app stays authorized there until an administrator revokes the authorization.",
            );
        }
    }
    if !dry_run {
        // An authorization that is under way is given up too: it could not be resumed.
        profile.forget_pending();
    }
    let headline = vec![headline(&profile.name, profile.kind(), context)];
    let document = document(&profile.name, dry_run, changes, headline, context);
    Ok(Outcome::done(document))
}

/// The settings that go.
fn settings(removal: &RosterRemoval<'_>) -> Vec<SettingChange> {
    let roster = removal.roster;
    let settings = [
        ("roster.client_id", Some(&roster.client_id)),
        ("roster.team_id", Some(&roster.team_id)),
        ("roster.key_id", Some(&roster.key_id)),
        ("roster.redirect_uri", roster.redirect_uri.as_ref()),
        ("roster.organization_id", roster.organization_id.as_ref()),
        ("roster.organization", roster.organization.as_ref()),
    ];
    let settings = settings.into_iter();
    settings
        .filter_map(|(setting, value)| Some(change(setting, Some(value?), None)))
        .collect()
}
