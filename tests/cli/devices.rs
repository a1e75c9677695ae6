//! `devices list`.

use abmctl::sandbox::{Options, Running};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Apple, Machine, requests};

/// 250 devices in pages of 100.
pub fn with_pages() -> (Machine, Apple) {
    Machine::with_apple(Options {
        page_size_cap: Some(100),
        ..Options::default()
    })
}

/// How many requests were for a path that begins so, without queries; those for a token don't count.
pub fn asked(apple: &Running, beginning: &str) -> usize {
    let beginning = format!("GET {beginning}");
    let seen = requests(apple);
    seen.iter().filter(|it| it.starts_with(&beginning)).count()
}

pub fn serials(apple: &Running) -> Vec<String> {
    apple.organization(|acme| {
        let devices = acme.devices.iter();
        devices.map(|it| it.serial_number.clone()).collect()
    })
}

pub fn fault(apple: &Running, fault: &str) {
    apple.add_fault(fault.parse().unwrap());
}

/// The serial numbers of rows in json.
pub fn listed(rows: &Value) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|it| it["serial_number"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn list_shows_all_devices_in_apples_order() {
    let (machine, apple) = with_pages();
    let ran = machine.run("devices list -o json");
    assert_eq!((ran.code, &ran.stderr[..]), (0, ""), "{ran}");
    assert_eq!(listed(&ran.json()), serials(&apple));
    assert_eq!(requests(&apple).len(), 4, "a token and three pages");
    assert_snapshot!(machine.run("devices list --limit 3"), @"
    $ abmctl devices list --limit 3
    exit 0
    --- stdout
    SERIAL NUMBER  PLATFORM  MODEL       STATUS    ADDED
    CJJT000000     iphone    iPhone 15   assigned  2025-02-25
    XYMY000001     iphone    iPhone 16e  assigned  2026-09-07
    CLMD000002     ipad      iPad (A16)  assigned  2025-05-21
    ");
    assert_snapshot!(machine.run("devices list --limit 3 --with-server"), @"
    $ abmctl devices list --limit 3 --with-server
    exit 0
    --- stdout
    SERIAL NUMBER  PLATFORM  MODEL       STATUS    SERVER  ADDED
    CJJT000000     iphone    iPhone 15   assigned  Intune  2025-02-25
    XYMY000001     iphone    iPhone 16e  assigned  Intune  2026-09-07
    CLMD000002     ipad      iPad (A16)  assigned  Intune  2025-05-21
    ");
}

#[test]
fn list_has_every_format() {
    let (machine, _apple) = Machine::with_business();
    for format in ["json", "ndjson", "csv", "yaml"] {
        insta::with_settings!({snapshot_suffix => format}, {
            assert_snapshot!(machine.run(&format!("devices list --limit 2 --with-server -o {format}")));
        });
    }
}

#[test]
fn filters_narrow_the_list() {
    let (machine, apple) = with_pages();
    let all = machine.run("devices list --with-server -o json").json();
    let all = all.as_array().unwrap();
    let jamf = apple.organization(|acme| acme.server("prod").unwrap().id.clone());
    let day = "2026-10-01T00:00:00Z";
    let order = all[0]["order_number"].as_str().unwrap();
    let text = |row: &Value, member: &str| row[member].as_str().unwrap_or_default().to_owned();
    let matching = |test: &dyn Fn(&Value) -> bool| -> Vec<String> {
        let rows = all.iter().filter(|row| test(row));
        rows.map(|row| text(row, "serial_number")).collect()
    };
    for (filter, expected) in [
        ("--platform mac", matching(&|it| it["platform"] == "mac")),
        (
            "--platform mac,ipad --platform vision-pro",
            matching(&|it| ["mac", "ipad", "vision"].contains(&&text(it, "platform")[..])),
        ),
        (
            "--status unassigned",
            matching(&|it| it["status"] == "UNASSIGNED"),
        ),
        (
            "--status Assigned",
            matching(&|it| it["status"] == "ASSIGNED"),
        ),
        ("--on none", matching(&|it| it["status"] == "UNASSIGNED")),
        (
            "--on prod",
            matching(&|it| it["server_id"] == jamf.as_str()),
        ),
        (
            "--model 'IPAD air'",
            matching(&|it| text(it, "model").contains("iPad Air")),
        ),
        (
            &format!("--order {order}"),
            matching(&|it| it["order_number"] == order),
        ),
        (
            "--source manual",
            matching(&|it| it["purchase_source_type"] == "MANUALLY_ADDED"),
        ),
        (
            "--source reseller",
            matching(&|it| it["purchase_source_type"] == "RESELLER"),
        ),
        (
            "--added-since 2026-10-01",
            matching(&|it| &text(it, "added_at")[..] >= day),
        ),
        (
            "--migration started",
            matching(&|it| it["mdm_migration_status"] == "STARTED"),
        ),
        (
            "--migration none",
            matching(&|it| it["mdm_migration_status"].is_null()),
        ),
        (
            "--where color=silver",
            matching(&|it| it["color"] == "SILVER"),
        ),
        (
            "--where color!=silver --where 'model^Mac'",
            matching(&|it| it["color"] != "SILVER" && text(it, "model").starts_with("Mac")),
        ),
        ("--where imei^35", matching(&|it| it["imei"] != json!([]))),
        (
            "--where server_name~jamf --platform mac",
            matching(&|it| text(it, "server_name").contains("Jamf") && it["platform"] == "mac"),
        ),
        ("--platform watch --source apple --order X", Vec::new()),
    ] {
        let ran = machine.run(&format!("devices list {filter} -o json"));
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(listed(&ran.json()), expected, "{filter}");
        let is_empty = filter.ends_with('X');
        assert_eq!(expected.is_empty(), is_empty, "{filter}");
    }
}

#[test]
fn nothing_that_matches_is_said() {
    let (machine, _apple) = Machine::with_business();
    assert_snapshot!(machine.run("devices list --model Newton"), @"
    $ abmctl devices list --model Newton
    exit 0
    --- stdout
    No devices.
    ");
    assert_snapshot!(machine.run("devices list --model Newton -o csv"), @"
    $ abmctl devices list --model Newton -o csv
    exit 0
    --- stdout
    serial_number,product_family,platform,model,status,order_number,added_at,updated_date_time,released_from_org_date_time,product_type,device_capacity,part_number,color,order_date_time,purchase_source_type,purchase_source_id,is_mdm_migration_capable,mdm_migration_status,mdm_migration_deadline_date_time,imei,meid,eid,wifi_mac_address,bluetooth_mac_address,ethernet_mac_address,error
    --- stderr
    No device matches.
    ");
    let (machine, _apple) = Machine::with_apple(Options {
        devices: 0,
        ..Options::default()
    });
    assert_snapshot!(machine.run("devices list -o ndjson"), @"
    $ abmctl devices list -o ndjson
    exit 0
    --- stderr
    The organization has no devices.
    ");
}

#[test]
fn the_devices_of_a_server_are_read_from_its_list_first() {
    let (machine, apple) = with_pages();
    // Apple TVs and watches have none; few are on the third server.
    let third = apple.organization(|acme| acme.servers[2].name.clone());
    let ran = machine.run(&format!("devices list --on '{third}'"));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains(&third), "{ran}");
    let id = apple.organization(|acme| acme.servers[2].id.clone());
    assert_eq!(asked(&apple, "/v1/mdmServers "), 1);
    assert_eq!(asked(&apple, "/v1/mdmServers/"), 1);
    assert_eq!(
        asked(&apple, &format!("/v1/mdmServers/{id}/relationships")),
        1
    );
    // A server without devices takes no page.
    apple.organization(|acme| {
        let id = acme.servers[3].id.clone();
        acme.devices.retain(|it| it.server_id.as_ref() != Some(&id));
    });
    let before = asked(&apple, "/v1/orgDevices");
    let fourth = apple.organization(|acme| acme.servers[3].name.clone());
    let ran = machine.run(&format!("devices list --on '{fourth}'"));
    assert_eq!((ran.code, &ran.stdout[..]), (0, "No devices.\n"), "{ran}");
    assert_eq!(asked(&apple, "/v1/orgDevices"), before);
    assert_snapshot!(machine.run("devices list --on jampf"), @r#"
    $ abmctl devices list --on jampf
    exit 4
    --- stderr
    error: Server "jampf" doesn't exist. The nearest names are "Jamf Pro Test" (01DB67063685DB749452CACCB7098192), "Jamf Pro Production" (13A931BBAA615AE55A88921889E84CCE), "Built-in Device Management" (AE2D7BA1A38C67D44A6A914E96D737A6).
    hint: See the servers with `abmctl servers list --columns name,id`.
    "#);
}

#[test]
fn servers_take_a_request_for_each_and_never_one_for_each_device() {
    let (machine, apple) = Machine::with_business();
    let ran = machine.run("devices list --with-server -o json");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(
        requests(&apple).len(),
        7,
        "a token, servers, four lists, a page"
    );
    let expected: Vec<Value> = apple.organization(|acme| {
        let ids = acme.devices.iter().map(|it| json!(it.server_id));
        ids.collect()
    });
    let rows = ran.json();
    let rows = rows.as_array().unwrap().iter();
    assert_eq!(
        rows.map(|it| it["server_id"].clone()).collect::<Vec<_>>(),
        expected
    );
    // Without the option there is no member that would say that a device has no server.
    let ran = machine.run("devices list --limit 1 -o json").json();
    assert_eq!(ran[0].get("server_id"), None);
    let ran = machine
        .run("devices list --limit 1 -o json --columns server_name")
        .json();
    assert_eq!(ran, json!([{"server_name": "Intune"}]));
}

#[test]
fn a_list_of_a_server_that_cannot_be_read_is_not_taken_for_empty() {
    let (machine, apple) = Machine::with_business();
    let (id, there) = apple.organization(|acme| {
        let id = acme.server("Intune").unwrap().id.clone();
        let there = acme
            .devices
            .iter()
            .filter(|it| it.server_id.as_ref() == Some(&id));
        (id.clone(), there.count())
    });
    fault(
        &apple,
        &format!("GET /v1/mdmServers/{id}/relationships/devices=403:FORBIDDEN"),
    );
    let ran = machine.run("devices list --with-server -o json");
    assert_eq!(ran.code, 7, "{ran}");
    let rows = ran.json();
    let rows: Vec<&Value> = rows.as_array().unwrap().iter().collect();
    let failed = rows.iter().filter(|it| !it["error"].is_null());
    assert_eq!(failed.count(), there);
    for row in rows {
        let is_assigned = row["status"] == "ASSIGNED";
        let is_known = !row["server_id"].is_null();
        assert_eq!(row["error"].is_null(), is_known || !is_assigned, "{row}");
    }
    assert_snapshot!(machine.run("devices list --with-server --limit 2"), @r#"
    $ abmctl devices list --with-server --limit 2
    exit 7
    --- stdout
    SERIAL NUMBER  PLATFORM  MODEL       STATUS    SERVER     ADDED
    CJJT000000     iphone    iPhone 15   assigned  not known  2025-02-25
    XYMY000001     iphone    iPhone 16e  assigned  not known  2026-09-07
    --- stderr
    error: The servers of 147 devices aren't known. abmctl couldn't read the device list of Intune: Apple answered GET /v1/mdmServers/96D1B9A868717EBDE9B4475EB0C4C7B6/relationships/devices with 403 FORBIDDEN: A fault of the sandbox (request ID).
    hint: Either the organization does not have this, or the API account needs the permission "View device management services, manage default platform assignment, and add devices with Apple Configurator." See the API account's permissions with `abmctl auth status --permissions`.
    "#);
    // Nothing depends on it where no device that is assigned is missing.
    apple.organization(|acme| {
        for device in &mut acme.devices {
            device.server_id = None;
        }
    });
    let ran = machine.run("devices list --with-server -o json");
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn sorting_holds_the_rows() {
    let (machine, apple) = with_pages();
    let ran = machine.run("devices list --sort added_at:desc --limit 5 -o json");
    let rows = ran.json();
    let times: Vec<&str> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["added_at"].as_str().unwrap())
        .collect();
    assert_eq!(times.len(), 5);
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    assert_eq!(asked(&apple, "/v1/orgDevices"), 3);
    // Those without the member come last.
    let ran = machine.run("devices list --sort order_number -o json --columns order_number");
    let rows = ran.json();
    let absent = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["order_number"].is_null());
    assert!(absent.is_sorted(), "{ran}");
    assert_snapshot!(machine.run("devices list --sort modle"), @r#"
    $ abmctl devices list --sort modle
    exit 2
    --- stderr
    error: Invalid value 'modle' for '--sort <MEMBER>': "modle" isn't a member of a device (did you mean model?). The members are serial_number, product_family, platform, model, status, server_id, server_name, order_number, added_at, updated_date_time, released_from_org_date_time, product_type, device_capacity, part_number, color, order_date_time, purchase_source_type, purchase_source_id, is_mdm_migration_capable, mdm_migration_status, mdm_migration_deadline_date_time, imei, meid, eid, wifi_mac_address, bluetooth_mac_address, ethernet_mac_address.
    hint: Run `abmctl help devices list`.
    "#);
}

#[test]
fn school_manager_has_devices_too() {
    let (machine, _apple) = Machine::with_school();
    let ran = machine.run("devices list --with-server -o csv");
    assert_eq!((ran.code, ran.stdout.lines().count()), (0, 251), "{ran}");
}
