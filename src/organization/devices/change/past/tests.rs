//! What the lines of device changes come to.

use super::*;

fn at(time: &str) -> Timestamp {
    format!("2026-11-22T{time}Z").parse().unwrap()
}

fn entry(time: &str, id: &str, organization: &str, event: Event) -> Entry {
    Entry {
        at: at(time),
        id: id.to_owned(),
        organization: organization.to_owned(),
        profile: "acme".to_owned(),
        command: "devices assign".to_owned(),
        event,
    }
}

fn sent(batch: usize, serials: &[&str]) -> Event {
    Event::DevicesSent {
        batch,
        serial_numbers: serials.iter().map(|it| (*it).to_owned()).collect(),
    }
}

fn target(serial: &str, from: Option<&str>) -> Target {
    Target {
        serial_number: serial.to_owned(),
        from: from.map(str::to_owned),
        deadline: None,
    }
}

#[test]
fn a_plan_keeps_the_order_and_cuts_groups_into_batches() {
    let assign = Ask::Assign {
        server: "S".to_owned(),
    };
    let first = [
        target("1", None),
        target("2", Some("A")),
        target("3", Some("A")),
    ];
    let groups = [
        Group {
            ask: assign,
            devices: first.to_vec(),
        },
        Group {
            ask: Ask::Release,
            devices: vec![target("4", None)],
        },
    ];
    let plan = Plan::new(&groups, 2);
    let sizes: Vec<usize> = plan.batches.iter().map(Batch::size).collect();
    assert_eq!((sizes, plan.devices()), (vec![2, 1, 1], 4));
    let kept = Plan::of(&plan.written()).unwrap();
    assert_eq!(kept, plan);
    assert_eq!(kept.groups(), groups);
    let targets: Vec<Target> = kept.batches.iter().flat_map(Batch::targets).collect();
    assert_eq!(targets[..3], first);
    assert_eq!(kept.ask(2), Some(&Ask::Release));
    assert_eq!(Plan::of(&serde_json::json!({"families": []})), None);
}

#[test]
fn what_apple_certainly_did_not_act_on_was_not_sent() {
    let not_sent = |batch| Event::DevicesNotSent {
        batch,
        why: "429.".to_owned(),
        unreached: false,
    };
    let accepted = Event::DevicesAccepted {
        batch: 1,
        activity: None,
    };
    let entries = [
        entry("10:00:00", "a", "acme", sent(0, &["1", "2"])),
        entry("10:00:01", "a", "acme", not_sent(0)),
        entry("10:01:00", "a", "acme", sent(0, &["1"])),
        entry("10:02:00", "a", "acme", sent(1, &["3"])),
        entry("10:02:01", "a", "acme", accepted),
        entry("10:03:00", "b", "other", sent(0, &["4"])),
        entry("10:04:00", "c", "acme", sent(0, &["1"])),
    ];
    let now = at("11:00:00");
    let recent = recently_sent(&entries, "acme", now);
    let mut serials: Vec<&str> = recent.keys().map(String::as_str).collect();
    serials.sort_unstable();
    assert_eq!(serials, ["1", "3"]);
    assert_eq!(recent["1"], at("10:04:00"));
    let day = SignedDuration::from_hours(24);
    let later = recently_sent(&entries, "acme", at("10:02:00") + day);
    assert_eq!(later.keys().collect::<Vec<_>>(), ["1"]);
    // Every request counts toward the limit, the refused one too, unless it never reached Apple.
    assert_eq!(sending_times(&entries, "acme").len(), 4);
    let mut entries = entries;
    if let Event::DevicesNotSent { unreached, .. } = &mut entries[1].event {
        *unreached = true;
    }
    let times = [at("10:01:00"), at("10:02:00"), at("10:04:00")];
    assert_eq!(sending_times(&entries, "acme"), times);
}

fn begun(changes: serde_json::Value) -> Event {
    Event::Begun {
        before: serde_json::Value::Null,
        changes,
        undo: String::new(),
        note: None,
    }
}

fn read(status: Option<&str>, serials: &[&str]) -> Event {
    let results = crate::state::journal::DeviceResults {
        ended: crate::core::devices::Ended::Assigned,
        reason: None,
        skipped: None,
        serial_numbers: serials.iter().map(|it| (*it).to_owned()).collect(),
    };
    Event::DevicesEnded {
        batch: 0,
        status: status.map(str::to_owned),
        sub_status: None,
        completed_at: None,
        results: Some(results)
            .filter(|it| !it.serial_numbers.is_empty())
            .into_iter()
            .collect(),
    }
}

#[test]
fn a_reading_makes_no_change_younger_and_an_end_stays() {
    let group = Group {
        ask: Ask::Release,
        devices: vec![target("1", None)],
    };
    let plan = Plan::new(&[group], 1000);
    let mut entries = vec![
        entry("10:00:00", "a", "acme", begun(plan.written())),
        entry("10:01:00", "a", "acme", sent(0, &["1"])),
        entry("11:00:00", "a", "acme", read(Some("COMPLETED"), &[])),
    ];
    let past = |entries: &[Entry]| Past::all(entries, "acme").remove(0);
    assert_eq!(past(&entries).last, at("10:01:00"));
    let status = |entries: &[Entry]| past(entries).batches()[0].status.clone();
    assert_eq!(status(&entries).as_deref(), Some("COMPLETED"));
    // A run that read it before wrote its line later.
    entries.push(entry(
        "12:00:00",
        "a",
        "acme",
        read(Some("IN_PROGRESS"), &["1"]),
    ));
    assert_eq!(past(&entries).last, at("12:00:00"));
    assert_eq!(status(&entries).as_deref(), Some("COMPLETED"));
}

#[test]
fn a_plan_that_cannot_be_read_keeps_what_was_sent() {
    let lines = [
        entry(
            "10:00:00",
            "a",
            "acme",
            begun(serde_json::json!({"devices": 1})),
        ),
        entry(
            "10:00:00",
            "b",
            "acme",
            begun(serde_json::json!({"devices": null})),
        ),
        entry(
            "10:00:00",
            "c",
            "acme",
            begun(serde_json::json!({"families": []})),
        ),
        entry(
            "10:00:00",
            "d",
            "other",
            begun(serde_json::json!({"devices": 1})),
        ),
        entry("10:01:00", "a", "acme", sent(2, &["1", "2"])),
        entry("10:01:00", "a", "acme", sent(usize::MAX, &["3"])),
    ];
    assert!(Past::all(&lines, "acme").is_empty());
    let unreadable = Past::all_unreadable(&lines, "acme");
    let ids: Vec<&str> = unreadable.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
    let sent = unreadable[0].batches().into_iter().map(|it| it.sent);
    let sent: Vec<usize> = sent
        .map(|it| it.map_or(0, |(_, serials)| serials.len()))
        .collect();
    assert_eq!(sent, [0, 0, 2]);
    assert!(unreadable[1].batches().is_empty());
}
