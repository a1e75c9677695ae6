//! Device Assignment Services: devices, their profiles, and what the emulator lacks.

use super::*;

/// A session of which each request takes the next token.
struct Session<'a>(&'a Bench, String);

impl Session<'_> {
    async fn ask(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let (status, text, next) = self.0.das(method, path, &self.1, Some(&body)).await;
        self.1 = next.unwrap();
        // A code is plain text.
        let answer = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (status, answer)
    }
}

#[tokio::test]
async fn devices_are_listed_in_pages_and_synced() {
    let bench = Bench::standard().await;
    let mut session = Session(&bench, bench.session("1").await);
    let prod = bench.id("prod");
    let count = bench.running.organization(|o| o.device_count(&prod));
    let (mut body, mut listed) = (json!({"limit": 25}), Vec::new());
    let cursor = loop {
        let (status, page) = session.ask("POST", "/server/devices", &body).await;
        assert_eq!(status, 200);
        listed.extend(page["devices"].as_array().unwrap().clone());
        body = json!({"limit": 25, "cursor": page["cursor"]});
        if page["more_to_follow"] == false {
            break page["cursor"].clone();
        }
    };
    assert_eq!(listed.len(), count);
    let statuses: std::collections::BTreeSet<&str> = listed
        .iter()
        .map(|device| device["profile_status"].as_str().unwrap())
        .collect();
    assert_eq!(Vec::from_iter(statuses), ["assigned", "empty", "pushed"]);
    for device in &listed {
        let has = device["profile_status"] != "empty";
        assert_eq!(device["profile_uuid"].is_string(), has);
    }
    let refused = async |session: &mut Session<'_>, path, body, wanted: &str| {
        let answer = session.ask("POST", path, &body).await;
        assert_eq!(answer, (400, json!(wanted)), "{path}");
    };
    let (all, sync) = ("/server/devices", "/devices/sync");
    refused(&mut session, all, body.clone(), "EXHAUSTED_CURSOR").await;
    refused(&mut session, all, json!({"cursor": "x"}), "INVALID_CURSOR").await;
    refused(&mut session, sync, json!({}), "CURSOR_REQUIRED").await;
    refused(&mut session, "/devices", json!({}), "DEVICE_ID_REQUIRED").await;
    refused(&mut session, all, json!([]), "MALFORMED_REQUEST_BODY").await;

    let (_, nothing) = session.ask("POST", sync, &json!({"cursor": cursor})).await;
    assert_eq!(nothing["devices"], json!([]));
    bench.clock.advance(60);
    let changed = listed[0]["serial_number"].as_str().unwrap();
    let now = bench.clock.now();
    bench.running.organization(|o| {
        let mut devices = o.devices.iter_mut();
        let device = devices.find(|device| device.serial_number == changed);
        device.unwrap().updated_at = now;
    });
    let (_, page) = session.ask("POST", sync, &json!({"cursor": cursor})).await;
    assert_eq!(page["devices"][0]["serial_number"], changed);
    assert_eq!(page["devices"][0]["op_type"], "modified");
    bench.clock.advance(8 * 24 * 3600);
    session.1 = bench.session("2").await;
    refused(
        &mut session,
        sync,
        json!({"cursor": cursor}),
        "EXPIRED_CURSOR",
    )
    .await;
}

#[tokio::test]
async fn a_profile_is_defined_assigned_and_removed() {
    let bench = Bench::standard().await;
    let mut session = Session(&bench, bench.session("1").await);
    let (_, page) = session.ask("POST", "/server/devices", &json!({})).await;
    let serial = page["devices"][0]["serial_number"]
        .as_str()
        .unwrap()
        .to_owned();
    let details = async |session: &mut Session<'_>| {
        let (_, answer) = session
            .ask("POST", "/devices", &json!({"devices": [serial, "NOSUCH"]}))
            .await;
        assert_eq!(
            answer["devices"]["NOSUCH"]["response_status"],
            "NOT_ACCESSIBLE"
        );
        answer["devices"][&serial].clone()
    };
    assert_eq!(details(&mut session).await["response_status"], "SUCCESS");
    let profile = json!({"profile_name": "Kiosk", "url": "https://mdm.acme.com/enroll"});
    let (status, defined) = session.ask("POST", "/profile", &profile).await;
    assert_eq!(status, 200);
    let uuid = defined["profile_uuid"].as_str().unwrap();
    let path = format!("/profile?profile_uuid={uuid}");
    assert_eq!(session.ask("GET", &path, &json!({})).await, (200, profile));
    let body = json!({"profile_uuid": uuid, "devices": [serial, "NOSUCH"]});
    let (_, assigned) = session.ask("PUT", "/profile/devices", &body).await;
    let results = json!({&serial: "SUCCESS", "NOSUCH": "NOT_ACCESSIBLE"});
    assert_eq!(assigned["devices"], results);
    let shown = details(&mut session).await;
    assert_eq!(
        (&shown["profile_uuid"], &shown["profile_status"]),
        (&json!(uuid), &json!("assigned"))
    );
    session
        .ask("DELETE", "/profile/devices", &json!({"devices": [serial]}))
        .await;
    assert_eq!(details(&mut session).await["profile_status"], "empty");
    for (path, body, status, code) in [
        (
            "/profile",
            json!({"url": "https://a.b"}),
            400,
            "CONFIG_NAME_REQUIRED",
        ),
        (
            "/profile",
            json!({"profile_name": "a"}),
            400,
            "CONFIG_URL_REQUIRED",
        ),
        (
            "/profile/devices",
            json!({"profile_uuid": "0", "devices": [serial]}),
            404,
            "NOT_FOUND",
        ),
    ] {
        let answer = session.ask("POST", path, &body).await;
        assert_eq!(answer, (status, json!(code)));
    }
}

#[tokio::test]
async fn what_is_not_emulated_says_so_in_plain_text() {
    let bench = Bench::standard().await;
    let mut session = Session(&bench, bench.session("1").await);
    for (method, path) in [
        ("POST", "/devices/disown"),
        ("POST", "/device/activationlock"),
        ("GET", "/device/replacementDetails?device=A"),
        ("GET", "/os-beta-enrollment/tokens"),
    ] {
        let (status, text) = session.ask(method, path, &json!({})).await;
        assert_eq!(status, 501, "{path}");
        let text = text.as_str().unwrap();
        assert!(text.contains("sandbox does not emulate"), "{text}");
    }
    let other = bench.das("POST", "/devices", "0", Some("{}")).await;
    assert_eq!((other.0, other.1.as_str()), (401, "UNAUTHORIZED"));
    assert_eq!(session.ask("GET", "/devices", &json!({})).await.0, 405);
}
