//! What a change of stored credentials says of itself.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::apple::oauth::cache;
use crate::commands::DRY_RUN;
use crate::config::{Folders, OrganizationKind, is_sandbox};
use crate::context::{self, Context, token_folder};
use crate::output::{Cell, Document, View, column, more};
use crate::secret::SecretReference;

/// The rows of a change.
pub static CHANGES: View = View {
    columns: &[
        column("setting", "SETTING", Cell::Plain),
        column("from", "BEFORE", Cell::Plain),
        column("to", "NOW", Cell::Plain),
        more("secret"),
    ],
    below: None,
    empty: "Nothing to do.",
};

/// What became of the secret itself that a reference stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretFate {
    /// abmctl put it there.
    Stored,
    /// abmctl had put it there, and removed it.
    Removed,
    /// It is not abmctl's own, and stays.
    Kept,
}

/// A setting that changes.
pub fn change(setting: &str, from: Option<&str>, to: Option<&str>) -> Value {
    json!({"setting": setting, "from": from, "to": to, "secret": null})
}

/// A reference to a secret that changes, and what becomes of the secret.
pub fn secret_change(
    setting: &str,
    from: Option<&SecretReference>,
    to: Option<&SecretReference>,
    fate: SecretFate,
) -> Value {
    let fate = match fate {
        SecretFate::Stored => "stored",
        SecretFate::Removed => "removed",
        SecretFate::Kept => "kept",
    };
    // `Display` leaves out the arguments of a command, where people put tokens.
    let text = |reference: Option<&SecretReference>| reference.map(ToString::to_string);
    json!({"setting": setting, "from": text(from), "to": text(to), "secret": fate})
}

/// A kept access token that is dropped; its end stands for it.
pub fn dropped_token(end: Timestamp) -> Value {
    json!({
        "setting": "access_token",
        "from": format!("until {end:.0}"),
        "to": null,
        "secret": "removed",
    })
}

/// The first line above a change, by the environment alone: the profile need not be in force.
pub fn headline(profile: &str, kind: Option<OrganizationKind>, context: &Context) -> String {
    context::headline(profile, kind, is_sandbox(&context.host.environment))
}

/// The document of a change.
pub fn document(
    profile: &str,
    dry_run: bool,
    changes: &[Value],
    headline: Vec<String>,
    context: &Context,
) -> Document {
    document_of(&CHANGES, profile, dry_run, changes, headline, context)
}

/// The document of a change whose rows are shown as `view` says.
pub fn document_of(
    view: &'static View,
    profile: &str,
    dry_run: bool,
    changes: &[Value],
    mut headline: Vec<String>,
    context: &Context,
) -> Document {
    if dry_run {
        headline.push(DRY_RUN.to_owned());
    }
    let value = json!({
        "changed": !changes.is_empty(),
        "dry_run": dry_run,
        "profile": profile,
        "sandbox": is_sandbox(&context.host.environment),
        "changes": changes,
    });
    Document::Change(value, headline, view)
}

/// Drops the access tokens kept for an API account, in a rehearsal only in words.
///
/// One that can't be removed is no reason to keep credentials: it ends within the hour.
pub fn drop_access_token(folders: &Folders, client_id: &str, dry_run: bool) -> Option<Value> {
    let folder = token_folder(folders);
    let end = if dry_run {
        cache::latest_end(&folder, client_id)
    } else {
        cache::forget_account(&folder, client_id)
    };
    end.ok().flatten().map(dropped_token)
}
