//! Looking at the defaults, and restoring what an earlier change owes.

use std::time::Duration;

use super::setup::Hold;
use super::{Ended, Named, Wanted, cause, summary};
use crate::core::declared_urls::DeclaredUrls;
use crate::core::defaults::transaction::{Cause, Outcome as How};
use crate::core::defaults::{Holder, holder};
use crate::core::names;
use crate::core::platform::Family;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::adde_urls::declared::Servers;
use crate::organization::adde_urls::known::KnownUrl;
use crate::organization::servers::defaults_not_known;
use crate::text::prose_time;

/// The default server of a platform.
#[derive(Debug, Clone)]
pub struct DefaultServer {
    /// The platform.
    pub family: Family,
    /// The server; `None` for none, or for one that isn't known.
    pub server: Option<Named>,
    /// Why it isn't certain, as a sentence.
    pub doubt: Option<String>,
    /// What is known of the server's ADDE URL; `None` without a server.
    pub adde_url: Option<KnownUrl>,
}

/// What was seen.
#[derive(Debug)]
pub struct Look {
    /// The platforms that were asked for, in the order of tables.
    pub defaults: Vec<DefaultServer>,
    /// What could not be read, or not be restored.
    pub problem: Option<Error>,
}

impl Organization {
    /// The default servers of these platforms, or of all. What an earlier change left half done is finished first, unless this
    /// organization is only read.
    pub async fn look_at_defaults(&self, platforms: &[Family]) -> Result<Look, Error> {
        let only_reads = self.only_reads_defaults()?.is_some();
        let hold = Hold::new(self);
        let take = |left| hold.take(left);
        let defaults = self.defaults(&take)?;
        // Whoever holds the lock is at work right now; then this run only looks.
        let lock = if defaults.is_open()? && !only_reads {
            match self.defaults_lock(Duration::ZERO).await {
                Ok(lock) => Some(lock),
                Err(error) => {
                    self.warn(&error.message);
                    None
                }
            }
        } else {
            None
        };
        let listed = defaults.list().await?;
        let wanted = Wanted {
            families: Vec::new(),
            to: None,
            from: None,
            writes: lock.is_some(),
            even_if_idle: true,
            token: None,
            undo: &|_, _| String::new(),
        };
        let ended = defaults.run(&listed, &wanted).await?;
        drop(lock);
        if let Some(signal) = self.signal() {
            let told = Error::interrupted(signal);
            return Err(if ended.owed.is_empty() {
                told
            } else {
                cause::not_restored(&ended).after(told)
            });
        }
        Ok(self.looked(platforms, &ended, &wanted))
    }

    fn looked(&self, platforms: &[Family], ended: &Ended, wanted: &Wanted<'_>) -> Look {
        let families = families(platforms, ended);
        let named: Vec<_> = ended.now.iter().map(names::Named::from).collect();
        let extent = if ended.unread.is_empty() {
            Servers::All
        } else {
            Servers::Some
        };
        let declared = self.declared_urls(&named, extent);
        let defaults: Vec<DefaultServer> = families
            .iter()
            .map(|family| self.default_server(family, ended, &named, &declared))
            .collect();
        summary::warnings(ended, self);
        for (family, server) in ended.compared.iter().filter(|it| families.contains(&it.0)) {
            self.warn(&cause::lost(family, server, ended, self));
        }
        let in_doubt = defaults.iter().any(|it| it.doubt.is_some());
        let problem = match ended.outcome {
            How::Nothing(Cause::NotRestored) if !in_doubt => {
                // It is about platforms that aren't shown.
                self.warn(&cause::why(Cause::NotRestored, ended, wanted).message);
                None
            }
            How::Nothing(cause) => Some(cause::why(cause, ended, wanted)),
            _ if in_doubt => doubt(ended, &families),
            _ => None,
        };
        Look { defaults, problem }
    }

    fn default_server(
        &self,
        family: &Family,
        ended: &Ended,
        named: &[names::Named],
        declared: &DeclaredUrls,
    ) -> DefaultServer {
        let servers = &ended.now;
        let name = |id: &str| super::undo::name(id, servers).to_owned();
        let (id, doubt) = match holder(servers, family) {
            Holder::Server(id) => (Some(id), None),
            Holder::Nobody => (None, None),
            Holder::Unknown { unread } => {
                let names: Vec<String> = unread.iter().map(|id| name(id)).collect();
                let doubt = format!("{} can't be read and may be the default.", names.join(", "));
                (None, Some(doubt))
            }
            Holder::Several(ids) => {
                let names: Vec<String> = ids.iter().map(|id| name(id)).collect();
                let doubt = format!("Apple shows it on several servers: {}.", names.join(", "));
                (ids.first().cloned(), Some(doubt))
            }
        };
        let server = id.map(|id| Named {
            name: name(&id),
            id,
        });
        DefaultServer {
            family: family.clone(),
            doubt: doubt.or_else(|| self.may_change(family, ended)),
            adde_url: server
                .as_ref()
                .map(|it| self.known_adde_url(&it.id, named, declared)),
            server,
        }
    }

    /// Why a default may not stay as it is.
    fn may_change(&self, family: &Family, ended: &Ended) -> Option<String> {
        if !ended.at_risk.contains(family) {
            return None;
        }
        Some(match ended.until() {
            Some(until) => {
                format!(
                    "An unanswered request may still change this. Look again after {}.",
                    prose_time(until)
                )
            }
            None => self.written(&hint![
                "This platform had a default and has none now. The next ",
                Command::new("assign"),
                " tries again to restore it."
            ]),
        })
    }
}

/// The platforms that are shown: those that were asked for, or all, with what Apple added without notice.
fn families(platforms: &[Family], ended: &Ended) -> Vec<Family> {
    let mut families = platforms.to_vec();
    if platforms.is_empty() {
        families.extend(Family::KNOWN);
        let all = ended
            .now
            .iter()
            .filter_map(|server| server.families.as_ref());
        families.extend(all.flatten().filter(|family| !family.is_known()).cloned());
    }
    families.sort();
    families.dedup();
    families
}

/// Why a default is in doubt: servers that could not be read, or requests without an answer.
fn doubt(ended: &Ended, families: &[Family]) -> Option<Error> {
    let risk: Vec<&Family> = families
        .iter()
        .filter(|it| ended.at_risk.contains(it))
        .collect();
    if !risk.is_empty() {
        return Some(cause::at_risk(ended, risk.into_iter()));
    }
    let unread = ended.unread.iter().cloned();
    let (names, failures): (Vec<_>, Vec<_>) = unread.map(|(it, why)| (it.name, why)).unzip();
    let others = failures.len() < ended.now.len();
    defaults_not_known(&names, &failures, others)
}
