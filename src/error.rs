//! Errors for the user: a kind that decides the exit code, a sentence, and hints.

use std::fmt;
use std::sync::Arc;

use crate::core::printed::Hint;
use crate::host::Signal;

/// What kind of failure it is; each has an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything without a code of its own.
    Failed,
    /// The command line, the configuration or a secret reference can't be used.
    Usage,
    /// Nothing configured, or refused by Apple, expired, replaced, terms not accepted.
    NotAuthenticated,
    /// A named thing was not found, or is ambiguous.
    NotFound,
    /// Apple refuses: no permission, or this kind of organization doesn't have the feature.
    Refused,
    /// Limit, outage or no network.
    Unavailable,
    /// Some succeeded, some failed.
    Partial,
    /// The other side is not as expected, or changed meanwhile.
    Conflict,
    /// `--check`, `--fail-within` and the checks of domains: something differs or is due.
    Differs,
    /// The terminal went away.
    HungUp,
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

impl Kind {
    /// All of them, by exit code.
    pub const ALL: [Self; 12] = [
        Self::Failed,
        Self::Usage,
        Self::NotAuthenticated,
        Self::NotFound,
        Self::Refused,
        Self::Unavailable,
        Self::Partial,
        Self::Conflict,
        Self::Differs,
        Self::HungUp,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The exit code of this kind, from 1 to 143.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotAuthenticated => 3,
            Self::NotFound => 4,
            Self::Refused => 5,
            Self::Unavailable => 6,
            Self::Partial => 7,
            Self::Conflict => 8,
            Self::Differs => 9,
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// What several failures come to where nothing succeeded: 7, then 8, then 6, else the first.
    pub fn of_several(kinds: impl IntoIterator<Item = Self>) -> Option<Self> {
        let rank = |kind: &Self| match kind {
            Self::Partial => 0,
            Self::Conflict => 1,
            Self::Unavailable => 2,
            _ => 3,
        };
        // The first of those of the same rank.
        kinds.into_iter().min_by_key(rank)
    }

    /// The name of this kind in an error document.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::NotAuthenticated => "not_authenticated",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
            Self::Partial => "partial",
            Self::Conflict => "conflict",
            Self::Differs => "differs",
            Self::HungUp => "hung_up",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }

    /// What this kind means, for the reference.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Failed => {
                "failed: anything without its own code, such as a certificate error, an answer that can't be parsed, or an answer from a proxy or gateway instead of Apple"
            }
            Self::Usage => {
                "the command line, the configuration or a secret reference can't be used: missing or unreadable file, permissions too open, encrypted key, wrong curve, conflicting variables, a proxy that refuses the connection"
            }
            Self::NotAuthenticated => {
                "not authenticated: no credentials configured, or Apple refused them, or they expired or were replaced, or terms weren't accepted"
            }
            Self::NotFound => "something that you named wasn't found, or is ambiguous",
            Self::Refused => {
                "Apple refuses: no permission, or this kind of organization doesn't have the feature"
            }
            Self::Unavailable => "limit, outage or no network: gave up after `--max-wait`",
            Self::Partial => {
                "partly done, or partly read: some parts succeeded and some failed, a change wasn't confirmed, or the outcome isn't known. The output says which. If only one thing was asked for and it failed, its own code applies"
            }
            Self::Conflict => {
                "conflict: the current state isn't as expected, or changed in the meantime, or the server can't enroll devices. Of devices also: all of them were left out for a reason such as a change in the last 24 hours, or another number of them qualifies than `--expect` or `--max-devices` allows"
            }
            Self::Differs => {
                "differs or due: `--check` found something to change, a server token expires within `--fail-within`, a migration is overdue (`--fail-overdue`), or a platform wouldn't enroll or might not. If the state isn't known because no token or account is configured for it, that is not a difference: exit 0, or 9 with `--strict`"
            }
            Self::HungUp => {
                "ended by SIGHUP: the terminal closed. A change of devices is continued with `devices resume`"
            }
            Self::Interrupted => {
                "interrupted by Ctrl-C. A change of devices is continued with `devices resume`"
            }
            Self::Terminated => {
                "ended by SIGTERM. A change of devices is continued with `devices resume`"
            }
        }
    }
}

/// What an error was made of.
pub type Source = Arc<dyn std::error::Error + Send + Sync>;

/// A failure: one sentence, what to do about it, what Apple called it, and what it came from.
#[derive(Debug, Clone)]
pub struct Error {
    /// Decides the exit code.
    pub kind: Kind,
    /// One sentence, with no line break, that ends with a full stop.
    pub message: String,
    /// What to do, each a sentence, with a command if there is one.
    pub hints: Vec<Hint>,
    /// Apple's code, such as `FORBIDDEN`; or the word for what a device would find, such as `redirect_lost_query`.
    pub code: Option<String>,
    /// Apple's id of the request.
    pub request_id: Option<String>,
    /// What it came from, for whoever asks for more (`-v`).
    source: Option<Source>,
}

impl Error {
    /// An error of `kind` that says `message`.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hints: Vec::new(),
            code: None,
            request_id: None,
            source: None,
        }
    }

    /// Exit 1.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// What a signal ends the program with: exit 129, 130 or 143.
    pub fn interrupted(signal: Signal) -> Self {
        match signal {
            Signal::HangUp => Self::new(Kind::HungUp, "The terminal closed."),
            Signal::Interrupt => Self::new(Kind::Interrupted, "Interrupted."),
            Signal::Terminate => Self::new(Kind::Terminated, "Terminated."),
        }
    }

    /// Exit 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Exit 4.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds what to do, several things.
    #[must_use]
    pub fn hints(mut self, hints: impl IntoIterator<Item = Hint>) -> Self {
        self.hints.extend(hints);
        self
    }

    /// Says what to do in place of what was to be done.
    #[must_use]
    pub fn advising(mut self, hints: impl IntoIterator<Item = Hint>) -> Self {
        self.hints = hints.into_iter().collect();
        self
    }

    /// With another kind.
    #[must_use]
    pub fn of_kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// Says what was being done: `context: message`.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.message = format!("{context}: {}", self.message);
        self
    }

    /// With a sentence after it.
    #[must_use]
    pub fn and(mut self, sentence: impl fmt::Display) -> Self {
        self.message = format!("{} {sentence}", self.message);
        self
    }

    /// With a sentence before it.
    #[must_use]
    pub fn after(mut self, sentence: impl fmt::Display) -> Self {
        let whole = format!("{sentence} {}", self.message);
        whole.trim_end().clone_into(&mut self.message);
        self
    }

    /// Says something else of the same failure, whose own sentence is kept as what it came from.
    #[must_use]
    pub fn saying(self, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: Some(Arc::new(self.clone())),
            ..self
        }
    }

    /// With what it came from.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.source.as_ref()?;
        Some(source.as_ref())
    }
}

/// What an error came from is not a part of what it says.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        let said = |it: &Self| {
            (
                it.kind,
                it.message.clone(),
                it.code.clone(),
                it.request_id.clone(),
            )
        };
        said(self) == said(other) && self.hints == other.hints
    }
}

impl Eq for Error {}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::{Error, Kind};

    #[test]
    fn another_sentence_keeps_the_one_that_it_is_made_of() {
        let error = Error::new(Kind::Refused, "Apple refuses.")
            .hint("Ask.")
            .saying("It can't be read.")
            .and("Nothing was changed.")
            .after("A day is missing.")
            .of_kind(Kind::Partial);
        let said = "A day is missing. It can't be read. Nothing was changed.";
        assert_eq!(
            (error.kind, error.to_string()),
            (Kind::Partial, said.to_owned())
        );
        assert_eq!(error.hints.len(), 1);
        let source = error.source().unwrap();
        assert_eq!(source.to_string(), "Apple refuses.");
        assert!(source.source().is_none());
    }

    #[test]
    fn of_several_failures_the_one_that_is_to_be_acted_on_counts() {
        for (kinds, code) in [
            (&[Kind::Refused, Kind::NotFound][..], 5),
            (&[Kind::Refused, Kind::Unavailable], 6),
            (&[Kind::Unavailable, Kind::Conflict], 8),
            (&[Kind::Conflict, Kind::Partial], 7),
        ] {
            let kind = Kind::of_several(kinds.iter().copied()).unwrap();
            assert_eq!(kind.exit_code(), code, "{kinds:?}");
        }
        assert_eq!(Kind::of_several([]), None);
    }
}
