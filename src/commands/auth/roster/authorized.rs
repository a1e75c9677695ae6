//! What an authorization comes to: whose it is, what is stored of it, and how it is shown.

use serde::Serialize;

use super::app::{Given, NewKey};
use super::{Args, Place};
use crate::apple::oauth::cache::Cache;
use crate::apple::oauth::grant::Granted;
use crate::apple::roster::{Domain, Organization};
use crate::commands::outcome::Outcome;
use crate::commands::profile_change::{Consent, KEEP_BOTH, agree, apply, prepare};
use crate::commands::settings_change::{
    SecretFate, SettingChange, change, change_of, document_of, dropped_token, headline,
    secret_change,
};
use crate::config::{Edit, Roster};
use crate::context::Context;
use crate::core::printed::hint;
use crate::error::Error;
use crate::organization::access_tokens::drop_access_tokens;
use crate::organization::profile::{Change, NewSecret};
use crate::secret::{Field, Secret, SecretReference, Store};

/// What Apple gave, and what goes with it.
pub struct Authorization {
    /// The app's settings.
    pub roster: Roster,
    /// The private key, where it is to be stored.
    pub new_key: Option<NewKey>,
    /// Where secrets are to be kept.
    pub store: Option<Store>,
    /// The tokens.
    pub granted: Granted,
    /// Whose authorization it is.
    pub organization: Organization,
    /// The place of its access token.
    pub cache: Cache,
    /// It was given for Apple's test data.
    pub is_test: bool,
}

/// What a table says of a trial.
const TRIED: &str = "The set-up works. Nothing was stored.";

/// Says that there is an authorization already.
pub fn say_what_is_there(place: &Place, context: &Context) {
    let Some(before) = place.before() else {
        return;
    };
    let Some(organization) = &before.organization else {
        return;
    };
    context.ui.say(&format!(
        "Profile {} is authorized for {organization} with the app {}; another authorization replaces that.",
        place.profile, before.client_id
    ));
}

/// Stores the authorization, unless it is a trial, and shows whose it is.
pub async fn keep(
    authorization: Authorization,
    args: &Args,
    place: &Place,
    context: &Context,
) -> Result<Outcome, Error> {
    let dry_run = args.changing.dry_run;
    if authorization.is_test {
        let lines = lines(&authorization, place, context);
        let organization = &authorization.organization;
        return Ok(outcome(
            (Some(TRIED), dry_run, Vec::new()),
            lines,
            organization,
            place,
            context,
        ));
    }
    warn_of_tokens(&authorization.organization, place, context);
    let mut roster = authorization.roster.clone();
    let store = authorization.store.unwrap_or(Store::Keyring);
    let reference = NewSecret::reference(&place.profile, &Field::RosterRefreshToken, store)?;
    roster.refresh_token = Some(reference);
    roster.organization_id = Some(authorization.organization.id.clone());
    roster.organization = Some(authorization.organization.name.clone());
    let mut changes = changes(place.before(), &roster, authorization.new_key.is_some());
    let folders = &place.settings.folders;
    let secrets = context.secrets(&place.settings);
    let write = |edit: &mut Edit| edit.set_roster(&place.profile, &roster);
    let change = Change {
        profile: &place.profile,
        before: place.stored.as_ref(),
        store: new_secrets(&authorization),
        remove: Vec::new(),
        renamed: Vec::new(),
        by_hand: None,
        write: Box::new(write),
    };
    let mut consent = consent(args);
    consent
        .losses
        .extend(organization_loss(&authorization.organization, place));
    consent.hints.push(hint![
        "Nothing was stored, and the code is used up: ",
        place.again(context)
    ]);
    let plan = prepare(change, consent, folders, &secrets, context).await?;
    if !dry_run {
        apply(plan, context).await?;
    }
    if let Some(before) = place.before() {
        changes.extend(drop_access_tokens(folders, &before.client_id, dry_run).map(dropped_token));
    }
    if !dry_run {
        // The next command needs a token, and this one is fresh. Without it that command asks for one.
        let _ = authorization.cache.write(&authorization.granted.access);
        let file = authorization.new_key.as_ref();
        if let Some(path) = file.and_then(|key| key.copied_from.as_ref()) {
            context.ui.hint_afterwards(format!(
                "The private key was copied; {path} is not needed any more."
            ));
        }
    }
    let lines = lines(&authorization, place, context);
    let organization = &authorization.organization;
    Ok(outcome(
        (None, dry_run, changes),
        lines,
        organization,
        place,
        context,
    ))
}

/// Another app's key must be meant to go: known before Apple is asked, since a code works once.
pub async fn agree_to_app(
    given: &Given,
    args: &Args,
    place: &Place,
    context: &Context,
) -> Result<(), Error> {
    let before = place.before().map(|before| before.client_id.trim());
    let app = &given.roster.client_id;
    let stored = given.new_key.is_some() && !args.test_scope;
    let loss = before.filter(|before| stored && before != app).map(|before| {
        format!(
            "Profile {} has the private key of the app {before}; the one of {app} would replace it.",
            place.profile
        )
    });
    let consent = Consent {
        losses: loss.into_iter().collect(),
        ..consent(args)
    };
    agree(consent, context).await
}

/// Another organization's authorization must be meant to go.
fn organization_loss(organization: &Organization, place: &Place) -> Option<String> {
    let before = place.before()?;
    let kept = before.organization_id.as_ref();
    if before.refresh_token.is_none() || kept == Some(&organization.id) {
        return None;
    }
    let name = before.organization.as_deref();
    Some(format!(
        "Profile {} was authorized for {}{}; this authorization for {} (id {}) would replace that.",
        place.profile,
        name.unwrap_or("an unknown organization"),
        kept.map_or_else(String::new, |id| format!(" (id {id})")),
        organization.name,
        organization.id,
    ))
}

fn consent(args: &Args) -> Consent<'static> {
    Consent {
        losses: Vec::new(),
        question: "Replace it?",
        hints: vec![KEEP_BOTH.into()],
        yes: args.consent.yes,
        dry_run: args.changing.dry_run,
    }
}

/// Another organization's server tokens beside it are most likely a mistake.
fn warn_of_tokens(organization: &Organization, place: &Place, context: &Context) {
    let others = place.settings.tokens.iter().filter_map(|token| {
        let whose = token.organization.as_deref()?.trim();
        (!whose.eq_ignore_ascii_case(organization.name.trim())).then_some((&token.name, whose))
    });
    for (token, whose) in others {
        context.ui.warn(&format!(
            "The server token {token} belongs to {whose}, and this authorization to {}.",
            organization.name
        ));
    }
}

/// What is stored: the refresh token, and the private key if it is a new one.
fn new_secrets(authorization: &Authorization) -> Vec<NewSecret> {
    use secrecy::ExposeSecret;
    let store = authorization.store.unwrap_or(Store::Keyring);
    let key = authorization.new_key.as_ref().map(|key| NewSecret {
        field: Field::RosterPrivateKey,
        secret: key.secret.clone(),
        store,
    });
    let refresh_token = NewSecret {
        field: Field::RosterRefreshToken,
        secret: Secret::new(authorization.granted.refresh_token.expose_secret()),
        store,
    };
    key.into_iter().chain([refresh_token]).collect()
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
fn lines(authorization: &Authorization, place: &Place, context: &Context) -> Vec<String> {
    let kind = place.settings.credentials.as_ref().map(|it| it.kind);
    let organization = &authorization.organization;
    let mut lines = vec![
        headline(&place.profile, kind, context),
        format!(
            "Apple answers for {} (id {}). Its domains:",
            organization.name, organization.id
        ),
    ];
    match &organization.domains {
        None => lines.push("  Apple says nothing of domains".to_owned()),
        Some(domains) if domains.is_empty() => lines.push("  none".to_owned()),
        Some(domains) => lines.extend(domains.iter().map(|domain| {
            let verified = match domain.is_verified {
                Some(true) => "verified",
                Some(false) => "not verified",
                None => "Apple does not say whether it is verified",
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

fn outcome(
    (empty, dry_run, changes): (Option<&'static str>, bool, Vec<SettingChange>),
    above: Vec<String>,
    organization: &Organization,
    place: &Place,
    context: &Context,
) -> Outcome {
    context
        .organization_of(place.settings.clone())
        .warn_of(&organization.odd);
    let row = |domain: &Domain| NamedDomain {
        domain: domain.name.clone(),
        verified: domain.is_verified,
    };
    let domains = organization.domains.as_ref();
    let more = Whose {
        organization: NamedOrganization {
            id: organization.id.clone(),
            name: organization.name.clone(),
        },
        domains: domains.map(|domains| domains.iter().map(row).collect()),
    };
    let change = change_of(&place.profile, dry_run, changes, more, context);
    Outcome::done(document_of(change, above, empty))
}
