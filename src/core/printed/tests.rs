//! Tests of printed commands.

use super::*;
use std::process;

fn acme() -> Reach {
    Reach {
        profile: Some("acme".to_owned()),
        variables: false,
    }
}

fn variables() -> Reach {
    Reach {
        profile: None,
        variables: true,
    }
}

#[test]
fn a_command_names_the_profile_that_it_is_about() {
    for (command, line) in [
        (Command::new("assign"), "abmctl assign --profile acme"),
        (
            Command::storing("tokens import -").input("token.json"),
            "abmctl tokens import - --profile acme < token.json",
        ),
        (
            Command::storing("auth login").of_profile("other"),
            "abmctl auth login --profile other",
        ),
        (Command::plain("profiles list"), "abmctl profiles list"),
        (
            Command::new("adde-url set")
                .arg("-x y")
                .option("--server", "-z"),
            "abmctl adde-url set --profile acme --server=-z -- '-x y'",
        ),
    ] {
        assert_eq!(command.written(&acme()), line);
        assert!(command.written(&Reach::default()).len() <= line.len());
    }
}

#[test]
fn what_any_shell_makes_something_of_is_quoted() {
    for (value, written) in [
        ("mac,vision", "mac,vision"),
        (
            "https://mdm.acme.com:8443/a_b",
            "https://mdm.acme.com:8443/a_b",
        ),
        ("Bücher", "Bücher"),
        ("", "''"),
        ("Prod!1", "'Prod!1'"),
        ("{a,b}", "'{a,b}'"),
        ("^a^b", "'^a^b'"),
        ("~admin", "'~admin'"),
        ("=ls", "'=ls'"),
        ("a]b[", "'a]b['"),
        ("it's!", r"'it'\''s!'"),
    ] {
        assert_eq!(quoted(value), written);
    }
}

#[test]
fn credentials_from_variables_are_said_once_and_where_they_count() {
    let hint = hint![
        "Run ",
        Command::plain("profiles list"),
        ", ",
        Command::new("assign"),
        " or ",
        Command::new("domains list"),
        "."
    ];
    assert_eq!(
        hint.written(&variables()),
        "Run `abmctl profiles list`, `abmctl assign` (with the same credential variables) or `abmctl domains list`."
    );
    let back = Hint::put_back(vec![Command::new("assign"), Command::new("assign")]);
    assert_eq!(
        back.written(&variables()),
        "Put back with the same credential variables: abmctl assign && abmctl assign"
    );
    assert_eq!(
        back.written(&acme()),
        "Put back with: abmctl assign --profile acme && abmctl assign --profile acme"
    );
}

#[test]
fn a_shell_reads_every_value_as_it_was() {
    for value in [
        "",
        "Jamf Pro",
        "it's \"quoted\" `id` $HOME \\n !x",
        "-leading",
        "a=b;c&d|e#f~*?",
        "büro 日本",
        "u\u{308}ber",
        "line\u{2028}separator",
        "tab\tand\nnew line\r end",
        "\u{1b}[31m 100%s \\ 'x' !y",
        "-\u{7}",
        "\u{202e}txt\u{200b}",
        "🍏",
    ] {
        let line = Command::new("api").arg(value).written(&Reach::default());
        assert!(
            !line.contains(|c: char| c.is_control() || "\u{2028}\u{202e}\u{200b}".contains(c)),
            "{line:?}"
        );
        let script = line.replacen("abmctl api", "printf '%s.'", 1);
        let run = process::Command::new("sh").args(["-c", &script]).output();
        let said = String::from_utf8(run.unwrap().stdout).unwrap();
        // printf takes the `--` as abmctl does, except after its format.
        let said = said.strip_prefix("--.").unwrap_or(&said);
        assert_eq!(said, format!("{value}."), "{script}");
    }
}
