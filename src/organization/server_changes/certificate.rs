//! The certificate that a server gets: from a file, or of a key pair of the profile.

use std::path::Path;

use jiff::Timestamp;

use super::super::Organization;
use crate::apple::device_assignment::key_pair::{Certificate, KeyAlgorithm};
use crate::apple::manager::server_changes::NewCertificate;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::secret::InputFile;
use crate::text::prose_date;

/// A certificate that Apple takes for a server, as far as that can be told from here.
pub struct ServerCertificate {
    certificate: Certificate,
    /// The name of its file.
    name: String,
    /// The key pair that it belongs to, if it is one of the profile's.
    pub key_pair: Option<String>,
}

impl ServerCertificate {
    /// Reads the certificate in a file, PEM or DER; exit 2 if it can't be read, is none, or is one that Apple doesn't accept.
    pub async fn from_file(path: &Path, organization: &Organization) -> Result<Self, Error> {
        let path = organization
            .settings()
            .folders
            .expand(&path.to_string_lossy());
        let what = format!("The certificate {}", path.display());
        let file = InputFile::read(&what, &path).await?;
        let certificate = judged(&what, &file.bytes, organization.clock().now())?;
        let name = path.file_name().unwrap_or_default();
        let pairs = organization.settings().key_pairs.iter();
        let key_pair = pairs.filter_map(|pair| {
            let kept = std::fs::read(&pair.certificate).ok()?;
            let kept = Certificate::parse(&kept).ok()?;
            (kept.der == certificate.der).then(|| pair.name.clone())
        });
        Ok(Self {
            key_pair: { key_pair }.next(),
            name: name.to_string_lossy().into_owned(),
            certificate,
        })
    }

    /// The certificate of a key pair of the profile; exit 4 if there is none of that name, and as above.
    pub async fn of_key_pair(name: &str, organization: &Organization) -> Result<Self, Error> {
        let pairs = &organization.settings().key_pairs;
        let same = pairs.iter().find(|pair| pair.name == name);
        let found = same.or_else(|| pairs.iter().find(|it| it.name.eq_ignore_ascii_case(name)));
        let Some(pair) = found else {
            return Err(
                Error::not_found(format!("The profile has no key pair \"{name}\".")).hint(hint![
                    "Make one with ",
                    Command::storing("tokens keygen").option("--server", "NAME"),
                    ", or give a file with --certificate FILE."
                ]),
            );
        };
        let what = format!("The certificate of the key pair {}", pair.name);
        let file = InputFile::read(&what, &pair.certificate).await?;
        let certificate = judged(&what, &file.bytes, organization.clock().now())?;
        Ok(Self {
            certificate,
            name: format!("{}.pem", pair.name),
            key_pair: Some(pair.name.clone()),
        })
    }

    /// Its serial number and issuer.
    pub fn id(&self) -> String {
        self.certificate.id.to_string()
    }

    /// As Apple is given it.
    pub(super) fn as_sent(&self) -> NewCertificate<'_> {
        NewCertificate {
            name: &self.name,
            der: &self.certificate.der,
        }
    }
}

/// A certificate that isn't refused before it is sent: `what` begins the sentence of an error.
fn judged(what: &str, bytes: &[u8], now: Timestamp) -> Result<Certificate, Error> {
    let unusable = |why: &str| Error::usage(format!("{what} can't be used: {why}."));
    let certificate = Certificate::parse(bytes).map_err(|why| unusable(&why.0))?;
    let other = match certificate.key_algorithm {
        KeyAlgorithm::Rsa => None,
        KeyAlgorithm::Ec => Some("it has an EC key"),
        KeyAlgorithm::Other => Some("its key isn't an RSA key"),
    };
    if let Some(other) = other {
        return Err(
            unusable(&format!("{other}, and Apple accepts only RSA keys")).hint(hint![
                "Make a certificate with an RSA key, for example with ",
                Command::storing("tokens keygen").option("--server", "NAME"),
                "."
            ]),
        );
    }
    match certificate.not_after {
        Some(end) if end <= now => Err(unusable(&format!("it expired on {}", prose_date(end)))),
        _ => Ok(certificate),
    }
}
