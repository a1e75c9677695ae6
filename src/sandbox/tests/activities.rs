//! What is asked for devices: assign, migrate, release, and the file of results.

use super::*;

impl Bench {
    /// The serial numbers of the devices that `is` holds for.
    pub(super) fn serials(&self, is: impl Fn(&organization::Device) -> bool) -> Vec<String> {
        self.running.organization(|o| {
            let devices = o.devices.iter();
            devices
                .filter(|device| is(device))
                .map(|device| device.serial_number.clone())
                .collect()
        })
    }

    /// Asks for something for devices.
    pub(super) async fn ask(
        &self,
        kind: &str,
        server: Option<&str>,
        serials: &[String],
        deadline: Option<&str>,
    ) -> (u16, Value) {
        let devices: Vec<Value> = serials
            .iter()
            .map(|serial| json!({"type": "orgDevices", "id": serial}))
            .collect();
        let mut body = json!({"data": {
            "type": "orgDeviceActivities",
            "attributes": {"activityType": kind},
            "relationships": {"devices": {"data": devices}},
        }});
        if let Some(server) = server {
            body["data"]["relationships"]["mdmServer"] =
                json!({"data": {"type": "mdmServers", "id": server}});
        }
        if let Some(deadline) = deadline {
            body["data"]["attributes"]["activityTypeMetadata"] =
                json!({"mdmMigrationDeadlineDateTime": deadline});
        }
        let answer = self.send("POST", "/v1/orgDeviceActivities", Some(&body));
        document(answer.await.unwrap()).await
    }

    /// The attributes of an activity after it was done.
    pub(super) async fn done(&self, made: &(u16, Value)) -> Value {
        assert_eq!(made.0, 201, "{}", made.1);
        self.clock.advance(3);
        let path = made.1["data"]["links"]["self"].as_str().unwrap();
        self.get(path).await.1["data"]["attributes"].clone()
    }

    pub(super) async fn device(&self, serial: &str) -> (u16, Value) {
        let (status, answer) = self.get(&format!("/v1/orgDevices/{serial}")).await;
        (status, answer["data"]["attributes"].clone())
    }
}

#[tokio::test]
async fn an_activity_is_done_after_a_while() {
    let bench = Bench::standard().await;
    let (prod, test) = (bench.id("prod"), bench.id("Jamf Pro Test"));
    let serials = bench.serials(|device| device.server_id.is_none())[..2].to_vec();
    let made = bench
        .ask("ASSIGN_DEVICES", Some(&prod), &serials, None)
        .await;
    assert_eq!(made.1["data"]["attributes"]["subStatus"], "SUBMITTED");
    let path = made.1["data"]["links"]["self"].as_str().unwrap();
    bench.clock.advance(1);
    let (_, early) = bench.get(path).await;
    assert_eq!(early["data"]["attributes"]["status"], "IN_PROGRESS");
    assert_eq!(early["data"]["attributes"]["subStatus"], "PROCESSING");
    assert!(early["data"]["attributes"]["downloadUrl"].is_null());
    let attributes = bench.done(&made).await;
    assert_eq!(attributes["status"], "COMPLETED");
    assert_eq!(attributes["subStatus"], "COMPLETED_WITH_SUCCESS");
    let linkage = format!("/v1/orgDevices/{}/relationships/assignedServer", serials[0]);
    assert_eq!(bench.get(&linkage).await.1["data"]["id"], prod.as_str());

    let again = bench.ask("ASSIGN_DEVICES", Some(&prod), &serials[..1], None);
    let again = bench.done(&again.await).await;
    assert_eq!(again["subStatus"], "COMPLETED_WITH_ERROR");
    let refused = bench.ask("ASSIGN_DEVICES", Some("0"), &serials, None);
    assert_eq!(refused.await.0, 409);
    let taken = bench.ask("UNASSIGN_DEVICES", Some(&prod), &serials[..1], None);
    bench.done(&taken.await).await;
    assert_eq!(bench.get(&linkage).await.0, 404);
    for (way, data) in [
        (Unassigned::EmptyId, json!({"type": "mdmServers", "id": ""})),
        (Unassigned::Null, Value::Null),
    ] {
        bench.running.organization(|o| o.behaviour.unassigned = way);
        let (status, answer) = bench.get(&linkage).await;
        assert_eq!((status, &answer["data"]), (200, &data));
    }
    let linkages = format!("/v1/mdmServers/{test}/relationships/devices");
    assert_eq!(bench.get(&linkages).await.0, 200);
}

#[tokio::test]
async fn the_file_of_results_is_presigned() {
    let bench = Bench::standard().await;
    let prod = bench.id("prod");
    let serials = bench.serials(|device| device.server_id.is_none())[..1].to_vec();
    let made = bench
        .ask("ASSIGN_DEVICES", Some(&prod), &serials, None)
        .await;
    let done = bench.done(&made).await;
    let url: url::Url = done["downloadUrl"].as_str().unwrap().parse().unwrap();
    let disposition = url
        .query_pairs()
        .find(|(name, _)| name == "response-content-disposition")
        .unwrap()
        .1
        .into_owned();
    assert!(
        disposition.starts_with("attachment;filename=\""),
        "{disposition}"
    );
    let fetch = async |url: &str| bench.http.get(url).send().await.unwrap();
    let csv = fetch(url.as_str()).await;
    assert_eq!(csv.headers()["content-disposition"], disposition.as_str());
    let csv = csv.text().await.unwrap();
    let rows = csv.split_once("serial_number,operation_status,operation_substatus\n");
    let (preamble, rows) = rows.unwrap();
    assert!(preamble.lines().count() > 1, "{csv}");
    assert_eq!(rows, format!("{},SUCCESS,SUCCESS\n", serials[0]));

    assert_eq!(bench.get(url.as_str()).await.0, 400, "a token beside it");
    let without = url.as_str().split('?').next().unwrap();
    assert_eq!(fetch(without).await.status(), 403);
    let tampered = url.as_str().replace("Expires=", "Expires=9");
    assert_eq!(fetch(&tampered).await.status(), 403);
    bench.clock.advance(3601);
    assert_eq!(fetch(url.as_str()).await.status(), 403, "it has expired");
}

#[tokio::test]
async fn a_migration_is_under_way_moved_cancelled_and_begun() {
    let bench = Bench::standard().await;
    let migrating = bench.serials(|device| device.migration.is_some());
    assert_eq!(migrating.len(), 2);
    let (_, before) = bench.device(&migrating[0]).await;
    assert_eq!(before["mdmMigrationStatus"], "STARTED");
    assert_eq!(before["isMdmMigrationCapable"], true);
    // In the past: it is forced.
    let past = Some("2026-11-01T00:00:00Z");
    let kind = "UPDATE_MDM_MIGRATION_DEADLINE";
    let made = bench.ask(kind, None, &migrating[..1], past).await;
    let done = bench.done(&made).await;
    assert_eq!(done["subStatus"], "COMPLETED_WITH_SUCCESS");
    let (_, after) = bench.device(&migrating[0]).await;
    assert_eq!(
        after["mdmMigrationDeadlineDateTime"],
        "2026-11-01T00:00:00.000Z"
    );
    let made = bench
        .ask("CANCEL_MDM_MIGRATION", None, &migrating, None)
        .await;
    bench.done(&made).await;
    let (_, after) = bench.device(&migrating[0]).await;
    assert!(after.get("mdmMigrationStatus").is_none());
    // There is nothing to cancel any more.
    let made = bench
        .ask("CANCEL_MDM_MIGRATION", None, &migrating, None)
        .await;
    assert_eq!(bench.done(&made).await["subStatus"], "COMPLETED_WITH_ERROR");

    let test = bench.id("Jamf Pro Test");
    let kind = "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE";
    let soon = Some("2026-12-24T17:00:00.000Z");
    let made = bench.ask(kind, Some(&test), &migrating[..1], soon).await;
    bench.done(&made).await;
    let (_, after) = bench.device(&migrating[0]).await;
    assert_eq!(after["mdmMigrationStatus"], "REQUESTED");
    for (kind, server, deadline) in [
        (kind, Some(test.as_str()), None),
        (kind, Some(&test), past),
        (kind, Some(&test), Some("2027-02-21T00:00:00Z")),
        (kind, Some(&test), Some("soon")),
        (kind, None, soon),
        ("UPDATE_MDM_MIGRATION_DEADLINE", None, None),
        ("UPDATE_MDM_MIGRATION_DEADLINE", Some(&test), soon),
        ("CANCEL_MDM_MIGRATION", None, soon),
        ("RELEASE_DEVICES", Some(&test), None),
    ] {
        let refused = bench.ask(kind, server, &migrating[..1], deadline).await;
        assert_eq!(refused.0, 409, "{kind} {server:?} {deadline:?}");
    }
}

#[tokio::test]
async fn a_released_device_can_only_be_asked_for_by_itself() {
    let bench = Bench::standard().await;
    let old = bench.running.organization(|o| o.released.clone());
    let (status, shown) = bench.device(&old[0].serial_number).await;
    assert_eq!(status, 200);
    assert!(shown["releasedFromOrgDateTime"].is_string());
    let leaving = bench.serials(|_| true)[..1].to_vec();
    let (_, before) = bench.device(&leaving[0]).await;
    assert_eq!(before.get("releasedFromOrgDateTime"), Some(&Value::Null));
    let made = bench.ask("RELEASE_DEVICES", None, &leaving, None).await;
    bench.done(&made).await;
    let (_, after) = bench.device(&leaving[0]).await;
    assert_eq!(after["releasedFromOrgDateTime"], "2026-11-22T09:14:03.000Z");
    assert_eq!(after["status"], "UNASSIGNED");
    let (_, list) = bench.get("/v1/orgDevices?limit=1000").await;
    let list = list["data"].as_array().unwrap();
    assert_eq!(list.len(), 249);
    for gone in [&leaving[0], &old[0].serial_number] {
        assert!(list.iter().all(|device| device["id"] != gone.as_str()));
    }
    assert!(list.iter().all(|device| {
        device["attributes"]
            .get("releasedFromOrgDateTime")
            .is_none()
    }));
    // It is out of reach, and the log has it.
    let again = bench.ask("RELEASE_DEVICES", None, &leaving, None).await;
    assert_eq!(
        bench.done(&again).await["subStatus"],
        "COMPLETED_WITH_ERROR"
    );
    let window = (bench.before(1), bench.clock.now());
    let log = bench.events(window.0, window.1, "&filter[type]=DEVICE_REMOVED_FROM_ORG");
    let log = log.await;
    assert_eq!(log[0]["attributes"]["subjectId"], leaving[0].as_str());
    assert_eq!(log[0]["attributes"]["actorType"], "API_USER");
    assert_eq!(
        log[0]["attributes"]["eventDataDeviceRemovedFromOrg"],
        json!({"serialNumber": leaving[0], "releaseEntityType": "API"})
    );
}

#[tokio::test]
async fn a_school_migrates_and_does_not_release() {
    let bench = Bench::new(Options {
        kind: OrganizationKind::School,
        ..Options::default()
    })
    .await;
    let serials = bench.serials(|device| device.migration.is_some());
    let made = bench
        .ask("CANCEL_MDM_MIGRATION", None, &serials, None)
        .await;
    assert_eq!(made.0, 201);
    let refused = bench.ask("RELEASE_DEVICES", None, &serials, None).await;
    assert_eq!(refused.0, 400);
}
