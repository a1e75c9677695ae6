//! What `auth login` is given.

use crate::commands::store_choice::StoreName;
use crate::options::{Changing, Consent};

/// The credentials, and where to keep them.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
What is not given is asked for on a terminal. The credentials are tried before anything is stored; \
what they allow is listed. Replacing the credentials of another API account needs --yes without a terminal; the private key \
that was replaced is kept until the next time.

Examples:
  abmctl auth login
  abmctl auth login --profile acme --unattended \\
    --client-id BUSINESSAPI.… --key-id … --private-key-file key.pem")]
pub(super) struct Args {
    /// Use this client id of the API account
    #[arg(long, value_name = "ID")]
    pub(super) client_id: Option<String>,
    /// Use this key id; left out or empty where the API account shows none
    #[arg(long, value_name = "ID")]
    pub(super) key_id: Option<String>,
    /// Copy the private key from this file, or from standard input if it is `-`
    #[arg(long, value_name = "PATH")]
    pub(super) private_key_file: Option<String>,
    /// Keep the private key here
    #[arg(long, value_name = "WHERE")]
    pub(super) store: Option<StoreName>,
    /// Have it work where nobody is logged in, as under cron: keeps the private key in a file
    #[arg(long)]
    pub(super) unattended: bool,
    #[command(flatten)]
    pub(super) consent: Consent,
    #[command(flatten)]
    pub(super) changing: Changing,
}
