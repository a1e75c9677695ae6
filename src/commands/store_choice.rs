//! Where a secret is to be kept: the option `--store`, and what is asked without it.

use clap::ValueEnum;

use crate::context::Context;
use crate::error::Error;
use crate::secret::{Secrets, Store, StoreChoice};

/// The values of `--store`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StoreName {
    /// The system's keyring; locked if nobody is logged in
    Keyring,
    /// A file with mode 0600 in the configuration folder
    File,
}

impl From<StoreName> for Store {
    fn from(name: StoreName) -> Self {
        match name {
            StoreName::Keyring => Self::Keyring,
            StoreName::File => Self::File,
        }
    }
}

/// Where a secret, `what`, is to be kept: what was asked for, else what somebody at the terminal says, else the keyring if it
/// keeps things.
pub(crate) async fn choose_store(
    asked: Option<Store>,
    what: &str,
    secrets: &Secrets,
    context: &Context,
) -> Result<Store, Error> {
    let ui = &context.ui;
    Ok(match secrets.choose_store(asked, ui.answers()).await? {
        StoreChoice::Use(store) => store,
        StoreChoice::Ask { keyring: Err(why) } => {
            ui.warn(&why.message);
            if !ui
                .confirm("Store it in a file that only you can read?", true)
                .await?
            {
                return Err(Error::failed("Nothing was changed."));
            }
            Store::File
        }
        StoreChoice::Ask { keyring: Ok(()) } => loop {
            let question =
                format!("Store the {what} in the keyring or in a file that only you can read?");
            match ui
                .ask(&question, Some("keyring"))
                .await?
                .to_lowercase()
                .as_str()
            {
                "keyring" => break Store::Keyring,
                "file" => break Store::File,
                _ => ui.say("Answer keyring or file."),
            }
        },
    })
}
