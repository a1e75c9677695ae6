//! The device management services as they were, for a replica that shows an old state.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::organization::Server;

/// How many changes are remembered.
const REMEMBERED: usize = 100;

/// What the device management services are, and what they were before each change.
pub(super) struct History {
    present: Vec<Server>,
    /// What they were until a moment; oldest first.
    past: VecDeque<(Timestamp, Vec<Server>)>,
}

impl History {
    pub(super) fn new(servers: &[Server]) -> Self {
        Self {
            present: servers.to_vec(),
            past: VecDeque::new(),
        }
    }

    /// Remembers what they were until `now`, if they are different from then on.
    pub(super) fn note(&mut self, servers: &[Server], now: Timestamp) {
        if self.present == servers {
            return;
        }
        if self.past.len() == REMEMBERED {
            self.past.pop_front();
        }
        let before = std::mem::replace(&mut self.present, servers.to_vec());
        self.past.push_back((now, before));
    }

    /// What they were at a moment.
    pub(super) fn at(&self, moment: Timestamp) -> &[Server] {
        let then = self.past.iter().find(|(until, _)| *until > moment);
        then.map_or(&self.present, |(_, servers)| servers)
    }
}
