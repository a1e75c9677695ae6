//! What a change of a server shows.

use serde::Serialize;

use crate::commands::outcome::Outcome;
use crate::commands::settings_change::{change_of, document_of};
use crate::context::Context;
use crate::core::printed::{Command, Hint, hint};
use crate::error::Error;
use crate::organization::record::Recorded;
use crate::organization::server_changes::{ServerCertificate, ServerChanged};
use crate::output::{Column, Head, Row, Shown, column, heads};

/// One thing of a server that changes.
#[derive(Debug, Serialize)]
pub(super) struct ServerChange {
    what: String,
    from: Option<String>,
    to: Option<String>,
}

impl From<Recorded> for ServerChange {
    fn from(recorded: Recorded) -> Self {
        let Recorded { what, from, to } = recorded;
        Self { what, from, to }
    }
}

impl Row for ServerChange {
    const COLUMNS: &'static [Column<Self>] = &[
        column("what", "WHAT", |it| it.what.shown()),
        column("from", "BEFORE", |it| it.from.shown()),
        column("to", "NOW", |it| it.to.shown()),
    ];
}

/// The server that changes.
#[derive(Debug, Serialize)]
struct Server {
    server_id: Option<String>,
    server_name: String,
}

/// The document of a change, with what goes with it; `next` is what to do afterwards.
pub(super) fn outcome(
    changed: ServerChanged,
    next: Option<Hint>,
    dry_run: bool,
    context: &Context,
) -> Result<Outcome, Error> {
    for warning in &changed.warnings {
        context.ui.warn(warning);
    }
    if let Some(put_back) = changed.put_back {
        context.ui.say_afterwards(Hint::put_back(vec![put_back]));
    }
    if let Some(next) = next.filter(|_| !dry_run && changed.problem.is_none()) {
        context.ui.hint_afterwards(next);
    }
    let rows = changed.changes.into_iter().map(ServerChange::from);
    let more = Server {
        server_id: changed.id,
        server_name: changed.name,
    };
    let profile = context.profile()?;
    let change = change_of(&profile, dry_run, rows.collect(), more, context);
    let document = document_of(change, vec![context.headline()?], None);
    Ok(match changed.problem {
        Some(problem) => Outcome::with_problem(document, problem),
        None => Outcome::done(document),
    })
}

/// What to do after a server got a certificate. Apple's API has no server tokens (official by absence).
pub(super) fn download(server: &str, certificate: &ServerCertificate) -> Hint {
    let download = format!(
        "Apple's API has no server tokens. Download the server token of {server} in the portal, under Devices > Management Services"
    );
    match &certificate.key_pair {
        Some(_) => hint![
            format!("{download}, and store it with "),
            Command::storing("tokens import FILE"),
            "."
        ],
        None => {
            format!("{download}, and give it to the MDM that has the certificate's private key.")
                .into()
        }
    }
}

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<ServerChange>(false)
}
