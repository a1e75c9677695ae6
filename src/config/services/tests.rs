use super::*;

fn services(variable: &str, value: &str) -> Result<Services, Error> {
    let environment = Environment::new([(variable.to_owned(), value.to_owned())]);
    resolved(
        &environment,
        &ProfileServices::default(),
        OrganizationKind::Business,
    )
}

fn resolved(
    environment: &Environment,
    profile: &ProfileServices,
    kind: OrganizationKind,
) -> Result<Services, Error> {
    let source = Source::Profile {
        file: "/config/config.toml".into(),
        profile: "acme".to_owned(),
    };
    Services::resolve(environment, profile, &source, kind)
}

#[test]
fn apples_own_are_the_default() {
    let none = Environment::default();
    let apple = ProfileServices::default();
    let business = resolved(&none, &apple, OrganizationKind::Business).unwrap();
    let school = resolved(&none, &apple, OrganizationKind::School).unwrap();
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

#[test]
fn a_profile_has_services_and_variables_win() {
    let profile = ProfileServices {
        api: Some(" https://gateway.acme.example ".to_owned()),
        token: Some("https://gateway.acme.example/token".to_owned()),
        ..ProfileServices::default()
    };
    let environment = Environment::new([("ABMCTL_TOKEN_URL", "https://other.example/t")]);
    let kind = OrganizationKind::School;
    let services = resolved(&environment, &profile, kind).unwrap();
    let shown = [&services.api, &services.token, &services.roster]
        .map(|it| format!("{} from {}", it.value, it.source));
    assert_eq!(
        shown,
        [
            "https://gateway.acme.example/ from profile acme in /config/config.toml",
            "https://other.example/t from ABMCTL_TOKEN_URL",
            "https://api-school.apple.com/ from default",
        ]
    );
    assert_eq!(
        services.clone().for_kind(OrganizationKind::Business),
        Ok(services)
    );
    for (api, part) in [
        ("http://gateway.acme.example", "must be https"),
        ("https://gateway.acme.example/v1", "must be an origin"),
        ("", "is not a URL"),
    ] {
        let profile = ProfileServices {
            api: Some(api.to_owned()),
            ..ProfileServices::default()
        };
        let error = resolved(&Environment::default(), &profile, kind).unwrap_err();
        assert_eq!(error.kind.exit_code(), 2);
        let name = "services.api of profile acme in /config/config.toml ";
        assert!(error.message.starts_with(name), "{error}");
        assert!(error.message.contains(part), "{error}");
    }
}

#[test]
fn only_what_the_sandbox_wrote_is_its_own() {
    let services = |api: &str, token: &str, enrollment: &str| ProfileServices {
        api: Some(api.to_owned()),
        token: Some(token.to_owned()),
        enrollment: Some(enrollment.to_owned()),
        ..ProfileServices::default()
    };
    let own = services(
        "http://127.0.0.1:1",
        "http://127.0.0.1:1/auth/oauth2/token",
        "http://127.0.0.1:1",
    );
    assert!(own.is_written_by_sandbox() && own.is_sandbox());
    for (other, sandbox) in [
        (ProfileServices::default(), false),
        (
            services(
                "https://gateway.example",
                "https://gateway.example/token",
                "https://gateway.example",
            ),
            false,
        ),
        (
            services(
                "http://127.0.0.1:1",
                "https://account.apple.com/token",
                "http://127.0.0.1:1",
            ),
            true,
        ),
        (
            services(
                "http://127.0.0.1:1",
                "http://127.0.0.1:2/token",
                "http://127.0.0.1:1",
            ),
            true,
        ),
    ] {
        assert!(!other.is_written_by_sandbox(), "{other:?}");
        assert_eq!(other.is_sandbox(), sandbox, "{other:?}");
    }
}
