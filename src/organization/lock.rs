//! One change of a kind at a time: a lock in the state folder.

use std::time::Duration;

use jiff::SignedDuration;

use super::Organization;
use crate::error::Error;
use crate::private_files::{self, Lock, Locked};
use crate::secret::private_file;
use crate::text::spoken;

impl Organization {
    /// Takes the lock called `name` in the state folder: says who holds it, waits for as long as `limit`, then exit 6. `what` is
    /// the other's command, as in "`abmctl assign` for this organization".
    pub async fn lock(&self, name: &str, what: &str, limit: Duration) -> Result<Lock, Error> {
        self.lock_or(name, what, limit, "Nothing was changed.")
            .await
    }

    /// The same for a part of a command that may have changed something before: the error says `nothing`.
    pub async fn lock_or(
        &self,
        name: &str,
        what: &str,
        limit: Duration,
        nothing: &str,
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
        let state = &self.settings().folders.state;
        let path = state.join("locks").join(format!("{name}.lock"));
        let take = async |limit| private_files::lock(&path, self.claimant(), limit).await;
        let mut locked = take(Duration::ZERO).await;
        if let Ok(Locked::Busy(holder)) = &locked
            && !limit.is_zero()
        {
            self.hint(&format!(
                "Another {what} is running ({holder}). Waiting up to {} for it to end.",
                spoken(SignedDuration::try_from(limit).unwrap_or_default())
            ));
            locked = take(limit).await;
        }
        let busy = format!("Another {what} is running");
        let advice = "The lock must be a regular file in a folder that you can write to. To use another folder for abmctl's state, set ABMCTL_STATE_DIR.";
        private_file::taken(locked, &path, &busy, nothing, advice)
    }
}
