//! Activities that are slow, late, partial or stopped, and requests for them without an answer.

use super::*;

const ASSIGN: &str = "ASSIGN_DEVICES";

async fn with(how: &str) -> Bench {
    Bench::new(Options {
        behaviour: Behaviour {
            activities: how.parse().unwrap(),
            ..Behaviour::default()
        },
        ..Options::default()
    })
    .await
}

impl Bench {
    /// Unassigned devices.
    fn free(&self, count: usize) -> Vec<String> {
        self.serials(|device| device.server_id.is_none())[..count].to_vec()
    }

    /// Whether the list, the device, its linkage and the server's linkages say that it is on `server`: all of them, or none.
    async fn shows(&self, serial: &str, server: &str) -> bool {
        let (_, list) = self.get("/v1/orgDevices?limit=1000").await;
        let rows = list["data"].as_array().unwrap();
        let row = rows.iter().find(|device| device["id"] == serial).unwrap();
        let (_, one) = self.device(serial).await;
        let path = format!("/v1/orgDevices/{serial}/relationships/assignedServer");
        let (_, linkage) = self.get(&path).await;
        let path = format!("/v1/mdmServers/{server}/relationships/devices?limit=1000");
        let (_, linkages) = self.get(&path).await;
        let linkages = linkages["data"].as_array().unwrap();
        let path = format!("/v1/mdmServers/{server}");
        let (_, counted) = self.get(&path).await;
        assert_eq!(
            counted["data"]["attributes"]["deviceCount"],
            linkages.len(),
            "the count is that of the linkages"
        );
        let said = [
            row["attributes"]["status"] == "ASSIGNED",
            one["status"] == "ASSIGNED",
            linkage["data"]["id"] == server,
            linkages.iter().any(|device| device["id"] == serial),
        ];
        assert!(said == [true; 4] || said == [false; 4], "{said:?}");
        said[0]
    }

    /// The rows of an activity's log, without its preamble.
    async fn log(&self, attributes: &Value) -> Vec<String> {
        let url = attributes["downloadUrl"].as_str().unwrap();
        let text = self.http.get(url).send().await.unwrap().text().await;
        let text = text.unwrap();
        let rows = text.split_once("serial_number,operation_status,operation_substatus\n");
        rows.unwrap().1.lines().map(str::to_owned).collect()
    }

    /// How many activities were accepted.
    fn accepted(&self) -> usize {
        self.running.organization(|o| o.activities.len())
    }
}

#[tokio::test]
async fn a_slow_activity_ends_late_and_a_late_one_shows_later() {
    let bench = with("slow=30s,late=20s").await;
    let prod = bench.id("prod");
    let serials = bench.free(2);
    let made = bench.ask(ASSIGN, Some(&prod), &serials, None).await;
    let early = bench.done(&made).await;
    assert_eq!(early["status"], "IN_PROGRESS");
    bench.clock.advance(27);
    let path = made.1["data"]["links"]["self"].as_str().unwrap();
    let (_, ended) = bench.get(path).await;
    let ended = &ended["data"]["attributes"];
    assert_eq!(ended["subStatus"], "COMPLETED_WITH_SUCCESS");
    assert_eq!(ended["completedDateTime"], "2026-11-22T09:14:30.000Z");
    assert!(!bench.shows(&serials[0], &prod).await);
    // The services know it though: asked for again, it is there already.
    bench
        .running
        .organization(|o| o.behaviour.activities = "slow=1s".parse().unwrap());
    let again = bench.ask(ASSIGN, Some(&prod), &serials[..1], None).await;
    let again = bench.done(&again).await;
    assert_eq!(again["subStatus"], "COMPLETED_WITH_ERROR");
    let row = format!("{},FAILURE,ALREADY_ASSIGNED", serials[0]);
    assert_eq!(bench.log(&again).await, [row]);
    // What is done meanwhile is shown afterwards.
    let taken = bench.ask("UNASSIGN_DEVICES", Some(&prod), &serials[1..], None);
    bench.done(&taken.await).await;
    bench.clock.advance(13);
    assert!(!bench.shows(&serials[0], &prod).await);
    bench.clock.advance(1);
    assert!(bench.shows(&serials[0], &prod).await);
    assert!(!bench.shows(&serials[1], &prod).await);
    assert_eq!(bench.running.organization(|o| o.unseen.len()), 0);
}

#[tokio::test]
async fn a_server_that_gets_devices_is_not_deleted() {
    let bench = with("late=60s").await;
    let test = bench.id("Jamf Pro Test");
    bench.running.organization(|o| {
        for device in &mut o.devices {
            if device.server_id.as_ref() == Some(&test) {
                device.server_id = None;
            }
        }
    });
    let made = bench.ask(ASSIGN, Some(&test), &bench.free(1), None).await;
    bench.done(&made).await;
    assert_eq!(bench.running.organization(|o| o.device_count(&test)), 0);
    let path = format!("/v1/mdmServers/{test}");
    let refused = bench.send("DELETE", &path, None).await.unwrap();
    assert_eq!(refused.status(), 409);
}

#[tokio::test]
async fn a_late_release_is_shown_later() {
    let bench = with("late=20s").await;
    let leaving = bench.free(1);
    let made = bench.ask("RELEASE_DEVICES", None, &leaving, None).await;
    bench.done(&made).await;
    let (_, shown) = bench.device(&leaving[0]).await;
    assert_eq!(shown["releasedFromOrgDateTime"], Value::Null);
    let again = bench.ask("RELEASE_DEVICES", None, &leaving, None).await;
    let again = bench.done(&again).await;
    let row = format!("{},FAILURE,DEVICE_NOT_FOUND", leaving[0]);
    assert_eq!(bench.log(&again).await, [row]);
    bench.clock.advance(17);
    let (_, shown) = bench.device(&leaving[0]).await;
    assert_eq!(shown["releasedFromOrgDateTime"], "2026-11-22T09:14:03.000Z");
    let (_, list) = bench.get("/v1/orgDevices?limit=1").await;
    assert_eq!(list["meta"]["paging"]["total"], 249);
}

#[tokio::test]
async fn a_part_of_the_devices_fails_and_is_not_changed() {
    let bench = Bench::standard().await;
    let prod = bench.id("prod");
    let serials = bench.free(3);
    let mut some = Activities::default();
    some.fail.insert(serials[1].clone());
    bench
        .running
        .organization(|o| o.behaviour.activities = some);
    let made = bench.ask(ASSIGN, Some(&prod), &serials, None).await;
    let done = bench.done(&made).await;
    assert_eq!(done["status"], "COMPLETED");
    assert_eq!(done["subStatus"], "COMPLETED_WITH_FAILURE");
    let mut expected: Vec<String> = [
        (0, "SUCCESS,SUCCESS"),
        (1, "FAILURE,UNEXPECTED_ERROR"),
        (2, "SUCCESS,SUCCESS"),
    ]
    .map(|(n, words)| format!("{},{words}", serials[n]))
    .into();
    expected.sort();
    assert_eq!(bench.log(&done).await, expected);
    for (n, assigned) in [(0, true), (1, false), (2, true)] {
        assert_eq!(bench.shows(&serials[n], &prod).await, assigned);
    }
    // All of them.
    bench
        .running
        .organization(|o| o.behaviour.activities = "fail=100%".parse().unwrap());
    let rest = bench.free(2);
    let made = bench.ask(ASSIGN, Some(&prod), &rest, None).await;
    let done = bench.done(&made).await;
    assert_eq!(done["subStatus"], "COMPLETED_WITH_ERROR");
    assert!(!bench.shows(&rest[0], &prod).await);
}

#[tokio::test]
async fn an_activity_that_does_not_complete_has_no_log() {
    let bench = with("end=stoppedx1").await;
    let prod = bench.id("prod");
    let mut serials = bench.free(4);
    serials.sort();
    let made = bench.ask(ASSIGN, Some(&prod), &serials, None).await;
    let done = bench.done(&made).await;
    assert_eq!(done["status"], "STOPPED");
    for absent in ["completedDateTime", "downloadUrl"] {
        assert!(done.get(absent).is_none(), "{absent}");
    }
    for (serial, assigned) in serials.iter().zip([true, true, false, false]) {
        assert_eq!(bench.shows(serial, &prod).await, assigned);
    }
    // Once.
    let made = bench.ask(ASSIGN, Some(&prod), &serials[2..], None).await;
    let done = bench.done(&made).await;
    assert_eq!(done["subStatus"], "COMPLETED_WITH_SUCCESS");

    for (how, status, substatus, changed) in [
        ("end=failed", "FAILED", "PROCESSING", false),
        (
            "end=post-processing-failed",
            "COMPLETED",
            "COMPLETED_POST_PROCESSING_FAILED",
            true,
        ),
    ] {
        bench
            .running
            .organization(|o| o.behaviour.activities = how.parse().unwrap());
        let serial = bench.free(1);
        let made = bench.ask(ASSIGN, Some(&prod), &serial, None).await;
        let done = bench.done(&made).await;
        assert_eq!(
            (&done["status"], &done["subStatus"]),
            (&json!(status), &json!(substatus))
        );
        assert_eq!(done.get("downloadUrl").is_some(), changed);
        assert_eq!(bench.shows(&serial[0], &prod).await, changed);
    }
}

#[tokio::test]
async fn an_unknown_serial_number_is_a_row_or_refused() {
    let bench = Bench::standard().await;
    let prod = bench.id("prod");
    let known = bench.free(1)[0].clone();
    let serials = [known.clone(), "NOSUCH".to_owned()];
    let made = bench.ask(ASSIGN, Some(&prod), &serials, None).await;
    let done = bench.done(&made).await;
    assert_eq!(done["subStatus"], "COMPLETED_WITH_FAILURE");
    let log = bench.log(&done).await;
    assert!(
        log.contains(&"NOSUCH,FAILURE,DEVICE_NOT_FOUND".to_owned()),
        "{log:?}"
    );
    assert!(bench.shows(&known, &prod).await);
    let made = bench.ask(ASSIGN, Some(&prod), &serials[1..], None).await;
    assert_eq!(bench.done(&made).await["status"], "COMPLETED");

    bench
        .running
        .organization(|o| o.behaviour.activities.refuse_unknown = true);
    let next = [bench.free(1)[0].clone(), "NOSUCH".to_owned()];
    let (status, refused) = bench.ask(ASSIGN, Some(&prod), &next, None).await;
    assert_eq!(
        (status, code(&refused)),
        (409, "ENTITY_ERROR.ATTRIBUTE.INVALID")
    );
    bench.clock.advance(60);
    assert!(!bench.shows(&next[0], &prod).await);
}

#[tokio::test]
async fn a_canceled_migration_leads_back_to_the_service_before() {
    let bench = Bench::standard().await;
    let (prod, test) = (bench.id("prod"), bench.id("Jamf Pro Test"));
    let on_prod = |device: &organization::Device| device.server_id.as_ref() == Some(&prod);
    let able = bench.serials(|d| on_prod(d) && d.model().migrates && d.migration.is_none());
    let old = bench.serials(|d| on_prod(d) && !d.model().migrates);
    let serials = [able[0].clone(), old[0].clone()];
    let migrate = "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE";
    let soon = Some("2026-12-24T17:00:00.000Z");
    let made = bench.ask(migrate, Some(&test), &serials, soon).await;
    let done = bench.done(&made).await;
    let log = bench.log(&done).await;
    let row = format!("{},FAILURE,NOT_MIGRATION_CAPABLE", old[0]);
    assert!(log.contains(&row), "{log:?}");
    assert_eq!(
        bench.device(&old[0]).await.1["isMdmMigrationCapable"],
        false
    );
    let (_, moved) = bench.device(&able[0]).await;
    assert_eq!(moved["mdmMigrationStatus"], "REQUESTED");
    assert!(bench.shows(&able[0], &test).await);
    // On to another service: where it is enrolled it still is.
    let intune = bench.id("Intune");
    let made = bench.ask(migrate, Some(&intune), &able[..1], soon).await;
    bench.done(&made).await;
    let made = bench.ask("CANCEL_MDM_MIGRATION", None, &able[..1], None);
    let done = bench.done(&made.await).await;
    assert_eq!(done["subStatus"], "COMPLETED_WITH_SUCCESS");
    assert!(bench.shows(&able[0], &prod).await);
    let (_, back) = bench.device(&able[0]).await;
    assert!(back.get("mdmMigrationStatus").is_none());
    assert!(back.get("mdmMigrationDeadlineDateTime").is_none());
    // One that has ended can't be moved or canceled.
    bench.running.organization(|o| {
        o.devices.change(&able[1], |device| {
            device.migration = Some(organization::Migration {
                status: "SUCCESS".to_owned(),
                deadline: soon.unwrap().parse().unwrap(),
                from: None,
            });
        })
    });
    for (kind, deadline) in [
        ("CANCEL_MDM_MIGRATION", None),
        ("UPDATE_MDM_MIGRATION_DEADLINE", soon),
    ] {
        let made = bench.ask(kind, None, &able[1..2], deadline).await;
        let done = bench.done(&made).await;
        assert_eq!(done["subStatus"], "COMPLETED_WITH_ERROR", "{kind}");
    }
    assert!(bench.shows(&able[1], &prod).await);
}

#[tokio::test]
async fn a_request_without_an_answer_may_have_been_acted_on() {
    let bench = Bench::standard().await;
    let prod = bench.id("prod");
    let body = |serial: &str| {
        json!({"data": {
            "type": "orgDeviceActivities",
            "attributes": {"activityType": ASSIGN},
            "relationships": {
                "mdmServer": {"data": {"type": "mdmServers", "id": prod}},
                "devices": {"data": [{"type": "orgDevices", "id": serial}]},
            },
        }})
    };
    let path = "/v1/orgDeviceActivities";
    // Not acted on, acted on at once, acted on later.
    for (fault, at_once, later) in [
        ("dropx1", false, false),
        ("lostx1", false, false),
        ("502x1", false, false),
        ("after-dropx1", true, true),
        ("after-502x1", true, true),
        ("after-halfx1", true, true),
        ("late-6s-504x1", false, true),
        ("late-6s-dropx1", false, true),
    ] {
        let serial = bench.free(1)[0].clone();
        let before = bench.accepted();
        let fault = format!("POST /v1/orgDeviceActivities={fault}");
        bench.running.add_fault(fault.parse().unwrap());
        let body = body(&serial);
        let answer = async {
            let answer = bench.send("POST", path, Some(&body)).await?;
            answer.text().await
        };
        // The one that is lost never ends by itself.
        let answer = tokio::time::timeout(Duration::from_millis(500), answer).await;
        assert_eq!(answer.is_err(), fault.contains("lost"), "{fault}");
        assert_eq!(bench.accepted() - before, usize::from(at_once), "{fault}");
        bench.clock.advance(6);
        assert_eq!(bench.accepted() - before, usize::from(later), "{fault}");
        if later && !at_once {
            // It begins at its moment.
            assert!(!bench.shows(&serial, &prod).await, "{fault}");
        }
        bench.clock.advance(3);
        assert_eq!(bench.shows(&serial, &prod).await, later, "{fault}");
        bench.running.clear_faults();
    }
}

#[tokio::test]
async fn a_late_request_is_checked_against_what_is_there_by_then() {
    let bench = with("unknown=refused").await;
    let test = bench.id("Jamf Pro Test");
    let serial = bench.free(1);
    bench
        .running
        .add_fault("POST *=late-10s-504x1".parse().unwrap());
    assert_eq!(bench.ask(ASSIGN, Some(&test), &serial, None).await.0, 504);
    // Released before the moment, so that there is no such device by then; nobody asks in between.
    let made = bench.ask("RELEASE_DEVICES", None, &serial, None).await;
    assert_eq!(made.0, 201);
    bench.clock.advance(60);
    assert_eq!(bench.accepted(), 1);
}

#[tokio::test]
async fn the_log_can_be_unreadable() {
    let bench = Bench::standard().await;
    let prod = bench.id("prod");
    let made = bench.ask(ASSIGN, Some(&prod), &bench.free(1), None).await;
    let done = bench.done(&made).await;
    let url = done["downloadUrl"].as_str().unwrap();
    for (fault, status, content) in [
        ("404", 404, "errors"),
        ("html", 200, "<html>"),
        ("empty", 200, ""),
        ("text:serial_number", 200, "serial_number"),
    ] {
        bench
            .running
            .add_fault(format!("GET /downloads/*={fault}").parse().unwrap());
        let answer = bench.http.get(url).send().await.unwrap();
        assert_eq!(answer.status(), status, "{fault}");
        assert!(answer.text().await.unwrap().contains(content), "{fault}");
        bench.running.clear_faults();
    }
    assert_eq!(bench.log(&done).await.len(), 1);
}

#[tokio::test]
async fn a_state_file_keeps_what_is_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        state_file: Some(folder.path().join("state")),
        behaviour: Behaviour {
            activities: "slow=10s,late=20s,end=post-processing-failed"
                .parse()
                .unwrap(),
            ..Behaviour::default()
        },
        ..Options::default()
    };
    let bench = Bench::new(options()).await;
    let prod = bench.id("prod");
    let serial = bench.free(1);
    let made = bench.ask(ASSIGN, Some(&prod), &serial, None).await;
    bench.clock.advance(11);
    assert_eq!(made.0, 201);
    let (clock, moment) = (Still::new(), bench.clock.now());
    *clock.0.lock().unwrap() = moment;
    bench.running.stop().await;
    let running = start(options(), Arc::new(clock.clone())).await.unwrap();
    let on_it = || {
        running.organization(|o| {
            let device = o.devices.find(&serial[0]).unwrap();
            device.server_id.as_ref() == Some(&prod)
        })
    };
    assert_eq!(
        running.organization(|o| o.activities[0].end),
        End::PostProcessingFailed
    );
    assert!(!on_it());
    clock.advance(19);
    assert!(on_it());
}
