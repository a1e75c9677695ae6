//! What an answer means.

use super::Seen::{AsWished, NotRead, Otherwise};
use super::*;
use serde_json::{Value, json};

fn device(attributes: Value) -> Device {
    let Value::Object(attributes) = attributes else {
        panic!("{attributes}")
    };
    Device::new("C02".to_owned(), attributes)
}

#[test]
fn what_a_row_leaves_out_is_not_known() {
    let deadline = "2026-12-01T16:00:00Z".parse().unwrap();
    let migrate = Ask::Migrate {
        server: "S".to_owned(),
        deadline,
    };
    let update = Ask::UpdateDeadline { deadline };
    let unassign = Ask::Unassign {
        server: "S".to_owned(),
    };
    let migration = |status: &str, deadline: &str| json!({"isMdmMigrationCapable": true, "mdmMigrationStatus": status, "mdmMigrationDeadlineDateTime": deadline});
    let asked = migration("REQUESTED", "2026-12-01T16:00:00.000Z");
    let other = migration("REQUESTED", "2026-12-02T16:00:00Z");
    let over = migration("SUCCESS", "2026-12-01T16:00:00Z");
    let none = json!({"isMdmMigrationCapable": true});
    let failed = migration("FAILED", "2026-12-01T16:00:00Z");
    let new_word = migration("PAUSED", "2026-12-01T16:00:00Z");
    let no_deadline = json!({"mdmMigrationStatus": "STARTED"});
    for (ask, attributes, row, whole) in [
        (&migrate, &asked, AsWished, AsWished),
        (&migrate, &other, Otherwise, Otherwise),
        (&migrate, &over, Otherwise, Otherwise),
        (&migrate, &failed, Otherwise, Otherwise),
        (&migrate, &none, Otherwise, Otherwise),
        (&migrate, &json!({}), NotRead, Otherwise),
        (&migrate, &no_deadline, NotRead, Otherwise),
        (&migrate, &new_word, NotRead, NotRead),
        (&update, &asked, AsWished, AsWished),
        (&update, &other, Otherwise, Otherwise),
        (&update, &json!({}), NotRead, Otherwise),
        (&Ask::CancelMigration, &asked, Otherwise, Otherwise),
        (&Ask::CancelMigration, &over, Otherwise, Otherwise),
        (&Ask::CancelMigration, &none, AsWished, AsWished),
        (&Ask::CancelMigration, &failed, AsWished, AsWished),
        (&Ask::CancelMigration, &new_word, NotRead, NotRead),
        (&Ask::CancelMigration, &json!({}), NotRead, AsWished),
        (
            &unassign,
            &json!({"status": "ASSIGNED"}),
            Otherwise,
            Otherwise,
        ),
        (
            &unassign,
            &json!({"status": "UNASSIGNED"}),
            AsWished,
            AsWished,
        ),
        (&unassign, &json!({"status": "LOST"}), NotRead, NotRead),
        (&Ask::Release, &json!({}), Otherwise, Otherwise),
        (
            &Ask::Release,
            &json!({"releasedFromOrgDateTime": "2026-11-22T10:00:00Z"}),
            AsWished,
            AsWished,
        ),
    ] {
        let device = device(attributes.clone());
        let judged = |state| judge(ask, &state, 0);
        let found = (judged(State::Row(&device)), judged(State::Whole(&device)));
        assert_eq!(found, (row, whole), "{ask:?} {attributes}");
    }
    assert_eq!(judge(&Ask::Release, &State::Absent, 0), AsWished);
    assert_eq!(judge(&unassign, &State::Absent, 0), NotRead);
    let late = deadline.as_millisecond();
    let started = device(json!({"mdmMigrationStatus": "STARTED"}));
    assert_eq!(judge(&update, &State::Row(&started), late), AsWished);
    assert_eq!(judge(&update, &State::Whole(&started), late - 1), Otherwise);
}
