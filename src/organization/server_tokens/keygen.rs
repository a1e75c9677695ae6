//! A key pair for a server: its name, the file of its certificate, and the server that is made with it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::in_use::Target;
use super::key_pairs::{Made, PairPlan};
use super::locked_profile::LockedProfile;
use crate::apple::device_assignment::key_pair::Certificate;
use crate::apple::manager::server_changes::{NewCertificate, NewServer};
use crate::config::Folders;
use crate::core::names;
use crate::core::printed::{Command, hint};
use crate::error::{Error, Kind};
use crate::organization::record::Recorded;
use crate::organization::server_changes::NotCreated;
use crate::secret::{check_name, private_file};

/// What is to be made.
pub struct PairWish<'a> {
    /// The server, as somebody typed it.
    pub server: &'a str,
    /// The name of the key pair; `None` for that of the server's kept token, else a short form of the server's.
    pub name: Option<&'a str>,
    /// The file of the certificate for the portal; `None` for one named as the key pair in the current folder.
    pub certificate_file: Option<&'a Path>,
    /// An older key pair of that name and a certificate in that file are no obstacle.
    pub force: bool,
}

/// A key pair that can be made: nothing stands in its way.
pub struct Prepared {
    pub name: String,
    /// The file of its certificate for the portal.
    pub file: PathBuf,
}

impl Prepared {
    /// The name and file of a key pair for `target`; exit 2 where something else is in the file's place, exit 8 where there is a
    /// key pair of that name.
    pub fn new(
        wanted: &PairWish<'_>,
        target: &Target,
        profile: &LockedProfile,
    ) -> Result<Self, Error> {
        let name = match wanted.name {
            Some(name) => name.to_owned(),
            None => name_for(wanted, target, profile),
        };
        let name = profile.spelled(&name)?.to_owned();
        let file = certificate_file(wanted, &name, profile)?;
        if profile.key_pair(&name).is_some() && !wanted.force {
            return Err(Error::new(
                Kind::Conflict,
                format!("Profile {} already has a key pair {name}.", profile.name),
            )
            .hint("A token that was made for that key pair needs it. Give the new key pair another name with `--name`, or add `--force`, which renames the older one."));
        }
        Ok(Self { name, file })
    }
}

/// A name that was not given: that of the kept token of the same server, else an alias, else a short form of its name.
fn name_for(wanted: &PairWish<'_>, target: &Target, profile: &LockedProfile) -> String {
    if let Some(token) = &target.token {
        return token.clone();
    }
    let means = |value: &str| {
        names::same(value, &target.name)
            || target
                .id
                .as_deref()
                .is_some_and(|id| value.eq_ignore_ascii_case(id))
    };
    let aliases = &profile.settings().aliases;
    let typed = aliases.get_key_value(wanted.server);
    typed
        .into_iter()
        .chain(aliases)
        .find(|(alias, server)| means(&server.value) && check_name("key pair", alias).is_ok())
        .map(|(alias, _)| alias.clone())
        .or_else(|| names::short(&target.name))
        .unwrap_or_else(|| "server".to_owned())
}

/// Where the certificate goes; exit 2 where something else is there.
fn certificate_file(
    wanted: &PairWish<'_>,
    name: &str,
    profile: &LockedProfile,
) -> Result<PathBuf, Error> {
    let file = match wanted.certificate_file {
        Some(path) => profile.settings().folders.expand(&path.to_string_lossy()),
        None => PathBuf::from(format!("{name}.pem")),
    };
    match fs::symlink_metadata(&file) {
        Ok(there) if there.is_dir() => Err(Error::usage(format!(
            "The certificate can't be written to {}: it is a folder.",
            file.display()
        ))),
        Ok(_) if !wanted.force => Err(Error::usage(format!(
            "The certificate can't be written to {}: a file is already there.",
            file.display()
        ))
        .hint("Give another path with `--certificate-file PATH`, or overwrite the file with `--force`.")),
        // What is written over should be a certificate, and not a key that was named by mistake.
        Ok(_) => {
            let why = match fs::read(&file) {
                Ok(there) if there.is_empty() || Certificate::parse(&there).is_ok() => {
                    return Ok(file);
                }
                Ok(_) => "the file there isn't a certificate".to_owned(),
                Err(error) => format!("the file there can't be read ({})", error.kind()),
            };
            Err(Error::usage(format!(
                "The certificate can't be written to {}: {why}.",
                file.display()
            ))
            .hint("Give another path with `--certificate-file PATH`."))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(file),
        Err(error) => Err(Error::usage(format!(
            "The certificate can't be written to {}: {}.",
            file.display(),
            error.kind()
        ))),
    }
}

/// Makes the server with the certificate, and returns its id. What certainly was not made leaves no key pair behind.
pub async fn create_server(
    target: &Target,
    made: &Made,
    plan: &PairPlan,
    profile: &mut LockedProfile,
) -> Result<String, Error> {
    let file = format!("{}.pem", plan.name);
    let new = NewServer {
        name: &target.name,
        certificate: NewCertificate {
            name: &file,
            der: &made.certificate.der,
        },
        may_release: None,
    };
    let change = Recorded::new(
        format!("server {}", target.name),
        None,
        Some("created".to_owned()),
    );
    let sent = profile
        .organization
        .send_new_server(new, vec![change])
        .await;
    let NotCreated { error, certain } = match sent {
        Ok(id) => return Ok(id),
        Err(not_created) => not_created,
    };
    if certain {
        plan.undo(made, profile).await;
        return Err(error.hint("No key pair is stored."));
    }
    Err(error
        .hint(format!(
            "If the server is there, download its token in the portal; its key pair is stored as {}.",
            plan.name
        ))
        .hint(hint![
            "If the server isn't there, run ",
            Command::storing("tokens remove").arg(&plan.name).word("--key-pair"),
            " and try again."
        ]))
}

/// Writes the certificate for the portal. Where that fails, the pair is kept all the same.
pub fn write_certificate(
    file: &Path,
    made: &Made,
    plan: &PairPlan,
    folders: &Folders,
) -> Result<(), Error> {
    let kept = folders.config.join(&plan.certificate);
    let written = private_file::write(file, made.pem().as_bytes());
    written.map_err(|error| {
        error.hint(format!(
            "The key pair {} is stored anyway; its certificate is in {}.",
            plan.name,
            kept.display()
        ))
    })
}
