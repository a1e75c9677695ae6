//! The rest of the Manager API: pages, devices, activities, people, audit events, limits.

use std::collections::HashSet;

use super::*;

#[tokio::test]
async fn pages_follow_one_another() {
    let bench = Bench::standard().await;
    let mut serials = HashSet::new();
    let mut next = Some("/v1/orgDevices?fields[orgDevices]=serialNumber".to_owned());
    let mut pages = 0;
    while let Some(path) = next {
        let (status, page) = bench.get(&path).await;
        assert_eq!(status, 200);
        pages += 1;
        assert_eq!(page["meta"]["paging"]["limit"], 100);
        assert_eq!(page["meta"]["paging"]["total"], 250);
        for device in page["data"].as_array().unwrap() {
            serials.insert(device["id"].as_str().unwrap().to_owned());
            assert_eq!(device["attributes"].as_object().unwrap().len(), 1);
        }
        next = page["links"]["next"].as_str().map(str::to_owned);
        assert_eq!(
            next.is_some(),
            page["meta"]["paging"]["nextCursor"].is_string()
        );
        if let Some(next) = &next {
            assert!(next.starts_with(bench.running.origin()), "{next}");
            assert!(next.contains("limit=100"), "{next}");
        }
    }
    assert_eq!((pages, serials.len()), (3, 250));
}

#[tokio::test]
async fn a_limit_is_sent_once_and_within_bounds() {
    let bench = Bench::standard().await;
    for query in [
        "limit=0",
        "limit=1001",
        "limit=x",
        "limit=5&limit=5",
        "cursor=x",
    ] {
        let (status, answer) = bench.get(&format!("/v1/orgDevices?{query}")).await;
        assert_eq!(
            (status, code(&answer)),
            (400, "PARAMETER_ERROR.INVALID"),
            "{query}"
        );
    }
    let (_, all) = bench.get("/v1/orgDevices?limit=1000").await;
    assert_eq!(all["data"].as_array().unwrap().len(), 250);
    assert!(all["links"]["next"].is_null());
    // The cursor alone goes on too.
    let (_, first) = bench.get("/v1/orgDevices?limit=200").await;
    let cursor = first["meta"]["paging"]["nextCursor"].as_str().unwrap();
    let (_, rest) = bench
        .get(&format!("/v1/orgDevices?limit=200&cursor={cursor}"))
        .await;
    assert_eq!(rest["data"].as_array().unwrap().len(), 50);
}

#[tokio::test]
async fn pages_can_be_capped_stuck_and_foreign() {
    let bench = Bench::new(Options {
        page_size_cap: Some(60),
        ..Options::default()
    })
    .await;
    let (_, page) = bench.get("/v1/users?limit=1000").await;
    assert_eq!(page["data"].as_array().unwrap().len(), 60);
    bench
        .running
        .organization(|o| o.behaviour.next_links = NextLinks::Stuck);
    let (_, first) = bench.get("/v1/users?limit=1000").await;
    let (_, second) = bench.get(first["links"]["next"].as_str().unwrap()).await;
    assert_eq!(first["links"]["next"], second["links"]["next"]);
    bench.running.organization(|o| {
        o.behaviour.next_links = NextLinks::Foreign("http://127.0.0.1:9".to_owned());
    });
    let (_, page) = bench.get("/v1/users").await;
    let next = page["links"]["next"].as_str().unwrap();
    assert!(next.starts_with("http://127.0.0.1:9/v1/users?"), "{next}");
}

#[tokio::test]
async fn the_same_seed_makes_the_same_organization() {
    let options = || Options {
        devices: 20,
        users: 5,
        servers: 7,
        seed: 9,
        ..Options::default()
    };
    let (one, two) = (Bench::new(options()).await, Bench::new(options()).await);
    let look = |bench: &Bench| {
        bench
            .running
            .organization(|o| (o.servers.clone(), o.devices.clone(), o.users.clone()))
    };
    assert_eq!(look(&one), look(&two));
    assert_eq!(look(&one).0.len(), 7);
    let keys = [&one, &two].map(|bench| bench.running.credentials().private_key.clone());
    assert_ne!(keys[0], keys[1]);
    let standard = Bench::standard().await;
    assert_ne!(look(&one).0[0].id, look(&standard).0[0].id);
}

#[tokio::test]
async fn accounts_are_on_two_domains_and_some_prove_nothing() {
    let bench = Bench::standard().await;
    let (_, page) = bench
        .get("/v1/users?limit=1000&fields[users]=managedAppleAccount,isExternalUser")
        .await;
    let count = |domain: &str, external: bool| {
        let users = page["data"].as_array().unwrap().iter();
        users
            .map(|user| &user["attributes"])
            .filter(|user| {
                let account = user["managedAppleAccount"].as_str().unwrap();
                account.ends_with(domain) && user["isExternalUser"] == external
            })
            .count()
    };
    assert_eq!(
        (count("@acme.com", false), count("@acme.de", false)),
        (412, 38)
    );
    assert!(count("@partner.example", true) > 0);
    assert!(count(".appleid.com", false) > 0);
    assert_eq!(bench.get("/v1/organizationalUnits").await.0, 200);
    let (_, groups) = bench.get("/v1/userGroups").await;
    let id = groups["data"][0]["id"].as_str().unwrap();
    let members = format!("/v1/userGroups/{id}/relationships/users");
    assert_eq!(bench.get(&members).await.0, 200);
}

#[tokio::test]
async fn audit_events_need_a_window() {
    let bench = Bench::standard().await;
    let ask = async |query: &str| bench.get(&format!("/v1/auditEvents?{query}")).await;
    let from = "filter[startTimestamp]=2026-08-24T00:00:00Z";
    let to = "filter[endTimestamp]=2026-11-22T09:14:00Z";
    for query in ["", from, to] {
        let (status, answer) = ask(query).await;
        assert_eq!((status, code(&answer)), (400, "PARAMETER_ERROR.REQUIRED"));
    }
    let offset = "filter[startTimestamp]=2026-08-24T00:00:00%2B02:00";
    assert_eq!(ask(&format!("{offset}&{to}")).await.0, 400);
    let twice = format!("{from}&{to}&filter[type]=A&filter[type]=B");
    assert_eq!(ask(&twice).await.0, 400);

    let (status, verified) = ask(&format!("{from}&{to}&filter[type]=DOMAIN_VERIFIED")).await;
    assert_eq!(status, 200);
    let events: Vec<_> = verified["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["attributes"])
        .collect();
    // Newest first: a failure, a nameless one, and acme.com.
    assert_eq!(events.len(), 3);
    assert_eq!(events[0]["outcome"], "FAILURE");
    assert!(events[1].get("subjectName").is_none());
    assert_eq!(events[2]["subjectName"], "acme.com");
    assert_eq!(events[2]["eventDateTime"], "2026-09-02T09:14:00Z");
    assert_eq!(events[2]["eventDataPropertyKey"], "eventDataDomainVerified");
    assert_eq!(events[2]["eventDataDomainVerified"], json!({}));
    let (_, page) = ask(&format!("{from}&{to}&limit=5")).await;
    assert!(
        page["links"]["next"]
            .as_str()
            .unwrap()
            .contains("filter%5BstartTimestamp%5D=2026")
    );
}

#[tokio::test]
async fn a_long_window_is_slow_or_refused() {
    let bench = Bench::standard().await;
    let path = "/v1/auditEvents?filter[startTimestamp]=2016-01-01T00:00:00Z\
                &filter[endTimestamp]=2026-11-22T00:00:00Z";
    let before = bench.clock.now();
    assert_eq!(bench.get(path).await.0, 200);
    let took = bench.clock.now().duration_since(before);
    assert_eq!(took, SignedDuration::from_secs(120));
    bench
        .running
        .organization(|o| o.behaviour.long_audit_windows = LongWindows::Refused);
    assert_eq!(bench.get(path).await.0, 400);
}

#[tokio::test]
async fn what_school_lacks_is_not_there() {
    let bench = Bench::new(Options {
        kind: OrganizationKind::School,
        ..Options::default()
    })
    .await;
    assert_eq!(bench.get("/v1/orgDevices").await.0, 200);
    for path in ["/v1/users", "/v1/auditEvents", "/v1/organizationalUnits"] {
        let (status, answer) = bench.get(path).await;
        assert_eq!((status, code(&answer)), (404, "NOT_FOUND"), "{path}");
    }
}

#[tokio::test]
async fn limits_hold_on_the_emulators_clock() {
    let bench = Bench::new(Options {
        limits: Some(Rates::default()),
        ..Options::default()
    })
    .await;
    for _ in 0..20 {
        assert_eq!(bench.get("/v1/mdmServers").await.0, 200);
    }
    let refused = bench.send("GET", "/v1/mdmServers", None).await.unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "60");
    assert!(refused.headers().contains_key("x-apple-request-uuid"));
    // Device Assignment Services and the token endpoint are not limited.
    assert_eq!(bench.token(&bench.form(&bench.claims())).await.0, 200);
    bench.clock.advance(60);
    assert_eq!(bench.get("/v1/mdmServers").await.0, 200);
    let statuses: Vec<_> = bench
        .running
        .requests()
        .iter()
        .map(|seen| seen.status)
        .collect();
    assert_eq!(statuses.len(), 23);
    assert_eq!(statuses[20], Some(429));
}

#[tokio::test]
async fn a_large_organization_has_something_for_each_filter() {
    let bench = Bench::new(Options {
        devices: 10_000,
        ..Options::default()
    })
    .await;
    let mut devices = Vec::new();
    let mut path = Some("/v1/orgDevices?limit=1000".to_owned());
    while let Some(next) = path {
        let (status, page) = bench.get(&next).await;
        assert_eq!(status, 200);
        devices.extend(page["data"].as_array().unwrap().clone());
        path = page["links"]["next"].as_str().map(str::to_owned);
    }
    assert_eq!(devices.len(), 10_000);
    let count = |is: &dyn Fn(&Value) -> bool| {
        let attributes = devices.iter().map(|device| &device["attributes"]);
        attributes.filter(|attributes| is(attributes)).count()
    };
    for (member, values) in [
        ("status", &["ASSIGNED", "UNASSIGNED"][..]),
        (
            "productFamily",
            &["iPhone", "iPad", "Mac", "AppleTV", "Watch", "Vision"],
        ),
        (
            "deviceModel",
            &["iPhone XR", "MacBook Pro 14\"", "Mac mini"],
        ),
        (
            "purchaseSourceType",
            &["APPLE", "RESELLER", "MANUALLY_ADDED"],
        ),
        (
            "mdmMigrationStatus",
            &["REQUESTED", "STARTED", "SUCCESS", "FAILED"],
        ),
    ] {
        for value in values {
            assert!(count(&|one| one[member] == *value) > 20, "{member} {value}");
        }
    }
    for capable in [true, false] {
        assert!(count(&|one| one["isMdmMigrationCapable"] == capable) > 1000);
    }
    let a_month_ago = jiff::SignedDuration::from_hours(-30 * 24);
    let a_month_ago = exchange::millis(bench.clock.now() + a_month_ago);
    let lately = |one: &Value| one["addedToOrgDateTime"].as_str().unwrap() > a_month_ago.as_str();
    let by_hand = |one: &Value| one["purchaseSourceType"] == "MANUALLY_ADDED";
    let fresh = count(&|one| by_hand(one) && lately(one) && one["status"] == "ASSIGNED");
    assert!(fresh > 100, "{fresh}");
    // The services have what the list says is assigned, and no device twice.
    let servers = bench.running.organization(|o| o.servers.clone());
    let mut linked = std::collections::BTreeSet::new();
    for server in &servers {
        let (_, one) = bench.get(&format!("/v1/mdmServers/{}", server.id)).await;
        let mut found = 0;
        let mut path = Some(format!(
            "/v1/mdmServers/{}/relationships/devices?limit=1000",
            server.id
        ));
        while let Some(next) = path {
            let (_, page) = bench.get(&next).await;
            for device in page["data"].as_array().unwrap() {
                assert_eq!(device["type"], "orgDevices");
                assert!(linked.insert(device["id"].as_str().unwrap().to_owned()));
                found += 1;
            }
            path = page["links"]["next"].as_str().map(str::to_owned);
        }
        assert_eq!(one["data"]["attributes"]["deviceCount"], found);
        if server.server_type == organization::ServerType::AppleConfigurator {
            assert!(found > 200, "{found}");
        }
    }
    assert_eq!(linked.len(), count(&|one| one["status"] == "ASSIGNED"));
}
