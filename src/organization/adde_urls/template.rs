//! The URL that is to be set, with a server's id or a token's name in it where it says so. Pure.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::core::adde_url::checked;
use crate::error::Error;

/// What takes the place of [`SERVER_ID`] while a template is checked: as long as Apple's ids are.
const SAMPLE: &str = "0123456789ABCDEF0123456789ABCDEF";
/// The id of the token's server.
const SERVER_ID: &str = "{server_id}";
/// The name of the token in the configuration.
const TOKEN: &str = "{token}";
/// All but the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A URL that may differ from server to server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
    /// Nothing is put in, and nothing is checked.
    as_is: bool,
}

impl Template {
    /// Reads a URL or a template; exit 2 where it gives no https URL that can be handed to devices.
    pub fn parse(text: &str) -> Result<Self, Error> {
        checked(&text.replace(SERVER_ID, SAMPLE).replace(TOKEN, "prod")).map_err(|error| {
            if text.contains('{') {
                error.hint(format!("{SERVER_ID} and {TOKEN} can stand in a URL."))
            } else {
                error
            }
        })?;
        Ok(Self {
            text: text.trim().to_owned(),
            as_is: false,
        })
    }

    /// This text for every server, whatever Apple makes of it.
    pub fn as_is(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            as_is: true,
        }
    }

    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL for the server of a token; exit 1 where the server's id is needed and not known.
    pub fn url(&self, token: &str, server_id: Option<&str>) -> Result<String, Error> {
        if self.as_is {
            return Ok(self.text.clone());
        }
        let mut url = self
            .text
            .replace(TOKEN, &utf8_percent_encode(token, ESCAPED).to_string());
        if url.contains(SERVER_ID) {
            let Some(id) = server_id else {
                return Err(Error::failed(format!(
                    "The URL contains {SERVER_ID}, but Apple doesn't give the id of this token's server."
                )));
            };
            url = url.replace(SERVER_ID, &utf8_percent_encode(id, ESCAPED).to_string());
        }
        checked(&url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_server_is_put_in() {
        for (text, url) in [
            ("https://mdm.acme.com/x", "https://mdm.acme.com/x"),
            (
                " https://mdm.acme.com/{server_id}/x ",
                "https://mdm.acme.com/AB%2F1/x",
            ),
            (
                "https://{token}.acme.com/{server_id}?t={token}",
                "https://jamf.acme.com/AB%2F1?t=jamf",
            ),
        ] {
            let template = Template::parse(text).unwrap();
            assert_eq!(template.url("jamf", Some("AB/1")).as_deref(), Ok(url));
        }
        let template = Template::parse("https://mdm.acme.com/{server_id}").unwrap();
        let error = template.url("jamf", None).unwrap_err();
        assert_eq!(error.kind.exit_code(), 1);
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for text in [
            "http://mdm.acme.com/{server_id}",
            "https://mdm.acme.com/{server}",
            "https://mdm.acme.com/{server_id",
            "{server_id}",
        ] {
            let error = Template::parse(text).unwrap_err();
            assert_eq!(error.kind.exit_code(), 2, "{text}");
            assert!(
                error
                    .hints
                    .iter()
                    .any(|hint| hint.plain().contains("{server_id}"))
            );
        }
        assert!(Template::parse("mdm.acme.com").is_err());
    }

    #[test]
    fn a_name_that_makes_no_host_is_refused_when_it_is_put_in() {
        let template = Template::parse("https://{token}/x").unwrap();
        assert_eq!(template.url("a b", None).unwrap_err().kind.exit_code(), 2);
    }
}
