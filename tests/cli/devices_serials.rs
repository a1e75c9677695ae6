//! `devices list` of serial numbers.

use abmctl::sandbox::Options;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::devices::{asked, fault, listed, serials, with_pages};
use crate::support::{Machine, requests, write_file};

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
        ran.stderr.contains(
            "abmctl ignored 1 duplicate serial number and 1 row without a serial number."
        ),
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
fn a_file_in_another_language_is_read_or_what_to_do_is_said() {
    let (machine, apple) = Machine::with_business();
    let serial = &serials(&apple)[0];
    let file = machine.path("devices.csv");
    let line = format!("devices list --serials {} -o json", file.display());
    for (title, code) in [("Seriennummer", 0), ("Kennung", 2)] {
        let text = format!("\u{feff}Raum;{title};Kürzel\r\n1.07;{serial};äb\r\n");
        write_file(&file, &text, 0o644);
        let ran = machine.run(&line);
        assert_eq!(ran.code, code, "{ran}");
        let hint = "hint\":\"Call the column of serial numbers \\\"Serial Number\\\".\"";
        assert_eq!(ran.stderr.contains(hint), code == 2, "{ran}");
    }
    write_file(&file, &format!("Kenn-Nr.\n{serial}\n"), 0o644);
    let ran = machine.run(&line);
    assert!(ran.stderr.contains("If line 1 is the title"), "{ran}");
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
