//! Files that were cut off or changed on the way, and files that are made to do harm.

use secrecy::ExposeSecret;

use super::*;

#[test]
fn a_damaged_file_says_where() {
    let portal = String::from_utf8(fixture("portal.p7m")).unwrap();
    let (headers, body) = portal.split_once("\n\n").unwrap();
    let stream = fixture("stream.der");
    let definite = fixture("definite.der");
    let last = definite.len() - 1;
    for (file, expected) in [
        (
            headers.as_bytes().to_vec(),
            "it ends before its content begins",
        ),
        (portal[..portal.len() / 2].into(), "it ends too early"),
        (body[..body.len() / 2].into(), "it ends too early"),
        (stream[..stream.len() / 2].into(), "it ends too early"),
        (definite[..last].into(), "it ends too early"),
        (
            portal.replace("MIAG", "MIAG!").into(),
            "it contains characters that aren't base64",
        ),
        (
            String::from_utf8(fixture("armour.pem"))
                .unwrap()
                .replace("-----END CMS-----", "")
                .into(),
            "its last line is missing",
        ),
        (
            format!("{headers}\n\nhello").into(),
            "abmctl can't read its structure",
        ),
        (
            [&stream[..], b"and more"].concat(),
            "there is extra data after its end",
        ),
        // Another key length in the same place.
        (
            changed("stream.der", &[0x04, 0x10], &[0x04, 0x0f]),
            "abmctl can't read its structure",
        ),
        (
            [&definite[..last], &[definite[last] ^ 1]].concat(),
            "abmctl can't decrypt all of its content",
        ),
        (
            [
                &definite[..last - 40],
                &[definite[last - 40] ^ 1],
                &definite[last - 39..],
            ]
            .concat(),
            "its content isn't text",
        ),
    ] {
        let opened = Sealed::parse(&file).and_then(|file| file.open(own_key(), None));
        assert_eq!(opened.unwrap_err(), P7mError::Damaged(expected.into()));
    }
}

/// What a file gives is nothing, or the token that is in it.
fn assert_same_or_nothing(file: &[u8], what: &str) -> bool {
    let Ok(sealed) = Sealed::parse(file) else {
        return false;
    };
    let Ok(opened) = sealed.open(own_key(), None) else {
        return false;
    };
    let Ok(token) = ServerToken::parse(opened) else {
        return false;
    };
    let expected = ServerToken::parse(TOKEN).unwrap();
    for (found, expected) in [
        (&token.consumer_key, &expected.consumer_key),
        (&token.consumer_secret, &expected.consumer_secret),
        (&token.access_token, &expected.access_token),
        (&token.access_secret, &expected.access_secret),
    ] {
        assert_eq!(found.expose_secret(), expected.expose_secret(), "{what}");
    }
    assert_eq!(token.expiry_raw(), expected.expiry_raw(), "{what}");
    true
}

#[test]
fn half_a_file_gives_nothing_or_the_same() {
    for name in [
        "portal.p7m",
        "armour.pem",
        "stream.der",
        "definite.der",
        "des3.p7m",
    ] {
        let file = fixture(name);
        for length in 0..file.len() {
            let found = assert_same_or_nothing(&file[..length], &format!("{name} to {length}"));
            // Only line ends, padding, and of PEM the end of its last line can be missing.
            let missing = if name == "armour.pem" { 9 } else { 3 };
            assert!(
                !found || length + missing >= file.len(),
                "{name} to {length}"
            );
        }
    }
}

#[test]
fn a_changed_byte_gives_nothing_or_the_same() {
    // A step of one for DER; base64 has more characters, and the same in them.
    for (name, step) in [
        ("stream.der", 1),
        ("definite.der", 1),
        ("aes256.p7m", 3),
        ("des3.p7m", 3),
    ] {
        let file = fixture(name);
        for at in (0..file.len()).step_by(step) {
            let mut file = file.clone();
            file[at] ^= if at % 2 == 0 { 0x01 } else { 0x80 };
            assert_same_or_nothing(&file, &format!("{name} at {at}"));
        }
    }
}

#[test]
fn neither_depth_nor_number_nor_length_is_a_danger() {
    let most = LARGEST - 200;
    let frame = [
        0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03,
    ];
    let many = |part: &[u8]| part.repeat(most / part.len());
    for file in [
        many(&[0x30, 0x80]),
        [&frame[..], &[0xa0, 0x80], &many(&[0x30, 0x80])].concat(),
        [
            &frame[..],
            &[0xa0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x00, 0x31, 0x80],
            &many(&[0x30, 0x00]),
        ]
        .concat(),
        [
            &frame[..],
            &[0xa0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x00, 0xa0, 0x80],
            &many(&[0x30, 0x80]),
        ]
        .concat(),
        [&frame[..], &[0xa0, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30]].concat(),
        // The content, in strings within strings.
        {
            let stream = fixture("stream.der");
            let at = stream
                .windows(3)
                .position(|part| part == [0xa0, 0x80, 0x04])
                .unwrap();
            [&stream[..at + 2], &many(&[0x24, 0x80])].concat()
        },
    ] {
        let error = Sealed::parse(&file).unwrap_err();
        assert!(
            matches!(error, P7mError::Damaged(_) | P7mError::NotOne(_)),
            "{error}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn a_file_that_is_cut_and_joined_gives_nothing_or_the_same(
        text: bool,
        from in 0_usize..1200,
        to in 0_usize..1200,
        between in proptest::collection::vec(proptest::num::u8::ANY, 0..8),
    ) {
        let file = fixture(if text { "portal.p7m" } else { "stream.der" });
        let (from, to) = (from.min(file.len()), to.min(file.len()));
        let joined = [&file[..from], &between, &file[to..]].concat();
        assert_same_or_nothing(&joined, &format!("{from}, {between:?}, {to}"));
    }
}
