//! A server token opened, and what Apple says of it.

use jiff::{SignedDuration, Timestamp};

use crate::apple::device_assignment::account::Account;
use crate::apple::device_assignment::server_token::ServerToken;
use crate::config::TokenRef;
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::server_tokens::choice::Server;
use crate::organization::server_tokens::state::{Problem, State, day};
use crate::state::facts::{Facts, place};

/// A token, and what asking Apple about it came to.
pub struct Reading<'a> {
    /// The token.
    pub token: &'a TokenRef,
    /// What is known of its server.
    pub server: Server,
    /// The token, opened; `None` where it can't be read.
    pub opened: Option<ServerToken>,
    /// Why it does not work, if it does not.
    pub problem: Option<Problem>,
    /// When Apple was asked.
    pub now: Timestamp,
}

impl Reading<'_> {
    /// When Apple stops accepting it, where that is known.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.opened.as_ref()?.expires_at()
    }

    /// Its state.
    pub fn state(&self) -> State {
        match &self.problem {
            None => State::working(self.expires_at(), self.now),
            Some(problem) => problem.state,
        }
    }

    /// Whether it ends within this time, or is over: by its date, or because Apple says so.
    pub fn ends_within(&self, time: SignedDuration) -> bool {
        let by_date = |end: Timestamp| end.duration_since(self.now) <= time;
        self.state() == State::Expired || self.expires_at().is_some_and(by_date)
    }

    /// Its error, with the token and its server named.
    pub fn error(&self) -> Option<Error> {
        let problem = self.problem.as_ref()?;
        if problem.state == State::Unusable {
            // Such an error names the token by itself.
            return Some(problem.error.clone());
        }
        let token = &self.token.name;
        Some(problem.error.clone().context(match &self.server.name {
            Some(server) => format!("Server token {token} ({server})"),
            None => format!("Server token {token}"),
        }))
    }
}

/// Opens a token and asks Apple what its server is, which tells whether the token works; `offline` leaves out the asking.
/// What Apple says is kept.
pub async fn read<'a>(
    token: &'a TokenRef,
    offline: bool,
    organization: &Organization,
) -> Reading<'a> {
    let now = organization.clock().now();
    let store = organization.facts();
    let kept = store.read(&place(token));
    let mut reading = Reading {
        token,
        server: Server::known(&kept, token),
        opened: None,
        problem: None,
        now,
    };
    let enrollment = match organization.device_assignment(token).await {
        Ok(enrollment) => enrollment,
        Err(error) => {
            reading.problem = Some(Problem {
                state: State::Unusable,
                error,
            });
            return reading;
        }
    };
    let opened = enrollment.token().clone();
    let expires_at = opened.expires_at();
    let fingerprint = opened.fingerprint();
    reading.opened = Some(opened);
    if kept.fingerprint != fingerprint {
        reading.server = Server::known(&Facts::default(), token);
    }
    if offline {
        let over = expires_at.filter(|end| *end <= now);
        reading.problem = over.map(|end| Problem {
            state: State::Expired,
            error: Error::new(
                Kind::NotAuthenticated,
                format!("By its own date it expired on {}.", day(end)),
            ),
        });
        return reading;
    }
    match enrollment.account().await {
        Ok(account) => {
            let mut facts = kept.clone();
            if facts.fingerprint != fingerprint {
                facts = Facts {
                    fingerprint,
                    ..Facts::default()
                };
            }
            learn(&mut facts, &account, now);
            reading.server = Server::known(&facts, token);
            // The time alone is not worth a file each run.
            let known = Facts {
                account_at: kept.account_at.and(facts.account_at),
                ..kept
            };
            if known != facts {
                // What can't be kept is asked again next time.
                let _ = store.write(&place(token), &facts);
            }
        }
        Err(failure) => {
            reading.problem = Some(Problem::of(failure, &token.name, expires_at, now));
        }
    }
    reading
}

/// Takes over what Apple says of a token's server.
pub fn learn(facts: &mut Facts, account: &Account, now: Timestamp) {
    let some = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    facts.server_id = some(&account.server_uuid);
    facts.server_name = some(&account.server_name);
    facts.organization = some(&account.org_name);
    facts.account_at = Some(now);
}

/// Whole days from `now` until `end`; negative once it is over.
pub fn days_left(end: Timestamp, now: Timestamp) -> i64 {
    end.duration_since(now).as_secs().div_euclid(24 * 3600)
}
