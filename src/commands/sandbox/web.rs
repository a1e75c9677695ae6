//! `sandbox web`: what the emulator's web servers do.

use clap::ArgMatches;
use reqwest::Method;
use serde::Serialize;
use serde_json::Value;

use super::emulator::Emulator;
use crate::commands::outcome::Outcome;
use crate::config::{Edit, Source};
use crate::context::Context;
use crate::core::lookup::Override;
use crate::error::Error;
use crate::organization::record::{Record, Recorded};
use crate::output::{Column, Document, Head, Row, Shown, column, heads};
use crate::sandbox::WebHost;

/// What the web servers are to do.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The host and its new behavior [default: show all]
    #[arg(value_name = "HOST=BEHAVIOR")]
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
        column("behaviour", "BEHAVIOR", |it| it.behaviour.shown()),
    ];
    const EMPTY: &'static str = "The sandbox serves no host.";
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

/// Lets the profile reach a new host, or says how to, if the profile doesn't have the sandbox's addresses.
async fn reach(host: &str, port: u64, context: &Context) -> Result<(), Error> {
    let settings = context.settings()?;
    let plain = format!("{host}:127.0.0.1:{port}");
    if let Source::Profile { profile, .. } = &settings.services.api.source {
        let address: Override = plain.parse().map_err(Error::usage)?;
        let known = settings.lookup.resolve.iter();
        if !known.map(|it| &it.value).any(|it| *it == address) {
            let change = Recorded::new(format!("address of {host}"), None, Some(plain));
            let write = |edit: &mut Edit| edit.add_resolve(profile, &address);
            context
                .organization()?
                .edit_profile(profile, &Record::of([change]), false, write)
                .await?;
        }
    } else {
        context.ui.hint_afterwards(format!(
            "{host} is new. To reach it, add `--resolve {plain}`."
        ));
    }
    Ok(())
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
            reach(host, emulator.web_port(), context).await?;
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
