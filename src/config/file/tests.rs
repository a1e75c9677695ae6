//! Reading the configuration file.

use std::fs;

use super::*;
use crate::core::printed::Hint;

fn parse(text: &str) -> Result<File, Error> {
    File::parse(Path::new("/c/config.toml"), text)
}

#[test]
fn the_whole_file_is_read() {
    let file = parse(
        r#"
default_profile = "acme"
[profiles.acme]
client_id   = " BUSINESSAPI.1 "
key_id      = ""
private_key = "keyring:"
timeout     = "30s"
max_wait    = "1h30m"
[profiles.acme.aliases]
prod = "Jamf Pro Production"
[profiles.acme.tokens.prod]
token = "file:token.json"
server_id = "1"
server_name = "Jamf Pro Production"
organization = "Acme"
[profiles.acme.roster]
client_id = "com.acme.abmctl"
team_id = "ABCDE12345"
key_id = "K"
private_key = "keyring:"
redirect_uri = "https://acme.com/abmctl"
refresh_token = "keyring:"
[profiles.acme.domains]
declared = ["acme.com"]
"#,
    )
    .unwrap();
    assert_eq!(file.default_profile.as_deref(), Some("acme"));
    let profile = &file.profiles["acme"];
    assert_eq!(profile.client_id.as_deref(), Some("BUSINESSAPI.1"));
    assert_eq!(profile.key_id, None);
    assert_eq!(profile.timeout, Some(Duration::from_secs(30)));
    assert_eq!(profile.max_wait, Some(Duration::from_secs(5400)));
    assert_eq!(profile.aliases["prod"], "Jamf Pro Production");
    assert_eq!(profile.tokens["prod"].token.to_config(), "file:token.json");
    assert_eq!(profile.domains.declared, ["acme.com"]);
    assert!(profile.roster.is_some());
    assert_eq!(parse("").unwrap(), File::default());
}

#[test]
fn mistakes_name_line_column_and_member_and_never_a_value() {
    for (text, message, hint) in [
        (
            "[profiles.acme]\nclient_id = \"x\"\n[profiles.acme.tokens.prod]\ntokken = \"s3cret\"",
            "/c/config.toml, line 4, column 1, profiles.acme.tokens.prod.tokken: unknown field `tokken`, expected one of `token`, `server_id`, `server_name`, `organization`.",
            "Did you mean `token`?",
        ),
        (
            "default = \"acme\"",
            "/c/config.toml, line 1, column 1, default: unknown field `default`, expected `default_profile` or `profiles`.",
            "Did you mean `default_profile`?",
        ),
        (
            "[profiles.acme]\nprivate_key = \"s3cret\"",
            "/c/config.toml, line 2, column 15, profiles.acme.private_key: must be a secret reference (keyring:, file:PATH, credential:NAME, env:NAME or command:PROGRAM ARGS), not a secret in plain text.",
            "`abmctl auth login`",
        ),
        (
            "[profiles.acme]\nprivate_key = 5364",
            "/c/config.toml, line 2, column 15, profiles.acme.private_key: must be a secret reference",
            "`abmctl auth login`",
        ),
        (
            "[profiles.acme.tokens.prod]\ntoken = \"\"\"\ns3cret\"\"\"",
            "/c/config.toml, line 2, column 9, profiles.acme.tokens.prod.token: must be a secret reference",
            "`chmod 600` on the file",
        ),
        (
            "[profiles.acme]\ntokens = \"s3cret, expected s3cret\"",
            "/c/config.toml, line 2, column 10, profiles.acme.tokens: expected a table.",
            "",
        ),
        (
            "[profiles.acme.tokens]\nprod = \"s3cret\"",
            "/c/config.toml, line 2, column 8, profiles.acme.tokens.prod: expected a table.",
            "",
        ),
        (
            "[profiles.acme]\nclient_id = 5364",
            "/c/config.toml, line 2, column 13, profiles.acme.client_id: expected a string.",
            "",
        ),
        (
            "[profiles.acme]\ntimeout = \"30\"",
            "/c/config.toml, line 2, column 11, profiles.acme.timeout: the value is not a duration: use numbers with units, such as 30s, 5m or 1h30m: s, m for minutes, h, d, w; no months or years.",
            "",
        ),
        (
            "[profiles.acme.tokens.prod]\nserver_id = \"1\"",
            "/c/config.toml, line 1, column 1, profiles.acme.tokens.prod: missing field `token`.",
            "",
        ),
        (
            "[profiles.acme.declared_adde_urls]\n\"Intune\" = { url = \"http://s3cret\", seen = 2026-11-25 }",
            "/c/config.toml, line 2, column 20, profiles.acme.declared_adde_urls.Intune.url: The URL begins with http:, but Apple accepts only https.",
            "",
        ),
        (
            "[profiles.acme.declared_adde_urls]\n\"Intune\" = { url = \"https://a.example\", seen = 2026-11-25T09:00:00Z }",
            "/c/config.toml, line 2, column 48, profiles.acme.declared_adde_urls.Intune.seen: not a date; use YYYY-MM-DD.",
            "",
        ),
        (
            "[profiles.acme.declared_adde_urls]\n\"Intune\" = { url = \"https://a.example\" }",
            "/c/config.toml, line 2, column 12, profiles.acme.declared_adde_urls.Intune: missing field `seen`.",
            "",
        ),
        (
            "[profiles.acme.declared_adde_urls]\n\" \" = { url = \"https://a.example\", seen = 2026-11-25 }",
            "/c/config.toml: profiles.acme.declared_adde_urls has a server with an empty name.",
            "",
        ),
        (
            "[profiles.acme]\nprivate_key = s3cret\n",
            "/c/config.toml, line 2, column 15: ",
            "",
        ),
        (
            "a = 1\na = 2",
            "/c/config.toml, line 2, column 1: duplicate key.",
            "",
        ),
        ("é = \"\n", "/c/config.toml, line 1, column 1", ""),
        (
            "[profiles.\"../x\"]",
            "/c/config.toml: \"../x\" isn't a valid name for a profile",
            "",
        ),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.kind.exit_code(), 2);
        assert!(
            error.message.starts_with(message),
            "{}\n{message}",
            error.message
        );
        assert!(error.message.ends_with('.') && !error.message.contains('\n'));
        let all = format!("{error:?}");
        assert!(!all.contains("s3cret") && !all.contains("5364"), "{all}");
        let hints = Hint::joined(error.hints).plain();
        assert!(hints.contains(hint), "{hints}");
    }
}

#[test]
fn an_absent_file_is_empty_and_a_folder_is_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let folders = Folders {
        config: folder.path().to_owned(),
        state: folder.path().to_owned(),
        home: None,
        sudo_user: None,
    };
    assert_eq!(File::load(&folders), Ok(File::default()));
    fs::create_dir(folders.config_file()).unwrap();
    assert_eq!(File::load(&folders).unwrap_err().kind.exit_code(), 2);
}
