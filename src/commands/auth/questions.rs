//! What `auth login` needs to know: from its flags, or asked for on a terminal.

use super::arguments::Args;
use super::key;
use crate::commands::store_choice::choose_store;
use crate::config::{OrganizationKind, Profile, Source, Sourced};
use crate::context::Context;
use crate::error::Error;
use crate::organization::Organization;
use crate::organization::login::Login;
use crate::organization::private_key::PrivateKey;
use crate::secret::{Field, Secrets, Store};

/// Says what is there already.
pub(super) fn say_what_is_there(login: &Login, context: &Context) {
    let Some(before) = login.before() else {
        return;
    };
    let Some(client_id) = &before.client_id else {
        return;
    };
    let key = match &before.private_key {
        Some(reference) if reference.is_keyring() => "its private key is in the keyring".to_owned(),
        Some(reference) => format!("its private key is in {reference}"),
        None => "its private key is missing".to_owned(),
    };
    context.ui.say(&format!(
        "Profile {} has the API account {client_id}; {key}.",
        login.profile
    ));
}

/// What somebody has to give, without whom nothing goes on.
fn missing(flag: &str) -> Error {
    Error::usage(format!(
        "{flag} is required when there is no terminal."
    ))
    .hint("Without a terminal, give --client-id, --private-key-file and, if the API account shows a key id, --key-id.")
}

/// The client id, and the kind of organization that it tells.
pub(super) async fn client_id(
    args: &Args,
    before: Option<&Profile>,
    context: &Context,
) -> Result<(Sourced<String>, OrganizationKind), Error> {
    let checked = |text: &str| {
        let id = Sourced::new(text.trim().to_owned(), Source::Flag("--client-id"));
        OrganizationKind::of_client_id(&id).map(|kind| (id, kind))
    };
    if let Some(text) = &args.client_id {
        return checked(text);
    }
    if !context.ui.answers() {
        return Err(missing("--client-id"));
    }
    loop {
        let kept = before.and_then(|before| before.client_id.as_deref());
        match checked(&context.ui.ask("Client id", kept).await?) {
            Ok(good) => return Ok(good),
            Err(_) => context.ui.say(
                "A client id begins with BUSINESSAPI. or SCHOOLAPI. Copy the client id from the API account in the portal.",
            ),
        }
    }
}

/// The key id, which may be left out.
pub(super) async fn key_id(
    args: &Args,
    before: Option<&Profile>,
    context: &Context,
) -> Result<Option<String>, Error> {
    let text = match &args.key_id {
        Some(text) => text.clone(),
        None if context.ui.answers() => {
            let question = "Key id (empty if the API account shows none)";
            let kept = before.and_then(|before| before.key_id.as_deref());
            context.ui.ask(question, kept).await?
        }
        None => String::new(),
    };
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// The private key; on a terminal asked for until it can be used.
pub(super) async fn private_key(
    args: &Args,
    organization: &Organization,
    context: &Context,
) -> Result<PrivateKey, Error> {
    if let Some(path) = &args.private_key_file {
        return key::read(path, Field::PrivateKey, organization, context).await;
    }
    if !context.ui.answers() {
        return Err(missing("--private-key-file"));
    }
    let question = "File of the private key from the portal";
    key::ask(question, &Field::PrivateKey, organization, context).await
}

/// Where the private key is to be kept.
pub(super) async fn store(
    args: &Args,
    secrets: &Secrets,
    context: &Context,
) -> Result<Store, Error> {
    let ui = &context.ui;
    let asked = args.store.map(Store::from);
    let mut unattended = args.unattended;
    if asked.is_none() && !unattended && ui.answers() {
        let question = "Must it work when nobody is logged in, such as under cron?";
        unattended = ui.confirm(question, false).await?;
    }
    match (asked, unattended) {
        (Some(Store::Keyring), true) => {
            return Err(Error::usage(
                "--store keyring doesn't work with --unattended: a keyring is locked when nobody is logged in.",
            )
            .hint("Drop one of them, or use `--store file`."));
        }
        (None, true) => {
            ui.hint("A keyring is locked when nobody is logged in, so abmctl stores the private key in a file that only you can read.");
            return Ok(Store::File);
        }
        _ => {}
    }
    let store = choose_store(asked, "private key", secrets, context).await?;
    if store == Store::Keyring {
        ui.hint("A keyring is locked when nobody is logged in. For cron, log in again with --unattended.");
    }
    Ok(store)
}
