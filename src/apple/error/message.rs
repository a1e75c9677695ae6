//! A failure as a sentence.

use std::fmt;

use jiff::SignedDuration;

use super::answer::{Answer, write_request_id};
use super::sentence::sentence;
use super::{Cause, Failure};
use crate::text::{duration, spoken};

/// A clock that is off by less than this is no reason to refuse an assertion.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// An assertion is refused when its times make no sense to Apple, and Apple does not say so.
fn write_clock(f: &mut fmt::Formatter<'_>, answer: &Answer) -> fmt::Result {
    let off = answer
        .clock_ahead
        .filter(|ahead| ahead.abs() >= CLOCK_TOLERANCE);
    let Some(ahead) = off else {
        return Ok(());
    };
    let side = if ahead.is_positive() {
        "ahead of"
    } else {
        "behind"
    };
    write!(
        f,
        ", and this machine's clock is {} {side} Apple's",
        spoken(ahead.abs())
    )
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = &self.request;
        match &self.cause {
            Cause::Answer(answer) => answer.write(f, request),
            Cause::DeviceAssignment(refused) => {
                write!(f, "Apple answered {request} with {refused}")
            }
            Cause::Client {
                client,
                code,
                description,
                answer,
            } => {
                write!(
                    f,
                    "Apple refused {} ({} {})",
                    client.words(),
                    answer.status,
                    sentence(code)
                )?;
                if let Some(description) = description {
                    write!(f, ": {}", sentence(description))?;
                }
                write_request_id(f, answer)?;
                if code == "invalid_client" {
                    write_clock(f, answer)?;
                }
                f.write_str(".")
            }
            Cause::NotSent(why) => {
                write!(
                    f,
                    "No connection to Apple for {request}: {}.",
                    sentence(why)
                )
            }
            Cause::Proxy(refusal) => write!(f, "{refusal}. {request} was not sent."),
            Cause::Tls(why) => {
                write!(f, "No trusted connection for {request}: {}.", sentence(why))
            }
            Cause::TimedOut { after, connecting } => {
                let what = if *connecting { "connection" } else { "answer" };
                write!(f, "No {what} within {} for {request}.", duration(*after))
            }
            Cause::Broken(why) => write!(
                f,
                "The connection broke before the answer to {request} was complete: {}.",
                sentence(why)
            ),
            Cause::TooLarge(limit) => write!(
                f,
                "The answer to {request} is larger than {} MiB, abmctl's limit.",
                limit / (1024 * 1024)
            ),
            Cause::Unreadable(why) => write!(
                f,
                "The answer to {request} can't be read: {}.",
                sentence(why)
            ),
            Cause::Unexpected(why) => {
                write!(
                    f,
                    "The answer to {request} isn't as expected: {}.",
                    sentence(why)
                )
            }
            Cause::Redirect(to) => write!(
                f,
                "The answer to {request} redirects to {}. abmctl doesn't follow redirects with credentials.",
                sentence(to)
            ),
            Cause::OffOrigin(url) => write!(
                f,
                "{request} leads to {url}, but the credentials belong to another service. abmctl sent nothing there."
            ),
            Cause::NoCredential(why) => why.fmt(f),
            Cause::NoAddress(why) => write!(
                f,
                "Apple's answer has an id that abmctl can't use, so {request} wasn't sent: {}.",
                sentence(why)
            ),
            Cause::Local(why) => write!(f, "{}.", sentence(why)),
            Cause::Secret(error) => f.write_str(&error.message),
            Cause::Interrupted => write!(f, "Interrupted while waiting for {request}."),
        }
    }
}
