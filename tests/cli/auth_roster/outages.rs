//! What becomes of an authorization when Apple can't be reached on the way.

use super::{agreed, config, files, school, url_of};

#[test]
fn an_outage_leaves_the_authorization_under_way() {
    let (machine, school, flags) = school();
    let url = machine.run(&format!("auth roster {flags} --store file --print-url"));
    let landed = agreed(&url_of(&url, &machine));
    let line = format!("auth roster --redirected-to '{landed}'");
    school.fails("POST /appleid/*=503");
    let ran = machine.run(&format!("{line} --max-wait 5s"));
    assert_eq!(ran.code, 6, "{ran}");
    assert!(!config(&machine).contains("refresh_token"));
    school.0.clear_faults();
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn an_outage_once_the_code_is_used_is_waited_out() {
    let (machine, school, flags) = school();
    let url = machine.run(&format!("auth roster {flags} --store file --print-url"));
    let landed = agreed(&url_of(&url, &machine));
    let line = format!("auth roster --redirected-to '{landed}'");
    school.fails("GET /rosterapi/v1/organization=503x6");
    let ran = machine.run(&line);
    assert_eq!(ran.code, 0, "{ran}");
    // Longer than that, it says that the code is gone.
    let url = machine.run("auth roster --print-url");
    let landed = agreed(&url_of(&url, &machine));
    school.fails("GET /rosterapi/v1/organization=503");
    let ran = machine.run(&format!("auth roster --redirected-to '{landed}'"));
    assert_eq!(ran.code, 6, "{ran}");
    assert!(ran.stderr.contains("a code works only once"), "{ran}");
    assert!(
        ran.stderr
            .contains("start again with `abmctl auth roster --profile sandbox --print-url`"),
        "{ran}"
    );
    assert_eq!(files(&machine, "state/authorizations"), []);
}

#[test]
fn an_outage_on_a_terminal_can_be_gone_on_from() {
    let (mut machine, school, flags) = school();
    machine.at_terminal();
    machine.stdin = "yes\n".to_owned();
    let seen = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let address = std::sync::Arc::clone(&seen);
    machine.browse(move |url| {
        let landed = agreed(url);
        landed.clone_into(&mut address.lock().unwrap());
        Ok(format!("'{landed}'\n"))
    });
    school.fails("POST /appleid/auth/oauth2/v2/token=503");
    let ran = machine.run(&format!("auth roster {flags} --store file --max-wait 5s"));
    assert_eq!(ran.code, 6, "{ran}");
    assert!(ran.stderr.contains("with the same URL"), "{ran}");
    school.0.clear_faults();
    let landed = seen.lock().unwrap().clone();
    let ran = machine.run(&format!("auth roster --redirected-to '{landed}'"));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(config(&machine).contains("file:secrets/sandbox/roster.refresh_token"));
}
