//! What is open by the journal is what was open in the run.

use proptest::prelude::*;

use super::super::Run;
use super::*;
use crate::core::defaults::transaction::{Event as Came, Next, Reading, To, Wait, Wish};
use crate::state::journal::How;

const SERVERS_HERE: u8 = 3;

fn at(second: i64) -> Timestamp {
    let start: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(second)
}

fn entry(second: i64, event: Event) -> Entry {
    Entry {
        at: at(second),
        id: "one".to_owned(),
        organization: "acme".to_owned(),
        profile: "acme".to_owned(),
        command: "assign".to_owned(),
        event,
    }
}

fn begun() -> Event {
    Event::Begun {
        before: serde_json::json!([]),
        changes: serde_json::to_value(Begun::Restoring).unwrap(),
        undo: String::new(),
        note: None,
    }
}

/// Three servers and three families, by the numbers that the runs use.
fn numbers() -> Numbers {
    let mut numbers = Numbers::default();
    for id in ["A", "B", "C"] {
        numbers.add(id, id, SERVERS);
    }
    let families = [Family::Mac, Family::Ipad, Family::Vision];
    numbers.set(&families).unwrap();
    numbers
}

/// The runs of one organization, with what Apple has and what the journal has.
struct Story {
    lists: [Set; SERVERS_HERE as usize],
    entries: Vec<Entry>,
    numbers: Numbers,
    second: i64,
}

impl Story {
    fn note(&mut self, event: Event) {
        self.second += 1;
        // As it is read back from the file.
        let text = serde_json::to_string(&entry(self.second, event)).unwrap();
        self.entries.push(serde_json::from_str(&text).unwrap());
    }

    fn unfinished(&mut self) -> Unfinished {
        let past = Past::new(self.entries.clone(), Vec::new());
        assert!(past.unreadable.is_empty());
        let now = at(self.second);
        let unfinished = past
            .unfinished(&mut self.numbers, now, SignedDuration::ZERO)
            .unwrap();
        // `journal list` says the same.
        let open = past.open_ids(now, SignedDuration::ZERO);
        assert_eq!(open.is_empty(), unfinished.open.is_closed());
        unfinished
    }

    /// One run, in which `choices` decide what happens; it is killed when they are used up.
    fn run(&mut self, wish: Wish, choices: &[u8]) -> Run {
        let past = self.unfinished();
        let mut run = Run::new(wish, past.open, past.answers);
        self.note(begun());
        let mut choices = choices.iter().copied();
        loop {
            let next = run.next();
            let event = match next {
                Next::End(_) => return run,
                Next::Get(server) if server >= SERVERS_HERE => Came::Read(Reading::Gone),
                Next::Get(server) => match choices.next() {
                    None => return run,
                    Some(0) => Came::Read(Reading::NotKnown),
                    Some(_) => Came::Read(Reading::List(self.lists[usize::from(server)])),
                },
                Next::Wait(wait) => match choices.next() {
                    None => return run,
                    Some(choice) if choice % 2 == 0 => Came::GaveUp,
                    Some(_) => {
                        self.second += if wait == Wait::Bound { 1000 } else { 0 };
                        Came::Waited { aged: true }
                    }
                },
                Next::Release(families) => {
                    let families = self.numbers.families(families);
                    self.note(Event::Released { families });
                    Came::Written
                }
                Next::Patch(flight) => {
                    self.note(Event::Sent {
                        server: self.numbers.named(flight.server).id,
                        ground: self.numbers.families(flight.ground),
                        list: self.numbers.families(flight.list),
                        owes: flight.owes,
                        until: at(self.second + 960),
                    });
                    let place = usize::from(flight.server);
                    let names = (
                        self.numbers.named(flight.server).id,
                        self.numbers.families(flight.list),
                    );
                    match choices.next() {
                        None => return run,
                        Some(0) => Came::Lost,
                        Some(1) => {
                            self.lists[place] = flight.list;
                            Came::Lost
                        }
                        Some(2) => {
                            let (server, sent) = names;
                            self.note(Event::Answered {
                                server,
                                sent,
                                list: None,
                            });
                            Came::Refused
                        }
                        Some(_) => {
                            self.lists[place] = flight.list;
                            let list = Some(self.numbers.families(flight.list));
                            let (server, sent) = names;
                            self.note(Event::Answered { server, sent, list });
                            Came::Answered(flight.list)
                        }
                    }
                }
            };
            run = run.on(event);
            if run.open().is_closed() && !self.unfinished().open.is_closed() {
                self.note(Event::Closed {});
            }
        }
    }
}

fn set(bits: u8) -> Set {
    (0..3)
        .filter(|bit| bits & 1 << bit != 0)
        .map(Set::one)
        .collect()
}

proptest! {
    #[test]
    fn what_the_journal_has_open_is_what_the_run_had(
        places in prop::array::uniform3(0_u8..4),
        runs in prop::collection::vec(
            (1_u8..8, 0_u8..4, prop::collection::vec(0_u8..8, 0..40)),
            1..4,
        ),
    ) {
        let mut lists = [Set::EMPTY; SERVERS_HERE as usize];
        for (family, place) in places.iter().enumerate() {
            if let Some(list) = lists.get_mut(usize::from(*place)) {
                *list = *list | Set::one(family);
            }
        }
        let mut story = Story { lists, entries: Vec::new(), numbers: numbers(), second: 0 };
        for (families, to, choices) in runs {
            let to = if to < SERVERS_HERE { To::Server(to) } else { To::Nobody };
            let wish = Wish { families: set(families), to, from: None, writes: true };
            let run = story.run(wish, &choices);
            let mut had = *run.open();
            had.lost();
            let was_closed = had.is_closed();
            let has = story.unfinished().open;
            prop_assert_eq!(has.is_closed(), was_closed);
            prop_assert!(has.unanswered().eq(had.unanswered()));
            prop_assert_eq!(has.has_unanswered(), had.has_unanswered());
            for server in 0..SERVERS_HERE {
                prop_assert_eq!(has.owed(server), had.owed(server));
                // One more that has to be read before it closes does no harm.
                prop_assert!(has.names(server) || was_closed || !had.names(server));
            }
        }
    }
}

#[test]
fn an_older_change_counts_as_unanswered_on_each_server_that_it_touched() {
    let table = serde_json::json!([
        {"id": "A", "name": "A", "families": ["MAC", "VISION"]},
        {"id": "B", "name": "B", "families": []}
    ]);
    let older = Event::Begun {
        before: table,
        changes: serde_json::json!({"taken": ["VISION"], "touched": ["A", "B"]}),
        undo: String::new(),
        note: None,
    };
    let ended = Event::ended(How::AsWished, "As wished.");
    let past = Past::new(vec![entry(0, older.clone())], Vec::new());
    let mut numbers = numbers();
    let timeout = SignedDuration::from_secs(60);
    let unfinished = |past: &Past, second, numbers: &mut Numbers| {
        past.unfinished(numbers, at(second), timeout).unwrap().open
    };
    let open = unfinished(&past, 10, &mut numbers);
    let vision = numbers.set(&[Family::Vision]).unwrap();
    assert_eq!(open.owed(0), vision);
    assert_eq!(open.pending(0).count(), 1);
    assert!(open.lacked(0).has(vision) && !open.lacked(1).has(vision));
    assert!(!open.has_passed());
    assert!(unfinished(&past, 961, &mut numbers).has_passed());
    let closed = Past::new(vec![entry(0, older), entry(1, ended)], Vec::new());
    assert!(unfinished(&closed, 10, &mut numbers).is_closed());
}

#[test]
fn a_line_that_this_version_cannot_read_is_told() {
    let odd = Event::Other(serde_json::json!({"planned": {}}));
    let past = Past::new(vec![entry(0, begun()), entry(1, odd)], Vec::new());
    assert_eq!(past.unreadable.len(), 1);
}

#[test]
fn what_was_lost_to_a_late_request_is_compared_for_a_day() {
    let table = serde_json::json!([{"id": "A", "name": "A", "families": ["MAC", "VISION"]}]);
    let wish = |families: &[Family], to: Option<&str>| Event::Begun {
        before: table.clone(),
        changes: serde_json::to_value(Begun::Wish {
            families: families.to_vec(),
            to: to.map(str::to_owned),
        })
        .unwrap(),
        undo: String::new(),
        note: None,
    };
    let sent = Event::Sent {
        server: "A".to_owned(),
        ground: vec![Family::Mac, Family::Vision],
        list: vec![Family::Mac],
        owes: true,
        until: at(960),
    };
    let lines = |more: Vec<Event>| {
        let first = [wish(&[Family::Vision], Some("B")), sent.clone()];
        let all = first.into_iter().chain(more);
        Past::new(
            (0..)
                .zip(all)
                .map(|(second, event)| entry(second, event))
                .collect(),
            Vec::new(),
        )
    };
    let both = [
        (Family::Mac, "A".to_owned()),
        (Family::Vision, "A".to_owned()),
    ];
    let closed = lines(vec![Event::Closed {}]);
    assert_eq!(closed.compared(at(3600)), both);
    assert!(closed.compared(at(86_500)).is_empty(), "a day later");
    // Answered, or wished to have none since.
    let answered = Event::Answered {
        server: "A".to_owned(),
        sent: vec![Family::Mac],
        list: Some(vec![Family::Mac]),
    };
    assert!(
        lines(vec![answered, Event::Closed {}])
            .compared(at(60))
            .is_empty()
    );
    let cleared = lines(vec![Event::Closed {}, wish(&[Family::Vision], None)]);
    assert_eq!(cleared.compared(at(60)), [(Family::Mac, "A".to_owned())]);
}

#[test]
fn an_answer_without_its_request_blocks_nothing() {
    // The server is deleted since, and so has no number.
    let answered = Event::Answered {
        server: "D".to_owned(),
        sent: vec![Family::Mac],
        list: Some(vec![Family::Mac]),
    };
    let past = Past::new(vec![entry(0, begun()), entry(1, answered)], Vec::new());
    let unfinished = past.unfinished(&mut numbers(), at(2), SignedDuration::ZERO);
    assert!(unfinished.unwrap().open.is_closed());
}

#[test]
fn an_older_change_of_the_future_counts_from_now() {
    let older = Event::Begun {
        before: serde_json::json!([{"id": "A", "name": "A", "families": ["VISION"]}]),
        changes: serde_json::json!({"taken": ["VISION"], "touched": ["A"]}),
        undo: String::new(),
        note: None,
    };
    let past = Past::new(vec![entry(100_000, older)], Vec::new());
    let unfinished = past.unfinished(&mut numbers(), at(0), SignedDuration::ZERO);
    let until = unfinished.unwrap().until;
    assert!(until.values().all(|until| *until == at(900)), "{until:?}");
}
