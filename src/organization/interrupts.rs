//! Signals that came, and what the work makes of them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

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

/// Signals that came, and who holds them off for now.
pub struct Interrupts {
    first: Cell<Option<(Signal, Timestamp)>>,
    /// The words of each that holds them off, in the order in which they began to.
    held: RefCell<Vec<(u64, Hint)>>,
    /// Whoever listens decides on each signal.
    listener: RefCell<Option<mpsc::UnboundedSender<Signal>>>,
    count: Cell<u64>,
    stop: watch::Sender<bool>,
}

impl Default for Interrupts {
    /// None came, and each would end the command.
    fn default() -> Self {
        Self {
            first: Cell::new(None),
            held: RefCell::default(),
            listener: RefCell::default(),
            count: Cell::new(0),
            stop: watch::Sender::new(false),
        }
    }
}

impl Interrupts {
    /// The first signal that was held off. It stays: what it stopped is not begun again.
    pub fn first(&self) -> Option<Signal> {
        self.first.get().map(|(signal, _)| signal)
    }

    /// Turns true when a signal came that is held off, and stays so.
    pub fn stop(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Takes a signal that came at `now`, and says what it does.
    ///
    /// A second one ends at once what the first one only stopped, if somebody insists: a terminal that goes away sends
    /// SIGHUP more than once, and systemd sends it right after SIGTERM.
    pub fn receive(&self, signal: Signal, now: Timestamp) -> Reaction {
        if let Some(listener) = &*self.listener.borrow() {
            // Nobody listens any more once the work has ended, and then it ends anyway.
            let _ = listener.send(signal);
            return Reaction::GoOn(None);
        }
        let words = self.held.borrow().first().map(|(_, words)| words.clone());
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

    /// Holds signals off until the guard is dropped: the first one only makes `stop` true, and the user is told `words`. Several
    /// may hold them off at once; a signal ends the command when none does any more.
    pub fn hold(this: &Rc<Self>, words: impl Into<Hint>) -> Holding {
        let number = this.count.get();
        this.count.set(number.wrapping_add(1));
        this.held.borrow_mut().push((number, words.into()));
        Holding {
            interrupts: Rc::clone(this),
            number,
        }
    }

    /// Passes signals on until the guard is dropped.
    pub fn pass_on(&self) -> PassingOn<'_> {
        let (listener, signals) = mpsc::unbounded_channel();
        self.listener.replace(Some(listener));
        PassingOn {
            interrupts: self,
            signals,
        }
    }
}

/// Signals are held off while this lives.
pub struct Holding {
    interrupts: Rc<Interrupts>,
    number: u64,
}

impl Holding {
    /// From now on the user is told these words.
    pub fn say(&self, words: Hint) {
        let mut held = self.interrupts.held.borrow_mut();
        let mut held = held.iter_mut();
        if let Some(own) = held.find(|(number, _)| *number == self.number) {
            own.1 = words;
        }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        let mut held = self.interrupts.held.borrow_mut();
        held.retain(|(number, _)| *number != self.number);
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
        self.interrupts.listener.replace(None);
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
            assert_eq!(Interrupts::default().receive(signal, at(0)), End);
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
            let interrupts = Rc::new(Interrupts::default());
            let holding = Interrupts::hold(&interrupts, "Restoring.");
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
            assert_eq!(interrupts.first(), Some(first));
            drop(holding);
        }
    }

    #[tokio::test]
    async fn what_is_passed_on_ends_nothing() {
        let interrupts = Interrupts::default();
        let mut passing = interrupts.pass_on();
        for signal in [Interrupt, Interrupt, Terminate, HangUp] {
            assert_eq!(interrupts.receive(signal, at(0)), GoOn(None));
            assert_eq!(passing.next().await, signal);
        }
        drop(passing);
        assert_eq!(interrupts.receive(Interrupt, at(0)), End);
    }

    #[test]
    fn what_several_hold_off_ends_nothing_until_the_last_lets_go() {
        let interrupts = Rc::new(Interrupts::default());
        let one = Interrupts::hold(&interrupts, "One.");
        let other = Interrupts::hold(&interrupts, "Other.");
        drop(one);
        let said = interrupts.receive(Terminate, at(0));
        assert_eq!(said, GoOn(Some("Other.".into())));
        assert_eq!(interrupts.first(), Some(Terminate));
        assert_eq!(interrupts.receive(HangUp, at(5)), GoOn(None));
        drop(other);
        let interrupts = Rc::new(Interrupts::default());
        drop(Interrupts::hold(&interrupts, "Over."));
        assert_eq!(interrupts.receive(Interrupt, at(0)), End);
    }
}
