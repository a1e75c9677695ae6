//! Rows and how they are shown.

use serde_json::{Map, Value, json};

use super::default_for::Defaults;
use super::reading::Reading;
use crate::apple::enrollment::discovery::Registered;
use crate::commands::servers;
use crate::output::{Cell, View, column, more};

/// `list`, and `get` of several.
pub static LIST: View = View {
    columns: &[
        more("token"),
        more("server_id"),
        column("server_name", "SERVER", Cell::Of(server)),
        column("default_platforms", "DEFAULT FOR", Cell::Of(default_for)),
        more("joined_by"),
        more("organization"),
        more("url"),
        column("set_at", "SET (UTC)", Cell::Of(set_time)),
        more("set_at_raw"),
        column("token_expires_at", "TOKEN ENDS", Cell::Day),
        column("state", "STATE", Cell::Of(state)),
        more("error"),
    ],
    below: Some(url_or_error),
    empty: "No server token is configured.",
};

/// `get` of one.
pub static ONE: View = View {
    columns: &[
        column("token", "TOKEN", Cell::Plain),
        column("server_id", "SERVER ID", Cell::Plain),
        column("server_name", "SERVER", Cell::Plain),
        column("organization", "ORGANIZATION", Cell::Plain),
        column("url", "URL", Cell::Plain),
        column("set_at", "SET (UTC)", Cell::Of(set_time)),
        more("set_at_raw"),
        column("token_expires_at", "TOKEN ENDS", Cell::Day),
        column("state", "STATE", Cell::Of(state)),
        more("error"),
    ],
    below: None,
    empty: "",
};

/// `set` and `clear`.
pub static CHANGES: View = View {
    columns: &[
        more("token"),
        more("server_id"),
        column("server_name", "SERVER", Cell::Of(server)),
        more("from"),
        more("to"),
        column("set_at", "SET (UTC)", Cell::Of(set_time)),
        more("set_at_raw"),
        column("result", "RESULT", Cell::Of(result)),
        more("error"),
    ],
    below: Some(from_and_to),
    empty: "Nothing to change.",
};

/// A row of `list`, and the object of `get`; without `defaults`, what the server is the default for is not known.
pub fn row(reading: &Reading<'_>, defaults: Option<&Defaults>) -> Value {
    let default_for = defaults.and_then(|defaults| defaults.of_server(&reading.server));
    let registered = reading.outcome.as_ref().ok().and_then(Option::as_ref);
    let (set_at, set_at_raw) = times(registered);
    json!({
        "token": reading.token.name,
        "server_id": reading.server.id,
        "server_name": reading.server.name,
        "default_platforms": default_for.as_ref().and_then(|it| it.platforms.clone()),
        "joined_by": default_for.as_ref().map(|it| it.joined_by.word()),
        "organization": reading.server.organization,
        "url": registered.map(|it| &it.url),
        "set_at": set_at,
        "set_at_raw": set_at_raw,
        "token_expires_at": reading.expires_at.map(|at| at.to_string()),
        "state": reading.state().word(),
        "error": reading.outcome.as_ref().err().map(|problem| &problem.error.message),
    })
}

/// The set time of a URL: as an instant, and in Apple's words.
pub fn times(registered: Option<&Registered>) -> (Option<String>, Option<String>) {
    let at = registered.and_then(|it| it.last_updated);
    let raw = registered.and_then(|it| it.last_updated_raw.clone());
    (at.map(|at| at.to_string()), raw)
}

fn text<'a>(row: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    row.get(key).and_then(Value::as_str)
}

/// The server's name, else the token's.
fn server(row: &Map<String, Value>) -> String {
    let name = text(row, "server_name").or_else(|| text(row, "token"));
    name.unwrap_or_default().to_owned()
}

/// The platforms; `-` where nobody was asked, or the server is not found.
fn default_for(row: &Map<String, Value>) -> String {
    match text(row, "joined_by") {
        Some(_) => servers::default_for(row),
        None => String::new(),
    }
}

/// The set time to the minute, else in Apple's words.
fn set_time(row: &Map<String, Value>) -> String {
    match text(row, "set_at") {
        Some(at) => at.chars().take(16).collect::<String>().replace('T', " "),
        None => text(row, "set_at_raw").unwrap_or_default().to_owned(),
    }
}

fn state(row: &Map<String, Value>) -> String {
    text(row, "state").unwrap_or_default().replace('_', " ")
}

fn url_or_error(row: &Map<String, Value>) -> Vec<String> {
    let shown = text(row, "error").or_else(|| text(row, "url"));
    vec![shown.unwrap_or("no ADDE URL is set").to_owned()]
}

fn result(row: &Map<String, Value>) -> String {
    text(row, "result").unwrap_or_default().replace('_', " ")
}

fn from_and_to(row: &Map<String, Value>) -> Vec<String> {
    if let Some(error) = text(row, "error") {
        return vec![error.to_owned()];
    }
    let or_none = |key| text(row, key).unwrap_or("no ADDE URL").to_owned();
    let to = or_none("to");
    if text(row, "result") == Some("unchanged") {
        return vec![to];
    }
    vec![to, format!("before: {}", or_none("from"))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            _ => Map::new(),
        }
    }

    #[test]
    fn a_set_time_that_is_not_understood_is_shown_as_it_came() {
        for (row, expected) in [
            (
                json!({"set_at": "2026-06-14T17:00:00Z", "set_at_raw": "x"}),
                "2026-06-14 17:00",
            ),
            (
                json!({"set_at": null, "set_at_raw": "14 June 2026 at 17:00"}),
                "14 June 2026 at 17:00",
            ),
            (json!({"set_at": null, "set_at_raw": null}), ""),
        ] {
            assert_eq!(set_time(&object(row)), expected);
        }
    }

    #[test]
    fn below_a_row_is_its_url_or_what_is_wrong() {
        for (row, expected) in [
            (json!({"url": "https://a", "error": null}), "https://a"),
            (json!({"url": null, "error": null}), "no ADDE URL is set"),
            (json!({"url": null, "error": "No."}), "No."),
        ] {
            assert_eq!(url_or_error(&object(row)), [expected]);
        }
        for (row, expected) in [
            (
                json!({"from": null, "to": "b", "result": "set"}),
                "b / before: no ADDE URL",
            ),
            (
                json!({"from": "a", "to": null, "result": "would_clear"}),
                "no ADDE URL / before: a",
            ),
            (json!({"from": "a", "to": "a", "result": "unchanged"}), "a"),
            (
                json!({"from": "a", "to": "a", "result": "failed", "error": "No."}),
                "No.",
            ),
        ] {
            assert_eq!(from_and_to(&object(row)).join(" / "), expected);
        }
    }
}
