//! The names of every domain that is known, for what is done to all of them.

use futures_util::future::join;

use super::since::{Since, whole_seconds};
use super::sources::{Progress, accounts, audit_log};
use crate::config::OrganizationKind;
use crate::context::Context;
use crate::core::domains::{Facts, Status, fold};
use crate::error::Error;

/// The domains that are known and not removed, and what could not be read: those that are declared, and with an API
/// account of Apple Business those of the audit log and of the users.
pub async fn known(context: &Context) -> Result<(Vec<String>, Vec<Error>), Error> {
    let settings = context.settings()?;
    let mut facts = Facts {
        declared: settings.declared_domains.clone(),
        ..Facts::default()
    };
    let mut problems = Vec::new();
    let business = settings
        .credentials
        .as_ref()
        .is_some_and(|it| it.kind == OrganizationKind::Business);
    if business {
        let manager = context.manager().await?;
        let until = whole_seconds(context.clock().now());
        let from = Since::default().resolve(until)?;
        let progress = Progress::new(&context.ui);
        let (audit, accounts) = join(
            audit_log(manager, from, until, &progress),
            accounts(manager, &progress),
        )
        .await;
        context.ui.progress("");
        let failed = |what: &str, failure| {
            Error::from(failure).context(format!("The domains of {what} can't be read"))
        };
        match audit {
            Ok(audit) => facts.audit = Some(audit),
            Err(failure) => problems.push(failed("the audit log", failure)),
        }
        match accounts {
            Ok(accounts) => facts.accounts = Some(accounts),
            Err(failure) => problems.push(failed("the users", failure)),
        }
    }
    let names = fold(&facts)
        .into_iter()
        .filter(|domain| domain.status != Status::Removed)
        .filter_map(|domain| domain.domain)
        .collect();
    Ok((names, problems))
}
