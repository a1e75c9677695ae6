//! Who holds which family, and what a wish changes.

use super::*;

fn server(id: &str, families: &[&str]) -> Server {
    Server {
        id: id.to_owned(),
        name: format!("Server {id}"),
        families: Some(families.iter().map(|it| Family::from(*it)).collect()),
    }
}

fn unread(id: &str) -> Server {
    Server {
        families: None,
        ..server(id, &[])
    }
}

#[test]
fn nobody_is_said_only_when_every_server_was_read() {
    let mac = Family::Mac;
    let with = server("A", &["MAC"]);
    let without = server("B", &["IPAD"]);
    let a_and_b = vec!["A".to_owned(), "C".to_owned()];
    for (servers, expected) in [
        (
            vec![with.clone(), without.clone()],
            Holder::Server("A".into()),
        ),
        (vec![with.clone(), unread("C")], Holder::Server("A".into())),
        (vec![without.clone()], Holder::Nobody),
        (
            vec![without, unread("C")],
            Holder::Unknown {
                unread: vec!["C".into()],
            },
        ),
        (vec![with, server("C", &["MAC"])], Holder::Several(a_and_b)),
    ] {
        assert_eq!(holder(&servers, &mac), expected);
    }
}

#[test]
fn a_wish_changes_what_is_elsewhere_and_each_family_once() {
    let servers = [server("A", &["MAC", "IPAD"]), server("B", &["WATCH"])];
    let families: Vec<Family> = ["MAC", "WATCH", "VISION", "MAC"].map(Family::from).into();
    let shown = |to| {
        let changes = changes(&servers, &families, to);
        let row = |it: Change| (it.family.as_str().to_owned(), it.from, it.to);
        changes.into_iter().map(row).collect::<Vec<_>>()
    };
    let id = |id: &str| Some(id.to_owned());
    assert_eq!(
        shown(Some("B")),
        [
            ("MAC".into(), id("A"), id("B")),
            ("VISION".into(), None, id("B"))
        ]
    );
    assert_eq!(
        shown(None),
        [
            ("MAC".into(), id("A"), None),
            ("WATCH".into(), id("B"), None)
        ]
    );
}

#[test]
fn a_signal_before_the_closing_reading_leaves_the_change_unconfirmed() {
    use super::open::Open;
    use super::set::Set;
    use super::transaction::{Event, Next, Outcome, Reading, To, Transaction, Wish};

    let wish = Wish {
        families: Set::one(0),
        to: To::Server(1),
        from: None,
        writes: true,
    };
    let mut run = Transaction::<2, 4>::new(wish, Open::default(), [None; 2]);
    let mut sent = 0;
    let outcome = loop {
        let event = match run.next() {
            Next::Get(_) => Event::Read(Reading::List(Set::EMPTY)),
            Next::Patch(flight) => {
                sent += 1;
                Event::Answered(flight.list)
            }
            Next::End(outcome) => break outcome,
            other => panic!("{other:?}"),
        };
        if matches!(event, Event::Answered(_)) {
            run = run.on(event).stopped();
            // The closing reading was under way, and doesn't come any more.
            run = run.on(Event::Read(Reading::NotKnown));
        } else {
            run = run.on(event);
        }
    };
    assert_eq!((sent, outcome), (1, Outcome::NotConfirmed));
}

#[test]
fn after_a_409_an_older_reading_proves_no_holder() {
    use super::open::Open;
    use super::set::Set;
    use super::transaction::{Event, Next, Reading, To, Transaction, Wait, Wish};

    // Server 0 had the first family, and is owed the second one. Somebody else moves the first one just before it goes back.
    let (first, second) = (Set::one(0), Set::one(1));
    let list = |list| Event::Read(Reading::List(list));
    let unread = Event::Read(Reading::NotKnown);
    let to_a_server_that_answers = vec![
        (Next::Get(0), list(first)),
        (Next::Get(1), list(first)),
        (Next::Get(2), unread),
    ];
    let to_one_that_does_not = vec![
        (Next::Get(0), list(first)),
        (Next::Get(1), list(Set::EMPTY)),
        (Next::Get(2), unread),
        (Next::Wait(Wait::Holder), Event::Waited { aged: false }),
        (Next::Get(0), list(first)),
        (Next::Get(1), list(Set::EMPTY)),
        (Next::Get(2), unread),
        (Next::Wait(Wait::Holder), Event::Waited { aged: true }),
        (Next::Get(0), list(Set::EMPTY)),
        (Next::Get(1), list(Set::EMPTY)),
        (Next::Get(2), unread),
    ];
    for after in [to_a_server_that_answers, to_one_that_does_not] {
        let mut open = Open::<3, 4>::default();
        open.add(0, first);
        open.pass();
        open.owe(0, second);
        let looks = Wish {
            families: Set::EMPTY,
            to: To::Nobody,
            from: None,
            writes: true,
        };
        let mut run = Transaction::new(looks, open, [None; 3]);
        let before = [list(first), list(Set::EMPTY), unread, list(first)];
        for event in before {
            run = run.on(event);
        }
        assert!(matches!(run.next(), Next::Patch(it) if it.list == first | second));
        run = run.on(Event::Held);
        for (next, event) in after {
            assert_eq!(run.next(), next);
            run = run.on(event);
        }
        assert_eq!(run.next(), Next::Get(0));
        run = run.on(list(Set::EMPTY));
        assert!(
            matches!(run.next(), Next::Patch(it) if it.list == second),
            "{run:?}"
        );
    }
}
