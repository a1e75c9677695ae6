//! What Apple's Roster API says of the organization, for the settings in force; each refusal in its own words.

use crate::apple::error::{Cause, Failure};
use crate::apple::roster::Organization;
use crate::config::{RosterRefs, Settings, Source};
use crate::context::Context;
use crate::error::{Error, Kind};

/// The organization, with Apple's own word on each of its domains; `None` where no Roster API is configured.
///
/// Exit 3 where the authorization is missing, was refused or taken back, lacks the scope, or is another organization's;
/// outages keep their own code.
pub async fn read(context: &Context) -> Result<Option<Organization>, Error> {
    let Some(roster) = context.roster().await? else {
        return Ok(None);
    };
    let settings = context.settings()?;
    let organization = match roster.organization().await {
        Ok(organization) => organization,
        Err(failure) => return Err(refused(failure, settings)),
    };
    if let Some(refs) = &settings.roster {
        expected(&organization, refs, settings)?;
    }
    Ok(Some(organization))
}

/// Exit 3 where the organization is not the one that the profile was authorized for.
fn expected(
    organization: &Organization,
    refs: &RosterRefs,
    settings: &Settings,
) -> Result<(), Error> {
    let Some(kept) = &refs.organization_id else {
        return Ok(());
    };
    if *kept == organization.id {
        return Ok(());
    }
    let whose = refs.organization.as_deref().unwrap_or("an organization");
    Err(Error::new(
        Kind::NotAuthenticated,
        format!(
            "Apple's Roster API answers for {} (id {}), but {} was authorized for {whose} (id {kept}).",
            organization.name, organization.id, refs.client_id.source
        ),
    )
    .hint(format!(
        "Authorize again with `{}`, or check the profile's organization_id.",
        settings.roster_command()
    )))
}

/// The failure of a request with an authorization, in words of its own where it is the authorization's fault.
pub fn refused(failure: Failure, settings: &Settings) -> Error {
    let message = match &failure.cause {
        Cause::Client { code, .. } if code == "invalid_grant" => Some(
            "Apple does not accept the refresh token of the Roster API: the authorization was taken back, or has ended",
        ),
        Cause::Client { code, .. } if code == "invalid_client" => {
            Some("Apple does not accept the app's ids and private key for the Roster API")
        }
        Cause::Answer(answer) if answer.status == 403 && failure.request.starts_with("GET ") => {
            Some(
                "The authorization of the Roster API does not allow reading the organization: it lacks the scope",
            )
        }
        _ => None,
    };
    let said = failure
        .answer()
        .map_or_else(String::new, |answer| match &failure.cause {
            Cause::Client { code, .. } => format!(" ({} {code})", answer.status),
            _ => match &answer.code {
                Some(code) => format!(" ({} {code})", answer.status),
                None => format!(" ({})", answer.status),
            },
        });
    let again = again(settings);
    let lacks_scope = failure.status() == Some(403);
    let mut error = Error::from(failure);
    let Some(message) = message else {
        return error;
    };
    error.kind = Kind::NotAuthenticated;
    error.message = format!("{message}{said}.");
    match error.code.as_deref() {
        Some("invalid_client") => {}
        _ if lacks_scope => {
            error.hints = vec![format!(
                "See that the app has the scope \"Roster API: User access\" in the Apple Developer account, then {again}"
            )];
        }
        _ => error.hints = vec![format!("An Administrator or Site Manager can {again}")],
    }
    error
}

/// What to do for another authorization, as the end of a sentence.
fn again(settings: &Settings) -> String {
    match settings.roster.as_ref().map(|refs| &refs.client_id.source) {
        Some(Source::Environment(variable)) => format!(
            "authorize again with `abmctl auth roster`, without {variable} and its like, and put the new refresh token into ABMCTL_ROSTER_REFRESH_TOKEN."
        ),
        _ => format!("authorize again with `{}`.", settings.roster_command()),
    }
}
