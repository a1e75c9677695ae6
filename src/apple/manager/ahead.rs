//! Single servers that are read together with the list, by the ids that an earlier run saw.
//!
//! The list stays the truth of which servers exist: what it lacks is dropped, whatever came of reading it.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use futures_util::StreamExt;
use futures_util::future::{AbortHandle, abortable};
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::{Mutex, watch};

use super::Manager;
use super::servers::MdmServer;
use crate::apple::error::Failure;
use crate::apple::http::Turn;
use crate::apple::page::Items;

/// The most that are read ahead: a minute's GETs (observed), since each that is deleted by now may cost one in vain.
const MOST: usize = 20;

/// What reading a server came to, and when that was known.
pub type Read = (Result<MdmServer, Failure>, Timestamp);

/// A read under way: the id, and what came of it if it wasn't dropped.
type UnderWay = Pin<Box<dyn Future<Output = (String, Option<Read>)>>>;

/// The reads that went out with the list. Those left end with this.
#[derive(Default)]
pub struct Ahead(Mutex<Reads>);

#[derive(Default)]
struct Reads {
    under_way: FuturesUnordered<UnderWay>,
    done: BTreeMap<String, Read>,
    /// Those that the list has and nobody took yet.
    wanted: BTreeSet<String>,
}

impl Manager {
    /// The list of servers, and the reads of `ids`, which go out together with it. Those that the list lacks are dropped.
    ///
    /// A read that fails isn't repeated before the list is there, so that a limit or an outage costs each id one request at most.
    pub async fn servers_and(&self, ids: &[String]) -> Result<(Items<MdmServer>, Ahead), Failure> {
        if ids.is_empty() {
            return Ok((self.servers().await?, Ahead::default()));
        }
        let (listed, is_listed) = watch::channel(false);
        let mut reads = Reads::default();
        let mut drops: BTreeMap<String, AbortHandle> = BTreeMap::new();
        for id in ids.iter().take(MOST) {
            let manager = self.in_turn(Turn::Ahead(is_listed.clone()));
            let (key, id) = (id.clone(), id.clone());
            let (read, drop) = abortable(async move {
                let read = manager.server(&id).await;
                (read, manager.api().http().clock().now())
            });
            if drops.insert(key.clone(), drop).is_none() {
                reads
                    .under_way
                    .push(Box::pin(async move { (key, read.await.ok()) }));
            }
        }
        let beside = self.in_turn(Turn::Beside);
        let mut list = std::pin::pin!(beside.servers());
        let list = loop {
            tokio::select! {
                // The list goes first.
                biased;
                list = &mut list => break list?,
                Some((id, read)) = reads.under_way.next() => {
                    reads.done.extend(read.map(|read| (id, read)));
                }
            }
        };
        let there = list.understood.iter().filter(|it| !it.is_deleted());
        let there: BTreeSet<String> = there.map(|it| it.id.clone()).collect();
        for (id, drop) in drops {
            if there.contains(&id) {
                reads.wanted.insert(id);
            } else {
                drop.abort();
            }
        }
        listed.send_replace(true);
        Ok((list, Ahead(Mutex::new(reads))))
    }

    fn in_turn(&self, turn: Turn) -> Self {
        Self::new(self.api.in_turn(turn))
    }
}

impl Ahead {
    /// What reading this server came to, once; `None` if it wasn't read ahead. Whoever waits moves the other reads on as well.
    pub async fn take(&self, id: &str) -> Option<Read> {
        let mut reads = self.0.lock().await;
        if !reads.wanted.remove(id) {
            return None;
        }
        loop {
            if let Some(read) = reads.done.remove(id) {
                return Some(read);
            }
            let (other, read) = reads.under_way.next().await?;
            reads.done.extend(read.map(|read| (other, read)));
        }
    }
}
