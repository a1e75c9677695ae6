//! Apple's times, whose format nobody documents.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// The instant that `text` names: RFC 3339 with or without fraction; UTC where it has no offset (inferred).
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    let local = text
        .strip_suffix("UTC")
        .or_else(|| text.strip_suffix("GMT"))
        .unwrap_or(text)
        .trim_end();
    // A day alone names no instant.
    if !local.contains(':') {
        return None;
    }
    let local: DateTime = local.parse().ok()?;
    Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_and_odd_forms_are_read() {
        for text in [
            "2026-06-14T17:00:00Z",
            "2026-06-14T17:00:00.000Z",
            "2026-06-14T17:00:00.000000000Z",
            "2026-06-14t17:00:00z",
            "2026-06-14T19:00:00+02:00",
            "2026-06-14T19:00:00+0200",
            "2026-06-14T17:00:00+00:00",
            "2026-06-14 17:00:00Z",
            "2026-06-14 17:00:00 UTC",
            "2026-06-14 17:00:00",
            "2026-06-14T17:00:00.000",
            "2026-06-14T17:00Z",
            " 2026-06-14T17:00:00Z ",
        ] {
            let read = instant(text).map(|instant| instant.to_string());
            assert_eq!(read.as_deref(), Some("2026-06-14T17:00:00Z"), "{text}");
        }
        for text in ["", "soon", "2026-06-14", "1781456400", "06/14/2026 5:00 PM"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: String) {
            instant(&text);
        }
    }
}
