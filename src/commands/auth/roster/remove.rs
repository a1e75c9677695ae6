//! `auth roster --remove`: the Roster API's settings and secrets go out of the profile; the rest of it stays.

use super::{Args, Place};
use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{Consent, apply, prepare, removals};
use crate::commands::settings_change::{change, document, dropped_token, headline};
use crate::config::Edit;
use crate::context::Context;
use crate::error::Error;
use crate::organization::access_tokens::drop_access_tokens;
use crate::organization::profile::Change;
use crate::secret::Field;
use crate::state::pending::Store;

/// Runs `auth roster --remove`.
pub async fn run(args: &Args, place: &Place, context: &Context) -> Result<Outcome, Error> {
    let dry_run = args.changing.dry_run;
    let folders = &place.settings.folders;
    let mut changes = Vec::new();
    if let Some(roster) = place.before() {
        for (setting, value) in [
            ("roster.client_id", Some(&roster.client_id)),
            ("roster.team_id", Some(&roster.team_id)),
            ("roster.key_id", Some(&roster.key_id)),
            ("roster.redirect_uri", roster.redirect_uri.as_ref()),
            ("roster.organization_id", roster.organization_id.as_ref()),
            ("roster.organization", roster.organization.as_ref()),
        ] {
            if let Some(value) = value {
                changes.push(change(setting, Some(value), None));
            }
        }
        let secrets = context.secrets(&place.settings);
        let write = |edit: &mut Edit| {
            edit.remove_roster(&place.profile);
            Ok(())
        };
        let change = Change {
            profile: &place.profile,
            before: place.stored.as_ref(),
            store: Vec::new(),
            remove: vec![Field::RosterPrivateKey, Field::RosterRefreshToken],
            renamed: Vec::new(),
            by_hand: Some(format!(
                "To leave it where it is, take [profiles.{}.roster] out of {} by hand.",
                place.profile,
                folders.config_file().display()
            )),
            write: Box::new(write),
        };
        let plan = prepare(change, Consent::given(dry_run), folders, &secrets, context).await?;
        changes.extend(removals(&plan, context));
        if !dry_run {
            apply(plan, context).await?;
        }
        changes.extend(drop_access_tokens(folders, &roster.client_id, dry_run).map(dropped_token));
        if roster.refresh_token.is_some() {
            context.ui.say_afterwards(
                "Nothing changes at Apple: the app stays authorized there until an administrator takes that back.",
            );
        }
    }
    if !dry_run {
        // An authorization that is under way is given up too: it could not be resumed.
        let _ = Store::new(&folders.state).forget(&place.profile);
    }
    let kind = place.settings.credentials.as_ref().map(|it| it.kind);
    let headline = vec![headline(&place.profile, kind, context)];
    let document = document(&place.profile, dry_run, changes, headline, context);
    Ok(Outcome::done(document))
}
