//! The order of devices by a member.

use std::cmp::Ordering;
use std::str::FromStr;

use jiff::Timestamp;
use serde_json::Value;

use super::selection::{UnknownMember, member};

/// A member, and which way.
#[derive(Debug, Clone, Copy)]
pub struct Sort {
    /// One of the members of a device.
    pub member: &'static str,
    pub is_descending: bool,
}

impl FromStr for Sort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, order) = text.rsplit_once(':').unwrap_or((text, "asc"));
        let is_descending = match &order.to_lowercase()[..] {
            "asc" => false,
            "desc" => true,
            _ => return Err(format!("\"{order}\" isn't an order; use asc or desc")),
        };
        let member = member(name.trim()).map_err(|error: UnknownMember| error.to_string())?;
        Ok(Self {
            member,
            is_descending,
        })
    }
}

impl Sort {
    /// The order of two values of the member. Those that are absent come last, whichever way.
    pub fn order(self, one: &Value, other: &Value) -> Ordering {
        match (is_absent(one), is_absent(other)) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) if self.is_descending => compared(other, one),
            (false, false) => compared(one, other),
        }
    }
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Numbers by size, times by time, and everything else as text in any case.
fn compared(one: &Value, other: &Value) -> Ordering {
    if let (Some(one), Some(other)) = (one.as_f64(), other.as_f64()) {
        return one.total_cmp(&other);
    }
    let time = |value: &Value| value.as_str()?.parse::<Timestamp>().ok();
    if let (Some(one), Some(other)) = (time(one), time(other)) {
        return one.cmp(&other);
    }
    let text = |value: &Value| match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string().to_lowercase(),
    };
    text(one).cmp(&text(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_and_an_order_are_read() {
        for (text, member, is_descending) in [
            ("model", "model", false),
            ("addedToOrgDateTime:desc", "added_at", true),
            ("Serial-Number:ASC", "serial_number", false),
        ] {
            let sort: Sort = text.parse().unwrap();
            assert_eq!((sort.member, sort.is_descending), (member, is_descending));
        }
        for (text, why) in [
            ("model:up", "\"up\" isn't an order; use asc or desc"),
            (
                "modle",
                "\"modle\" isn't a member of a device (did you mean model?)",
            ),
            ("", "\"\" isn't a member of a device."),
        ] {
            let error = text.parse::<Sort>().unwrap_err();
            assert!(error.starts_with(why), "{text}: {error}");
        }
    }

    #[test]
    fn values_of_one_kind_are_compared_as_such() {
        for (less, more) in [
            (serde_json::json!(9), serde_json::json!(10)),
            (
                "2026-01-01T00:00:00.9Z".into(),
                "2026-01-01T00:00:01Z".into(),
            ),
            ("apple".into(), "Banana".into()),
            (false.into(), true.into()),
        ] {
            assert_eq!(compared(&less, &more), Ordering::Less, "{less} {more}");
        }
    }
}
