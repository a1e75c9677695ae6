use super::*;

#[test]
fn a_token_of_a_namesake_is_not_the_servers() {
    let named = |id: &str, name: &str| Named {
        id: id.into(),
        name: name.into(),
        deleted: false,
    };
    let servers = [
        named("AA01", "Intune"),
        named("AA02", "Intune"),
        named("AA03", "Café"),
    ];
    for (id, name, of) in [
        (Some("AA01"), Some("Intune"), &["AA01"][..]),
        (Some("aa-02"), Some("Café"), &["AA02"]),
        // It may be of either.
        (None, Some("INTUNE"), &["AA01", "AA02"]),
        (Some("FF"), Some("Intune"), &["AA01", "AA02"]),
        (None, Some("CAFE\u{301}"), &["AA03"]),
        (None, Some("Munki"), &[]),
        (None, None, &[]),
    ] {
        let token = TokenServer {
            id: id.map(str::to_owned),
            name: name.map(str::to_owned),
            organization: None,
        };
        let ids = servers.iter().map(|it| it.id.as_str());
        let found: Vec<&str> = ids.filter(|id| may_be(&token, id, &servers)).collect();
        assert_eq!(found, of, "{id:?} {name:?}");
    }
}
