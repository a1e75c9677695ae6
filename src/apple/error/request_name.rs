//! The name of a request, by which a status is matched with its request.

use std::fmt;
use std::sync::Arc;

use reqwest::Method;
use url::Url;

/// Method, origin and path of a request. Two requests with the same name ask for the same thing. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestName(Arc<Parts>);

#[derive(Debug, PartialEq, Eq)]
struct Parts {
    method: Method,
    /// Empty if the request has no address.
    origin: String,
    path: String,
}

impl RequestName {
    /// The name of a request to `url`. Its query is no part of it.
    pub fn new(method: &Method, url: &Url) -> Self {
        Self(Arc::new(Parts {
            method: method.clone(),
            origin: url.origin().ascii_serialization(),
            path: url.path().to_owned(),
        }))
    }

    /// The name of a request that has no address, since these can't be a part of one.
    pub fn without_address(method: &Method, segments: &[&str]) -> Self {
        Self(Arc::new(Parts {
            method: method.clone(),
            origin: String::new(),
            path: format!("/{}", segments.join("/")),
        }))
    }
}

impl RequestName {
    pub(super) fn method(&self) -> &Method {
        &self.0.method
    }

    pub(super) fn path(&self) -> &str {
        &self.0.path
    }
}

/// As messages have it, such as `GET /v1/mdmServers`.
impl fmt::Display for RequestName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.method, self.0.path)
    }
}
