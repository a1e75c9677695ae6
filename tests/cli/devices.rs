//! `devices list` and `devices get`.

use std::time::Duration;

use abmctl::sandbox::{Options, Running};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Apple, Machine, requests, write_file};

/// 250 devices in pages of 100.
fn with_pages() -> (Machine, Apple) {
    Machine::with_apple(Options {
        page_size_cap: Some(100),
        ..Options::default()
    })
}

/// How many requests were for a path that begins so, without queries; those for a token don't count.
fn asked(apple: &Running, beginning: &str) -> usize {
    let beginning = format!("GET {beginning}");
    let seen = requests(apple);
    seen.iter().filter(|it| it.starts_with(&beginning)).count()
}

fn serials(apple: &Running) -> Vec<String> {
    apple.organization(|acme| {
        let devices = acme.devices.iter();
        devices.map(|it| it.serial_number.clone()).collect()
    })
}

fn fault(apple: &Running, fault: &str) {
    apple.add_fault(fault.parse().unwrap());
}

/// The serial numbers of rows in json.
fn listed(rows: &Value) -> Vec<String> {
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
fn no_more_pages_are_read_than_the_limit_needs() {
    for (limit, pages) in [(1, 1), (100, 1), (101, 2), (250, 3), (900, 3)] {
        let (machine, apple) = with_pages();
        let ran = machine.run(&format!("devices list --limit {limit} -o ndjson"));
        assert_eq!(ran.stdout.lines().count(), limit.min(250), "{ran}");
        assert_eq!(asked(&apple, "/v1/orgDevices"), pages, "{limit}");
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
fn serial_numbers_are_read_in_fewer_requests() {
    // How many, how many devices, and requests: one by one, or pages.
    let (machine, apple) = with_pages();
    let all = serials(&apple);
    for (count, pages, alone) in [(1, 0, 1), (4, 0, 4), (5, 3, 0), (200, 3, 0)] {
        let before = (
            asked(&apple, "/v1/orgDevices "),
            asked(&apple, "/v1/orgDevices/"),
        );
        // From the end, so that every page is needed.
        let wanted: Vec<&str> = all.iter().rev().take(count).map(String::as_str).collect();
        let ran = machine.run(&format!("devices list {} -o json", wanted.join(" ")));
        assert_eq!(ran.code, 0, "{ran}");
        let mut found = listed(&ran.json());
        found.sort();
        let mut wanted = wanted.clone();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
        let after = (
            asked(&apple, "/v1/orgDevices "),
            asked(&apple, "/v1/orgDevices/"),
        );
        assert_eq!(
            (after.0 - before.0, after.1 - before.1),
            (pages, alone),
            "{count}"
        );
    }
}

#[test]
fn as_soon_as_apple_says_how_many_there_are_the_rest_may_be_read_one_by_one() {
    let (machine, apple) = Machine::with_apple(Options {
        page_size_cap: Some(20),
        ..Options::default()
    });
    let all = serials(&apple);
    let wanted: Vec<&str> = all.iter().rev().take(6).map(String::as_str).collect();
    let ran = machine.run(&format!("devices list {} -o csv", wanted.join(" ")));
    assert_eq!((ran.code, ran.stdout.lines().count()), (0, 7), "{ran}");
    assert_eq!(asked(&apple, "/v1/orgDevices "), 1, "of 13");
    assert_eq!(asked(&apple, "/v1/orgDevices/"), 6);
}

#[test]
fn a_file_of_serial_numbers_is_read() {
    let (machine, apple) = Machine::with_business();
    let all = serials(&apple);
    let csv = format!(
        "Model;Serial Number\r\nMac;{}\r\niPad;{}\r\nMac;\r\n",
        all[3].to_lowercase(),
        all[7]
    );
    let path = machine.path("repairs.csv");
    write_file(&path, &format!("\u{feff}{csv}"), 0o644);
    let ran = machine.run(&format!(
        "devices list {} --serials {} -o json",
        all[3],
        path.display()
    ));
    assert_eq!(
        listed(&ran.json()),
        [all[3].clone(), all[7].clone()],
        "{ran}"
    );
    assert!(
        ran.stderr
            .contains("abmctl ignored 1 duplicate serial number and 1 blank line."),
        "{ran}"
    );
    // What was written can be given back.
    let written = machine.run("devices list --limit 9 -o csv").stdout;
    write_file(&path, &written, 0o644);
    let ran = machine.run(&format!("devices list --serials {} -o csv", path.display()));
    assert_eq!(ran.stdout, written, "{ran}");
}

#[test]
fn serial_numbers_that_the_organization_lacks_are_rows() {
    let (machine, apple) = with_pages();
    let all = serials(&apple);
    let ran = machine.run(&format!("devices list {} NOSUCH1 nosuch2 -o json", all[0]));
    assert_eq!(ran.code, 7, "{ran}");
    let rows = ran.json();
    assert_eq!(listed(&rows), [&all[0][..], "NOSUCH1", "NOSUCH2"]);
    assert_eq!(rows[1]["status"], "not_found");
    assert_eq!(rows[1]["model"], Value::Null);
    let many: Vec<&str> = all[..6].iter().map(String::as_str).collect();
    let ran = machine.run(&format!(
        "devices list {} NOSUCH1 --missing-ok -o json",
        many.join(" ")
    ));
    assert_eq!((ran.code, &ran.stderr[..]), (0, ""), "{ran}");
    assert_eq!(ran.json()[6]["status"], "not_found");
    assert_snapshot!(machine.run("devices list NOSUCH1 NOSUCH2"), @"
    $ abmctl devices list NOSUCH1 NOSUCH2
    exit 4
    --- stdout
    SERIAL NUMBER  PLATFORM  MODEL  STATUS     ADDED
    NOSUCH1        -         -      not_found  -
    NOSUCH2        -         -      not_found  -
    --- stderr
    error: The organization doesn't have 2 of the devices: NOSUCH1, NOSUCH2.
    hint: Check the serial numbers and the profile. To search for a part of a serial number, run `abmctl devices list --where serial_number~TEXT`.
    ");
    // One that was released isn't a device of the organization any more.
    let released = apple.organization(|acme| acme.released[0].serial_number.clone());
    let ran = machine.run(&format!("devices list {released} -o json"));
    assert_eq!(
        (ran.code, &ran.json()[0]["status"]),
        (4, &json!("not_found")),
        "{ran}"
    );
}

#[test]
fn bad_input_has_a_sentence_of_its_own_and_sends_nothing() {
    let (machine, apple) = Machine::with_business();
    write_file(&machine.path("names.csv"), "name,model\na,b\n", 0o644);
    write_file(&machine.path("empty.txt"), "", 0o644);
    write_file(&machine.path("list.txt"), "C02AAA\nMacBook Pro\n", 0o644);
    let folder = machine.path("").display().to_string();
    for (line, why) in [
        (
            "devices list --serials FOLDER/names.csv",
            "The file FOLDER/names.csv can't be used: it has no column with serial numbers, such as serial_number. Its columns are name, model.",
        ),
        (
            "devices list --serials FOLDER/empty.txt",
            "The file FOLDER/empty.txt can't be used: it is empty.",
        ),
        (
            "devices list --serials FOLDER/list.txt",
            "The file FOLDER/list.txt can't be used: line 2 has \"MacBook Pro\", which isn't a serial number (it has spaces).",
        ),
        (
            "devices list --serials FOLDER/none.csv",
            "The file FOLDER/none.csv can't be used: it doesn't exist.",
        ),
        (
            "devices list --serials FOLDER/.",
            "The file FOLDER/. can't be used: it is a folder.",
        ),
        (
            "devices list --serials ''",
            "--serials <FILE> needs a value.",
        ),
        (
            "devices list 'C02 AAA'",
            "\"C02 AAA\" isn't a serial number: it has spaces.",
        ),
        (
            "devices list ''",
            "\"\" isn't a serial number: it is empty.",
        ),
        (
            "devices list C02AAA --platform mac",
            "Serial numbers and filters can't be used together.",
        ),
        ("devices list --on ''", "--on <SERVER> needs a value."),
        ("devices list --model", "--model <TEXT> needs a value."),
        ("devices list --order=", "--order <NUMBER> needs a value."),
        (
            "devices list --platform ''",
            "\"\" isn't a platform. The platforms are mac, iphone, ipad, vision, apple-tv, watch, ipod.",
        ),
        (
            "devices list --where modle=x",
            "Invalid value 'modle=x' for '--where <CONDITION>': \"modle\" isn't a member of a device (did you mean model?).",
        ),
        (
            "devices list --where model",
            "Invalid value 'model' for '--where <CONDITION>': use member=value, member!=value, member~text or member^beginning.",
        ),
        (
            "devices list --where model=",
            "Invalid value 'model=' for '--where <CONDITION>': \"model=\" has no value.",
        ),
        (
            "devices list --added-since 2027-01-01",
            "--added-since is not in the past.",
        ),
        (
            "devices list --added-since soon",
            "Invalid value 'soon' for '--added-since <WHEN>': not a date (2026-01-31), a time (2026-01-31T09:00:00Z) or a duration; for a duration use numbers with units, such as 30d, 2w, 1y or 1h30m: s, m for minutes, h, d, w, mo for months, y.",
        ),
        (
            "devices list --status lost",
            "\"lost\" is not a value of --status <STATUS>. Use one of assigned, unassigned.",
        ),
        (
            "devices list --limit 0",
            "Invalid value '0' for '--limit <N>': not a number of devices; use 1 or more.",
        ),
        (
            "devices list --missing-ok",
            "--missing-ok needs serial numbers. Add --serials FILE.",
        ),
        (
            "devices list --columns serial",
            "Column \"serial\" doesn't exist (did you mean serial_number?).",
        ),
        (
            "devices get",
            "No device given. Name a serial number, or add --serials FILE.",
        ),
    ] {
        let ran = machine.run(&line.replace("FOLDER", folder.trim_end_matches('/')));
        assert_eq!(ran.code, 2, "{ran}");
        let said = ran.stderr.lines().next().unwrap();
        let said = said.replace("[home]", "FOLDER");
        let said = said.strip_prefix("error: ").unwrap();
        assert!(said.starts_with(why), "{line}: {said}");
    }
    assert!(requests(&apple).is_empty());
}

#[test]
fn a_page_in_the_middle_that_fails_leaves_the_rows_before_it() {
    let (machine, apple) = with_pages();
    fault(&apple, "GET /v1/orgDevices=403:FORBIDDEN@3");
    let ran = machine.run("devices list -o ndjson");
    assert_eq!((ran.code, ran.stdout.lines().count()), (7, 200), "{ran}");
    assert_snapshot!(ran.stderr, @r#"
    {"error":{"kind":"partial","message":"abmctl read 200 of 250 devices, then the list broke off: Apple answered GET /v1/orgDevices with 403 FORBIDDEN: A fault of the sandbox (request ID).","hint":"The API account lacks the permission, or the organization does not have this. See the API account's permissions with `abmctl auth status --permissions`.","code":"FORBIDDEN","request_id":"ID","profile":"sandbox"}}
    "#);
    let (machine, apple) = with_pages();
    fault(&apple, "GET /v1/orgDevices=503@2");
    let ran = machine.run("devices list --max-wait 20s -o csv");
    assert_eq!((ran.code, ran.stdout.lines().count()), (7, 101), "{ran}");
    let (machine, apple) = with_pages();
    fault(&apple, "GET /v1/orgDevices=503");
    let ran = machine.run("devices list --max-wait 20s -o csv");
    assert_eq!(ran.code, 6, "{ran}");
    // Those that were not read are not said to be absent.
    let (machine, apple) = with_pages();
    let all = serials(&apple);
    fault(&apple, "GET /v1/orgDevices=403:FORBIDDEN@2");
    let wanted = [&all[..3], &all[240..243]].concat();
    let ran = machine.run(&format!("devices list {} -o json", wanted.join(" ")));
    assert_eq!(ran.code, 7, "{ran}");
    let rows = ran.json();
    assert_eq!(rows[5]["status"], Value::Null);
    assert!(
        rows[5]["error"]
            .as_str()
            .unwrap()
            .contains("abmctl read 100 of 250 devices"),
        "{ran}"
    );
}

#[test]
fn refused_tokens_and_limits_in_the_middle_are_overcome() {
    for what in ["401x1@2", "429:30x1@2", "503x2@2", "dropx1@3"] {
        let (machine, apple) = with_pages();
        fault(&apple, &format!("GET /v1/orgDevices={what}"));
        let ran = machine.run("devices list -o ndjson");
        assert_eq!(
            (ran.code, ran.stdout.lines().count()),
            (0, 250),
            "{what}: {ran}"
        );
    }
}

#[test]
fn one_device_that_fails_costs_its_row() {
    let (machine, apple) = Machine::with_business();
    let all = serials(&apple);
    fault(
        &apple,
        &format!("GET /v1/orgDevices/{}=403:FORBIDDEN", all[1]),
    );
    let line = format!("devices list {} {} {}", all[0], all[1], all[2]);
    let ran = machine.run(&format!("{line} -o json"));
    assert_eq!(ran.code, 7, "{ran}");
    let rows = ran.json();
    assert_eq!(listed(&rows), all[..3]);
    assert_eq!(
        (&rows[1]["status"], rows[1]["error"].is_string()),
        (&Value::Null, true)
    );
    // A web page that says 404 says nothing of a device.
    let (machine, apple) = Machine::with_business();
    fault(&apple, "GET /v1/orgDevices/*=html404");
    let ran = machine.run(&format!("devices list {} -o json", all[0]));
    assert_eq!(ran.json()[0]["status"], Value::Null, "{ran}");
    assert_ne!(ran.code, 0, "{ran}");
}

#[test]
fn what_apple_adds_or_writes_otherwise_is_no_fault() {
    let (machine, apple) = Machine::with_business();
    let page = json!({
        "data": [
            {"type": "orgDevices", "id": "A1", "attributes": {
                "productFamily": "Robot", "imei": "351", "newThing": {"a": [1]}, "deviceModel": "+1+1", "status": "LOST",
            }},
            {"type": "orgDevices", "id": "A2", "attributes": {"imei": ["351", "352"], "deviceCapacity": 512, "status": null}},
            {"type": "orgDevices", "attributes": {"serialNumber": "A3"}},
            {"type": "orgDevices", "id": "A4", "attributes": null},
        ],
        "links": {"self": "x"},
    });
    fault(&apple, &format!("GET /v1/orgDevices=text:{page}"));
    let ran = machine.run("devices list -o ndjson");
    assert_eq!(ran.code, 7, "{ran}");
    assert_snapshot!(ran, @r#"
    $ abmctl devices list -o ndjson
    exit 7
    --- stdout
    {"serial_number":"A1","product_family":"Robot","platform":"Robot","model":"+1+1","status":"LOST","order_number":null,"added_at":null,"updated_date_time":null,"released_from_org_date_time":null,"product_type":null,"device_capacity":null,"part_number":null,"color":null,"order_date_time":null,"purchase_source_type":null,"purchase_source_id":null,"is_mdm_migration_capable":null,"mdm_migration_status":null,"mdm_migration_deadline_date_time":null,"imei":"351","meid":null,"eid":null,"wifi_mac_address":null,"bluetooth_mac_address":null,"ethernet_mac_address":null,"new_thing":{"a":[1]},"error":null}
    {"serial_number":"A2","product_family":null,"platform":null,"model":null,"status":null,"order_number":null,"added_at":null,"updated_date_time":null,"released_from_org_date_time":null,"product_type":null,"device_capacity":512,"part_number":null,"color":null,"order_date_time":null,"purchase_source_type":null,"purchase_source_id":null,"is_mdm_migration_capable":null,"mdm_migration_status":null,"mdm_migration_deadline_date_time":null,"imei":["351","352"],"meid":null,"eid":null,"wifi_mac_address":null,"bluetooth_mac_address":null,"ethernet_mac_address":null,"error":null}
    {"serial_number":"A4","product_family":null,"platform":null,"model":null,"status":null,"order_number":null,"added_at":null,"updated_date_time":null,"released_from_org_date_time":null,"product_type":null,"device_capacity":null,"part_number":null,"color":null,"order_date_time":null,"purchase_source_type":null,"purchase_source_id":null,"is_mdm_migration_capable":null,"mdm_migration_status":null,"mdm_migration_deadline_date_time":null,"imei":null,"meid":null,"eid":null,"wifi_mac_address":null,"bluetooth_mac_address":null,"ethernet_mac_address":null,"error":null}
    --- stderr
    {"error":{"kind":"partial","message":"1 device of Apple's list isn't shown. Item 3 on page 1 of GET /v1/orgDevices can't be understood: missing field `id` at line 1 column 56.","hint":null,"code":null,"request_id":null,"profile":"sandbox"}}
    "#);
    assert_snapshot!(machine.run(
        "devices list -o csv --columns serial_number,platform,model,status,imei,device_capacity"
    ), @r#"
    $ abmctl devices list -o csv --columns serial_number,platform,model,status,imei,device_capacity
    exit 7
    --- stdout
    serial_number,platform,model,status,imei,device_capacity
    A1,Robot,'+1+1,LOST,351,
    A2,,,,"351,352",512
    A4,,,,,
    --- stderr
    error: 1 device of Apple's list isn't shown. Item 3 on page 1 of GET /v1/orgDevices can't be understood: missing field `id` at line 1 column 56.
    "#);
}

#[test]
fn get_shows_all_of_one_device_and_its_server() {
    let (machine, apple) = Machine::with_business();
    let serial = &serials(&apple)[0];
    assert_snapshot!(machine.run(&format!("devices get {}", serial.to_lowercase())));
    assert_eq!(
        requests(&apple).len(),
        4,
        "a token, the servers, the device, its server"
    );
    let ran = machine.run(&format!("devices get {serial} -o json"));
    assert_eq!(ran.json()["serial_number"], serial.as_str());
}

#[test]
fn get_takes_each_form_of_no_server() {
    use abmctl::sandbox::Unassigned;
    let (machine, apple) = Machine::with_business();
    let serial = &serials(&apple)[0];
    apple.organization(|acme| acme.devices[0].server_id = None);
    for form in [Unassigned::NotFound, Unassigned::EmptyId, Unassigned::Null] {
        apple.organization(|acme| acme.behaviour.unassigned = form);
        let ran = machine.run(&format!("devices get {serial} -o json"));
        assert_eq!(
            (ran.code, &ran.json()["server_id"]),
            (0, &Value::Null),
            "{ran}"
        );
    }
    let other = &serials(&apple)[1];
    fault(
        &apple,
        "GET /v1/orgDevices/*/relationships/assignedServer=403:FORBIDDEN",
    );
    let ran = machine.run(&format!("devices get {other} -o json"));
    assert_eq!(
        (ran.code, ran.json()["error"].is_string()),
        (7, true),
        "{ran}"
    );
}

#[test]
fn get_of_several_is_a_list_and_tells_of_those_that_were_released() {
    let (machine, apple) = with_pages();
    let all = serials(&apple);
    let released = apple.organization(|acme| acme.released[0].serial_number.clone());
    let ran = machine.run(&format!("devices get {} {released} -o json", all[0]));
    assert_eq!(ran.code, 0, "{ran}");
    let rows = ran.json();
    assert_eq!(listed(&rows), [all[0].clone(), released.clone()]);
    assert!(rows[1]["released_from_org_date_time"].is_string(), "{ran}");
    let many = all[..20].join(" ");
    let before = requests(&apple).len();
    let ran = machine.run(&format!("devices get {many} {released} NOSUCH -o json"));
    assert_eq!(ran.code, 7, "{ran}");
    let rows = ran.json();
    assert!(rows[20]["released_from_org_date_time"].is_string(), "{ran}");
    assert_eq!(rows[21]["status"], "not_found");
    assert_eq!(
        requests(&apple).len() - before,
        11,
        "the servers, five pages of their lists, three pages, two devices"
    );
    assert_snapshot!(machine.run("devices get NOSUCH"), @"
    $ abmctl devices get NOSUCH
    exit 4
    --- stderr
    error: The organization doesn't have the device NOSUCH.
    hint: Check the serial numbers and the profile. To search for a part of a serial number, run `abmctl devices list --where serial_number~TEXT`.
    ");
}

#[test]
fn school_manager_has_devices_too() {
    let (machine, _apple) = Machine::with_school();
    let ran = machine.run("devices list --with-server -o csv");
    assert_eq!((ran.code, ran.stdout.lines().count()), (0, 251), "{ran}");
}

/// Each device's coverage, as the rows have it.
fn coverages(rows: &Value) -> Vec<&Value> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|it| &it["applecare"]).collect()
}

#[test]
fn coverage_is_kept_for_a_day_and_read_again_when_asked() {
    let (machine, apple) = Machine::with_apple(Options {
        devices: 12,
        ..Options::default()
    });
    let asked = || {
        let seen = requests(&apple);
        let of_coverage = seen.iter().filter(|it| it.contains("/appleCareCoverage"));
        of_coverage.count()
    };
    let first = machine.run("devices list --applecare -o json");
    assert_eq!((first.code, asked()), (0, 12), "{first}");
    let rows = first.json();
    for coverage in coverages(&rows) {
        assert!(coverage[0]["description"].is_string(), "{coverage}");
        assert!(coverage[0]["start_date_time"].is_string(), "{coverage}");
    }
    let second = machine.run("devices list --applecare -o json");
    assert_eq!((second.stdout, asked()), (first.stdout, 12));
    let ran = machine.run("devices list --applecare --refresh -o json");
    assert_eq!((ran.code, asked()), (0, 24), "{ran}");
    machine.clock.advance(Duration::from_secs(25 * 3600));
    let ran = machine.run("devices list --applecare --limit 2 -o csv");
    assert_eq!((ran.code, asked()), (0, 26), "{ran}");
    assert!(ran.stdout.contains("\"[{\"\"status\"\":"), "{ran}");
    assert_snapshot!(machine.run("devices list --applecare --limit 2"), @"
    $ abmctl devices list --applecare --limit 2
    exit 0
    --- stdout
    SERIAL NUMBER  PLATFORM  MODEL       STATUS    ADDED       APPLECARE
    CJJT000000     iphone    iPhone 15   assigned  2025-02-25  none
    XYMY000001     iphone    iPhone 16e  assigned  2026-09-07  Limited Warranty until 2027-09-07
    ");
    assert_snapshot!(machine.run("devices list --columns serial_number,applecare"), @"
    $ abmctl devices list --columns serial_number,applecare
    exit 2
    --- stderr
    error: The column applecare needs --applecare.
    ");
}

#[test]
fn a_run_that_ends_early_keeps_the_coverage_that_it_read() {
    let (machine, apple) = Machine::with_business();
    let all = serials(&apple);
    fault(
        &apple,
        &format!("GET /v1/orgDevices/{}/appleCareCoverage=500x1", all[2]),
    );
    let line = format!(
        "devices list {} {} {} --applecare -o json",
        all[0], all[1], all[2]
    );
    // The failure costs its row alone, and is no coverage.
    let ran = machine.run(&format!("{line} --max-wait 1s"));
    assert_eq!(ran.code, 7, "{ran}");
    let rows = ran.json();
    assert_eq!(rows[2]["applecare"], Value::Null, "{ran}");
    assert!(
        rows[2]["error"].is_string() && rows[1]["applecare"].is_array(),
        "{ran}"
    );
    let before = requests(&apple).len();
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(
        requests(&apple).len() - before,
        4,
        "three devices, one coverage"
    );
}

#[test]
fn coverage_that_nobody_may_read_is_not_asked_for_a_thousand_times() {
    let (machine, apple) = Machine::with_business();
    fault(
        &apple,
        "GET /v1/orgDevices/*/appleCareCoverage=403:FORBIDDEN",
    );
    let ran = machine.run("devices list --applecare -o json");
    assert_eq!(ran.code, 7, "{ran}");
    let seen = requests(&apple);
    let asked = seen
        .iter()
        .filter(|it| it.contains("/appleCareCoverage"))
        .count();
    assert!(asked < 10, "{asked}");
    assert!(coverages(&ran.json()).iter().all(|it| it.is_null()));
}

#[test]
fn locks_are_shown_and_internal_states_are_not_known() {
    let (machine, apple) = Machine::with_business();
    let all = serials(&apple);
    let ran = machine.run(&format!(
        "devices get {} --lock --columns serial_number,activation_lock",
        all[0]
    ));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("locked"), "{ran}");
    let ran = machine.run(&format!("devices get {} {} --lock -o csv", all[0], all[1]));
    assert!(
        ran.stdout
            .contains("activation_lock_is_locked,activation_lock_lock_type"),
        "{ran}"
    );
    fault(
        &apple,
        &format!("GET /v1/orgDevices/{}/activationLockStatus=500", all[1]),
    );
    let ran = machine.run(&format!("devices get {} {} --lock -o json", all[0], all[1]));
    let rows = ran.json();
    assert_eq!(
        (ran.code, &rows[1]["activation_lock"]),
        (7, &Value::Null),
        "{ran}"
    );
    assert!(
        rows[0]["activation_lock"]["is_locked"].is_boolean(),
        "{ran}"
    );
    let seen = requests(&apple);
    let of_second = format!("GET /v1/orgDevices/{}/activationLockStatus", all[1]);
    assert_eq!(
        seen.iter().filter(|it| it.starts_with(&of_second)).count(),
        2,
        "not repeated"
    );
}

#[test]
fn history_is_what_the_audit_log_has_of_a_device() {
    let (machine, apple) = Machine::with_apple(Options {
        devices: 3,
        audit_events: 400,
        ..Options::default()
    });
    let serial = serials(&apple)[0].clone();
    let ran = machine.run(&format!(
        "devices history {} -o json",
        serial.to_lowercase()
    ));
    assert_eq!(ran.code, 0, "{ran}");
    let rows = ran.json();
    let rows = rows.as_array().unwrap();
    assert!(rows.len() > 4, "{ran}");
    let times: Vec<&str> = rows.iter().map(|it| it["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    let assigned = rows
        .iter()
        .find(|it| it["event"] == "assigned_to_server")
        .unwrap();
    assert!(assigned["server_name"].is_string() && assigned["by"] == "ada.park@acme.com");
    // Every window is as long as Apple takes, and no event comes twice.
    let whole = machine.run(&format!(
        "devices history {serial} -o ndjson --since 2025-11-22"
    ));
    assert_eq!(whole.stdout.lines().count(), rows.len(), "{whole}");
    assert_snapshot!(machine.run(&format!("devices history {serial} --since 120d")), @"
    $ abmctl devices history CJJT000000 --since 120d
    exit 0
    --- stdout
    TIME (UTC)        EVENT                   SERVER               BY
    2026-10-23 10:48  is erased               -                    ada.park@acme.com
    2026-10-18 21:33  unassigned from server  -                    ada.park@acme.com
    2026-10-17 23:42  assigned to server      Jamf Pro Production  ada.park@acme.com
    2026-10-17 01:51  removed from org        -                    ada.park@acme.com
    2026-10-16 04:00  added to org            -                    ada.park@acme.com
    2026-08-02 12:18  is erased               -                    ada.park@acme.com
    2026-07-28 23:03  unassigned from server  -                    ada.park@acme.com
    2026-07-28 01:12  assigned to server      Intune               ada.park@acme.com
    2026-07-27 03:21  removed from org        -                    ada.park@acme.com
    2026-07-26 05:30  added to org            -                    ada.park@acme.com
    ");
    assert_snapshot!(machine.run("devices history NOSUCH"), @"
    $ abmctl devices history NOSUCH
    exit 0
    --- stdout
    No events.
    --- stderr
    The audit log has no events of NOSUCH since November 22, 2025.
    ");
    assert_snapshot!(machine.run("devices history NOSUCH --since tomorrow"), @"
    $ abmctl devices history NOSUCH --since tomorrow
    exit 2
    --- stderr
    error: Invalid value 'tomorrow' for '--since <WHEN>': not a date (2026-01-31), a time (2026-01-31T09:00:00Z) or a duration; for a duration use numbers with units, such as 30d, 2w, 1y or 1h30m: s, m for minutes, h, d, w, mo for months, y.
    hint: Run `abmctl help devices history`.
    ");
    let (machine, _apple) = Machine::with_school();
    assert_snapshot!(machine.run("devices history NOSUCH"), @"
    $ abmctl devices history NOSUCH
    exit 5
    --- stderr
    error: Apple School Manager's API has no audit log.
    hint: Sign in to Apple School Manager, and look the device up under Devices.
    ");
}

#[test]
fn the_log_ends_where_apple_refuses_to_go_on() {
    let (machine, apple) = Machine::with_apple(Options {
        devices: 3,
        audit_events: 400,
        ..Options::default()
    });
    let serial = serials(&apple)[0].clone();
    apple.organization(|acme| {
        acme.behaviour.audit_retention = Some(jiff::SignedDuration::from_hours(100 * 24));
    });
    let ran = machine.run(&format!("devices history {serial} -o csv"));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.stderr
            .contains("Apple's audit log goes back to August 1"),
        "{ran}"
    );
    fault(&apple, "GET /v1/auditEvents=403:FORBIDDEN@2");
    let ran = machine.run(&format!("devices history {serial} -o csv"));
    assert_eq!(ran.code, 7, "{ran}");
    let (machine, apple) = Machine::with_business();
    fault(&apple, "GET /v1/auditEvents=403:FORBIDDEN");
    assert_eq!(machine.run("devices history NOSUCH").code, 5);
}

#[test]
fn migrations_are_counted_and_overdue_ones_named() {
    let (machine, apple) = Machine::with_business();
    let ran = machine.run("devices migrations --fail-overdue -o json");
    assert_eq!(ran.code, 0, "{ran}");
    // A token, a page, the servers, and the server of each of the two that migrate.
    assert_eq!(requests(&apple).len(), 5, "{ran}");
    machine.clock.advance(Duration::from_secs(6 * 24 * 3600));
    let ran = machine.run("devices migrations --fail-overdue");
    assert_snapshot!(ran, @r#"
    $ abmctl devices migrations --fail-overdue
    exit 9
    --- stdout
    MIGRATING TO         STATUS     DEVICES  NEXT DEADLINE (UTC)  OVERDUE
    Jamf Pro Production  requested        1  2026-12-22 10:00           0
    Jamf Pro Production  started          1  -                          1
      WVCJ000007 (MacBook Air 13") was due on 2026-11-27 10:00 UTC.
    "#);
    assert_eq!(machine.run("devices migrations -o csv").code, 0);
    apple.organization(|acme| {
        for device in &mut acme.devices {
            device.migration = None;
        }
    });
    let before = requests(&apple).len();
    assert_snapshot!(machine.run("devices migrations"), @"
    $ abmctl devices migrations
    exit 0
    --- stdout
    No migrations.
    ");
    assert_eq!(requests(&apple).len() - before, 1, "the page");
}

/// Standard output that does something with each write.
struct Watched<F>(F);

impl<F: FnMut(&[u8]) -> std::io::Result<usize>> std::io::Write for Watched<F> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        (self.0)(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_next_page_is_on_its_way_while_one_is_written() {
    let (machine, apple) = with_pages();
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let (taken, running) = (std::sync::Arc::clone(&seen), apple.running());
    let mut rows = 0;
    let stdout = Watched(move |bytes: &[u8]| {
        rows += String::from_utf8_lossy(bytes).matches('\n').count();
        // The 90th row of the first page: nothing else runs in this process meanwhile.
        if (90..100).contains(&rows) && taken.lock().unwrap().is_empty() {
            for _ in 0..200 {
                if asked(&running, "/v1/orgDevices") > 1 {
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            taken
                .lock()
                .unwrap()
                .push(asked(&running, "/v1/orgDevices"));
        }
        Ok(bytes.len())
    });
    assert_eq!(
        machine.run_to(
            "devices list -o ndjson",
            Box::new(stdout),
            Box::new(std::io::sink())
        ),
        0
    );
    assert_eq!(*seen.lock().unwrap(), [2]);
    assert_eq!(asked(&apple, "/v1/orgDevices"), 3);
}

#[test]
fn a_reader_that_went_away_ends_the_reading() {
    let (machine, apple) = with_pages();
    let mut rows = 0;
    let stdout = Watched(move |bytes: &[u8]| {
        rows += 1;
        if rows > 5 {
            return Err(std::io::ErrorKind::BrokenPipe.into());
        }
        Ok(bytes.len())
    });
    assert_eq!(
        machine.run_to(
            "devices list -o csv",
            Box::new(stdout),
            Box::new(std::io::sink())
        ),
        0
    );
    assert!(asked(&apple, "/v1/orgDevices") < 3);
}
