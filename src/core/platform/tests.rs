//! Words, families and aliases against each other.

use super::*;

#[test]
fn every_word_and_alias_is_read_in_any_case() {
    for (written, platform) in [
        ("mac", Platform::Mac),
        ("macOS", Platform::Mac),
        ("OSX", Platform::Mac),
        ("iphone", Platform::Iphone),
        ("IPHONE", Platform::Iphone),
        ("iPad", Platform::Ipad),
        ("iPadOS", Platform::Ipad),
        ("vision", Platform::Vision),
        ("visionOS", Platform::Vision),
        ("vision-pro", Platform::Vision),
        ("apple-vision-pro", Platform::Vision),
        ("Apple Vision Pro", Platform::Vision),
        ("tv", Platform::AppleTv),
        ("tvOS", Platform::AppleTv),
        ("appletv", Platform::AppleTv),
        ("apple-tv", Platform::AppleTv),
        ("APPLE_TV", Platform::AppleTv),
        ("watch", Platform::Watch),
        ("watchOS", Platform::Watch),
        ("apple-watch", Platform::Watch),
        (" ipod ", Platform::Ipod),
    ] {
        assert_eq!(written.parse(), Ok(platform), "{written}");
    }
}

#[test]
fn every_name_of_a_platform_leads_back_to_it() {
    for platform in Platform::ALL {
        assert_eq!(platform.word().parse(), Ok(platform));
        assert_eq!(platform.family().as_str().parse(), Ok(platform));
        assert_eq!(platform.device_family().parse(), Ok(platform));
        assert_eq!(Family::from(platform.family().as_str()), platform.family());
        assert_eq!(platform.family().platform(), Some(platform));
        assert_eq!(platform.family().word(), platform.word());
        let family = platform.device_family();
        assert_eq!(Platform::of_device_family(family), Some(platform));
        if let Some(model) = platform.model_family() {
            assert_eq!(model.parse(), Ok(platform));
        }
    }
    for (alias, platform) in ALIASES {
        assert_eq!(alias.parse(), Ok(platform));
    }
}

#[test]
fn an_unknown_word_is_told_what_there_is_and_what_is_nearest() {
    let said = |word: &str| word.parse::<Platform>().unwrap_err().to_string();
    assert_eq!(
        said("ihpone"),
        "\"ihpone\" is not a platform (did you mean \"iphone\"?); \
         the platforms are mac, iphone, ipad, vision, apple-tv, watch, ipod."
    );
    assert!(said("vison-os").contains("did you mean \"vision\"?"));
    assert_eq!(
        said("zzz"),
        "\"zzz\" is not a platform; the platforms are mac, iphone, ipad, vision, apple-tv, watch, ipod."
    );
    assert!(said("").starts_with("\"\" is not a platform; "));
    assert_eq!(
        said("iOS"),
        "\"iOS\" can mean iphone, ipad or ipod; name the platforms, as in \"iphone,ipad\"."
    );
}

#[test]
fn a_family_that_apple_adds_is_kept_and_has_no_platform() {
    let family = Family::from("HOME_POD");
    assert_eq!(family, Family::Other("HOME_POD".to_owned()));
    assert_eq!((family.platform(), family.word()), (None, "HOME_POD"));
    assert_eq!(Platform::of_device_family("HomePod"), None);
    let families: Vec<Family> = serde_json::from_str(r#"["MAC","HOME_POD"]"#).unwrap();
    assert_eq!(families, [Family::Mac, family]);
    let written = serde_json::to_string(&families).unwrap();
    assert_eq!(written, r#"["MAC","HOME_POD"]"#);
}

#[test]
fn a_platform_is_serialized_as_the_users_word() {
    let written = serde_json::to_string(&Platform::ALL).unwrap();
    assert_eq!(
        written,
        r#"["mac","iphone","ipad","vision","apple-tv","watch","ipod"]"#
    );
    let read: Platform = serde_json::from_str("\"visionOS\"").unwrap();
    assert_eq!(read, Platform::Vision);
    assert!(serde_json::from_str::<Platform>("\"phone\"").is_err());
}
