//! `api`.

use abmctl::sandbox::{Options, Permission, Running};
use insta::assert_snapshot;

use crate::support::{Machine, Ran, requests, write_file};

fn fails(apple: &Running, faults: &[&str]) {
    for fault in faults {
        apple.add_fault(fault.parse().unwrap());
    }
}

/// The path of the first server, which is the default for Macs.
fn server(apple: &Running) -> String {
    apple.organization(|organization| format!("/v1/mdmServers/{}", organization.servers[0].id))
}

fn all(ran: impl IntoIterator<Item = Ran>) -> String {
    let ran: Vec<String> = ran.into_iter().map(|ran| ran.to_string()).collect();
    ran.join("\n")
}

/// The last request, as the emulator saw it.
fn last(apple: &Running) -> (String, String, String) {
    let seen = apple.requests();
    let last = seen.last().unwrap();
    (last.method.clone(), last.path.clone(), last.body.clone())
}

#[test]
fn a_document_comes_as_it_is() {
    let (machine, apple) = Machine::with_business();
    let path = server(&apple);
    assert_snapshot!(machine.run(&format!(
        "api get {path}?fields[mdmServers]=serverName,defaultProductFamilies"
    )));
}

#[test]
fn the_url_of_the_api_is_a_path_too() {
    let (machine, apple) = Machine::with_business();
    let line = format!("api GET {}/v1/mdmServers?limit=1 -o ndjson", apple.origin());
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(ran.stdout.lines().count(), 1);
    assert_eq!(last(&apple).1, "/v1/mdmServers?limit=1");
}

#[test]
fn another_origin_is_refused_before_anything_is_sent() {
    let (machine, apple) = Machine::with_business();
    let lines = [
        "api GET https://api-business.apple.com/v1/mdmServers",
        "api GET //127.0.0.1:9/v1/mdmServers",
        "api GET /v1/../auth/oauth2/token",
        "api GET /v1/mdmServers#top",
        "api GET ''",
    ];
    assert_snapshot!(all(lines.map(|line| machine.run(line))));
    assert_eq!(requests(&apple), [""; 0]);
}

#[test]
fn fields_of_a_get_are_its_query() {
    let (machine, apple) = Machine::with_business();
    let ran = machine.run("api GET v1/users -F limit=1 -f 'fields[users]=managedAppleAccount'");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(
        last(&apple).1,
        "/v1/users?limit=1&fields%5Busers%5D=managedAppleAccount"
    );
    assert_eq!(ran.json()["data"].as_array().unwrap().len(), 1);
}

#[test]
fn fields_of_a_change_are_its_body() {
    let (machine, apple) = Machine::with_business();
    let path = server(&apple);
    let id = path.rsplit('/').next().unwrap();
    let ran = machine.run(&format!(
        "api PATCH {path} -f data[type]=mdmServers -f data[id]={id} \
         -f data[attributes][serverName]=42 -F data[attributes][enableMdmDisownFlag]=true"
    ));
    assert_eq!(ran.code, 0, "{ran}");
    let (method, _, body) = last(&apple);
    assert_eq!(method, "PATCH");
    assert_eq!(
        body,
        format!(
            r#"{{"data":{{"type":"mdmServers","id":"{id}","attributes":{{"serverName":"42","enableMdmDisownFlag":true}}}}}}"#
        )
    );
}

#[test]
fn input_is_sent_as_it_is() {
    let (mut machine, apple) = Machine::with_business();
    let path = server(&apple);
    let id = path.rsplit('/').next().unwrap();
    let body = format!(
        "{{ \"data\": {{\"type\":\"mdmServers\",\"id\":\"{id}\",\n \"attributes\":{{\"serverName\":\"Jamf\"}}}} }}"
    );
    write_file(&machine.path("change.json"), &body, 0o644);
    let file = machine.path("change.json");
    let ran = machine.run(&format!("api PATCH {path} --input {}", file.display()));
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(last(&apple).2, body);
    machine.stdin = body.replace("Jamf", "Jamf Cloud");
    let ran = machine.run(&format!("api PATCH {path} --input -"));
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(last(&apple).2, machine.stdin);
}

#[test]
fn a_dry_run_sends_nothing() {
    let (machine, apple) = Machine::with_business();
    let lines = [
        "api patch '/v1/mdmServers/7F?x=a b' -F data[attributes][defaultProductFamilies][]=MAC --dry-run",
        "api DELETE v1/mdmServers/7F -n -o ndjson",
    ];
    assert_snapshot!(all(lines.map(|line| machine.run(line))));
    assert_eq!(requests(&apple), [""; 0]);
}

#[test]
fn an_answer_without_a_body_prints_nothing() {
    let (machine, apple) = Machine::with_business();
    let path = apple.organization(|organization| {
        organization.devices.clear();
        let server = &organization.servers[2];
        format!("/v1/mdmServers/{}", server.id)
    });
    let ran = machine.run(&format!("api delete {path}"));
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (0, "", ""),
        "{ran}"
    );
}

#[test]
fn pages_become_one_array() {
    let (machine, apple) = Machine::with_apple(Options {
        page_size_cap: Some(100),
        ..Options::default()
    });
    let ran = machine.run("api GET /v1/users --paginate");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(ran.json().as_array().unwrap().len(), 464);
    assert_eq!(requests(&apple).len(), 1 + 5);
    assert!(apple.requests()[1].path.ends_with("?limit=1000"));
}

#[test]
fn pages_become_lines_of_ndjson() {
    let (machine, apple) = Machine::with_business();
    let line = "api GET /v1/mdmServers?limit=3&fields[mdmServers]=serverName --paginate -o ndjson";
    let line = line.replace('&', "\\&");
    let ran = machine.run(&line);
    assert_eq!(ran.stdout.lines().count(), 4, "{ran}");
    let paths: Vec<String> = apple
        .requests()
        .iter()
        .skip(1)
        .map(|seen| seen.path.clone())
        .collect();
    assert_eq!(paths.len(), 2);
    assert!(
        paths.iter().all(|path| path.matches("limit=").count() == 1),
        "{paths:?}"
    );
}

#[test]
fn a_list_that_ends_early_is_partial_only_where_some_was_written() {
    let (machine, apple) = Machine::with_apple(Options {
        page_size_cap: Some(2),
        ..Options::default()
    });
    fails(&apple, &["GET /v1/mdmServers*=403@2"]);
    let lines = [
        "api GET /v1/mdmServers --paginate -o ndjson --quiet -f fields[mdmServers]=serverName",
        "api GET /v1/mdmServers --paginate -o json",
    ];
    let ran = lines.map(|line| {
        apple.clear_faults();
        fails(&apple, &["GET /v1/mdmServers*=403@2"]);
        machine.run(line)
    });
    assert_snapshot!(all(ran));
}

#[test]
fn a_link_to_another_origin_is_not_followed() {
    let (machine, apple) = Machine::with_apple(Options {
        page_size_cap: Some(2),
        ..Options::default()
    });
    apple.organization(|organization| {
        organization.behaviour.next_links =
            abmctl::sandbox::NextLinks::Foreign("http://127.0.0.1:9".to_owned());
    });
    assert_snapshot!(machine.run("api GET /v1/mdmServers --paginate"));
}

#[test]
fn apples_refusals_have_their_exit_codes() {
    let (machine, apple) = Machine::with_business();
    apple.organization(|organization| organization.forbid(Permission::ViewPeople));
    let lines = [
        "api GET /v1/users",
        "api GET /v1/nothing",
        "api GET /v1/mdmServers?limit=5000",
        "api POST /v1/users -F a=1 -o json",
    ];
    assert_snapshot!(all(lines.map(|line| machine.run(line))));
}

#[test]
fn a_read_is_repeated() {
    let (machine, apple) = Machine::with_business();
    fails(&apple, &["GET /v1/mdmServers*=503x2"]);
    let ran = machine.run("api GET /v1/mdmServers");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(requests(&apple).len(), 1 + 3);
}

#[test]
fn a_change_whose_outcome_is_open_is_sent_once() {
    let (machine, apple) = Machine::with_business();
    let path = server(&apple);
    for (method, fault) in [
        ("POST", "503"),
        ("PATCH", "after-drop"),
        ("DELETE", "after-half"),
    ] {
        apple.clear_faults();
        apple.forget_requests();
        fails(&apple, &[&format!("{method} /v1/*={fault}")]);
        let ran = machine.run(&format!("api {method} {path} -F a=1"));
        assert_eq!(ran.code, 6, "{ran}");
        let open = "Apple may have acted on the request. Check before you send it again.";
        assert!(ran.stderr.contains(open), "{ran}");
        let sent = requests(&apple)
            .into_iter()
            .filter(|request| request.starts_with(method));
        assert_eq!(sent.filter(|request| request.contains("/v1/")).count(), 1);
    }
}

#[test]
fn a_change_that_meets_a_limit_is_sent_again() {
    let (machine, apple) = Machine::with_business();
    fails(&apple, &["POST /v1/*=429:2x1"]);
    let ran = machine.run("api POST /v1/mdmServers -F a=1");
    assert!(!ran.stderr.contains("may have been acted on"), "{ran}");
    let sent: Vec<String> = requests(&apple)
        .into_iter()
        .filter(|request| request.starts_with("POST /v1/"))
        .collect();
    assert_eq!(sent, ["POST /v1/mdmServers 429", "POST /v1/mdmServers 400"]);
}

#[test]
fn a_token_that_can_not_be_had_leaves_nothing_open() {
    let (machine, apple) = Machine::with_business();
    fails(&apple, &["POST /auth/oauth2/token=503"]);
    assert_snapshot!(machine.run("api POST /v1/mdmServers -F a=1 --max-wait 2s"));
}

#[test]
fn an_answer_that_is_no_json_is_an_error() {
    let (machine, apple) = Machine::with_business();
    fails(&apple, &["GET /v1/*=html", "DELETE /v1/*=text:OK"]);
    assert_snapshot!(all([
        machine.run("api GET /v1/mdmServers"),
        machine.run("api DELETE /v1/mdmServers/7F"),
    ]));
}

#[test]
fn a_school_has_it_too() {
    let (machine, _apple) = Machine::with_school();
    let ran = machine.run("api GET /v1/orgDevices?limit=1");
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn bad_input_is_refused_before_any_request() {
    let (machine, apple) = Machine::with_business();
    write_file(&machine.path("bad.json"), "{\"data\":\n  {,}\n}\n", 0o644);
    let bad = machine.path("bad.json").display().to_string();
    let lines = [
        "api".to_owned(),
        "api GET".to_owned(),
        "api PUT /v1/mdmServers".to_owned(),
        "api GET /v1/mdmServers --input -".to_owned(),
        "api GET /v1/mdmServers --dry-run".to_owned(),
        "api POST /v1/mdmServers --paginate".to_owned(),
        "api POST /v1/mdmServers --input - -F a=1".to_owned(),
        "api POST /v1/mdmServers -F a".to_owned(),
        "api POST /v1/mdmServers -F a=1 -F a=2".to_owned(),
        "api POST /v1/mdmServers -F a[=1".to_owned(),
        "api POST /v1/mdmServers --input nowhere.json".to_owned(),
        "api POST /v1/mdmServers --input -".to_owned(),
        format!("api POST /v1/mdmServers --input {bad}"),
        "api GET /v1/mdmServers -o csv".to_owned(),
        "api GET /v1/mdmServers --paginate -o yaml".to_owned(),
        "api GET /v1/mdmServers --columns id".to_owned(),
    ];
    assert_snapshot!(all(lines.iter().map(|line| machine.run(line))));
    assert_eq!(requests(&apple), [""; 0]);
}

#[test]
fn help_says_how_it_is_repeated() {
    assert_snapshot!(Machine::bare().run("api --help"));
}

#[test]
fn a_path_without_its_version_is_answered_with_the_right_one() {
    let (machine, _apple) = Machine::with_business();
    assert_snapshot!(machine.run("api GET orgDevices"), @r"
    $ abmctl api GET orgDevices
    exit 1
    --- stderr
    error: Apple answered GET /orgDevices with 501 SANDBOX.NOT_EMULATED: The sandbox has no GET /orgDevices. This is not an answer of Apple's (request ID).
    hint: Did you mean `abmctl api GET /v1/orgDevices`?
    ");
    for (path, right) in [
        ("/orgDevices", "/v1/orgDevices"),
        ("orgDevices/SERIAL", "/v1/orgDevices/SERIAL"),
        ("orgdevices?limit=5", "'/v1/orgDevices?limit=5'"),
        ("orgDevices --paginate", "/v1/orgDevices"),
    ] {
        let ran = machine.run(&format!("api GET {path}"));
        assert_eq!(ran.code, 1, "{ran}");
        let said = format!("Did you mean `abmctl api GET {right}`?");
        assert!(ran.stderr.contains(&said), "{ran}");
    }
    assert_eq!(machine.run("api GET v1/orgDevices").code, 0);
}
