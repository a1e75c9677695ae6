//! `adde-url list` and `get`.

use std::pin::pin;

use futures_util::StreamExt;

use super::Which;
use super::views::{AddeUrl, Alone};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::organization::adde_urls::default_for::Defaults;
use crate::organization::server_tokens::choice::Candidate;
use crate::organization::server_tokens::reading::{RegisteredUrl, TokenReader, TokenReading};
use crate::organization::server_tokens::state::joined;
use crate::output::{Document, Stream};

/// Runs `list`.
pub(super) async fn list(context: &Context) -> Result<Outcome, Error> {
    context.output.check::<AddeUrl>()?;
    let reader = TokenReader::new(context.organization()?)?;
    rows(&reader, reader.all(), RegisteredUrl::WithServer, context).await
}

/// Runs `get`: the session and one request for each token.
pub(super) async fn get(which: &Which, context: &Context) -> Result<Outcome, Error> {
    let one = !which.all && which.server.len() < 2;
    if one {
        context.output.check::<Alone>()?;
    } else {
        context.output.check::<AddeUrl>()?;
    }
    let reader = TokenReader::new(context.organization()?)?;
    let chosen = reader.chosen(&which.tokens())?;
    if !one {
        return rows(&reader, chosen, RegisteredUrl::Alone, context).await;
    }
    let readings = reader.read(chosen, RegisteredUrl::Alone).await;
    let [reading] = &readings[..] else {
        return Ok(Outcome::nothing());
    };
    match &reading.outcome {
        Err(problem) => Err(reading.named(&problem.error)),
        Ok(_) => Ok(Outcome::done(Document::one(Alone(AddeUrl::new(
            reading, None,
        ))))),
    }
}

async fn rows<'a>(
    reader: &TokenReader<'a>,
    tokens: Vec<Candidate<'a>>,
    ask: RegisteredUrl,
    context: &Context,
) -> Result<Outcome, Error> {
    let organization = context.organization()?;
    let mut rows = Stream::new(&context.output)?;
    let joins = wanted(context);
    let mut defaults = pin!(async {
        if joins {
            Defaults::read(organization).await
        } else {
            (None, None)
        }
    });
    let mut reading = pin!(reader.read_each(tokens, ask));
    let mut readings: Vec<TokenReading<'_>> = Vec::new();
    // Rows wait for what their servers are the default for, and the tokens are read meanwhile.
    let mut known: Option<(Option<Defaults>, Option<Error>)> = None;
    loop {
        let goes_on = tokio::select! {
            answer = &mut defaults, if known.is_none() => {
                let goes_on = readings
                    .iter()
                    .all(|reading| rows.push(AddeUrl::new(reading, answer.0.as_ref())));
                known = Some(answer);
                goes_on
            }
            Some(read) = reading.next() => {
                let goes_on = known
                    .as_ref()
                    .is_none_or(|known| rows.push(AddeUrl::new(&read, known.0.as_ref())));
                readings.push(read);
                goes_on
            }
            else => break,
        };
        if !goes_on {
            break;
        }
    }
    context.ui.progress("");
    let (_, unknown) = known.unwrap_or_default();
    let errors = readings
        .iter()
        .filter_map(|reading| {
            let problem = reading.outcome.as_ref().err()?;
            Some((reading.token.name.clone(), reading.named(&problem.error)))
        })
        .collect();
    let unread = joined(errors, readings.len(), "can't be read");
    let problem = match (unread, unknown) {
        (Some(unread), Some(unknown)) => {
            context.ui.warn(&unknown.message);
            Some(unread)
        }
        (None, Some(unknown)) => Some(unknown.of_kind(Kind::Partial)),
        (unread, None) => unread,
    };
    Outcome::listed(rows, problem)
}

/// Whether the output has what the Manager API is asked for.
fn wanted(context: &Context) -> bool {
    context.output.columns.as_ref().is_none_or(|columns| {
        columns
            .iter()
            .any(|column| matches!(column.as_str(), "default_platforms" | "joined_by"))
    })
}
