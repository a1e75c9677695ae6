//! The domains that the operator declared, and how long ago that was.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::config::Settings;
use crate::core::domains::normalized;
use crate::core::printed::{Command, hint};
use crate::core::sightings::is_old;
use crate::organization::Organization;
use crate::text::prose_day;

/// The declared domains by their A-label, with the day on which each was seen, where it was said.
pub(super) fn declared(settings: &Settings) -> BTreeMap<String, Option<Date>> {
    declared_in(&settings.declared_domains, &settings.seen_domains)
}

/// The same of what a profile has: the domains, and the day for some of them.
pub(super) fn declared_in(
    domains: &[String],
    days: &BTreeMap<String, Date>,
) -> BTreeMap<String, Option<Date>> {
    let seen = |domain: &str| {
        let days = days.iter();
        days.filter(|(name, _)| normalized(name).as_deref() == Some(domain))
            .map(|(_, day)| *day)
            .max()
    };
    domains
        .iter()
        .map(|name| {
            let domain = normalized(name).unwrap_or_else(|| name.to_lowercase());
            let day = seen(&domain);
            (domain, day)
        })
        .collect()
}

/// The start of each day on which a declared domain was seen, in UTC.
pub(super) fn seen(settings: &Settings) -> BTreeMap<String, Timestamp> {
    declared(settings)
        .into_iter()
        .filter_map(|(domain, day)| {
            let start = day?.to_zoned(TimeZone::UTC).ok()?;
            Some((domain, start.timestamp()))
        })
        .collect()
}

/// Warns of what was seen too long ago to say much.
pub(super) fn warn_of_old(organization: &Organization) {
    let today = organization.today();
    let old: Vec<String> = declared(organization.settings())
        .into_iter()
        .filter_map(|(domain, seen)| Some((domain, seen?)))
        .filter(|(_, seen)| is_old(*seen, today))
        .map(|(domain, seen)| format!("{domain} ({})", prose_day(seen)))
        .collect();
    if let [first, ..] = &old[..] {
        let domain = first.split(' ').next().unwrap_or_default();
        organization.warn(&hint![
            format!(
                "You saw these domains in the portal more than 180 days ago: {}. Look again. If a domain is still there, run ",
                old.join(", ")
            ),
            Command::storing("domains declare").arg(domain),
            "; if not, add `--remove`."
        ]);
    }
}
