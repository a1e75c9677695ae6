//! Failures between abmctl and Apple: Apple's answer, or the reason that no answer came.

pub(super) mod answer;
mod message;
mod request_name;
mod sentence;
mod web_page;

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

pub(super) use answer::http_date;
pub use answer::{Answer, Says};
pub use request_name::RequestName;
use sentence::sentence;

use super::device_assignment::refusal::{Refused, is_a_word_of_apples};
use super::retry::{Outcome, Repeat, Verdict, verdict};
use crate::error::Error;
use crate::network::ProxyRefusal;

/// Why a request did not succeed.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Nobody outside learns a status by it: whoever asks for one names the request.
    pub(super) request: RequestName,
    /// What happened.
    pub cause: Cause,
    /// When it makes sense to try again, where waiting was given up.
    pub again_at: Option<Timestamp>,
    /// An earlier attempt may have been acted on, whatever came of this one.
    pub(super) open: bool,
}

/// What happened to a request.
#[derive(Debug, Clone)]
pub enum Cause {
    /// Apple answered with a status that is not a success.
    Answer(Box<Answer>),
    /// No connection: refused, no such host, no route. Nothing was sent.
    NotSent(String),
    /// The proxy answered in Apple's place. Nothing was sent.
    Proxy(ProxyRefusal),
    /// The certificate or the TLS handshake was refused by this side.
    Tls(String),
    /// No answer within the time for one attempt; `connecting` when not even a connection.
    TimedOut {
        /// The time that was allowed.
        after: Duration,
        /// Nothing was sent yet.
        connecting: bool,
    },
    /// The connection broke before the answer was whole.
    Broken(String),
    /// The answer is larger than allowed, in bytes.
    TooLarge(usize),
    /// The answer is complete and can't be parsed; the text names the member.
    Unreadable(String),
    /// The answer was read and is not what was agreed on.
    Unexpected(String),
    /// Apple answered with a redirect, which is not followed with a credential.
    Redirect(String),
    /// A link or a credential that belongs to another origin.
    OffOrigin(String),
    /// The token endpoint refused, in the words of RFC 6749.
    Client {
        /// Whom it refused.
        client: Client,
        /// The code, such as `invalid_client`.
        code: String,
        /// What Apple says of it.
        description: Option<String>,
        /// The status, the request id, and Apple's clock.
        answer: Box<Answer>,
    },
    /// Device Assignment Services refused, for a reason that is known.
    DeviceAssignment(Box<Refused>),
    /// No access token or session could be had, for this reason, so nothing was sent.
    NoCredential(Box<Failure>),
    /// Apple gave an id that can't be a part of an address, so nothing was sent.
    NoAddress(String),
    /// The organization's private key or another local thing made the request impossible.
    Local(String),
    /// A secret that opens the service can't be had or can't be used, so nothing was sent.
    Secret(Box<Error>),
    /// A signal ended the waiting, and nothing was sent.
    Interrupted,
}

/// Who asks for an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// An API account, by its own credentials.
    ApiAccount {
        /// Its assertion named a key id.
        with_key_id: bool,
    },
    /// An app that an administrator authorized: the Roster API.
    App,
}

impl Client {
    fn words(self) -> &'static str {
        match self {
            Self::ApiAccount { .. } => "the API account's credentials",
            Self::App => "the app for the Roster API",
        }
    }
}

impl Failure {
    /// A failure of `request` for `cause`.
    pub fn new(request: RequestName, cause: Cause) -> Self {
        Self {
            request,
            cause,
            again_at: None,
            open: false,
        }
    }

    /// The failure of `request`, which was not sent: the request for what opens the service failed so.
    pub(super) fn no_credential(request: RequestName, why: Self) -> Self {
        Self {
            again_at: why.again_at,
            ..Self::new(request, Cause::NoCredential(Box::new(why)))
        }
    }

    /// The same, where `earlier` became of another attempt of the same request before.
    #[must_use]
    pub(super) fn after(self, earlier: &Self) -> Self {
        Self {
            open: self.open || !earlier.not_acted_on(),
            ..self
        }
    }

    /// The status with which Apple refused this very request, in its own error document; 401 and 403 also with nothing but
    /// Apple's id of the request, since they say nothing of what exists.
    ///
    /// `None` if another request failed, such as the one for an access token, if a web page, a gateway or a proxy
    /// answered, and if nobody did.
    pub fn status_of(&self, request: &RequestName) -> Option<u16> {
        let Cause::Answer(answer) = &self.cause else {
            return None;
        };
        let refused = matches!(answer.status, 401 | 403) && answer.is_from_apple();
        let counts = (answer.is_apples || refused) && self.request == *request;
        counts.then_some(answer.status)
    }

    /// Method and path of the request that failed, for what is said of it. They tell no status.
    pub fn asked_for(&self) -> (&str, &str) {
        (self.request.method().as_str(), self.request.path())
    }

    /// Whether the request was certainly not acted on: it was never sent, or Apple refused it in its own words.
    ///
    /// It may have been acted on after everything else: a time-out, a broken connection, a 5xx, a web page at any status,
    /// an answer that can't be read, and an earlier attempt that ended in one of these.
    pub fn not_acted_on(&self) -> bool {
        let refused = match &self.cause {
            _ if !self.was_sent() => true,
            Cause::Answer(answer) => answer.is_apples && (400..500).contains(&answer.status),
            Cause::DeviceAssignment(refused) => refused.code.is_some(),
            _ => false,
        };
        refused && !self.open
    }

    /// Whether the request itself was sent, whatever came of it: not if no connection, token or session could be had.
    pub fn was_sent(&self) -> bool {
        match &self.cause {
            Cause::NotSent(_)
            | Cause::Proxy(_)
            | Cause::TimedOut {
                connecting: true, ..
            }
            | Cause::Tls(_)
            | Cause::OffOrigin(_)
            | Cause::NoCredential(_)
            | Cause::NoAddress(_)
            | Cause::Local(_)
            | Cause::Secret(_)
            | Cause::Interrupted
            | Cause::Client { .. } => false,
            Cause::Answer(_)
            | Cause::DeviceAssignment(_)
            | Cause::TimedOut { .. }
            | Cause::Broken(_)
            | Cause::TooLarge(_)
            | Cause::Unreadable(_)
            | Cause::Unexpected(_)
            | Cause::Redirect(_) => true,
        }
    }

    /// Whether the reason passes, such as a limit, an outage or no connection, so that sending again makes sense.
    pub fn passes(&self) -> bool {
        verdict(Repeat::Always, self.outcome()) == Verdict::Repeat
    }

    /// Whether Apple's limit turned the request away (429), or the request for what opens the service.
    pub fn is_limited(&self) -> bool {
        self.outcome() == Outcome::Status(429)
    }

    /// Whether the request was sent and got no answer, or 500, 502, 503 or 504: asking for less may help.
    pub fn broke_off(&self) -> bool {
        !matches!(self.cause, Cause::NoCredential(_))
            && matches!(
                self.outcome(),
                Outcome::Broken | Outcome::Status(500 | 502 | 503 | 504)
            )
    }

    /// What it means for repeating the request.
    pub(super) fn outcome(&self) -> Outcome {
        match &self.cause {
            Cause::Answer(answer) | Cause::Client { answer, .. } => Outcome::Status(answer.status),
            Cause::DeviceAssignment(refused) => Outcome::Status(refused.answer.status),
            Cause::NoCredential(why) => why.outcome(),
            Cause::NotSent(_)
            | Cause::TimedOut {
                connecting: true, ..
            } => Outcome::NotSent,
            Cause::Proxy(refusal) if refusal.is_outage() => Outcome::NotSent,
            Cause::TimedOut { .. } | Cause::Broken(_) => Outcome::Broken,
            Cause::Proxy(_)
            | Cause::Tls(_)
            | Cause::TooLarge(_)
            | Cause::Unreadable(_)
            | Cause::Unexpected(_)
            | Cause::Redirect(_)
            | Cause::OffOrigin(_)
            | Cause::NoAddress(_)
            | Cause::Local(_)
            | Cause::Secret(_)
            | Cause::Interrupted => Outcome::Final,
        }
    }

    /// The failure behind it: that of the request for a credential, if that one failed; else itself.
    pub fn root(&self) -> &Self {
        match &self.cause {
            Cause::NoCredential(why) => why.root(),
            _ => self,
        }
    }

    /// The answer to this request, or to the one for a credential, if there was any.
    pub fn answer(&self) -> Option<&Answer> {
        match &self.root().cause {
            Cause::Answer(answer) | Cause::Client { answer, .. } => Some(answer),
            Cause::DeviceAssignment(refused) => Some(&refused.answer),
            _ => None,
        }
    }

    /// The same failure, with what Device Assignment Services refused for if that is known; `now` is the time by this machine's
    /// clock.
    pub(super) fn refused_for(self, for_session: bool, now: Timestamp) -> Self {
        let Cause::Answer(answer) = self.cause else {
            return self;
        };
        let cause = match Refused::of(answer, for_session, now) {
            Ok(refused) => Cause::DeviceAssignment(Box::new(refused)),
            Err(mut answer) => {
                answer.is_marked |= is_a_word_of_apples(&answer.body);
                Cause::Answer(answer)
            }
        };
        Self { cause, ..self }
    }

    /// What Device Assignment Services refused for, if it is known.
    pub fn refused(&self) -> Option<&Refused> {
        match &self.root().cause {
            Cause::DeviceAssignment(refused) => Some(refused),
            _ => None,
        }
    }

    /// How long it took to fail, without any waiting before it; zero if that is not known.
    pub fn took(&self) -> Duration {
        match &self.cause {
            Cause::TimedOut { after, .. } => *after,
            _ => self.answer().map_or(Duration::ZERO, |answer| answer.took),
        }
    }

    /// What a request whose outcome isn't known got in place of a usable answer, as in "was answered with 502"; `None` if it got
    /// no answer at all.
    pub fn answered(&self) -> Option<String> {
        match &self.cause {
            Cause::Answer(answer) if answer.is_page() && !answer.is_from_apple() => Some(format!(
                "was answered with {}, but not by Apple",
                answer.status
            )),
            Cause::Answer(answer) => Some(format!("was answered with {}", answer.status)),
            Cause::Redirect(_) => Some("was answered with a redirect".to_owned()),
            Cause::TooLarge(_) | Cause::Unreadable(_) | Cause::Unexpected(_) => {
                Some("got an answer that can't be used".to_owned())
            }
            _ => None,
        }
    }

    /// What happened, in a few words, for somebody who waits.
    pub fn brief(&self) -> String {
        let root = self.root();
        let what = match (root.answer(), &root.cause) {
            (Some(answer), _) => match &answer.code {
                Some(code) => format!("{} {}", answer.status, sentence(code)),
                None => answer.status.to_string(),
            },
            (None, Cause::NotSent(_)) => "no connection".to_owned(),
            (None, Cause::Proxy(refusal)) => {
                format!("the proxy answered {}", refusal.status_words())
            }
            (None, Cause::TimedOut { .. }) => "no answer in time".to_owned(),
            (None, Cause::Broken(_)) => "the connection broke".to_owned(),
            (None, Cause::Redirect(_)) => "a redirect".to_owned(),
            (None, Cause::TooLarge(_) | Cause::Unreadable(_) | Cause::Unexpected(_)) => {
                "an answer that can't be used".to_owned()
            }
            (None, _) => "not sent".to_owned(),
        };
        format!("{}: {what}", root.request)
    }
}

/// A member's name and what is wrong with it; the name is left out where the document itself is wrong.
pub(super) fn member(path: &serde_path_to_error::Path, why: &impl fmt::Display) -> String {
    if path.iter().next().is_none() {
        why.to_string()
    } else {
        format!("{path}: {why}")
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::NoCredential(why) => Some(&**why),
            _ => None,
        }
    }
}
