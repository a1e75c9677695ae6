//! Device management services, and the rules of their defaults.

use super::*;

fn families(document: &Value) -> &Value {
    &document["data"]["attributes"]["defaultProductFamilies"]
}

#[tokio::test]
async fn only_the_single_get_carries_the_defaults() {
    let bench = Bench::standard().await;
    let (status, list) = bench
        .get("/v1/mdmServers?fields[mdmServers]=serverName,defaultProductFamilies&limit=1000")
        .await;
    assert_eq!(status, 200);
    assert_eq!(list["data"].as_array().unwrap().len(), 4);
    assert_eq!(
        list["data"][0]["attributes"],
        json!({"serverName": "Jamf Pro Production"})
    );
    let id = bench.id("Intune");
    assert_eq!(id.len(), 32);
    let (_, one) = bench
        .get(&format!(
            "/v1/mdmServers/{id}?fields%5BmdmServers%5D=defaultProductFamilies"
        ))
        .await;
    assert_eq!(
        one["data"]["attributes"],
        json!({"defaultProductFamilies": ["IPAD", "IPHONE", "VISION"]})
    );
    bench
        .running
        .organization(|o| o.behaviour.lists_carry_defaults = true);
    let (_, list) = bench
        .get("/v1/mdmServers?fields[mdmServers]=defaultProductFamilies")
        .await;
    assert_eq!(
        list["data"][0]["attributes"]["defaultProductFamilies"],
        json!(["MAC"])
    );
    let (status, wrong) = bench.get("/v1/mdmServers?fields[mdmServers]=name").await;
    assert_eq!((status, code(&wrong)), (400, "PARAMETER_ERROR.INVALID"));
    assert_eq!(bench.get("/v1/mdmServers/0").await.0, 404);
}

#[tokio::test]
async fn a_family_moves_by_taking_and_giving_only() {
    let bench = Bench::standard().await;
    let give = json!({"defaultProductFamilies": ["MAC", "VISION"]});
    let (status, answer) = bench.patch("prod", give.clone()).await;
    assert_eq!(
        (status, code(&answer)),
        (409, "ENTITY_ERROR.ATTRIBUTE.INVALID")
    );
    assert!(bench.why().contains("the default of 'Intune'"));

    let take = json!({"defaultProductFamilies": ["IPHONE", "IPAD"]});
    let (status, answer) = bench.patch("intune", take).await;
    assert_eq!(
        (status, families(&answer)),
        (200, &json!(["IPAD", "IPHONE"]))
    );
    let (status, answer) = bench.patch("prod", give).await;
    assert_eq!(
        (status, families(&answer)),
        (200, &json!(["MAC", "VISION"]))
    );
    let holder = bench
        .running
        .organization(|o| o.holder(ProductFamily::Vision).map(|s| s.name.clone()));
    assert_eq!(holder.as_deref(), Some("Jamf Pro Production"));
}

#[tokio::test]
async fn the_list_replaces_and_the_other_attributes_stay() {
    let bench = Bench::standard().await;
    bench.clock.advance(60);
    let (_, answer) = bench
        .patch("prod", json!({"defaultProductFamilies": ["WATCH"]}))
        .await;
    let attributes = &answer["data"]["attributes"];
    assert_eq!(attributes["defaultProductFamilies"], json!(["WATCH"]));
    assert_eq!(attributes["serverName"], "Jamf Pro Production");
    assert_eq!(attributes["enableMdmDisownFlag"], true);
    assert_eq!(attributes["updatedDateTime"], "2026-11-22T09:15:00.000Z");
    let (_, answer) = bench.patch("prod", json!({"serverName": "Jamf"})).await;
    assert_eq!(families(&answer), &json!(["WATCH"]));
    assert_eq!(answer["data"]["attributes"]["serverName"], "Jamf");
}

#[tokio::test]
async fn clearing_has_its_traps() {
    let bench = Bench::standard().await;
    let cleared = json!({"defaultProductFamilies": []});
    assert_eq!(bench.patch("prod", cleared.clone()).await.0, 200);
    assert_eq!(bench.patch("prod", cleared).await.0, 400);
    assert_eq!(bench.patch("prod", json!({})).await.0, 400);
    let null = json!({"defaultProductFamilies": null});
    assert_eq!(bench.patch("intune", null).await.0, 500);
    let unknown = json!({"defaultProductFamilies": ["iPhone"]});
    assert_eq!(bench.patch("intune", unknown).await.0, 400);
    // What is refused changes nothing, not even the part that was good.
    let half = json!({"serverName": "New", "defaultProductFamilies": null});
    assert_eq!(bench.patch("intune", half).await.0, 500);
    let (name, count) = bench.running.organization(|o| {
        let server = o.server("intune").unwrap();
        (server.name.clone(), server.default_families.len())
    });
    assert_eq!((name.as_str(), count), ("Intune", 3));
}

#[tokio::test]
async fn no_families_are_a_list_absent_or_null() {
    let bench = Bench::standard().await;
    let path = format!("/v1/mdmServers/{}", bench.id("Jamf Pro Test"));
    let rows = "/v1/mdmServers?fields[mdmServers]=defaultProductFamilies";
    for (empty, shown) in [
        (EmptyDefaults::List, Some(json!([]))),
        (EmptyDefaults::Absent, None),
        (EmptyDefaults::Null, Some(Value::Null)),
    ] {
        bench.running.organization(|o| {
            o.behaviour.empty_defaults = empty;
            o.behaviour.lists_carry_defaults = true;
        });
        let (_, one) = bench.get(&path).await;
        let given = json!({"defaultProductFamilies": ["WATCH"]});
        let (_, full) = bench.patch("Jamf Pro Test", given.clone()).await;
        assert_eq!(families(&full), &json!(["WATCH"]));
        let cleared = json!({"defaultProductFamilies": []});
        let (status, patched) = bench.patch("Jamf Pro Test", cleared).await;
        assert_eq!(status, 200);
        let (_, list) = bench.get(rows).await;
        for attributes in [
            &one["data"]["attributes"],
            &patched["data"]["attributes"],
            &list["data"][2]["attributes"],
        ] {
            assert_eq!(attributes.get("defaultProductFamilies"), shown.as_ref());
        }
        assert_eq!(
            list["data"][0]["attributes"],
            json!({"defaultProductFamilies": ["MAC"]})
        );
        bench
            .running
            .organization(|o| o.behaviour.lists_carry_defaults = false);
        let (_, list) = bench.get(rows).await;
        assert_eq!(list["data"][2]["attributes"], json!({}), "{empty:?}");
    }
}

#[tokio::test]
async fn writing_needs_business_and_the_permission() {
    let bench = Bench::standard().await;
    bench
        .running
        .organization(|o| o.forbid(Permission::ManageDefaults));
    let wanted = json!({"defaultProductFamilies": ["WATCH"]});
    let (status, answer) = bench.patch("prod", wanted.clone()).await;
    assert_eq!((status, code(&answer)), (403, "FORBIDDEN_ERROR"));
    // Another attribute needs another permission.
    assert_eq!(bench.patch("prod", json!({"serverName": "A"})).await.0, 200);
    bench
        .running
        .organization(|o| o.forbid(Permission::ViewServers));
    assert_eq!(bench.get("/v1/mdmServers").await.0, 403);

    let school = Bench::new(Options {
        kind: OrganizationKind::School,
        ..Options::default()
    })
    .await;
    assert_eq!(school.patch("prod", wanted).await.0, 403);
    let (status, one) = school
        .get(&format!("/v1/mdmServers/{}", school.id("prod")))
        .await;
    assert_eq!((status, families(&one)), (200, &json!(["MAC"])));
}

#[tokio::test]
async fn a_colleague_moves_a_family_meanwhile() {
    let bench = Bench::standard().await;
    let now = bench.clock.now();
    bench
        .running
        .organization(|o| o.move_family(ProductFamily::Mac, Some("Jamf Pro Test"), now));
    let (_, one) = bench
        .get(&format!("/v1/mdmServers/{}", bench.id("Jamf Pro Test")))
        .await;
    assert_eq!(families(&one), &json!(["MAC"]));
    let again = json!({"defaultProductFamilies": ["MAC"]});
    assert_eq!(bench.patch("prod", again).await.0, 409);
}

#[tokio::test]
async fn a_server_is_made_and_deleted() {
    let bench = Bench::standard().await;
    let pem = portal::key_pair().1;
    let data = base64::engine::general_purpose::STANDARD.encode(pem);
    let create = async |attributes: Value| {
        let body = json!({"data": {"type": "mdmServers", "attributes": attributes}});
        document(
            bench
                .send("POST", "/v1/mdmServers", Some(&body))
                .await
                .unwrap(),
        )
        .await
    };
    let certificate = json!({"name": "a.pem", "data": data});
    let (status, made) = create(json!({
        "serverName": "New", "serverCertificate": certificate, "enableMdmDisownFlag": true,
    }))
    .await;
    assert_eq!(status, 201, "{made}");
    // The answer says false; a GET says what is.
    assert_eq!(made["data"]["attributes"]["enableMdmDisownFlag"], false);
    let id = made["data"]["id"].as_str().unwrap();
    let path = format!("/v1/mdmServers/{id}");
    let (_, one) = bench.get(&path).await;
    assert_eq!(one["data"]["attributes"]["enableMdmDisownFlag"], true);
    let ec = json!({"name": "a.pem", "data": "MAUGAyqGSA=="});
    let taken = create(json!({"serverName": "new", "serverCertificate": certificate})).await;
    assert_eq!(taken.0, 409);
    assert_eq!(
        create(json!({"serverName": "B", "serverCertificate": ec}))
            .await
            .0,
        400
    );
    let with_default = json!({"serverName": "C", "defaultProductFamilies": ["WATCH"]});
    assert_eq!(create(with_default).await.0, 400);

    let delete = async |path: &str| document(bench.send("DELETE", path, None).await.unwrap()).await;
    assert_eq!(delete(&path).await.0, 204);
    assert_eq!(delete(&path).await.0, 404);
    let prod = format!("/v1/mdmServers/{}", bench.id("prod"));
    let (status, answer) = delete(&prod).await;
    assert_eq!((status, code(&answer)), (409, "FAILED_PRECONDITION"));
    bench.running.organization(|o| {
        o.server_mut("prod").unwrap().default_families.clear();
    });
    assert_eq!(delete(&prod).await.0, 409);
    assert_eq!(bench.why(), "It has devices.");
    let own = format!("/v1/mdmServers/{}", bench.id("Built-in Device Management"));
    assert_eq!(delete(&own).await.0, 403);
    // Without devices it goes, and its server token with it.
    let id = bench.id("prod");
    bench.running.organization(|o| {
        for device in &mut o.devices {
            device.server_id.take_if(|server| *server == id);
        }
    });
    assert_eq!(delete(&prod).await.0, 204);
    assert_eq!(bench.get(&prod).await.0, 404);
    let (_, list) = bench.get("/v1/mdmServers").await;
    assert_eq!(list["meta"]["paging"]["total"], 3);
    let tokens = bench.running.organization(|o| o.server_tokens.len());
    assert_eq!(tokens, 1);
    let body = json!({"data": {
        "type": "orgDeviceActivities",
        "attributes": {"activityType": "ASSIGN_DEVICES"},
        "relationships": {
            "mdmServer": {"data": {"type": "mdmServers", "id": id}},
            "devices": {"data": [{"type": "orgDevices", "id": "A"}]},
        },
    }});
    let refused = bench.send("POST", "/v1/orgDeviceActivities", Some(&body));
    assert_eq!(refused.await.unwrap().status(), 409);
}

#[tokio::test]
async fn a_server_has_a_name_of_its_own_and_an_rsa_certificate() {
    let bench = Bench::standard().await;
    for name in ["Unassigned", "reassigned", "INTUNE", "", "  "] {
        let (status, answer) = bench.patch("prod", json!({"serverName": name})).await;
        assert!(matches!(status, 400 | 409), "{name}: {answer}");
    }
    let (status, answer) = bench.patch("prod", json!({"serverName": "Jamf Pro"})).await;
    assert_eq!(status, 200);
    assert_eq!(answer["data"]["attributes"]["serverName"], "Jamf Pro");
    // Its own name in other letters.
    let same = bench.patch("prod", json!({"serverName": "JAMF PRO"})).await;
    assert_eq!(same.0, 200);
    let key = rcgen::KeyPair::generate().unwrap();
    let ec = rcgen::CertificateParams::default()
        .self_signed(&key)
        .unwrap();
    let data = base64::engine::general_purpose::STANDARD.encode(ec.der());
    let ec = json!({"serverCertificate": {"name": "ec.pem", "data": data}});
    let (status, answer) = bench.patch("prod", ec).await;
    assert_eq!((status, code(&answer)), (400, "PARAMETER_ERROR.INVALID"));
    // A new certificate ends the server token; a server that is deleted can't be changed.
    let pem = portal::key_pair().1;
    let data = base64::engine::general_purpose::STANDARD.encode(pem);
    let rsa = json!({"serverCertificate": {"name": "rsa.pem", "data": data}});
    let before = bench.running.organization(|o| o.server_tokens[0].clone());
    assert_eq!(bench.patch("prod", rsa.clone()).await.0, 200);
    let after = bench.running.organization(|o| o.server_tokens[0].clone());
    assert_ne!(before, after);
    bench.running.organization(|o| {
        o.servers[0].status = Some(organization::ServerStatus::Deleted);
    });
    assert_eq!(bench.patch("prod", rsa).await.0, 404);
    let path = format!("/v1/mdmServers/{}", bench.id("prod"));
    let deleted = bench.send("DELETE", &path, None).await.unwrap();
    assert_eq!(deleted.status(), 404);
}
