//! Evidence folded, by tables and over random organizations.
//!
//! Over 400 lines, since the tables are many and share how events are made.

use proptest::prelude::*;
use proptest::sample::Index;

use super::EventKind::{Added, FederationEnabled, Removed, Verified};
use super::*;

fn at(day: &str) -> Timestamp {
    format!("{day}T09:14:00Z").parse().unwrap()
}

/// An event whose id is made of all there is to it.
fn event(day: &str, kind: EventKind, subject_id: &str, subject_name: &str) -> DomainEvent {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    DomainEvent {
        at: at(day),
        kind,
        subject_id: some(subject_id),
        subject_name: some(subject_name),
        id: format!("{day} {kind:?} {subject_id} {subject_name}"),
        failed: false,
        by: None,
    }
}

fn log(events: Vec<DomainEvent>) -> DomainFacts {
    DomainFacts {
        audit: Some(AuditLog {
            from: at("2025-11-22"),
            until: at("2026-11-22"),
            events,
        }),
        ..DomainFacts::default()
    }
}

/// The rows as `NAME STATUS SINCE`.
fn rows(facts: &DomainFacts) -> Vec<String> {
    fold(facts)
        .iter()
        .map(|domain| {
            let name = domain.domain.as_deref().unwrap_or("?");
            let since = domain
                .since
                .map_or_else(|| "-".to_owned(), |at| at.to_string());
            format!(
                "{name} {} {}",
                domain.status.word(),
                &since[..since.len().min(10)]
            )
        })
        .collect()
}

#[test]
fn the_latest_of_verified_and_removed_decides() {
    for (events, status) in [
        (vec![("2026-01-01", Added)], "pending 2026-01-01"),
        (
            vec![("2026-01-01", Added), ("2026-01-02", Verified)],
            "verified 2026-01-02",
        ),
        (
            vec![("2026-01-02", Verified), ("2026-01-03", Added)],
            "verified 2026-01-02",
        ),
        (
            vec![("2026-01-02", Verified), ("2026-01-04", Verified)],
            "verified 2026-01-04",
        ),
        (
            vec![("2026-01-02", Verified), ("2026-01-03", Removed)],
            "removed 2026-01-03",
        ),
        (
            vec![("2026-01-03", Removed), ("2026-01-04", Added)],
            "pending 2026-01-04",
        ),
        (
            vec![
                ("2026-01-03", Removed),
                ("2026-01-04", Added),
                ("2026-01-05", Verified),
            ],
            "verified 2026-01-05",
        ),
        // Of the same moment: the weaker status.
        (
            vec![("2026-01-03", Removed), ("2026-01-03", Verified)],
            "removed 2026-01-03",
        ),
        (
            vec![("2026-01-03", Verified), ("2026-01-03", Added)],
            "verified 2026-01-03",
        ),
    ] {
        let events = events
            .into_iter()
            .map(|(day, kind)| event(day, kind, "7F", "acme.com"));
        assert_eq!(rows(&log(events.collect())), [format!("acme.com {status}")]);
    }
}

#[test]
fn what_is_added_under_another_id_was_not_there_in_between() {
    for (before, then, status) in [
        ("OLD", "NEW", "pending 2026-01-03"),
        ("7F", "7F", "verified 2026-01-02"),
        ("", "NEW", "verified 2026-01-02"),
        ("OLD", "", "verified 2026-01-02"),
    ] {
        let events = vec![
            event("2026-01-01", Added, before, "acme.com"),
            event("2026-01-02", Verified, before, "acme.com"),
            event("2026-01-03", Added, then, "acme.com"),
        ];
        assert_eq!(rows(&log(events)), [format!("acme.com {status}")]);
    }
}

#[test]
fn a_failed_event_did_not_happen() {
    let failed = |day, kind, name| DomainEvent {
        failed: true,
        ..event(day, kind, "7F", name)
    };
    let facts = log(vec![
        event("2026-01-01", Added, "7F", "acme.com"),
        failed("2026-01-02", Verified, "acme.com"),
        failed("2026-01-02", Added, "acme.de"),
    ]);
    assert_eq!(rows(&facts), ["acme.com pending 2026-01-01"]);
}

#[test]
fn the_name_is_looked_for_in_the_name_the_id_and_the_ids_other_events() {
    let facts = log(vec![
        // Removed and added again under another id.
        event("2026-01-01", Removed, "OLD", "Acme.COM."),
        event("2026-01-02", Verified, "NEW", "acme.com"),
        // The id is the name; the name is no hostname.
        event("2026-01-03", Verified, "shop.acme.com", ""),
        event("2026-01-04", Verified, "acme.de", "The German one"),
        // Nameless, but its id goes by one name elsewhere.
        event("2026-01-05", Removed, "NEW", ""),
        event("2026-01-06", Added, "bücher.example", ""),
    ]);
    assert_eq!(
        rows(&facts),
        [
            "acme.com removed 2026-01-05",
            "acme.de verified 2026-01-04",
            "shop.acme.com verified 2026-01-03",
            "xn--bcher-kva.example pending 2026-01-06",
        ]
    );
    assert_eq!(fold(&facts)[0].subject_id.as_deref(), Some("NEW"));
}

#[test]
fn without_a_name_the_id_is_the_domain_and_without_either_nothing_is() {
    let nothing = |id: &str, kind| DomainEvent {
        id: id.to_owned(),
        ..event("2026-03-01", kind, "", "")
    };
    let facts = log(vec![
        event("2026-01-01", Added, "7F", ""),
        event("2026-01-02", Verified, "7F", "-"),
        nothing("E1", Verified),
        nothing("E2", Added),
        // This id goes by two names, so it is no domain's.
        event("2026-02-01", Added, "ORG", "acme.com"),
        event("2026-02-02", Added, "ORG", "acme.de"),
        event("2026-02-03", Verified, "ORG", ""),
    ]);
    assert_eq!(
        rows(&facts),
        [
            "acme.com pending 2026-02-01",
            "acme.de pending 2026-02-02",
            "? verified 2026-01-02",
            "? unknown -",
            "? unknown -",
            "? unknown -",
        ]
    );
    let ids: Vec<Option<String>> = fold(&facts).into_iter().map(|row| row.subject_id).collect();
    let id = |text: &str| Some(text.to_owned());
    let all = [id("ORG"), id("ORG"), id("7F"), id("ORG"), None, None];
    assert_eq!(ids, all);
}

#[test]
fn the_words_claim_no_more_than_is_known() {
    let says = |facts: &DomainFacts, row: usize| -> Vec<String> {
        let row = &fold(facts)[row];
        row.evidence
            .iter()
            .map(|found| found.says.clone())
            .collect()
    };
    let mut facts = log(vec![
        event("2026-08-30", Added, "7F", "acme.com"),
        event("2026-09-02", Verified, "7F", "acme.com"),
        event("2026-09-03", Added, "8F", "acme.de"),
        event("2026-09-04", Removed, "9F", "acme.fr"),
    ]);
    facts.accounts = Some(Accounts {
        at: at("2026-11-20"),
        counts: BTreeMap::from([("acme.com".to_owned(), 412), ("acme.de".to_owned(), 1)]),
    });
    facts.declared = vec!["ACME.com".to_owned()];
    let dns = |token, resolves| DnsFacts {
        token: Some(token),
        resolves,
        near_misses: Vec::new(),
    };
    facts.dns = BTreeMap::from([
        ("acme.com".to_owned(), dns(DnsToken::Present, Some(true))),
        ("acme.de".to_owned(), dns(DnsToken::Absent, Some(false))),
    ]);
    let elsewhere = NearMiss::Elsewhere("www.acme.de".to_owned());
    if let Some(dns) = facts.dns.get_mut("acme.de") {
        dns.near_misses.push(elsewhere);
    }
    assert_eq!(
        says(&facts, 0),
        [
            "verified on 2026-09-02 per audit log, no removal seen up to 2026-11-22",
            "added on 2026-08-30 per audit log",
            "in use by 412 Managed Apple Accounts, counted on 2026-11-20",
            "declared by you",
            "Apple verification token present in DNS",
        ]
    );
    assert_eq!(
        says(&facts, 1),
        [
            "added on 2026-09-03 per audit log, no verification seen up to 2026-11-22",
            "in use by 1 Managed Apple Account, counted on 2026-11-20",
            "no Apple verification token in DNS",
            "near miss: the TXT record at www.acme.de, not at the domain",
            "the name has no address in DNS",
        ]
    );
    let removed = "removed on 2026-09-04 per audit log, not added again up to 2026-11-22";
    assert_eq!(says(&facts, 2), [removed]);
    // A removal that names no domain may have been this one's.
    if let Some(log) = &mut facts.audit {
        log.events.push(event("2026-09-05", Removed, "", ""));
    }
    assert_eq!(
        says(&facts, 0)[0],
        "verified on 2026-09-02 per audit log, but an unnamed domain was removed on 2026-09-05"
    );
}

#[test]
fn the_roster_decides_and_nothing_else_but_the_log_does() {
    let domain = |name: &str, verified| RosterDomain {
        name: name.to_owned(),
        verified,
    };
    let facts = DomainFacts {
        roster: Some(Roster {
            at: at("2026-11-22"),
            domains: vec![
                domain("School.example", Some(true)),
                domain("old.example", Some(false)),
                domain("quiet.example", None),
            ],
        }),
        declared: vec!["declared.example".to_owned(), "old.example".to_owned()],
        ..DomainFacts::default()
    };
    assert_eq!(
        rows(&facts),
        [
            "declared.example unknown -",
            "old.example unverified -",
            "quiet.example unknown -",
            "school.example verified -",
        ]
    );
    let known: Vec<Vec<Source>> = fold(&facts).iter().map(Domain::known_from).collect();
    let expected = [
        // Apple's list is without it, which says so, and no more.
        vec![Source::Roster, Source::Declared],
        vec![Source::Roster],
        vec![Source::Roster],
        vec![Source::Roster],
    ];
    assert_eq!(known, expected);
}

#[test]
fn a_row_is_the_documents_row() {
    let mut facts = log(vec![event("2026-09-02", Verified, "7F", "acme.com")]);
    let first = |facts: &DomainFacts| serde_json::to_string(&fold(facts)[0]).unwrap();
    assert_eq!(
        first(&facts),
        concat!(
            r#"{"domain":"acme.com","status":"verified","verified":true,"since":"2026-09-02T09:14:00Z","#,
            r#""accounts":null,"dns_token":null,"resolves":null,"subject_id":"7F","evidence":[{"source":"audit","#,
            r#""says":"verified on 2026-09-02 per audit log, no removal seen up to 2026-11-22","#,
            r#""at":"2026-09-02T09:14:00Z"}]}"#
        )
    );
    facts = DomainFacts {
        accounts: Some(Accounts {
            at: at("2026-11-20"),
            counts: BTreeMap::new(),
        }),
        declared: vec!["acme.de".to_owned()],
        ..DomainFacts::default()
    };
    assert_eq!(
        first(&facts),
        concat!(
            r#"{"domain":"acme.de","status":"unknown","verified":null,"since":null,"accounts":0,"#,
            r#""dns_token":null,"resolves":null,"subject_id":null,"evidence":[{"source":"declared","says":"declared by you","at":null}]}"#
        )
    );
}

#[test]
fn only_a_managed_account_on_a_domain_of_ones_own_counts() {
    for (account, is_external, domain) in [
        ("ada@Acme.com", false, Some("acme.com")),
        ("ada@acme.com", true, None),
        ("ada@lab.acme.com", false, Some("lab.acme.com")),
        (
            "\"a@b\"@bücher.example",
            false,
            Some("xn--bcher-kva.example"),
        ),
        ("ada@acme.appleid.com", false, None),
        ("ada@acme.appleaccount.com", false, None),
        ("ada@notappleid.com", false, Some("notappleid.com")),
        ("ada@localhost", false, None),
        ("ada@192.0.2.1", false, None),
        ("ada", false, None),
        ("ada@", false, None),
    ] {
        assert_eq!(
            account_domain(account, is_external).as_deref(),
            domain,
            "{account}"
        );
    }
    let facts = log(vec![event("2026-01-01", Added, "7F", "acme.appleid.com")]);
    assert_eq!(fold(&facts), []);
}

#[test]
fn a_name_has_one_spelling_and_is_readable_again() {
    for name in [
        "Bücher.Example",
        "bücher.example.",
        "XN--BCHER-KVA.example",
        " bücher。example",
    ] {
        assert_eq!(
            normalized(name).as_deref(),
            Some("xn--bcher-kva.example"),
            "{name}"
        );
    }
    assert_eq!(readable("xn--bcher-kva.example"), "bücher.example");
    assert_eq!(readable("acme.com"), "acme.com");
    for name in [
        "",
        ".",
        "acme",
        "a..b",
        "acme com.de",
        "-acme.com",
        "a_b.com",
        "https://acme.com",
        "7F",
    ] {
        assert_eq!(normalized(name), None, "{name}");
    }
}

#[test]
fn federation_is_shown_and_says_nothing_of_the_status() {
    let facts = log(vec![
        event("2026-01-02", Verified, "7F", "acme.com"),
        event("2026-01-03", FederationEnabled, "7F", "acme.com"),
        event("2026-01-04", FederationEnabled, "8F", "acme.de"),
    ]);
    assert_eq!(
        rows(&facts),
        ["acme.com verified 2026-01-02", "acme.de unknown -"]
    );
    let says = |row: usize| -> Vec<String> {
        let row = &fold(&facts)[row];
        row.evidence.iter().map(|it| it.says.clone()).collect()
    };
    let federated = "federation enabled on 2026-01-03 per audit log";
    assert_eq!(says(0)[1], federated);
    assert_eq!(says(1).len(), 1);
}

#[test]
fn a_timeline_has_what_failed_too() {
    let failed = DomainEvent {
        failed: true,
        ..event("2026-01-02", Verified, "7F", "Acme.com.")
    };
    let facts = log(vec![
        event("2026-01-03", Verified, "NEW", "acme.com"),
        failed.clone(),
        failed,
        event("2026-01-01", Added, "7F", ""),
        event("2026-01-01", Added, "8F", "acme.de"),
    ]);
    let says: Vec<String> = timeline(&facts, "ACME.com")
        .into_iter()
        .map(|entry| format!("{:.10} {}", entry.at.to_string(), entry.says))
        .collect();
    assert_eq!(
        says,
        ["2026-01-02 verification failed", "2026-01-03 verified"]
    );
}

#[test]
fn a_difference_is_what_apple_says_against_what_is_declared() {
    let roster = |name: &str, verified| RosterDomain {
        name: name.to_owned(),
        verified,
    };
    let mut facts = log(vec![
        event("2026-01-01", Verified, "1", "declared.example"),
        event("2026-01-01", Verified, "2", "new.example"),
        event("2026-01-01", Added, "3", "begun.example"),
        event("2026-01-01", Added, "4", "half.example"),
        event("2026-01-01", Removed, "5", "gone.example"),
        event("2026-01-01", Removed, "6", "old.example"),
        event("2026-01-01", Verified, "7", ""),
    ]);
    facts.declared = ["declared", "half", "gone", "unheard"]
        .map(|name| format!("{name}.example"))
        .into();
    let differences = |facts: &DomainFacts| -> Vec<String> {
        fold(facts)
            .iter()
            .filter_map(|row| {
                let word = serde_json::to_value(difference(row)?).unwrap();
                Some(format!("{} {}", row.domain.as_deref()?, word.as_str()?))
            })
            .collect()
    };
    assert_eq!(
        differences(&facts),
        [
            "gone.example removed",
            "half.example pending",
            "new.example not_declared",
        ]
    );
    facts = DomainFacts {
        declared: vec![
            "a.example".to_owned(),
            "b.example".to_owned(),
            "c.example".to_owned(),
            "e.example".to_owned(),
        ],
        roster: Some(Roster {
            at: at("2026-11-22"),
            domains: vec![
                roster("a.example", Some(true)),
                roster("b.example", Some(false)),
                roster("d.example", Some(false)),
                roster("e.example", None),
            ],
        }),
        ..DomainFacts::default()
    };
    // What Apple lists without a word on its verification is no difference.
    assert_eq!(
        differences(&facts),
        ["b.example unverified", "c.example not_listed"]
    );
}

#[test]
fn a_removal_without_a_name_may_be_that_of_what_is_declared() {
    let verified = event("2026-01-02", Verified, "1", "acme.com");
    let differs = |more: Vec<DomainEvent>, seen: Option<&str>| {
        let mut facts = log([vec![verified.clone()], more].concat());
        facts.declared = vec!["acme.com".to_owned()];
        facts.seen = seen
            .map(|day| ("acme.com".to_owned(), at(day)))
            .into_iter()
            .collect();
        let row = fold(&facts).remove(0);
        assert_eq!(row.status, Status::Verified);
        difference(&row)
    };
    let removed = |day, id| vec![event(day, Removed, id, "")];
    let may_be = Some(Difference::MayBeRemoved);
    assert_eq!(differs(removed("2026-01-03", ""), None), may_be);
    assert_eq!(differs(removed("2026-01-03", "9"), None), may_be);
    assert_eq!(
        differs(removed("2026-01-03", "9"), Some("2026-01-02")),
        may_be
    );
    // Who looked since knows; and it was before.
    assert_eq!(
        differs(removed("2026-01-03", "9"), Some("2026-01-04")),
        None
    );
    assert_eq!(differs(removed("2026-01-01", "9"), None), None);
    // This one is known by its id to be another.
    let other = vec![
        event("2026-01-01", Verified, "9", ""),
        event("2026-01-03", Removed, "9", ""),
    ];
    assert_eq!(differs(other, None), None);
}

#[test]
fn what_nothing_tells_is_not_compared() {
    let mut facts = log(vec![
        event("2026-01-01", Verified, "1", "known.example"),
        event("2026-01-01", Added, "2", "begun.example"),
        event("2026-01-01", Verified, "3", ""),
        event("2026-01-01", Removed, "4", ""),
    ]);
    facts.declared = vec!["known.example".to_owned(), "unheard.example".to_owned()];
    let not_compared: Vec<Domain> = fold(&facts)
        .into_iter()
        .filter(|row| !is_compared(row))
        .collect();
    let names: Vec<(Option<&str>, Option<&str>)> = not_compared
        .iter()
        .map(|row| (row.domain.as_deref(), row.subject_id.as_deref()))
        .collect();
    assert_eq!(names, [(Some("unheard.example"), None), (None, Some("3"))]);
}

/// Names as sources spell them, some of them of the same domain, one reserved.
const NAMES: [&str; 7] = [
    "acme.com",
    "ACME.com.",
    "lab.acme.com",
    "bücher.example",
    "xn--bcher-kva.example",
    "acme.de",
    "acme.appleid.com",
];

fn any_name() -> impl Strategy<Value = String> {
    prop::sample::select(NAMES.to_vec()).prop_map(str::to_owned)
}

fn any_event() -> impl Strategy<Value = DomainEvent> {
    let kind = prop::sample::select(EventKind::ALL.to_vec());
    let id = prop::option::weighted(0.9, prop_oneof![any_name(), "[A-D]"]);
    let name = prop::option::weighted(
        0.6,
        prop_oneof![9 => any_name(), 1 => Just("no name".to_owned())],
    );
    // Few moments, so that there are ties.
    (0..6_i64, kind, id, name, prop::bool::weighted(0.1)).prop_map(
        |(moment, kind, subject_id, subject_name, failed)| DomainEvent {
            at: Timestamp::from_second(1_790_000_000 + moment * 86_400).unwrap(),
            kind,
            id: format!("{moment} {kind:?} {subject_id:?} {subject_name:?} {failed}"),
            subject_id,
            subject_name,
            failed,
            by: None,
        },
    )
}

fn any_facts() -> impl Strategy<Value = DomainFacts> {
    let audit = prop::option::weighted(0.9, prop::collection::vec(any_event(), 0..12));
    let counts = prop::collection::btree_map(any_name(), 1..500_u64, 0..4);
    let accounts = prop::option::of(counts.prop_map(|counts| Accounts {
        at: at("2026-11-20"),
        counts,
    }));
    let declared = prop::collection::vec(any_name(), 0..4);
    let domain = (any_name(), any::<Option<bool>>())
        .prop_map(|(name, verified)| RosterDomain { name, verified });
    let roster = prop::option::weighted(
        0.3,
        prop::collection::vec(domain, 0..3).prop_map(|domains| Roster {
            at: at("2026-11-22"),
            domains,
        }),
    );
    let token = prop::sample::select(vec![DnsToken::Present, DnsToken::Absent]);
    let found = (token, any::<Option<bool>>()).prop_map(|(token, resolves)| DnsFacts {
        token: Some(token),
        resolves,
        near_misses: Vec::new(),
    });
    let dns = prop::collection::btree_map(any_name(), found, 0..4);
    (audit, accounts, declared, roster, dns).prop_map(
        |(events, accounts, declared, roster, dns)| DomainFacts {
            audit: events.map(|events| AuditLog {
                from: at("2025-11-22"),
                until: at("2026-11-22"),
                events,
            }),
            accounts,
            seen: declared
                .iter()
                .take(2)
                .map(|name: &String| (name.clone(), at("2026-09-02")))
                .collect(),
            declared,
            roster,
            dns,
        },
    )
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_folds_to_the_same(
        (events, shuffled) in prop::collection::vec(any_event(), 0..12)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        repeated in prop::collection::vec(any::<Index>(), 0..4),
    ) {
        let mut shuffled = shuffled;
        for index in repeated {
            if !events.is_empty() {
                shuffled.push(index.get(&events).clone());
            }
        }
        prop_assert_eq!(fold(&log(events)), fold(&log(shuffled)));
    }

    #[test]
    fn accounts_declarations_and_dns_change_no_status(facts in any_facts()) {
        let bare = DomainFacts { audit: facts.audit.clone(), roster: facts.roster.clone(), ..DomainFacts::default() };
        let bare = fold(&bare);
        for row in fold(&facts) {
            let same = |other: &&Domain| {
                (&other.domain, &other.subject_id) == (&row.domain, &row.subject_id)
                    && (row.domain.is_some() || other.evidence == row.evidence)
            };
            let status = bare.iter().find(same).map(|row| (row.status, row.verified, row.since));
            let unknown = (Status::Unknown, None, None);
            prop_assert_eq!((row.status, row.verified, row.since), status.unwrap_or(unknown));
        }
    }

    #[test]
    fn every_domain_of_every_source_has_one_row(facts in any_facts()) {
        let found = fold(&facts);
        let logged = facts.audit.iter().flat_map(|log| &log.events).filter(|event| !event.failed);
        let named = logged.filter_map(|event| {
            let name = event.subject_name.as_deref().and_then(normalized);
            name.or_else(|| event.subject_id.as_deref().and_then(normalized))
        });
        let expected: BTreeSet<String> = facts
            .accounts.iter().flat_map(|accounts| accounts.counts.keys())
            .chain(&facts.declared)
            .chain(facts.roster.iter().flat_map(|roster| &roster.domains).map(|domain| &domain.name))
            .chain(facts.dns.keys())
            .filter_map(|name| normalized(name))
            .chain(named)
            .filter(|name| !is_reserved(name))
            .collect();
        let names: Vec<String> = found.iter().filter_map(|row| row.domain.clone()).collect();
        prop_assert_eq!(names, expected.into_iter().collect::<Vec<_>>());
        let nameless = found.iter().position(|row| row.domain.is_none());
        let last = nameless.unwrap_or(found.len());
        prop_assert!(found[last..].iter().all(|row| row.domain.is_none()));
        prop_assert!(found.iter().all(|row| !row.evidence.is_empty()));
    }

    #[test]
    fn no_status_is_stronger_than_its_evidence(facts in any_facts()) {
        for row in fold(&facts) {
            let says = |text: &str| row.evidence.iter().any(|found| found.says.starts_with(text));
            prop_assert_eq!(row.verified, row.status.verified());
            match row.status {
                Status::Verified => {
                    prop_assert!(says("verified "));
                    let removal = row.evidence.iter()
                        .filter(|found| found.says.starts_with("removed "))
                        .find(|found| row.since.is_some() && found.at >= row.since);
                    prop_assert_eq!(removal, None);
                }
                Status::Pending => prop_assert!(says("added ")),
                Status::Removed => prop_assert!(says("removed ")),
                Status::Unverified => prop_assert!(says("not verified ")),
                Status::Unknown => prop_assert_eq!(row.since, None),
            }
        }
    }
}
