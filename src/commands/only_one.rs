//! One change of a kind at a time: a lock in the state folder.

use std::path::Path;
use std::time::Duration;

use crate::context::Context;
use crate::error::{Error, Kind};
use crate::private_files::{Lock, Locked, lock_within};

/// Takes the lock called `name` in the state folder: waits for another holder for as long as `limit`, then exit 6. `what`
/// is the other's command, as in "`abmctl assign` for this organization".
pub async fn only_one(
    name: &str,
    what: &str,
    limit: Duration,
    state: &Path,
    context: &Context,
) -> Result<Lock, Error> {
    let name: String = name
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        })
        .collect();
    let path = state.join("locks").join(format!("{name}.lock"));
    let holder = format!(
        "process {}, since {:.0}",
        std::process::id(),
        context.clock().now()
    );
    match lock_within(&path, &holder, context.clock(), limit).await {
        Ok(Locked::Held(lock)) => Ok(lock),
        Ok(Locked::Busy(holder)) => Err(Error::new(
            Kind::Unavailable,
            format!("Another {what} is at work ({holder}). Nothing was changed."),
        )
        .hint("Try again when it has ended.")),
        Err(error) => Err(Error::failed(format!(
            "The lock {} can't be taken: {error}. Nothing was changed.",
            path.display()
        ))
        .hint("Make that folder writable, or name another one for abmctl's state in ABMCTL_STATE_DIR.")),
    }
}
