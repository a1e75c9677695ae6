//! The certificate that a command gives to a server.

use std::path::PathBuf;

use crate::error::Error;
use crate::organization::Organization;
use crate::organization::server_changes::ServerCertificate;

/// From where the certificate comes.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(super) struct Given {
    /// The file of the certificate, PEM or DER, with an RSA key
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// Use the certificate of this key pair of the profile
    ///
    /// `abmctl tokens keygen` makes key pairs.
    #[arg(long, value_name = "NAME")]
    key_pair: Option<String>,
}

impl Given {
    /// Reads the certificate.
    pub(super) async fn read(
        &self,
        organization: &Organization,
    ) -> Result<ServerCertificate, Error> {
        match (&self.certificate, &self.key_pair) {
            (Some(path), _) => ServerCertificate::from_file(path, organization).await,
            (None, Some(name)) => ServerCertificate::of_key_pair(name, organization).await,
            (None, None) => Err(Error::usage("No certificate given.")
                .hint("Add --certificate FILE or --key-pair NAME.")),
        }
    }

    /// The option as it was given, for a printed command.
    pub(super) fn option(&self) -> (&'static str, String) {
        match (&self.certificate, &self.key_pair) {
            (Some(path), _) => ("--certificate", path.display().to_string()),
            (None, name) => ("--key-pair", name.clone().unwrap_or_default()),
        }
    }
}
