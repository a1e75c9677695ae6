//! Requests that Apple may still act on, and defaults that are still to restore: the part of a transaction that outlives
//! its run, in the journal.

use super::set::Set;

/// A PATCH from the moment its line is in the journal until what came of it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flight {
    pub server: u8,
    /// The list that it was computed on.
    pub ground: Set,
    /// The whole list that is sent.
    pub list: Set,
    /// Whether what it takes away is owed to this server: it is to be given to another one.
    pub owes: bool,
}

/// A list that was sent to a server; whether Apple acts on it, and when, isn't known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unanswered {
    pub server: u8,
    /// The whole list.
    pub list: Set,
}

/// The open entries of the journal, taken together, for `S` servers and up to `K` different unanswered lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Open<const S: usize, const K: usize> {
    /// The request that is under way. After the end of its run it counts as unanswered.
    pub flight: Option<Flight>,
    unanswered: [Option<Unanswered>; K],
    /// The time is over for some list, and what became of it wasn't looked at yet.
    passed: bool,
    owed: [Set; S],
    named: [bool; S],
}

impl<const S: usize, const K: usize> Default for Open<S, K> {
    fn default() -> Self {
        Self {
            flight: None,
            unanswered: [None; K],
            passed: false,
            owed: [Set::EMPTY; S],
            named: [false; S],
        }
    }
}

impl<const S: usize, const K: usize> Open<S, K> {
    /// A request is about to be sent. What it takes away from now on belongs to this server while nobody holds it.
    pub fn sent(&mut self, flight: Flight) {
        self.flight = Some(flight);
        let server = usize::from(flight.server);
        self.named[server] = true;
        if flight.owes {
            let taken = flight.ground - flight.list;
            self.disown(taken);
            self.owed[server] = self.owed[server] | taken;
        }
    }

    /// Apple answered the request with 200 and this list.
    ///
    /// A family given by it is owed no more, unless an earlier unanswered list of that server lacks it.
    pub fn answered(&mut self, list: Set) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        let given = list - flight.ground;
        self.disown(given);
        let server = usize::from(flight.server);
        self.owed[server] = self.owed[server] | (given & self.lacked(flight.server));
        if !flight.owes {
            self.disown(flight.ground - list);
        }
    }

    /// Apple certainly didn't act on the request and won't.
    pub fn refused(&mut self) {
        self.flight = None;
    }

    /// Nobody knows whether Apple acted on the request, or will.
    pub fn lost(&mut self) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        if !flight.owes {
            self.disown(flight.ground - flight.list);
        }
        // A run sends nothing without room for it.
        self.add(flight.server, flight.list);
    }

    /// Counts a list as unanswered. Answers whether there was room for it.
    pub fn add(&mut self, server: u8, list: Set) -> bool {
        self.named[usize::from(server)] = true;
        let new = Some(Unanswered { server, list });
        if self.unanswered.contains(&new) {
            return true;
        }
        let Some(free) = self.unanswered.iter_mut().find(|it| it.is_none()) else {
            return false;
        };
        *free = new;
        self.unanswered.sort_unstable();
        true
    }

    /// The family belongs to this server while nobody holds it.
    pub fn owe(&mut self, server: u8, families: Set) {
        self.disown(families);
        let server = usize::from(server);
        self.named[server] = true;
        self.owed[server] = self.owed[server] | families;
    }

    /// Leaves out a rule, to see that the search notices.
    #[cfg(test)]
    pub fn forget(&mut self, server: u8, list: Set) {
        for it in &mut self.unanswered {
            if it.is_some_and(|it| it.server == server && it.list == list) {
                *it = None;
            }
        }
        self.unanswered.sort_unstable();
    }

    /// Nobody is owed these families.
    pub fn disown(&mut self, families: Set) {
        for owed in &mut self.owed {
            *owed = *owed - families;
        }
    }

    /// How many more lists can be noted.
    pub fn room(&self) -> usize {
        self.unanswered.iter().filter(|it| it.is_none()).count()
    }

    /// The unanswered lists.
    pub fn unanswered(&self) -> impl Iterator<Item = Unanswered> {
        self.unanswered.iter().flatten().copied()
    }

    /// The lists that Apple may still act on, for one server.
    pub fn pending(&self, server: u8) -> impl Iterator<Item = Set> {
        self.unanswered()
            .filter(move |it| it.server == server)
            .map(|it| it.list)
    }

    /// Whether this server can be sent `list`: Apple may still act on none of its lists, or on exactly this one.
    pub fn takes(&self, server: u8, list: Set) -> bool {
        self.pending(server).next().is_none() || self.pending(server).any(|it| it == list)
    }

    /// The families that a list lacks on which Apple may still act on this server.
    pub fn lacked(&self, server: u8) -> Set {
        self.pending(server).map(|list| Set::ALL - list).collect()
    }

    /// What is owed to this server.
    pub fn owed(&self, server: u8) -> Set {
        self.owed[usize::from(server)]
    }

    /// What is owed to any server.
    pub fn all_owed(&self) -> Set {
        self.owed.iter().copied().collect()
    }

    /// Whether a request of an open entry went to this server, or a family is owed to it.
    pub fn names(&self, server: u8) -> bool {
        self.named[usize::from(server)]
    }

    /// Whether Apple may act on none of the lists any more.
    pub fn has_passed(&self) -> bool {
        self.flight.is_none() && self.unanswered().next().is_none()
    }

    /// The time is over in which Apple may act on any of the lists.
    pub fn pass(&mut self) {
        self.pass_if(|_, _| true);
    }

    /// The time is over for those of which `over` says so. Which they were makes no difference any more, only that there were any.
    pub fn pass_if(&mut self, over: impl Fn(u8, Set) -> bool) {
        for it in &mut self.unanswered {
            if it.is_some_and(|it| over(it.server, it.list)) {
                *it = None;
                self.passed = true;
            }
        }
        self.unanswered.sort_unstable();
    }

    /// Whether any list got no answer, whether or not its time is over.
    pub fn has_unanswered(&self) -> bool {
        self.passed || self.unanswered().next().is_some()
    }

    /// Whether nothing is open.
    pub fn is_closed(&self) -> bool {
        self.flight.is_none() && !self.has_unanswered() && self.all_owed().is_empty()
    }

    /// Everything is as it should be and stays so.
    pub fn close(&mut self) {
        *self = Self::default();
    }
}
