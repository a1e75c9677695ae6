//! `adde-url list` and `get`.

use super::Which;
use super::reading::{Reader, Reading};
use super::state::joined;
use super::views::{LIST, ONE, row};
use crate::commands::Outcome;
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
    let readings = reader.read(reader.chosen(&every)?, true).await;
    Ok(rows(&readings))
}

/// Runs `get`: the session and one request for each token.
pub async fn get(which: &Which, context: &Context) -> Result<Outcome, Error> {
    let one = !which.all && which.server.len() < 2;
    context
        .output
        .check_columns(if one { &ONE } else { &LIST })?;
    let reader = Reader::new(context)?;
    let readings = reader.read(reader.chosen(which)?, false).await;
    let [reading] = &readings[..] else {
        return Ok(rows(&readings));
    };
    match &reading.outcome {
        Err(problem) if one => Err(reading.named(&problem.error)),
        _ if one => Ok(Outcome::done(Document::One(row(reading), &ONE))),
        _ => Ok(rows(&readings)),
    }
}

fn rows(readings: &[Reading<'_>]) -> Outcome {
    let document = Document::Rows(readings.iter().map(row).collect(), &LIST);
    let errors = readings
        .iter()
        .filter_map(|reading| {
            let problem = reading.outcome.as_ref().err()?;
            Some((reading.token.name.clone(), reading.named(&problem.error)))
        })
        .collect();
    match joined(errors, readings.len(), "can't be read") {
        None => Outcome::done(document),
        Some(problem) => Outcome::with_problem(document, problem),
    }
}
