//! What the journal has of earlier changes: what may still happen, what is owed, and answers that replicas may not have yet.
//!
//! Over 400 lines: the kinds of lines and what each means are read together.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::numbers::Numbers;
use super::{Answers, Open, SERVERS, SPAN, YOUNG, keep_later};
use crate::core::defaults::Server;
use crate::core::defaults::open::Flight;
use crate::core::defaults::set::Set;
use crate::core::platform::Family;
use crate::state::journal::{Entry, Event};

/// How long a closed entry is compared with what there is.
const COMPARED: SignedDuration = SignedDuration::from_hours(24);

/// What the `begun` line has of a wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Begun {
    /// It restores what an earlier run owes.
    Restoring,
    /// It is to bring this about.
    Wish {
        families: Vec<Family>,
        /// The id of the server; `None` for no default.
        to: Option<String>,
    },
}

/// What the `begun` line of an older version has.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Older {
    /// What was taken to be given to another server.
    pub taken: Vec<Family>,
    /// The ids of the servers that were changed.
    pub touched: Vec<String>,
}

/// A line, as far as this version can tell.
enum Line {
    /// This version's beginning, with the table as it was read.
    Begun(Begun, Vec<Server>),
    /// An older version's, which did not end.
    Older(Older, Vec<Server>),
    Fact(Event),
}

/// The lines of one organization's changes of defaults.
pub(super) struct Past {
    lines: Vec<(Timestamp, Line)>,
    /// The changes that the lines are of.
    ids: Vec<String>,
    /// Where what is open begins.
    start: usize,
    /// The times of lines that this version can't read.
    pub unreadable: Vec<Timestamp>,
    /// The numbers of lines that nobody can read.
    pub damaged: Vec<usize>,
}

/// What is open, in numbers.
pub(super) struct Unfinished {
    /// What may still happen, and what is owed.
    pub open: Open,
    /// Until when each unanswered list may be acted on.
    pub until: BTreeMap<(u8, Set), Timestamp>,
    /// The answers that replicas may not have yet.
    pub answers: Answers,
    /// The time of the last of these.
    pub answered_at: Option<Timestamp>,
    /// When the oldest open change began.
    pub since: Option<Timestamp>,
    /// The same for the request that is under way.
    flight_until: Option<Timestamp>,
}

impl Past {
    /// Sorts out the lines of the journal.
    pub(super) fn new(entries: Vec<Entry>, damaged: Vec<usize>) -> Self {
        let ended: BTreeSet<String> = entries
            .iter()
            .filter(|entry| matches!(entry.event, Event::Ended { .. }))
            .map(|entry| entry.id.clone())
            .collect();
        let mut past = Self {
            lines: Vec::new(),
            ids: Vec::new(),
            start: 0,
            unreadable: Vec::new(),
            damaged,
        };
        for entry in entries {
            let line = match entry.event {
                Event::Begun {
                    before, changes, ..
                } => {
                    let table = serde_json::from_value(before);
                    let begun = serde_json::from_value(changes.clone());
                    let older = serde_json::from_value(changes);
                    match (table, begun, older) {
                        (Ok(table), Ok(begun), Err(_)) => Some(Line::Begun(begun, table)),
                        (Ok(table), _, Ok(older)) if !ended.contains(&entry.id) => {
                            Some(Line::Older(older, table))
                        }
                        _ if ended.contains(&entry.id) => continue,
                        _ => None,
                    }
                }
                Event::Other(_) => None,
                event => Some(Line::Fact(event)),
            };
            match line {
                Some(line) => {
                    past.lines.push((entry.at, line));
                    past.ids.push(entry.id);
                }
                None => past.unreadable.push(entry.at),
            }
        }
        past.start = past.open_from();
        past
    }

    /// Where the lines begin since something is open; at the end if nothing is.
    fn open_from(&self) -> usize {
        let mut start = 0;
        let mut unfinished = Unfinished::default();
        let mut numbers = Numbers::default();
        for (index, (at, line)) in self.lines.iter().enumerate() {
            let is_next = line.begins() && unfinished.lose().is_some();
            if is_next && unfinished.open.is_closed() {
                start = index;
                unfinished = Unfinished::default();
                numbers = Numbers::default();
            }
            for id in line.servers() {
                numbers.add(id, id, SERVERS);
            }
            // What can't be counted stays open.
            if unfinished
                .line(line, *at, *at, &mut numbers, SignedDuration::ZERO)
                .is_none()
            {
                return start;
            }
        }
        if unfinished.lose().is_some() && unfinished.open.is_closed() {
            start = self.lines.len();
        }
        start
    }

    /// The servers that the lines name, with the name that each had.
    pub(super) fn servers(&self) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        for (_, line) in &self.lines {
            if let Line::Begun(_, table) | Line::Older(_, table) = line {
                names.extend(table.iter().map(|it| (it.id.clone(), it.name.clone())));
            }
        }
        let open = self.lines[self.start..].iter();
        let named = open.flat_map(|(_, line)| line.servers());
        named
            .map(|id| {
                let name = names.get(id).cloned().unwrap_or_else(|| id.to_owned());
                (id.to_owned(), name)
            })
            .collect()
    }

    /// What is open at `now`, in numbers; `None` if there are more servers, families or unanswered requests than fit.
    pub(super) fn unfinished(
        &self,
        numbers: &mut Numbers,
        now: Timestamp,
        timeout: SignedDuration,
    ) -> Option<Unfinished> {
        let mut past = Unfinished::default();
        for (at, line) in &self.lines[self.start..] {
            past.line(line, *at, now, numbers, timeout)?;
        }
        past.lose()?;
        if past.open.is_closed() {
            past.close();
        }
        self.young(&mut past, numbers, now);
        past.pass(now);
        Some(past)
    }

    /// The changes that keep something open at `now`: a request of theirs got no answer, or what they took is owed. There is one
    /// if and only if something is open.
    pub(super) fn open_ids(&self, now: Timestamp, timeout: SignedDuration) -> BTreeSet<String> {
        let (lines, of) = (&self.lines[self.start..], &self.ids[self.start..]);
        let mut numbers = Numbers::default();
        for (id, name) in self.servers() {
            numbers.add(&id, &name, SERVERS);
        }
        let Some(unfinished) = self.unfinished(&mut numbers, now, timeout) else {
            // What can't be counted stays open.
            return of.iter().cloned().collect();
        };
        let mut ids = BTreeSet::new();
        if unfinished.open.is_closed() {
            return ids;
        }
        let mut flight = None;
        for ((_, line), id) in lines.iter().zip(of) {
            let (ended, next) = match line {
                Line::Older(..) => {
                    ids.insert(id.clone());
                    (true, None)
                }
                Line::Begun(..) => (true, None),
                Line::Fact(Event::Sent {
                    server,
                    ground,
                    list,
                    owes,
                    ..
                }) => {
                    let owed = numbers.server(server).map(|it| unfinished.open.owed(it));
                    let owed = numbers.families(owed.unwrap_or_default());
                    let mut taken = ground.iter().filter(|it| !list.contains(it));
                    if *owes && taken.any(|family| owed.contains(family)) {
                        ids.insert(id.clone());
                    }
                    (true, Some((id, server, list)))
                }
                Line::Fact(Event::Answered { server, sent, .. }) => match flight {
                    Some((_, to, list)) if (to, list) == (server, sent) => (false, None),
                    other => (false, other),
                },
                Line::Fact(Event::Closed {}) => {
                    ids.clear();
                    (false, None)
                }
                Line::Fact(_) => (false, flight),
            };
            if let (true, Some((lost, ..))) = (ended, flight) {
                ids.insert(lost.clone());
            }
            flight = next;
        }
        ids.extend(flight.map(|(id, ..)| id.clone()));
        if ids.is_empty() {
            ids.extend(of.last().cloned());
        }
        ids
    }

    /// Notes the answers that replicas may not have yet, whether the change is open or not.
    fn young(&self, past: &mut Unfinished, numbers: &mut Numbers, now: Timestamp) {
        let mut last = None;
        for (at, line) in &self.lines {
            if let Line::Fact(Event::Sent { server, list, .. }) = line {
                last = Some((server, list));
            }
            let Line::Fact(Event::Answered {
                server,
                sent,
                list: Some(list),
            }) = line
            else {
                continue;
            };
            if last != Some((server, sent)) {
                continue;
            }
            // A time in the future is a clock that was wrong.
            let age = now.duration_since(*at);
            let young = !age.is_negative() && age < YOUNG;
            if let (true, Some(server), Some(list)) =
                (young, numbers.server(server), numbers.set(list))
            {
                past.answers[usize::from(server)] = Some(list);
                past.answered_at = past.answered_at.max(Some(*at));
            }
        }
    }

    /// Families that had a default before a change with an unanswered request that was closed within the last day, with the
    /// id of the server; not those that this change or a later one wished to have none.
    pub(super) fn compared(&self, now: Timestamp) -> Vec<(Family, String)> {
        let mut compared = BTreeMap::new();
        // What each change began with, if one of its requests got no answer.
        let mut span: BTreeMap<Family, String> = BTreeMap::new();
        let mut table: &[Server] = &[];
        let mut cleared: &[Family] = &[];
        let mut waiting = false;
        for (at, line) in &self.lines {
            let was_waiting = waiting;
            waiting = match line {
                Line::Fact(Event::Sent { .. }) => true,
                Line::Fact(Event::Released { .. } | Event::Ended { .. }) => waiting,
                _ => false,
            };
            let lost = was_waiting && !matches!(line, Line::Fact(Event::Answered { .. }));
            if lost {
                for server in table {
                    let families = server.families.iter().flatten();
                    let families = families.filter(|family| !cleared.contains(family));
                    span.extend(families.map(|family| (family.clone(), server.id.clone())));
                }
            }
            match line {
                Line::Begun(begun, read) => {
                    table = read;
                    cleared = match begun {
                        Begun::Wish { families, to: None } => families,
                        _ => &[],
                    };
                    compared.retain(|family, _| !cleared.contains(family));
                    span.retain(|family, _| !cleared.contains(family));
                }
                Line::Older(_, read) => (table, cleared) = (read, &[]),
                Line::Fact(Event::Closed {}) => {
                    let closed = std::mem::take(&mut span);
                    if now.duration_since(*at) <= COMPARED {
                        compared.extend(closed);
                    }
                }
                Line::Fact(_) => {}
            }
        }
        compared.into_iter().collect()
    }
}

impl Line {
    fn begins(&self) -> bool {
        matches!(self, Self::Begun(..) | Self::Older(..))
    }

    /// The ids of the servers that it sent something to.
    fn servers(&self) -> impl Iterator<Item = &str> {
        let (one, older) = match self {
            Self::Fact(Event::Sent { server, .. }) => (Some(server), None),
            Self::Older(older, _) => (None, Some(&older.touched)),
            _ => (None, None),
        };
        let older = older.into_iter().flatten();
        one.into_iter().chain(older).map(String::as_str)
    }
}

impl Default for Unfinished {
    fn default() -> Self {
        Self {
            open: Open::default(),
            until: BTreeMap::new(),
            answers: [None; SERVERS],
            answered_at: None,
            since: None,
            flight_until: None,
        }
    }
}

impl Unfinished {
    fn line(
        &mut self,
        line: &Line,
        at: Timestamp,
        now: Timestamp,
        numbers: &mut Numbers,
        timeout: SignedDuration,
    ) -> Option<()> {
        self.pass(at.min(now));
        match line {
            Line::Begun(..) => {
                self.lose()?;
                self.since = self.since.or(Some(at));
            }
            Line::Older(older, table) => {
                self.since = self.since.or(Some(at));
                self.older(older, table, at.min(now), numbers, timeout)?;
            }
            Line::Fact(event) => self.fact(event, at, now, numbers)?,
        }
        Some(())
    }

    /// A request that was under way when its run ended counts as unanswered.
    fn lose(&mut self) -> Option<()> {
        if self.open.flight.is_some() && self.open.room() == 0 {
            return None;
        }
        if let (Some(flight), Some(until)) = (self.open.flight, self.flight_until.take()) {
            keep_later(&mut self.until, (flight.server, flight.list), until);
        }
        self.open.lost();
        Some(())
    }

    /// Marks the lists whose time is over at `now`.
    fn pass(&mut self, now: Timestamp) {
        let until = &self.until;
        let over = |place| until.get(&place).is_none_or(|until| *until <= now);
        self.open.pass_if(|server, list| over((server, list)));
    }

    fn close(&mut self) {
        self.open.close();
        self.until.clear();
        self.since = None;
    }

    fn fact(
        &mut self,
        event: &Event,
        at: Timestamp,
        now: Timestamp,
        numbers: &mut Numbers,
    ) -> Option<()> {
        match event {
            Event::Sent {
                server,
                ground,
                list,
                owes,
                until,
            } => {
                self.lose()?;
                let flight = Flight {
                    server: numbers.server(server)?,
                    ground: numbers.set(ground)?,
                    list: numbers.set(list)?,
                    owes: *owes,
                };
                // A time in the future is a clock that was wrong: it counts as now.
                let span = until.duration_since(at);
                self.flight_until = Some(if at > now { now + span } else { *until });
                self.open.sent(flight);
            }
            Event::Answered { server, sent, list } => {
                // The line of its request may be missing: then it answers for no other one, and its server may be unknown.
                let place = numbers.server(server).zip(numbers.set(sent));
                let flight = self.open.flight.map(|it| (it.server, it.list));
                let answers = flight.is_some() && flight == place;
                match list {
                    Some(list) if answers => self.open.answered(numbers.set(list)?),
                    None if answers => self.open.refused(),
                    _ => {}
                }
            }
            Event::Released { families } => self.open.disown(numbers.set(families)?),
            Event::Closed {} => self.close(),
            // What is of devices is not of defaults.
            Event::Begun { .. }
            | Event::Ended { .. }
            | Event::DevicesSent { .. }
            | Event::DevicesAccepted { .. }
            | Event::DevicesNotSent { .. }
            | Event::DevicesEnded { .. }
            | Event::Other(_) => {}
        }
        Some(())
    }

    /// An older version's change counts as one unanswered list on each server that it touched.
    fn older(
        &mut self,
        older: &Older,
        table: &[Server],
        at: Timestamp,
        numbers: &mut Numbers,
        timeout: SignedDuration,
    ) -> Option<()> {
        let taken = numbers.set(&older.taken)?;
        for id in &older.touched {
            let server = numbers.server(id)?;
            let before = table.iter().find(|server| server.id == *id);
            let families = before.and_then(|server| server.families.clone());
            let before = numbers.set(&families.unwrap_or_default())?;
            let list = if before.meets(taken) {
                before - taken
            } else {
                before | taken
            };
            if !self.open.add(server, list) {
                return None;
            }
            self.until.insert((server, list), at + timeout + SPAN);
            self.open.owe(server, before & taken);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests;
