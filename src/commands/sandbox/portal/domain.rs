//! A domain is added, verified or removed.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::commands::outcome::Outcome;
use crate::commands::sandbox::emulator::Emulator;
use crate::context::Context;
use crate::core::domains::normalized;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::output::{Column, Document, Head, Row, Shown, column, heads};

/// What is clicked for a domain.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Add this domain, not yet verified
    #[arg(long, value_name = "NAME", group = "click")]
    add_domain: Option<String>,
    /// Verify this domain, without a DNS check
    #[arg(long, value_name = "NAME", group = "click")]
    verify_domain: Option<String>,
    /// Remove this domain
    #[arg(long, value_name = "NAME", group = "click")]
    remove_domain: Option<String>,
    /// Log the event without the domain's name
    ///
    /// Apple may do that.
    #[arg(long, conflicts_with = "server")]
    nameless: bool,
}

/// One click.
pub(super) struct Click<'a> {
    /// The emulator's word for it.
    word: &'static str,
    domain: &'a str,
    nameless: bool,
}

impl Args {
    /// What is clicked, if anything.
    pub(super) fn click(&self) -> Option<Click<'_>> {
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

/// What a click made of a domain, as the emulator says it.
#[derive(Debug, Deserialize, Serialize)]
struct Clicked {
    domain: String,
    was: Option<String>,
    status: Option<String>,
    subject_id: Option<String>,
    event: Option<String>,
    listed_from: Option<String>,
}

impl Row for Clicked {
    const COLUMNS: &'static [Column<Self>] = &[
        column("domain", "DOMAIN", |it| it.domain.shown()),
        column("was", "WAS", |it| it.was.shown()),
        column("status", "STATUS", |it| it.status.shown()),
        column("subject_id", "SUBJECT ID", |it| it.subject_id.shown()),
        column("event", "EVENT", |it| it.event.shown()),
        column("listed_from", "LISTED FROM", |it| it.listed_from.shown()),
    ];
}

/// Clicks; exit 2 for what is no domain, 4 for one that is not there, 8 for one that stands so already.
pub(super) async fn run(click: &Click<'_>, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Clicked>()?;
    let domain = normalized(click.domain).ok_or_else(|| {
        Error::usage(format!("{:?} isn't a domain.", click.domain))
            .hint("Give the domain as the portal shows it, such as acme.com.")
    })?;
    let emulator = Emulator::reached(context).await?;
    let path = ["portal", "domains", &domain, click.word];
    let body = json!({"nameless": click.nameless}).to_string();
    let answer = emulator.send(Method::POST, &path, Some(body.into_bytes()));
    let change: Clicked = answer
        .await
        .map_err(|error| match error.kind {
            Kind::NotFound => error.hint(hint![
                "See the domains with ",
                Command::new("domains list"),
                "."
            ]),
            _ => error,
        })?
        .json()?;
    Ok(Outcome::done(Document::one(change)))
}

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<Clicked>(false)
}
