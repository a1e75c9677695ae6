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
