//! `tokens list`: every server token asked at once, when it ends, and whether it works.

use std::pin::pin;

use futures_util::StreamExt;
use jiff::Timestamp;
use serde::Serialize;

use super::key_end;
use crate::commands::outcome::Outcome;
use crate::config::{Settings, parse_ahead};
use crate::context::Context;
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::organization::server_tokens::reading::{self, TokenReader, Validity};
use crate::organization::server_tokens::state::{State, joined};
use crate::output::{self, Column, Head, Row, Shown, Stream, column, heads, more, number};
use crate::text::prose_date;

/// A token, and whether it works.
type TokenReading<'a> = reading::TokenReading<'a, ()>;

/// What to look for.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl tokens list
  abmctl tokens list --fail-within 30d || mail -s tokens it@acme.com")]
pub(super) struct Args {
    /// Exit 9 if a token expires within this time, such as 30d
    ///
    /// It also exits with 9 if a token has expired.
    #[arg(long, value_name = "DURATION")]
    fail_within: Option<String>,
    /// Send no request; use the dates in the tokens
    #[arg(long)]
    offline: bool,
}

/// A server token, and when it ends.
#[derive(Debug, Serialize)]
struct ListedToken {
    token: String,
    server_id: Option<String>,
    server_name: Option<String>,
    organization: Option<String>,
    consumer_key_end: Option<String>,
    expires_at: Option<String>,
    days_left: Option<i64>,
    state: &'static str,
    error: Option<String>,
}

impl Row for ListedToken {
    const COLUMNS: &'static [Column<Self>] = &[
        column("token", "TOKEN", |it| it.token.shown()),
        more("server_id", |it| it.server_id.shown()),
        column("server_name", "SERVER", |it| it.server_name.shown()),
        more("organization", |it| it.organization.shown()),
        column("consumer_key_end", "KEY", |it| {
            key_end(it.consumer_key_end.as_deref())
        }),
        column("expires_at", "ENDS", |it| {
            // A token that was read and says nothing of its end.
            match (&it.expires_at, &it.consumer_key_end) {
                (None, Some(_)) => "unknown".to_owned(),
                (end, _) => output::day(end.as_ref()),
            }
        }),
        number("days_left", "DAYS", |it| it.days_left.shown()),
        column("state", "STATE", |it| it.state.replace('_', " ")),
        more("error", |it| it.error.shown()),
    ];
    const EMPTY: &'static str = "No server token is configured.";
    const BELOW: Option<fn(&Self) -> Vec<String>> = Some(|it| {
        let below = [&it.organization, &it.error];
        below.into_iter().flatten().cloned().collect()
    });
}

/// Runs `tokens list`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<ListedToken>()?;
    let within = args
        .fail_within
        .as_deref()
        .map(|text| parse_ahead("--fail-within", text, context.clock().now()))
        .transpose()?;
    let organization = context.organization()?;
    let settings = organization.settings();
    let waiting = waiting_pairs(settings);
    let reader = TokenReader::new(organization).map_err(|error| match &waiting {
        None => error,
        Some(waiting) => error.hint(waiting.clone()),
    })?;
    let mut rows = Stream::new(&context.output)?;
    let mut readings: Vec<TokenReading<'_>> = Vec::new();
    let ask = if args.offline {
        Validity::ByDate
    } else {
        Validity::ByApple
    };
    let mut reading = pin!(reader.read_quietly(reader.all(), ask));
    while let Some(read) = reading.next().await {
        let goes_on = rows.push(row(&read));
        readings.push(read);
        if !goes_on {
            break;
        }
    }
    let due: Vec<&TokenReading<'_>> = readings
        .iter()
        .filter(|reading| within.is_some_and(|time| reading.ends_within(time)))
        .collect();
    for reading in &due {
        context.ui.warn(&due_words(reading));
    }
    if within.is_some() {
        for reading in readings.iter().filter(|it| it.has_unknown_end()) {
            context.ui.warn(&format!(
                "abmctl doesn't know when the server token {} expires, so --fail-within doesn't watch it.",
                reading.token.name
            ));
        }
    }
    let is_due = !due.is_empty();
    // A token that is over is what --fail-within looks for, and no error beside that.
    let errors = readings
        .iter()
        .filter(|reading| within.is_none() || reading.state() != State::Expired)
        .filter_map(|reading| Some((reading.token.name.clone(), reading.error()?)))
        .collect();
    let problem = joined(errors, readings.len(), "can't be used");
    if let Some(waiting) = waiting {
        context.ui.hint_afterwards(waiting);
    }
    let mut outcome = Outcome::listed(rows, problem)?;
    if is_due {
        outcome.code = Kind::Differs.exit_code();
    }
    Ok(outcome)
}

/// What to say of key pairs that have no token yet.
fn waiting_pairs(settings: &Settings) -> Option<Hint> {
    let names: Vec<&str> = settings
        .key_pairs
        .iter()
        .map(|pair| pair.name.as_str())
        .filter(|name| !settings.tokens.iter().any(|token| token.name == *name))
        .collect();
    let (what, which) = match names[..] {
        [] => return None,
        [_] => ("A key pair has no token yet", "it"),
        _ => ("Key pairs have no token yet", "one of them"),
    };
    Some(hint![
        format!(
            "{what}: {}. Upload the certificate in the portal, download the token, and run ",
            names.join(", ")
        ),
        Command::storing("tokens import FILE"),
        format!(" for {which}.")
    ])
}

fn due_words(reading: &TokenReading<'_>) -> String {
    let name = &reading.token.name;
    match reading.expires_at {
        Some(end) if end > reading.now && reading.state() != State::Expired => {
            let days = days_left(end, reading.now);
            let days = match days {
                0 => "less than a day".to_owned(),
                1 => "1 day".to_owned(),
                days => format!("{days} days"),
            };
            format!(
                "The server token {name} expires on {}, in {days}.",
                prose_date(end)
            )
        }
        Some(end) if end <= reading.now => {
            format!("The server token {name} expired on {}.", prose_date(end))
        }
        _ => format!("Apple says that the server token {name} has expired."),
    }
}

fn row(reading: &TokenReading<'_>) -> ListedToken {
    let end = reading.expires_at;
    ListedToken {
        token: reading.token.name.clone(),
        server_id: reading.server.id.clone(),
        server_name: reading.server.name.clone(),
        organization: reading.server.organization.clone(),
        consumer_key_end: reading.consumer_key_end().map(str::to_owned),
        expires_at: end.map(|end| end.to_string()),
        days_left: end.map(|end| days_left(end, reading.now)),
        state: reading.state().word(),
        error: reading
            .outcome
            .as_ref()
            .err()
            .map(|it| it.error.message.clone()),
    }
}

/// Whole days from `now` until `end`; negative once it is over.
fn days_left(end: Timestamp, now: Timestamp) -> i64 {
    end.duration_since(now).as_secs().div_euclid(24 * 3600)
}

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<ListedToken>(false)
}
