//! One attribute of a server that is set. A request without an answer is judged by what Apple shows of the server afterwards.

use std::time::Duration;

use super::super::Organization;
use super::super::record::Record;
use super::super::servers::MdmServer;
use crate::apple::manager::server_changes::ServerUpdate;
use crate::error::{Error, Kind};
use crate::state::journal::How;

/// Before each look at a server that doesn't show the change yet.
const LOOKS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// What an answer about a server shows of a change.
pub(super) enum Shown {
    AsWished,
    /// It doesn't: a sentence.
    Other(String),
    NotSaid,
}

/// What became of a change.
pub(super) enum Patched {
    AsWished,
    /// Apple may have made it, or may still make it.
    NotKnown(Error),
}

impl Organization {
    /// Sends one attribute, and notes it in the journal. `shown` says whether a server has it; `None` if Apple never shows it. What
    /// was certainly not changed is an error.
    pub(super) async fn patch_server(
        &self,
        id: &str,
        update: ServerUpdate<'_>,
        record: &Record,
        shown: Option<&dyn Fn(&MdmServer) -> Shown>,
    ) -> Result<Patched, Error> {
        let manager = self.manager()?;
        let owner = self.api_account()?;
        let records = self.records();
        let started = records.begin_of(&owner, self.profile(), record);
        let (accepted, mut error) = match manager.update_server(id, update).await {
            Ok(server) => match shown.map(|shown| shown(&server)) {
                None | Some(Shown::AsWished) => {
                    started.end(How::AsWished, "As wished.");
                    return Ok(Patched::AsWished);
                }
                Some(Shown::Other(sentence)) => (true, Error::failed(sentence)),
                Some(Shown::NotSaid) => (true, Error::failed("Apple's answer doesn't show it.")),
            },
            Err(failure) if failure.not_acted_on() => {
                started.end(How::Nothing, failure.to_string());
                return Err(failure.into());
            }
            Err(failure) => (false, Error::from(failure)),
        };
        for pause in LOOKS {
            let Some(shown) = shown else { break };
            if !pause.is_zero() {
                self.http().pause(pause).await;
            }
            let Ok(server) = manager.server(id).await else {
                continue;
            };
            match shown(&server) {
                Shown::AsWished => {
                    started.end(How::AsWished, "As wished.");
                    return Ok(Patched::AsWished);
                }
                Shown::Other(sentence) if accepted => error = Error::failed(sentence),
                Shown::Other(_) | Shown::NotSaid => {}
            }
        }
        // The journal keeps it open.
        Ok(Patched::NotKnown(error.of_kind(Kind::Partial)))
    }
}
