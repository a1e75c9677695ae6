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
                "Look for a typo in the host of the ADDE URL; if it is right, give that host an address record, A or AAAA."
            }
            Self::NoConnection => {
                "Look for a typo in the host and the port of the ADDE URL; if they are right, let the server be reached from the internet."
            }
            Self::CertificateWrongName => {
                "Look for a typo in the host of the ADDE URL; if it is right, get a certificate that holds this exact name."
            }
            Self::RedirectLoop => {
                "Let the first redirect lead straight to the document, and leave this path out of every other rule."
            }
            Self::NotFound => {
                "Look for a typo in the path of the ADDE URL; if it is right, put the document there."
            }
            Self::Forbidden => "Allow GET for exactly this path, without a sign-in.",
            Self::Html => {
                "Use the address of the JSON document that names the `BaseURL`; this one shows a web page."
            }
            Self::EmptyServers => "Give the document one server.",
            Self::Rejected => {
                "If this user or kind of device is to be turned away, all is well. Else look in the MDM for why it rejects it."
            }
            Self::NoAddeUrl | Self::AddeUrlMalformed => {
                let command = Command::new("adde-url set URL");
                let command = command.option("--server", place.server?);
                return Some(match self {
                    Self::NoAddeUrl => hint![
                        "Set one with its server token: ",
                        command,
                        ". If a vendor holds the token, ask the vendor to set one."
                    ],
                    _ => hint!["Set it again, as a device can read it: ", command, "."],
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
                Some(hint!["Choose one: ", command.word("--server SERVER"), "."])
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
                    "Offer {} a kind of enrollment that it has, by the parameter model-family, or update its system.",
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
