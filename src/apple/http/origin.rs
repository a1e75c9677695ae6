//! The origin that a credential belongs to, and its URLs.

use std::fmt;

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use url::Url;

use crate::apple::error::{Cause, RequestName};

/// Scheme, host and port of a service: where a credential belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(Url);

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.origin().ascii_serialization())
    }
}

impl Origin {
    /// The origin of `url`: https, or http on loopback only.
    pub fn of(url: &Url) -> Result<Self, Cause> {
        let loopback = match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        };
        let safe = url.scheme() == "https" || (url.scheme() == "http" && loopback);
        if !safe || url.host().is_none() {
            return Err(Cause::Local(format!(
                "abmctl sends nothing to {}: the URL is neither https nor http on this machine",
                url.origin().ascii_serialization()
            )));
        }
        // It would go into every message that names the origin.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Cause::Local(
                "The URL of a service must not contain a user name or a password".into(),
            ));
        }
        let mut origin = url.clone();
        origin.set_path("/");
        origin.set_query(None);
        origin.set_fragment(None);
        Ok(Self(origin))
    }

    /// A URL below this origin, from path segments and query pairs, each encoded.
    ///
    /// A segment that is empty, `.` or `..` would change the path's shape and is refused. So is one with control
    /// characters: tabs and line breaks are dropped from an address, which would make `..` of `.\t.`.
    pub fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<Url, Cause> {
        let mut url = self.0.clone();
        for segment in segments {
            if matches!(*segment, "" | "." | "..") || segment.contains(char::is_control) {
                return Err(Cause::Local(format!("{segment:?} can't be part of a URL")));
            }
        }
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// The name of a request to the address that [`Self::url`] makes of these segments.
    pub fn request_name(&self, method: &Method, segments: &[&str]) -> RequestName {
        self.url(segments, &[]).map_or_else(
            |_| RequestName::without_address(method, segments),
            |url| RequestName::new(method, &url),
        )
    }

    /// A link that Apple sent, if it stays on this origin.
    pub fn follow(&self, link: &str) -> Result<Url, Cause> {
        let mut url = self
            .0
            .join(link)
            .map_err(|_| Cause::Unexpected(format!("the link \"{link}\" isn't a URL")))?;
        // It is never sent, so two links that differ in it alone are the same.
        url.set_fragment(None);
        if url.origin() == self.0.origin() && url.username().is_empty() && url.password().is_none()
        {
            Ok(url)
        } else {
            Err(Cause::OffOrigin(url.to_string()))
        }
    }

    /// The origin as text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}

/// A header that opens a service, and the origin that it belongs to.
#[derive(Clone)]
pub struct Credential {
    pub(super) origin: Origin,
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
}

impl Credential {
    /// `name: value`, for requests to `origin` alone.
    pub fn new(origin: &Origin, name: HeaderName, value: &str) -> Result<Self, Cause> {
        let mut value = HeaderValue::from_str(value).map_err(|_| {
            Cause::Local(
                "The credential contains characters that aren't allowed in a header".into(),
            )
        })?;
        value.set_sensitive(true);
        Ok(Self {
            origin: origin.clone(),
            name,
            value,
        })
    }

    /// `Authorization: Bearer TOKEN`, for requests to `origin` alone.
    pub fn bearer(origin: &Origin, token: &str) -> Result<Self, Cause> {
        Self::new(origin, AUTHORIZATION, &format!("Bearer {token}"))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({}, for {})", self.name, self.origin.as_str())
    }
}
