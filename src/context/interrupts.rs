//! Signals that came, and what the work makes of them.

use std::cell::{Cell, RefCell};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, watch};

use crate::core::printed::Hint;
use crate::host::Signal;

/// SIGTERM twice within this time is one request: `timeout` sends it to the process and again to its group.
const AT_ONCE: SignedDuration = SignedDuration::from_secs(1);

/// What a signal does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// The command ends at once.
    End,
    /// The work goes on; the user is told these words, if there are any.
    GoOn(Option<Hint>),
}

/// Signals that came, and whether the work holds them off for now.
pub struct Interrupts {
    first: Cell<Option<(Signal, Timestamp)>>,
    manner: RefCell<Manner>,
    stop: watch::Sender<bool>,
}

enum Manner {
    /// A signal ends the command.
    Ends,
    /// The first one only makes `stop` true, and the user is told these words.
    Held(Hint),
    /// Whoever listens here decides on each.
    PassedOn(mpsc::UnboundedSender<Signal>),
}

impl Interrupts {
    pub(super) fn new() -> Self {
        Self {
            first: Cell::new(None),
            manner: RefCell::new(Manner::Ends),
            stop: watch::Sender::new(false),
        }
    }

    /// Turns true when a signal came that is held off.
    pub fn stop(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Takes a signal that came at `now`, and says what it does.
    ///
    /// A second one ends at once what the first one only stopped, if somebody insists: a terminal that goes away sends
    /// SIGHUP more than once, and systemd sends it right after SIGTERM.
    pub fn receive(&self, signal: Signal, now: Timestamp) -> Reaction {
        let words = match &*self.manner.borrow() {
            Manner::PassedOn(listener) => {
                // Nobody listens any more once the work has ended, and then it ends anyway.
                let _ = listener.send(signal);
                return Reaction::GoOn(None);
            }
            Manner::Held(words) => Some(words.clone()),
            Manner::Ends => None,
        };
        match (self.first.get(), words) {
            (None, None) => Reaction::End,
            (None, Some(words)) => {
                self.first.set(Some((signal, now)));
                self.stop.send_replace(true);
                Reaction::GoOn(Some(words))
            }
            (Some((_, at)), _) => match signal {
                Signal::HangUp => Reaction::GoOn(None),
                Signal::Terminate if now.duration_since(at) < AT_ONCE => Reaction::GoOn(None),
                Signal::Terminate | Signal::Interrupt => Reaction::End,
            },
        }
    }

    /// Holds signals off until the guard is dropped: the first one only makes `stop` true, and the user is told `words`.
    pub fn hold(&self, words: impl Into<Hint>) -> Holding<'_> {
        self.manner.replace(Manner::Held(words.into()));
        Holding { interrupts: self }
    }

    /// Passes signals on until the guard is dropped.
    pub fn pass_on(&self) -> PassingOn<'_> {
        let (listener, signals) = mpsc::unbounded_channel();
        self.manner.replace(Manner::PassedOn(listener));
        PassingOn {
            interrupts: self,
            signals,
        }
    }
}

/// Signals are held off while this lives.
pub struct Holding<'a> {
    interrupts: &'a Interrupts,
}

impl Holding<'_> {
    /// The signal that came, if one did.
    pub fn signal(&self) -> Option<Signal> {
        self.interrupts.first.get().map(|(signal, _)| signal)
    }
}

impl Drop for Holding<'_> {
    fn drop(&mut self) {
        self.interrupts.manner.replace(Manner::Ends);
    }
}

/// Signals are passed on while this lives.
pub struct PassingOn<'a> {
    interrupts: &'a Interrupts,
    signals: mpsc::UnboundedReceiver<Signal>,
}

impl PassingOn<'_> {
    /// Resolves at the next signal.
    pub async fn next(&mut self) -> Signal {
        match self.signals.recv().await {
            Some(signal) => signal,
            None => std::future::pending().await,
        }
    }
}

impl Drop for PassingOn<'_> {
    fn drop(&mut self) {
        self.interrupts.manner.replace(Manner::Ends);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Reaction::{End, GoOn};
    use Signal::{HangUp, Interrupt, Terminate};

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    #[test]
    fn a_signal_ends_what_holds_none_off() {
        for signal in [HangUp, Interrupt, Terminate] {
            assert_eq!(Interrupts::new().receive(signal, at(0)), End);
        }
    }

    #[test]
    fn only_somebody_who_insists_ends_what_is_restored() {
        for (first, second, after, reaction) in [
            (Interrupt, Interrupt, 5, End),
            (Interrupt, HangUp, 5, GoOn(None)),
            (Interrupt, Terminate, 5000, End),
            (Terminate, Terminate, 5, GoOn(None)),
            (Terminate, Terminate, 1000, End),
            (Terminate, Interrupt, 5, End),
            (Terminate, HangUp, 5000, GoOn(None)),
            (HangUp, HangUp, 5, GoOn(None)),
            (HangUp, HangUp, 60_000, GoOn(None)),
            (HangUp, Terminate, 60_000, End),
        ] {
            let interrupts = Interrupts::new();
            let holding = interrupts.hold("Restoring.");
            let stop = interrupts.stop();
            assert_eq!(
                interrupts.receive(first, at(0)),
                GoOn(Some("Restoring.".into()))
            );
            assert!(*stop.borrow());
            assert_eq!(
                interrupts.receive(second, at(after)),
                reaction,
                "{first:?} {second:?}"
            );
            assert_eq!(holding.signal(), Some(first));
        }
    }

    #[tokio::test]
    async fn what_is_passed_on_ends_nothing() {
        let interrupts = Interrupts::new();
        let mut passing = interrupts.pass_on();
        for signal in [Interrupt, Interrupt, Terminate, HangUp] {
            assert_eq!(interrupts.receive(signal, at(0)), GoOn(None));
            assert_eq!(passing.next().await, signal);
        }
        drop(passing);
        assert_eq!(interrupts.receive(Interrupt, at(0)), End);
    }
}
