//! Placeholder until its own file replaces it.
use crate::commands::Outcome;
use crate::context::Context;
use crate::error::Error;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs it.
pub async fn run(_args: Args, _context: &Context) -> Result<Outcome, Error> {
    Ok(Outcome::nothing())
}
