//! The safe order in which a server is deleted: its defaults are cleared, so that no new device lands there; its devices are
//! moved; then it is deleted. A state machine without clock and network: an observation in, the next step out.
//!
//! It keeps nothing between runs. A run that was killed is continued by another one, which reads the state of the server first.

#[cfg(test)]
mod search;

/// How often a deletion is sent that gets no usable answer, and how often the server is read again that shows something else than
/// the last step left.
const TRIES: u8 = 3;

/// What a reading shows of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// It is certainly not there any more.
    Gone,
    There {
        /// It is the default for a platform.
        is_default: bool,
        /// How many devices are on it.
        devices: u32,
        /// How many of them can't be moved now.
        held: u32,
        /// How many migrations to it or from it aren't over.
        migrations: u32,
    },
    /// Something of it isn't known.
    NotRead,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    Read(Reading),
    /// The defaults were cleared.
    Cleared,
    /// All devices that were read were moved.
    Moved,
    /// Nothing was cleared: it is the default for more than was agreed on.
    MoreDefaults,
    /// The step was not done, or not wholly.
    Failed,
    /// Apple deleted the server.
    Deleted,
    /// Apple says that there is no such server.
    Missing,
    /// Apple says that something is left on it.
    Conflict,
    /// Apple refused, and certainly did nothing.
    Refused,
    /// Nobody knows whether Apple deleted it.
    NotKnown,
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Next {
    /// Read the server, its devices, and the migrations.
    Read,
    /// Read them again after a while: Apple shows a change late.
    ReadLater,
    Clear,
    Move,
    Delete,
    End(Outcome),
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Deleted,
    /// It was not there when it was first read.
    WasGone,
    /// A migration to it or from it isn't over.
    Migrating(u32),
    /// Devices are still to be moved, and some can't be now.
    Held(u32),
    /// The state of the server isn't known.
    NotRead,
    /// The defaults could not be cleared.
    NotCleared,
    /// Not all devices could be moved.
    NotMoved,
    /// It is a default, or has more devices, than was agreed on or after its step.
    Changed {
        is_default: bool,
        devices: u32,
    },
    /// Apple refused to delete it.
    Refused,
    /// Nobody knows whether Apple deleted it.
    NotKnown,
}

/// The steps that were shown, and that somebody agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Agreed {
    /// Its defaults are cleared.
    pub clears: bool,
    /// At most so many devices are moved.
    pub moves: u32,
}

/// Why a server can't be deleted as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Obstacle {
    Gone,
    /// It has devices, and nobody said where they go.
    HasDevices(u32),
    /// A migration to it or from it isn't over.
    Migrating(u32),
    /// So many devices can't be moved now. Without this, its defaults would be cleared before that shows.
    Held(u32),
    NotRead,
}

/// The steps that it takes to delete a server of which this was read; `moves`: its devices go to another server.
pub fn plan(reading: Reading, moves: bool) -> Result<Agreed, Obstacle> {
    match reading {
        Reading::Gone => Err(Obstacle::Gone),
        Reading::NotRead => Err(Obstacle::NotRead),
        Reading::There { migrations, .. } if migrations > 0 => Err(Obstacle::Migrating(migrations)),
        Reading::There { devices, .. } if devices > 0 && !moves => {
            Err(Obstacle::HasDevices(devices))
        }
        Reading::There { held, .. } if held > 0 => Err(Obstacle::Held(held)),
        Reading::There {
            is_default,
            devices,
            ..
        } => Ok(Agreed {
            clears: is_default,
            moves: devices,
        }),
    }
}

/// Which step is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Reading,
    ReadingLater,
    Clearing,
    Moving,
    Deleting,
    Ended(Outcome),
}

/// A server that is being deleted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Removal {
    step: Step,
    /// What is left of the steps.
    left: Agreed,
    was_read: bool,
    /// A deletion that got no usable answer may have been acted on.
    may_be_deleted: bool,
    /// Apple said that something is left on it.
    conflict: bool,
    deletions: u8,
    /// Readings in a row that showed something else than the last step left.
    again: u8,
}

impl Removal {
    /// Nothing is read yet.
    pub fn new(agreed: Agreed) -> Self {
        Self {
            step: Step::Reading,
            left: agreed,
            was_read: false,
            may_be_deleted: false,
            conflict: false,
            deletions: 0,
            again: 0,
        }
    }

    /// What is to be done now.
    pub fn next(&self) -> Next {
        match self.step {
            Step::Reading => Next::Read,
            Step::ReadingLater => Next::ReadLater,
            Step::Clearing => Next::Clear,
            Step::Moving => Next::Move,
            Step::Deleting => Next::Delete,
            Step::Ended(outcome) => Next::End(outcome),
        }
    }

    /// The same after what was to be done came to `event`.
    #[must_use]
    pub fn on(mut self, event: Event) -> Self {
        self.step = match (self.step, event) {
            (Step::Ended(outcome), _) => Step::Ended(outcome),
            (_, Event::Read(reading)) => self.read(reading),
            (Step::Clearing, Event::Cleared) => {
                self.left.clears = false;
                Step::Reading
            }
            (Step::Moving, Event::Moved) => {
                self.left.moves = 0;
                Step::Reading
            }
            (Step::Clearing, Event::MoreDefaults) => Step::Ended(Outcome::Changed {
                is_default: true,
                devices: 0,
            }),
            (Step::Clearing, _) => Step::Ended(Outcome::NotCleared),
            (Step::Moving, _) => Step::Ended(Outcome::NotMoved),
            (_, Event::Deleted) => Step::Ended(Outcome::Deleted),
            // After a deletion without an answer nothing else can be meant. Otherwise a 404 alone proves nothing.
            (_, Event::Missing) if self.may_be_deleted => Step::Ended(Outcome::Deleted),
            (_, Event::Conflict) => {
                self.conflict = true;
                Step::Reading
            }
            (_, Event::Missing) => Step::ReadingLater,
            (_, Event::NotKnown) => {
                self.may_be_deleted = true;
                Step::ReadingLater
            }
            (_, Event::Refused) if self.may_be_deleted => Step::ReadingLater,
            (_, _) => Step::Ended(Outcome::Refused),
        };
        self
    }

    fn read(&mut self, reading: Reading) -> Step {
        let first = !std::mem::replace(&mut self.was_read, true);
        let (is_default, devices, held) = match reading {
            Reading::NotRead if self.may_be_deleted => {
                return self.wait_or(Outcome::NotKnown);
            }
            Reading::NotRead => return Step::Ended(Outcome::NotRead),
            Reading::Gone if first => return Step::Ended(Outcome::WasGone),
            Reading::Gone => return Step::Ended(Outcome::Deleted),
            Reading::There { migrations, .. } if migrations > 0 => {
                return Step::Ended(Outcome::Migrating(migrations));
            }
            Reading::There {
                is_default,
                devices,
                held,
                ..
            } => (is_default, devices, held),
        };
        // A step is done once. More than that was shown to nobody, or Apple shows the step late.
        if (is_default && !self.left.clears) || devices > self.left.moves {
            return self.wait_or(Outcome::Changed {
                is_default,
                devices,
            });
        }
        // Only now: devices that this run moved can't be moved again, either.
        if held > 0 {
            return Step::Ended(Outcome::Held(held));
        }
        if is_default {
            return Step::Clearing;
        }
        if devices > 0 {
            return Step::Moving;
        }
        // Apple sees something that its readings don't show.
        if std::mem::take(&mut self.conflict) && self.deletions < TRIES {
            return Step::ReadingLater;
        }
        if self.deletions == TRIES {
            let outcome = if self.may_be_deleted {
                Outcome::NotKnown
            } else {
                Outcome::Refused
            };
            return Step::Ended(outcome);
        }
        self.again = 0;
        self.deletions += 1;
        Step::Deleting
    }

    /// Reads again later, a few times in a row.
    fn wait_or(&mut self, outcome: Outcome) -> Step {
        if self.again < TRIES {
            self.again += 1;
            Step::ReadingLater
        } else {
            Step::Ended(outcome)
        }
    }
}
