//! Every way that deleting a server can take on a model of Apple that fails, answers late, shows what was, and is changed by a
//! colleague, with a kill at any step.
//!
//! Over 400 lines: the model of Apple, what is checked at each state, and the rules that are tried alone.

use std::collections::{HashSet, VecDeque};

use super::*;

/// The most that goes wrong in one way.
const ADVERSE: u8 = 2;

/// Apple, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Apple {
    exists: bool,
    is_default: bool,
    devices: u32,
    /// Devices that were sent lately: a move leaves them out.
    held: u32,
    migrations: u32,
    /// A deletion that Apple acts on later.
    late: bool,
}

impl Apple {
    fn shown(self) -> Reading {
        if self.exists {
            Reading::There {
                is_default: self.is_default,
                devices: self.devices,
                held: self.held,
                migrations: self.migrations,
            }
        } else {
            Reading::Gone
        }
    }

    /// Apple deletes no server that has a device or is a default (official, and observed).
    fn deletes(mut self) -> Option<Self> {
        let may = self.exists && !self.is_default && self.devices == 0;
        self.exists = false;
        may.then_some(self)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    apple: Apple,
    /// The state before the last change, which a late replica shows.
    before: Apple,
    run: Option<Removal>,
    /// What this run read last, if no step came after it.
    read: Option<Reading>,
    /// A deletion of this run got no usable answer.
    unanswered: bool,
    adverse: u8,
    depth: u8,
}

impl State {
    fn changed(&self, apple: Apple) -> Self {
        Self {
            apple,
            before: self.apple,
            ..self.clone()
        }
    }

    fn went_wrong(mut self) -> Option<Self> {
        self.adverse += 1;
        (self.adverse <= ADVERSE).then_some(self)
    }

    fn on(mut self, event: Event) -> Self {
        self.read = match event {
            Event::Read(reading) => Some(reading),
            _ => None,
        };
        self.unanswered |= event == Event::NotKnown;
        self.run = self.run.map(|run| run.on(event));
        self.depth += 1;
        self
    }

    /// What may come of the next step, whatever else happens.
    fn steps(&self) -> Vec<Self> {
        let Some(run) = &self.run else {
            return Vec::new();
        };
        let apple = self.apple;
        let wrong = |state: Self, event| state.went_wrong().map(|state| state.on(event));
        let mut all: Vec<Option<Self>> = Vec::new();
        match run.next() {
            Next::Read | Next::ReadLater => {
                all.push(Some(self.clone().on(Event::Read(apple.shown()))));
                all.push(wrong(self.clone(), Event::Read(Reading::NotRead)));
                if self.before != apple {
                    all.push(wrong(self.clone(), Event::Read(self.before.shown())));
                }
            }
            Next::Clear => {
                let cleared = Apple {
                    is_default: false,
                    ..apple
                };
                all.push(Some(self.changed(cleared).on(Event::Cleared)));
                all.push(wrong(self.changed(cleared), Event::Failed));
                all.push(wrong(self.clone(), Event::Failed));
            }
            Next::Move => {
                // What was sent and is still there can't be sent again.
                let left = |devices, held| Apple {
                    devices,
                    held,
                    ..apple
                };
                if apple.held == 0 {
                    all.push(Some(self.changed(left(0, 0)).on(Event::Moved)));
                } else {
                    let held = self.changed(left(apple.held, apple.held));
                    all.push(Some(held.on(Event::Failed)));
                }
                for devices in apple.held..=apple.devices {
                    all.push(wrong(self.changed(left(devices, devices)), Event::Failed));
                }
            }
            Next::Delete => {
                let event = match (apple.exists, apple.deletes()) {
                    (false, _) => Event::Missing,
                    (true, None) => Event::Conflict,
                    (true, Some(_)) => Event::Deleted,
                };
                let acted = apple.deletes().unwrap_or(apple);
                all.push(Some(self.changed(acted).on(event)));
                all.push(wrong(self.changed(acted), Event::NotKnown));
                all.push(wrong(self.clone(), Event::NotKnown));
                all.push(wrong(self.clone(), Event::Refused));
                // A gateway's 404.
                all.push(wrong(self.clone(), Event::NotKnown));
                let late = Apple {
                    late: true,
                    ..apple
                };
                all.push(wrong(self.changed(late), Event::NotKnown));
            }
            Next::End(_) => {}
        }
        all.into_iter().flatten().collect()
    }

    /// What happens beside the run.
    fn meanwhile(&self) -> Vec<Self> {
        let apple = self.apple;
        let mut all = Vec::new();
        if apple.late {
            let now = Apple {
                late: false,
                ..apple.deletes().unwrap_or(apple)
            };
            all.push(self.changed(now));
        }
        let mut colleague = Vec::new();
        if apple.exists {
            if apple.devices < 2 {
                colleague.push(Apple {
                    devices: apple.devices + 1,
                    ..apple
                });
            }
            colleague.push(Apple {
                is_default: true,
                ..apple
            });
            colleague.push(Apple {
                held: apple.devices,
                ..apple
            });
            colleague.push(Apple {
                exists: false,
                is_default: false,
                devices: 0,
                held: 0,
                migrations: 0,
                ..apple
            });
        }
        colleague.push(Apple {
            migrations: u32::from(apple.exists),
            ..apple
        });
        let changes = colleague.into_iter().filter(|it| *it != apple);
        all.extend(changes.filter_map(|it| self.changed(it).went_wrong()));
        // Killed, and run again: what is shown then is agreed to.
        if let Ok(agreed) = plan(apple.shown(), true) {
            let killed = Self {
                run: Some(Removal::new(agreed)),
                read: None,
                unanswered: false,
                ..self.clone()
            };
            all.extend(killed.went_wrong());
        }
        all
    }

    fn check(&self) {
        let Some(run) = &self.run else { return };
        assert!(self.depth < 60, "{self:?} goes on");
        match run.next() {
            Next::Delete => assert_eq!(
                self.read,
                Some(Reading::There {
                    is_default: false,
                    devices: 0,
                    held: 0,
                    migrations: 0
                }),
                "{self:?} deletes what was not read as empty"
            ),
            Next::Clear => {
                assert!(run.left.clears, "{self:?} clears what nobody agreed to");
                assert!(
                    matches!(self.read, Some(Reading::There { held: 0, .. })),
                    "{self:?} clears though a device can't be moved"
                );
            }
            Next::Move => assert!(
                matches!(self.read, Some(Reading::There { devices, held: 0, .. }) if devices <= run.left.moves),
                "{self:?} moves what nobody agreed to, or what can't be moved"
            ),
            Next::End(Outcome::Deleted | Outcome::WasGone) => {
                assert!(!self.apple.exists, "{self:?} says what isn't so");
            }
            Next::End(outcome) => {
                let denies = matches!(outcome, Outcome::Refused | Outcome::NotRead);
                assert!(!(denies && self.unanswered), "{self:?} denies what may be");
                self.goes_on();
            }
            Next::Read | Next::ReadLater => {}
        }
    }

    /// A run of the next day, in which nothing goes wrong, ends what this one began.
    fn goes_on(&self) {
        let mut apple = self.apple;
        apple.held = 0;
        apple.migrations = 0;
        apple.late = false;
        let Ok(agreed) = plan(apple.shown(), true) else {
            assert!(!apple.exists, "{self:?} can't go on");
            return;
        };
        let mut run = Removal::new(agreed);
        for _ in 0..20 {
            let event = match run.next() {
                Next::Read | Next::ReadLater => Event::Read(apple.shown()),
                Next::Clear => {
                    apple.is_default = false;
                    Event::Cleared
                }
                Next::Move => {
                    apple.devices = 0;
                    Event::Moved
                }
                Next::Delete => {
                    apple.exists = apple.deletes().is_none();
                    Event::Deleted
                }
                Next::End(outcome) => {
                    assert_eq!(outcome, Outcome::Deleted, "{self:?}");
                    assert!(!apple.exists, "{self:?}");
                    return;
                }
            };
            run = run.on(event);
        }
        panic!("{self:?}: the next run doesn't end");
    }
}

#[test]
fn a_server_that_has_something_is_never_deleted_and_each_run_can_be_continued() {
    let mut open = VecDeque::new();
    for (is_default, devices) in [
        (false, 0),
        (true, 0),
        (false, 1),
        (true, 1),
        (false, 2),
        (true, 2),
    ] {
        let apple = Apple {
            exists: true,
            is_default,
            devices,
            held: 0,
            migrations: 0,
            late: false,
        };
        open.push_back(State {
            apple,
            before: apple,
            run: plan(apple.shown(), true).ok().map(Removal::new),
            read: None,
            unanswered: false,
            adverse: 0,
            depth: 0,
        });
    }
    let mut seen: HashSet<State> = open.iter().cloned().collect();
    let mut deleted = 0;
    while let Some(state) = open.pop_front() {
        state.check();
        if let Some(Next::End(Outcome::Deleted)) = state.run.as_ref().map(Removal::next) {
            deleted += 1;
        }
        for next in state.steps().into_iter().chain(state.meanwhile()) {
            if seen.insert(next.clone()) {
                open.push_back(next);
            }
        }
    }
    #[allow(clippy::print_stdout, reason = "the number of states is told")]
    {
        println!("{} states of deleting a server", seen.len());
    }
    assert!(
        seen.len() > 1000 && deleted > 10,
        "{} {deleted}",
        seen.len()
    );
}

#[test]
fn what_stands_in_the_way_is_said_before_anything_is_done() {
    let held = |devices, held, migrations| Reading::There {
        is_default: true,
        devices,
        held,
        migrations,
    };
    let there = |devices, migrations| held(devices, 0, migrations);
    for (reading, moves, expected) in [
        (Reading::Gone, true, Err(Obstacle::Gone)),
        (Reading::NotRead, true, Err(Obstacle::NotRead)),
        (there(2, 1), true, Err(Obstacle::Migrating(1))),
        (there(2, 0), false, Err(Obstacle::HasDevices(2))),
        (held(2, 1, 0), false, Err(Obstacle::HasDevices(2))),
        (held(2, 1, 0), true, Err(Obstacle::Held(1))),
        (
            there(0, 0),
            false,
            Ok(Agreed {
                clears: true,
                moves: 0,
            }),
        ),
        (
            there(2, 0),
            true,
            Ok(Agreed {
                clears: true,
                moves: 2,
            }),
        ),
    ] {
        assert_eq!(plan(reading, moves), expected, "{reading:?} {moves}");
    }
}

#[test]
fn a_404_alone_is_no_deletion() {
    let empty = Event::Read(Reading::There {
        is_default: false,
        devices: 0,
        held: 0,
        migrations: 0,
    });
    let agreed = Agreed {
        clears: false,
        moves: 0,
    };
    let run = Removal::new(agreed).on(empty);
    assert_eq!(run.next(), Next::Delete);
    // Once: Apple's readings decide.
    let missing = run.clone().on(Event::Missing);
    assert_eq!(missing.next(), Next::ReadLater);
    assert_eq!(missing.on(empty).next(), Next::Delete);
    // A repeated deletion that gets a 404 succeeded.
    let unanswered = run.on(Event::NotKnown).on(empty);
    assert_eq!(unanswered.next(), Next::Delete);
    let ended = unanswered.on(Event::Missing).next();
    assert_eq!(ended, Next::End(Outcome::Deleted));
}

#[test]
fn a_default_that_was_not_agreed_on_is_not_cleared() {
    let agreed = Agreed {
        clears: true,
        moves: 0,
    };
    let there = Event::Read(Reading::There {
        is_default: true,
        devices: 0,
        held: 0,
        migrations: 0,
    });
    let clears = Removal::new(agreed).on(there);
    assert_eq!(clears.next(), Next::Clear);
    let changed = Outcome::Changed {
        is_default: true,
        devices: 0,
    };
    assert_eq!(clears.on(Event::MoreDefaults).next(), Next::End(changed));
}
