use serde_json::json;

use super::*;

fn device(attributes: Value) -> Device {
    let Value::Object(attributes) = attributes else {
        panic!("{attributes}")
    };
    Device::new("C02AAA".to_owned(), attributes)
}

fn mac() -> Device {
    device(json!({
        "productFamily": "Mac", "deviceModel": "MacBook Pro 14\"", "status": "ASSIGNED", "orderNumber": "W0042",
        "purchaseSourceType": "RESELLER", "addedToOrgDateTime": "2026-05-01T10:00:00.123Z", "color": "SILVER",
        "isMdmMigrationCapable": true, "mdmMigrationStatus": "REQUESTED", "imei": ["351", "352"], "meid": [],
        "wifiMacAddress": null, "deviceCapacity": 512, "odd": {"a": 1},
    }))
}

const PROD: Server<'_> = Server {
    id: Some("AA11"),
    name: Some("Jamf Pro"),
};

#[test]
fn each_filter_matches_what_it_names_and_nothing_of_which_apple_says_nothing() {
    let since = |text: &str| Some(text.parse().unwrap());
    let filter = Filter::default;
    for (matching, other) in [
        (
            Filter {
                platforms: vec![Family::Ipad, Family::Mac],
                ..filter()
            },
            Filter {
                platforms: vec![Family::Ipad],
                ..filter()
            },
        ),
        (
            Filter {
                assigned: Some(true),
                ..filter()
            },
            Filter {
                assigned: Some(false),
                ..filter()
            },
        ),
        (
            Filter {
                on: Some(On::Server("AA11".into())),
                ..filter()
            },
            Filter {
                on: Some(On::Server("BB22".into())),
                ..filter()
            },
        ),
        (
            Filter {
                model: Some("book pro".into()),
                ..filter()
            },
            Filter {
                model: Some("iPad".into()),
                ..filter()
            },
        ),
        (
            Filter {
                order: Some("w0042".into()),
                ..filter()
            },
            Filter {
                order: Some("W004".into()),
                ..filter()
            },
        ),
        (
            Filter {
                source: Some(Source::Reseller),
                ..filter()
            },
            Filter {
                source: Some(Source::Manual),
                ..filter()
            },
        ),
        (
            Filter {
                added_since: since("2026-05-01T10:00:00Z"),
                ..filter()
            },
            Filter {
                added_since: since("2026-05-01T10:00:01Z"),
                ..filter()
            },
        ),
        (
            Filter {
                migrations: vec![Migration::Requested],
                ..filter()
            },
            Filter {
                migrations: vec![Migration::None],
                ..filter()
            },
        ),
    ] {
        assert!(matching.matches(&mac(), PROD), "{matching:?}");
        assert!(!other.matches(&mac(), PROD), "{other:?}");
        let bare = device(json!({}));
        assert!(!matching.matches(&bare, Server::default()), "{matching:?}");
    }
    let nowhere = Filter {
        on: Some(On::Nowhere),
        ..filter()
    };
    let none = Filter {
        migrations: vec![Migration::None],
        ..filter()
    };
    assert!(!nowhere.matches(&mac(), Server::default()));
    assert!(!nowhere.matches(&device(json!({})), Server::default()));
    let spare = device(json!({"status": "UNASSIGNED", "mdmMigrationStatus": null}));
    assert!(nowhere.matches(&spare, Server::default()) && none.matches(&spare, Server::default()));
    let named = Filter {
        on: Some(On::Named("prod".into())),
        ..filter()
    };
    assert!(!named.matches(&mac(), PROD));
    assert!(filter().matches(&device(json!({})), Server::default()));
    assert!(Selection::Filter(filter()).is_everything());
    assert!(named.needs_server() && !nowhere.needs_server() && !filter().needs_server());
}

#[test]
fn conditions_compare_in_any_case_and_take_lists_item_by_item() {
    for (text, holds) in [
        ("serial_number=c02aaa", true),
        ("serial_number^C02", true),
        ("serial-number ~ 2A", true),
        ("SerialNumber=C02AAB", false),
        ("model~pro 14", true),
        ("deviceModel^macbook", true),
        ("model=MacBook Pro 14\"", true),
        ("model!=MacBook Air", true),
        ("model!=macbook pro 14\"", false),
        ("platform=mac", true),
        ("platform=macOS", true),
        ("platform!=iphone", true),
        ("platform~ma", true),
        ("product_family=mac", true),
        ("status!=UNASSIGNED", true),
        ("order_number=W0042", true),
        ("added_at^2026-05", true),
        ("is_mdm_migration_capable=true", true),
        ("is_mdm_migration_capable=yes", false),
        ("device_capacity=512", true),
        ("imei=352", true),
        ("imei~35", true),
        ("imei^352", true),
        ("imei!=352", false),
        ("imei!=353", true),
        ("server_id=aa11", true),
        ("server_name^jamf", true),
        ("server_name!=Intune", true),
        // A device without the member is matched by none of them.
        ("meid=1", false),
        ("meid!=1", false),
        ("meid~1", false),
        ("eid=1", false),
        ("eid!=1", false),
        ("eid^1", false),
        ("wifi_mac_address!=A", false),
        // The first sign decides.
        ("color=a~b", false),
        ("color!=a=b", true),
        ("color~SIL", true),
    ] {
        let condition: Condition = text.parse().unwrap_or_else(|it| panic!("{text}: {it}"));
        assert_eq!(condition.holds(&mac(), PROD), holds, "{text}");
        let filter = Filter {
            conditions: vec![condition],
            ..Filter::default()
        };
        assert_eq!(filter.matches(&mac(), PROD), holds, "{text}");
        assert_eq!(filter.needs_server(), text.starts_with("server"), "{text}");
    }
    let condition: Condition = "server_name!=Intune".parse().unwrap();
    assert!(!condition.holds(&mac(), Server::default()));
}

#[test]
fn a_bad_condition_says_why() {
    for (text, why) in [
        (
            "color",
            "use member=value, member!=value, member~text or member^beginning",
        ),
        (
            "",
            "use member=value, member!=value, member~text or member^beginning",
        ),
        (
            "color!SILVER",
            "use member=value, member!=value, member~text or member^beginning",
        ),
        ("color=", "\"color=\" has no value"),
        ("color!= ", "\"color!= \" has no value"),
        (
            "modle~Pro",
            "\"modle\" isn't a member of a device (did you mean model?). The members are ",
        ),
        (
            "serial=C02",
            "\"serial\" isn't a member of a device (did you mean serial_number?)",
        ),
        (
            "zzz=1",
            "\"zzz\" isn't a member of a device. The members are serial_number, product_family,",
        ),
        ("=1", "\"\" isn't a member of a device. The members are "),
        ("platform=macos9", "\"macos9\" isn't a platform"),
    ] {
        let error = text.parse::<Condition>().unwrap_err().to_string();
        assert!(error.starts_with(why), "{text}: {error}");
    }
}

proptest::proptest! {
    #[test]
    fn any_condition_is_taken(text: String, sign in "(=|!=|~|\\^)", value in "\\PC{1,10}") {
        let _ = text.parse::<Condition>();
        if !value.trim().is_empty() {
            let condition: Condition = format!("color{sign}{value}").parse().unwrap();
            let _ = condition.holds(&mac(), PROD);
            let bare = device(json!({}));
            proptest::prop_assert!(!condition.holds(&bare, PROD));
        }
    }
}
