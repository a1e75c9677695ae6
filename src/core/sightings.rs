//! What somebody saw and declared, and when to look again.

use jiff::SignedDuration;
use jiff::civil::Date;

/// After this long somebody should look again.
const OLD: SignedDuration = SignedDuration::from_hours(180 * 24);

/// Whether what was seen on a day is too old to say much.
pub fn is_old(seen: Date, today: Date) -> bool {
    seen.duration_until(today) > OLD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sighting_is_old_after_180_days() {
        let day = |text: &str| -> Date { text.parse().unwrap() };
        let today = day("2026-11-22");
        for (seen, old) in [
            ("2026-05-26", false),
            ("2026-05-25", true),
            ("2026-11-23", false),
        ] {
            assert_eq!(is_old(day(seen), today), old, "{seen}");
        }
    }
}
