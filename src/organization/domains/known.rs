//! The names of every domain that is known, for what is done to all of them.

use std::collections::BTreeSet;

use super::gather::{self, Wish, declared_facts, gather};
use crate::core::domains::{Status, fold};
use crate::error::Error;
use crate::organization::Organization;

/// The domains that are known and not removed.
#[derive(Default)]
pub struct KnownDomains {
    /// Their A-labels.
    pub names: Vec<String>,
    /// Those of them of which Apple says that they are not verified.
    pub unverified: BTreeSet<String>,
    /// What could not be read.
    pub problems: Vec<Error>,
}

/// The domains that are known and not removed, and what could not be read: those that are declared, and with an API
/// account of Apple Business or the Roster API those that Apple knows. The accounts are not counted for it; where they were
/// before, what they showed counts.
pub async fn known(organization: &Organization) -> Result<KnownDomains, Error> {
    let settings = organization.settings();
    let mut problems = Vec::new();
    let facts = if gather::kind(settings).is_ok() {
        let gathered = gather(&Wish::usual(organization)?, organization).await?;
        problems.extend(
            gathered
                .status
                .map(|error| error.context("The domains that Apple knows can't be read")),
        );
        let odd = gathered.odd_events.into_iter().chain(gathered.odd_items);
        problems.extend(odd.map(Error::failed));
        gathered.facts
    } else {
        declared_facts(settings)
    };
    let mut known = KnownDomains {
        problems,
        ..KnownDomains::default()
    };
    for domain in fold(&facts) {
        let Some(name) = domain.domain else { continue };
        if domain.status == Status::Removed {
            continue;
        }
        if domain.verified == Some(false) {
            known.unverified.insert(name.clone());
        }
        known.names.push(name);
    }
    Ok(known)
}
