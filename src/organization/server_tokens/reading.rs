//! Server tokens opened, and what Apple says with them: whether a token works, what its server is, which ADDE URL it has.

mod ask;

use std::cell::Cell;

use futures_util::{Stream, StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::choice::{Candidate, TokenServer, Which, chosen};
use super::state::{Problem, State};
use crate::apple::device_assignment::discovery::Registered;
use crate::apple::device_assignment::session::DeviceAssignment;
use crate::config::TokenRef;
use crate::error::Error;
use crate::organization::Organization;
use crate::state::facts::{FactsStore, Refused, SeenFacts, place};

pub use ask::{Ask, RegisteredUrl, Validity, learn};

/// How many tokens are worked with at once: more than the requests that may be under way, since some wait for a secret.
pub const AT_ONCE: usize = 16;

/// A token that was opened, with its session.
pub struct Opened {
    pub client: DeviceAssignment,
    /// What is known of this token.
    facts: SeenFacts,
    /// What the file has.
    kept: SeenFacts,
}

impl Opened {
    /// Takes over which URL is set at `now`.
    fn saw(&mut self, registered: Option<&Registered>, now: Timestamp) {
        self.facts.url = registered.map(|it| it.url.clone());
        self.facts.set_at = registered.and_then(|it| it.last_updated);
        self.facts.seen_at = self.facts.seen_at.or(Some(now));
    }
}

/// A token, and what asking Apple with it came to: `T` is what [`Ask::Told`] has, the URL that is set where nothing else is said.
pub struct TokenReading<'a, T = Option<Registered>> {
    pub token: &'a TokenRef,
    /// What is known of its server.
    pub server: TokenServer,
    /// The token, opened; `None` where it can't be read.
    pub opened: Option<Opened>,
    /// When Apple stops accepting it, where that is known.
    pub expires_at: Option<Timestamp>,
    /// What Apple said, or why it said nothing.
    pub outcome: Result<T, Problem>,
    /// When Apple was asked.
    pub now: Timestamp,
}

impl<T> TokenReading<'_, T> {
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

    /// The end of its consumer key, where it can be read.
    pub fn consumer_key_end(&self) -> Option<&str> {
        let opened = self.opened.as_ref()?;
        Some(opened.client.token().consumer_key_end())
    }

    /// Whether it ends within this time, or is over: by its date, or because Apple says so.
    pub fn ends_within(&self, time: SignedDuration) -> bool {
        let by_date = |end: Timestamp| end.duration_since(self.now) <= time;
        self.state() == State::Expired || self.expires_at.is_some_and(by_date)
    }

    /// Whether the token could be read, is not over, and nothing says when it ends.
    pub fn has_unknown_end(&self) -> bool {
        self.opened.is_some() && self.expires_at.is_none() && self.state() != State::Expired
    }

    /// `error`, with the token, its server and the organization named.
    pub fn named(&self, error: &Error) -> Error {
        self.with_context(error, &[&self.server.name, &self.server.organization])
    }

    /// Its error, with the token and its server named.
    pub fn error(&self) -> Option<Error> {
        let problem = self.outcome.as_ref().err()?;
        Some(self.with_context(&problem.error, &[&self.server.name]))
    }

    fn with_context(&self, error: &Error, known: &[&Option<String>]) -> Error {
        if matches!(&self.outcome, Err(problem) if problem.state == State::Unusable) {
            // Such an error names the token by itself.
            return error.clone();
        }
        let known: Vec<&str> = known.iter().filter_map(|it| it.as_deref()).collect();
        let context = match known[..] {
            [] => format!("Server token {}", self.token.name),
            _ => format!("Server token {} ({})", self.token.name, known.join(", ")),
        };
        error.clone().context(context)
    }
}

/// Opens tokens, asks Apple with them, and keeps what it learns.
pub struct TokenReader<'a> {
    organization: &'a Organization,
    store: FactsStore,
    complained: Cell<bool>,
}

impl<'a> TokenReader<'a> {
    /// A reader. Exit 3 where no server token is configured.
    pub fn new(organization: &'a Organization) -> Result<Self, Error> {
        organization.settings().required_tokens()?;
        Ok(Self::of(organization))
    }

    /// A reader of tokens that are at hand, whether the settings in force have them or not.
    pub fn of(organization: &'a Organization) -> Self {
        Self {
            organization,
            store: organization.facts(),
            complained: Cell::new(false),
        }
    }

    /// Every token. Nothing is asked of Apple, and no secret is opened.
    pub fn all(&self) -> Vec<Candidate<'a>> {
        let tokens = self.organization.settings().tokens.iter();
        tokens.map(|token| self.candidate(token)).collect()
    }

    fn candidate(&self, token: &'a TokenRef) -> Candidate<'a> {
        Candidate {
            token,
            server: TokenServer::known(&self.store.read(&place(token)), token),
        }
    }

    /// The tokens that are meant, as [`chosen`] has it.
    pub fn chosen(&self, which: &Which) -> Result<Vec<Candidate<'a>>, Error> {
        chosen(which, self.all(), &self.organization.settings().alias_map())
    }

    /// Asks Apple with these tokens at the same time; the readings are in their order.
    pub async fn read<A: Ask>(
        &self,
        tokens: Vec<Candidate<'a>>,
        ask: A,
    ) -> Vec<TokenReading<'a, A::Told>> {
        let readings = self.read_each(tokens, ask).collect().await;
        self.organization.progress("");
        readings
    }

    /// The same, each as soon as it and those before it are known. Whoever calls wipes the progress that is shown.
    pub fn read_each<A: Ask>(
        &self,
        tokens: Vec<Candidate<'a>>,
        ask: A,
    ) -> impl Stream<Item = TokenReading<'a, A::Told>> {
        let of = tokens.len();
        self.read_quietly(tokens, ask)
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

    /// The same, and no progress is shown.
    pub fn read_quietly<A: Ask>(
        &self,
        tokens: Vec<Candidate<'a>>,
        ask: A,
    ) -> impl Stream<Item = TokenReading<'a, A::Told>> {
        stream::iter(tokens)
            .map(move |token| self.read_candidate(token, ask))
            .buffered(AT_ONCE)
    }

    /// Asks Apple with one token.
    pub async fn read_one<A: Ask>(&self, token: &'a TokenRef, ask: A) -> TokenReading<'a, A::Told> {
        self.read_candidate(self.candidate(token), ask).await
    }

    async fn read_candidate<A: Ask>(
        &self,
        candidate: Candidate<'a>,
        ask: A,
    ) -> TokenReading<'a, A::Told> {
        let Candidate { token, server } = candidate;
        let now = self.organization.clock().now();
        let mut opened = match self.open(token).await {
            Ok(opened) => opened,
            Err(error) => {
                return TokenReading {
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
        let outcome = ask.ask(&mut opened, token, now, self).await;
        if ask.is_answered_by_apple() {
            self.keep_refusal(&mut opened, token, outcome.as_ref().err(), now);
        }
        TokenReading {
            token,
            server: TokenServer::known(&opened.facts, token),
            expires_at: opened.client.token().expires_at(),
            opened: Some(opened),
            outcome,
            now,
        }
    }

    /// Opens a token; what is known of another token that was configured there before counts no more.
    async fn open(&self, token: &TokenRef) -> Result<Opened, Error> {
        let organization = self.organization;
        let server_token = organization.server_token(token).await?;
        let client = organization.device_assignment_of(server_token, organization.http())?;
        let kept = self.store.read(&place(token));
        let fingerprint = client.token().fingerprint();
        let facts = if kept.fingerprint == fingerprint {
            kept.clone()
        } else {
            SeenFacts {
                fingerprint,
                ..SeenFacts::default()
            }
        };
        Ok(Opened {
            client,
            facts,
            kept,
        })
    }

    /// Keeps what is known of a token and of the URL that is set. What can't be kept costs a warning and no more.
    pub fn keep(&self, reading: &mut TokenReading<'_>) {
        let Some(opened) = &mut reading.opened else {
            return;
        };
        if let Ok(registered) = &reading.outcome {
            opened.saw(registered.as_ref(), reading.now);
        }
        self.keep_facts(opened, reading.token, reading.now);
    }

    fn keep_facts(&self, opened: &mut Opened, token: &TokenRef, now: Timestamp) {
        // A day is near enough for the time at which the URL was seen, and spares a file each run.
        if opened.facts == opened.kept && !older_than_a_day(opened.facts.seen_at, now) {
            return;
        }
        if opened.facts.seen_at.is_none() && opened.facts.account_at.is_none() {
            return;
        }
        opened.facts.seen_at = opened.facts.seen_at.map(|_| now);
        match self.store.write(&place(token), &opened.facts) {
            Ok(()) => opened.kept = opened.facts.clone(),
            Err(error) => {
                if !self.complained.replace(true) {
                    self.organization.warn(&format!(
                        "abmctl can't store Apple's answers about the server tokens in the state folder: {error}."
                    ));
                }
            }
        }
    }

    /// Keeps whether Apple refuses a token, and until when it is good. What can't be kept is learned again next time.
    fn keep_refusal(
        &self,
        opened: &mut Opened,
        token: &TokenRef,
        problem: Option<&Problem>,
        now: Timestamp,
    ) {
        let expires_at = opened.client.token().expires_at();
        let facts = &mut opened.facts;
        if facts.expires_at != expires_at {
            // It is a renewed one.
            facts.refused = None;
            facts.expires_at = expires_at;
        }
        let known = facts.refused;
        facts.refused = match problem.map(|problem| problem.state.why_refused()) {
            None => None,
            Some(Some(why)) => Some(Refused { why, at: now }),
            Some(None) => known,
        };
        if let (Some(new), Some(known)) = (facts.refused, known)
            && new.why == known.why
            && !older_than_a_day(Some(known.at), now)
        {
            facts.refused = Some(known);
        }
        let (kept, facts) = (&opened.kept, &opened.facts);
        if (kept.refused, kept.expires_at) != (facts.refused, facts.expires_at)
            && self.store.write(&place(token), facts).is_ok()
        {
            opened.kept = opened.facts.clone();
        }
    }

    /// Keeps what is known of a token's server. What can't be kept is asked again next time.
    fn keep_server(&self, opened: &Opened, token: &TokenRef) {
        let (facts, kept) = (&opened.facts, &opened.kept);
        // The time alone is not worth a file each run.
        let known = SeenFacts {
            account_at: kept.account_at.and(facts.account_at),
            ..kept.clone()
        };
        if known != *facts {
            let _ = self.store.write(&place(token), facts);
        }
    }
}

fn older_than_a_day(seen_at: Option<Timestamp>, now: Timestamp) -> bool {
    seen_at.is_some_and(|seen| now.duration_since(seen) > SignedDuration::from_hours(24))
}
