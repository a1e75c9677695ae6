//! Who holds which family, and what a wish changes.

use super::*;

fn server(id: &str, families: &[&str]) -> Server {
    Server {
        id: id.to_owned(),
        name: format!("Server {id}"),
        families: Some(families.iter().map(|it| Family::from(*it)).collect()),
    }
}

fn unread(id: &str) -> Server {
    Server {
        families: None,
        ..server(id, &[])
    }
}

#[test]
fn nobody_is_said_only_when_every_server_was_read() {
    let mac = Family::Mac;
    let with = server("A", &["MAC"]);
    let without = server("B", &["IPAD"]);
    let a_and_b = vec!["A".to_owned(), "C".to_owned()];
    for (servers, expected) in [
        (
            vec![with.clone(), without.clone()],
            Holder::Server("A".into()),
        ),
        (vec![with.clone(), unread("C")], Holder::Server("A".into())),
        (vec![without.clone()], Holder::Nobody),
        (
            vec![without, unread("C")],
            Holder::Unknown {
                unread: vec!["C".into()],
            },
        ),
        (vec![with, server("C", &["MAC"])], Holder::Several(a_and_b)),
    ] {
        assert_eq!(holder(&servers, &mac), expected);
    }
}

#[test]
fn a_wish_changes_what_is_elsewhere_and_each_family_once() {
    let servers = [server("A", &["MAC", "IPAD"]), server("B", &["WATCH"])];
    let families: Vec<Family> = ["MAC", "WATCH", "VISION", "MAC"].map(Family::from).into();
    let shown = |to| {
        let changes = changes(&servers, &families, to);
        let row = |it: Change| (it.family.as_str().to_owned(), it.from, it.to);
        changes.into_iter().map(row).collect::<Vec<_>>()
    };
    let id = |id: &str| Some(id.to_owned());
    assert_eq!(
        shown(Some("B")),
        [
            ("MAC".into(), id("A"), id("B")),
            ("VISION".into(), None, id("B"))
        ]
    );
    assert_eq!(
        shown(None),
        [
            ("MAC".into(), id("A"), None),
            ("WATCH".into(), id("B"), None)
        ]
    );
}
