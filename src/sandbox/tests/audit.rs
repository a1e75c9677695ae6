//! The audit log over years.

use super::*;
use crate::sandbox::organization::AuditEvent;

impl Bench {
    /// What is listed of a window, newest first, over all pages.
    pub(super) async fn events(&self, start: Timestamp, end: Timestamp, more: &str) -> Vec<Value> {
        let mut path = format!(
            "/v1/auditEvents?filter[startTimestamp]={start}&filter[endTimestamp]={end}{more}"
        );
        let mut events = Vec::new();
        loop {
            let (status, page) = self.get(&path).await;
            assert_eq!(status, 200, "{page}");
            events.extend(page["data"].as_array().unwrap().clone());
            match page["links"]["next"].as_str() {
                Some(next) => next.clone_into(&mut path),
                None => return events,
            }
        }
    }

    pub(super) fn before(&self, days: i64) -> Timestamp {
        self.clock.now() - SignedDuration::from_hours(days * 24)
    }
}

async fn of_years(audit_years: u32, audit_events: usize) -> Bench {
    Bench::new(Options {
        audit_years,
        audit_events,
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn windows_and_pages_are_the_whole_log() {
    let bench = of_years(3, 20_000).await;
    bench
        .running
        .organization(|o| o.behaviour.long_audit_windows = LongWindows::Answered);
    let (first, now) = (bench.before(3 * 365), bench.clock.now());
    let all = bench.events(first, now, "&limit=1000").await;
    let own = bench.running.organization(|o| o.audit_events.len());
    assert_eq!(all.len(), 20_000 + own);
    let time = |event: &Value| -> Timestamp {
        let text = event["attributes"]["eventDateTime"].as_str();
        text.unwrap().parse().unwrap()
    };
    assert!(all.windows(2).all(|pair| time(&pair[0]) >= time(&pair[1])));
    // Both ends of a window count, so an event on an edge is in both.
    let mut ids: Vec<String> = Vec::new();
    for n in 0..12 {
        let (start, end) = (bench.before((n + 1) * 92), bench.before(n * 92));
        let window = bench.events(start, end, "&limit=900").await;
        ids.extend(window.iter().map(|event| event["id"].to_string()));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    let verified = bench
        .events(first, now, "&filter[type]=DOMAIN_VERIFIED")
        .await;
    let names: Vec<&str> = verified
        .iter()
        .filter_map(|event| event["attributes"]["subjectName"].as_str())
        .collect();
    assert_eq!(names.last(), Some(&"archive.acme.com"));
    // Removed and added again, under another id.
    let ids: Vec<&Value> = verified
        .iter()
        .filter(|event| event["attributes"]["subjectName"] == "acme.io")
        .map(|event| &event["attributes"]["subjectId"])
        .collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    // The others are of each of Apple's thirty types in turn.
    let erased = bench.events(first, now, "&limit=1000&filter[type]=DEVICE_IS_ERASED");
    assert_eq!(erased.await.len(), 667);
}

#[tokio::test]
async fn events_have_apples_types_and_data() {
    let bench = of_years(1, 60).await;
    let (first, now) = (bench.before(366), bench.clock.now());
    let all = bench.events(first, now, "").await;
    let mut types = std::collections::BTreeSet::new();
    for event in &all {
        let attributes = &event["attributes"];
        let key = attributes["eventDataPropertyKey"].as_str().unwrap();
        assert!(attributes[key].is_object(), "{event}");
        types.insert(attributes["type"].as_str().unwrap());
    }
    assert_eq!(types.len(), 33);
    let of_type = |wanted: &str| {
        let mut events = all.iter().map(|event| &event["attributes"]);
        events.find(|event| event["type"] == wanted).unwrap()
    };
    let assigned = of_type("DEVICE_ASSIGNED_TO_SERVER");
    let data = &assigned["eventDataDeviceAssignedToServer"];
    assert_eq!(data["serialNumber"], assigned["subjectId"]);
    assert!(data["targetServerName"].is_string());
    let coverage = of_type("SUBJECT_HAS_APPLECARE_PURCHASE_ADDED");
    assert!(
        coverage["eventDataSubjectHasAppleCarePurchaseAdded"]["subscriptionId"].is_string(),
        "{coverage}"
    );
    let storage = of_type("SUBJECT_HAS_ICLOUD_STORAGE_PURCHASE_REMOVED");
    let key = "eventDataSubjectHasICloudStoragePurchaseRemoved";
    assert_eq!(storage["eventDataPropertyKey"], key);

    // The history of one device.
    let serial = assigned["subjectId"].as_str().unwrap();
    let of_it = format!("&filter[subjectId]={serial}");
    let history = bench.events(first, now, &of_it).await;
    assert!(history.len() > 1);
    assert!(
        history
            .iter()
            .all(|event| event["attributes"]["subjectId"] == serial)
    );
    // A type's object can be asked for by name.
    let fields = "&filter[type]=DEVICE_ASSIGNED_TO_SERVER&fields[auditEvents]=type,eventDataDeviceAssignedToServer";
    let sparse = bench.events(first, now, fields).await;
    assert_eq!(sparse[0]["attributes"].as_object().unwrap().len(), 2);
    let actor = bench.events(first, now, "&filter[actorId]=nobody");
    assert_eq!(actor.await.len(), 0);
}

#[tokio::test]
async fn events_are_listed_late_where_that_is_wished() {
    let bench = Bench::standard().await;
    let (start, now) = (bench.before(1), bench.clock.now());
    let late = now - SignedDuration::from_mins(20);
    let listed = now + SignedDuration::from_mins(30);
    bench.running.organization(|o| {
        o.other_events.count = 0;
        let event = AuditEvent::domain(late, "DOMAIN_VERIFIED", "7F", Some("late.example"));
        o.audit_events.push(event.listed_from(listed));
        let event = AuditEvent::domain(late, "DOMAIN_VERIFIED", "8F", Some("soon.example"));
        o.audit_events.push(event);
    });
    let count = async || bench.events(start, now, "").await.len();
    assert_eq!(count().await, 1);
    bench
        .running
        .organization(|o| o.behaviour.audit_delay = Duration::from_secs(30 * 60));
    assert_eq!(count().await, 0);
    bench.clock.advance(10 * 60);
    assert_eq!(count().await, 1);
    bench.clock.advance(20 * 60);
    assert_eq!(count().await, 2);
}

#[tokio::test]
async fn windows_are_slow_too_old_or_of_a_type_that_is_not_known() {
    let bench = of_years(2, 0).await;
    let day = SignedDuration::from_hours(24);
    bench.running.organization(|o| {
        o.behaviour.slow_audit_windows = Some((day * 56, Duration::from_secs(90)));
        o.behaviour.audit_retention = Some(day * 730);
        o.behaviour.unknown_event_types = vec!["DOMAIN_FEDERATION_ENABLED".to_owned()];
    });
    let status = async |from: i64, to: i64, more: &str| {
        let (start, end) = (bench.before(from), bench.before(to));
        let path = format!(
            "/v1/auditEvents?filter[startTimestamp]={start}&filter[endTimestamp]={end}{more}"
        );
        bench.get(&path).await.0
    };
    let before = bench.clock.now();
    assert_eq!(status(56, 0, "").await, 200);
    assert_eq!(bench.clock.now(), before);
    assert_eq!(status(57, 0, "").await, 200);
    let took = bench.clock.now().duration_since(before);
    assert_eq!(took, SignedDuration::from_secs(90));
    assert_eq!(status(729, 700, "").await, 200);
    assert_eq!(status(740, 700, "").await, 400);
    let federation = "&filter[type]=DOMAIN_FEDERATION_ENABLED";
    assert_eq!(status(80, 60, federation).await, 400);
    assert_eq!(
        status(80, 60, "&filter[type]=DOMAIN_FEDERATION_DISABLED").await,
        200
    );
}
