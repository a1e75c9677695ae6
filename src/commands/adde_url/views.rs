//! Rows of `adde-url`, and how they are shown.

use serde::Serialize;

use crate::commands::default_for::default_for;
use crate::organization::adde_urls::Registered;
use crate::organization::adde_urls::default_for::Defaults;
use crate::organization::adde_urls::write::UrlChange;
use crate::organization::server_tokens::reading::TokenReading;
use crate::output::{Column, Row, Shown, column, day, minute, more};

/// A server token, and the ADDE URL of its server.
#[derive(Debug, Serialize)]
pub(super) struct AddeUrl {
    token: String,
    server_id: Option<String>,
    server_name: Option<String>,
    default_platforms: Option<Vec<String>>,
    joined_by: Option<&'static str>,
    organization: Option<String>,
    url: Option<String>,
    set_at: Option<String>,
    set_at_raw: Option<String>,
    token_expires_at: Option<String>,
    state: &'static str,
    error: Option<String>,
}

impl AddeUrl {
    /// A row of `list`; without `defaults`, what the server is the default for is not known.
    pub(super) fn new(reading: &TokenReading<'_>, defaults: Option<&Defaults>) -> Self {
        let default_for = defaults.and_then(|defaults| defaults.of_server(&reading.server));
        let registered = reading.outcome.as_ref().ok().and_then(Option::as_ref);
        let (set_at, set_at_raw) = times(registered);
        let problem = reading.outcome.as_ref().err();
        Self {
            token: reading.token.name.clone(),
            server_id: reading.server.id.clone(),
            server_name: reading.server.name.clone(),
            joined_by: default_for.as_ref().map(|it| it.joined_by.word()),
            default_platforms: default_for.and_then(|it| it.platforms),
            organization: reading.server.organization.clone(),
            url: registered.map(|it| it.url.clone()),
            set_at,
            set_at_raw,
            token_expires_at: reading.expires_at.map(|at| at.to_string()),
            state: reading.state().word(),
            error: problem.map(|problem| problem.error.message.clone()),
        }
    }
}

impl AddeUrl {
    /// The day; a token that works and says nothing of its end is of unknown end.
    fn token_ends(&self) -> String {
        match (&self.token_expires_at, &self.error) {
            (None, None) => "unknown".to_owned(),
            (end, _) => day(end.as_ref()),
        }
    }
}

impl Row for AddeUrl {
    const COLUMNS: &'static [Column<Self>] = &[
        more("token", |it| it.token.shown()),
        more("server_id", |it| it.server_id.shown()),
        column("server_name", "SERVER", |it| {
            server(it.server_name.as_ref(), &it.token)
        }),
        // A dash where nobody was asked, or the server is not found.
        column("default_platforms", "DEFAULT FOR", |it| {
            let asked = it.joined_by.is_some();
            let platforms = asked.then(|| default_for(it.default_platforms.as_deref()));
            platforms.shown()
        }),
        more("joined_by", |it| it.joined_by.shown()),
        more("organization", |it| it.organization.shown()),
        more("url", |it| it.url.shown()),
        column("set_at", "SET (UTC)", |it| {
            set_time(it.set_at.as_ref(), it.set_at_raw.as_ref())
        }),
        more("set_at_raw", |it| it.set_at_raw.shown()),
        column("token_expires_at", "TOKEN ENDS", Self::token_ends),
        column("state", "STATE", |it| it.state.replace('_', " ")),
        more("error", |it| it.error.shown()),
    ];
    const EMPTY: &'static str = "No server token is configured.";
    const BELOW: Option<fn(&Self) -> Vec<String>> = Some(|it| {
        let shown = it.error.as_deref().or(it.url.as_deref());
        vec![shown.unwrap_or("no ADDE URL is set").to_owned()]
    });
}

/// The ADDE URL of one server, as `get` shows it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Alone(pub AddeUrl);

impl Row for Alone {
    const COLUMNS: &'static [Column<Self>] = &[
        column("token", "TOKEN", |it| it.0.token.shown()),
        column("server_id", "SERVER ID", |it| it.0.server_id.shown()),
        column("server_name", "SERVER", |it| it.0.server_name.shown()),
        more("default_platforms", |it| it.0.default_platforms.shown()),
        more("joined_by", |it| it.0.joined_by.shown()),
        column("organization", "ORGANIZATION", |it| {
            it.0.organization.shown()
        }),
        column("url", "URL", |it| it.0.url.shown()),
        column("set_at", "SET (UTC)", |it| {
            set_time(it.0.set_at.as_ref(), it.0.set_at_raw.as_ref())
        }),
        more("set_at_raw", |it| it.0.set_at_raw.shown()),
        column("token_expires_at", "TOKEN ENDS", |it| it.0.token_ends()),
        column("state", "STATE", |it| it.0.state.replace('_', " ")),
        more("error", |it| it.0.error.shown()),
    ];
}

/// What became of one server's ADDE URL.
#[derive(Debug, Serialize)]
pub(super) struct Changed {
    token: String,
    server_id: Option<String>,
    server_name: Option<String>,
    from: Option<String>,
    to: Option<String>,
    set_at: Option<String>,
    set_at_raw: Option<String>,
    result: &'static str,
    error: Option<String>,
}

impl From<&UrlChange<'_>> for Changed {
    fn from(change: &UrlChange<'_>) -> Self {
        let reading = &change.reading;
        let registered = reading.outcome.as_ref().ok().and_then(Option::as_ref);
        // What would be set, or may be, has no time that is known.
        let there = registered.filter(|it| change.to.as_ref() == Some(&it.url));
        let (set_at, set_at_raw) = times(there);
        Self {
            token: reading.token.name.clone(),
            server_id: reading.server.id.clone(),
            server_name: reading.server.name.clone(),
            from: change.from.as_ref().map(|it| it.url.clone()),
            to: change.to.clone(),
            set_at,
            set_at_raw,
            result: change.result,
            error: change.error.as_ref().map(|error| error.message.clone()),
        }
    }
}

impl Row for Changed {
    const COLUMNS: &'static [Column<Self>] = &[
        more("token", |it| it.token.shown()),
        more("server_id", |it| it.server_id.shown()),
        column("server_name", "SERVER", |it| {
            server(it.server_name.as_ref(), &it.token)
        }),
        more("from", |it| it.from.shown()),
        more("to", |it| it.to.shown()),
        column("set_at", "SET (UTC)", |it| {
            set_time(it.set_at.as_ref(), it.set_at_raw.as_ref())
        }),
        more("set_at_raw", |it| it.set_at_raw.shown()),
        column("result", "RESULT", |it| it.result.replace('_', " ")),
        more("error", |it| it.error.shown()),
    ];
    const BELOW: Option<fn(&Self) -> Vec<String>> = Some(Self::both_urls);
}

impl Changed {
    fn both_urls(&self) -> Vec<String> {
        if let Some(error) = &self.error {
            return vec![error.clone()];
        }
        let or_none = |url: &Option<String>| url.as_deref().unwrap_or("no ADDE URL").to_owned();
        let to = or_none(&self.to);
        if self.result == "unchanged" {
            return vec![to];
        }
        vec![to, format!("before: {}", or_none(&self.from))]
    }
}

/// The set time of a URL: as an instant, and in Apple's words.
pub(super) fn times(registered: Option<&Registered>) -> (Option<String>, Option<String>) {
    let at = registered.and_then(|it| it.last_updated);
    let raw = registered.and_then(|it| it.last_updated_raw.clone());
    (at.map(|at| at.to_string()), raw)
}

/// The server's name, else the token's.
fn server(name: Option<&String>, token: &str) -> String {
    name.map_or(token, |name| name).to_owned()
}

/// The set time to the minute, else in Apple's words.
fn set_time(at: Option<&String>, raw: Option<&String>) -> String {
    match at {
        Some(at) => minute(Some(at)),
        None => raw.shown(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_time_that_is_not_understood_is_shown_as_it_came() {
        let text = |text: &str| Some(text.to_owned());
        for (at, raw, expected) in [
            (text("2026-06-14T17:00:00Z"), text("x"), "2026-06-14 17:00"),
            (None, text("14 June 2026 at 17:00"), "14 June 2026 at 17:00"),
            (None, None, ""),
        ] {
            assert_eq!(set_time(at.as_ref(), raw.as_ref()), expected);
        }
    }

    #[test]
    fn below_a_change_is_what_was_there_or_what_is_wrong() {
        for (from, to, result, error, expected) in [
            (None, Some("b"), "set", None, "b / before: no ADDE URL"),
            (
                Some("a"),
                None,
                "would_clear",
                None,
                "no ADDE URL / before: a",
            ),
            (Some("a"), Some("a"), "unchanged", None, "a"),
            (Some("a"), Some("a"), "failed", Some("No."), "No."),
        ] {
            let changed = Changed {
                token: String::new(),
                server_id: None,
                server_name: None,
                from: from.map(str::to_owned),
                to: to.map(str::to_owned),
                set_at: None,
                set_at_raw: None,
                result,
                error: error.map(str::to_owned),
            };
            assert_eq!(changed.both_urls().join(" / "), expected);
        }
    }
}
