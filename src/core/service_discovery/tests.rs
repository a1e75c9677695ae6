//! What a device makes of each answer.
//!
//! Over 400 lines, since each answer has its row here.

use std::collections::BTreeSet;

use proptest::prelude::*;
use url::Url;

use super::*;
use crate::core::platform::Family;

const GOOD: &str =
    r#"{"Servers":[{"Version":"mdm-byod","BaseURL":"https://mdm.acme.com/enroll"}]}"#;

fn judged(status: u16, types: &[&str], body: &[u8]) -> Judged {
    let types: Vec<String> = types.iter().map(|it| (*it).to_owned()).collect();
    judge(&DiscoveryAnswer {
        status,
        content_types: &types,
        body,
        ..DiscoveryAnswer::default()
    })
}

/// What is wrong with an answer, and what may be.
fn codes(status: u16, types: &[&str], body: &str) -> (Option<Code>, Vec<Code>) {
    let judged = judged(status, types, body.as_bytes());
    let warnings = judged.warnings.iter().map(|it| it.code).collect();
    (judged.outcome.err().map(|it| it.code), warnings)
}

#[test]
fn each_code_has_a_word_of_its_own_and_a_remedy() {
    let words: BTreeSet<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    assert_eq!(words.len(), Code::ALL.len());
    for code in Code::ALL {
        let name = format!("{code:?}").to_lowercase();
        assert_eq!(code.word().replace('_', ""), name);
        for side in [Side::Domain, Side::Apple] {
            let remedy = code.remedy(place(side, None)).plain();
            assert!(remedy.ends_with(['.', '`']), "{remedy}");
            assert!(!remedy.contains('\n'));
        }
    }
    let remedy = Code::RedirectLostQuery
        .remedy(place(Side::Domain, None))
        .plain();
    assert!(remedy.contains("$is_args$args"));
}

fn place(side: Side, platform: Option<&Family>) -> Place<'_> {
    Place {
        side,
        platform,
        server: Some("Intune"),
    }
}

#[test]
fn a_remedy_fits_the_place_and_the_platform() {
    let of = |code: Code, side, platform: Family| code.remedy(place(side, Some(&platform))).plain();
    for code in Code::ALL {
        let at_apple = of(code, Side::Apple, Family::Mac);
        for part in ["after the @", "answer 404", "can't serve", "www name"] {
            assert!(!at_apple.contains(part), "{code:?}: {at_apple}");
        }
        for platform in [Family::AppleTv, Family::Watch] {
            for side in [Side::Domain, Side::Apple] {
                let remedy = of(code, side, platform.clone());
                assert!(
                    !remedy.contains("iOS") && !remedy.contains("macOS"),
                    "{code:?}: {remedy}"
                );
            }
        }
    }
    for (code, side, platform, part) in [
        (Code::NameNotFound, Side::Domain, Family::Mac, "after the @"),
        (
            Code::NameNotFound,
            Side::Apple,
            Family::Mac,
            "host of the ADDE URL for a typo",
        ),
        (
            Code::TooOldForFallback,
            Side::Domain,
            Family::Vision,
            "visionOS 2.2 or later",
        ),
        (
            Code::NoDefault,
            Side::Apple,
            Family::Ipad,
            "assign --platform ipad --server SERVER",
        ),
        (
            Code::NoAddeUrl,
            Side::Apple,
            Family::Mac,
            "adde-url set URL --server Intune",
        ),
    ] {
        let remedy = of(code, side, platform);
        assert!(remedy.contains(part), "{remedy}");
    }
}

#[test]
fn only_a_failure_status_makes_every_device_ask_apple() {
    let runs: Vec<&str> = Code::ALL
        .iter()
        .filter(|code| code.fallback() == Fallback::Runs)
        .map(|code| code.word())
        .collect();
    assert_eq!(
        runs,
        [
            "unauthorized",
            "not_found",
            "document_misplaced",
            "forbidden",
            "client_error"
        ]
    );
    for code in Code::ALL {
        if code.word().contains("base_url") {
            assert_eq!(code.fallback(), Fallback::Never, "{code:?}");
        }
    }
}

#[test]
fn a_document_is_taken_in_each_form_that_a_device_takes() {
    for (types, warnings) in [
        ("application/json", vec![]),
        ("application/json;charset=UTF-8", vec![]),
        (" application/json ; x=y", vec![]),
        (
            "Application/JSON;charset=UTF-8",
            vec![Code::ContentTypeCase],
        ),
        ("application/Json", vec![Code::ContentTypeCase]),
    ] {
        assert_eq!(codes(200, &[types], GOOD), (None, warnings), "{types}");
    }
    let server = judged(200, &["application/json"], GOOD.as_bytes())
        .outcome
        .unwrap();
    assert_eq!(server.version, Version::UserEnrollment);
    assert_eq!(server.base_url, "https://mdm.acme.com/enroll");
    for (body, warnings) in [
        (format!("\u{feff}{GOOD}"), vec![Code::ByteOrderMark]),
        (format!(" \r\n{GOOD}\n"), vec![]),
        (GOOD.replace("mdm-byod", "mdm-adde"), vec![]),
        (GOOD.replace("\"Servers\"", "\"x\":1,\"Servers\""), vec![]),
        (GOOD.replace("}]", "},{}]"), vec![Code::SeveralServers]),
        (
            GOOD.replace("mdm.acme.com", "acme.jamfcloud.com.com"),
            vec![Code::BaseUrlSuspicious],
        ),
    ] {
        assert_eq!(
            codes(200, &["application/json"], &body),
            (None, warnings),
            "{body}"
        );
    }
}

#[test]
fn each_status_has_its_code() {
    let page = "<html>";
    for (status, expected) in [
        (204, Code::UnexpectedStatus),
        (300, Code::UnexpectedStatus),
        (400, Code::ClientError),
        (401, Code::Unauthorized),
        (403, Code::Forbidden),
        (404, Code::NotFound),
        (405, Code::EnrollmentUrl),
        (410, Code::NotFound),
        (429, Code::ClientError),
        (500, Code::ServerError),
        (503, Code::ServerError),
        (999, Code::UnexpectedStatus),
    ] {
        assert_eq!(
            codes(status, &["text/html"], page).0,
            Some(expected),
            "{status}"
        );
        let good = codes(status, &["application/json"], GOOD).0;
        assert_eq!(good, Some(expected), "{status} with a document");
    }
}

#[test]
fn a_challenge_tells_an_enrollment_url_from_a_password_and_from_a_bot_wall() {
    let judged = |status, challenge: Option<&str>, mitigated| {
        let challenges: Vec<String> = challenge.map(str::to_owned).into_iter().collect();
        let answer = DiscoveryAnswer {
            status,
            challenges: &challenges,
            mitigated,
            ..DiscoveryAnswer::default()
        };
        judge(&answer).outcome.unwrap_err().code
    };
    assert_eq!(
        judged(401, Some("Bearer method=\"apple-as-web\""), None),
        Code::EnrollmentUrl
    );
    // Any API asks for a bearer token.
    assert_eq!(judged(401, Some("bearer"), None), Code::Unauthorized);
    assert_eq!(
        judged(401, Some("Basic realm=\"Bearer\""), None),
        Code::Unauthorized
    );
    assert_eq!(judged(401, Some(""), None), Code::Unauthorized);
    for status in [200, 403, 503] {
        assert_eq!(judged(status, None, Some("challenge")), Code::BotWall);
    }
    let page = "<html><script src=\"/cdn-cgi/challenge-platform/x\">";
    assert_eq!(codes(403, &["text/html"], page).0, Some(Code::BotWall));
    assert_eq!(codes(503, &["text/html"], page).0, Some(Code::BotWall));
    assert_eq!(codes(404, &["text/html"], page).0, Some(Code::NotFound));
}

#[test]
fn a_rejection_is_told_from_a_403() {
    let list = "<?xml version=\"1.0\"?><!DOCTYPE plist><plist><dict><key>code</key><string>com.apple.well-known.failed</string></dict></plist>";
    for (body, expected) in [
        (r#"{"code":"com.apple.well-known.failed"}"#, Code::Rejected),
        (list, Code::Rejected),
        (
            r#"{"code":"other","message":"com.apple.well-known.failed"}"#,
            Code::Forbidden,
        ),
        (r#"["com.apple.well-known.failed"]"#, Code::Forbidden),
        ("com.apple.well-known.failed", Code::Forbidden),
        ("", Code::Forbidden),
    ] {
        assert_eq!(
            codes(403, &["application/json"], body).0,
            Some(expected),
            "{body}"
        );
    }
}

#[test]
fn of_what_comes_with_200_the_most_useful_is_said() {
    let json = "application/json";
    for (types, body, expected) in [
        (&["text/html"][..], "<!DOCTYPE html><p>hi", Code::Html),
        (&[json], "\n<html>", Code::Html),
        (&[json], "<!-- x --><html>", Code::Html),
        (
            &["text/html"],
            "<html><input type=\"Password\">",
            Code::LoginPage,
        ),
        (&["text/html"], GOOD, Code::ContentType),
        (&["application/octet-stream"], GOOD, Code::ContentType),
        (&["application/octet-stream"], "?", Code::ContentType),
        (&[json, json], GOOD, Code::ContentType),
        (&["application/json, text/plain"], GOOD, Code::ContentType),
        (&[], GOOD, Code::ContentType),
        (
            &["application/x-apple-aspen-config"],
            "\u{30}\u{82}",
            Code::EnrollmentUrl,
        ),
        (
            &["text/xml"],
            "<?xml version=\"1.0\"?><plist>",
            Code::EnrollmentUrl,
        ),
        (
            &["application/octet-stream"],
            "bplist00",
            Code::EnrollmentUrl,
        ),
        (&[json], "", Code::NotJson),
        (&[json], "{", Code::NotJson),
        (&[json], "```json\n{\"Servers\":[]}\n```", Code::NotJson),
        (
            &["text/html"],
            "<!-- x -->{\"Servers\":[]}",
            Code::ContentType,
        ),
        (&[json], "<!-- x -->{\"Servers\":[]}", Code::NotJson),
        (&[json], "{\"Servers\":[],}", Code::NotJson),
        (&[json], "[]", Code::NotJson),
        (&[json], "null", Code::NotJson),
        (&[json], "{}", Code::NoServers),
        (&[json], "{\"servers\":[]}", Code::NoServers),
        (&[json], "{\"Servers\":{}}", Code::NoServers),
        (&[json], "{\"Servers\":[1]}", Code::NoServers),
        (&[json], "{\"Servers\":[]}", Code::EmptyServers),
        (&[json], "{\"Servers\":[{}]}", Code::UnknownVersion),
        (
            &[json],
            "{\"Servers\":[{\"Version\":1}]}",
            Code::UnknownVersion,
        ),
        (
            &[json],
            "{\"Servers\":[{\"Version\":\"MDM-BYOD\"}]}",
            Code::UnknownVersion,
        ),
        (
            &[json],
            "{\"Servers\":[{\"Version\":\"mdm-byod\"}]}",
            Code::NoBaseUrl,
        ),
        (
            &[json],
            "{\"Servers\":[{\"Version\":\"mdm-byod\",\"BaseURL\":null}]}",
            Code::NoBaseUrl,
        ),
        (
            &[json],
            "{\"Servers\":[{\"Version\":\"mdm-byod\",\"BaseURL\":\" \"}]}",
            Code::NoBaseUrl,
        ),
        (
            &[json],
            "{\"Servers\":[{\"Version\":\"mdm-byod\",\"BaseURL\":\"/a\"}]}",
            Code::BaseUrlNotHttps,
        ),
    ] {
        assert_eq!(
            codes(200, types, body).0,
            Some(expected),
            "{types:?} {body}"
        );
    }
    let judged = judged(200, &["text/plain"], GOOD.as_bytes());
    assert_eq!(
        judged.outcome.unwrap_err().message,
        "The Content-Type is text/plain, though its body is JSON; a device accepts only application/json."
    );
}

#[test]
fn a_base_url_is_https_and_maybe_a_typo() {
    for (text, expected) in [
        ("https://mdm.acme.com/enroll?x=1", Ok(0)),
        (
            "https://acme.jamfcloud.com/servicediscoveryenrollment/v1/userenroll",
            Ok(0),
        ),
        ("https://manage.microsoft.com/EnrollmentServer/x", Ok(0)),
        ("https://11.0.0.1/x", Ok(0)),
        ("https://10.0.0.1/x", Ok(1)),
        ("https://acme.com.au/x", Ok(0)),
        ("https://acme.jamfcloud.com.com/x", Ok(1)),
        ("https://manage.microsoft.com.evil.example/x", Ok(1)),
        ("https://acme.jamfclod.com/x", Ok(1)),
        ("https://acme.jamfcloud.co/x", Ok(1)),
        ("https://mdm/x", Ok(1)),
        ("https://dedi12.your-server.de/enroll", Ok(1)),
        (
            "https://manage.microsoft.com@evil.example/x",
            Err(Code::BaseUrlMalformed),
        ),
        ("https://mdm.acme.com/e ", Err(Code::BaseUrlMalformed)),
        (" https://mdm.acme.com/e", Err(Code::BaseUrlMalformed)),
        ("https:/mdm.acme.com/enroll", Err(Code::BaseUrlMalformed)),
        ("https:///mdm.acme.com/enroll", Err(Code::BaseUrlMalformed)),
        (
            "https:\\\\mdm.acme.com\\enroll",
            Err(Code::BaseUrlMalformed),
        ),
        ("https://mdm.acme.com/\u{7}", Err(Code::BaseUrlMalformed)),
        ("https://127.0.0.1/x", Err(Code::LoopbackAddress)),
        (
            "https://mdm.acme.com/MDMServiceConfig?id=1",
            Err(Code::ConfiguratorUrl),
        ),
        (
            "https://mdm.acme.com/x?tenantId=YourTenantID",
            Err(Code::Placeholder),
        ),
        ("{BASE_URL}", Err(Code::Placeholder)),
        ("http://mdm.acme.com/", Err(Code::BaseUrlNotHttps)),
        ("mdm.acme.com/enroll", Err(Code::BaseUrlNotHttps)),
        ("//mdm.acme.com/enroll", Err(Code::BaseUrlNotHttps)),
        ("https://", Err(Code::BaseUrlMalformed)),
        ("mailto:a@acme.com", Err(Code::BaseUrlNotHttps)),
        ("", Err(Code::NoBaseUrl)),
    ] {
        let found = base_url(text);
        let found = found.map(|it| it.warnings.len()).map_err(|it| it.code);
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_base_url_is_not_the_address_of_the_document() {
    for (asked, base, expected) in [
        (
            "https://acme.com/x",
            "https://acme.com/.well-known/com.apple.remotemanagement",
            true,
        ),
        (
            "https://acme.com/x",
            "https://mdm.acme.com/.well-known/com.apple.remotemanagement.json?a",
            true,
        ),
        (
            "https://acme.com/x",
            "https://mdm.acme.com/.well-known/com.apple.remotemanagement/",
            true,
        ),
        (
            "https://mdm.acme.com/discovery?a=b",
            "https://mdm.acme.com/discovery",
            true,
        ),
        (
            "https://mdm.acme.com/discovery",
            "https://mdm.acme.com/enroll",
            false,
        ),
        (
            "https://mdm.acme.com/discovery",
            "https://acme.com/discovery",
            false,
        ),
        ("https://acme.com/", "https://acme.com/", false),
    ] {
        let asked = Url::parse(asked).unwrap();
        let json = ["application/json".to_owned()];
        let body = GOOD.replace("https://mdm.acme.com/enroll", base);
        let judged = judge(&DiscoveryAnswer {
            status: 200,
            content_types: &json,
            body: body.as_bytes(),
            url: Some(&asked),
            ..DiscoveryAnswer::default()
        });
        let code = judged.outcome.err().map(|it| it.code);
        assert_eq!(
            code,
            expected.then_some(Code::DocumentUrl),
            "{asked} {base}"
        );
    }
}

#[test]
fn a_redirect_leads_to_an_https_url_as_a_device_reads_it() {
    let from = Url::parse("https://acme.com/a?b=c").unwrap();
    for (location, expected) in [
        (
            Some("https://mdm.acme.com/x#y"),
            Ok(("https://mdm.acme.com/x", 0)),
        ),
        (Some(" /x "), Ok(("https://acme.com/x", 0))),
        (Some("https://10.0.0.1/x"), Ok(("https://10.0.0.1/x", 1))),
        (None, Err(Code::RedirectBroken)),
        (Some(" "), Err(Code::RedirectBroken)),
        (Some("http://mdm.acme.com/"), Err(Code::RedirectNotHttps)),
        (Some("mailto:a@acme.com"), Err(Code::RedirectBroken)),
        (Some("https:/mdm.acme.com/"), Err(Code::RedirectBroken)),
        (Some("https://mdm.acme.com/a b"), Err(Code::RedirectBroken)),
        (Some("https://a:b@mdm.acme.com/"), Err(Code::RedirectBroken)),
        (Some("https://localhost/x"), Err(Code::RedirectBroken)),
    ] {
        let found = redirect_target(&from, 302, location);
        let found = found.as_ref().map(|(url, odd)| (url.as_str(), odd.len()));
        assert_eq!(found.map_err(|it| it.code), expected, "{location:?}");
    }
}

#[test]
fn a_redirect_keeps_both_parameters_or_loses_the_query() {
    let from = "https://a.example/x?user-identifier=a%40b.example&model-family=Mac";
    for (from, to, kept) in [
        (
            from,
            "https://b.example/y?user-identifier=a%40b.example&model-family=Mac",
            true,
        ),
        (
            from,
            "https://b.example/?z=1&model-family=Mac&user-identifier=a@b.example",
            true,
        ),
        (from, "https://b.example/y", false),
        (from, "https://b.example/y?model-family=Mac", false),
        (
            from,
            "https://b.example/y?user-identifier=&model-family=Mac",
            false,
        ),
        (
            from,
            "https://b.example/y?User-Identifier=a@b.example&model-family=Mac",
            false,
        ),
        ("https://b.example/y", "https://c.example/", true),
    ] {
        let url = |text| Url::parse(text).unwrap();
        assert_eq!(redirect_keeps_query(&url(from), &url(to)), kept, "{to}");
    }
}

#[test]
fn pages_to_sign_in_on_are_known_by_their_words() {
    for (url, expected) in [
        ("https://login.acme.com/", true),
        ("https://login.microsoftonline.com/common", true),
        ("https://acme.okta.com/app", true),
        ("https://acme.com/wp-login.php?x", true),
        ("https://acme.com/user/Login", true),
        ("https://acme.com/oauth2/authorize", true),
        (
            "https://www.acme.com/.well-known/com.apple.remotemanagement",
            false,
        ),
        ("https://acme.com/logins-and-more", false),
        ("https://notokta.com/", false),
    ] {
        assert_eq!(
            asks_to_sign_in(&Url::parse(url).unwrap()),
            expected,
            "{url}"
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        status in 100u16..600,
        types in prop::collection::vec(".{0,40}", 0..3),
        challenges in prop::collection::vec(".{0,20}", 0..3),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let answer = DiscoveryAnswer { status, content_types: &types, challenges: &challenges, mitigated: None, body: &body, url: None };
        let judged = judge(&answer);
        prop_assert!(judged.outcome.is_err());
    }

    #[test]
    fn text_that_is_nearly_a_document_does_not_make_it_panic(cut in 0..GOOD.len(), put in ".{0,3}") {
        let text = format!("{}{put}{}", &GOOD[..cut], &GOOD[cut..]);
        let _ = judged(200, &["application/json"], text.as_bytes());
    }

    #[test]
    fn a_valid_document_is_always_taken(
        adde: bool,
        host in "[a-z]{1,12}(\\.[a-z]{1,12}){0,3}\\.example",
        path in "(/[a-zA-Z0-9._~-]{1,10}){0,4}",
        further in prop::collection::btree_map("[a-z]{1,8}", ".{0,8}", 0..4),
        more in 0usize..3,
    ) {
        let version = if adde { "mdm-adde" } else { "mdm-byod" };
        let base = format!("https://{host}{path}");
        let server = serde_json::json!({"Version": version, "BaseURL": base});
        let mut document = serde_json::json!({"Servers": vec![server; more + 1]});
        for (name, value) in further {
            document[name] = value.into();
        }
        let judged = judged(200, &["application/json"], document.to_string().as_bytes());
        let server = judged.outcome.unwrap();
        prop_assert_eq!(server.base_url, base);
        prop_assert_eq!(server.version.word(), version);
        prop_assert_eq!(judged.warnings.iter().filter(|it| it.code == Code::SeveralServers).count(), usize::from(more > 0));
    }
}
