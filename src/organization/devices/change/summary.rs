//! What a run of a device change came to, as a whole: sentences, the exit code, and what to do next.

use std::collections::BTreeMap;

use super::run::{Run, Stop};
use super::words::count;
use crate::core::devices::change::{Failed, Pending, Skipped, Standing};
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::state::journal::How;

/// How many devices stand where.
pub(super) struct Summary {
    all: usize,
    standings: BTreeMap<Order, (Standing, usize)>,
}

/// Something to sort standings by.
type Order = String;

impl Summary {
    pub(super) fn of(run: &Run<'_>) -> Self {
        let mut summary = Self {
            all: 0,
            standings: BTreeMap::new(),
        };
        for batch in 0..run.change.batches() {
            for device in 0..run.change.size(batch) {
                let standing = run.change.standing(batch, device);
                let key = format!("{standing:?}");
                summary.standings.entry(key).or_insert((standing, 0)).1 += 1;
                summary.all += 1;
            }
        }
        summary
    }

    fn count(&self, is: impl Fn(Standing) -> bool) -> usize {
        let found = self
            .standings
            .values()
            .filter(|(standing, _)| is(*standing));
        found.map(|(_, count)| count).sum()
    }

    fn done(&self) -> usize {
        self.count(|it| it == Standing::Done)
    }

    fn failed(&self) -> usize {
        self.count(|it| matches!(it, Standing::Failed(_)))
    }

    fn not_known(&self) -> usize {
        self.count(|it| it == Standing::NotKnown)
    }

    fn not_sent(&self) -> usize {
        self.count(|it| it == Standing::Pending(Pending::NotSent))
    }

    fn in_progress(&self) -> usize {
        let apples = [Pending::InProgress, Pending::NotLooked];
        self.count(|it| matches!(it, Standing::Pending(why) if apples.contains(&why)))
    }

    /// Devices that were sent, and of which nobody knows yet what came of it.
    fn doubtful(&self) -> usize {
        let settled = [Pending::NotSent, Pending::InProgress, Pending::NotLooked];
        self.count(|it| matches!(it, Standing::Pending(why) if !settled.contains(&why)))
    }

    fn skipped(&self, why: &[Skipped]) -> usize {
        self.count(|it| matches!(it, Standing::Skipped(it) if why.contains(&it)))
    }

    /// Devices that weren't sent since something changed after the plan.
    fn passed_over(&self) -> usize {
        self.skipped(&[
            Skipped::Moved,
            Skipped::MigrationChanged,
            Skipped::TooLate,
            Skipped::Locked,
        ])
    }

    /// Devices that weren't sent since a change sent them in the last 24 hours.
    fn repeated(&self) -> usize {
        self.skipped(&[Skipped::SentBefore])
    }

    /// Devices that weren't sent since their deadline came too near.
    fn out_of_time(&self) -> usize {
        self.skipped(&[Skipped::DeadlinePassed, Skipped::DeadlineNear])
    }

    /// Devices that weren't sent, and aren't as they were asked for.
    fn left_out(&self) -> usize {
        self.passed_over() + self.repeated() + self.out_of_time()
    }

    /// No device has a result.
    pub(super) fn results_are_none(&self) -> bool {
        self.not_sent() == self.all
    }

    pub(super) fn changed(&self) -> bool {
        self.done() + self.not_known() + self.doubtful() + self.in_progress() > 0
    }

    /// How a closed change ended.
    pub(super) fn word(&self) -> How {
        let done = self.done();
        match self.failed() + self.not_known() + self.left_out() {
            0 if done > 0 => How::AsWished,
            _ if done + self.not_known() == 0 => How::Nothing,
            _ => How::Failed,
        }
    }

    /// The same as a sentence.
    pub(super) fn sentence(&self) -> String {
        let parts = [
            (self.done(), "as asked"),
            (self.failed(), "failed"),
            (self.not_known(), "not known"),
            (
                self.count(|it| matches!(it, Standing::Skipped(_))),
                "skipped",
            ),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{} {word}", count(*number, "device", "devices")))
            .collect();
        format!("{}.", parts.join(", "))
    }

    /// What went wrong; exit 7, or the one code of what went wrong with all alike.
    pub(super) fn problem(
        &self,
        organization: &Organization,
        run: &Run<'_>,
        stop: Stop,
    ) -> Option<Error> {
        let signal = organization.signal().filter(|_| stop == Stop::Signal);
        let in_progress = if run.waits { self.in_progress() } else { 0 };
        let mut sentences = Vec::new();
        let mut say = |number: usize, sentence: &dyn Fn(&str) -> String| {
            if number > 0 {
                let all = count(self.all, "device", "devices");
                sentences.push(sentence(&format!("{} of {all}", digits(number))));
            }
        };
        say(self.failed(), &|it| format!("Apple didn't change {it}."));
        say(self.not_known(), &|it| {
            format!("abmctl can't tell how it ended for {it}.")
        });
        say(self.doubtful(), &|it| {
            format!("abmctl doesn't know yet how it ended for {it}.")
        });
        say(self.passed_over(), &|it| {
            format!("abmctl left out {it}, because something changed after the plan.")
        });
        say(self.repeated(), &|it| {
            format!("abmctl left out {it}, which it sent in the last 24 hours.")
        });
        say(self.out_of_time(), &|it| {
            format!(
                "abmctl left out {it}, because the deadline came too near before it could send."
            )
        });
        say(in_progress, &|it| {
            format!("Apple is still working on {it}.")
        });
        say(self.not_sent(), &|it| {
            format!("abmctl hasn't sent {it} yet.")
        });
        if sentences.is_empty() {
            return signal.map(Error::interrupted);
        }
        let unsure = self.failed() + self.not_known() + self.doubtful() + self.left_out();
        if self.failed() == self.all {
            let refused = Standing::Failed(Failed::Refused);
            if let Some(refusal) = &run.refusal
                && self.count(|it| it == refused) == self.all
            {
                // A default may have been set or cleared before.
                return Some(refusal.clone().and("No device was changed."));
            }
            let given_up = Standing::Failed(Failed::GivenUp);
            if self.all == 1 || self.count(|it| it == given_up) == self.all {
                return Some(Error::failed(sentences.join(" ")).hints(self.hint(run)));
            }
        }
        let left = self.not_sent() > 0;
        let forecast = match stop {
            Stop::MaxWait(next) if left => run.forecast(next),
            _ => None,
        };
        sentences.extend(forecast);
        let mut kind = if unsure > 0 {
            Kind::Partial
        } else {
            Kind::Unavailable
        };
        let cause = run.problem.as_ref().filter(|_| left);
        if let Some(cause) = cause {
            sentences.push(cause.message.clone());
            if unsure == 0 {
                kind = match cause.kind {
                    Kind::Unavailable => Kind::Unavailable,
                    other if self.done() + in_progress == 0 => other,
                    _ => Kind::Partial,
                };
            }
        }
        let text = sentences.join(" ");
        let error = match signal {
            Some(signal) if unsure == 0 => Error::interrupted(signal).and(text),
            Some(signal) => Error::new(kind, text).after(Error::interrupted(signal).message),
            None => Error::new(kind, text),
        };
        let hints = cause.map(|it| it.hints.clone()).unwrap_or_default();
        Some(error.hints(hints).hints(self.hint(run)))
    }

    /// What to do next.
    pub(super) fn hint(&self, run: &Run<'_>) -> Option<Hint> {
        if run.change.is_closed() {
            return None;
        }
        let resume = Command::new("devices resume");
        let pending = self.in_progress() + self.doubtful();
        let shows = match pending {
            0 => "",
            _ if !run.can_be_put_back() => " It shows how the change ends.",
            1 => " It shows how the change ends, and prints the command that puts the device back.",
            _ => {
                " It shows how the change ends, and prints the command that puts the devices back."
            }
        };
        Some(if run.waits || self.not_sent() + self.doubtful() > 0 {
            hint!["Continue with ", resume, ".", shows]
        } else {
            hint![
                "Apple is working on it. See the results with ",
                resume,
                ".",
                shows
            ]
        })
    }
}

fn digits(number: usize) -> String {
    count(number, "", "").trim_end().to_owned()
}

/// Nothing was sent, for this reason.
pub(super) fn nothing_sent(organization: &Organization, run: &Run<'_>, stop: Stop) -> Error {
    let nothing = "No device was changed.";
    if let Some(signal) = organization.signal().filter(|_| stop == Stop::Signal) {
        return Error::interrupted(signal).and(nothing);
    }
    let when = match stop {
        Stop::MaxWait(next) => run.forecast(next),
        _ => None,
    };
    let cause = run.problem.as_ref().or(run.refusal.as_ref());
    let error = match cause {
        Some(cause) => cause.clone().and(nothing),
        None => Error::new(Kind::Unavailable, nothing),
    };
    match when {
        Some(when) => error
            .and(when)
            .hint("Run the command again then, or wait longer with --max-wait."),
        None => error,
    }
}
