//! `sandbox web`: what the emulator's web servers do.

use clap::ArgMatches;
use reqwest::Method;
use serde::Serialize;
use serde_json::Value;

use super::emulator::Emulator;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Column, Document, Head, Row, Shown, column, heads};
use crate::sandbox::WebHost;

/// What the web servers are to do.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The host, and what its web server does from now on; without any, all are shown
    #[arg(value_name = "HOST=BEHAVIOUR")]
    hosts: Vec<WebHost>,
}

/// A host that is served.
#[derive(Debug, Serialize)]
struct Served {
    host: String,
    behaviour: String,
}

impl Row for Served {
    const COLUMNS: &'static [Column<Self>] = &[
        column("host", "HOST", |it| it.host.shown()),
        column("behaviour", "BEHAVIOUR", |it| it.behaviour.shown()),
    ];
    const EMPTY: &'static str = "No host is served.";
}

/// A host that behaves otherwise from now on.
#[derive(Debug, Serialize)]
struct Changed {
    host: String,
    was: Option<String>,
    behaviour: String,
}

impl Row for Changed {
    const COLUMNS: &'static [Column<Self>] = &[
        column("host", "HOST", |it| it.host.shown()),
        column("was", "WAS", |it| it.was.shown()),
        column("behaviour", "IS NOW", |it| it.behaviour.shown()),
    ];
}

/// Runs `sandbox web`.
pub(super) async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    if args.hosts.is_empty() {
        context.output.check::<Served>()?;
        let emulator = Emulator::reached(context).await?;
        let hosts = emulator.about["hosts"].as_object().into_iter().flatten();
        let rows = hosts.map(|(host, word)| Served {
            host: host.clone(),
            behaviour: word.as_str().unwrap_or_default().to_owned(),
        });
        return Ok(Outcome::done(Document::rows(rows.collect())));
    }
    context.output.check::<Changed>()?;
    let emulator = Emulator::reached(context).await?;
    let mut rows = Vec::new();
    for WebHost { host, behaviour } in &args.hosts {
        let behaviour = behaviour.to_string();
        let path = ["sandbox", "web", host];
        let body = behaviour.clone().into_bytes();
        let answer = emulator.send(Method::PUT, &path, Some(body)).await?;
        let was = answer.json::<Value>()?["was"].as_str().map(str::to_owned);
        if was.is_none() {
            // The variables that were set when the emulator started don't name it.
            context.ui.hint_afterwards(format!(
                "{host} is new: reach it with `--resolve {host}:127.0.0.1:{}`.",
                emulator.web_port()
            ));
        }
        rows.push(Changed {
            host: host.clone(),
            was,
            behaviour,
        });
    }
    Ok(Outcome::done(Document::rows(rows)))
}

/// Its columns: those of what there is, or of what changes.
pub(super) fn columns(matches: &ArgMatches) -> Vec<Head> {
    if matches.contains_id("hosts") {
        heads::<Changed>(false)
    } else {
        heads::<Served>(false)
    }
}
