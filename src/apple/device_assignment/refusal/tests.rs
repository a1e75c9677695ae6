use super::*;
use crate::apple::error::{Cause, Failure, RequestName};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn session_request() -> RequestName {
    RequestName::without_address(&Method::GET, &["session"])
}

fn failure(
    status: u16,
    body: &str,
    headers: &[(&'static str, &'static str)],
    for_session: bool,
) -> Failure {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .collect();
    let answer = Answer::read(status, &headers, body.as_bytes(), now());
    let failure = Failure::new(session_request(), Cause::Answer(Box::new(answer)));
    failure.refused_for(for_session, now())
}

/// Apple's id of the request.
const MARK: (&str, &str) = ("x-apple-request-uuid", "U");

#[test]
fn each_code_is_known_in_each_form_at_each_status() {
    for (code, expected) in CODES {
        for code in [code.to_owned(), code.to_uppercase()] {
            // In lower case others say these too.
            if expected.is_said_by_others() && code != code.to_uppercase() {
                continue;
            }
            for body in [
                code.clone(),
                format!("\"{code}\""),
                format!("{code}\r\n"),
                format!("{{\"code\":\"{code}\"}}"),
                format!("{{\"error\":\"{code}\"}}"),
            ] {
                for status in [400, 401, 403] {
                    let failure = failure(status, &body, &[], false);
                    let refused = failure.refused().unwrap();
                    assert_eq!(refused.refusal, expected, "{status} {body}");
                    assert_eq!(refused.code.as_deref(), Some(code.as_str()));
                    assert_eq!(refused.answer.status, status);
                    assert!(failure.not_acted_on());
                    assert!(failure.to_string().starts_with(&format!(
                        "Apple answered GET /session with {status} {code}: "
                    )));
                }
            }
        }
    }
}

#[test]
fn a_code_beside_other_words_is_nobodys() {
    for (code, expected) in CODES {
        for code in [code.to_owned(), code.to_uppercase()] {
            for body in [
                format!("{code} by ACME proxy policy"),
                format!("{code}, blocked"),
                format!("{code}: blocked"),
                format!("{code}Bad Request\n\nThe request is not valid."),
                format!("The requested URL was rejected. {code} for session proxy"),
                format!("reason={code}"),
                format!("\"{code}"),
                format!("\"{code} by policy\""),
                format!("{{\"code\":\"{code}\",\"message\":\"blocked by gateway\"}}"),
                format!("{{\"error\":\"{code}\",\"error_description\":\"policy 12\"}}"),
                format!("{{\"status\":403,\"error\":\"{code}\"}}"),
                format!("{{\"code\":\"{code}\",\"error\":\"{code}\"}}"),
                format!("{{\"error\":{{\"code\":\"{code}\"}}}}"),
                format!("{{\"message\":\"{code}\"}}"),
                format!("{{\"errors\":[{{\"code\":\"{code}\"}}]}}"),
                format!("[\"{code}\"]"),
            ] {
                for (status, for_session) in
                    [400, 401, 403].map(|it| [(it, true), (it, false)]).concat()
                {
                    let unknown = failure(status, &body, &[], for_session);
                    assert!(unknown.refused().is_none(), "{status} {body}");
                    assert!(!unknown.not_acted_on(), "{status} {body}");
                    let said = unknown.to_string();
                    assert!(
                        said.ends_with("Nothing shows that the answer came from Apple."),
                        "{said}"
                    );
                    // With Apple's id of the request it is Apple's.
                    if !expected.is_said_by_others() {
                        let known = failure(status, &body, &[MARK], for_session);
                        assert_eq!(
                            known.refused().unwrap().refusal,
                            expected,
                            "{status} {body}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn reports_of_oauth_problems_are_understood() {
    for (body, expected) in [
        ("oauth_problem=token_rejected", Refusal::TokenReplaced),
        ("oauth_problem=\"token_expired\"", Refusal::TokenExpired),
        ("OAUTH_PROBLEM=SIGNATURE_INVALID", Refusal::TokenReplaced),
        (
            "oauth_problem=token_expired&oauth_problem_advice=It%20is%20over",
            Refusal::TokenExpired,
        ),
        (
            "oauth_problem_advice=Try again, please&oauth_problem=token_rejected\n",
            Refusal::TokenReplaced,
        ),
        (
            "oauth_problem=\"token_rejected\", oauth_problem_advice=\"none\"",
            Refusal::TokenReplaced,
        ),
        ("oauth_problem=nonce_used", Refusal::OauthParameters),
        ("oauth_problem_advice=bad", Refusal::OauthParameters),
        // The better of two counts.
        (
            "oauth_problem_advice&token_rejected",
            Refusal::TokenReplaced,
        ),
    ] {
        for status in [400, 401, 403] {
            let failure = failure(status, body, &[], true);
            assert_eq!(
                failure.refused().unwrap().refusal,
                expected,
                "{status} {body}"
            );
            assert!(failure.not_acted_on());
        }
    }
    for body in [
        "oauth=token_rejected",
        "error=token_rejected",
        "oauth_problem_advice&blocked",
    ] {
        assert!(failure(401, body, &[], true).refused().is_none(), "{body}");
    }
}

#[test]
fn answers_without_a_code_are_told_by_their_status() {
    for (status, body, for_session, expected) in [
        (401, "", true, None),
        (401, "", false, None),
        (401, "Unauthorized", true, None),
        (401, r#"{"error":"unauthorized"}"#, true, None),
        (401, "NOT_FOUND", true, None),
        (400, "", true, None),
        (400, "Bad Request", true, None),
        (403, "forbidden", true, None),
        (403, r#"{"error":"access_denied"}"#, true, None),
        (400, "MALFORMED_REQUEST_BODY", false, None),
        (403, "", true, None),
        (403, "<html><title>403 Forbidden</title></html>", true, None),
        (
            401,
            "<!DOCTYPE html><title>Unauthorized</title>",
            true,
            None,
        ),
        (403, "Forbidden", true, None),
        (403, "403 Forbidden\n", true, None),
        (403, "FORBIDDEN by policy", true, None),
        (403, r#"{"message":"Forbidden"}"#, true, None),
        (403, "RBAC: access denied", true, None),
        (
            403,
            "\u{feff}<center><h1>FORBIDDEN</h1></center>",
            true,
            None,
        ),
        (403, "<!-- FORBIDDEN -->", true, None),
        (404, "NOT_FOUND", false, None),
        (429, "FORBIDDEN", false, None),
        (503, "T_C_NOT_SIGNED", false, None),
    ] {
        let failure = failure(status, body, &[], for_session);
        let refusal = failure.refused().map(|refused| refused.refusal);
        assert_eq!(refusal, expected, "{status} {body}");
    }
    let basic = [("www-authenticate", "Basic realm=\"proxy\"")];
    assert!(failure(401, "", &basic, true).refused().is_none());
    for (status, body, for_session, expected) in [
        (401, "", true, Some(Refusal::Unauthorized)),
        (401, "", false, Some(Refusal::Unauthorized)),
        (400, "Bad Request", true, Some(Refusal::OauthParameters)),
        (400, "Bad Request", false, None),
        (403, "Forbidden", true, None),
        (401, "<title>Unauthorized</title>", true, None),
    ] {
        let failure = failure(status, body, &[MARK], for_session);
        let refusal = failure.refused().map(|refused| refused.refusal);
        assert_eq!(refusal, expected, "{status} {body}");
    }
}

#[test]
fn a_clock_that_is_off_is_named_where_it_can_be_the_reason() {
    let said = |body, date| failure(401, body, &[("date", date)], true).to_string();
    for (date, expected) in [
        (
            "Sun, 22 Nov 2026 09:48:00 GMT",
            " This machine's clock is 12 minutes ahead of Apple's, which is enough to cause this.",
        ),
        (
            "Sun, 22 Nov 2026 13:00:01 GMT",
            " This machine's clock is 3 hours behind Apple's, which is enough to cause this.",
        ),
        (
            "Thu, 12 Nov 2026 10:00:00 GMT",
            " This machine's clock is 10 days ahead of Apple's, which is enough to cause this.",
        ),
        ("Sun, 22 Nov 2026 10:04:00 GMT", ""),
    ] {
        assert_eq!(
            said("UNAUTHORIZED", date),
            format!(
                "Apple answered GET /session with 401 UNAUTHORIZED: Apple doesn't accept the server token.{expected}"
            )
        );
    }
    let off = "Sun, 22 Nov 2026 08:00:00 GMT";
    assert!(said("oauth_problem_advice", off).contains("2 hours ahead"));
    assert!(!said("token_expired", off).contains("clock"));
}

#[test]
fn every_reason_is_a_clause() {
    for (_, refusal) in CODES {
        assert!(!refusal.meaning().ends_with('.'));
    }
    let said = failure(400, "USER_AGENT_INVALID", &[], true).to_string();
    assert!(said.ends_with(&format!("The name is {AGENT}.")), "{said}");
}

proptest::proptest! {
    #[test]
    fn any_body_is_read_without_panic(status in 400u16..404, body: String) {
        let said = failure(status, &body, &[], true).to_string();
        proptest::prop_assert!(!said.contains('\n'));
    }
}
