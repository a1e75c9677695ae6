//! What an authorization comes to: what is asked before it is stored, and how it is shown.

use serde::Serialize;

use super::Args;
use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{Consent, KEEP_BOTH, agree, agree_to, say_of};
use crate::commands::settings_change::{
    SecretFate, SettingChange, change, change_of, document_of, dropped_token, headline,
    secret_change,
};
use crate::config::Roster;
use crate::context::Context;
use crate::core::printed::hint;
use crate::error::Error;
use crate::organization::roster::app::SigningApp;
use crate::organization::roster::authorization::Authorization;
use crate::organization::roster::profile::RosterProfile;
use crate::secret::{Field, SecretReference};

/// What a table says of a trial.
const TRIED: &str = "The setup works. Nothing was stored.";

/// Says that there is an authorization already.
pub(super) fn say_what_is_there(profile: &RosterProfile, context: &Context) {
    let Some(before) = profile.before() else {
        return;
    };
    let Some(organization) = &before.organization else {
        return;
    };
    context.ui.say(&format!(
        "Profile {} is already authorized for {organization} with the app {}. Another authorization replaces that.",
        profile.name, before.client_id
    ));
}

/// Stores the authorization, unless it is a trial, and shows whose it is.
pub(super) async fn keep(
    authorization: &Authorization,
    args: &Args,
    profile: &RosterProfile,
    context: &Context,
) -> Result<Outcome, Error> {
    let (changes, empty) = if authorization.is_test {
        (Vec::new(), Some(TRIED))
    } else {
        let changes = store(authorization, args, profile, context).await?;
        (changes, None)
    };
    let organization = &authorization.organization;
    profile.organization.warn_of(&organization.odd);
    let domains = organization.domains.as_ref();
    let domains = domains.map(|domains| {
        let domains = domains.iter().map(|domain| NamedDomain {
            domain: domain.name.clone(),
            verified: domain.is_verified,
        });
        domains.collect()
    });
    let more = Whose {
        organization: NamedOrganization {
            id: organization.id.clone(),
            name: organization.name.clone(),
        },
        domains,
    };
    let change = change_of(&profile.name, args.changing.dry_run, changes, more, context);
    let above = lines(authorization, profile, context);
    Ok(Outcome::done(document_of(change, above, empty)))
}

async fn store(
    authorization: &Authorization,
    args: &Args,
    profile: &RosterProfile,
    context: &Context,
) -> Result<Vec<SettingChange>, Error> {
    let dry_run = args.changing.dry_run;
    let new = profile.keeping(authorization)?;
    let new_key = authorization.new_key.as_ref();
    let mut changes = changes(profile.before(), &new.roster, new_key.is_some());
    let mut consent = consent(args, new.loss());
    consent.hints.push(hint![
        "Nothing was stored, and a code works only once: ",
        profile.again()
    ]);
    let secrets = profile.organization.secrets();
    let plan = new.plan(dry_run, &secrets).await?;
    agree_to(&plan, consent, context).await?;
    let stored = new.store(plan).await?;
    say_of(stored.done, context);
    changes.extend(stored.access_token.map(dropped_token));
    let copied_from = new_key.and_then(|key| key.copied_from.as_ref());
    if let Some(path) = copied_from.filter(|_| !dry_run) {
        context.ui.hint_if_alone(format!(
            "abmctl copied the private key and no longer needs {path}."
        ));
    }
    Ok(changes)
}

/// Another app's key must be meant to go: known before Apple is asked, since a code works once.
pub(super) async fn agree_to_app(
    app: &SigningApp,
    args: &Args,
    profile: &RosterProfile,
    context: &Context,
) -> Result<(), Error> {
    let loss = profile.key_loss(app, args.scope());
    agree(consent(args, loss), context).await
}

fn consent(args: &Args, loss: Option<String>) -> Consent<'static> {
    Consent {
        losses: loss.into_iter().collect(),
        question: "Replace it?",
        hints: vec![KEEP_BOTH.into()],
        yes: args.consent.yes,
        dry_run: args.changing.dry_run,
    }
}

fn changes(before: Option<&Roster>, after: &Roster, new_key: bool) -> Vec<SettingChange> {
    type Member = fn(&Roster) -> Option<&str>;
    let members: [(&str, Member); 6] = [
        ("client_id", |it| Some(&it.client_id)),
        ("team_id", |it| Some(&it.team_id)),
        ("key_id", |it| Some(&it.key_id)),
        ("redirect_uri", |it| it.redirect_uri.as_deref()),
        ("organization_id", |it| it.organization_id.as_deref()),
        ("organization", |it| it.organization.as_deref()),
    ];
    let mut changes = Vec::new();
    for (name, member) in members {
        let (from, to) = (before.and_then(member), member(after));
        if from != to {
            changes.push(change(&format!("roster.{name}"), from, to));
        }
    }
    let stored = |field: &Field, from: Option<&SecretReference>, to: Option<&SecretReference>| {
        secret_change(&field.name(), from, to, SecretFate::Stored)
    };
    if new_key {
        let from = before.map(|before| &before.private_key);
        changes.push(stored(
            &Field::RosterPrivateKey,
            from,
            Some(&after.private_key),
        ));
    }
    let from = before.and_then(|before| before.refresh_token.as_ref());
    changes.push(stored(
        &Field::RosterRefreshToken,
        from,
        after.refresh_token.as_ref(),
    ));
    changes
}

/// What stands above the table: whose authorization it is, and the domains.
fn lines(authorization: &Authorization, profile: &RosterProfile, context: &Context) -> Vec<String> {
    let organization = &authorization.organization;
    let mut lines = vec![
        headline(&profile.name, profile.kind(), context),
        format!(
            "Apple answers for {} (id {}). Its domains:",
            organization.name, organization.id
        ),
    ];
    match &organization.domains {
        None => lines.push("  Apple says nothing about domains".to_owned()),
        Some(domains) if domains.is_empty() => lines.push("  none".to_owned()),
        Some(domains) => lines.extend(domains.iter().map(|domain| {
            let verified = match domain.is_verified {
                Some(true) => "verified",
                Some(false) => "not verified",
                None => "Apple doesn't say whether it is verified",
            };
            format!("  {}: {verified}", domain.name)
        })),
    }
    lines.push(String::new());
    lines
}

/// What an authorization says beside its changes.
#[derive(Serialize)]
struct Whose {
    organization: NamedOrganization,
    domains: Option<Vec<NamedDomain>>,
}

#[derive(Serialize)]
struct NamedOrganization {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct NamedDomain {
    domain: String,
    verified: Option<bool>,
}
