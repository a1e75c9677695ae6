//! `adde-url list` and `get`.

use super::Which;
use super::choice::Candidate;
use super::reading::Reader;
use super::state::joined;
use super::views::{LIST, ONE, row};
use crate::commands::{AtOnce, Outcome};
use crate::context::Context;
use crate::error::Error;
use crate::output::Document;

/// Runs `list`.
pub async fn list(context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&LIST)?;
    let reader = Reader::new(context)?;
    let every = Which {
        server: Vec::new(),
        all: true,
    };
    rows(&reader, reader.chosen(&every)?, true, context).await
}

/// Runs `get`: the session and one request for each token.
pub async fn get(which: &Which, context: &Context) -> Result<Outcome, Error> {
    let one = !which.all && which.server.len() < 2;
    context
        .output
        .check_columns(if one { &ONE } else { &LIST })?;
    let reader = Reader::new(context)?;
    let chosen = reader.chosen(which)?;
    if !one {
        return rows(&reader, chosen, false, context).await;
    }
    let readings = reader.read(chosen, false).await;
    let [reading] = &readings[..] else {
        return Ok(Outcome::nothing());
    };
    match &reading.outcome {
        Err(problem) => Err(reading.named(&problem.error)),
        Ok(_) => Ok(Outcome::done(Document::One(row(reading), &ONE))),
    }
}

async fn rows<'a>(
    reader: &Reader<'a>,
    tokens: Vec<Candidate<'a>>,
    accounts: bool,
    context: &Context,
) -> Result<Outcome, Error> {
    let mut at_once = AtOnce::new(&context.output, &LIST);
    let readings = reader
        .read_each(tokens, accounts, |reading| at_once.row(|| row(reading)))
        .await;
    let errors = readings
        .iter()
        .filter_map(|reading| {
            let problem = reading.outcome.as_ref().err()?;
            Some((reading.token.name.clone(), reading.named(&problem.error)))
        })
        .collect();
    let problem = joined(errors, readings.len(), "can't be read");
    at_once.outcome(|| readings.iter().map(row).collect(), problem)
}
