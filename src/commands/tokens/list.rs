//! `tokens list`: every server token asked at once, when it ends, and whether it works.

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::{Map, Value, json};

use super::reading::{Reading, days_left, read};
use crate::apple::enrollment::server_token::ServerToken;
use crate::commands::adde_url::state::{State, day, joined};
use crate::commands::{AtOnce, Outcome};
use crate::config::{Settings, parse_days};
use crate::context::Context;
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::output::{Cell, View, column, more};

/// Tokens that are worked with at once: more than the requests that may be under way, since some wait for a secret.
const AT_ONCE: usize = 16;

/// What to look for.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Each token is tried: a session, and what Apple says of its server.

Examples:
  abmctl tokens list
  abmctl tokens list --fail-within 30d || mail -s 'server tokens' it@acme.com")]
pub struct Args {
    /// Exit 9 if a token ends within this time, such as 30d, or is over
    #[arg(long, value_name = "DURATION")]
    fail_within: Option<String>,
    /// Ask Apple nothing: goes by the dates in the tokens
    #[arg(long)]
    offline: bool,
}

static LIST: View = View {
    columns: &[
        column("token", "TOKEN", Cell::Plain),
        more("server_id"),
        column("server_name", "SERVER", Cell::Plain),
        more("organization"),
        column("consumer_key_end", "KEY", Cell::Of(key_end)),
        column("expires_at", "ENDS", Cell::Day),
        column("days_left", "DAYS", Cell::Number),
        column("state", "STATE", Cell::Of(state)),
        more("error"),
    ],
    below: Some(organization_and_error),
    empty: "No server token is configured.",
};

/// Runs `tokens list`.
pub async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&LIST)?;
    let within = args
        .fail_within
        .as_deref()
        .map(|text| parse_days("--fail-within", text))
        .transpose()?;
    let settings = context.settings()?;
    let waiting = waiting_pairs(settings);
    let tokens = settings.required_tokens().map_err(|error| match &waiting {
        None => error,
        Some(waiting) => error.hint(waiting.clone()),
    })?;
    let mut at_once = AtOnce::new(&context.output, &LIST);
    let mut readings: Vec<Reading<'_>> = Vec::new();
    let mut reading = stream::iter(tokens)
        .map(|token| read(token, args.offline, context))
        .buffered(AT_ONCE);
    while let Some(read) = reading.next().await {
        let goes_on = at_once.row(|| row(&read));
        readings.push(read);
        if !goes_on {
            break;
        }
    }
    drop(reading);
    let due: Vec<&Reading<'_>> = readings
        .iter()
        .filter(|reading| within.is_some_and(|time| reading.ends_within(time)))
        .collect();
    for reading in &due {
        context.ui.warn(&due_words(reading));
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
    let mut outcome = at_once.outcome(|| readings.iter().map(row).collect(), problem)?;
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
        [_] => ("A key pair is kept without a token", "it"),
        _ => ("Key pairs are kept without a token", "one of them"),
    };
    Some(hint![
        format!(
            "{what}: {}. Upload the certificate in the portal, and ",
            names.join(", ")
        ),
        Command::storing("tokens import FILE"),
        format!(" what is handed out for {which}.")
    ])
}

fn due_words(reading: &Reading<'_>) -> String {
    let name = &reading.token.name;
    match reading.expires_at() {
        Some(end) if end > reading.now && reading.state() != State::Expired => {
            let days = days_left(end, reading.now);
            let days = match days {
                0 => "less than a day".to_owned(),
                1 => "1 day".to_owned(),
                days => format!("{days} days"),
            };
            format!("The server token {name} ends on {}, in {days}.", day(end))
        }
        Some(end) if end <= reading.now => {
            format!("The server token {name} expired on {}.", day(end))
        }
        _ => format!("The server token {name} has expired, as Apple says."),
    }
}

fn row(reading: &Reading<'_>) -> Value {
    let end = reading.expires_at();
    json!({
        "token": reading.token.name,
        "server_id": reading.server.id,
        "server_name": reading.server.name,
        "organization": reading.server.organization,
        "consumer_key_end": reading.opened.as_ref().map(ServerToken::consumer_key_end),
        "expires_at": end.map(|end| end.to_string()),
        "days_left": end.map(|end| days_left(end, reading.now)),
        "state": reading.state().word(),
        "error": reading.problem.as_ref().map(|problem| &problem.error.message),
    })
}

fn text<'a>(row: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    row.get(key).and_then(Value::as_str)
}

/// The end of a consumer key, so that nobody takes it for the whole.
pub fn key_end(row: &Map<String, Value>) -> String {
    text(row, "consumer_key_end").map_or_else(String::new, |end| format!("…{end}"))
}

fn state(row: &Map<String, Value>) -> String {
    text(row, "state").unwrap_or_default().replace('_', " ")
}

fn organization_and_error(row: &Map<String, Value>) -> Vec<String> {
    [text(row, "organization"), text(row, "error")]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect()
}
