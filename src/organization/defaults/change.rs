//! Setting defaults: the change, or only what it would be.

use super::setup::Hold;
use super::summary::{self, Extent, Summary};
use super::{Listed, Wanted, cause, undo};
use crate::core::platform::Family;
use crate::core::printed::line;
use crate::error::Error;
use crate::organization::Organization;

/// What is to be brought about.
pub struct Wish<'a> {
    /// The platforms.
    pub families: Vec<Family>,
    /// Their server, by id, alias or name; `None` for no default.
    pub server: Option<&'a str>,
    /// Only if this server is the default now, or with `none` if no server is.
    pub from: Option<&'a str>,
    /// The server may gain a platform even if it enrolls nothing.
    pub even_if_idle: bool,
    /// How far to go.
    pub extent: Extent,
}

impl Organization {
    /// Sets the default server of platforms as a transaction, or says what that would change.
    ///
    /// Exit 4 for a server that doesn't exist, 5 where this kind of organization can't, 8 where `from` is not the default or the
    /// server enrolls nothing, 6 and 7 as the transaction ends.
    pub async fn set_defaults(&self, wish: &Wish<'_>) -> Result<Summary, Error> {
        let only_reads = self.only_reads_defaults()?;
        let writes = wish.extent == Extent::Made && only_reads.is_none();
        let _lock = if writes {
            Some(self.defaults_lock(self.settings().max_wait.value).await?)
        } else {
            None
        };
        let hold = Hold::new(self);
        let take = |left| hold.take(left);
        let defaults = self.defaults(&take)?;
        let listed = defaults.list().await?;
        let to = self.named(wish.server, &listed)?;
        let from = match wish.from {
            None => None,
            Some(none) if none.eq_ignore_ascii_case("none") => Some(None),
            some => Some(self.named(some, &listed)?),
        };
        let token = match &to {
            Some(id) if !wish.even_if_idle => {
                let (servers, extent) = listed.for_tokens();
                self.faulty_token(id, &servers, extent).await
            }
            _ => None,
        };
        let undo = |changes: &[_], table: &[_]| {
            line(&undo::undo(changes, table, self), &self.settings().reach())
        };
        let wanted = Wanted {
            families: wish.families.clone(),
            to,
            from,
            writes,
            even_if_idle: wish.even_if_idle,
            token,
            undo: &undo,
        };
        let ended = defaults.run(&listed, &wanted).await?;
        if let Some(why) = only_reads
            && wish.extent == Extent::Made
            && !ended.changes.is_empty()
        {
            summary::warnings(&ended, self);
            let risk: Vec<&Family> = cause::risk(&ended, &wanted).collect();
            if risk.is_empty() {
                return Err(why);
            }
            return Err(cause::at_risk(&ended, risk.into_iter()).after(why));
        }
        let signal = self.signal().map(Error::interrupted);
        summary::of(&ended, &wanted, signal, self)
    }

    fn named(&self, wanted: Option<&str>, listed: &Listed) -> Result<Option<String>, Error> {
        wanted
            .map(|wanted| self.find_server(wanted, &listed.servers))
            .transpose()
    }
}
