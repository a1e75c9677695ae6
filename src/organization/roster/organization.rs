//! The organization by Apple's Roster API, for the settings in force; each refusal in its own words.

use crate::apple::error::{Cause, Failure};
use crate::apple::http::Origin;
use crate::apple::roster::{self, organization_request};
use crate::config::{RosterRefs, Settings, Source};
use crate::core::printed::{Hint, hint};
use crate::error::{Error, Kind};
use crate::organization::Organization;

impl Organization {
    /// The organization, with Apple's own word on each of its domains; `None` where no Roster API is configured.
    ///
    /// Exit 3 where the authorization is missing, was refused or taken back, lacks the scope, or is another organization's;
    /// outages keep their own code.
    pub async fn roster_organization(&self) -> Result<Option<roster::Organization>, Error> {
        let Some(roster) = self.roster().await? else {
            return Ok(None);
        };
        let settings = self.settings();
        let organization = match roster.organization().await {
            Ok(organization) => organization,
            Err(failure) => return Err(refused(failure, settings)),
        };
        if let Some(refs) = &settings.roster {
            expected(&organization, refs, settings)?;
        }
        Ok(Some(organization))
    }
}

/// Exit 3 where the organization is not the one that the profile was authorized for.
fn expected(
    organization: &roster::Organization,
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
    .hint(hint![
        "Authorize again with ",
        settings.storing("auth roster"),
        ", or check the profile's organization_id."
    ]))
}

/// The failure of a request with an authorization, in its own words if it is the authorization's fault.
pub fn refused(failure: Failure, settings: &Settings) -> Error {
    let origin = Origin::of(&settings.services.roster.value).ok();
    let status = origin.and_then(|origin| failure.status_of(&organization_request(&origin)));
    let (why, status) = match (&failure.root().cause, status) {
        (Cause::Client { code, .. }, _) if code == "invalid_grant" => (Why::TakenBack, 400),
        (_, Some(403)) => (Why::LacksScope, 403),
        _ => return failure.into(),
    };
    let error = Error::from(failure);
    let said: Vec<String> = [
        Some(match &error.code {
            Some(code) => format!("{status} {code}"),
            None => status.to_string(),
        }),
        error.request_id.as_ref().map(|id| format!("request {id}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let (message, hint) = match why {
        Why::TakenBack => (
            "Apple refused the refresh token of the Roster API: the authorization was revoked or has expired",
            "An Administrator or Site Manager can",
        ),
        Why::LacksScope => (
            "The authorization of the Roster API doesn't allow reading the organization: the scope is missing",
            "Check that the app has the scope \"Roster API: User access\" in the Apple Developer account, then",
        ),
    };
    error
        .saying(format!("{message} ({}).", said.join(", ")))
        .of_kind(Kind::NotAuthenticated)
        .advising([hint![hint, " ", again(settings)]])
}

enum Why {
    TakenBack,
    LacksScope,
}

/// What to do for another authorization, as the end of a sentence.
fn again(settings: &Settings) -> Hint {
    let command = settings.storing("auth roster");
    match settings.roster.as_ref().map(|refs| &refs.client_id.source) {
        Some(Source::Environment(variable)) => hint![
            "authorize again with ",
            command,
            format!(
                ", without {variable} and the other variables of the Roster API, and put the new refresh token into ABMCTL_ROSTER_REFRESH_TOKEN."
            )
        ],
        _ => hint!["authorize again with ", command, "."],
    }
}
