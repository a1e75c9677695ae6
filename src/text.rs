//! Makes text from elsewhere safe for a terminal, and writes durations and dates for people.

use std::borrow::Cow;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// Whether a character could change what a terminal shows around it: control characters and marks of direction.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether a text has nothing but letters, digits, signs and blanks of ASCII, as nearly all have: quickly found, and safe.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|it| matches!(it, b' '..=b'~'))
}

/// A duration in its largest unit, as people say it.
pub(crate) fn spoken(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let (count, unit) = match seconds {
        ..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// A day as people write it: June 22, 2027.
pub(crate) fn prose_date(at: Timestamp) -> String {
    at.strftime("%B %-d, %Y").to_string()
}

/// The same for a day without a time.
pub(crate) fn prose_day(day: Date) -> String {
    day.strftime("%B %-d, %Y").to_string()
}

/// A moment as people write it: 09:15:31 UTC on June 22, 2027.
pub(crate) fn prose_time(at: Timestamp) -> String {
    at.strftime("%H:%M:%S UTC on %B %-d, %Y").to_string()
}

/// A time limit or a wait, as people write it: 2.7 seconds, 15 seconds, 1 minute 30 seconds.
pub(crate) fn duration(duration: Duration) -> String {
    let count = |count: u64, unit: &str| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {unit}{plural}")
    };
    // To a tenth of a second; what is shorter is rare enough for its own unit.
    let tenths = (duration.as_millis() + 50) / 100;
    match u64::try_from(tenths).unwrap_or(u64::MAX) {
        0 => count(u64::from(duration.subsec_millis()), "millisecond"),
        tenths @ 1..600 if !tenths.is_multiple_of(10) => {
            format!("{}.{} seconds", tenths / 10, tenths % 10)
        }
        tenths => {
            let seconds = tenths / 10;
            let parts = [
                (seconds / 3600, "hour"),
                (seconds % 3600 / 60, "minute"),
                (seconds % 60, "second"),
            ];
            let parts = parts.into_iter().filter(|(many, _)| *many > 0);
            let parts: Vec<String> = parts.map(|(many, unit)| count(many, unit)).collect();
            parts.join(" ")
        }
    }
}

/// The text with a full stop at its end, unless a quotation there has one.
pub(crate) fn sentence(text: &str) -> String {
    let stop = if text.ends_with(".\"") { "" } else { "." };
    format!("{text}{stop}")
}

/// The text on one line, with nothing in it that a terminal would act on.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let plain = |character| match character {
        '\n' | '\r' | '\t' => ' ',
        other if is_unsafe(other) => '\u{fffd}',
        other => other,
    };
    Cow::Owned(text.chars().map(plain).collect())
}

/// The text without marks of direction, for formats that escape control characters and not these.
pub(crate) fn without_direction(text: &str) -> Cow<'_, str> {
    let mark = |character: char| is_unsafe(character) && !character.is_control();
    if !text.contains(mark) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(mark, "\u{fffd}"))
}

/// A JSON document in which control characters that JSON allows as they are become escapes.
pub(crate) fn escaped(json: &str) -> Cow<'_, str> {
    let raw = |character: char| is_unsafe(character) && character != '\n';
    if is_plain(json) || !json.contains(raw) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if raw(character) {
            // All of these are in the first plane, where one escape says one character.
            out.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// Stands for a blank within a command: as wide, and no place to break a line at.
const WITHIN: &str = "\u{a0}";

/// The text in lines of `width`, wrapped between words. A command stays whole, so that it can be copied: one that doesn't fit stands
/// on a line without anything before it.
pub(crate) fn wrapped(text: &str, width: usize, first: &str, others: &str) -> String {
    let options = textwrap::Options::new(width)
        .initial_indent(first)
        .subsequent_indent(others)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(&with_whole_commands(text), options).replace(WITHIN, " ")
}

/// The number of a step at the beginning of a line, with the blanks around it: `  1. `.
fn step(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(' ');
    let after = text.trim_start_matches(|it: char| it.is_ascii_digit());
    let text = after
        .strip_prefix(". ")
        .filter(|_| after.len() < text.len())?;
    Some(&line[..line.len() - text.len()])
}

/// Whether a line is a step: a number, and what is to be done.
pub(crate) fn is_step(line: &str) -> bool {
    step(line).is_some()
}

/// A line that may be set off or a step, in lines of `width`, each under where its text begins.
pub(crate) fn indented(line: &str, width: usize) -> String {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    let start = step(line).unwrap_or(&line[..blanks]);
    let text = &line[start.len()..];
    wrapped(text, width, start, &" ".repeat(start.len()))
}

/// The text with [`WITHIN`] for each blank of a command: between backticks, and from a bare `abmctl` to the end.
fn with_whole_commands(text: &str) -> String {
    let (text, bare) = match text.find(": abmctl ") {
        Some(place) => text.split_at(place + 2),
        None => (text, ""),
    };
    let parts = text.split('`').enumerate();
    let parts: Vec<String> = parts
        .map(|(index, part)| {
            if index % 2 == 1 {
                part.replace(' ', WITHIN)
            } else {
                part.to_owned()
            }
        })
        .collect();
    parts.join("`") + &bare.replace(' ', WITHIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_people_do() {
        for (nanoseconds, words) in [
            (2_699_999_800, "2.7 seconds"),
            (2_700_000_048, "2.7 seconds"),
            (0, "0 milliseconds"),
            (1_000_000, "1 millisecond"),
            (49_000_000, "49 milliseconds"),
            (50_000_000, "0.1 seconds"),
            (450_000_000, "0.5 seconds"),
            (999_999_999, "1 second"),
            (1_000_000_000, "1 second"),
            (15_000_000_000, "15 seconds"),
            (13_499_999_000, "13.5 seconds"),
            (59_990_000_000, "1 minute"),
            (60_000_000_000, "1 minute"),
            (90_400_000_000, "1 minute 30 seconds"),
            (300_000_000_000, "5 minutes"),
            (3_661_000_000_000, "1 hour 1 minute 1 second"),
            (86_400_000_000_000, "24 hours"),
        ] {
            assert_eq!(duration(Duration::from_nanos(nanoseconds)), words);
        }
    }

    #[test]
    fn nothing_that_a_terminal_acts_on_is_left() {
        for (text, expected) in [
            ("Jamf Pro", "Jamf Pro"),
            ("a\u{1b}[31mb", "a\u{fffd}[31mb"),
            ("two\nlines\r\n", "two lines  "),
            ("\u{9b}2J", "\u{fffd}2J"),
            ("\u{202e}txt", "\u{fffd}txt"),
            ("日本", "日本"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }

    #[test]
    fn an_escaped_document_reads_the_same() {
        let value = serde_json::json!({"name": "a\u{9b}b\u{7f}\u{202e}\u{1b}"});
        let text = serde_json::to_string_pretty(&value).unwrap();
        let escaped = escaped(&text);
        assert!(!escaped.contains(|c: char| is_unsafe(c) && c != '\n'));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&escaped).unwrap(),
            value
        );
    }
}
