//! An authorization that takes two runs, or was cut short: what it needs waits in the state folder, without a secret, until
//! Apple accepts it. An app that works is replaced only by one that works.

use jiff::SignedDuration;
use secrecy::SecretString;

use super::app::SigningApp;
use super::authorization::Authorization;
use super::authorize::{Halted, Request};
use super::profile::RosterProfile;
use super::scope::Scope;
use crate::core::authorization::{Mislanded, code_in};
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::organization::private_key::whole_path;
use crate::state::pending::{Pending, PendingStore};

/// How long an authorization can be resumed.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

impl Request<'_> {
    /// What another run needs to go on, from now on for an hour.
    pub fn pending(&self) -> Pending {
        let (profile, app) = (self.profile, &self.app);
        let settings = profile.organization.settings();
        let new_key = app.new_key.as_ref();
        let copied_from = new_key.and_then(|key| key.copied_from.as_ref());
        let roster = &app.roster;
        Pending {
            profile: profile.name.clone(),
            client_id: roster.client_id.clone(),
            team_id: roster.team_id.clone(),
            key_id: roster.key_id.clone(),
            private_key_file: copied_from.map(|path| whole_path(path, settings)),
            store: app.store.map(|store| store.name().to_owned()),
            redirect_uri: roster.redirect_uri.clone().unwrap_or_default(),
            scope: self.scope.name().to_owned(),
            state: self.state.clone(),
            expires_at: profile.organization.clock().now() + LIFETIME,
        }
    }

    /// Exchanges the code. Where Apple may still take it, the authorization waits to be resumed, unless this is a rehearsal.
    pub async fn exchange(self, code: SecretString, dry_run: bool) -> Result<Authorization, Error> {
        let pending = self.pending();
        let profile = self.profile;
        match profile.exchange(self.app, code, self.scope).await {
            Ok(authorization) => Ok(authorization),
            Err(Halted::Over(error)) => Err(error),
            Err(Halted::UnderWay(error)) => {
                let is_gone = dry_run || profile.keep_pending(&pending).is_err();
                Err(if is_gone {
                    error
                } else {
                    profile.still_under_way(error)
                })
            }
        }
    }
}

impl RosterProfile {
    fn pending(&self) -> PendingStore {
        PendingStore::new(&self.organization.settings().folders.state)
    }

    /// Keeps an authorization under way; exit 1 where that is not possible.
    pub fn keep_pending(&self, pending: &Pending) -> Result<(), Error> {
        self.pending()
            .write(pending, self.organization.clock().now())
            .map_err(|error| {
                Error::failed(format!(
                    "abmctl can't store the authorization in progress: {error}."
                ))
            })
    }

    /// Gives up an authorization that is under way. One that stays ends within the hour.
    pub fn forget_pending(&self) {
        let _ = self.pending().forget(&self.name);
    }

    /// The authorization that is under way; exit 3 where none is, or its time is over.
    pub fn resume(&self) -> Result<Pending, Error> {
        let begin_again = |message: String| {
            Error::new(Kind::NotAuthenticated, message).hint(hint![
                "Start with ",
                self.command().word("--print-url"),
                "."
            ])
        };
        let Some(pending) = self.pending().read(&self.name) else {
            return Err(begin_again(format!(
                "No authorization is in progress for profile {}. You can resume each one only once.",
                self.name
            )));
        };
        if pending.expires_at <= self.organization.clock().now() {
            self.forget_pending();
            return Err(begin_again(format!(
                "The authorization of profile {} started more than an hour ago, so you can't resume it.",
                self.name
            )));
        }
        Ok(pending)
    }

    /// The code in the address that the browser landed on; exit 2 where that is another address, exit 3 where consent was denied.
    pub fn code(&self, pending: &Pending, landed: &str) -> Result<SecretString, Error> {
        code_in(landed, &pending.state)
            .map(SecretString::from)
            .map_err(|why| {
                if matches!(why, Mislanded::Denied { .. }) {
                    self.forget_pending();
                }
                self.mislanded(&why)
            })
    }

    /// Exchanges the code of an authorization that was resumed, which is over then, unless Apple may still take it.
    pub async fn exchange_resumed(
        &self,
        app: SigningApp,
        code: SecretString,
        pending: &Pending,
    ) -> Result<Authorization, Error> {
        let scope = Scope::named(&pending.scope);
        let exchanged = self.exchange(app, code, scope).await;
        if !matches!(exchanged, Err(Halted::UnderWay(_))) {
            // Apple takes a code once, so this is over. Another one may have been begun meanwhile.
            let same = |kept: Pending| kept.state == pending.state;
            if self.pending().read(&self.name).is_some_and(same) {
                self.forget_pending();
            }
        }
        exchanged.map_err(|halted| match halted {
            Halted::Over(error) => error,
            Halted::UnderWay(error) => self.still_under_way(error),
        })
    }

    /// The error of an authorization that can be resumed.
    fn still_under_way(&self, error: Error) -> Error {
        error.hint(hint![
            "Nothing was stored. You can resume the authorization with the same URL: ",
            self.resuming(),
            "."
        ])
    }

    /// The command that goes on with an authorization.
    pub fn resuming(&self) -> Command {
        self.command().word("--redirected-to 'URL'")
    }
}
