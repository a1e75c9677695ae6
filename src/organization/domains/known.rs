//! What is known of the domains that are to be checked, whether they were named or not.

use std::collections::BTreeMap;

use super::cache;
use super::gather::{self, Wish, declared_facts, gather};
use crate::core::domains::{Domain, DomainFacts, Source, Status, fold, not_known, standing};
use crate::core::service_discovery::Finding;
use crate::error::Error;
use crate::organization::Organization;

/// Domains, and what is known of them.
#[derive(Default)]
pub struct KnownDomains {
    /// Their A-labels.
    pub names: Vec<String>,
    /// What keeps Apple from redirecting their devices, or may, by A-label.
    pub standings: BTreeMap<String, Finding>,
    /// What could not be read.
    pub problems: Vec<Error>,
}

/// What keeps Apple from redirecting the devices of these domains, or may, by A-label.
pub fn standings(domains: &[Domain], facts: &DomainFacts) -> BTreeMap<String, Finding> {
    let named = domains.iter().filter_map(|domain| {
        let name = domain.domain.clone()?;
        Some((name, standing(domain, facts)?))
    });
    named.collect()
}

/// The domains of these names, and what earlier runs kept of them: nothing is asked.
pub fn named(names: Vec<String>, organization: &Organization) -> KnownDomains {
    let facts = DomainFacts {
        audit: cache::kept_log(organization),
        roster: cache::kept_roster(organization),
        ..declared_facts(organization.settings())
    };
    let domains = fold(&facts);
    let mut standings = standings(&domains, &facts);
    for name in &names {
        // Nothing was kept of it.
        if !domains.iter().any(|it| it.domain.as_ref() == Some(name)) {
            standings.insert(name.clone(), not_known(name));
        }
    }
    KnownDomains {
        names,
        standings,
        problems: Vec::new(),
    }
}

/// The domains that are known, and what could not be read: those that are declared, and with an API account of Apple
/// Business or the Roster API those that Apple knows and were not removed. The accounts are not counted for it; where they
/// were before, what they showed counts.
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
    let domains = fold(&facts);
    // Who declared a domain wants to hear of its removal.
    let declared = |it: &Domain| it.evidence.iter().any(|it| it.source == Source::Declared);
    let names = domains
        .iter()
        .filter(|it| it.status != Status::Removed || declared(it))
        .filter_map(|it| it.domain.clone());
    Ok(KnownDomains {
        names: names.collect(),
        standings: standings(&domains, &facts),
        problems,
    })
}
