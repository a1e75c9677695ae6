//! The services that are spoken to: Apple's, or others for tests and proxies.

use url::{Host, Url};

use super::{OrganizationKind, Source, Sourced};
use crate::error::Error;
use crate::host::Environment;

/// Where each service is. https, or http on loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Services {
    /// Origin of the Apple School and Business Manager API: `ABMCTL_API_URL`.
    pub api: Sourced<Url>,
    /// Endpoint for its access tokens: `ABMCTL_TOKEN_URL`.
    pub token: Sourced<Url>,
    /// Origin of the Roster API: `ABMCTL_ROSTER_URL`.
    pub roster: Sourced<Url>,
    /// Endpoint that authorizes the Roster API: `ABMCTL_ROSTER_AUTHORIZE_URL`.
    pub roster_authorize: Sourced<Url>,
    /// Endpoint for tokens of the Roster API: `ABMCTL_ROSTER_TOKEN_URL`.
    pub roster_token: Sourced<Url>,
    /// Origin of Device Assignment Services: `ABMCTL_ENROLLMENT_URL`.
    pub enrollment: Sourced<Url>,
}

/// What a variable of a service takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Scheme, host and port.
    Origin,
    /// A URL with a path.
    Endpoint,
}

/// Whether the environment points abmctl at an emulator, whatever profile is used.
pub fn is_sandbox(environment: &Environment) -> bool {
    Services::resolve(environment, OrganizationKind::Business)
        .is_ok_and(|services| services.is_sandbox())
}

impl Services {
    /// The services by their variables, else Apple's own for an organization of this `kind`; exit 2 where a URL is not
    /// https, or http on loopback, or an origin has more than scheme, host and port.
    pub(super) fn resolve(
        environment: &Environment,
        kind: OrganizationKind,
    ) -> Result<Self, Error> {
        use Shape::{Endpoint, Origin};
        let service = |variable, shape, default| service(environment, variable, shape, default);
        Ok(Self {
            api: service("ABMCTL_API_URL", Origin, kind.api_origin())?,
            token: service(
                "ABMCTL_TOKEN_URL",
                Endpoint,
                "https://account.apple.com/auth/oauth2/token",
            )?,
            roster: service("ABMCTL_ROSTER_URL", Origin, "https://api-school.apple.com")?,
            roster_authorize: service(
                "ABMCTL_ROSTER_AUTHORIZE_URL",
                Endpoint,
                "https://appleid.apple.com/auth/oauth2/v2/authorize",
            )?,
            roster_token: service(
                "ABMCTL_ROSTER_TOKEN_URL",
                Endpoint,
                "https://appleid.apple.com/auth/oauth2/v2/token",
            )?,
            enrollment: service(
                "ABMCTL_ENROLLMENT_URL",
                Origin,
                "https://mdmenrollment.apple.com",
            )?,
        })
    }

    /// The same services for an organization of another `kind`, as when it logs in for the first time.
    pub fn for_kind(mut self, kind: OrganizationKind) -> Result<Self, Error> {
        if self.api.source == Source::Default {
            let none = Environment::default();
            self.api = service(&none, "ABMCTL_API_URL", Shape::Origin, kind.api_origin())?;
        }
        Ok(self)
    }

    /// Whether these are an emulator's: the Manager API or Device Assignment Services is on loopback.
    pub fn is_sandbox(&self) -> bool {
        is_loopback(&self.api.value) || is_loopback(&self.enrollment.value)
    }
}

/// Whether a URL stays on this machine: 127.0.0.0/8, `::1` or `localhost`.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn service(
    environment: &Environment,
    variable: &'static str,
    shape: Shape,
    default: &str,
) -> Result<Sourced<Url>, Error> {
    let (text, source) = match environment.get(variable).map(str::trim) {
        Some(text) if !text.is_empty() => (text, Source::Environment(variable)),
        _ => (default, Source::Default),
    };
    let wrong = |reason: &str| Error::usage(format!("{variable} {reason}."));
    let url = Url::parse(text).map_err(|error| wrong(&format!("is not a URL: {error}")))?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return Err(wrong("must be https; http is for loopback only")
                .hint("Anybody on the network could read the credentials."));
        }
        _ => return Err(wrong("must be https, or http on loopback")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must not contain a user name or a password"));
    }
    if url.fragment().is_some() {
        return Err(wrong("must not have a fragment"));
    }
    if shape == Shape::Origin && (url.path() != "/" || url.query().is_some()) {
        return Err(wrong(
            "must be an origin, without path and query, such as https://api.example.com",
        ));
    }
    Ok(Sourced::new(url, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn services(variable: &str, value: &str) -> Result<Services, Error> {
        let environment = Environment::new([(variable.to_owned(), value.to_owned())]);
        Services::resolve(&environment, OrganizationKind::Business)
    }

    #[test]
    fn apples_own_are_the_default() {
        let none = Environment::default();
        let business = Services::resolve(&none, OrganizationKind::Business).unwrap();
        let school = Services::resolve(&none, OrganizationKind::School).unwrap();
        assert_eq!(
            business.api.value.as_str(),
            "https://api-business.apple.com/"
        );
        assert_eq!(school.api.value.as_str(), "https://api-school.apple.com/");
        assert_eq!(
            business.token.value.as_str(),
            "https://account.apple.com/auth/oauth2/token"
        );
        assert_eq!(
            business.enrollment.value.as_str(),
            "https://mdmenrollment.apple.com/"
        );
        assert_eq!(business.api.source, Source::Default);
        assert_eq!(
            business.clone().for_kind(OrganizationKind::School),
            Ok(school)
        );
        assert!(!business.is_sandbox());
    }

    #[test]
    fn others_need_https_or_loopback() {
        for (value, sandbox) in [
            ("https://proxy.acme.com", false),
            (" https://proxy.acme.com:8443/ \n", false),
            ("http://127.0.0.1:8080", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:8080", true),
            ("http://localhost:8080", true),
            ("https://localhost", true),
        ] {
            let services = services("ABMCTL_ENROLLMENT_URL", value).unwrap();
            assert_eq!(services.is_sandbox(), sandbox, "{value}");
            assert_eq!(
                services.enrollment.source.to_string(),
                "ABMCTL_ENROLLMENT_URL"
            );
        }
        let other = services("ABMCTL_API_URL", "http://localhost:1").unwrap();
        assert_eq!(other.clone().for_kind(OrganizationKind::School), Ok(other));
        assert!(
            services("ABMCTL_API_URL", "http://localhost:1")
                .unwrap()
                .is_sandbox()
        );
        assert!(
            !services("ABMCTL_TOKEN_URL", "http://localhost:1/token")
                .unwrap()
                .is_sandbox()
        );
        for (value, part) in [
            ("http://proxy.acme.com", "must be https"),
            ("http://localhost.acme.com", "must be https"),
            ("http://10.0.0.1", "must be https"),
            ("ftp://localhost", "must be https"),
            ("proxy.acme.com", "is not a URL"),
            ("https://proxy/v1", "must be an origin"),
            ("https://proxy/?a=b", "must be an origin"),
            ("https://proxy/#a", "fragment"),
            ("https://me:s3cret@proxy", "a password"),
        ] {
            let error = services("ABMCTL_API_URL", value).unwrap_err();
            assert_eq!(error.kind.exit_code(), 2, "{value}");
            assert!(error.message.starts_with("ABMCTL_API_URL "));
            assert!(error.message.contains(part), "{error}");
            assert!(!error.message.contains("s3cret"));
        }
    }
}
