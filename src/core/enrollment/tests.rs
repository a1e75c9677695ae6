//! Verdicts.

use proptest::prelude::*;

use super::*;

fn server(version: &str) -> DiscoveredServer {
    DiscoveredServer {
        version: version.into(),
        base_url: "https://mdm.acme.example/enroll".into(),
    }
}

fn found(codes: &[Code]) -> Vec<Finding> {
    codes
        .iter()
        .map(|code| Finding::new(*code, code.word()))
        .collect()
}

fn system(text: &str) -> Option<SystemVersion> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

/// The verdict's word, and its first problem's.
fn judged(
    platform: &Family,
    system: Option<SystemVersion>,
    domain: &[Code],
    apple: &AppleSide<'_>,
) -> (&'static str, Option<&'static str>) {
    let fine = server("mdm-byod");
    let findings = found(domain);
    let fails = findings
        .iter()
        .any(|finding| finding.code.weight() == Weight::Fails);
    let way = Way {
        server: (!fails).then_some(&fine),
        findings: &findings,
    };
    let verdict = verdict(platform, system, way, apple);
    (
        verdict.word(),
        verdict.first_problem().map(|(_, it)| it.code.word()),
    )
}

#[test]
fn each_failure_of_a_domain_has_its_verdict() {
    let fine = server("mdm-adde");
    let registered = AppleSide::Registered(Way {
        server: Some(&fine),
        findings: &[],
    });
    let nowhere = AppleSide::Nowhere(Finding::new(Code::NoAddeUrl, "none"));
    let html = found(&[Code::Html]);
    let broken = AppleSide::Registered(Way {
        server: None,
        findings: &html,
    });
    let unknown = AppleSide::Unknown(Missing::new(Cause::NoAccount, "no account"));
    for (domain, old, apple, expected) in [
        (&[][..], "", &nowhere, ("enrolls_through_domain", None)),
        (
            &[Code::SeveralServers],
            "",
            &nowhere,
            ("enrolls_through_domain", None),
        ),
        (
            &[Code::NotFound],
            "",
            &registered,
            ("enrolls_through_apple", None),
        ),
        (
            &[Code::Forbidden],
            "18.2",
            &registered,
            ("enrolls_through_apple", None),
        ),
        (
            &[Code::NotFound],
            "18.1",
            &registered,
            ("blocked", Some("too_old_for_fallback")),
        ),
        (
            &[Code::NotFound],
            "",
            &nowhere,
            ("blocked", Some("no_adde_url")),
        ),
        (&[Code::NotFound], "", &broken, ("blocked", Some("html"))),
        (&[Code::NotFound], "", &unknown, ("unknown", None)),
        (
            &[Code::Html],
            "",
            &registered,
            ("may_fall_back", Some("html")),
        ),
        (
            &[Code::Html],
            "17.0",
            &registered,
            ("blocked", Some("html")),
        ),
        (
            &[Code::RedirectLostQuery, Code::ClientError],
            "",
            &registered,
            ("may_fall_back", Some("redirect_lost_query")),
        ),
        (
            &[Code::RedirectLostQuery, Code::LoginPage],
            "",
            &registered,
            ("may_fall_back", Some("login_page")),
        ),
        (
            &[Code::RedirectLostQuery],
            "",
            &nowhere,
            ("enrolls_through_domain", None),
        ),
        (&[Code::Html], "", &nowhere, ("blocked", Some("html"))),
        (
            &[Code::TimedOut],
            "",
            &broken,
            ("blocked", Some("timed_out")),
        ),
        (
            &[Code::ServerError],
            "",
            &unknown,
            ("may_fall_back", Some("server_error")),
        ),
        (
            &[Code::BaseUrlTls],
            "",
            &registered,
            ("blocked", Some("base_url_tls")),
        ),
        (&[Code::ResolverFailed], "", &registered, ("unknown", None)),
        (&[Code::ProxyFailed], "", &registered, ("unknown", None)),
    ] {
        assert_eq!(
            judged(&Family::Iphone, system(old), domain, apple),
            expected,
            "{domain:?} {old}"
        );
    }
    // Apple names no system of these that asks it.
    for platform in [Family::AppleTv, Family::Watch] {
        assert_eq!(
            judged(&platform, None, &[Code::NotFound], &registered),
            ("blocked", Some("too_old_for_fallback"))
        );
    }
}

#[test]
fn a_kind_of_enrollment_needs_its_system() {
    for (platform, version, old, expected) in [
        (Family::Iphone, "mdm-byod", "14.8", "blocked"),
        (Family::Iphone, "mdm-byod", "15.0", "enrolls_through_domain"),
        (Family::Ipad, "mdm-adde", "15.7.1", "blocked"),
        (Family::Ipad, "mdm-adde", "16", "enrolls_through_domain"),
        (Family::Mac, "mdm-adde", "13.6", "blocked"),
        (Family::Vision, "mdm-byod", "1.0", "blocked"),
        (Family::Vision, "mdm-byod", "", "enrolls_through_domain"),
    ] {
        let server = server(version);
        let way = Way {
            server: Some(&server),
            findings: &[],
        };
        let apple = AppleSide::Unknown(Missing::new(Cause::NoToken, ""));
        let verdict = verdict(&platform, system(old), way, &apple);
        assert_eq!(verdict.word(), expected, "{platform:?} {old}");
    }
}

#[test]
fn only_what_nobody_configured_is_no_alarm() {
    let finding = || Finding::new(Code::Html, "html");
    let unknown = |cause| Verdict::Unknown(Missing::new(cause, "missing"));
    for (verdict, alarms, strict) in [
        (Verdict::ThroughDomain(server("mdm-byod")), false, false),
        (Verdict::ThroughApple(server("mdm-byod")), false, false),
        (unknown(Cause::NoAccount), false, true),
        (unknown(Cause::NoToken), false, true),
        (unknown(Cause::Broken), true, true),
        (unknown(Cause::NotRead), true, true),
        // The domain fails, whatever Apple would do.
        (Verdict::MayFallBack(finding(), None), true, true),
        (Verdict::Blocked(Side::Domain, finding()), true, true),
    ] {
        assert_eq!(verdict.alarms(false), alarms, "{verdict:?}");
        assert_eq!(verdict.alarms(true), strict, "{verdict:?}");
    }
    // A resolver or a proxy that fails is an error, on either side.
    let failed = found(&[Code::ResolverFailed]);
    let proxy = found(&[Code::ProxyFailed]);
    let not_found = found(&[Code::NotFound]);
    for (domain, apple) in [
        (&failed, &not_found),
        (&not_found, &failed),
        (&proxy, &not_found),
        (&not_found, &proxy),
    ] {
        let way = |findings| Way {
            server: None,
            findings,
        };
        let apple = AppleSide::Registered(way(apple));
        let verdict = verdict(&Family::Mac, None, way(domain), &apple);
        assert!(
            matches!(&verdict, Verdict::Unknown(it) if it.cause == Cause::NotRead),
            "{verdict:?}"
        );
    }
}

#[test]
fn versions_are_read() {
    for (text, expected) in [
        ("18", Some("18.0")),
        ("18.2", Some("18.2")),
        ("2.2.1", Some("2.2")),
        ("", None),
        ("18.", None),
        ("18.x", None),
        ("+18", None),
        ("1.2.3.4", None),
        ("99999999999", None),
    ] {
        let read = text.parse::<SystemVersion>().ok();
        assert_eq!(read.map(|it| it.to_string()).as_deref(), expected, "{text}");
    }
}

#[test]
fn stricter_tls_fails_on_the_systems_that_have_it() {
    use Code::{BaseUrlTlsVersion27, NotFound, RedirectLostQuery, TlsVersion27};
    let fine = server("mdm-byod");
    let registered = AppleSide::Registered(Way {
        server: Some(&fine),
        findings: &[],
    });
    let there = "enrolls_through_domain";
    for (codes, version, word, problem) in [
        (&[TlsVersion27][..], "", there, None),
        (&[TlsVersion27], "26.9", there, None),
        (
            &[TlsVersion27],
            "27",
            "may_fall_back",
            Some("tls_version_27"),
        ),
        (
            &[TlsVersion27],
            "28.1",
            "may_fall_back",
            Some("tls_version_27"),
        ),
        (&[BaseUrlTlsVersion27], "26.9", there, None),
        (
            &[BaseUrlTlsVersion27],
            "27.0",
            "blocked",
            Some("base_url_tls_version_27"),
        ),
        // The handshake comes before the status, and doesn't depend on the query.
        (
            &[NotFound, TlsVersion27],
            "26.9",
            "enrolls_through_apple",
            None,
        ),
        (
            &[RedirectLostQuery, NotFound, TlsVersion27],
            "27",
            "may_fall_back",
            Some("tls_version_27"),
        ),
    ] {
        for platform in &PLATFORMS {
            let judged = judged(platform, system(version), codes, &registered);
            assert_eq!(judged, (word, problem), "{codes:?} {version}");
        }
    }
    let weight = |platform| weight(TlsVersion27, platform, system("27"));
    assert_eq!(weight(&Family::Ipod), Weight::Warns);
}

#[test]
fn what_does_not_depend_on_the_query_counts_before_it() {
    let nowhere = AppleSide::Nowhere(Finding::new(Code::NoAddeUrl, "none"));
    for (code, problem) in [
        (Code::NotFound, "redirect_lost_query"),
        (Code::EnrollmentUrl, "enrollment_url"),
        (Code::LoginPage, "login_page"),
        (Code::NameNotFound, "name_not_found"),
        (Code::CertificateTooLong, "certificate_too_long"),
        (Code::TlsFailed, "tls_failed"),
    ] {
        let found = [Code::RedirectLostQuery, code];
        let (_, first) = judged(&Family::Mac, None, &found, &nowhere);
        assert_eq!(first, Some(problem));
    }
}

fn code() -> impl Strategy<Value = Code> {
    proptest::sample::select(Code::ALL.to_vec())
}

proptest! {
    /// Whatever is found: a device enrolls only where a document was had and nothing on that way fails, and Apple's side
    /// counts only where the device asks it.
    #[test]
    fn nothing_enrolls_past_a_failure(codes in proptest::collection::vec(code(), 0..4), has: bool, apple in code()) {
        let fine = server("mdm-byod");
        let findings = found(&codes);
        let domain = Way { server: has.then_some(&fine), findings: &findings };
        let behind = found(&[apple]);
        let registered = AppleSide::Registered(Way { server: Some(&fine), findings: &behind });
        let verdict = verdict(&Family::Mac, None, domain, &registered);
        let fails = codes.iter().any(|code| code.weight() == Weight::Fails);
        if matches!(verdict, Verdict::ThroughDomain(_)) {
            prop_assert!(has && !fails);
        }
        if matches!(verdict, Verdict::ThroughApple(_)) {
            prop_assert!(asks_apple(&Family::Mac, None, domain));
            prop_assert!(apple.weight() == Weight::Warns);
        }
        if let Some(problem) = verdict.first_problem() {
            let (_, problem) = problem;
            let lost = problem.code == Code::RedirectLostQuery;
            prop_assert!(lost || problem.code.weight() == Weight::Fails);
        }
    }
}
