//! A table for each rule of precedence, which makes more than 400 lines; apart they would repeat the file they share.

use std::path::Path;

use super::*;
use crate::secret::{Generation, SecretReference};

const FILE: &str = r#"
default_profile = "acme"
[profiles.acme]
client_id = "BUSINESSAPI.1"
key_id = "K"
private_key = "keyring:"
timeout = "30s"
[profiles.acme.aliases]
prod = "1"
test = "2"
[profiles.acme.tokens.prod]
token = "file:token.json"
server_name = "Jamf"
[profiles.acme.roster]
client_id = "com.acme"
team_id = "T"
key_id = "R"
private_key = "keyring:"
[profiles.acme.domains]
declared = [" acme.com "]
[profiles.school]
client_id = "SCHOOLAPI.1"
private_key = "env:KEY"
max_wait = "1h"
[profiles.empty]
"#;

fn resolve(text: &str, flags: &Flags, variables: &[(&str, &str)]) -> Result<Settings, Error> {
    let variables = variables.iter().copied();
    let folders = Folders {
        config: "/c".into(),
        state: "/s".into(),
        home: Some("/me".into()),
        sudo_user: None,
    };
    let file = File::parse(Path::new("/c/config.toml"), text).unwrap();
    Settings::from_file(
        flags,
        &Environment::new(variables),
        Terminal::default(),
        folders,
        &file,
    )
}

fn profile(name: &str) -> Flags {
    Flags {
        profile: Some(name.to_owned()),
        ..Flags::default()
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> u8 {
    let error = result.unwrap_err();
    assert!(
        error.message.ends_with('.') && !error.message.contains('\n'),
        "{error}"
    );
    error.kind.exit_code()
}

const OWN: [(&str, &str); 2] = [
    ("ABMCTL_CLIENT_ID", " SCHOOLAPI.9\n"),
    ("ABMCTL_PRIVATE_KEY_FILE", "~/key.pem"),
];

#[test]
fn the_profile_is_the_named_the_default_or_the_only_one() {
    let one = "[profiles.acme]\n";
    let two = "[profiles.acme]\n[profiles.beta]\n";
    for (text, flags, variables, name, source) in [
        (
            FILE,
            profile("school"),
            &[("ABMCTL_PROFILE", "empty")][..],
            Some("school"),
            "--profile",
        ),
        (
            FILE,
            Flags::default(),
            &[("ABMCTL_PROFILE", " school ")],
            Some("school"),
            "ABMCTL_PROFILE",
        ),
        (FILE, Flags::default(), &[], Some("acme"), "/c/config.toml"),
        (one, Flags::default(), &[], Some("acme"), "/c/config.toml"),
        (two, Flags::default(), &[], None, ""),
        ("", Flags::default(), &[], None, ""),
        // Another organization's profile is never mixed with the environment's credentials unasked.
        (FILE, Flags::default(), &OWN, None, ""),
    ] {
        let settings = resolve(text, &flags, variables).unwrap();
        let found = settings.profile.as_ref();
        assert_eq!(found.map(|profile| profile.value.as_str()), name);
        assert_eq!(
            found.map_or(String::new(), |profile| profile.source.to_string()),
            source
        );
        assert_eq!(settings.profile_to_store(), name.unwrap_or("default"));
    }
}

#[test]
fn an_unknown_profile_is_exit_4_with_the_nearest() {
    let error = resolve(FILE, &profile("acne"), &[]).unwrap_err();
    assert_eq!(
        error.message,
        "Profile \"acne\" (from --profile) doesn't exist."
    );
    assert_eq!(error.hints, ["Did you mean acme?"]);
    assert_eq!(code::<()>(Err(error)), 4);
    let variables = [("ABMCTL_PROFILE", "zzz")];
    let error = resolve(FILE, &Flags::default(), &variables).unwrap_err();
    assert!(error.hints[0].plain().contains("`abmctl profiles list`"));
    assert_eq!(code::<()>(Err(error)), 4);
    let dangling = "default_profile = \"gone\"\n[profiles.acme]\n[profiles.beta]\n";
    assert_eq!(code(resolve(dangling, &Flags::default(), &[])), 2);
}

#[test]
fn what_is_about_to_be_stored_may_be_new_or_broken() {
    let storing = |name: Option<&str>| Flags {
        profile: name.map(str::to_owned),
        storing: true,
        ..Flags::default()
    };
    let settings = resolve(FILE, &storing(Some("new")), &[]).unwrap();
    assert_eq!(settings.profile_to_store(), "new");
    assert_eq!(code(resolve(FILE, &storing(Some("a/b")), &[])), 2);
    for broken in [
        "[profiles.acme]\nclient_id = \"x\"\nprivate_key = \"keyring:\"",
        "[profiles.acme]\nclient_id = \"BUSINESSAPI.1\"",
        "[profiles.acme]\nprivate_key = \"keyring:\"",
        "[profiles.acme]\nkey_id = \"K\"",
    ] {
        assert_eq!(code(resolve(broken, &Flags::default(), &[])), 2);
        let settings = resolve(broken, &storing(None), &[]).unwrap();
        assert_eq!(settings.credentials, None);
    }
}

#[test]
fn credentials_are_one_set_from_the_environment() {
    for own in [
        &OWN[..],
        &[
            OWN[0],
            OWN[1],
            ("ABMCTL_KEY_ID", " K9 "),
            ("ABMCTL_PROFILE", "acme"),
        ],
    ] {
        let settings = resolve(FILE, &Flags::default(), own).unwrap();
        let credentials = settings.required_credentials().unwrap();
        assert_eq!(credentials.client_id.value, "SCHOOLAPI.9");
        assert_eq!(credentials.client_id.source.to_string(), "ABMCTL_CLIENT_ID");
        assert_eq!(credentials.kind, OrganizationKind::School);
        assert_eq!(
            credentials.private_key.value.reference.to_config(),
            "file:/me/key.pem"
        );
        assert_eq!(
            credentials.private_key.source.to_string(),
            "ABMCTL_PRIVATE_KEY_FILE"
        );
        // Never the profile's key id.
        let key_id = credentials.key_id.as_ref().map(|key| key.value.as_str());
        assert_eq!(key_id, (own.len() > 2).then_some("K9"));
        // The profile that is named gives the rest.
        assert_eq!(settings.tokens.len(), usize::from(own.len() > 2));
        assert_eq!(
            settings.services.api.value.as_str(),
            "https://api-school.apple.com/"
        );
    }
    let settings = resolve(
        FILE,
        &Flags::default(),
        &[OWN[0], OWN[1], ("ABMCTL_PROFILE", "new")],
    );
    assert_eq!(settings.unwrap().profile_to_store(), "new");
}

#[test]
fn conflicts_and_gaps_of_the_environment_are_exit_2() {
    for (flags, variables, message) in [
        (
            profile("acme"),
            &OWN[..],
            "--profile can't be used while credentials come from the environment: ABMCTL_CLIENT_ID is set.",
        ),
        (
            Flags::default(),
            &OWN[..1],
            "ABMCTL_CLIENT_ID is set, so all credentials come from the environment, but ABMCTL_PRIVATE_KEY_FILE (or ABMCTL_PRIVATE_KEY) is missing.",
        ),
        (
            Flags::default(),
            &[("ABMCTL_KEY_ID", "K")],
            "ABMCTL_KEY_ID is set, so all credentials come from the environment, but ABMCTL_CLIENT_ID is missing.",
        ),
        (
            Flags::default(),
            &[OWN[0], OWN[1], ("ABMCTL_PRIVATE_KEY", "s3cret")],
            "Both ABMCTL_PRIVATE_KEY and ABMCTL_PRIVATE_KEY_FILE are set.",
        ),
        (
            Flags::default(),
            &[("ABMCTL_CLIENT_ID", "s3cret"), OWN[1]],
            "The client id from ABMCTL_CLIENT_ID doesn't look like BUSINESSAPI.",
        ),
        (
            Flags::default(),
            &[("ABMCTL_ROSTER_TEAM_ID", "T")],
            "ABMCTL_ROSTER_TEAM_ID is set, so all Roster API credentials come from the environment, but ABMCTL_ROSTER_PRIVATE_KEY_FILE is missing.",
        ),
        (
            Flags::default(),
            &[("ABMCTL_SERVER_TOKEN_FILE", "a=/x,/y")],
            "ABMCTL_SERVER_TOKEN_FILE has several paths, so each needs a name",
        ),
        (
            Flags::default(),
            &[("ABMCTL_SERVER_TOKEN_FILE", "a b=/x")],
            "ABMCTL_SERVER_TOKEN_FILE: \"a b\" isn't a valid name for a server token",
        ),
        (
            Flags::default(),
            &[("ABMCTL_ALIASES", "prod")],
            "Set ABMCTL_ALIASES to ALIAS=SERVER",
        ),
        (
            Flags {
                timeout: Some("30".into()),
                ..Flags::default()
            },
            &[],
            "--timeout is \"30\", which is not a duration",
        ),
    ] {
        let error = resolve(FILE, &flags, variables).unwrap_err();
        assert!(error.message.starts_with(message), "{error}\n{message}");
        assert!(!format!("{error:?}").contains("s3cret"));
        assert_eq!(code::<()>(Err(error)), 2);
    }
}

#[test]
fn each_value_says_where_it_came_from() {
    let flags = Flags {
        max_wait: Some("2m".into()),
        ..Flags::default()
    };
    let variables = [
        ("ABMCTL_ALIASES", "prod=9, new=Jamf Pro"),
        ("ABMCTL_OUTPUT", "json"),
        ("ABMCTL_API_URL", "http://127.0.0.1:1"),
    ];
    let settings = resolve(FILE, &flags, &variables).unwrap();
    let of_profile = "profile acme in /c/config.toml";
    assert_eq!(settings.timeout.value, Duration::from_secs(30));
    assert_eq!(settings.timeout.source.to_string(), of_profile);
    assert_eq!(settings.max_wait.value, Duration::from_secs(120));
    assert_eq!(settings.max_wait.source.to_string(), "--max-wait");
    let aliases: Vec<_> = settings
        .aliases
        .iter()
        .map(|(alias, server)| format!("{alias}={} {}", server.value, server.source))
        .collect();
    assert_eq!(
        aliases,
        [
            "new=Jamf Pro ABMCTL_ALIASES".to_owned(),
            "prod=9 ABMCTL_ALIASES".to_owned(),
            format!("test=2 {of_profile}"),
        ]
    );
    assert_eq!(settings.declared_domains, ["acme.com"]);
    assert!(settings.services.is_sandbox());
    let credentials = settings.required_credentials().unwrap();
    assert_eq!(credentials.client_id.source.to_string(), of_profile);
    assert_eq!(
        credentials
            .private_key
            .value
            .slot
            .keyring_user(Generation::Current)
            .unwrap(),
        "acme/private_key"
    );
    let token = &settings.required_tokens().unwrap()[0];
    assert_eq!(
        (token.name.as_str(), token.server_name.as_deref()),
        ("prod", Some("Jamf"))
    );
    let roster = settings.roster.unwrap();
    assert_eq!(
        roster
            .private_key
            .value
            .slot
            .keyring_user(Generation::Current)
            .unwrap(),
        "acme/roster.private_key"
    );
    assert_eq!(roster.refresh_token, None);
}

#[test]
fn defaults_depend_on_who_looks_on() {
    let settings = resolve("", &Flags::default(), &[]).unwrap();
    assert_eq!(
        settings.timeout,
        Sourced::new(Duration::from_secs(60), Source::Default)
    );
    assert_eq!(
        settings.max_wait,
        Sourced::new(Duration::from_secs(900), Source::Default)
    );
    let terminal = Terminal {
        stderr: true,
        ..Terminal::default()
    };
    let settings = Settings::from_file(
        &Flags::default(),
        &Environment::default(),
        terminal,
        settings.folders,
        &File::default(),
    );
    assert_eq!(settings.unwrap().max_wait.value, Duration::from_secs(300));
}

#[test]
fn tokens_of_the_environment_replace_the_profiles() {
    for (value, expected) in [
        ("/t.json", &[("default", "file:/t.json")][..]),
        ("prod=/t.json", &[("prod", "file:/t.json")]),
        (
            "prod=~/t.json, test = /u=v.json",
            &[("prod", "file:/me/t.json"), ("test", "file:/u=v.json")],
        ),
    ] {
        let variables = [("ABMCTL_SERVER_TOKEN_FILE", value)];
        let settings = resolve(FILE, &Flags::default(), &variables).unwrap();
        let tokens: Vec<_> = settings
            .tokens
            .iter()
            .map(|token| (token.name.as_str(), token.token.value.reference.to_config()))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(n, r)| (*n, (*r).to_owned()))
            .collect();
        assert_eq!(tokens, expected);
        assert!(settings.credentials.is_some());
    }
    let variables = [("ABMCTL_SERVER_TOKEN_FILE", "t.json")];
    let settings = resolve("", &Flags::default(), &variables).unwrap();
    // A relative path starts where the command runs, not at the configuration folder.
    let SecretReference::File(path) = &settings.tokens[0].token.value.reference else {
        panic!("not a file");
    };
    assert!(path.is_absolute() && path.ends_with("t.json") && !path.starts_with("/c"));
}

#[test]
fn nothing_configured_is_exit_3_and_says_what_to_do() {
    for (text, flags, message, hint) in [
        (
            "",
            Flags::default(),
            "No API account is configured.",
            "`abmctl auth login`",
        ),
        (
            FILE,
            profile("empty"),
            "Profile empty has no API account.",
            "`abmctl auth login --profile empty`",
        ),
        (
            "[profiles.a]\n[profiles.b]\n",
            Flags::default(),
            "No API account is configured, because none of the profiles a, b is the default.",
            "`--profile NAME`",
        ),
    ] {
        let settings = resolve(text, &flags, &[]).unwrap();
        let error = settings.required_credentials().unwrap_err();
        assert_eq!(error.message, message);
        assert!(error.hints[0].plain().contains(hint), "{error:?}");
        assert_eq!(code::<()>(Err(error)), 3);
        assert_eq!(code(settings.required_tokens()), 3);
    }
}

#[test]
fn no_secret_shows_anywhere() {
    let variables = [
        ("ABMCTL_CLIENT_ID", "BUSINESSAPI.1"),
        ("ABMCTL_PRIVATE_KEY", "s3cret"),
        ("ABMCTL_ROSTER_CLIENT_ID", "com.acme"),
        ("ABMCTL_ROSTER_TEAM_ID", "T"),
        ("ABMCTL_ROSTER_KEY_ID", "K"),
        ("ABMCTL_ROSTER_PRIVATE_KEY_FILE", "/k"),
        ("ABMCTL_ROSTER_REFRESH_TOKEN", "s3cret"),
        ("HTTPS_PROXY", "http://me:s3cret@proxy"),
        ("ABMCTL_PROFILE", "acme"),
    ];
    let text = "[profiles.acme.tokens.prod]\ntoken = \"command:vault read -token=s3cret\"\n";
    let settings = resolve(text, &Flags::default(), &variables).unwrap();
    let shown = format!("{settings:?} {settings:#?}");
    assert!(!shown.contains("s3cret"), "{shown}");
    let file = File::parse(Path::new("x"), text).unwrap();
    assert!(!format!("{file:?}").contains("s3cret"));
    let refresh = settings.roster.unwrap().refresh_token.unwrap();
    assert_eq!(
        refresh.value.reference.to_string(),
        "env:ABMCTL_ROSTER_REFRESH_TOKEN"
    );
}
