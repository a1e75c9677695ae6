//! The portal: domains that come and go.

use super::*;
use crate::sandbox::organization::AuditEvent;

/// A click for a domain, as the portal takes it.
async fn click(bench: &Bench, path: &str, nameless: bool) -> (u16, Value) {
    let url = format!("{}/portal/domains/{path}", bench.running.origin());
    let body = json!({"nameless": nameless});
    document(bench.http.post(url).json(&body).send().await.unwrap()).await
}

impl Bench {
    /// What the log has of the last day, oldest first: type, subject id and name.
    async fn logged(&self) -> Vec<(String, String, Option<String>)> {
        self.running.organization(|o| o.other_events.count = 0);
        let events = self.events(self.before(1), self.clock.now(), "").await;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let tuple = |event: &Value| {
            let attributes = &event["attributes"];
            assert_eq!(attributes["subjectType"], "DOMAIN");
            assert_eq!(attributes["outcome"], "SUCCESS");
            (
                text(&attributes["type"]).unwrap(),
                text(&attributes["subjectId"]).unwrap(),
                text(&attributes["subjectName"]),
            )
        };
        events.iter().rev().map(tuple).collect()
    }
}

#[tokio::test]
async fn what_is_done_to_a_domain_is_logged() {
    let bench = Bench::standard().await;
    for (path, was, status) in [
        ("New.Example/add", json!(null), "pending"),
        ("new.example/verify", json!("pending"), "verified"),
        ("new.example/remove", json!("verified"), "removed"),
        ("new.example/add", json!("removed"), "pending"),
        ("new.example/remove", json!("pending"), "removed"),
    ] {
        let (code, change) = click(&bench, path, false).await;
        assert_eq!(code, 200, "{change}");
        assert_eq!((&change["was"], &change["status"]), (&was, &json!(status)));
        // At once, also for who asks up to the second that it is.
        let logged = bench.logged().await;
        let (event, id, name) = logged.last().unwrap().clone();
        assert_eq!(change["event"], event);
        assert_eq!(change["subject_id"], id);
        assert_eq!(name.as_deref(), Some("new.example"));
    }
    let logged = bench.logged().await;
    let events: Vec<&str> = logged.iter().map(|(event, ..)| event.as_str()).collect();
    assert_eq!(
        events,
        [
            "DOMAIN_ADDED",
            "DOMAIN_VERIFIED",
            "DOMAIN_REMOVED",
            "DOMAIN_ADDED",
            "DOMAIN_REMOVED"
        ]
    );
    // Added again, it is another one.
    let ids: Vec<&str> = logged.iter().map(|(_, id, _)| id.as_str()).collect();
    assert!(ids[0] == ids[1] && ids[1] == ids[2], "{ids:?}");
    assert!(ids[3] != ids[0] && ids[3] == ids[4], "{ids:?}");
}

#[tokio::test]
async fn a_click_is_of_the_id_that_the_domain_has_now() {
    let bench = Bench::standard().await;
    let ids: Vec<String> = bench.running.organization(|o| {
        let of = |event: &&AuditEvent| event.subject_name.as_deref() == Some("acme.io");
        let ids = o.audit_events.iter().filter(of);
        ids.map(|event| event.subject_id.clone()).collect()
    });
    let (_, change) = click(&bench, "acme.io/remove", false).await;
    assert_eq!(change["subject_id"], *ids.last().unwrap());
    assert_ne!(change["subject_id"], ids[0]);
    // One that the log names by its id alone.
    let (code, change) = click(&bench, "shop.acme.com/remove", true).await;
    assert_eq!(code, 200, "{change}");
    assert_eq!(change["subject_id"], "shop.acme.com");
    // A verification that failed did not happen.
    let (code, change) = click(&bench, "acme.org/verify", false).await;
    assert_eq!((code, &change["was"]), (200, &json!("pending")));
}

#[tokio::test]
async fn a_domain_without_a_name_in_the_log_is_known_in_the_portal() {
    let bench = Bench::standard().await;
    for what in ["add", "verify"] {
        let path = format!("hidden.example/{what}");
        assert_eq!(click(&bench, &path, true).await.0, 200);
    }
    click(&bench, "hidden.example/remove", false).await;
    let logged = bench.logged().await;
    assert!(logged.iter().all(|(_, id, _)| *id == logged[0].1));
    let names: Vec<Option<&str>> = logged.iter().map(|(.., name)| name.as_deref()).collect();
    assert_eq!(names, [None, None, Some("hidden.example")]);
}

#[tokio::test]
async fn what_is_done_to_a_domain_is_listed_late_where_that_is_wished() {
    let bench = Bench::standard().await;
    bench
        .running
        .organization(|o| o.behaviour.audit_delay = Duration::from_secs(600));
    bench.clock.advance(1);
    let (_, change) = click(&bench, "acme.com/remove", false).await;
    assert_eq!(change["listed_from"], "2026-11-22T09:24:01.000Z");
    assert_eq!(bench.logged().await, []);
    // The portal knows it at once.
    let again = click(&bench, "acme.com/remove", false).await.0;
    assert_eq!(again, 404);
    bench.clock.advance(598);
    assert_eq!(bench.logged().await, []);
    bench.clock.advance(1);
    assert_eq!(bench.logged().await.len(), 1);
}

#[tokio::test]
async fn at_a_school_a_domain_is_in_the_list_and_not_in_the_log() {
    let bench = Bench::new(Options {
        kind: OrganizationKind::School,
        ..Options::default()
    })
    .await;
    let before = bench.running.organization(|o| o.audit_events.len());
    for (path, was, status) in [
        ("new.example/add", json!(null), "unverified"),
        ("new.example/verify", json!("unverified"), "verified"),
        ("acme.org/verify", json!("unverified"), "verified"),
        ("acme.com/remove", json!("verified"), "removed"),
    ] {
        let (code, change) = click(&bench, path, false).await;
        assert_eq!(code, 200, "{change}");
        assert_eq!((&change["was"], &change["status"]), (&was, &json!(status)));
        assert_eq!(change["event"], Value::Null);
    }
    bench.running.organization(|o| {
        assert_eq!(o.audit_events.len(), before);
        let domains = &o.roster.as_ref().unwrap().domains;
        let domains: Vec<_> = domains
            .iter()
            .map(|domain| (domain.name.as_str(), domain.is_verified))
            .collect();
        let verified = Some(true);
        assert_eq!(
            domains,
            [
                ("acme.de", verified),
                ("acme.org", verified),
                ("new.example", verified)
            ]
        );
    });
    // There is nothing that a name could be left out of.
    assert_eq!(click(&bench, "a.example/add", true).await.0, 400);
    assert_eq!(click(&bench, "acme.com/remove", false).await.0, 404);
}

#[tokio::test]
async fn a_click_that_does_nothing_is_refused() {
    let bench = Bench::standard().await;
    for (path, status) in [
        ("acme.com/add", 409),
        ("acme.org/add", 409),
        ("acme.com/verify", 409),
        ("acme.net/verify", 404),
        ("acme.net/remove", 404),
        ("unheard.example/verify", 404),
        ("unheard.example/remove", 404),
        ("acme/add", 400),
        ("a%20b.example/add", 400),
        ("acme.com/look", 404),
    ] {
        assert_eq!(click(&bench, path, false).await.0, status, "{path}");
    }
    assert_eq!(bench.logged().await, []);
}

#[tokio::test]
async fn a_state_file_keeps_what_was_done_to_domains() {
    for kind in [OrganizationKind::Business, OrganizationKind::School] {
        let folder = tempfile::tempdir().unwrap();
        let options = || Options {
            kind,
            state_file: Some(folder.path().join("state.json")),
            ..Options::default()
        };
        let first = Bench::new(options()).await;
        let nameless = kind == OrganizationKind::Business;
        for path in ["new.example/add", "new.example/verify"] {
            assert_eq!(click(&first, path, nameless).await.0, 200);
        }
        click(&first, "acme.com/remove", false).await;
        // It was written with the click, and not only at the end.
        let second = Bench::new(options()).await;
        let (_, change) = click(&second, "new.example/remove", false).await;
        assert_eq!(change["was"], "verified", "{change}");
        let absent = click(&second, "acme.com/remove", false).await.0;
        assert_eq!(absent, 404);
        if nameless {
            let events = second.running.organization(|o| o.audit_events.clone());
            let hidden = events.iter().filter(|event| event.nameless).count();
            assert_eq!(hidden, 2);
        }
    }
}
