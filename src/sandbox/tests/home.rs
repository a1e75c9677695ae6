//! The folders that point abmctl at the emulator, and the state file.

use std::collections::BTreeMap;

use super::*;

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_home_is_complete() {
    let bench = Bench::standard().await;
    let folder = tempfile::tempdir().unwrap();
    let variables: BTreeMap<_, _> = bench
        .running
        .write_home(folder.path())
        .unwrap()
        .into_iter()
        .collect();
    assert_eq!(variables.len(), 11);
    assert!(variables["ABMCTL_RESOLVER"].starts_with("127.0.0.1:"));
    assert_eq!(variables["ABMCTL_RESOLVE"], bench.running.resolve());
    assert_eq!(
        std::fs::read_to_string(&variables["SSL_CERT_FILE"]).unwrap(),
        bench.running.ca_pem()
    );
    assert_eq!(variables["ABMCTL_API_URL"], bench.running.origin());
    let configuration = PathBuf::from(&variables["ABMCTL_CONFIG_DIR"]);
    assert!(Path::new(&variables["ABMCTL_STATE_DIR"]).is_dir());
    let text = std::fs::read_to_string(configuration.join("config.toml")).unwrap();
    let config: toml::Table = text.parse().unwrap();
    let profile = &config["profiles"]["sandbox"];
    assert_eq!(config["default_profile"].as_str(), Some("sandbox"));
    assert_eq!(
        profile["aliases"]["prod"].as_str(),
        Some("Jamf Pro Production")
    );
    let token = &profile["tokens"]["prod"];
    assert_eq!(token["server_id"].as_str(), Some(bench.id("prod").as_str()));
    let read = |reference: &toml::Value| {
        let path = Path::new(reference.as_str().unwrap().strip_prefix("file:").unwrap());
        #[cfg(unix)]
        assert_eq!(mode(path), 0o600);
        std::fs::read_to_string(path).unwrap()
    };
    assert_eq!(
        read(&profile["private_key"]),
        bench.running.credentials().private_key
    );
    let json: Value = serde_json::from_str(&read(&token["token"])).unwrap();
    assert!(json["consumer_key"].as_str().unwrap().starts_with("CK_"));
    assert_eq!(json["access_token_expiry"], "2027-06-22T09:14:00Z");
    // Once more over what is there.
    bench.running.write_home(folder.path()).unwrap();
}

#[tokio::test]
async fn a_state_file_keeps_the_client_and_what_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let options = || Options {
        state_file: Some(path.clone()),
        ..Options::default()
    };
    let first = Bench::new(options()).await;
    #[cfg(unix)]
    assert_eq!(mode(&path), 0o600);
    let watch = json!({"defaultProductFamilies": ["MAC", "WATCH"]});
    assert_eq!(first.patch("prod", watch).await.0, 200);
    let key = first.running.credentials().private_key.clone();
    let bearer = first.bearer.clone();
    // Written at once, not only at the stop.
    let second = Bench::new(options()).await;
    assert_eq!(second.running.credentials().private_key, key);
    let holder = second
        .running
        .organization(|o| o.holder(ProductFamily::Watch).map(|s| s.name.clone()));
    assert_eq!(holder.as_deref(), Some("Jamf Pro Production"));
    let known = second
        .running
        .organization(|o| o.access_tokens.iter().any(|token| token.token == bearer));
    assert!(known);
    first.running.stop().await;
    second.running.stop().await;

    let school = Options {
        kind: OrganizationKind::School,
        ..options()
    };
    let clock = Arc::new(Still::new());
    let refused = start(school, clock.clone()).await.err().unwrap();
    assert!(refused.to_string().contains("Business"), "{refused}");
    std::fs::write(&path, "{").unwrap();
    let refused = start(options(), clock).await.err().unwrap();
    assert!(refused.to_string().contains("can't be used"), "{refused}");
}

#[tokio::test]
async fn there_are_as_many_tokens_as_asked_for() {
    for (servers, tokens, has) in [
        (4, 2, 4),
        (4, 1, 4),
        (4, 0, 4),
        (4, 3, 4),
        (4, 4, 5),
        (200, 200, 201),
    ] {
        let bench = Bench::new(Options {
            servers,
            tokens,
            ..Options::default()
        })
        .await;
        let names: Vec<String> = bench.running.organization(|o| {
            assert_eq!(o.servers.len(), has);
            o.server_tokens
                .iter()
                .map(|token| token.name.clone())
                .collect()
        });
        assert_eq!(names.len(), tokens);
        assert_eq!(bench.running.credentials().server_tokens.len(), tokens);
        let known = ["prod", "intune", "jamf-pro-test", "site-005", "site-006"];
        for (name, known) in names.iter().zip(known) {
            assert_eq!(name, known);
        }
        let folder = tempfile::tempdir().unwrap();
        bench.running.write_home(folder.path()).unwrap();
        for name in names {
            let file = folder.path().join(format!("config/token-{name}.json"));
            assert!(file.is_file());
        }
    }
}

#[tokio::test]
async fn a_taken_port_is_a_sentence() {
    let bench = Bench::standard().await;
    let port = bench.running.origin().rsplit_once(':').unwrap().1;
    let options = Options {
        port: port.parse().unwrap(),
        ..Options::default()
    };
    let refused = start(options, Arc::new(Still::new())).await.err().unwrap();
    let sentence = format!("The sandbox can't listen on 127.0.0.1:{port}: ");
    assert!(refused.to_string().starts_with(&sentence), "{refused}");
}

#[tokio::test]
async fn a_hundred_thousand_devices_are_no_wait() {
    let options = Options {
        devices: 100_000,
        ..Options::default()
    };
    let now = Still::new().now();
    let organization = Organization::seeded(&options, String::new(), now);
    let serials: std::collections::HashSet<_> = organization
        .devices
        .iter()
        .map(|device| &device.serial_number)
        .collect();
    assert_eq!(serials.len(), 100_000);
}
