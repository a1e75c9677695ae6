//! What `auth login` is given.

use crate::commands::store_choice::StoreName;
use crate::options::{Changing, Consent};

/// The credentials, and where to keep them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  abmctl auth login
  abmctl auth login --profile acme --unattended \\
    --client-id BUSINESSAPI.7f3e2a10-5c4b-4d7e-9a21-0c8d6e5f4b3a \\
    --private-key-file key.pem")]
pub(super) struct Args {
    /// The client id of the API account
    #[arg(long, value_name = "ID")]
    pub(super) client_id: Option<String>,
    /// The key id
    ///
    /// Leave it out if the portal shows none.
    #[arg(long, value_name = "ID")]
    pub(super) key_id: Option<String>,
    /// Copy the private key from this file
    ///
    /// - reads it from standard input.
    #[arg(long, value_name = "FILE")]
    pub(super) private_key_file: Option<String>,
    /// Store in
    ///
    /// It is the place of the private key. The default is the keyring, if a test shows that it keeps things.
    #[arg(long, value_name = "WHERE")]
    pub(super) store: Option<StoreName>,
    /// Make it work from cron
    ///
    /// abmctl stores the private key in a file, since a keyring is locked if nobody is logged in.
    #[arg(long)]
    pub(super) unattended: bool,
    #[command(flatten)]
    pub(super) consent: Consent,
    #[command(flatten)]
    pub(super) changing: Changing,
}
