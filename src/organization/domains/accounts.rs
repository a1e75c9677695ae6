//! The Managed Apple Accounts of each domain: the one source that reads every user.

use std::collections::BTreeMap;

use crate::apple::error::Failure;
use crate::apple::manager::Manager;
use crate::apple::manager::users::User;
use crate::apple::page::OddItem;
use crate::core::domains::{Accounts, account_domain};
use crate::organization::Organization;

/// Counts the accounts of each domain, and says which users could not be counted. A page is forgotten as soon as it is counted.
pub(super) async fn count(
    manager: &Manager,
    organization: &Organization,
) -> Result<(Accounts, Vec<OddItem>), Failure> {
    let mut pages = manager.accounts()?;
    let mut counts = BTreeMap::new();
    let (mut users, mut odd) = (0, Vec::new());
    organization.progress("Counting the users");
    while let Some(page) = pages.next::<User>().await? {
        users += page.understood.len();
        odd.extend(page.odd);
        for user in page.understood {
            let user = user.attributes;
            let external = user.is_external_user.unwrap_or(false);
            let account = user.managed_apple_account.as_deref().unwrap_or_default();
            if let Some(domain) = account_domain(account, external) {
                *counts.entry(domain).or_default() += 1;
            }
        }
        organization.progress(&format!("Counting the users ({users})"));
    }
    let at = organization.clock().now();
    Ok((Accounts { at, counts }, odd))
}
