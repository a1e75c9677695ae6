//! What a change of stored credentials says of itself.

use jiff::Timestamp;
use serde::Serialize;

use crate::commands::outcome::DRY_RUN;
use crate::config::{KeyPair, OrganizationKind};
use crate::context::{self, Context};
use crate::output::{Change, Column, Document, NothingMore, Row, Shown, column, more};
use crate::secret::SecretReference;

/// A setting that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SettingChange {
    setting: String,
    from: Option<String>,
    to: Option<String>,
    secret: Option<SecretFate>,
}

impl Row for SettingChange {
    const COLUMNS: &'static [Column<Self>] = &[
        column("setting", "SETTING", |it| it.setting.shown()),
        column("from", "BEFORE", |it| it.from.shown()),
        column("to", "NOW", |it| it.to.shown()),
        more("secret", |it| {
            it.secret.map_or("", SecretFate::word).shown()
        }),
    ];
}

/// What became of the secret itself that a reference stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SecretFate {
    /// abmctl put it there.
    Stored,
    /// abmctl had put it there, and removed it.
    Removed,
    /// It is not abmctl's own, and stays.
    Kept,
}

impl SecretFate {
    fn word(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Removed => "removed",
            Self::Kept => "kept",
        }
    }
}

/// A setting that changes.
pub(crate) fn change(setting: &str, from: Option<&str>, to: Option<&str>) -> SettingChange {
    SettingChange {
        setting: setting.to_owned(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        secret: None,
    }
}

/// A reference to a secret that changes, and what becomes of the secret.
pub(crate) fn secret_change(
    setting: &str,
    from: Option<&SecretReference>,
    to: Option<&SecretReference>,
    fate: SecretFate,
) -> SettingChange {
    // `Display` leaves out the arguments of a command, where people put tokens.
    let text = |reference: Option<&SecretReference>| reference.map(ToString::to_string);
    SettingChange {
        setting: setting.to_owned(),
        from: text(from),
        to: text(to),
        secret: Some(fate),
    }
}

/// The certificate of a key pair that goes with it.
pub(crate) fn certificate_change(name: &str, pair: &KeyPair) -> SettingChange {
    let setting = format!("key_pairs.{name}.certificate");
    change(&setting, Some(&pair.certificate.to_string_lossy()), None)
}

/// A kept access token that is dropped; its end stands for it.
pub(crate) fn dropped_token(end: Timestamp) -> SettingChange {
    SettingChange {
        setting: "access_token".to_owned(),
        from: Some(format!("until {end:.0}")),
        to: None,
        secret: Some(SecretFate::Removed),
    }
}

/// The first line above a change of a profile, which need not be in force.
pub(crate) fn headline(profile: &str, kind: Option<OrganizationKind>, context: &Context) -> String {
    context::headline(profile, kind, context.is_sandbox(profile))
}

/// The document of a change of settings.
pub(crate) fn document(
    profile: &str,
    dry_run: bool,
    changes: Vec<SettingChange>,
    headline: Vec<String>,
    context: &Context,
) -> Document {
    let change = change_of(profile, dry_run, changes, NothingMore {}, context);
    document_of(change, headline, None)
}

/// The document of a change of what is kept for a profile; a table says `empty` in place of no rows, if that is given.
pub(crate) fn document_of<R: Row, M: Serialize>(
    change: Change<R, M>,
    mut headline: Vec<String>,
    empty: Option<&'static str>,
) -> Document {
    if change.dry_run {
        headline.push(DRY_RUN.to_owned());
    }
    change.document(headline, empty, &[])
}

/// A change of what is kept for a profile.
pub(crate) fn change_of<R, M>(
    profile: &str,
    dry_run: bool,
    changes: Vec<R>,
    more: M,
    context: &Context,
) -> Change<R, M> {
    Change {
        changed: !changes.is_empty(),
        dry_run,
        profile: profile.to_owned(),
        sandbox: context.is_sandbox(profile),
        changes,
        more,
    }
}
