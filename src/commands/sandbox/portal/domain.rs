//! A domain is added, verified or removed.

use reqwest::Method;
use serde_json::{Value, json};

use crate::commands::Outcome;
use crate::commands::sandbox::emulator::Emulator;
use crate::context::Context;
use crate::core::domains::normalized;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::output::{Cell, Document, View, column};

/// What is clicked for a domain.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Add this domain: it is to be verified
    #[arg(long, value_name = "NAME", group = "click")]
    add_domain: Option<String>,
    /// Verify this domain that was added, whatever is in the DNS
    #[arg(long, value_name = "NAME", group = "click")]
    verify_domain: Option<String>,
    /// Remove this domain
    #[arg(long, value_name = "NAME", group = "click")]
    remove_domain: Option<String>,
    /// Leave the domain's name out of what is logged, as Apple may
    #[arg(long, conflicts_with = "server")]
    nameless: bool,
}

/// One click.
pub struct Click<'a> {
    /// The emulator's word for it.
    word: &'static str,
    domain: &'a str,
    nameless: bool,
}

impl Args {
    /// What is clicked, if anything.
    pub fn click(&self) -> Option<Click<'_>> {
        let clicks = [
            ("add", &self.add_domain),
            ("verify", &self.verify_domain),
            ("remove", &self.remove_domain),
        ];
        clicks.into_iter().find_map(|(word, domain)| {
            Some(Click {
                word,
                domain: domain.as_deref()?,
                nameless: self.nameless,
            })
        })
    }
}

static VIEW: View = View {
    columns: &[
        column("domain", "DOMAIN", Cell::Plain),
        column("was", "WAS", Cell::Plain),
        column("status", "STATUS", Cell::Plain),
        column("subject_id", "SUBJECT ID", Cell::Plain),
        column("event", "EVENT", Cell::Plain),
        column("listed_from", "LISTED FROM", Cell::Plain),
    ],
    below: None,
    empty: "",
};

/// Clicks; exit 2 for what is no domain, 4 for one that is not there, 8 for one that stands so already.
pub async fn run(click: &Click<'_>, context: &Context) -> Result<Outcome, Error> {
    context.output.check_columns(&VIEW)?;
    let domain = normalized(click.domain).ok_or_else(|| {
        Error::usage(format!("{:?} is not a domain.", click.domain))
            .hint("Give it as the portal shows it, as in acme.com.")
    })?;
    let emulator = Emulator::reached(context).await?;
    let path = ["portal", "domains", &domain, click.word];
    let body = json!({"nameless": click.nameless}).to_string();
    let answer = emulator.send(Method::POST, &path, Some(body.into_bytes()));
    let change: Value = answer
        .await
        .map_err(|error| match error.kind {
            Kind::NotFound => error.hint(hint![
                "See which there are with ",
                Command::new("domains list"),
                "."
            ]),
            _ => error,
        })?
        .json()?;
    Ok(Outcome::done(Document::One(change, &VIEW)))
}
