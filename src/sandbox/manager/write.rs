//! Writes an object's members as they come. A page of 1,000 devices as a tree of values took five times as long.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::sandbox::exchange::millis;

/// Adds `value` in quotes.
pub(super) fn quoted(text: &mut String, value: &str) {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    text.push('"');
    if value.bytes().all(plain) {
        text.push_str(value);
    } else {
        for letter in value.chars() {
            match letter {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                // Writing to a string cannot fail.
                control if control < ' ' => {
                    let _ = write!(text, "\\u{:04x}", u32::from(control));
                }
                other => text.push(other),
            }
        }
    }
    text.push('"');
}

/// An object that is being written; of its members only those that are wanted.
pub(super) struct Members<'a> {
    text: &'a mut String,
    wanted: Option<&'a [String]>,
    empty: bool,
}

impl<'a> Members<'a> {
    /// Begins the object.
    pub(super) fn new(text: &'a mut String, wanted: Option<&'a [String]>) -> Self {
        text.push('{');
        Self {
            text,
            wanted,
            empty: true,
        }
    }

    /// Begins a member; false if it is not wanted.
    fn begin(&mut self, name: &str) -> bool {
        if let Some(wanted) = self.wanted
            && !wanted.iter().any(|wanted| wanted == name)
        {
            return false;
        }
        if !self.empty {
            self.text.push(',');
        }
        self.empty = false;
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
        true
    }

    /// A member whose value is JSON already.
    pub(super) fn raw(&mut self, name: &str, json: &str) {
        if self.begin(name) {
            self.text.push_str(json);
        }
    }

    /// A string.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        if self.begin(name) {
            quoted(self.text, value);
        }
    }

    /// A point in time.
    pub(super) fn time(&mut self, name: &str, time: Timestamp) {
        if self.begin(name) {
            quoted(self.text, &millis(time));
        }
    }

    /// A list with one string, or with none.
    pub(super) fn list(&mut self, name: &str, value: Option<&str>) {
        if self.begin(name) {
            self.text.push('[');
            if let Some(value) = value {
                quoted(self.text, value);
            }
            self.text.push(']');
        }
    }

    /// Ends the object.
    pub(super) fn end(self) {
        self.text.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_json() {
        let mut text = String::new();
        let mut members = Members::new(&mut text, None);
        members.text("name", "MacBook \"Pro\" \\ 14\u{1}\n ü");
        members.list("none", None);
        members.list("one", Some("1"));
        members.raw("truth", "true");
        members.time("time", Timestamp::UNIX_EPOCH);
        members.end();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            read,
            serde_json::json!({
                "name": "MacBook \"Pro\" \\ 14\u{1}\n ü", "none": [], "one": ["1"], "truth": true,
                "time": "1970-01-01T00:00:00.000Z",
            })
        );
    }

    #[test]
    fn what_is_not_wanted_is_left_out() {
        let mut text = String::new();
        let wanted = ["b".to_owned(), "d".to_owned()];
        let mut members = Members::new(&mut text, Some(&wanted));
        for name in ["a", "b", "c", "d"] {
            members.text(name, name);
        }
        members.end();
        assert_eq!(text, r#"{"b":"b","d":"d"}"#);
    }
}
