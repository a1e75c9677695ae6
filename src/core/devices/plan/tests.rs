//! Each reason for which a device is left out, and the properties of every plan.
//!
//! Over 400 lines, since each reason has its row in one table.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Lock, On, Place, Plan, Read, Reading, Reason, Rules, Weight, Wish};
use crate::core::devices::deadline::{NewDeadline, Typed, of_update};
use crate::core::devices::{Ask, Device, Ended};

/// What was asked isn't known.
static NOTHING: OnceLock<HashMap<String, Ask>> = OnceLock::new();
static NONE: OnceLock<HashSet<String>> = OnceLock::new();

const NOW: &str = "2026-11-22T10:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at(NOW)
}

fn hours(hours: i64) -> Timestamp {
    now() + SignedDuration::from_hours(hours)
}

fn days(days: i64) -> Timestamp {
    hours(24 * days)
}

fn device(attributes: Value) -> Device {
    let Value::Object(attributes) = attributes else {
        panic!("{attributes}")
    };
    Device::new("C02".to_owned(), attributes)
}

fn on(server: &str) -> On {
    On::Server(server.to_owned())
}

fn unread() -> On {
    On::NotKnown("Apple answered 500.".to_owned())
}

fn assign(server: &str) -> Wish {
    let server = server.to_owned();
    Wish::Assign { server }
}

fn migrate() -> Wish {
    Wish::Migrate {
        server: "NEW".to_owned(),
        deadline: days(14),
        include_unassigned: false,
    }
}

fn later(text: &str) -> Wish {
    let typed = Typed {
        now: now(),
        zone: None,
    };
    Wish::UpdateDeadline(of_update(text, typed).unwrap())
}

fn forced() -> Wish {
    Wish::UpdateDeadline(NewDeadline::At(now()))
}

const RELEASE: Wish = Wish::Release {
    even_if_locked: false,
};

/// A migration that is under way.
fn migrating(status: &str, deadline: Timestamp) -> Value {
    json!({
        "mdmMigrationStatus": status,
        "mdmMigrationDeadlineDateTime": deadline.to_string(),
    })
}

/// What becomes of one device.
fn one(wish: &Wish, attributes: Value, on: On, lock: Lock, rules: Rules<'_>) -> Place {
    let device = device(attributes);
    let reading = Reading {
        serial_number: "C02".to_owned(),
        read: Read::Device { device, on, lock },
    };
    let mut plan = planned(wish, [reading], rules);
    plan.devices.remove(0).place
}

fn out(reason: Reason) -> Place {
    Place::LeftOut(reason)
}

/// What becomes of these devices.
pub fn planned(wish: &Wish, readings: impl IntoIterator<Item = Reading>, rules: Rules<'_>) -> Plan {
    let mut plan = Plan::default();
    for reading in readings {
        plan.add(wish, reading, rules);
    }
    plan
}

fn no_rules(sent: &HashMap<String, Timestamp>) -> Rules<'_> {
    Rules {
        now: now(),
        from: None,
        sent,
        asked: NOTHING.get_or_init(HashMap::new),
        under_way: NONE.get_or_init(HashSet::new),
    }
}

#[test]
fn each_device_is_sent_or_has_its_reason() {
    let none = HashMap::new();
    let nothing = || json!({});
    let to = |server: &str| {
        let server = server.to_owned();
        Place::Sent(Ask::Assign { server })
    };
    let from_old = || {
        let server = "OLD".to_owned();
        Place::Sent(Ask::Unassign { server })
    };
    let moved = || {
        Place::Sent(Ask::Migrate {
            server: "NEW".to_owned(),
            deadline: days(14),
        })
    };
    let until = |deadline| Place::Sent(Ask::UpdateDeadline { deadline });
    let why = "Apple answered 500.".to_owned();
    let by_hand = |hours_ago: i64| json!({"purchaseSourceType": "MANUALLY_ADDED", "addedToOrgDateTime": hours(-hours_ago).to_string()});
    let requested = |deadline| migrating("REQUESTED", deadline);
    for (wish, attributes, place, expected) in [
        (assign("NEW"), nothing(), on("OLD"), to("NEW")),
        (assign("NEW"), nothing(), On::Nowhere, to("NEW")),
        (
            assign("NEW"),
            nothing(),
            on("NEW"),
            out(Reason::AlreadyThere),
        ),
        (
            assign("NEW"),
            nothing(),
            unread(),
            out(Reason::ServerNotKnown(why.clone())),
        ),
        // A capability and a migration don't matter to it.
        (
            assign("NEW"),
            json!({"isMdmMigrationCapable": false}),
            on("OLD"),
            to("NEW"),
        ),
        (assign("NEW"), by_hand(1), on("OLD"), to("NEW")),
        (
            assign("NEW"),
            json!({"releasedFromOrgDateTime": days(-9).to_string()}),
            On::Nowhere,
            out(Reason::Released(days(-9))),
        ),
        (
            assign("NEW"),
            json!({"releasedFromOrgDateTime": null}),
            On::Nowhere,
            to("NEW"),
        ),
        (Wish::Unassign, nothing(), on("OLD"), from_old()),
        (
            Wish::Unassign,
            nothing(),
            On::Nowhere,
            out(Reason::AlreadyNowhere),
        ),
        (
            Wish::Unassign,
            nothing(),
            unread(),
            out(Reason::ServerNotKnown(why.clone())),
        ),
        (migrate(), nothing(), on("OLD"), moved()),
        (
            migrate(),
            json!({"isMdmMigrationCapable": true}),
            on("OLD"),
            moved(),
        ),
        (
            migrate(),
            json!({"isMdmMigrationCapable": false}),
            on("OLD"),
            out(Reason::NotCapable),
        ),
        (migrate(), nothing(), on("NEW"), out(Reason::AlreadyThere)),
        (
            migrate(),
            nothing(),
            On::Nowhere,
            out(Reason::WithoutServer),
        ),
        (
            Wish::Migrate {
                server: "NEW".to_owned(),
                deadline: days(14),
                include_unassigned: true,
            },
            nothing(),
            On::Nowhere,
            moved(),
        ),
        (
            migrate(),
            by_hand(24 * 30 - 1),
            on("OLD"),
            out(Reason::AddedByHand(hours(1 - 24 * 30))),
        ),
        (migrate(), by_hand(24 * 30), on("OLD"), moved()),
        (
            migrate(),
            json!({"purchaseSourceType": "MANUALLY_ADDED"}),
            on("OLD"),
            moved(),
        ),
        (
            migrate(),
            json!({"purchaseSourceType": "APPLE", "addedToOrgDateTime": NOW}),
            on("OLD"),
            moved(),
        ),
        (
            migrate(),
            requested(days(5)),
            on("OLD"),
            out(Reason::Migrating {
                status: "REQUESTED".to_owned(),
                deadline: Some(days(5)),
            }),
        ),
        (
            migrate(),
            json!({"mdmMigrationStatus": "STARTED"}),
            on("OLD"),
            out(Reason::Migrating {
                status: "STARTED".to_owned(),
                deadline: None,
            }),
        ),
        // On its way to the same server: with this deadline, or with another one.
        (
            migrate(),
            requested(days(14)),
            on("NEW"),
            out(Reason::AlreadyThere),
        ),
        (
            migrate(),
            requested(days(5)),
            on("NEW"),
            out(Reason::Migrating {
                status: "REQUESTED".to_owned(),
                deadline: Some(days(5)),
            }),
        ),
        (
            migrate(),
            migrating("SUCCESS", days(-5)),
            on("OLD"),
            moved(),
        ),
        (migrate(), migrating("FAILED", days(-5)), on("OLD"), moved()),
        (
            migrate(),
            migrating("PAUSED", days(5)),
            on("OLD"),
            out(Reason::OddMigration("PAUSED".to_owned())),
        ),
        (
            migrate(),
            nothing(),
            unread(),
            out(Reason::ServerNotKnown(why.clone())),
        ),
        // The server doesn't matter to what follows.
        (later("14d"), requested(days(5)), unread(), until(days(14))),
        (
            later("14d"),
            requested(days(14)),
            on("NEW"),
            out(Reason::AlreadyDue(days(14))),
        ),
        (later("14d"), nothing(), on("NEW"), out(Reason::NoMigration)),
        (
            later("14d"),
            migrating("SUCCESS", days(5)),
            on("NEW"),
            out(Reason::NoMigration),
        ),
        (forced(), requested(days(5)), on("NEW"), until(now())),
        (forced(), nothing(), on("NEW"), out(Reason::NoMigration)),
        (
            forced(),
            migrating("PAUSED", days(5)),
            on("NEW"),
            out(Reason::OddMigration("PAUSED".to_owned())),
        ),
        (later("+7d"), requested(days(5)), on("NEW"), until(days(12))),
        (
            later("+7d"),
            migrating("STARTED", days(-6)),
            on("NEW"),
            until(days(1)),
        ),
        // More time must not force what is overdue.
        (
            later("+7d"),
            requested(days(-7)),
            on("NEW"),
            out(Reason::StillPast(now())),
        ),
        (
            later("+7d"),
            requested(days(84)),
            on("NEW"),
            out(Reason::TooFar(days(91))),
        ),
        (
            later("+7d"),
            requested(days(83)),
            on("NEW"),
            until(days(90)),
        ),
        (
            later("+7d"),
            json!({"mdmMigrationStatus": "REQUESTED"}),
            on("NEW"),
            out(Reason::DeadlineNotKnown),
        ),
        (
            Wish::CancelMigration,
            requested(days(5)),
            unread(),
            Place::Sent(Ask::CancelMigration),
        ),
        (
            Wish::CancelMigration,
            nothing(),
            on("NEW"),
            out(Reason::NothingToCancel),
        ),
    ] {
        let found = one(
            &wish,
            attributes.clone(),
            place.clone(),
            Lock::NotRead,
            no_rules(&none),
        );
        assert_eq!(found, expected, "{wish:?} {attributes} {place:?}");
    }
}

#[test]
fn only_a_device_that_is_certainly_unlocked_is_released() {
    let none = HashMap::new();
    let why = "Apple answered 500.".to_owned();
    for (lock, expected) in [
        (Lock::Off, Place::Sent(Ask::Release)),
        (Lock::On, out(Reason::Locked)),
        (
            Lock::NotKnown(why.clone()),
            out(Reason::LockNotKnown(why.clone())),
        ),
        (Lock::NotRead, out(Reason::LockNotKnown(String::new()))),
    ] {
        let found = one(&RELEASE, json!({}), unread(), lock.clone(), no_rules(&none));
        assert_eq!(found, expected, "{lock:?}");
        let anyway = Wish::Release {
            even_if_locked: true,
        };
        let found = one(&anyway, json!({}), unread(), lock, no_rules(&none));
        assert_eq!(found, Place::Sent(Ask::Release));
    }
    assert!(RELEASE.needs_lock());
}

#[test]
fn from_leaves_out_what_is_elsewhere_and_what_is_not_known() {
    let none = HashMap::new();
    let of = |from: Option<&'static str>, place: On, wish: &Wish| {
        let rules = Rules {
            from: Some(from),
            ..no_rules(&none)
        };
        let attributes = migrating("REQUESTED", days(5));
        one(wish, attributes, place, Lock::Off, rules)
    };
    let why = "Apple answered 500.".to_owned();
    for wish in [assign("NEW"), later("14d"), Wish::CancelMigration, RELEASE] {
        assert!(matches!(of(Some("OLD"), on("OLD"), &wish), Place::Sent(_)));
        assert!(matches!(of(None, On::Nowhere, &wish), Place::Sent(_)));
        for (from, place) in [
            (Some("OLD"), on("OTHER")),
            (Some("OLD"), On::Nowhere),
            (None, on("OLD")),
        ] {
            assert_eq!(of(from, place, &wish), out(Reason::NotOnFrom));
        }
        let found = of(Some("OLD"), unread(), &wish);
        assert_eq!(found, out(Reason::ServerNotKnown(why.clone())));
    }
}

#[test]
fn a_device_that_was_sent_waits_a_day() {
    for (sent, expected) in [
        (hours(-23), Place::LeftOut(Reason::SentLately(hours(-23)))),
        (
            hours(-24),
            Place::Sent(Ask::Assign {
                server: "NEW".to_owned(),
            }),
        ),
    ] {
        let sent = HashMap::from([("C02".to_owned(), sent)]);
        let rules = no_rules(&sent);
        let found = one(&assign("NEW"), json!({}), on("OLD"), Lock::NotRead, rules);
        assert_eq!(found, expected);
    }
}

#[test]
fn what_a_change_under_way_may_end_is_no_reason() {
    let none = HashMap::new();
    let under_way = HashSet::from(["C02".to_owned()]);
    for (from, place, found) in [
        (None, on("NEW"), Place::LeftOut(Reason::UnderWay)),
        (
            Some(Some("OTHER")),
            on("OLD"),
            Place::LeftOut(Reason::UnderWay),
        ),
        // What would be sent is sent.
        (
            None,
            on("OLD"),
            Place::Sent(Ask::Assign {
                server: "NEW".to_owned(),
            }),
        ),
    ] {
        let rules = Rules {
            from,
            under_way: &under_way,
            ..no_rules(&none)
        };
        assert_eq!(
            one(&assign("NEW"), json!({}), place, Lock::NotRead, rules),
            found
        );
    }
}

#[test]
fn what_was_sent_lately_counts_before_what_the_reading_shows() {
    let sent = HashMap::from([("C02".to_owned(), hours(-1))]);
    let lately = || Reason::SentLately(hours(-1));
    let ask = |server: &str| Ask::Assign {
        server: server.to_owned(),
    };
    let unassign = || Ask::Unassign {
        server: "NEW".to_owned(),
    };
    let moved = || Ask::Migrate {
        server: "NEW".to_owned(),
        deadline: days(14),
    };
    let deadline = |deadline| Ask::UpdateDeadline { deadline };
    let due = || migrating("REQUESTED", days(14));
    let nothing = || json!({});
    for (wish, asked, attributes, place, reason) in [
        // The same again, and the reading shows it.
        (
            assign("NEW"),
            ask("NEW"),
            nothing(),
            on("NEW"),
            Reason::AlreadyThere,
        ),
        (
            Wish::Unassign,
            unassign(),
            nothing(),
            On::Nowhere,
            Reason::AlreadyNowhere,
        ),
        (migrate(), moved(), due(), on("NEW"), Reason::AlreadyThere),
        (
            later("14d"),
            deadline(days(14)),
            due(),
            on("NEW"),
            Reason::AlreadyDue(days(14)),
        ),
        (
            Wish::CancelMigration,
            Ask::CancelMigration,
            nothing(),
            on("OLD"),
            Reason::NothingToCancel,
        ),
        // Something else was asked.
        (assign("NEW"), ask("OLD"), nothing(), on("NEW"), lately()),
        (assign("NEW"), unassign(), nothing(), on("NEW"), lately()),
        (assign("NEW"), moved(), nothing(), on("NEW"), lately()),
        (Wish::Unassign, ask("NEW"), nothing(), On::Nowhere, lately()),
        (migrate(), ask("NEW"), nothing(), on("NEW"), lately()),
        (later("14d"), moved(), nothing(), on("OLD"), lately()),
        (later("14d"), deadline(days(9)), due(), on("NEW"), lately()),
        (forced(), moved(), nothing(), on("OLD"), lately()),
        (
            Wish::CancelMigration,
            moved(),
            nothing(),
            on("OLD"),
            lately(),
        ),
        // The same again, and the reading doesn't show it.
        (assign("NEW"), ask("NEW"), nothing(), on("OLD"), lately()),
        // What no change ends.
        (
            migrate(),
            ask("OLD"),
            json!({"isMdmMigrationCapable": false}),
            on("OLD"),
            Reason::NotCapable,
        ),
    ] {
        let asked = HashMap::from([("C02".to_owned(), asked)]);
        let rules = Rules {
            asked: &asked,
            ..no_rules(&sent)
        };
        let found = one(&wish, attributes, place.clone(), Lock::Off, rules);
        assert_eq!(found, out(reason), "{wish:?} {asked:?} {place:?}");
        let rules = Rules {
            from: Some(Some("ELSEWHERE")),
            ..rules
        };
        if asked["C02"] == ask("OLD") && wish == assign("NEW") {
            let found = one(&wish, json!({}), place, Lock::Off, rules);
            assert_eq!(found, out(lately()));
        }
    }
    // What was asked isn't known.
    let rules = no_rules(&sent);
    let found = one(&assign("NEW"), json!({}), on("NEW"), Lock::NotRead, rules);
    assert_eq!(found, out(lately()));
}

fn reading(serial: &str, server: Option<&str>, deadline: i64) -> Reading {
    let mut attributes = migrating("REQUESTED", days(deadline));
    attributes["deviceModel"] = json!(if deadline > 5 { "Mac" } else { "iPad" });
    Reading {
        serial_number: serial.to_owned(),
        read: Read::Device {
            device: device(attributes),
            on: server.map_or(On::Nowhere, on),
            lock: Lock::NotRead,
        },
    }
}

#[test]
fn a_group_has_one_server_or_one_deadline() {
    let none = HashMap::new();
    let readings = [
        reading("A", Some("ONE"), 5),
        reading("B", Some("TWO"), 9),
        reading("C", Some("ONE"), 9),
        reading("D", None, 5),
        reading("A", Some("ONE"), 5),
        Reading {
            serial_number: "E".to_owned(),
            read: Read::NotFound,
        },
    ];
    let shape = |wish: &Wish| -> Vec<(Ask, String)> {
        let plan = planned(wish, readings.clone(), no_rules(&none));
        assert_eq!(plan.devices.len(), 5);
        let groups = plan.groups().into_iter().map(|group| {
            let serials = group.devices.iter().map(|it| it.serial_number.as_str());
            (group.ask, serials.collect())
        });
        groups.collect()
    };
    let server = |id: &str| id.to_owned();
    assert_eq!(
        shape(&Wish::Unassign),
        [
            (
                Ask::Unassign {
                    server: server("ONE")
                },
                "AC".to_owned()
            ),
            (
                Ask::Unassign {
                    server: server("TWO")
                },
                "B".to_owned()
            ),
        ]
    );
    assert_eq!(
        shape(&later("+7d")),
        [
            (Ask::UpdateDeadline { deadline: days(12) }, "AD".to_owned()),
            (Ask::UpdateDeadline { deadline: days(16) }, "BC".to_owned()),
        ]
    );
    let plan = planned(&assign("TWO"), readings.clone(), no_rules(&none));
    assert_eq!(
        plan.counts(),
        [
            (On::Nowhere, Some("iPad".to_owned()), 1),
            (on("ONE"), Some("Mac".to_owned()), 1),
            (on("ONE"), Some("iPad".to_owned()), 1),
        ]
    );
    assert_eq!(
        plan.left_out_counts(),
        [(&Reason::AlreadyThere, 1), (&Reason::NotFound, 1)]
    );
    let results: Vec<_> = plan
        .devices
        .iter()
        .map(|it| it.result(Some("TWO"), |reason| format!("{reason:?}")))
        .map(|it| (it.ended, it.from, it.to))
        .collect();
    let two = || Some(server("TWO"));
    assert_eq!(results[0], (Ended::WouldAssign, Some(server("ONE")), two()));
    assert_eq!(results[1], (Ended::Skipped, two(), two()));
    assert_eq!(results[4], (Ended::NotFound, None, None));
}

fn any_reading() -> impl Strategy<Value = Reading> {
    let server = prop_oneof![
        Just(On::Nowhere),
        Just(on("OLD")),
        Just(on("NEW")),
        Just(unread())
    ];
    let status = prop_oneof![
        Just(json!({})),
        Just(json!({"isMdmMigrationCapable": false})),
        Just(json!({"purchaseSourceType": "MANUALLY_ADDED", "addedToOrgDateTime": NOW})),
        (-10_i64..100).prop_map(|day| migrating("REQUESTED", days(day))),
        (-10_i64..100).prop_map(|day| migrating("STARTED", days(day))),
        Just(migrating("SUCCESS", days(1))),
        Just(json!({"mdmMigrationStatus": "ODD"})),
        Just(json!({"releasedFromOrgDateTime": NOW})),
    ];
    let lock = prop_oneof![
        Just(Lock::Off),
        Just(Lock::On),
        Just(Lock::NotRead),
        Just(Lock::NotKnown("it broke".to_owned()))
    ];
    let read = prop_oneof![
        8 => (status, server, lock).prop_map(|(attributes, on, lock)| Read::Device {
            device: device(attributes),
            on,
            lock,
        }),
        1 => Just(Read::NotFound),
        1 => Just(Read::NotKnown("it broke".to_owned())),
    ];
    ("[A-F]", read).prop_map(|(serial_number, read)| Reading {
        serial_number,
        read,
    })
}

fn any_wish() -> impl Strategy<Value = Wish> {
    prop_oneof![
        Just(assign("NEW")),
        Just(Wish::Unassign),
        any::<bool>().prop_map(|include_unassigned| Wish::Migrate {
            server: "NEW".to_owned(),
            deadline: days(14),
            include_unassigned,
        }),
        Just(later("+7d")),
        Just(later("14d")),
        Just(forced()),
        Just(Wish::CancelMigration),
        any::<bool>().prop_map(|even_if_locked| Wish::Release { even_if_locked }),
    ]
}

proptest! {
    #[test]
    fn every_device_ends_in_one_place_and_nothing_else_is_sent(
        wish in any_wish(),
        readings in prop::collection::vec(any_reading(), 0..12),
        from in prop::option::of(prop_oneof![Just(None), Just(Some("OLD")), Just(Some("NEW"))]),
        sent in prop::collection::hash_map("[A-F]", (0_i64..48).prop_map(|ago| hours(-ago)), 0..6),
    ) {
        let rules = Rules { from, ..no_rules(&sent) };
        let plan = planned(&wish, readings.clone(), rules);
        let asked: BTreeSet<&str> = readings.iter().map(|it| it.serial_number.as_str()).collect();
        let planned: Vec<&str> = plan.devices.iter().map(|it| it.serial_number.as_str()).collect();
        prop_assert_eq!(planned.len(), asked.len());
        prop_assert_eq!(planned.iter().copied().collect::<BTreeSet<_>>(), asked);
        let groups = plan.groups();
        let in_groups: Vec<&str> = groups
            .iter()
            .flat_map(|group| group.devices.iter().map(|it| it.serial_number.as_str()))
            .collect();
        let out: Vec<&str> = plan.left_out().map(|(it, _)| it.serial_number.as_str()).collect();
        prop_assert_eq!(in_groups.len() + out.len(), planned.len());
        let placed: BTreeSet<&str> = in_groups.iter().chain(&out).copied().collect();
        prop_assert_eq!(placed.len(), planned.len());
        let asks: BTreeSet<String> = groups.iter().map(|it| format!("{:?}", it.ask)).collect();
        prop_assert_eq!(asks.len(), groups.len());
        prop_assert_eq!(plan.counts().iter().map(|(_, _, count)| count).sum::<usize>(), in_groups.len());
        prop_assert_eq!(plan.left_out_counts().iter().map(|(_, count)| count).sum::<usize>(), out.len());

        for (device, ask) in plan.sent() {
            let first = readings.iter().find(|it| it.serial_number == device.serial_number).unwrap();
            let Read::Device { lock, .. } = &first.read else {
                return Err(TestCaseError::fail("sent without a reading"));
            };
            let serial = &device.serial_number;
            prop_assert!(sent.get(serial).is_none_or(|at| *at <= hours(-24)));
            prop_assert!(from.is_none_or(|from| from == device.on.id()));
            match ask {
                Ask::Assign { server } => prop_assert_ne!(device.on.id(), Some(server.as_str())),
                Ask::Unassign { server } => prop_assert_eq!(device.on.id(), Some(server.as_str())),
                Ask::Migrate { .. } => prop_assert!(!matches!(device.on, On::NotKnown(_))),
                Ask::UpdateDeadline { deadline } => {
                    prop_assert!(*deadline <= days(90));
                    prop_assert!(*deadline > now() || wish == forced());
                }
                Ask::CancelMigration => {}
                Ask::Release => prop_assert!(
                    *lock == Lock::Off || wish != RELEASE
                ),
            }
        }
        for (device, reason) in plan.left_out() {
            let result = device.result(wish.to(), |_| String::new());
            let is_missing = reason.weight() == Weight::Missing;
            prop_assert_eq!(result.ended == Ended::NotFound, is_missing);
        }
    }
}
