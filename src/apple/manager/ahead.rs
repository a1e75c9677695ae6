//! Single servers that are read together with the list, by the ids that an earlier run saw.
//!
//! The list stays the truth of which servers exist: what it lacks is dropped, whatever came of reading it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;

use super::Manager;
use super::servers::{AT_ONCE, MdmServer, SERVERS};
use crate::apple::error::Failure;
use crate::apple::http::{Patience, Turn};
use crate::apple::page::Items;
use crate::apple::retry::Outcome;

/// The most that are read ahead: a minute's GETs (observed), since each that is deleted by now may cost one in vain.
const MOST: usize = 20;

/// How long an answer that came before the list is good for.
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// The answer or failure of reading a server, and a time at which it was not older: the start of the request.
pub type Read = (Result<MdmServer, Failure>, Timestamp);

/// The reads that went out with the list, each with the time of its answer.
#[derive(Default)]
pub struct Ahead(RefCell<BTreeMap<String, (Read, Timestamp)>>);

impl Manager {
    /// The list of servers, and the reads of `ids`, which go out together with it. Those that the list lacks are dropped.
    ///
    /// Each id is asked for once. If the answer is no server, 403 or 404, the read counts as not made, and no other is begun: a
    /// limit or an outage is the list's to wait for.
    pub async fn servers_and(&self, ids: &[String]) -> Result<(Items<MdmServer>, Ahead), Failure> {
        if ids.is_empty() {
            return Ok((self.servers().await?, Ahead::default()));
        }
        // One access token for all: a refusal of it is told once.
        let name = self.api.request_name(&Method::GET, &SERVERS);
        let token = self.api.tokens().token_through(self.api.http()).await;
        token.map_err(|failure| Failure::no_credential(name, failure))?;
        let http = self.api.http();
        let clock = http.clock();
        let once = self.with_patience(Patience {
            limit: Duration::ZERO,
            ..http.patience().clone()
        });
        let once = once.in_turn(Turn::Beside);
        let failed = Cell::new(false);
        let distinct: BTreeSet<&String> = ids.iter().take(MOST).collect();
        let reads = stream::iter(distinct)
            .map(|id| {
                let (once, failed) = (&once, &failed);
                async move {
                    if failed.get() {
                        return None;
                    }
                    let sent = clock.now();
                    let read = once.server(id).await;
                    let is_answer = match &read {
                        Ok(_) => true,
                        Err(failure) => matches!(failure.outcome(), Outcome::Status(403 | 404)),
                    };
                    if !is_answer {
                        failed.set(true);
                        return None;
                    }
                    Some((id.clone(), ((read, sent), clock.now())))
                }
            })
            .buffer_unordered(AT_ONCE)
            .filter_map(std::future::ready)
            .collect::<BTreeMap<_, _>>();
        let beside = self.in_turn(Turn::Beside);
        let (list, mut reads) = futures_util::join!(beside.servers(), reads);
        let list = list?;
        let there = list.understood.iter().filter(|it| !it.is_deleted());
        let there: BTreeSet<&String> = there.map(|it| &it.id).collect();
        reads.retain(|id, _| there.contains(id));
        Ok((list, Ahead(RefCell::new(reads))))
    }

    fn in_turn(&self, turn: Turn) -> Self {
        Self::new(self.api.in_turn(turn))
    }
}

impl Ahead {
    /// The read of this server, once; `None` if it wasn't read ahead, or too long before `now`.
    pub fn take(&self, id: &str, now: Timestamp) -> Option<Read> {
        let (read, answered) = self.0.borrow_mut().remove(id)?;
        (now.duration_since(answered) <= FRESH).then_some(read)
    }
}
