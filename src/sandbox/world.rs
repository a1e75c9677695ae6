//! Everything that the emulator holds, and what it makes of one request: no network, no waiting.

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::device_assignment::{self, Sessions};
use super::exchange::{Answer, Ending, REMEMBERED, Request};
use super::fault::{Acts, Fault, What};
use super::history::History;
use super::limits::{self, Limits};
use super::manager;
use super::options::RetryAfterStyle;
use super::organization::Organization;
use super::web::Web;
use super::{control, derive, portal, roster, state, token};

/// A request that the emulator saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestSeen {
    /// The method, in capitals.
    pub method: String,
    /// The path, and the query where there was one.
    pub path: String,
    /// The body, but not that of a token request, which holds secrets.
    pub body: String,
    /// The status of the answer; `None` where none was sent.
    pub status: Option<u16>,
    /// Why it was refused, in the emulator's words, which the client never sees.
    pub why: Option<String>,
}

/// The organization, and what the services remember between requests.
pub(super) struct World {
    pub organization: Organization,
    pub private_key: String,
    pub faults: Vec<Fault>,
    pub seen: VecDeque<RequestSeen>,
    pub sessions: Sessions,
    pub web: Web,
    pub web_port: u16,
    /// What access and session tokens are derived from.
    secret: String,
    used_assertions: HashSet<String>,
    /// Requests that are acted on later, each with that moment as its present.
    late: Vec<Request>,
    history: History,
    limits: Option<Limits>,
    retry_after: RetryAfterStyle,
    latency: Duration,
    page_size_cap: Option<usize>,
    state_file: Option<PathBuf>,
}

impl World {
    pub(super) fn new(
        options: super::Options,
        organization: Organization,
        private_key: String,
        web_port: u16,
    ) -> Self {
        Self {
            web: Web::new(&options.web),
            web_port,
            secret: derive::hex(&private_key, 64),
            history: History::new(&organization.servers),
            late: Vec::new(),
            organization,
            private_key,
            faults: options.faults,
            seen: VecDeque::new(),
            sessions: Sessions::default(),
            used_assertions: HashSet::new(),
            limits: options.limits.map(Limits::new),
            retry_after: options.retry_after,
            latency: options.latency,
            page_size_cap: options.page_size_cap,
            state_file: options.state_file,
        }
    }

    /// The limit of POST as a profile of abmctl has it.
    pub(super) fn activity_limit(&self) -> String {
        limits::activity_limit(self.limits.as_ref())
    }

    /// Answers a request to the web.
    pub(super) fn web(&mut self, request: &Request) -> (Answer, Ending) {
        let (mut answer, ending) = self.web.handle(request);
        answer.delay += self.latency;
        (answer, ending)
    }

    /// Answers a request, with whatever goes wrong on purpose.
    pub(super) fn handle(&mut self, request: &Request) -> (Answer, Ending) {
        self.catch_up(request.now);
        let (answer, ending) = self.exchange(request);
        self.note(request.now);
        self.remember(request, &answer, ending);
        (answer, ending)
    }

    fn exchange(&mut self, request: &Request) -> (Answer, Ending) {
        // What an administrator clicks, and what is done to the emulator, does not go wrong.
        if let Some(answer) = self.control(request) {
            self.keep(&answer);
            return (answer, Ending::Sent);
        }
        let struck = self.faults.iter_mut().find_map(|fault| {
            let strikes = fault.strikes(&request.method, &request.path, &request.query);
            strikes.then(|| (fault.what.clone(), fault.acts))
        });
        let mut answer = match &struck {
            Some((What::Stale(age), _)) => self.act_on_old(request, *age),
            None | Some((_, Acts::AtOnce)) => self.act(request),
            Some((_, Acts::Never)) => Answer::empty(200),
            Some((_, Acts::Later(wait))) => {
                self.put_off(request, *wait);
                Answer::empty(200)
            }
        };
        self.keep(&answer);
        let mut ending = Ending::Sent;
        if let Some((what, _)) = struck {
            (answer, ending) = self.distort(request, answer, what);
        }
        answer.delay += self.latency;
        (answer, ending)
    }

    /// Acts on the late requests whose moment has come, in the order of those moments.
    pub(super) fn catch_up(&mut self, now: Timestamp) {
        self.late.sort_by_key(|request| request.now);
        let due = self.late.partition_point(|request| request.now <= now);
        for request in self.late.drain(..due).collect::<Vec<_>>() {
            // What was due before it comes first.
            manager::settle(&mut self.organization, request.now);
            let answer = self.perform(&request);
            self.keep(&answer);
            self.note(request.now);
            tracing::info!(
                method = request.method,
                path = request.target(),
                status = answer.status,
                why = answer.why,
                "sandbox, late"
            );
        }
        if manager::settle(&mut self.organization, now) {
            self.keep(&Answer::empty(200).changing());
        }
    }

    /// Remembers for a while what the device management services were, if they were changed.
    pub(super) fn note(&mut self, now: Timestamp) {
        self.history.note(&self.organization.servers, now);
    }

    /// Leaves a request for later, unless it is refused when it arrives.
    fn put_off(&mut self, request: &Request, wait: Duration) {
        let due = SignedDuration::try_from(wait)
            .ok()
            .and_then(|wait| request.now.checked_add(wait).ok());
        if let (None, Some(now)) = (self.refusal(request), due) {
            self.late.push(Request {
                now,
                ..request.clone()
            });
        }
    }

    /// What Apple would answer if the device management services were as they were this long ago.
    fn act_on_old(&mut self, request: &Request, age: Duration) -> Answer {
        let moment = SignedDuration::try_from(age)
            .ok()
            .and_then(|age| request.now.checked_sub(age).ok());
        let old = self.history.at(moment.unwrap_or(Timestamp::MIN)).to_vec();
        let present = std::mem::replace(&mut self.organization.servers, old);
        let answer = self.act(request);
        self.organization.servers = present;
        answer
    }

    /// Apple's portal, and the emulator itself; `None` for what is neither.
    fn control(&mut self, request: &Request) -> Option<Answer> {
        if portal::is_endpoint(&request.path) {
            let (organization, sessions) = (&mut self.organization, &mut self.sessions);
            return Some(portal::answer(
                request,
                organization,
                sessions,
                &self.secret,
            ));
        }
        control::answer(request, &mut self.web, self.web_port)
    }

    /// Writes the state file after an answer that changed something.
    fn keep(&self, answer: &Answer) {
        if answer.changed
            && let Err(error) = self.save()
        {
            tracing::warn!(%error, "the state file could not be written");
        }
    }

    /// What Apple would answer.
    fn act(&mut self, request: &Request) -> Answer {
        match self.refusal(request) {
            Some(refusal) => self.identified(request, refusal),
            None => self.perform(request),
        }
    }

    /// What the Manager API refuses before it looks at the organization.
    fn refusal(&mut self, request: &Request) -> Option<Answer> {
        if !manager::is_api(&request.path) {
            return None;
        }
        manager::authorize(request, &self.organization).or_else(|| {
            let limits = self.limits.as_mut()?;
            limits.refuse(&request.method, request.now, self.retry_after)
        })
    }

    /// What Apple answers to a request that it has let in.
    fn perform(&mut self, request: &Request) -> Answer {
        if token::is_endpoint(&request.path) {
            return token::answer(
                request,
                &mut self.organization,
                &mut self.used_assertions,
                &self.secret,
            );
        }
        if roster::is_endpoint(&request.path) {
            let answer = roster::answer(request, &mut self.organization, &self.secret);
            return self.identified(request, answer);
        }
        if device_assignment::is_endpoint(&request.path) {
            return device_assignment::answer(
                request,
                &mut self.organization,
                &mut self.sessions,
                &self.secret,
            );
        }
        let answer = if manager::is_api(&request.path) {
            manager::answer(&mut manager::Context {
                request,
                organization: &mut self.organization,
                page_size_cap: self.page_size_cap,
            })
        } else if manager::is_endpoint(&request.path) {
            return manager::download(request, &self.organization);
        } else {
            manager::not_emulated(&request.method, &request.path)
        };
        self.identified(request, answer)
    }

    /// Gives an answer the id of its request.
    fn identified(&self, request: &Request, answer: Answer) -> Answer {
        let id = derive::uuid(&format!("{} {}", request.now, self.seen.len()));
        answer.header("x-apple-request-uuid", id)
    }

    /// What a fault makes of an answer.
    fn distort(&self, request: &Request, answer: Answer, what: What) -> (Answer, Ending) {
        let broken = match what {
            What::Drop => return (answer, Ending::Dropped),
            What::Lost => return (answer, Ending::Lost),
            // What has no body has no half of one.
            What::Half if answer.body.is_empty() => return (answer, Ending::Dropped),
            What::Half => return (answer, Ending::Halved),
            What::Stale(_) => return (answer, Ending::Sent),
            What::Slow(wait) => Answer {
                delay: answer.delay + wait,
                ..answer
            },
            What::Empty(status) => Answer::empty(status),
            What::Html(status) => Answer::html(status),
            What::Text(words) => Answer::text(200, words),
            What::Redirect(url) => Answer::empty(302).header("location", url),
            What::Status {
                status,
                code,
                retry_after,
            } => {
                let answer = self.status(request, status, code.as_deref());
                // Where a number is asked for there is one, whatever the limits say.
                let style = match self.retry_after {
                    RetryAfterStyle::Date => RetryAfterStyle::Date,
                    RetryAfterStyle::Seconds | RetryAfterStyle::Absent => RetryAfterStyle::Seconds,
                };
                match retry_after {
                    Some(seconds) => limits::with_retry_after(
                        answer,
                        SignedDuration::from_secs(i64::from(seconds)),
                        request.now,
                        style,
                    ),
                    None => answer,
                }
            }
        };
        (broken.because("A fault was asked for."), Ending::Sent)
    }

    /// An error as the service that was asked words it.
    fn status(&self, request: &Request, status: u16, code: Option<&str>) -> Answer {
        if token::is_endpoint(&request.path) || roster::is_token_endpoint(&request.path) {
            let code = code.unwrap_or("temporarily_unavailable");
            return Answer::json(status, &json!({"error": code}));
        }
        let code = code.unwrap_or(match status {
            400 => "PARAMETER_ERROR.INVALID",
            401 => "NOT_AUTHORIZED",
            403 => "FORBIDDEN_ERROR",
            404 => "NOT_FOUND",
            409 => "ENTITY_ERROR.ATTRIBUTE.INVALID",
            429 => "RATE_LIMIT_EXCEEDED",
            503 => "SERVICE_UNAVAILABLE",
            _ => "UNEXPECTED_ERROR",
        });
        if device_assignment::is_endpoint(&request.path) {
            let style = self.organization.behaviour.code_style;
            return device_assignment::plain(status, code, style);
        }
        let answer = Answer::error(status, code, "A fault", "A fault of the sandbox.");
        self.identified(request, answer)
    }

    fn remember(&mut self, request: &Request, answer: &Answer, ending: Ending) {
        let status = matches!(ending, Ending::Sent | Ending::Halved).then_some(answer.status);
        let secret = token::is_endpoint(&request.path) || roster::is_token_endpoint(&request.path);
        let body = if secret {
            String::new()
        } else {
            String::from_utf8_lossy(&request.body).into_owned()
        };
        let seen = RequestSeen {
            method: request.method.clone(),
            path: request.target(),
            body,
            status,
            why: answer.why.clone(),
        };
        tracing::info!(
            method = seen.method,
            path = seen.path,
            status = seen.status,
            why = seen.why,
            "sandbox"
        );
        if self.seen.len() == REMEMBERED {
            self.seen.pop_front();
        }
        self.seen.push_back(seen);
    }

    /// Writes the state file, where there is to be one.
    pub(super) fn save(&self) -> std::io::Result<()> {
        match &self.state_file {
            Some(path) => state::write(path, &self.private_key, &self.organization),
            None => Ok(()),
        }
    }
}
