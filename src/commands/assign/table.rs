//! The table: platform → default server, and what is known of that server's ADDE URL.

use serde::Serialize;

use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::platform::Family;
use crate::error::Error;
use crate::organization::adde_urls::known::{KnownUrl, NotKnown};
use crate::organization::defaults::look::DefaultServer;
use crate::output::{Column, Document, Row, Shown, column, day, more};

/// A platform, and its default server.
#[derive(Debug, Serialize)]
pub(super) struct Default {
    platform: Option<String>,
    product_family: String,
    server_id: Option<String>,
    server_name: Option<String>,
    error: Option<String>,
    adde_url_state: Option<&'static str>,
    adde_url_set_at: Option<String>,
    adde_url_declared_at: Option<String>,
}

impl Row for Default {
    const COLUMNS: &'static [Column<Self>] = &[
        // A family that this version has no word for goes by Apple's.
        column("platform", "PLATFORM", |it| {
            it.platform.as_ref().unwrap_or(&it.product_family).shown()
        }),
        column("server_name", "DEFAULT FOR NEW DEVICES", Self::server),
        column("adde_url_state", "ADDE URL OF THAT SERVER", Self::adde_url),
        more("product_family", |it| it.product_family.shown()),
        more("server_id", |it| it.server_id.shown()),
        more("error", |it| it.error.shown()),
        more("adde_url_set_at", |it| it.adde_url_set_at.shown()),
        more("adde_url_declared_at", |it| it.adde_url_declared_at.shown()),
    ];
    const EMPTY: &'static str = "No platforms.";
}

impl Default {
    fn server(&self) -> String {
        match (&self.server_name, &self.error) {
            (Some(name), None) => name.to_owned(),
            (Some(name), Some(_)) => format!("{name}?"),
            (None, Some(_)) => "not known".to_owned(),
            (None, None) => "none".to_owned(),
        }
    }

    fn adde_url(&self) -> String {
        let words = match self.adde_url_state {
            Some("set") => match &self.adde_url_set_at {
                Some(at) => return format!("set {}", day(Some(at))),
                None => "set",
            },
            Some("declared") => match &self.adde_url_declared_at {
                Some(on) => return format!("declared {on}"),
                None => "declared",
            },
            Some("none") => "none set",
            Some("no_token") => "can't tell: no token",
            Some("not_asked") => "can't tell: not asked yet",
            _ => "",
        };
        words.to_owned()
    }
}

/// Runs `assign` without anything to set.
pub(super) async fn run(platforms: &[Family], context: &Context) -> Result<Outcome, Error> {
    context.output.check::<Default>()?;
    let organization = context.organization()?;
    let look = organization.look_at_defaults(platforms).await?;
    let rows = look.defaults.into_iter().map(Default::from);
    let document = Document::rows(rows.collect());
    Ok(match look.problem {
        Some(problem) => Outcome::with_problem(document, problem),
        None => Outcome::done(document),
    })
}

impl From<DefaultServer> for Default {
    fn from(of: DefaultServer) -> Self {
        let DefaultServer {
            family,
            server,
            doubt,
            adde_url,
        } = of;
        let (state, set_at, declared_at) = match adde_url {
            None => (None, None, None),
            Some(KnownUrl::Seen(facts)) if facts.url.is_some() => (Some("set"), facts.set_at, None),
            Some(KnownUrl::Seen(_)) => (Some("none"), None, None),
            Some(KnownUrl::Declared(declared)) => (Some("declared"), None, Some(declared.seen)),
            Some(KnownUrl::NotKnown(NotKnown::NoToken)) => (Some("no_token"), None, None),
            Some(KnownUrl::NotKnown(NotKnown::NotAsked)) => (Some("not_asked"), None, None),
        };
        let (server_id, server_name) = server.map(|it| (it.id, it.name)).unzip();
        Self {
            platform: family.is_known().then(|| family.word().to_owned()),
            product_family: family.as_str().to_owned(),
            server_id,
            server_name,
            error: doubt,
            adde_url_state: state,
            adde_url_set_at: set_at.map(|at| at.to_string()),
            adde_url_declared_at: declared_at.map(|on| on.to_string()),
        }
    }
}
