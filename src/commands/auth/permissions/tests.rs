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

#[test]
fn what_is_missing_is_said_where_it_is_known() {
    let refused = |area| Permission::of(area, &request(), Err(&answered(403)));
    assert_eq!(
        refused(Area::Users).lines(),
        [
            "read users         no",
            "                   needs any role but Staff (all others include reading users)"
        ]
    );
    let events = refused(Area::AuditEvents);
    assert!(events.lines()[0].starts_with("read audit events  no: Apple answered"));
    assert_eq!(
        events.sentence().unwrap(),
        "The API account may not read audit events: Apple answered GET /v1/users with 403 C: T."
    );
    assert_eq!(
        Permission::not_tried(Area::SetDefaults, "not tried")
            .sentence()
            .unwrap(),
        "Whether the API account may set defaults can't be told: not tried; that needs permission to manage default platform assignment."
    );
    let allowed = Permission::allowed(Area::Servers);
    assert_eq!(allowed.lines(), ["list servers       yes"]);
    assert_eq!(allowed.sentence(), None);
    for area in [
        Area::Servers,
        Area::Defaults,
        Area::SetDefaults,
        Area::Users,
    ] {
        for line in refused(area).lines() {
            assert!(line.len() <= 78, "{line}");
        }
    }
}
