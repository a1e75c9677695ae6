//! One server token's URL: read from Apple, and what that says of the token.

use std::cell::Cell;

use futures_util::{Stream, StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::choice::{Candidate, Server, Which, chosen};
use super::state::{Problem, State, day};
use crate::apple::device_assignment::account::Account;
use crate::apple::device_assignment::discovery::Registered;
use crate::apple::device_assignment::refusal::Refusal;
use crate::apple::device_assignment::session::DeviceAssignment;
use crate::config::TokenRef;
use crate::error::Error;
use crate::organization::Organization;
use crate::state::facts::{self, Facts, Store, place};

/// How many tokens are worked with at once: more than the requests that may be under way, since some wait for a secret.
pub const AT_ONCE: usize = 16;

/// A token that was opened, with its session.
pub struct Opened {
    /// The client.
    pub enrollment: DeviceAssignment,
    /// What is known of this token.
    facts: Facts,
    /// What the file has.
    kept: Facts,
}

/// A token, and what reading its URL came to.
pub struct Reading<'a> {
    /// The token.
    pub token: &'a TokenRef,
    /// What is known of its server.
    pub server: Server,
    /// The token, opened; `None` where it can't be read.
    pub opened: Option<Opened>,
    /// When Apple stops accepting it.
    pub expires_at: Option<Timestamp>,
    /// The URL that is set, if one is.
    pub outcome: Result<Option<Registered>, Problem>,
    now: Timestamp,
}

impl Reading<'_> {
    /// The state of the token.
    pub fn state(&self) -> State {
        match &self.outcome {
            Ok(_) => State::working(self.expires_at, self.now),
            Err(problem) => problem.state,
        }
    }

    /// What people call it: its server's name, else its own.
    pub fn called(&self) -> &str {
        self.server.name.as_deref().unwrap_or(&self.token.name)
    }

    /// `error`, with the token, its server and the organization named.
    pub fn named(&self, error: &Error) -> Error {
        if matches!(&self.outcome, Err(problem) if problem.state == State::Unusable) {
            // Such an error names the token by itself.
            return error.clone();
        }
        let known: Vec<&str> = [&self.server.name, &self.server.organization]
            .into_iter()
            .filter_map(Option::as_deref)
            .collect();
        let context = match known[..] {
            [] => format!("Server token {}", self.token.name),
            _ => format!("Server token {} ({})", self.token.name, known.join(", ")),
        };
        error.clone().context(context)
    }
}

/// Reads tokens' URLs, and keeps what it learns.
pub struct Reader<'a> {
    organization: &'a Organization,
    store: Store,
    complained: Cell<bool>,
}

impl<'a> Reader<'a> {
    /// A reader. Exit 3 where no server token is configured.
    pub fn new(organization: &'a Organization) -> Result<Self, Error> {
        organization.settings().required_tokens()?;
        Ok(Self {
            organization,
            store: organization.facts(),
            complained: Cell::new(false),
        })
    }

    /// Every token. Nothing is asked of Apple, and no secret is opened.
    pub fn all(&self) -> Vec<Candidate<'a>> {
        let tokens = self.organization.settings().tokens.iter();
        let candidate = |token| Candidate {
            token,
            server: Server::known(&self.store.read(&place(token)), token),
        };
        tokens.map(candidate).collect()
    }

    /// The tokens that are meant, as [`chosen`] has it.
    pub fn chosen(&self, which: &Which) -> Result<Vec<Candidate<'a>>, Error> {
        chosen(which, self.all(), &self.organization.settings().alias_map())
    }

    /// Reads the URLs of these tokens at the same time, in their order. With `accounts`, Apple is asked once for each token
    /// what its server is.
    pub async fn read(&self, tokens: Vec<Candidate<'a>>, accounts: bool) -> Vec<Reading<'a>> {
        let readings = self.read_each(tokens, accounts).collect().await;
        self.organization.progress("");
        readings
    }

    /// The same, each as soon as it and those before it are known. Whoever calls wipes the progress that is shown.
    pub fn read_each(
        &self,
        tokens: Vec<Candidate<'a>>,
        accounts: bool,
    ) -> impl Stream<Item = Reading<'a>> {
        let of = tokens.len();
        stream::iter(tokens)
            .map(move |token| self.read_one(token, accounts))
            .buffered(AT_ONCE)
            .enumerate()
            .map(move |(before, reading)| {
                if of > 1 {
                    let read = before + 1;
                    self.organization
                        .progress(&format!("Read {read} of {of} server tokens"));
                }
                reading
            })
    }

    async fn read_one(&self, candidate: Candidate<'a>, accounts: bool) -> Reading<'a> {
        let Candidate { token, server } = candidate;
        let now = self.organization.clock().now();
        let enrollment = match self.organization.device_assignment(token).await {
            Ok(enrollment) => enrollment,
            Err(error) => {
                return Reading {
                    token,
                    server,
                    opened: None,
                    expires_at: None,
                    outcome: Err(Problem {
                        state: State::Unusable,
                        error,
                    }),
                    now,
                };
            }
        };
        let kept = self.store.read(&place(token));
        let fingerprint = enrollment.token().fingerprint();
        let facts = if kept.fingerprint == fingerprint {
            kept.clone()
        } else {
            Facts {
                fingerprint,
                ..Facts::default()
            }
        };
        let expires_at = enrollment.token().expires_at();
        let mut opened = Opened {
            enrollment,
            facts,
            kept,
        };
        let read = opened.enrollment.profile().await;
        // A token that is refused is refused its account as well; without a URL of its own an organization has one.
        let has_account = match &read {
            Ok(_) => true,
            Err(failure) => failure
                .refused()
                .is_some_and(|refused| refused.refusal == Refusal::OrganizationNotSupported),
        };
        if accounts && has_account && opened.facts.account_at.is_none() {
            self.ask_account(&mut opened, token).await;
        }
        if let Some(end) = expires_at.filter(|end| read.is_ok() && *end <= now) {
            self.organization.warn(&format!(
                "By its own date the server token {} expired on {}, yet Apple accepts it.",
                token.name,
                day(end)
            ));
        }
        let mut reading = Reading {
            token,
            server: Server::known(&opened.facts, token),
            opened: Some(opened),
            expires_at,
            outcome: read.map_err(|failure| Problem::of(failure, &token.name, expires_at, now)),
            now,
        };
        self.keep(&mut reading);
        reading
    }

    async fn ask_account(&self, opened: &mut Opened, token: &TokenRef) {
        let some = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        match opened.enrollment.account().await {
            Ok(Account {
                server_uuid,
                server_name,
                org_name,
                ..
            }) => {
                opened.facts.server_id = some(server_uuid);
                opened.facts.server_name = some(server_name);
                opened.facts.organization = some(org_name);
                opened.facts.account_at = Some(self.organization.clock().now());
            }
            Err(failure) => self.organization.warn(&format!(
                "What server the token {} is for can't be read: {failure}",
                token.name
            )),
        }
    }

    /// Keeps what is known of a token and of the URL that is set. What can't be kept costs a warning and no more.
    pub fn keep(&self, reading: &mut Reading<'_>) {
        let Some(opened) = &mut reading.opened else {
            return;
        };
        if let Ok(registered) = &reading.outcome {
            opened.facts.url = registered.as_ref().map(|it| it.url.clone());
            opened.facts.set_at = registered.as_ref().and_then(|it| it.last_updated);
            opened.facts.seen_at = opened.facts.seen_at.or(Some(reading.now));
        }
        // A day is near enough for the time at which the URL was seen, and spares a file each run.
        if opened.facts == opened.kept && !older_than_a_day(opened.facts.seen_at, reading.now) {
            return;
        }
        if opened.facts.seen_at.is_none() && opened.facts.account_at.is_none() {
            return;
        }
        opened.facts.seen_at = opened.facts.seen_at.map(|_| reading.now);
        match self
            .store
            .write(&facts::place(reading.token), &opened.facts)
        {
            Ok(()) => opened.kept = opened.facts.clone(),
            Err(error) => {
                if !self.complained.replace(true) {
                    self.organization.warn(&format!(
                        "What Apple said of the server tokens can't be kept in the state folder: {error}."
                    ));
                }
            }
        }
    }
}

fn older_than_a_day(seen_at: Option<Timestamp>, now: Timestamp) -> bool {
    seen_at.is_some_and(|seen| now.duration_since(seen) > SignedDuration::from_hours(24))
}
