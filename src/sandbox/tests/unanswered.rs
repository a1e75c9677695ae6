//! Requests for activities that get no answer, logs that can't be read, and what a restart keeps.

use super::activity_ends::{ASSIGN, with};
use super::*;

impl Bench {
    /// How many activities were accepted.
    fn accepted(&self) -> usize {
        self.running.organization(|o| o.activities.len())
    }
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
