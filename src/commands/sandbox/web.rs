//! `sandbox web`: what the emulator's web servers do.

use reqwest::Method;
use serde_json::{Value, json};

use super::emulator::Emulator;
use crate::commands::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Cell, Document, View, column};
use crate::sandbox::WebHost;

/// What the web servers are to do.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The host, and what its web server does from now on; without any, all are shown
    #[arg(value_name = "HOST=BEHAVIOUR")]
    hosts: Vec<WebHost>,
}

static SHOWN: View = View {
    columns: &[
        column("host", "HOST", Cell::Plain),
        column("behaviour", "BEHAVIOUR", Cell::Plain),
    ],
    below: None,
    empty: "No host is served.",
};

static CHANGED: View = View {
    columns: &[
        column("host", "HOST", Cell::Plain),
        column("was", "WAS", Cell::Plain),
        column("behaviour", "IS NOW", Cell::Plain),
    ],
    below: None,
    empty: "",
};

/// Runs `sandbox web`.
pub async fn run(args: &Args, context: &Context) -> Result<Outcome, Error> {
    let view = if args.hosts.is_empty() {
        &SHOWN
    } else {
        &CHANGED
    };
    context.output.check_columns(view)?;
    let emulator = Emulator::reached(context).await?;
    let mut rows = Vec::new();
    for WebHost { host, behaviour } in &args.hosts {
        let word = behaviour.to_string();
        let path = ["sandbox", "web", host];
        let body = word.clone().into_bytes();
        let answer = emulator.send(Method::PUT, &path, Some(body)).await?;
        let was = answer.json::<Value>()?["was"].take();
        if was.is_null() {
            // The variables that were set when the emulator started don't name it.
            context.ui.hint_afterwards(format!(
                "{host} is new: reach it with `--resolve {host}:127.0.0.1:{}`.",
                emulator.web_port()
            ));
        }
        rows.push(json!({"host": host, "was": was, "behaviour": word}));
    }
    if args.hosts.is_empty() {
        let hosts = emulator.about["hosts"].as_object().into_iter().flatten();
        rows.extend(hosts.map(|(host, word)| json!({"host": host, "behaviour": word})));
    }
    Ok(Outcome::done(Document::Rows(rows, view)))
}
