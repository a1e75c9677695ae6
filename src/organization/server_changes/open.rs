//! Creations and renamings that got no answer: until when Apple may still act on them, and what became of them.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::super::Organization;
use super::super::record::Recorded;
use super::super::servers::{MdmServer, name};
use super::create::is_new;
use crate::core::names;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::state::journal::{Entry, Event, How};
use crate::text::prose_time;

/// Apple may act on a request so long after it was sent; the hints name it.
const MAY_ACT: SignedDuration = SignedDuration::from_mins(15);

/// A change that the journal doesn't have the end of.
struct Open {
    begun: Entry,
    /// The server that gets the name; `None` for one that is created.
    server: Option<String>,
    name: String,
}

impl Open {
    fn of(entry: &Entry) -> Option<Self> {
        let Event::Begun { changes, .. } = &entry.event else {
            return None;
        };
        let changes = Vec::<Recorded>::deserialize(changes).ok()?;
        let first = changes.first()?;
        let to = first.to.as_deref()?;
        let (server, name) = match first.what.strip_prefix("name of server ") {
            Some(id) => (Some(id.to_owned()), to),
            None if to == "created" => (None, first.what.strip_prefix("server ")?),
            None => return None,
        };
        Some(Self {
            begun: entry.clone(),
            server,
            name: name.to_owned(),
        })
    }

    /// Whether a server shows that Apple made the change.
    fn is_shown_by(&self, server: &MdmServer) -> bool {
        match &self.server {
            None => is_new(server, &self.name, self.begun.at),
            Some(id) => server.id == *id && !server.is_deleted() && name(server) == self.name,
        }
    }

    fn until(&self) -> Timestamp {
        let until = self.begun.at.saturating_add(MAY_ACT);
        until.unwrap_or(Timestamp::MAX)
    }
}

impl Organization {
    /// Looks at changes without an answer that give this name, or another name to the server `own`. Those that `servers` shows, or
    /// that Apple can't act on any more, are closed in the journal. Exit 6 if Apple may still act on one.
    pub(super) fn settle_open(
        &self,
        wanted: &str,
        own: Option<&str>,
        servers: &[MdmServer],
    ) -> Result<(), Error> {
        let now = self.clock().now();
        for open in self.open_names()? {
            let is_own = own.is_some() && open.server.as_deref() == own;
            if !is_own && !names::same(&open.name, wanted) {
                continue;
            }
            let started = self.records().begun(&open.begun);
            if servers.iter().any(|server| open.is_shown_by(server)) {
                started.end(How::AsWished, "As wished.");
            } else if now >= open.until() {
                started.end(How::Nothing, "Apple didn't act on it within 15 minutes.");
            } else if !(is_own && open.name == wanted) {
                let what = match &open.server {
                    None => format!("create the server {}", open.name),
                    Some(id) => format!("rename the server {id} to {}", open.name),
                };
                let until = prose_time(open.until());
                return Err(Error::new(
                    Kind::Unavailable,
                    format!(
                        "abmctl asked Apple at {} to {what}, and doesn't know the result. Apple may still do it until {until}. Nothing was changed.",
                        prose_time(open.begun.at)
                    ),
                )
                .hint(hint![
                    format!("Wait until {until}, and run the command again. See the servers with "),
                    Command::new("servers list --columns name,id,created_at"),
                    "."
                ]));
            }
        }
        Ok(())
    }

    /// The creations and renamings of this organization without an end, oldest first.
    fn open_names(&self) -> Result<Vec<Open>, Error> {
        let lines = self.journal_lines()?;
        let account = self.api_account()?;
        let mut open: Vec<Open> = Vec::new();
        for entry in lines.entries.iter().filter(|it| it.organization == account) {
            match &entry.event {
                Event::Begun { .. } => open.extend(Open::of(entry)),
                Event::Ended { .. } => open.retain(|it| it.begun.id != entry.id),
                _ => {}
            }
        }
        Ok(open)
    }
}
