use super::*;
use serde_json::{Value, json};

fn odd(json: String, kind: Option<EventKind>) -> OddEvent {
    OddEvent {
        json,
        id: Some("E".to_owned()),
        which: "Item \"E\"".to_owned(),
        kind,
    }
}

fn read(attributes: &Value) -> Result<Option<DomainEvent>, &'static str> {
    let value = json!({"type": "auditEvents", "id": "E", "attributes": attributes});
    understood(&odd(value.to_string(), None))
}

fn event(attributes: &Value) -> DomainEvent {
    read(attributes).unwrap().unwrap()
}

#[test]
fn a_domain_may_stand_in_the_data_alone() {
    for (name, id, data, expected) in [
        (
            json!(null),
            "0f8e",
            json!({"domainName": "acme.example"}),
            Some("acme.example"),
        ),
        (
            json!("Domain"),
            "0f8e",
            json!({"domainName": "acme.example"}),
            Some("acme.example"),
        ),
        (
            json!("acme.com"),
            "0f8e",
            json!({"domainName": "acme.example"}),
            Some("acme.com"),
        ),
        (
            json!(null),
            "acme.com",
            json!({"domainName": "acme.example"}),
            None,
        ),
        (json!(null), "0f8e", json!({"domainName": "0f8e"}), None),
        (json!(null), "0f8e", json!({"domainName": 7}), None),
        (json!(null), "0f8e", json!({}), None),
        (json!(null), "0f8e", json!("acme.example"), None),
    ] {
        for kind in EventKind::ALL {
            let read = event(&json!({
                "eventDateTime": "2026-11-02T10:00:00Z", "type": apples_word(kind),
                "subjectName": name, "subjectId": id, data_object(kind): data,
            }));
            assert_eq!(read.subject_name.as_deref(), expected, "{name} {id} {data}");
        }
    }
}

#[test]
fn a_member_of_the_data_that_holds_a_hostname_is_the_domain() {
    for (data, expected) in [
        (json!({"domain": "acme.example"}), Some("acme.example")),
        (json!({"name": "acme.example"}), Some("acme.example")),
        (json!({"fqdn": "acme.example"}), Some("acme.example")),
        (json!({"FQDN": "acme.example"}), Some("acme.example")),
        (
            json!({"DomainName": "ACME.EXAMPLE."}),
            Some("ACME.EXAMPLE."),
        ),
        // What is no hostname hides none, and the likeliest member counts.
        (
            json!({"domainName": null, "domain": 7, "name": "acme.example"}),
            Some("acme.example"),
        ),
        (
            json!({"name": "Acme", "fqdn": "acme.example"}),
            Some("acme.example"),
        ),
        (
            json!({"name": "other.example", "domainName": "acme.example"}),
            Some("acme.example"),
        ),
        (json!({"domain": {"name": "acme.example"}}), None),
        (json!({"domain": ["acme.example"]}), None),
        (json!({"domain": "acme"}), None),
        (json!({"name": "Ada Park"}), None),
        (json!({"name": "ada@acme.example"}), None),
        (json!({"name": "https://acme.example/"}), None),
        (json!({"name": "10.0.0.1"}), None),
        (json!({"fqdn": 7.5}), None),
        (
            json!({"idp": "accounts.google.com", "host": "a.example", "email": "a@b.example"}),
            None,
        ),
        (json!(["acme.example"]), None),
    ] {
        for kind in EventKind::ALL {
            let read = event(&json!({
                "eventDateTime": "2026-11-02T10:00:00Z", "type": apples_word(kind),
                "subjectId": "0f8e", data_object(kind): data,
            }));
            assert_eq!(read.subject_name.as_deref(), expected, "{data}");
        }
    }
}

#[test]
fn apples_events_are_read() {
    let verified = event(&json!({
        "eventDateTime": "2026-09-02T09:14:00.123Z", "type": "DOMAIN_VERIFIED", "outcome": "SUCCESS",
        "subjectType": "DOMAIN", "subjectId": "7F", "subjectName": "acme.com",
        "actorType": "USER", "actorName": "Ada Park",
    }));
    assert_eq!(verified.kind, EventKind::Verified);
    assert_eq!(verified.subject_name.as_deref(), Some("acme.com"));
    assert!(!verified.failed);
    assert_eq!(verified.by.as_deref(), Some("Ada Park"));
    for (kind, name, by) in [
        (Some("API_USER"), Some("CI"), Some("the API account CI")),
        (Some("API_USER"), None, Some("an API account")),
        (Some("SYSTEM"), None, Some("Apple")),
        (Some("USER"), Some(" "), None),
        (None, Some("Ada Park"), Some("Ada Park")),
        (Some("PARTNER"), None, None),
    ] {
        let found = who(kind, name.map(str::to_owned));
        assert_eq!(found.as_deref(), by, "{kind:?} {name:?}");
    }
    let at = "2026-09-02T09:14:00Z";
    let failed = json!({"eventDateTime": at, "type": "DOMAIN_ADDED", "outcome": "FAILURE"});
    assert!(event(&failed).failed);
    // Whatever Apple calls the type: its data object is known.
    let federation = json!({
        "eventDateTime": at, "type": "DOMAIN_FEDERATION_TURNED_ON",
        "eventDataPropertyKey": "eventDataDomainFederationEnabled",
    });
    assert_eq!(event(&federation).kind, EventKind::FederationEnabled);
}

#[test]
fn an_event_of_another_kind_may_lack_anything() {
    for attributes in [
        json!({"eventDateTime": "2026-09-02T09:14:00Z", "type": "DEVICES_ASSIGNED"}),
        json!({"type": "DEVICES_ASSIGNED", "subjectName": 7, "outcome": [], "actorName": {}}),
        json!({}),
        json!({"type": null, "eventDateTime": "", "outcome": null}),
    ] {
        assert_eq!(read(&attributes), Ok(None), "{attributes}");
    }
    let bare = odd(r#"{"id":"E"}"#.to_owned(), None);
    assert_eq!(judge(bare), Judged::Other);
}

#[test]
fn an_event_of_a_domain_needs_a_time_a_name_and_an_outcome_that_can_be_read() {
    let good = || {
        json!({
            "eventDateTime": "2026-09-02T09:14:00Z", "type": "DOMAIN_REMOVED", "subjectName": "acme.com",
            "subjectId": "7F", "outcome": "SUCCESS", "actorName": "Ada Park", "other": 1,
        })
    };
    let with = |member: &str, value: Value| {
        let mut attributes = good();
        attributes[member] = value;
        attributes
    };
    for (member, value, why) in [
        ("eventDateTime", json!(null), "it has no time"),
        (
            "eventDateTime",
            json!(1_780_000_000),
            "its time can't be read",
        ),
        (
            "eventDateTime",
            json!(""),
            "its time can't be read, or has no time zone",
        ),
        (
            "eventDateTime",
            json!("2026-09-02T09:14:00"),
            "its time can't be read, or has no time zone",
        ),
        (
            "subjectName",
            json!(["acme.com"]),
            "its subjectName can't be read",
        ),
        (
            "subjectName",
            json!("acme\u{fffd}"),
            "its subjectName can't be read",
        ),
        ("outcome", json!(false), "its outcome can't be read"),
        ("type", json!(7), "its type can't be read"),
    ] {
        let attributes = with(member, value);
        assert_eq!(read(&attributes), Err(why), "{attributes}");
    }
    // Nobody needs these.
    for member in [
        "subjectId",
        "actorName",
        "actorType",
        "eventDataPropertyKey",
        "other",
    ] {
        for value in [json!(7), json!(null), json!({"a": [1]}), json!(true)] {
            let attributes = with(member, value);
            let read = event(&attributes);
            assert_eq!(
                read.subject_name.as_deref(),
                Some("acme.com"),
                "{attributes}"
            );
        }
    }
    assert_eq!(
        event(&with("subjectId", json!(7))).subject_id.as_deref(),
        Some("7")
    );
}

#[test]
fn what_can_not_be_understood_says_which_it_is_and_why() {
    for (json, kind, expected) in [
        (
            "7",
            None,
            "Item \"E\" can't be understood: it isn't an object.",
        ),
        (
            r#"{"id":"E","attributes":7}"#,
            None,
            "Item \"E\" can't be understood: its attributes aren't an object.",
        ),
        (
            r#"{"id":"E","attributes":{"type":"DOMAIN_ADDED","subjectName":"acme.net"}}"#,
            None,
            "Item \"E\" (DOMAIN_ADDED, acme.net) can't be understood: it has no time.",
        ),
        (
            r#"{"attributes":{"type":"DOMAIN_ADDED","eventDateTime":"2026-09-02T09:14:00Z"}}"#,
            None,
            "Item \"E\" (DOMAIN_ADDED) can't be understood: it has no id.",
        ),
        (
            r#"{"id":"E","attributes":{}}"#,
            Some(EventKind::Removed),
            "Item \"E\" can't be understood: it has no time.",
        ),
    ] {
        let event = odd(json.to_owned(), kind);
        assert_eq!(judge(event.clone()), Judged::Odd(event.clone()));
        assert_eq!(sentence(&event), expected);
    }
    // An event that Apple was asked for by its type is of that type.
    let json = r#"{"id":"E","attributes":{"type":null,"eventDateTime":"2026-09-02T09:14:00Z"}}"#;
    let Judged::OfDomain(event) = judge(odd(json.to_owned(), Some(EventKind::Removed))) else {
        panic!("{json}");
    };
    assert_eq!(event.kind, EventKind::Removed);
    assert_eq!(judge(odd(json.to_owned(), None)), Judged::Other);
}
