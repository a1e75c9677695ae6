//! Where names are looked up when abmctl looks as a device does.

use std::str::FromStr;

use super::{ProfileServices, Source, Sourced};
use crate::core::lookup::{Override, ResolverAddress};
use crate::error::Error;
use crate::host::Environment;

/// Addresses for names, and the resolver; the options of a command come before both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameLookup {
    /// Addresses to use for names, those of `ABMCTL_RESOLVE` before the profile's; the first that matches counts.
    pub resolve: Vec<Sourced<Override>>,
    /// The resolver to ask in place of the system's: that of `ABMCTL_RESOLVER`, else the profile's.
    pub resolver: Option<Sourced<ResolverAddress>>,
    /// The profile is a sandbox's: names are looked up, and connections made, on this machine only.
    pub is_confined: bool,
}

impl NameLookup {
    /// Exit 2 if an address can't be used.
    pub(super) fn resolve(
        environment: &Environment,
        profile: &ProfileServices,
        source: &Source,
    ) -> Result<Self, Error> {
        let variable = |name| environment.get(name).filter(|text| !text.trim().is_empty());
        let unusable =
            |what: String| move |why: String| Error::usage(format!("{what} can't be used: {why}."));
        let of_profile = |member| unusable(format!("services.{member} of {source}"));
        let mut resolve = Vec::new();
        if let Some(list) = variable("ABMCTL_RESOLVE") {
            let list = Override::list(list).map_err(unusable("ABMCTL_RESOLVE".to_owned()))?;
            let from = Source::Environment("ABMCTL_RESOLVE");
            resolve.extend(list.into_iter().map(|it| Sourced::new(it, from.clone())));
        }
        for text in &profile.resolve {
            let one = Override::with_equals(text).map_err(of_profile("resolve"))?;
            resolve.push(Sourced::new(one, source.clone()));
        }
        let resolver = match (variable("ABMCTL_RESOLVER"), &profile.resolver) {
            (Some(text), _) => Some(Sourced::new(
                ResolverAddress::from_str(text).map_err(unusable("ABMCTL_RESOLVER".to_owned()))?,
                Source::Environment("ABMCTL_RESOLVER"),
            )),
            (None, Some(text)) => Some(Sourced::new(
                ResolverAddress::from_str(text).map_err(of_profile("resolver"))?,
                source.clone(),
            )),
            (None, None) => None,
        };
        Ok(Self {
            resolve,
            resolver,
            is_confined: profile.is_written_by_sandbox(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(variables: &[(&str, &str)], profile: &ProfileServices) -> Result<NameLookup, Error> {
        let source = Source::Profile {
            file: "/config/config.toml".into(),
            profile: "acme".to_owned(),
        };
        NameLookup::resolve(
            &Environment::new(variables.iter().copied()),
            profile,
            &source,
        )
    }

    #[test]
    fn variables_come_before_the_profile_and_add_to_it() {
        let profile = ProfileServices {
            resolver: Some("127.0.0.1:5353".to_owned()),
            resolve: vec![
                "acme.com=127.0.0.1:8443".to_owned(),
                "b.example:443=[::1]".to_owned(),
            ],
            ..ProfileServices::default()
        };
        let own = lookup(&[], &profile).unwrap();
        assert_eq!(
            own.resolver.unwrap().value,
            "127.0.0.1:5353".parse().unwrap()
        );
        let all = lookup(
            &[
                ("ABMCTL_RESOLVE", "acme.com:10.0.0.1"),
                ("ABMCTL_RESOLVER", "1.1.1.1"),
            ],
            &profile,
        )
        .unwrap();
        let addresses: Vec<String> = all.resolve.iter().map(|it| it.value.to_string()).collect();
        assert_eq!(
            addresses,
            [
                "acme.com=10.0.0.1",
                "acme.com=127.0.0.1:8443",
                "b.example:443=[::1]"
            ]
        );
        assert_eq!(all.resolver.unwrap().source.to_string(), "ABMCTL_RESOLVER");
        assert!(!all.is_confined);
    }

    #[test]
    fn what_cannot_be_used_names_its_member() {
        for (resolver, resolve, part) in [
            (
                Some("nonsense"),
                None,
                "services.resolver of profile acme in /config/config.toml can't be used: ",
            ),
            (
                None,
                Some("acme.com:127.0.0.1:1"),
                "services.resolve of profile acme in /config/config.toml can't be used: ",
            ),
            (None, Some("acme.com=mdm.example"), "HOST=ADDRESS:PORT"),
            (
                None,
                Some("acme.com=127.0.0.1:0"),
                "is not of the form HOST=ADDRESS:PORT",
            ),
        ] {
            let profile = ProfileServices {
                resolver: resolver.map(str::to_owned),
                resolve: resolve.map(str::to_owned).into_iter().collect(),
                ..ProfileServices::default()
            };
            let error = lookup(&[], &profile).unwrap_err();
            assert_eq!(error.kind.exit_code(), 2);
            assert!(error.message.contains(part), "{error}");
        }
    }
}
