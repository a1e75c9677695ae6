//! Naming servers.

use super::*;

const JAMF: &str = "0A1B2C3D4E5F60718293A4B5C6D7E8F9";

fn servers() -> Vec<Named> {
    let named = |id: &str, name: &str, deleted| Named {
        id: id.to_owned(),
        name: name.to_owned(),
        deleted,
    };
    vec![
        named(JAMF, "Jamf Pro Production", false),
        named("B2", "Intune", false),
        named("C3", "Lab", false),
        named("D4", "lab", false),
        named("E5", "Kiosk", false),
        named("F6", "Old", true),
        named("A7", "Größe", false),
        // The same server on two pages.
        named("B2", "Intune", false),
    ]
}

fn resolved(wanted: &str, aliases: &[(&str, &str)]) -> Result<String, String> {
    let aliases = aliases
        .iter()
        .map(|(alias, value)| ((*alias).to_owned(), (*value).to_owned()))
        .collect();
    resolve(wanted, &aliases, &servers())
        .map(|server| server.id.clone())
        .map_err(|error| error.to_string())
}

#[test]
fn an_id_is_taken_in_any_case_and_with_dashes() {
    for wanted in [
        JAMF,
        "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
    ] {
        assert_eq!(resolved(wanted, &[]), Ok(JAMF.to_owned()));
    }
}

#[test]
fn a_name_is_taken_in_any_case_and_only_whole() {
    assert_eq!(resolved("jamf pro PRODUCTION", &[]), Ok(JAMF.to_owned()));
    assert_eq!(resolved("GRÖßE", &[]), Ok("A7".to_owned()));
    assert_eq!(resolved("intune", &[]), Ok("B2".to_owned()));
    assert!(resolved("Jamf", &[]).is_err());
}

#[test]
fn the_id_comes_before_the_alias_and_the_alias_before_the_name() {
    assert_eq!(resolved("b2", &[("b2", "Kiosk")]), Ok("B2".to_owned()));
    assert_eq!(resolved("prod", &[("prod", "intune")]), Ok("B2".to_owned()));
    assert_eq!(resolved("prod", &[("prod", "e5")]), Ok("E5".to_owned()));
    assert_eq!(resolved("kiosk", &[("kiosk", "E5")]), Ok("E5".to_owned()));
}

#[test]
fn what_means_no_one_server_says_why() {
    let aliases = [
        ("prod", JAMF),
        ("kiosk", "Intune"),
        ("labs", "LAB"),
        ("chain", "prod"),
        ("gone", "Old"),
        ("blank", ""),
    ];
    for (wanted, message) in [
        ("", "The name of the server is empty."),
        (" ", "The name of the server is empty."),
        (
            "LAB",
            "Several servers are named \"LAB\". Use an id instead: C3, D4.",
        ),
        (
            "labs",
            "Several servers are named \"LAB\". Use an id instead: C3, D4.",
        ),
        (
            "kiosk",
            "\"kiosk\" is an alias of the server B2 and also the name of E5. Use an id instead.",
        ),
        (
            "chain",
            "The alias \"chain\" stands for \"prod\", but no server has that id or name.",
        ),
        (
            "gone",
            "The alias \"gone\" stands for \"Old\", but no server has that id or name.",
        ),
        (
            "blank",
            "The alias \"blank\" stands for \"\", but no server has that id or name.",
        ),
        (
            "intun",
            "Server \"intun\" doesn't exist. The nearest names are \"Intune\" (B2), \"Kiosk\" (E5), \"kiosk\" (alias).",
        ),
    ] {
        assert_eq!(resolved(wanted, &aliases), Err(message.to_owned()));
    }
}

#[test]
fn a_deleted_server_is_neither_found_nor_offered() {
    for wanted in ["F6", "Old"] {
        let said = resolved(wanted, &[]).unwrap_err();
        assert!(said.starts_with("Server \""), "{said}");
        assert!(!said.contains("(F6)"), "{said}");
    }
    let none = resolve("Old", &BTreeMap::new(), &servers()[5..6]).unwrap_err();
    assert_eq!(
        none.to_string(),
        "Server \"Old\" doesn't exist. The organization has no servers."
    );
}

#[test]
fn two_services_are_joined_by_id_and_else_by_a_name_that_is_alone() {
    for (id, name, expected) in [
        (Some(JAMF), None, Some((JAMF, "id"))),
        (Some("b2"), Some("Kiosk"), Some(("B2", "id"))),
        (Some("another"), Some("kiosk"), Some(("E5", "name"))),
        (None, Some("Intune"), Some(("B2", "name"))),
        (None, Some("lab"), None),
        (None, Some("Old"), None),
        (Some("F6"), None, None),
        (Some(""), Some(" "), None),
        (None, None, None),
    ] {
        let servers = servers();
        let joined = join(id, name, &servers).map(|(server, by)| (server.id.as_str(), by.word()));
        assert_eq!(joined, expected, "{id:?} {name:?}");
    }
}

#[test]
fn a_short_name_can_be_a_file_s() {
    for (name, expected) in [
        ("Jamf Pro Production", Some("jamf-pro-production")),
        ("prod", Some("prod")),
        ("  -- MDM (test) 2.0 --", Some("mdm-test-2.0")),
        ("../../etc/passwd", Some("etc-passwd")),
        ("München", Some("m-nchen")),
        ("日本", None),
        ("", None),
        ("...", None),
    ] {
        assert_eq!(short(name).as_deref(), expected, "{name}");
    }
    assert_eq!(short(&"x".repeat(100)).unwrap().len(), 64);
}

proptest::proptest! {
    #[test]
    fn a_short_name_always_can(name: String) {
        if let Some(short) = short(&name) {
            let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
            proptest::prop_assert!(short.len() <= 64 && short.chars().all(good));
            proptest::prop_assert!(!short.starts_with(['.', '-']));
        }
    }
}

#[test]
fn a_name_is_found_in_either_form_of_unicode_and_in_any_case() {
    let server = |id: &str, name: &str| Named {
        id: id.to_owned(),
        name: name.to_owned(),
        deleted: false,
    };
    let (composed, apart) = ("Caf\u{e9}", "Cafe\u{301}");
    for (kept, wanted) in [
        (composed, composed),
        (composed, apart),
        (apart, composed),
        (apart, "CAFE\u{301}"),
        (apart, "CAF\u{c9}"),
        ("\u{c9}COLE", "e\u{301}cole"),
        // A Hangul syllable and its letters, and a sign that has another one in its place.
        ("\u{ac00}", "\u{1100}\u{1161}"),
        ("\u{212b}", "\u{e5}"),
    ] {
        assert!(same(kept, wanted), "{kept:?} {wanted:?}");
        let servers = [server("A", kept), server("B", "Cafe")];
        let none = BTreeMap::new();
        assert_eq!(resolve(wanted, &none, &servers).unwrap().id, "A");
        let joined = join(None, Some(wanted), &servers).unwrap();
        assert_eq!((&joined.0.id[..], joined.1), ("A", JoinedBy::Name));
    }
    assert!(!same("Cafe", composed));
    // Two servers whose names look alike are two.
    let twins = [server("A", composed), server("B", apart)];
    let error = resolve(composed, &BTreeMap::new(), &twins).unwrap_err();
    assert!(matches!(error, NameError::Several { .. }), "{error}");
    let aliases = BTreeMap::from([(apart.to_owned(), "B".to_owned())]);
    let servers = [server("A", "Prod"), server("B", "Test")];
    assert_eq!(resolve(composed, &aliases, &servers).unwrap().id, "B");
}
