//! Authorizing in a browser: the address that an administrator opens, the one that it landed on, and the exchange.

use secrecy::SecretString;

use super::app::SigningApp;
use super::authorization::Authorization;
use super::organization::refused;
use super::profile::RosterProfile;
use super::scope::Scope;
use crate::apple::error::{Cause, Failure};
use crate::apple::oauth::grant::{App, Authorized, authorization_url};
use crate::core::authorization::{Mislanded, code_in};
use crate::core::printed::hint;
use crate::error::{Error, Kind};

/// An authorization that an administrator is asked for in a browser.
pub struct Request<'a> {
    pub(super) profile: &'a RosterProfile,
    pub app: SigningApp,
    pub(super) scope: Scope,
    /// What the address must bring back.
    pub(super) state: String,
    /// The address that the administrator opens.
    pub url: String,
}

impl Request<'_> {
    /// The code in the address that the browser landed on.
    pub fn code(&self, landed: &str) -> Result<SecretString, Mislanded> {
        code_in(landed, &self.state).map(SecretString::from)
    }
}

/// Why an authorization did not come about.
pub enum Halted {
    /// The code was not used, as far as is known: the same address may do later.
    UnderWay(Error),
    /// It has to begin again.
    Over(Error),
}

impl RosterProfile {
    /// Asks for the authorization of an app; exit 2 where its return URL is no address.
    pub fn request(&self, app: SigningApp, scope: Scope) -> Result<Request<'_>, Error> {
        let state = self.new_state();
        let roster = &app.roster;
        let redirect_uri = roster.redirect_uri.as_deref().unwrap_or_default();
        let authorize = &self.organization.settings().services.roster_authorize.value;
        let client_id = &roster.client_id;
        let url = authorization_url(authorize, client_id, redirect_uri, scope.name(), &state);
        let url = url
            .map(|url| url.to_string())
            .ok_or_else(|| Error::usage(format!("The return URL {redirect_uri} isn't a URL.")))?;
        Ok(Request {
            profile: self,
            app,
            scope,
            state,
            url,
        })
    }

    /// 32 random hexadecimal digits.
    fn new_state(&self) -> String {
        let mut bytes = [0; 16];
        self.organization.random().fill(&mut bytes);
        format!("{:032x}", u128::from_be_bytes(bytes))
    }

    /// The error of a URL that can't be resumed with.
    pub fn mislanded(&self, why: &Mislanded) -> Error {
        let kind = match why {
            Mislanded::Denied { .. } => Kind::NotAuthenticated,
            _ => Kind::Usage,
        };
        let error = Error::new(kind, format!("{why}."));
        match why {
            Mislanded::Denied { code, .. } => {
                let mut error = error.hint("Nothing was stored.").hint(match code.as_str() {
                    "access_denied" => hint![
                        "Ask an Administrator or Site Manager to sign in and agree. Then ",
                        self.again()
                    ],
                    _ => hint![
                        "Check that the app has Account & Organizational Data Sharing with the scope \"Roster API: User access\" and this return URL. Then ",
                        self.again()
                    ],
                });
                error.code = Some(code.clone());
                error
            }
            _ => error
                .hint("Nothing was stored. You can resume the authorization with the same URL."),
        }
    }

    /// Exchanges the code, and reads the organization with the token that it gives; nothing is stored.
    pub(super) async fn exchange(
        &self,
        app: SigningApp,
        code: SecretString,
        scope: Scope,
    ) -> Result<Authorization, Halted> {
        let organization = &self.organization;
        let settings = organization.settings();
        let SigningApp {
            roster,
            key,
            new_key,
            store,
        } = app;
        let app = App {
            client_id: roster.client_id.clone(),
            team_id: roster.team_id.clone(),
            key_id: roster.key_id.clone(),
            key,
            token_url: settings.services.roster_token.value.clone(),
        };
        let redirect_uri = roster.redirect_uri.as_deref().unwrap_or_default();
        organization.progress("Exchanging the authorization code");
        let http = organization.brief_http();
        let granted = app.exchange(&http, &code, redirect_uri).await;
        let granted = granted.map_err(|failure| self.not_exchanged(failure))?;
        let authorized = Authorized {
            app,
            refresh_token: granted.refresh_token.clone(),
        };
        let held = Some(granted.access.clone());
        organization.progress("Reading the organization");
        // The code is used now, so an outage is waited out for as long as it may be.
        let client = organization
            .new_roster(authorized, organization.http(), None, held)
            .map_err(Halted::Over)?;
        let authorized = client.organization().await.map_err(|failure| {
            Halted::Over(refused(failure, settings).hint(hint![
                "Nothing was stored, and a code works only once: ",
                self.again()
            ]))
        })?;
        organization.progress("");
        Ok(Authorization {
            roster,
            new_key,
            store,
            granted,
            organization: authorized,
            is_test: scope == Scope::TestData,
        })
    }

    /// Why Apple gave no token for the code.
    fn not_exchanged(&self, failure: Failure) -> Halted {
        let said = |code: &str| matches!(&failure.root().cause, Cause::Client { code: it, .. } if it == code);
        let (used, other_app) = (said("invalid_grant"), said("invalid_client"));
        let error = refused(failure, self.organization.settings());
        if used {
            let message = format!(
                "Apple refused the authorization code in that URL ({}). A code works once and expires soon.",
                error.code.as_deref().unwrap_or_default()
            );
            let again = hint!["Nothing was stored: ", self.again()];
            return Halted::Over(error.saying(message).advising([again]));
        }
        match error.kind {
            // An app that Apple does not know can't use its code up.
            _ if other_app => Halted::UnderWay(error),
            Kind::Unavailable | Kind::Interrupted => Halted::UnderWay(error),
            _ => Halted::Over(error.hint("Nothing was stored.")),
        }
    }
}
