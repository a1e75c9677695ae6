//! Declaring a domain: what the operator saw in the portal, kept in the profile.

use jiff::civil::Date;

use super::declared::{declared, declared_in};
use crate::config::{Domains, Edit, Settings, Source};
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::profile::{only_from, still};
use crate::organization::record::{Record, Recorded};

/// What the operator saw.
#[derive(Debug, Clone, Copy)]
pub enum Sight {
    /// The domain is there, as it was seen on this day; `None` for today.
    There(Option<Date>),
    /// The domain is not there any more.
    Gone,
}

/// What a declaration changes in the profile.
pub struct Declaration<'a> {
    organization: &'a Organization,
    /// The profile that keeps it.
    pub profile: &'a str,
    /// The domain, as its A-label.
    pub domain: String,
    /// The day that it was declared with before, `Some(None)` where it was declared without one.
    pub before: Option<Option<Date>>,
    /// The day that it is to be declared with; `None` for no declaration.
    pub after: Option<Date>,
}

impl<'a> Declaration<'a> {
    /// Compares with what the profile declares; `only` is the day that it has to be declared with before, or `none`. Exit 2 for a
    /// day in the future and where nobody would read what is kept, exit 4 for a declaration to remove that is not there, exit 8
    /// if it is declared otherwise than `only`.
    pub fn new(
        domain: String,
        sight: Sight,
        only: Option<&str>,
        organization: &'a Organization,
    ) -> Result<Self, Error> {
        let settings = organization.settings();
        refuse_environment(settings, "domains list")?;
        let profile = settings.profile_to_store();
        let today = organization.today();
        if let Sight::There(seen) = sight {
            not_in_future(seen, today)?;
        }
        let before = declared(settings).remove(&domain);
        let now = before.map(seen);
        let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        only_from(only, now.as_deref(), &called(&domain), same)?;
        let after = match sight {
            Sight::There(seen) => Some(seen.unwrap_or(today)),
            Sight::Gone if before.is_none() => {
                return Err(Error::not_found(format!(
                    "Profile {profile} declares no domain {domain}."
                ))
                .hint(hint![
                    "See what is declared with ",
                    Command::new("domains list"),
                    "."
                ]));
            }
            Sight::Gone => None,
        };
        Ok(Self {
            organization,
            profile,
            domain,
            before,
            after,
        })
    }

    /// Whether there is anything to change.
    pub fn differs(&self) -> bool {
        self.before != self.after.map(Some)
    }

    /// What the journal says of it. A declaration without a day can't be made again.
    fn record(&self) -> Record {
        let Self {
            organization,
            domain,
            before,
            after,
            ..
        } = self;
        let command = Command::storing("domains declare").arg(domain);
        let back = match before {
            None => Some(command.word("--remove")),
            Some(Some(seen)) => Some(command.option("--seen", &seen.to_string())),
            Some(None) => None,
        };
        let now = after.map_or("none".to_owned(), |day| day.to_string());
        let back = back.map(|command| command.option("--from", &now));
        let reach = organization.settings().reach();
        let change = Recorded::new(
            format!("domain {domain}"),
            before.map(seen),
            after.map(Some).map(seen),
        );
        Record::of([change]).put_back(back.map(|it| it.written(&reach)))
    }

    /// Writes the profile, where that changes anything; `dry_run` only sees that it could be.
    pub async fn apply(&self, dry_run: bool) -> Result<(), Error> {
        if !self.differs() {
            return Ok(());
        }
        let Self {
            organization,
            profile,
            domain,
            before,
            after,
        } = self;
        let write = |edit: &mut Edit| {
            let Domains { declared, seen } = edit.profile(profile)?.domains;
            let now = declared_in(&declared, &seen).remove(domain);
            still(now == *before, &called(domain))?;
            match after {
                Some(seen) => edit.declare_domain(profile, domain, *seen)?,
                None => edit.remove_declared_domain(profile, domain),
            };
            Ok(())
        };
        let record = self.record();
        organization
            .edit_profile(profile, &record, dry_run, write)
            .await
    }
}

/// A day, or that none was said.
pub fn seen(day: Option<Date>) -> String {
    day.map_or("no date".to_owned(), |day| day.to_string())
}

fn called(domain: &str) -> String {
    format!("The declaration of {domain}")
}

/// The day on which something was seen; exit 2 for one in the future.
pub fn not_in_future(seen: Option<Date>, today: Date) -> Result<Option<Date>, Error> {
    // East of Greenwich it may be tomorrow.
    let latest = today.tomorrow().unwrap_or(today);
    if seen.is_some_and(|seen| seen > latest) {
        return Err(Error::usage("--seen is in the future."));
    }
    Ok(seen)
}

/// Exit 2 where credentials come from the environment without a profile: nobody would read what is kept, such as `reader`.
pub fn refuse_environment(settings: &Settings, reader: &str) -> Result<(), Error> {
    let account = settings.credentials.as_ref().map(|it| &it.client_id.source);
    let roster = settings.roster.as_ref().map(|it| &it.client_id.source);
    match account.or(roster) {
        Some(Source::Environment(variable)) if settings.profile.is_none() => Err(Error::usage(
            format!("{variable} is set, so abmctl uses no profile and wouldn't read a declaration in one."),
        )
        .hint(hint!["Set ABMCTL_PROFILE to the profile, here and for ", Command::storing(reader), "."])),
        _ => Ok(()),
    }
}
