//! One PATCH sent until it is certain what came of it, and servers read again.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use reqwest::Method;

use crate::apple::error::{Cause, Failure};
use crate::apple::http::Patience;
use crate::apple::manager::Manager;
use crate::apple::manager::servers::segments;
use crate::apple::retry::Repeat;
use crate::commands::servers::inventory::known;
use crate::context::Context;
use crate::core::defaults::{Patch, Server};
use crate::core::platform::Family;
use crate::error::Error;

/// The ids of the servers on which Apple acted, or may have acted.
pub type Acted = RefCell<Vec<String>>;

/// Sends one PATCH until it is certain what came of it.
///
/// Before it is sent again, the server is read again: it may have been acted on, and while a wait lasts somebody else may
/// change what a stale list would undo.
pub async fn apply(patch: &Patch, manager: &Manager, acted: &Acted) -> Result<(), Failure> {
    let again = Cell::new(false);
    let attempt = || async {
        let patch = if again.get() {
            match patch.on(&live(&patch.server, manager).await?) {
                None => return Ok(()),
                Some(rest) => rest,
            }
        } else {
            patch.clone()
        };
        again.set(true);
        let families: Vec<String> = patch
            .families
            .iter()
            .map(|family| family.as_str().to_owned())
            .collect();
        let result = manager.set_default_families(&patch.server, &families).await;
        let open = match &result {
            Ok(()) => true,
            Err(failure) => !failure.not_acted_on(),
        };
        if open {
            acted.borrow_mut().push(patch.server.clone());
        }
        result
    };
    manager.http().repeat(Repeat::Always, attempt).await
}

/// What a server is the default for now. Where Apple does not say it, nothing is to be written on that ground.
pub async fn live(id: &str, manager: &Manager) -> Result<Vec<Family>, Failure> {
    let server = manager.server(id).await?;
    known(&server).families.ok_or_else(|| {
        Failure::new(
            manager.request_name(&Method::GET, &segments(id)),
            Cause::Unexpected("it does not say what the server is the default for".into()),
        )
    })
}

/// Some servers, as they are now.
pub struct Seen {
    /// In the order in which they were asked for. One that could not be read has no families; one that is gone has none
    /// to have.
    pub servers: Vec<Server>,
    /// The ids of those that are not there any more.
    pub gone: Vec<String>,
    /// Why the last of those that could not be read could not.
    pub why: Option<Error>,
}

/// Reads the servers `ids`; those that can't be read keep the name that they have in `before`.
pub async fn read(before: &[Server], ids: &[String], manager: &Manager) -> Seen {
    let reads = ids
        .iter()
        .map(|id| async move { (id, manager.server(id).await) });
    let mut seen = Seen {
        servers: Vec::new(),
        gone: Vec::new(),
        why: None,
    };
    for (id, read) in futures_util::future::join_all(reads).await {
        let unknown = |families| Server {
            id: id.clone(),
            name: before
                .iter()
                .find(|server| server.id == *id)
                .map_or_else(|| id.clone(), |server| server.name.clone()),
            families,
        };
        let server = match read {
            Err(failure)
                if failure.status_of(&manager.request_name(&Method::GET, &segments(id)))
                    == Some(404) =>
            {
                seen.gone.push(id.clone());
                unknown(Some(Vec::new()))
            }
            Ok(server) if server.is_deleted() => {
                seen.gone.push(id.clone());
                unknown(Some(Vec::new()))
            }
            Ok(server) if server.attributes.default_product_families.is_some() => known(&server),
            Ok(_) => {
                seen.why = Some(Error::failed(
                    "Apple's answer does not say what the server is the default for.",
                ));
                unknown(None)
            }
            Err(failure) => {
                seen.why = Some(failure.into());
                unknown(None)
            }
        };
        seen.servers.push(server);
    }
    seen
}

/// Waiting for `limit` from now on, whatever succeeds in between.
pub fn patience(limit: Duration, context: &Context) -> Patience {
    Patience {
        limit,
        since: Some(context.clock().now()),
        stop: None,
    }
}
