//! What a device change says: the reason for each device that isn't as wished.

use jiff::{SignedDuration, Timestamp};

use crate::core::devices::change::{Failed, Pending, Skipped, Standing};
use crate::core::devices::{Ask, Ended};
use crate::text::prose_time;

/// How a device ended in the words of documents.
pub(super) fn ended(standing: Standing, ask: &Ask) -> Ended {
    match standing {
        Standing::Pending(_) => Ended::Pending,
        Standing::Done => ask.done(),
        Standing::Failed(_) => Ended::Failed,
        Standing::NotKnown => Ended::NotKnown,
        Standing::Skipped(_) => Ended::Skipped,
    }
}

/// The standing that a journal's words stand for; none for one that doesn't stay so.
pub(super) fn standing(ended: Ended, skipped: Option<Skipped>) -> Option<Standing> {
    Some(match ended {
        Ended::Assigned
        | Ended::Unassigned
        | Ended::Migrating
        | Ended::Updated
        | Ended::Canceled
        | Ended::Released => Standing::Done,
        Ended::Failed => Standing::Failed(Failed::Logged),
        Ended::NotKnown => Standing::NotKnown,
        Ended::Skipped => Standing::Skipped(skipped.unwrap_or(Skipped::SentBefore)),
        _ => return None,
    })
}

/// Why a device has no result yet.
pub(super) fn pending(why: Pending, failure: Option<&str>) -> String {
    let text = match why {
        Pending::NotSent => "abmctl hasn't sent it to Apple yet.",
        Pending::NoAnswer => {
            "abmctl got no clear answer to the request, and the change doesn't show yet."
        }
        Pending::NoId => {
            "Apple accepted the request without an activity id, and the change doesn't show yet."
        }
        Pending::InProgress => "Apple is still working on it.",
        Pending::Unreadable => "The activity can't be read, and the change doesn't show yet.",
        Pending::NotShown => "Apple's log says that it succeeded, but the change doesn't show yet.",
        Pending::NoLog => {
            "The activity ended, but abmctl has no result for this device, and the change doesn't show yet."
        }
        Pending::NotRead => "The activity ended, but abmctl couldn't read the device.",
        Pending::NotLooked => "The activity ended, and abmctl didn't wait for its result.",
    };
    match (why, failure) {
        (Pending::NotRead, Some(failure)) => format!("{text} {failure}"),
        _ => text.to_owned(),
    }
}

/// Why Apple didn't do it, by the log.
pub(super) fn logged(status: &str, sub_status: Option<&str>) -> String {
    let said = sub_status.unwrap_or(status);
    match said {
        "DEVICE_NOT_FOUND" => {
            "Apple's log says DEVICE_NOT_FOUND: the organization doesn't have this device."
                .to_owned()
        }
        "ALREADY_ASSIGNED" => {
            "Apple's log says ALREADY_ASSIGNED, but the device isn't on this server.".to_owned()
        }
        said => format!("Apple's log says {said}."),
    }
}

/// Why Apple didn't do it, by the activity.
pub(super) fn given_up(status: Option<&str>) -> String {
    match status {
        Some(status) => format!("Apple ended the activity with {status}."),
        None => "Apple ended the activity without doing it.".to_owned(),
    }
}

/// Sent a day ago.
pub(super) fn not_known() -> String {
    "abmctl sent it more than 24 hours ago, and the change doesn't show. Nothing tells whether Apple acted on it.".to_owned()
}

/// Why it was left out.
pub(super) fn skipped(why: Skipped) -> String {
    match why {
        Skipped::SentBefore => "abmctl sent it to Apple in the last 24 hours.",
        Skipped::AlreadyThere => "It is already as asked.",
        Skipped::Moved => "Somebody moved it after this change was planned.",
        Skipped::MigrationChanged => {
            "Somebody changed its migration after this change was planned."
        }
        Skipped::TooLate => "abmctl didn't send it within 24 hours. Run the command again.",
        Skipped::Locked => "Activation Lock is on.",
        Skipped::DeadlinePassed => {
            "Its deadline passed before abmctl could send it. Sent now, it would force the migration. Run the command again with a later deadline."
        }
        Skipped::DeadlineNear => {
            "Its deadline was less than an hour ahead before abmctl could send it. Run the command again with a later deadline."
        }
    }
    .to_owned()
}

/// Why a device is left out that was sent at `at`.
pub fn sent_before(at: Timestamp) -> String {
    format!(
        "abmctl sent it to Apple at {}, less than 24 hours ago. Add --again to send it again.",
        prose_time(at)
    )
}

/// A number of things.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let noun = if number == 1 { one } else { many };
    format!("{text} {noun}")
}

/// A long time as people say it: about 12 hours.
pub(super) fn about(time: SignedDuration) -> String {
    let minutes = (time.as_secs() + 59) / 60;
    match minutes {
        ..=1 => "about a minute".to_owned(),
        2..90 => format!("about {minutes} minutes"),
        _ => format!("about {} hours", (minutes + 30) / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_written_as_people_do() {
        let devices = |number| count(number, "device", "devices");
        assert_eq!(devices(1), "1 device");
        assert_eq!(devices(999), "999 devices");
        assert_eq!(devices(10_000), "10,000 devices");
        assert_eq!(devices(1_234_567), "1,234,567 devices");
        for (seconds, words) in [
            (3, "about a minute"),
            (61, "about 2 minutes"),
            (3600, "about 60 minutes"),
            (12 * 3600, "about 12 hours"),
        ] {
            assert_eq!(about(SignedDuration::from_secs(seconds)), words);
        }
    }
}
