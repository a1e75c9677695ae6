//! Hints after the domains: how far what is known of them reaches, and what else could be read.

use crate::config::OrganizationKind;
use crate::context::Context;
use crate::core::audit_log::End;
use crate::core::domains::Accounts;
use crate::core::domains::advice::Asked;
use crate::core::printed::{Command, hint};
use crate::organization::domains::gather::Gathered;
use crate::text::prose_date;

/// Says how far what could be read reaches; `since` where somebody said how far back, `partly` where something could not be read.
pub(super) fn reach(
    kind: OrganizationKind,
    since: bool,
    partly: bool,
    gathered: &Gathered,
    context: &Context,
) {
    match kind {
        OrganizationKind::Business => reach_of_audit_log(since, partly, gathered, context),
        OrganizationKind::School if gathered.asked == Asked::NoRoster => {
            context.ui.hint_afterwards(
                hint!["These are the domains that you declared. School Manager's own list is in the Roster API. Authorize the Roster API once with ", Command::storing("auth roster"), "."],
            );
        }
        OrganizationKind::School => {}
    }
}

fn reach_of_audit_log(since: bool, partly: bool, gathered: &Gathered, context: &Context) {
    if let Some(log) = &gathered.facts.audit {
        let from = prose_date(log.from);
        let why = match gathered.end {
            Some(End::Nothing(first)) if !since => format!(
                "no events in the year before {}; to look further back, use --since",
                prose_date(first)
            ),
            Some(End::Refused) => "Apple refused to go further back".to_owned(),
            _ if partly => "abmctl hasn't read further yet".to_owned(),
            _ if since => "--since ends there".to_owned(),
            _ => "abmctl doesn't ask further".to_owned(),
        };
        context.ui.hint_if_alone(format!(
            "The audit log was read back to {from}: {why}. Domains verified before {from} show as unknown, or don't appear."
        ));
    }
}

/// Advises to count the accounts, or says when that was.
pub(super) fn age_of_accounts(accounts: Option<&Accounts>, context: &Context) {
    let today = prose_date(context.clock().now());
    match accounts.map(|counted| prose_date(counted.at)) {
        None => context.ui.hint_if_alone(
            "To count the accounts of each domain and see domains that nothing else shows, add --accounts. It reads every user.",
        ),
        Some(counted) if counted != today => context.ui.hint_if_alone(format!(
            "The accounts were counted on {counted}. To count them again, add --accounts."
        )),
        Some(_) => {}
    }
}
