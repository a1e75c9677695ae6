//! Words, families and aliases against each other.

use super::*;

#[test]
fn every_word_and_alias_is_read_in_any_case() {
    for (written, platform) in [
        ("mac", Family::Mac),
        ("macOS", Family::Mac),
        ("OSX", Family::Mac),
        ("iphone", Family::Iphone),
        ("IPHONE", Family::Iphone),
        ("iPad", Family::Ipad),
        ("iPadOS", Family::Ipad),
        ("vision", Family::Vision),
        ("visionOS", Family::Vision),
        ("vision-pro", Family::Vision),
        ("apple-vision-pro", Family::Vision),
        ("Apple Vision Pro", Family::Vision),
        ("tv", Family::AppleTv),
        ("tvOS", Family::AppleTv),
        ("appletv", Family::AppleTv),
        ("apple-tv", Family::AppleTv),
        ("APPLE_TV", Family::AppleTv),
        ("watch", Family::Watch),
        ("watchOS", Family::Watch),
        ("apple-watch", Family::Watch),
        (" ipod ", Family::Ipod),
    ] {
        assert_eq!(Family::of_word(written), Ok(platform), "{written}");
    }
}

#[test]
fn every_name_of_a_platform_leads_back_to_it() {
    for platform in Family::KNOWN {
        assert_eq!(Family::of_word(platform.word()), Ok(platform.clone()));
        assert_eq!(Family::of_word(platform.as_str()), Ok(platform.clone()));
        assert_eq!(Family::from(platform.as_str()), platform);
        if let Some(model) = platform.model_family() {
            assert_eq!(Family::of_word(model), Ok(platform));
        }
    }
    for (alias, platform) in ALIASES {
        assert_eq!(Family::of_word(alias), Ok(platform));
    }
}

#[test]
fn an_unknown_word_is_told_what_there_is_and_what_is_nearest() {
    let said = |word: &str| Family::of_word(word).unwrap_err().to_string();
    assert_eq!(
        said("ihpone"),
        "\"ihpone\" isn't a platform (did you mean \"iphone\"?). \
         The platforms are mac, iphone, ipad, vision, apple-tv, watch, ipod."
    );
    assert!(said("vison-os").contains("did you mean \"vision\"?"));
    assert_eq!(
        said("zzz"),
        "\"zzz\" isn't a platform. The platforms are mac, iphone, ipad, vision, apple-tv, watch, ipod."
    );
    assert!(said("").starts_with("\"\" isn't a platform. "));
    assert_eq!(
        said("iOS"),
        "\"iOS\" can mean iphone, ipad, or ipod. Name the platforms, such as \"iphone,ipad\"."
    );
}

#[test]
fn a_family_that_apple_adds_is_kept_and_has_no_platform() {
    let family = Family::from("HOME_POD");
    assert_eq!(family, Family::Other("HOME_POD".to_owned()));
    assert_eq!((family.model_family(), family.word()), (None, "HOME_POD"));
    assert!(Family::of_word("HOME_POD").is_err());
    let families: Vec<Family> = serde_json::from_str(r#"["MAC","HOME_POD"]"#).unwrap();
    assert_eq!(families, [Family::Mac, family]);
    let written = serde_json::to_string(&families).unwrap();
    assert_eq!(written, r#"["MAC","HOME_POD"]"#);
}
