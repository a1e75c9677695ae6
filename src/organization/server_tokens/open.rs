//! A file becomes a server token: as it is, or decrypted with the key that it was made for.

use std::path::Path;

use super::locked_profile::LockedProfile;
use crate::apple::device_assignment::key_pair::{Certificate, CertificateId, DecryptionKey};
use crate::apple::device_assignment::p7m::{P7mError, Sealed};
use crate::apple::device_assignment::server_token::{ServerToken, ServerTokenError};
use crate::config::KeyPairRef;
use crate::core::printed::{Command, hint};
use crate::error::Error;
use crate::organization::clients::decrypting;
use crate::secret::InputFile;

/// A server token that was in a file.
pub struct OpenedFile {
    pub token: ServerToken,
    /// The kept key pair that opened it, if one did.
    pub key_pair: Option<String>,
    /// It was encrypted, as the portal hands it out.
    pub encrypted: bool,
}

/// The keys to open it with.
pub struct Keys<'a> {
    /// The private key that somebody named.
    pub key: Option<&'a Path>,
    pub certificate: Option<&'a Path>,
}

/// Opens the file called `label`; exit 2 where it can't be used, with what it is instead or which key it needs.
///
/// No store is asked before it is known that a kept key is needed.
pub async fn open(
    file: &InputFile,
    label: &str,
    keys: &Keys<'_>,
    profile: &LockedProfile,
) -> Result<OpenedFile, Error> {
    let plain = match ServerToken::parse(&*file.bytes) {
        Ok(token) => {
            // Only now is it known to be a secret.
            file.as_secret()?;
            return Ok(OpenedFile {
                token,
                key_pair: None,
                encrypted: false,
            });
        }
        Err(error) => error,
    };
    let sealed = match Sealed::parse(&file.bytes) {
        Ok(sealed) => sealed,
        // Of what is not even JSON, it knows better what it is.
        Err(P7mError::NotOne(why))
            if matches!(
                plain,
                ServerTokenError::Encrypted | ServerTokenError::NotJson
            ) =>
        {
            return Err(no_token(label, &why));
        }
        Err(P7mError::NotOne(_)) => return Err(no_token(label, &plain)),
        Err(error) => return Err(unreadable(label, &error)),
    };
    let (inner, key_pair) = match keys.key {
        Some(key) => (
            with_given(&sealed, label, key, keys.certificate).await?,
            None,
        ),
        None => {
            let (inner, pair) = with_kept(&sealed, label, profile).await?;
            (inner, Some(pair.name.clone()))
        }
    };
    let token = ServerToken::parse(&*inner).map_err(|error| {
        Error::usage(format!(
            "abmctl decrypted {label}, but the contents aren't a server token: {error}."
        ))
    })?;
    Ok(OpenedFile {
        token,
        key_pair,
        encrypted: true,
    })
}

type Inner = zeroize::Zeroizing<Vec<u8>>;

/// Opens it with the key that somebody named.
async fn with_given(
    sealed: &Sealed,
    label: &str,
    key_path: &Path,
    certificate_path: Option<&Path>,
) -> Result<Inner, Error> {
    let key_label = key_path.display().to_string();
    let file = InputFile::read(&format!("The private key {key_label}"), key_path).await?;
    let key = DecryptionKey::parse(file.as_secret()?).map_err(|why| {
        let error = Error::usage(format!("The private key {key_label} can't be used: {why}."));
        error.hint(if why.is_encrypted() {
            decrypting(Some(key_path))
        } else {
            "Use the RSA private key of the certificate that was uploaded in the portal: PKCS#8 or PKCS#1, not encrypted.".into()
        })
    })?;
    let certificate = match certificate_path {
        None => None,
        Some(path) => Some(given_certificate(path, &key, &key_label).await?),
    };
    let id = certificate.as_ref().map(|certificate| &certificate.id);
    sealed.open(&key, id).map_err(|error| match error {
        P7mError::OtherCertificate => {
            let named = id.map_or_else(String::new, ToString::to_string);
            other_certificate(label, sealed, &format!("the given certificate is {named}"))
        }
        P7mError::WrongKey => Error::usage(format!(
            "The private key {key_label} can't decrypt {label}, which is encrypted for the certificate {}.",
            ids(sealed)
        ))
        .hint("Use the private key of the certificate that the server had in the portal when the file was downloaded."),
        other => unreadable(label, &other),
    })
}

async fn given_certificate(
    path: &Path,
    key: &DecryptionKey,
    key_label: &str,
) -> Result<Certificate, Error> {
    let label = path.display();
    let file = InputFile::read(&format!("The certificate {label}"), path).await?;
    let certificate = Certificate::parse(&file.bytes).map_err(|error| {
        Error::usage(format!("The certificate {label} can't be used: {error}."))
    })?;
    if !certificate.belongs_to(key) {
        return Err(Error::usage(format!(
            "The certificate {label} doesn't match the private key {key_label}."
        ))
        .hint("Give the certificate that matches the key, or drop `--certificate`."));
    }
    Ok(certificate)
}

/// Opens it with the kept key pair that it was made for.
async fn with_kept<'a>(
    sealed: &Sealed,
    label: &str,
    profile: &'a LockedProfile,
) -> Result<(Inner, &'a KeyPairRef), Error> {
    let mut kept = Vec::new();
    let mut matching = Vec::new();
    for pair in &profile.key_pairs {
        match certificate_of(pair) {
            Ok(certificate) if sealed.recipients().contains(&certificate.id) => {
                matching.push((pair, Some(certificate.id)));
            }
            // It names nobody by certificate, so any key may fit.
            Ok(_) if sealed.recipients().is_empty() => matching.push((pair, None)),
            Ok(certificate) => kept.push(format!("{} ({})", pair.name, certificate.id)),
            // Its private key may be the one all the same.
            Err(why) => {
                profile.organization.warn(&why);
                matching.push((pair, None));
            }
        }
    }
    // Those that are known to fit come first.
    matching.sort_by_key(|(_, id)| id.is_none());
    let secrets = profile.organization.secrets();
    let mut wrong = None;
    for (pair, id) in matching {
        let location = &pair.private_key.value;
        let secret = secrets.resolve(location).await?;
        let key = DecryptionKey::parse(secret.expose().as_bytes()).map_err(|error| {
            Error::usage(format!(
                "The {} from {} can't be used: {error}.",
                location.slot, location.reference
            ))
        })?;
        match sealed.open(&key, id.as_ref()) {
            Ok(inner) => return Ok((inner, pair)),
            Err(P7mError::WrongKey | P7mError::OtherCertificate) if id.is_none() => {
                kept.push(pair.name.clone());
            }
            Err(P7mError::WrongKey) => wrong = Some(pair),
            Err(error) => return Err(unreadable(label, &error)),
        }
    }
    if let Some(pair) = wrong {
        return Err(Error::usage(format!(
            "{label} is encrypted for the certificate of the key pair {}, but the private key in {} can't decrypt it.",
            pair.name, pair.private_key.value.reference
        ))
        .hint("If the private key was replaced, restore the one that matches the certificate, or name it with `--key FILE`."));
    }
    let has = if kept.is_empty() {
        format!("profile {} has no key pair", profile.name)
    } else {
        format!("the profile has {}", kept.join(", "))
    };
    Err(other_certificate(label, sealed, &has))
}

/// The certificate of a kept pair, or why it can't be read, as a sentence.
fn certificate_of(pair: &KeyPairRef) -> Result<Certificate, String> {
    let path = pair.certificate.display();
    let bytes = std::fs::read(&pair.certificate).map_err(|error| {
        format!(
            "The certificate {path} of the key pair {} can't be read: {error}.",
            pair.name
        )
    })?;
    Certificate::parse(&bytes).map_err(|error| {
        format!(
            "The certificate {path} of the key pair {} can't be used: {error}.",
            pair.name
        )
    })
}

/// It was made for a certificate that is not at hand.
fn other_certificate(label: &str, sealed: &Sealed, has: &str) -> Error {
    Error::usage(format!(
        "{label} is encrypted for another certificate: {}; {has}.",
        ids(sealed)
    ))
    .hint(hint!["Name the private key of that certificate with `--key FILE`. If nobody here has that key, for example because the MDM is in a vendor's cloud, nobody here can read the file. In that case ", Command::storing("tokens keygen"), " makes a new key pair; a token for the new key pair replaces the MDM's token."])
}

fn ids(sealed: &Sealed) -> String {
    let ids: Vec<String> = sealed
        .recipients()
        .iter()
        .map(CertificateId::to_string)
        .collect();
    if ids.is_empty() {
        return "not named in the file".to_owned();
    }
    ids.join(", ")
}

fn no_token(label: &str, error: &impl std::fmt::Display) -> Error {
    Error::usage(format!("{label} is not a server token: {error}."))
        .hint("Use the .p7m file that you download in the portal for a server, or the decrypted JSON that an MDM stores.")
}

/// It is damaged, or encrypted in an unknown way.
fn unreadable(label: &str, error: &P7mError) -> Error {
    let unreadable = Error::usage(format!("{label} can't be read: {error}."));
    match error {
        P7mError::Damaged(_) => unreadable.hint("Copy the downloaded file again, without an editor or a mail program. Don't download another one in the portal: it would replace the token that the MDM uses."),
        _ => unreadable,
    }
}
