//! Devices and their coverage, what the built-in device management has, and what the emulator lacks.

use std::collections::HashMap;

use super::*;

#[tokio::test]
async fn devices_share_orders_and_manual_ones_have_none() {
    let bench = Bench::standard().await;
    let (_, list) = bench.get("/v1/orgDevices?limit=1000").await;
    let mut orders: HashMap<String, Vec<&Value>> = HashMap::new();
    let mut by_hand = 0;
    for device in list["data"].as_array().unwrap() {
        let attributes = &device["attributes"];
        if attributes["purchaseSourceType"] == "MANUALLY_ADDED" {
            by_hand += 1;
            for member in ["orderNumber", "orderDateTime", "purchaseSourceId"] {
                assert!(attributes.get(member).is_none(), "{device}");
            }
            continue;
        }
        let number = attributes["orderNumber"].as_str().unwrap();
        orders
            .entry(number.to_owned())
            .or_default()
            .push(attributes);
        assert!(attributes["wifiMacAddress"].is_string());
        assert!(
            attributes
                .get("ethernetMacAddress")
                .is_none_or(Value::is_array)
        );
        assert!(
            attributes
                .as_object()
                .unwrap()
                .values()
                .all(|v| !v.is_null())
        );
    }
    assert!(by_hand > 5);
    assert!(orders.values().any(|devices| devices.len() > 2));
    for devices in orders.values() {
        let first = devices[0];
        for device in devices {
            assert_eq!(device["orderDateTime"], first["orderDateTime"]);
            assert_eq!(device["purchaseSourceType"], first["purchaseSourceType"]);
            let added = device["addedToOrgDateTime"].as_str();
            assert!(added > device["orderDateTime"].as_str());
        }
    }
}

#[tokio::test]
async fn a_device_has_coverage_and_a_lock() {
    let bench = Bench::standard().await;
    let (_, list) = bench.get("/v1/orgDevices?limit=60").await;
    let mut plans = 0;
    let mut locks = std::collections::BTreeSet::new();
    for device in list["data"].as_array().unwrap() {
        let related = &device["relationships"]["appleCareCoverage"]["links"]["related"];
        let (status, coverage) = bench.get(related.as_str().unwrap()).await;
        assert_eq!(status, 200);
        let rows = coverage["data"].as_array().unwrap();
        assert_eq!(rows[0]["attributes"]["paymentType"], "NONE");
        assert!(rows[0]["attributes"].get("agreementNumber").is_none());
        plans += rows.len() - 1;
        let own = device["links"]["self"].as_str().unwrap();
        let (status, lock) = bench.get(&format!("{own}/activationLockStatus")).await;
        assert_eq!(status, 200);
        let lock = &lock["data"]["attributes"];
        assert_eq!(lock["isLocked"], lock["lockType"] != "NONE");
        locks.insert(lock["lockType"].as_str().unwrap().to_owned());
    }
    assert!(plans > 20, "{plans}");
    assert_eq!(locks.len(), 3);
    let nobody = bench.get("/v1/orgDevices/NOSUCH/appleCareCoverage").await;
    assert_eq!((nobody.0, code(&nobody.1)), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn the_built_in_management_has_rows_that_fit_together() {
    let bench = Bench::standard().await;
    let mut ids: HashMap<&str, Vec<String>> = HashMap::new();
    for kind in [
        "apps",
        "packages",
        "configurations",
        "blueprints",
        "users",
        "userGroups",
        "orgDevices",
    ] {
        let (status, list) = bench.get(&format!("/v1/{kind}?limit=1000")).await;
        assert_eq!(status, 200, "{kind}");
        let data = list["data"].as_array().unwrap();
        let own = data[0]["links"]["self"].as_str().unwrap();
        let (status, one) = bench.get(own).await;
        assert_eq!((status, &one["data"]["id"]), (200, &data[0]["id"]));
        assert_eq!(one["data"]["type"], kind);
        let (_, page) = bench.get(&format!("/v1/{kind}?limit=1")).await;
        assert_eq!(page["data"].as_array().unwrap().len(), 1);
        assert_eq!(page["links"]["next"].is_string(), data.len() > 1, "{kind}");
        let of = |row: &Value| row["id"].as_str().unwrap().to_owned();
        ids.insert(kind, data.iter().map(of).collect());
        let (status, _) = bench.get(&format!("/v1/{kind}/nosuch")).await;
        assert_eq!(status, 404);
    }
    let (_, blueprints) = bench.get("/v1/blueprints").await;
    let mut linked = 0;
    for blueprint in blueprints["data"].as_array().unwrap() {
        for (kind, relationship) in blueprint["relationships"].as_object().unwrap() {
            let link = relationship["links"]["self"].as_str().unwrap();
            let (status, list) = bench.get(link).await;
            assert_eq!(status, 200);
            for linkage in list["data"].as_array().unwrap() {
                assert_eq!(linkage["type"], kind.as_str());
                let id = linkage["id"].as_str().unwrap().to_owned();
                assert!(ids[kind.as_str()].contains(&id), "{kind} {id}");
                linked += 1;
            }
        }
    }
    assert!(linked > 8);

    let (_, enrolled) = bench.get("/v1/mdmDevices").await;
    let enrolled = enrolled["data"].as_array().unwrap();
    assert_eq!(enrolled.len(), 4);
    for device in enrolled {
        let path = format!("{}/details", device["links"]["self"].as_str().unwrap());
        let (status, details) = bench.get(&path).await;
        assert_eq!(status, 200);
        assert_eq!(details["data"]["type"], "mdmDeviceDetails");
        assert_eq!(
            details["data"]["attributes"]["serialNumber"],
            device["attributes"]["serialNumber"]
        );
    }
    let (_, units) = bench.get("/v1/organizationalUnits").await;
    for unit in units["data"].as_array().unwrap() {
        let own = unit["links"]["self"].as_str().unwrap();
        assert_eq!(bench.get(own).await.0, 200);
        assert_eq!(
            bench.get(&format!("{own}/relationships/users")).await.0,
            200
        );
    }
    bench
        .running
        .organization(|o| o.forbid(Permission::ViewBuiltIn));
    assert_eq!(bench.get("/v1/blueprints").await.0, 403);
    assert_eq!(bench.get("/v1/apps").await.0, 200);
}

#[tokio::test]
async fn what_is_not_emulated_is_501_and_says_so() {
    let bench = Bench::standard().await;
    for (method, path) in [
        ("POST", "/v1/blueprints"),
        ("PATCH", "/v1/configurations/1"),
        ("DELETE", "/v1/blueprints/1"),
        ("POST", "/v1/blueprints/1/relationships/apps"),
        ("GET", "/v1/nothing"),
        ("GET", "/v1/users/1/relationships/groups"),
        ("GET", "/v1/mdmDevices/1/nothing"),
        ("GET", "/v2/users"),
        ("GET", "/"),
    ] {
        let answer = bench.send(method, path, None).await.unwrap();
        let (status, answer) = document(answer).await;
        assert_eq!(
            (status, code(&answer)),
            (501, "SANDBOX.NOT_EMULATED"),
            "{method} {path}"
        );
        let title = answer["errors"][0]["title"].as_str().unwrap();
        assert!(title.contains("sandbox does not emulate"), "{title}");
    }
}

#[tokio::test]
async fn a_refusal_names_what_was_asked_for_and_what_there_is() {
    let bench = Bench::standard().await;
    let group = bench.id("prod");
    for (method, path, text) in [
        (
            "POST",
            "/v1/users".to_owned(),
            "The resource 'users' does not allow 'CREATE'. \
             Allowed operations are: GET_COLLECTION, GET_INSTANCE",
        ),
        (
            "DELETE",
            "/v1/orgDevices/1".to_owned(),
            "The resource 'orgDevices' does not allow 'DELETE'. \
             Allowed operations are: GET_COLLECTION, GET_INSTANCE",
        ),
        (
            "GET",
            "/v1/orgDeviceActivities".to_owned(),
            "The resource 'orgDeviceActivities' does not allow 'GET_COLLECTION'. \
             Allowed operations are: CREATE, GET_INSTANCE",
        ),
        (
            "GET",
            format!("/v1/mdmServers/{group}/devices"),
            "The relationship 'devices' does not allow 'GET_RELATED'. \
             Allowed operations are: GET_RELATIONSHIP",
        ),
        (
            "PATCH",
            "/v1/blueprints/1/relationships/apps".to_owned(),
            "The relationship 'apps' does not allow 'REPLACE_RELATIONSHIP'. Allowed operations are: \
             GET_RELATIONSHIP, ADD_TO_RELATIONSHIP, REMOVE_FROM_RELATIONSHIP",
        ),
    ] {
        let answer = bench.send(method, &path, None).await.unwrap();
        let (status, answer) = document(answer).await;
        assert_eq!((status, code(&answer)), (403, "FORBIDDEN_ERROR"), "{path}");
        assert_eq!(answer["errors"][0]["detail"], text);
    }
}

#[tokio::test]
async fn json_has_to_be_acceptable() {
    let bench = Bench::standard().await;
    for (accept, status) in [
        (Some("application/json"), 200),
        (Some("application/json;charset=UTF-8"), 200),
        (Some("text/html, application/*;q=0.8"), 200),
        (Some("*/*"), 200),
        (Some(""), 200),
        (None, 200),
        (Some("text/csv"), 406),
        (Some("application/xml, text/*"), 406),
        (Some("application/json;q=0"), 406),
        (Some("application/vnd.api+json"), 406),
    ] {
        let mut request = bench
            .http
            .get(format!("{}/v1/mdmServers", bench.running.origin()))
            .bearer_auth(&bench.bearer);
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{accept:?}");
    }
}
