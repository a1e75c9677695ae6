//! The services that are spoken to: Apple's, or others for tests and proxies.

use serde::Deserialize;
use url::{Host, Url};

use super::{OrganizationKind, Profile, Source, Sourced};
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

/// What stands in `[profiles.NAME.services]`: other addresses than Apple's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileServices {
    pub api: Option<String>,
    pub token: Option<String>,
    pub roster: Option<String>,
    pub roster_authorize: Option<String>,
    pub roster_token: Option<String>,
    pub enrollment: Option<String>,
    /// A file of certificates (PEM) that are trusted beside the system's.
    pub certificates: Option<String>,
    /// The resolver to ask in place of the system's.
    pub resolver: Option<String>,
    /// Addresses to use for names, `HOST=ADDRESS:PORT`.
    pub resolve: Vec<String>,
}

impl ProfileServices {
    /// Whether they are a sandbox's: the Manager API or Device Assignment Services is on loopback.
    pub fn is_sandbox(&self) -> bool {
        [&self.api, &self.enrollment]
            .into_iter()
            .flatten()
            .any(|text| Url::parse(text.trim()).is_ok_and(|url| is_loopback(&url)))
    }

    /// Whether `sandbox serve` wrote them: all that it serves is at one origin, on loopback without TLS.
    pub fn is_written_by_sandbox(&self) -> bool {
        let origin = |text: &Option<String>| {
            let url = Url::parse(text.as_deref()?.trim()).ok()?;
            (url.scheme() == "http" && is_loopback(&url)).then(|| url.origin())
        };
        let api = origin(&self.api);
        api.is_some() && api == origin(&self.token) && api == origin(&self.enrollment)
    }
}

/// Whether abmctl talks to a sandbox with this profile and these variables.
pub fn is_sandbox(environment: &Environment, profile: Option<&Profile>) -> bool {
    let none = ProfileServices::default();
    let profile = profile.map_or(&none, |profile| &profile.services);
    Services::resolve(
        environment,
        profile,
        &Source::Default,
        OrganizationKind::Business,
    )
    .is_ok_and(|services| services.is_sandbox())
}

impl Services {
    /// The services by their variables, else by the profile, else Apple's own for an organization of this `kind`.
    ///
    /// Exit 2 if a URL is not https, or http on loopback, or if an origin has more than scheme, host and port.
    pub(super) fn resolve(
        environment: &Environment,
        profile: &ProfileServices,
        source: &Source,
        kind: OrganizationKind,
    ) -> Result<Self, Error> {
        use Shape::{Endpoint, Origin};
        let service = |variable, member, configured: &Option<String>, shape, default| {
            let configured = configured.as_deref().map(|text| (member, text, source));
            service(environment, variable, configured, shape, default)
        };
        Ok(Self {
            api: service(
                "ABMCTL_API_URL",
                "api",
                &profile.api,
                Origin,
                kind.api_origin(),
            )?,
            token: service(
                "ABMCTL_TOKEN_URL",
                "token",
                &profile.token,
                Endpoint,
                "https://account.apple.com/auth/oauth2/token",
            )?,
            roster: service(
                "ABMCTL_ROSTER_URL",
                "roster",
                &profile.roster,
                Origin,
                "https://api-school.apple.com",
            )?,
            roster_authorize: service(
                "ABMCTL_ROSTER_AUTHORIZE_URL",
                "roster_authorize",
                &profile.roster_authorize,
                Endpoint,
                "https://appleid.apple.com/auth/oauth2/v2/authorize",
            )?,
            roster_token: service(
                "ABMCTL_ROSTER_TOKEN_URL",
                "roster_token",
                &profile.roster_token,
                Endpoint,
                "https://appleid.apple.com/auth/oauth2/v2/token",
            )?,
            enrollment: service(
                "ABMCTL_ENROLLMENT_URL",
                "enrollment",
                &profile.enrollment,
                Origin,
                "https://mdmenrollment.apple.com",
            )?,
        })
    }

    /// The same services for an organization of another `kind`, as when it logs in for the first time.
    pub fn for_kind(mut self, kind: OrganizationKind) -> Result<Self, Error> {
        if self.api.source == Source::Default {
            let none = Environment::default();
            self.api = service(
                &none,
                "ABMCTL_API_URL",
                None,
                Shape::Origin,
                kind.api_origin(),
            )?;
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
    configured: Option<(&str, &str, &Source)>,
    shape: Shape,
    default: &str,
) -> Result<Sourced<Url>, Error> {
    let (text, source) = match (environment.get(variable).map(str::trim), configured) {
        (Some(text), _) if !text.is_empty() => (text, Source::Environment(variable)),
        (_, Some((_, text, source))) => (text.trim(), source.clone()),
        _ => (default, Source::Default),
    };
    let name = match (&source, configured) {
        (Source::Profile { .. }, Some((member, _, source))) => {
            format!("services.{member} of {source}")
        }
        _ => variable.to_owned(),
    };
    let wrong = |reason: &str| Error::usage(format!("{name} {reason}."));
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
mod tests;
