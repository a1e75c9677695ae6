use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::host::{Boxed, Clock};

const WRITTEN: &str = r#"# Ours.
default_profile = "acme" # as agreed

[profiles.acme]
client_id   = "BUSINESSAPI.1"  # from the portal
# The key is in the keyring.
private_key = "keyring:"
timeout     = "30s"

[profiles.acme.aliases]
# What production is.
prod = "Jamf Pro Production" # since 2026
test = "Jamf Pro Test"

[profiles.acme.tokens.prod]
token = "keyring:"

# The other organization.
[profiles.beta]
aliases.prod = "Intune"
tokens = { prod = { token = "env:TOKEN" } }
"#;

fn folders(text: Option<&str>) -> (tempfile::TempDir, Folders) {
    let folder = tempfile::tempdir().unwrap();
    let folders = Folders {
        config: folder.path().join("config"),
        state: folder.path().join("state"),
        home: None,
        sudo_user: None,
    };
    if let Some(text) = text {
        fs::create_dir(&folders.config).unwrap();
        fs::write(folders.config_file(), text).unwrap();
    }
    (folder, folders)
}

/// The machine's clock, since processes and threads wait for each other on it.
struct Real;

#[expect(
    clippy::disallowed_methods,
    reason = "this is where waiting comes from"
)]
impl Clock for Real {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn sleep(&self, duration: Duration) -> Boxed<()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

fn edit<T>(
    folders: &Folders,
    change: impl FnOnce(&mut Edit) -> Result<T, Error>,
) -> Result<T, Error> {
    let claimant = Claimant {
        command: "abmctl profiles use",
        clock: &Real,
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(super::edit(folders, claimant, change))
}

fn after<T>(text: &str, change: impl FnOnce(&mut Edit) -> Result<T, Error>) -> String {
    let (_folder, folders) = folders(Some(text));
    edit(&folders, change).unwrap();
    fs::read_to_string(folders.config_file()).unwrap()
}

fn reference(text: &str) -> SecretReference {
    text.parse().unwrap()
}

#[test]
fn a_new_file_is_private_and_readable() {
    let (_folder, folders) = folders(None);
    edit(&folders, |edit| {
        edit.set_credentials(
            "acme",
            " BUSINESSAPI.1 ",
            Some("K"),
            &reference("file:secrets/acme/private_key"),
        )?;
        edit.set_alias("acme", "prod", "Jamf \"Pro\"")?;
        edit.set_token("acme", "prod", &reference("keyring:"))
    })
    .unwrap();
    let text = fs::read_to_string(folders.config_file()).unwrap();
    assert_eq!(
        text,
        r#"default_profile = "acme"

[profiles.acme]
client_id = "BUSINESSAPI.1"
key_id = "K"
private_key = "file:secrets/acme/private_key"

[profiles.acme.aliases]
prod = 'Jamf "Pro"'

[profiles.acme.tokens.prod]
token = "keyring:"
"#
    );
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folders.config_file()), 0o600);
    assert_eq!(mode(&folders.config), 0o700);
    File::load(&folders).unwrap();
}

#[test]
fn a_profile_with_nothing_left_in_it_stays() {
    let text = "default_profile = \"acme\"\n\n[profiles.acme.tokens.prod]\ntoken = \"keyring:\"\n";
    let text = after(text, |edit| Ok(edit.remove_token("acme", "prod")));
    assert_eq!(text, "default_profile = \"acme\"\n\n[profiles.acme]\n");
}

#[test]
fn each_change_keeps_everything_else() {
    let replaced = |old: &str, new: &str| {
        assert!(WRITTEN.contains(old));
        WRITTEN.replacen(old, new, 1)
    };
    let text = after(WRITTEN, |edit| edit.set_alias("acme", "prod", "1"));
    assert_eq!(text, replaced("\"Jamf Pro Production\" #", "\"1\" #"));
    let text = after(WRITTEN, |edit| edit.set_alias("acme", "new", "1"));
    assert_eq!(
        text,
        replaced("Jamf Pro Test\"\n", "Jamf Pro Test\"\nnew = \"1\"\n")
    );
    let text = after(WRITTEN, |edit| edit.set_alias("beta", "new", "1"));
    assert_eq!(
        text,
        replaced("\"Intune\"\n", "\"Intune\"\naliases.new = \"1\"\n")
    );
    let text = after(WRITTEN, |edit| Ok(edit.remove_alias("acme", "test")));
    assert_eq!(text, replaced("test = \"Jamf Pro Test\"\n", ""));
    let text = after(WRITTEN, |edit| {
        edit.set_credentials("acme", "BUSINESSAPI.2", None, &reference("file:k"))
    });
    assert_eq!(
        text,
        replaced("BUSINESSAPI.1", "BUSINESSAPI.2").replacen(
            "private_key = \"keyring:\"",
            "private_key = \"file:k\"",
            1
        )
    );
    let text = after(WRITTEN, |edit| edit.set_default_profile("beta"));
    assert_eq!(text, replaced("\"acme\" #", "\"beta\" #"));
    let file = std::path::Path::new("certificates/beta/prod.pem");
    let text = after(WRITTEN, |edit| {
        edit.set_key_pair("acme", "prod", &reference("keyring:"), file)?;
        assert!(edit.remove_key_pair("acme", "prod"));
        assert!(!edit.remove_key_pair("acme", "prod"));
        edit.set_key_pair("beta", "prod", &reference("keyring:"), file)
    });
    assert_eq!(
        text,
        format!(
            "{WRITTEN}\n[profiles.beta.key_pairs.prod]\nprivate_key = \"keyring:\"\ncertificate = \"certificates/beta/prod.pem\"\n"
        )
    );
    let facts = TokenFacts {
        server_id: Some("1".into()),
        server_name: Some("Jamf".into()),
        organization: None,
    };
    let text = after(WRITTEN, |edit| edit.set_token_facts("acme", "prod", &facts));
    assert_eq!(
        text,
        replaced(
            "token = \"keyring:\"\n",
            "token = \"keyring:\"\nserver_id = \"1\"\nserver_name = \"Jamf\"\n"
        )
    );
    // In an inline table the space before the closing brace stays where it was, now before a comma.
    let text = after(WRITTEN, |edit| edit.set_token_facts("beta", "prod", &facts));
    assert_eq!(
        text.replace(" ,", ","),
        replaced(
            "\"env:TOKEN\"",
            "\"env:TOKEN\", server_id = \"1\", server_name = \"Jamf\""
        )
    );
    let text = after(WRITTEN, |edit| {
        edit.set_token("beta", "other", &reference("env:OTHER"))
    });
    assert_eq!(
        text.replace(" ,", ","),
        replaced(
            "\"env:TOKEN\" }",
            "\"env:TOKEN\" }, other = { token = \"env:OTHER\" }"
        )
    );
    let text = after(WRITTEN, |edit| edit.remove_profile("beta"));
    let end = WRITTEN.find("\n# The other").unwrap();
    assert_eq!(text, WRITTEN[..end]);
}

#[test]
fn a_removed_default_profile_is_no_longer_the_default() {
    let text = after(WRITTEN, |edit| edit.remove_profile("acme"));
    assert!(!text.contains("acme"), "{text}");
    assert!(text.contains("[profiles.beta]"));
}

#[test]
fn credentials_go_and_the_rest_stays() {
    let text = after(WRITTEN, |edit| {
        assert!(edit.remove_credentials("acme"));
        assert!(!edit.remove_credentials("acme"));
        assert!(!edit.remove_credentials("absent"));
        assert!(edit.remove_token("acme", "prod"));
        assert!(!edit.remove_token("acme", "prod"));
        Ok(())
    });
    assert!(!text.contains("client_id") && !text.contains("private_key"));
    assert!(text.contains("timeout     = \"30s\""));
}

#[test]
fn a_second_profile_leaves_the_first_the_default() {
    let one = "[profiles.acme]\ntimeout = \"30s\"\n";
    let add =
        |edit: &mut Edit| edit.set_credentials("beta", "SCHOOLAPI.1", None, &reference("keyring:"));
    let text = after(one, add);
    let file = File::parse(std::path::Path::new("x"), &text).unwrap();
    assert_eq!(file.default_profile.as_deref(), Some("acme"));
    assert_eq!(file.profiles.len(), 2);
    // Of several, none of them the default, abmctl does not choose.
    let text = after("[profiles.acme]\n[profiles.other]\n", add);
    assert!(!text.contains("default_profile"), "{text}");
}

#[test]
fn what_can_not_be_changed_leaves_the_file_alone() {
    let (_folder, folders) = folders(Some(WRITTEN));
    let unchanged = || fs::read_to_string(folders.config_file()).unwrap() == WRITTEN;
    for (error, code) in [
        (
            edit(&folders, |edit| edit.set_default_profile("acne")).unwrap_err(),
            4,
        ),
        (
            edit(&folders, |edit| edit.remove_profile("zzz")).unwrap_err(),
            4,
        ),
        (
            edit(&folders, |edit| {
                edit.set_token_facts("acme", "x", &TokenFacts::default())
            })
            .unwrap_err(),
            4,
        ),
        (
            edit(&folders, |edit| edit.set_alias("acme", " ", "1")).unwrap_err(),
            2,
        ),
        (
            edit(&folders, |edit| edit.set_alias("a/b", "x", "1")).unwrap_err(),
            2,
        ),
        (
            edit(&folders, |edit| {
                edit.set_alias("acme", "prod", "1")?;
                edit.set_token("acme", "../x", &reference("keyring:"))
            })
            .unwrap_err(),
            2,
        ),
    ] {
        assert_eq!(error.kind.exit_code(), code, "{error}");
        assert!(unchanged());
    }
    let near = edit(&folders, |edit| edit.set_default_profile("acne")).unwrap_err();
    assert_eq!(near.hints, ["Did you mean acme?"]);

    let broken = "[profiles.acme]\nprivate_key = \"s3cret\"\n";
    fs::write(folders.config_file(), broken).unwrap();
    let error = edit(&folders, |edit| edit.set_default_profile("acme")).unwrap_err();
    assert_eq!(error.kind.exit_code(), 2);
    assert!(error.message.contains("line 2, column 15"));
    assert_eq!(fs::read_to_string(folders.config_file()).unwrap(), broken);
}

#[test]
fn many_at_once_lose_nothing() {
    let (_folder, folders) = folders(None);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let folders = &folders;
            scope.spawn(move || {
                for number in 0..10 {
                    let alias = format!("a{writer}-{number}");
                    edit(folders, |edit| edit.set_alias("acme", &alias, "1")).unwrap();
                }
            });
        }
    });
    let file = File::load(&folders).unwrap();
    assert_eq!(file.profiles["acme"].aliases.len(), 40);
}

#[test]
fn the_roster_api_comes_and_goes() {
    let mut roster = crate::config::Roster {
        client_id: "com.acme.abmctl".to_owned(),
        team_id: "ABCDE12345".to_owned(),
        key_id: "FGHIJ67890".to_owned(),
        private_key: reference("keyring:"),
        redirect_uri: Some("https://acme.com/abmctl".to_owned()),
        refresh_token: None,
        organization_id: None,
        organization: None,
    };
    let begun = after(WRITTEN, |edit| edit.set_roster("acme", &roster));
    assert!(begun.contains("[profiles.acme.roster]\nclient_id = \"com.acme.abmctl\"\n"));
    assert!(begun.starts_with(&WRITTEN[..WRITTEN.find("[profiles.acme.aliases]").unwrap()]));
    roster.refresh_token = Some(reference("file:secrets/acme/roster.refresh_token"));
    roster.organization_id = Some("1234".to_owned());
    roster.organization = Some("Acme \"School\"".to_owned());
    let done = after(&begun, |edit| edit.set_roster("acme", &roster));
    let file = File::parse(Path::new("config.toml"), &done).unwrap();
    assert_eq!(file.profiles["acme"].roster.as_ref(), Some(&roster));
    let gone = after(&done, |edit| {
        assert!(edit.remove_roster("acme"));
        assert!(!edit.remove_roster("acme"));
        assert!(!edit.remove_roster("nobody"));
        Ok(())
    });
    assert_eq!(gone, WRITTEN);
    // A profile with nothing else in it stays.
    let alone = after("", |edit| edit.set_roster("school", &roster));
    let left = after(&alone, |edit| Ok(edit.remove_roster("school")));
    let file = File::parse(Path::new("config.toml"), &left).unwrap();
    assert!(file.profiles.contains_key("school"), "{left}");
}

#[test]
fn declared_urls_come_and_go() {
    let declared = |server: &str, seen: &str| crate::core::declared_urls::DeclaredUrl {
        server: server.to_owned(),
        url: "https://mdm.acme.com/x".to_owned(),
        seen: seen.parse().unwrap(),
    };
    let declare = |text: &str, server: &str, seen: &str| {
        after(text, |edit| {
            edit.declare_adde_url("acme", &declared(server, seen))
        })
    };
    let one = declare(WRITTEN, "Jamf \"Pro\"", "2026-11-25");
    let entry = "\n[profiles.acme.declared_adde_urls]\n'Jamf \"Pro\"' = { url = \"https://mdm.acme.com/x\", seen = 2026-11-25 }\n";
    assert!(one.contains(entry), "{one}");
    assert_eq!(one.replace(entry, ""), WRITTEN);
    // It is read as it was written.
    let file = File::parse(std::path::Path::new("x"), &one).unwrap();
    let kept = &file.profiles["acme"].declared_adde_urls["Jamf \"Pro\""];
    assert_eq!(kept.url, "https://mdm.acme.com/x");
    assert_eq!(kept.seen.to_string(), "2026-11-25");
    // A date as a text, a table of its own, and comments stay as somebody wrote them.
    let written = "[profiles.acme.declared_adde_urls]\n# The vendor's.\nIntune = { url = \"https://old.example\", seen = \"2026-01-31\" } # by mail\n\n[profiles.acme.declared_adde_urls.Munki]\nurl = \"https://old.example\" # by phone\nseen = 2026-01-31 # in January\n";
    let written = declare(written, "Intune", "2026-11-25");
    let text = declare(&written, "Munki", "2026-11-25");
    assert_eq!(
        text,
        "[profiles.acme.declared_adde_urls]\n# The vendor's.\nIntune = { url = \"https://mdm.acme.com/x\", seen = 2026-11-25 } # by mail\n\n[profiles.acme.declared_adde_urls.Munki]\nurl = \"https://mdm.acme.com/x\" # by phone\nseen = 2026-11-25 # in January\n"
    );
    let remove = |text: &str, server: &str| {
        after(text, |edit| {
            assert!(edit.remove_declared_adde_url("acme", server));
            assert!(!edit.remove_declared_adde_url("acme", "Nobody"));
            Ok(())
        })
    };
    assert_eq!(remove(&one, "Jamf \"Pro\""), WRITTEN);
    let last = remove(&remove(&text, "Munki"), "Intune");
    assert!(!last.contains("declared_adde_urls"), "{last}");
    // The profile may be the default one.
    assert!(last.contains("[profiles.acme]"), "{last}");
}
