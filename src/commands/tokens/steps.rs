//! What is left to do in Apple's portal. Pure.

use crate::config::OrganizationKind;
use crate::core::printed::{Command, Hint, hint};

/// What the steps depend on.
pub(super) struct Steps<'a> {
    /// The kind of organization, where it is known.
    pub kind: Option<OrganizationKind>,
    /// The name of the server.
    pub server: &'a str,
    /// It has to be added.
    pub is_new: bool,
    /// It was made through the API, with the certificate.
    pub created: bool,
    /// The file of the certificate.
    pub certificate: &'a str,
    /// The name of the key pair.
    pub key_pair: &'a str,
}

impl Steps<'_> {
    /// The steps, in order, each a sentence.
    pub(super) fn list(&self) -> Vec<Hint> {
        let mut steps: Vec<Hint> = Vec::new();
        let (server, certificate) = (self.server, self.certificate);
        // Apple School Manager's API doesn't create servers (official).
        let by_api = self.is_new && !self.created && self.kind == Some(OrganizationKind::Business);
        if by_api {
            steps.push(hint![
                "Create the server: ",
                Command::new("servers create")
                    .arg(server)
                    .option("--key-pair", self.key_pair),
                format!(". Or connect an external device management service of this name in the portal, and upload {certificate} as its certificate.")
            ]);
        }
        steps.push(hint![format!(
            "Sign in at {} with an account that may manage device management services.",
            self.portal()
        )]);
        steps.push(format!("Open {}.", self.place()).into());
        if self.created || by_api {
            steps.push(format!("Choose {server} and download its token.").into());
        } else if self.is_new {
            steps.push(format!(
                "Connect an external device management service called {server}, and upload {certificate} as its certificate."
            ).into());
            steps.push("Save, and download its token.".into());
        } else {
            steps.push(format!(
                "Choose {server}, edit it, and upload {certificate} as its certificate. This replaces its present certificate."
            ).into());
            steps.push("Save, and download its token.".into());
        }
        steps.push(hint![
            "Store the token: ",
            Command::storing("tokens import FILE"),
            ", with the .p7m file that you downloaded."
        ]);
        steps
    }

    fn portal(&self) -> &'static str {
        match self.kind {
            Some(OrganizationKind::Business) => "https://business.apple.com",
            Some(OrganizationKind::School) => "https://school.apple.com",
            None => "https://business.apple.com (Apple School Manager: https://school.apple.com)",
        }
    }

    /// Where the portal has servers: as Apple's guides have it (official); the words there change from time to time.
    fn place(&self) -> &'static str {
        match self.kind {
            Some(OrganizationKind::Business) => "Devices > Management Services",
            Some(OrganizationKind::School) => {
                "your name at the bottom of the sidebar > Preferences, and choose the device management services there"
            }
            None => {
                "Devices > Management Services (Apple School Manager: your name at the bottom of the sidebar > Preferences, and choose the device management services there)"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(kind: Option<OrganizationKind>, is_new: bool, created: bool) -> String {
        let steps = Steps {
            kind,
            server: "Prod",
            is_new,
            created,
            certificate: "prod.pem",
            key_pair: "prod",
        };
        Hint::joined(steps.list()).plain()
    }

    #[test]
    fn each_way_ends_with_the_import() {
        use OrganizationKind::{Business, School};
        for kind in [None, Some(Business), Some(School)] {
            for (is_new, created) in [(false, false), (true, false), (true, true)] {
                let steps = steps(kind, is_new, created);
                assert!(steps.contains("`abmctl tokens import FILE`"));
                assert_eq!(steps.contains("replaces"), !is_new, "{steps}");
                assert_eq!(steps.contains("prod.pem"), !created, "{steps}");
                let by_api = is_new && !created && kind == Some(Business);
                let create = "`abmctl servers create Prod --key-pair prod`";
                assert_eq!(steps.contains(create), by_api, "{steps}");
                assert_eq!(steps.contains("school.apple.com"), kind != Some(Business));
            }
        }
    }
}
