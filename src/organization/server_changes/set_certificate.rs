//! A server that gets another certificate, which ends the server token that it had.

use super::super::Organization;
use super::super::record::{Record, Recorded};
use super::super::servers::{name, named};
use super::patch::Patched;
use super::{Extent, ServerCertificate, ServerChanged};
use crate::apple::manager::server_changes::ServerUpdate;
use crate::core::printed::{Command, hint};
use crate::core::server_use::{KnownUse, Verdict, verdict};
use crate::error::{Error, Kind};

/// What ends with the certificate, and the way back.
const ENDS: &str = "The new certificate ends the server's present token. If an MDM uses the token, its sync with Apple stops: no new devices, no automated enrollment. To reconnect the MDM, download a new server token in the portal and give it to the MDM.";

/// A server that is to get another certificate.
pub struct CertificateChange {
    id: String,
    pub name: String,
    known: KnownUse,
    /// The server tokens of the profile that are, or may be, for it.
    pub tokens: Vec<String>,
}

impl CertificateChange {
    /// What is lost, in sentences; exit 8 if something uses the server and nobody agreed to cutting it off. `command` is the one that
    /// runs.
    pub fn losses(
        &self,
        disconnect: bool,
        command: &Command,
        organization: &Organization,
    ) -> Result<Vec<String>, Error> {
        let name = &self.name;
        let mut losses = match verdict(&self.known, organization.clock().now()) {
            Verdict::Free => Vec::new(),
            Verdict::NotKnown(why) => {
                vec![format!(
                    "abmctl can't tell whether an MDM uses the server {name}. {why}"
                )]
            }
            Verdict::InUse(reasons) => {
                let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
                let used = format!("The server {name} is in use: {}.", reasons.join(", "));
                if !disconnect {
                    return Err(Error::new(
                        Kind::Conflict,
                        format!("{used} A new certificate would cut its MDM off."),
                    )
                    .hint(ENDS)
                    .hint(hint![
                        "To cut the MDM off anyway, run ",
                        command.clone().word("--disconnect-mdm"),
                        "."
                    ]));
                }
                vec![used]
            }
        };
        losses.push(ENDS.to_owned());
        losses.extend(self.tokens_that_end());
        Ok(losses)
    }

    /// Which server tokens here stop working: a sentence.
    pub fn tokens_that_end(&self) -> Option<String> {
        match &self.tokens[..] {
            [] => None,
            [only] => Some(format!("The server token {only} here stops working.")),
            several => Some(format!(
                "These server tokens here stop working: {}.",
                several.join(", ")
            )),
        }
    }
}

impl Organization {
    /// Looks at the server that is to get another certificate; exit 5 for School Manager, 4 for a server that doesn't exist.
    pub async fn certificate_change(
        &self,
        server: &str,
        extent: Extent,
    ) -> Result<CertificateChange, Error> {
        self.may_change_servers("replace certificates", "Upload the certificate", extent)?;
        let servers = self.listed_servers().await?;
        let id = self.find_server(server, &servers)?;
        let all = named(&servers);
        let listed = servers.into_iter().find(|server| server.id == id);
        let Some(listed) = listed else {
            return Err(Error::not_found(format!(
                "Apple no longer lists the server {id}."
            )));
        };
        let name = name(&listed);
        self.progress("Looking at the server");
        let used = self.use_of(listed, &all).await;
        self.progress("");
        let (known, tokens) = used?;
        Ok(CertificateChange {
            id,
            name,
            known,
            tokens,
        })
    }

    /// Replaces the certificate; exit 7 if it isn't known whether Apple did.
    pub async fn set_certificate(
        &self,
        change: &CertificateChange,
        certificate: &ServerCertificate,
        extent: Extent,
    ) -> Result<ServerChanged, Error> {
        // Apple doesn't show which it has, and a missing value would mean none.
        let recorded = Recorded::new(
            format!("certificate of server {}", change.name),
            Some("the previous one".to_owned()),
            Some(certificate.id()),
        );
        let mut changed = ServerChanged {
            id: Some(change.id.clone()),
            name: change.name.clone(),
            changes: vec![recorded.clone()],
            ..ServerChanged::default()
        };
        if extent == Extent::DryRun {
            return Ok(changed);
        }
        let update = ServerUpdate::Certificate(certificate.as_sent());
        self.progress("Replacing the certificate");
        let record = Record::of([recorded]);
        let answer = self.patch_server(&change.id, update, &record, None).await;
        self.progress("");
        if let Patched::NotKnown(error) = answer? {
            let error = error.context(format!(
                "abmctl can't tell whether Apple replaced the certificate of {}",
                change.name
            ));
            let error = error.hint("Apple doesn't show the certificate of a server. Run the command again: repeating it does no further harm.");
            changed.problem = Some(error);
        }
        Ok(changed)
    }
}
