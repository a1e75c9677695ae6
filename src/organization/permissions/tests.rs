use super::*;
use crate::apple::error::{Answer, Cause};
use reqwest::header::HeaderMap;

fn answered(status: u16) -> Failure {
    let body = r#"{"errors":[{"code":"C","title":"T"}]}"#;
    said(status, body)
}

fn said(status: u16, body: &str) -> Failure {
    let (headers, now) = (HeaderMap::new(), Timestamp::UNIX_EPOCH);
    let answer = Answer::read(status, &headers, body.as_bytes(), now);
    Failure::new(request(), Cause::Answer(Box::new(answer)))
}

fn request() -> RequestName {
    RequestName::without_address(&Method::GET, &USERS)
}

#[test]
fn only_a_403_says_no_and_only_a_401_ends_it() {
    for (status, allowed) in [(403, Some(false)), (404, None), (500, None), (429, None)] {
        let permission = tried::<()>(Area::Users, &request(), Err(answered(status))).unwrap();
        assert_eq!(permission.allowed, allowed, "{status}");
        assert_eq!(permission.needs.is_some(), status == 403);
        assert!(permission.reason.is_some());
    }
    assert!(tried::<()>(Area::Users, &request(), Err(answered(401))).is_err());
    let events = Permission::of(Area::AuditEvents, &request(), Err(&answered(403)));
    assert_eq!(
        events.reason.as_deref(),
        Some("Apple answered GET /v1/users with 403 C: T")
    );
    // Neither is said by a page, nor by what another request was answered.
    let other = RequestName::without_address(&Method::GET, &SERVERS);
    for (request, failure) in [
        (request(), said(403, "<html>")),
        (request(), said(401, "<html>")),
        (request(), said(403, "")),
        (other.clone(), answered(403)),
        (other, answered(401)),
    ] {
        let permission = tried::<()>(Area::Users, &request, Err(failure)).unwrap();
        assert_eq!((permission.allowed, permission.needs), (None, None));
    }
    let permission = tried(Area::Users, &request(), Ok(())).unwrap();
    assert_eq!(permission, Permission::allowed(Area::Users));
}

#[test]
fn what_could_not_be_asked_decides_the_exit_code() {
    let of = |area, failure: Option<&Failure>| {
        Permission::of(area, &request(), failure.map_or(Ok(()), Err))
    };
    let (refused, page, outage) = (answered(403), said(403, "<html>"), answered(503));
    for (users, events, code) in [
        (None, None, None),
        (Some(&refused), None, None),
        (Some(&refused), Some(&refused), None),
        (Some(&page), Some(&page), Some(1)),
        (Some(&outage), Some(&outage), Some(6)),
        (Some(&page), Some(&outage), Some(7)),
        (Some(&outage), None, Some(7)),
        (Some(&refused), Some(&page), Some(7)),
    ] {
        let permissions = [
            of(Area::Users, users),
            of(Area::AuditEvents, events),
            Permission::not_tried(Area::SetDefaults, "not tried"),
            Permission::not_in_school_manager(Area::SetDefaults),
        ];
        let got = problem(&permissions).map(|error| error.kind.exit_code());
        assert_eq!(got, code, "{users:?} {events:?}");
    }
}
