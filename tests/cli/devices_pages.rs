//! Pages of devices: failures, limits, odd items, and the next page that is on its way.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::devices::{asked, fault, serials, with_pages};
use crate::support::Machine;

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
fn no_more_pages_are_read_than_the_limit_needs() {
    for (limit, pages) in [(1, 1), (100, 1), (101, 2), (250, 3), (900, 3)] {
        let (machine, apple) = with_pages();
        let ran = machine.run(&format!("devices list --limit {limit} -o ndjson"));
        assert_eq!(ran.stdout.lines().count(), limit.min(250), "{ran}");
        assert_eq!(asked(&apple, "/v1/orgDevices"), pages, "{limit}");
    }
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
