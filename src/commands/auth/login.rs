//! `auth login`: credentials are tried first, and stored only if Apple accepts them.

use serde::Serialize;

use super::arguments::Args;
use super::permissions::{PermissionRow, lines};
use super::questions;
use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{Consent, KEEP_BOTH, agree, agree_to, say_of};
use crate::commands::settings_change::{
    SecretFate, SettingChange, change, change_of, document_of, dropped_token, headline,
    secret_change,
};
use crate::context::Context;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::organization::login::{Account, Login, NewAccount};
use crate::organization::permissions::Permission;
use crate::organization::private_key::PrivateKey;

/// Logs in.
pub(super) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<SettingChange>()?;
    let login = Login::new(context.organization_to_store()?)?;
    let (yes, dry_run) = (args.consent.yes, args.changing.dry_run);

    questions::say_what_is_there(&login, context);
    let (client_id, kind) = questions::client_id(&args, login.before(), context).await?;
    let losses = login.loss(&client_id.value).into_iter().collect();
    agree(consent(losses, yes, dry_run), context).await?;
    let key_id = questions::key_id(&args, login.before(), context).await?;
    let PrivateKey {
        secret,
        key,
        file: copied_from,
    } = questions::private_key(&args, &login.organization, context).await?;
    let secrets = login.organization.secrets();
    let store = questions::store(&args, &secrets, context).await?;
    let new = login.with(Account {
        client_id,
        kind,
        key_id,
        secret,
        store,
    })?;

    let plan = new.plan(dry_run, &secrets).await?;
    agree_to(&plan, consent(Vec::new(), yes, dry_run), context).await?;
    let accepted = new.attempt(key).await?;
    let stored = new.store(plan, &accepted).await?;
    say_of(stored.done, context);
    let mut changes = changes(&new);
    changes.extend(stored.access_token.map(dropped_token));
    if !dry_run {
        advise(&new, copied_from.as_deref(), context);
    }
    let headline = above(&new, &accepted.permissions, context);
    let more = Permissions {
        permissions: accepted
            .permissions
            .iter()
            .map(PermissionRow::from)
            .collect(),
    };
    let change = change_of(&new.profile, dry_run, changes, more, context);
    let document = document_of(change, headline, None);
    Ok(Outcome::done(document))
}

/// What a login says beside its changes.
#[derive(Serialize)]
struct Permissions {
    permissions: Vec<PermissionRow>,
}

fn consent(losses: Vec<String>, yes: bool, dry_run: bool) -> Consent<'static> {
    Consent {
        losses,
        question: "Replace it?",
        hints: vec![KEEP_BOTH.into()],
        yes,
        dry_run,
    }
}

fn changes(new: &NewAccount) -> Vec<SettingChange> {
    let (before, account) = (new.before(), &new.account);
    let client_id = before.and_then(|before| before.client_id.as_deref());
    let key_id = before.and_then(|before| before.key_id.as_deref());
    let mut changes = Vec::new();
    for (setting, from, to) in [
        (
            "client_id",
            client_id,
            Some(account.client_id.value.as_str()),
        ),
        ("key_id", key_id, account.key_id.as_deref()),
    ] {
        if from != to {
            changes.push(change(setting, from, to));
        }
    }
    // The key itself is new even where its place is the same.
    let from = before.and_then(|before| before.private_key.as_ref());
    let to = Some(&new.reference);
    changes.push(secret_change("private_key", from, to, SecretFate::Stored));
    changes
}

/// What the profile and its API account are, and what the account may do.
fn above(new: &NewAccount, permissions: &[Permission], context: &Context) -> Vec<String> {
    let mut above = vec![
        headline(&new.profile, Some(new.account.kind), context),
        "Apple accepts the credentials. The API account may:".to_owned(),
    ];
    let more = permissions.iter().flat_map(lines);
    above.extend(more.map(|line| format!("  {line}")));
    above.push(String::new());
    above
}

fn advise(new: &NewAccount, copied_from: Option<&str>, context: &Context) {
    if let Some(path) = copied_from {
        context.ui.hint_if_alone(format!(
            "abmctl copied the private key and no longer needs {path}."
        ));
    }
    if !new.is_default() {
        let name = &new.profile;
        context.ui.hint_afterwards(hint![
            format!("{name} isn't the default profile. Add `--profile {name}`, or run "),
            Command::plain("profiles use").arg(name),
            "."
        ]);
    }
}
