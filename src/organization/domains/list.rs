//! Listing the domains: everything that is known of them, or why that would mislead.

use super::declared::warn_of_old;
use super::gather::{self, Gathered, Wish, gather};
use super::unread::{refuse_what_is_not_said, warn_of_unread};
use crate::config::OrganizationKind;
use crate::core::domains::Status;
use crate::error::Error;
use crate::organization::Organization;

/// What is known of the domains.
pub struct Listing {
    /// The kind of organization, which decides what its sources are.
    pub kind: OrganizationKind,
    /// What could be read.
    pub gathered: Gathered,
    /// Exit 7, where something could not be read.
    pub problem: Option<Error>,
}

/// Reads what can be read, and warns of the rest; an error where one of these statuses was asked for and no source could
/// give it.
pub async fn list(
    statuses: &[Status],
    wish: &Wish,
    organization: &Organization,
) -> Result<Listing, Error> {
    let kind = gather::kind(organization.settings())?;
    warn_of_old(organization);
    let mut gathered = gather(wish, organization).await?;
    refuse_what_is_not_said(statuses, kind, &mut gathered)?;
    let problem = warn_of_unread(kind, &mut gathered, organization);
    Ok(Listing {
        kind,
        gathered,
        problem,
    })
}
