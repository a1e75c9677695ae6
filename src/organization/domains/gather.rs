//! Everything that is known of the organization's domains, from the sources that its kind has.

use jiff::Timestamp;

use super::audit::{self, Ended, LogReading};
use super::cache::{self, Cache};
use super::since::{self, Since};
use super::{accounts, declared};
use crate::apple::error::Failure;
use crate::apple::page::OddItem;
use crate::apple::roster;
use crate::config::{OrganizationKind, Settings};
use crate::core::audit_log::{End, KeptLog, Wanted};
use crate::core::domains::{DomainFacts, Roster, RosterDomain, advice::Asked};
use crate::core::printed::hint;
use crate::error::{Error, Kind};
use crate::organization::Organization;

/// What is to be read.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// How far back the audit log is to be read; nowhere near all of it is asked for where it is known.
    pub oldest: Timestamp,
    /// That far was asked for, and is not only the furthest that makes sense.
    pub insists: bool,
    /// What is kept of the audit log is forgotten.
    pub refresh: bool,
    /// The accounts are to be counted.
    pub accounts: bool,
}

/// What could be read, and what could not.
pub struct Gathered {
    /// What is known.
    pub facts: DomainFacts,
    /// Which source there is for a status.
    pub asked: Asked,
    /// Why the audit log goes no further back, where it is over.
    pub end: Option<End>,
    /// What Apple says is kept for the next run.
    pub keeps: bool,
    /// Why the source that says statuses could not be read, or not to its end.
    pub status: Option<Error>,
    /// Why the accounts could not be counted.
    pub accounts: Option<Error>,
    /// Events of the audit log that can't be understood, each a sentence.
    pub odd_events: Vec<String>,
    /// Users and domains that can't be understood, each a sentence.
    pub odd_items: Vec<String>,
}

impl Wish {
    /// What is new, and the log as far back as Apple has it.
    pub fn usual(organization: &Organization) -> Result<Self, Error> {
        let now = since::whole_seconds(organization.clock().now());
        Ok(Self {
            oldest: Since::furthest().resolve(now)?,
            insists: false,
            refresh: false,
            accounts: false,
        })
    }
}

impl Gathered {
    /// What the operator declared, which is there without asking anybody.
    pub fn declared(settings: &Settings) -> Self {
        Self {
            facts: declared_facts(settings),
            asked: Asked::Nothing,
            end: None,
            keeps: false,
            status: None,
            accounts: None,
            odd_events: Vec::new(),
            odd_items: Vec::new(),
        }
    }
}

/// The kind of organization; exit 3 where nothing is configured that could say anything of its domains.
pub fn kind(settings: &Settings) -> Result<OrganizationKind, Error> {
    match (&settings.credentials, &settings.roster) {
        (Some(credentials), _) => Ok(credentials.kind),
        // Only School Manager has the Roster API.
        (None, Some(_)) => Ok(OrganizationKind::School),
        (None, None) => match settings.required_credentials() {
            Ok(credentials) => Ok(credentials.kind),
            Err(error) => Err(error.hint(hint![
                "For School Manager, ",
                settings.storing("auth roster"),
                " alone is enough."
            ])),
        },
    }
}

/// Reads what can be read; exit 5 where something is asked for that School Manager does not have.
pub async fn gather(wish: &Wish, organization: &Organization) -> Result<Gathered, Error> {
    let settings = organization.settings();
    let mut gathered = Gathered::declared(settings);
    match kind(settings)? {
        OrganizationKind::Business => business(wish, organization, &mut gathered).await?,
        OrganizationKind::School => school(wish, organization, &mut gathered).await?,
    }
    Ok(gathered)
}

/// What the operator declared, which is there without asking anybody.
pub fn declared_facts(settings: &Settings) -> DomainFacts {
    DomainFacts {
        declared: settings.declared_domains.clone(),
        seen: declared::seen(settings),
        ..DomainFacts::default()
    }
}

async fn business(
    wish: &Wish,
    organization: &Organization,
    gathered: &mut Gathered,
) -> Result<(), Error> {
    let manager = organization.manager()?;
    let mut cache = Cache::open(manager, organization).await?;
    let kept = cache.kept.log.take();
    let now = since::whole_seconds(organization.clock().now());
    let (log, status) = if let Some(busy) = cache.busy.take() {
        (kept, Some(busy))
    } else {
        let reading = LogReading {
            kept,
            anew: wish.refresh,
            outdated: cache.kept.outdated,
            wanted: Wanted {
                now,
                oldest: wish.oldest,
                insists: wish.insists,
            },
        };
        let Ended { log, failure } = audit::read(manager, reading, organization, |log| {
            cache.kept.log = Some(log.clone());
            cache.kept.outdated = false;
            cache.keep();
        })
        .await;
        organization.progress("");
        (log, not_interrupted(failure)?)
    };
    gathered.status = status;
    gathered.asked = if log.is_some() {
        Asked::AuditLog
    } else {
        Asked::NoAuditLog
    };
    gathered.end = log.as_ref().and_then(KeptLog::end);
    gathered.facts.audit = log.as_ref().map(KeptLog::log);
    let odd = log.iter().flat_map(KeptLog::odd);
    gathered.odd_events = odd.map(audit::event::sentence).collect();
    cache.kept.log = log;
    if cache.kept.outdated {
        // What is new of it is not read twice only for that.
        cache.keep();
    }
    gathered.keeps = cache.keeps();
    if wish.accounts {
        match accounts::count(manager, organization).await {
            Ok((counted, odd)) => {
                cache.kept.accounts = Some(counted);
                // A kept count is shown as that of all users.
                if odd.is_empty() {
                    cache.keep();
                }
                gathered.odd_items = odd.iter().map(OddItem::to_string).collect();
            }
            Err(failure) => gathered.accounts = not_interrupted(Some(failure))?,
        }
        organization.progress("");
    }
    gathered.facts.accounts = cache.kept.accounts;
    Ok(())
}

/// What failed, where it was not the user who ended it.
fn not_interrupted(failure: Option<Failure>) -> Result<Option<Error>, Error> {
    match failure.map(Error::from) {
        Some(error) if error.kind == Kind::Interrupted => Err(error),
        other => Ok(other),
    }
}

async fn school(
    wish: &Wish,
    organization: &Organization,
    gathered: &mut Gathered,
) -> Result<(), Error> {
    for (asked, flag, what) in [
        (wish.accounts, "--accounts", "no users"),
        (wish.refresh, "--refresh", "no audit log"),
        (wish.insists, "--since", "no audit log"),
    ] {
        if asked {
            return Err(Error::new(
                Kind::Refused,
                format!("{flag} works only with Apple Business: School Manager's API has {what}."),
            )
            .hint(format!("Drop {flag}.")));
        }
    }
    organization.progress("Asking the Roster API");
    let read = organization.roster_organization().await;
    organization.progress("");
    match read {
        Ok(Some(answer)) => match answer.domains {
            Some(domains) => {
                gathered.asked = Asked::Roster;
                let odd = answer.odd.iter().map(OddItem::to_string);
                gathered.odd_items = odd.collect();
                let domain = |domain: roster::Domain| RosterDomain {
                    name: domain.name,
                    verified: domain.is_verified,
                };
                let roster = Roster {
                    at: organization.clock().now(),
                    domains: domains.into_iter().map(domain).collect(),
                };
                cache::keep_roster(&roster, organization);
                gathered.facts.roster = Some(roster);
            }
            None => {
                gathered.asked = Asked::SilentRoster;
                gathered.status = Some(Error::failed(match answer.odd.first() {
                    Some(odd) => odd.to_string(),
                    None => format!(
                        "Apple's Roster API says nothing about the domains of {}.",
                        answer.name
                    ),
                }));
            }
        },
        Ok(None) => gathered.asked = Asked::NoRoster,
        Err(error) if error.kind == Kind::Interrupted => return Err(error),
        Err(error) => {
            gathered.asked = Asked::SilentRoster;
            gathered.status = Some(error);
        }
    }
    Ok(())
}
