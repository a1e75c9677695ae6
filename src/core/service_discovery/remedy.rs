//! What to do about a finding, by the place where it was found. Pure.

use super::{Code, Side};
use crate::core::enrollment::fallback_since;
use crate::core::platform::Family;
use crate::core::printed::{Command, Hint, hint};

/// Where something was found, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub side: Side,
    /// The platform of the device.
    pub platform: Option<&'a Family>,
    /// The name of the server whose ADDE URL it is.
    pub server: Option<&'a str>,
}

impl Code {
    /// What to do about it there: one or two sentences.
    pub fn remedy(self, place: Place<'_>) -> Hint {
        match place.side {
            Side::Apple => self.at_adde_url(place),
            Side::Domain => None,
        }
        .or_else(|| self.on_platform(place))
        .unwrap_or_else(|| self.general_remedy())
    }

    /// What to do at the URL that Apple hands out, where the remedy for a domain would mislead.
    fn at_adde_url(self, place: Place<'_>) -> Option<Hint> {
        let text = match self {
            Self::NameNotFound => {
                "Check the host of the ADDE URL for a typo. If the host is right, add an address record (A or AAAA) for it."
            }
            Self::NoConnection => {
                "Check the host and the port of the ADDE URL for a typo. If they are right, make the server reachable from the internet."
            }
            Self::CertificateWrongName => {
                "Check the host of the ADDE URL for a typo. If the host is right, get a certificate for this exact name."
            }
            Self::RedirectLoop => {
                "Redirect straight to the document, and exclude this path from every other rule."
            }
            Self::NotFound => {
                "Check the path of the ADDE URL for a typo. If the path is right, put the document there."
            }
            Self::Forbidden => "Allow GET for exactly this path, without a sign-in.",
            Self::Html => {
                "Use the URL of the JSON document with the `BaseURL`. This URL shows a web page."
            }
            Self::EmptyServers => "List one server in the document.",
            Self::Rejected => {
                "If the MDM should turn away this user or kind of device, no change is needed. Otherwise, find out in the MDM why it rejects the request."
            }
            Self::NoAddeUrl | Self::AddeUrlMalformed => {
                let command = Command::new("adde-url set URL");
                let command = command.option("--server", place.server?);
                return Some(match self {
                    Self::NoAddeUrl => hint![
                        "Set an ADDE URL with the server token: ",
                        command,
                        ". If a vendor holds the token, ask the vendor to set one."
                    ],
                    _ => hint!["Set a URL that devices can read: ", command, "."],
                });
            }
            _ => return None,
        };
        Some(text.into())
    }

    /// What to do on a platform that is known.
    fn on_platform(self, place: Place<'_>) -> Option<Hint> {
        let platform = place.platform?;
        match self {
            Self::NoDefault => {
                let command = Command::new("assign").option("--platform", platform.word());
                Some(hint!["Set a default: ", command.word("--server SERVER"), "."])
            }
            Self::TooOldForFallback => {
                let since = fallback_since(platform)?;
                Some(
                    format!(
                        "Update to {} {since} or later, or serve the document on the domain itself.",
                        system(platform)?
                    )
                    .into(),
                )
            }
            Self::VersionNotOnPlatform => Some(
                format!(
                    "Offer {} a kind of enrollment that it supports (the parameter model-family tells the platform), or update its system.",
                    platform.word()
                )
                .into(),
            ),
            _ => None,
        }
    }
}

/// The name of a platform's system.
fn system(platform: &Family) -> Option<&'static str> {
    match platform {
        Family::Mac => Some("macOS"),
        Family::Iphone => Some("iOS"),
        Family::Ipad => Some("iPadOS"),
        Family::Vision => Some("visionOS"),
        Family::AppleTv | Family::Watch | Family::Ipod | Family::Other(_) => None,
    }
}
