//! The default servers of an organization's platforms: reads them, changes them as a transaction, and restores what an
//! earlier run left half done.
//!
//! What is decided is decided by [`Transaction`], which knows neither clock nor network. This room carries it out: it
//! reads, writes the journal before each request, waits, and translates numbers into servers and families.

mod cause;
pub mod change;
mod gaps;
pub(super) mod idle;
mod journal;
pub mod look;
mod numbers;
mod past;
pub(super) mod read;
mod run;
mod setup;
pub mod summary;
pub mod trail;
mod undo;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::notices::Notices;
use crate::apple::manager::Manager;
use crate::core::defaults::open;
use crate::core::defaults::set::Set;
use crate::core::defaults::target::{FaultyToken, Idle};
use crate::core::defaults::transaction::{Outcome, Transaction};
use crate::core::defaults::{Change, Server};
use crate::core::platform::Family;
use crate::error::Error;
use crate::host::{Clock, Random};
use crate::state::journal::Journal;
use crate::state::server_ids::ServerIds;

pub use gaps::Gap;
pub use numbers::Named;
pub use read::Listed;

/// More servers than Apple allows an organization (250 certificates: official), with the built-in ones.
const SERVERS: usize = 255;
/// Different lists that got no answer, of all servers.
const UNANSWERED: usize = 32;

type Run = Transaction<SERVERS, UNANSWERED>;
type Open = open::Open<SERVERS, UNANSWERED>;
type Answers = [Option<Set>; SERVERS];

/// How long after the end of its time-out a request that got no answer may still be acted on. Nothing proves a bound: PATCH is
/// answered when it is done (official), and gateways give up within minutes.
const SPAN: SignedDuration = SignedDuration::from_mins(15);
/// How long a replica may show a state that is older than an own answer.
const YOUNG: SignedDuration = SignedDuration::from_secs(60);
/// Between taking and giving, new devices get no server: that step is given at least this long.
const PATIENCE: Duration = Duration::from_secs(600);
/// A time without a default that is longer is said.
const LONG: SignedDuration = SignedDuration::from_secs(5);
/// What goes back is sent without a reading of its server, so that one is waited for no longer than this.
const BRIEF: Duration = Duration::from_secs(30);

/// What the defaults of one organization are read and changed with.
pub struct Defaults<'a> {
    /// The client of the API.
    pub manager: &'a Manager,
    /// The journal of changes.
    pub journal: Journal,
    pub clock: &'a dyn Clock,
    /// For the ids of entries.
    pub random: &'a dyn Random,
    /// Takes what is said meanwhile.
    pub notices: &'a dyn Notices,
    /// Called before each request that changes something, and once all are answered: a signal must not end the program at once.
    pub hold: &'a dyn Fn(Left),
    /// Turns true when nothing new is to be begun.
    pub stop: watch::Receiver<bool>,
    /// Whose defaults they are: the API account, and where its API is.
    pub organization: String,
    /// The ids of the servers that an earlier run saw.
    pub server_ids: ServerIds,
    /// The profile that is used.
    pub profile: String,
    /// What whoever runs the command said of the change, for the journal.
    pub note: Option<String>,
    /// The time for one attempt of a request.
    pub timeout: Duration,
    /// The time that waiting may take.
    pub max_wait: Duration,
}

/// What is to be brought about.
pub struct Wanted<'a> {
    /// The families; none to look, and to restore what an earlier run owes.
    pub families: Vec<Family>,
    /// The id of their server; `None` for no default.
    pub to: Option<String>,
    /// Only if this is the default now, else [`Cause::NotFrom`](crate::core::defaults::transaction::Cause); the inner `None` is "no default".
    pub from: Option<Option<String>>,
    /// Whether anything may be written.
    pub writes: bool,
    /// The server may gain a platform even if it enrolls nothing.
    pub even_if_idle: bool,
    /// The token of the server kept here, if it is known to fetch nothing.
    pub token: Option<FaultyToken>,
    /// The command that puts changes back, for the journal.
    pub undo: &'a dyn Fn(&[Change], &[Server]) -> String,
}

/// What is left of a change if a signal comes now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// What was taken goes back.
    Restoring,
    /// The change is made; it is only read back.
    ReadingBack,
}

/// What came of it.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub outcome: Outcome,
    /// Every server, as it was before anything was changed.
    pub before: Vec<Server>,
    /// Every server, as it is now; without families if that isn't known.
    pub now: Vec<Server>,
    /// What the wish changes, by `before`.
    pub changes: Vec<Change>,
    /// The ids of the servers that a request of this run went to.
    pub touched: Vec<String>,
    /// The families that may still lose or get a default by a request that got no answer.
    pub at_risk: Vec<Family>,
    /// The servers that a request without an answer was sent to, and until when it may be acted on.
    pub unsettled: Vec<(Named, Timestamp)>,
    /// What their requests got in place of a usable answer, if each of them got something.
    pub answers: Vec<(Named, String)>,
    /// Families that had a default, weren't read to have one now, and belong to this server.
    pub owed: Vec<(Family, Named)>,
    /// Those of them that certainly have none.
    pub without_default: Vec<Family>,
    /// A family went back to where it belongs, that an earlier run had taken from there.
    pub restored: bool,
    /// What was wished was answered by Apple, rather than only seen.
    pub answered: bool,
    /// Families that have no default and can't be restored, since the server of this id is deleted.
    pub orphaned: Vec<(Family, Named)>,
    /// Families that had no wish, and lost their default while this ran.
    pub vanished: Vec<(Family, Named)>,
    /// The server that a cause is about.
    pub about: Option<Named>,
    /// Why the server that would gain platforms enrolls nothing, if that is known.
    pub idle: Option<Idle>,
    /// How long platforms had no default in the course of this change, if it was long.
    pub gaps: Vec<(Family, Gap)>,
    /// The last failure of a request, before anything went back.
    pub failure: Option<Error>,
    /// Why something could not go back.
    pub back: Option<Error>,
    /// The changes as they are put back: `from` is where a family belongs.
    pub undo: Vec<Change>,
    /// Why servers could not be read.
    pub unread: Vec<(Named, Error)>,
    /// Families that have no default since a change that was closed within the last day, with the id of the server that they had.
    pub compared: Vec<(Family, String)>,
}

impl Ended {
    /// Whether every server was read.
    pub fn all_read(&self) -> bool {
        self.now.iter().all(|server| server.families.is_some())
    }

    /// Until when Apple may act on any request that got no answer; `None` if there is none.
    pub fn until(&self) -> Option<Timestamp> {
        self.unsettled.iter().map(|(_, until)| *until).max()
    }
}

impl Defaults<'_> {
    /// Whether an earlier change is open: a request may still be acted on, or a family is owed.
    pub fn is_open(&self) -> Result<bool, Error> {
        let past = self.past()?;
        let mut numbers = numbers::Numbers::default();
        for (id, name) in past.servers() {
            numbers.add(&id, &name, SERVERS);
        }
        let timeout = signed(self.timeout);
        let unfinished = past.unfinished(&mut numbers, self.clock.now(), timeout);
        Ok(unfinished.is_none_or(|unfinished| !unfinished.open.is_closed()))
    }
}

/// Keeps the later time of a key.
fn keep_later<K: Ord>(times: &mut BTreeMap<K, Timestamp>, key: K, time: Timestamp) {
    let known = times.entry(key).or_insert(time);
    *known = time.max(*known);
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
