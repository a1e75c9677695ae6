//! Members that don't fail the rest, whatever Apple puts into them, and text that JSON itself refuses.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

type Raw = Option<Box<RawValue>>;

/// A member that a command needs, as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Member {
    /// It is not there, or null.
    #[default]
    Absent,
    Text(String),
    /// Anything else, or a text that is damaged.
    Odd,
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match Raw::deserialize(from)? {
            None => Self::Absent,
            Some(raw) => match serde_json::from_str::<String>(raw.get()) {
                Ok(text) if !text.contains(char::REPLACEMENT_CHARACTER) => Self::Text(text),
                _ => Self::Odd,
            },
        })
    }
}

/// A text as it is; anything else but null as the JSON that it is: an id that is a number, say.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Raw::deserialize(from)?
        .map(|raw| serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())))
}

/// A number that counts, also in quotes; `None` for anything else.
pub(super) fn count<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    Ok(text(from)?.and_then(|text| text.trim().parse().ok()))
}

/// Whatever can be read so; else nothing, as if it were not there.
pub(super) fn if_readable<'de, T, D>(from: D) -> Result<T, D::Error>
where
    T: for<'a> Deserialize<'a> + Default,
    D: Deserializer<'de>,
{
    let raw = Raw::deserialize(from)?;
    Ok(raw
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default())
}

/// The same for an object: an array is none, though its items could be taken for the members.
pub(super) fn object<'de, T, D>(from: D) -> Result<T, D::Error>
where
    T: for<'a> Deserialize<'a> + Default,
    D: Deserializer<'de>,
{
    // Borrowed, since a list may have a hundred thousand.
    let raw = Option::<&RawValue>::deserialize(from)?.filter(|raw| raw.get().starts_with('{'));
    Ok(raw
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default())
}

/// The members of an object, in its order and whatever they are; none of anything else. A value that can't be read is a text with the
/// JSON that it is, and costs no other.
pub(super) fn members<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<(String, Value)>, D::Error> {
    let raw = Option::<&RawValue>::deserialize(from)?;
    let json = raw.map(RawValue::get).unwrap_or_default();
    if let Ok(Members(members)) = serde_json::from_str(json) {
        return Ok(members);
    }
    let Ok(Members::<&RawValue>(members)) = serde_json::from_str(json) else {
        return Ok(Vec::new());
    };
    let members = members.into_iter().map(|(name, raw)| {
        let value = serde_json::from_str(raw.get());
        (name, value.unwrap_or_else(|_| raw.get().into()))
    });
    Ok(members.collect())
}

/// An object as pairs: a list may have a hundred thousand objects, and a map of each takes twice the time.
struct Members<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Pairs<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
            type Value = Members<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(32);
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        from.deserialize_map(Pairs(PhantomData))
    }
}

/// The document, with U+FFFD for each half of a surrogate pair that stands alone (`\ud800`): JSON allows it, and no text can hold
/// it. In place of the half, the whole document would be refused.
pub(super) fn without_lone_surrogates(document: &str) -> Cow<'_, str> {
    let half = |at: usize| {
        let digits = document.get(at..at + 6)?.strip_prefix("\\u")?;
        let unit = u16::from_str_radix(digits, 16).ok()?;
        (0xD800..=0xDFFF).contains(&unit).then_some(unit)
    };
    let mut out = String::new();
    let (mut kept, mut at) = (0, 0);
    // An escape has two characters at least, and a backslash stands in texts alone.
    while let Some(found) = document.get(at..).and_then(|rest| rest.find('\\')) {
        at += found;
        match (half(at), half(at + 6)) {
            (None, _) => at += 2,
            (Some(..0xDC00), Some(0xDC00..)) => at += 12,
            (Some(_), _) => {
                out.push_str(&document[kept..at]);
                out.push_str("\\ufffd");
                at += 6;
                kept = at;
            }
        }
    }
    if kept == 0 {
        return Cow::Borrowed(document);
    }
    out.push_str(&document[kept..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Members {
        #[serde(deserialize_with = "text")]
        text: Option<String>,
        #[serde(deserialize_with = "count")]
        count: Option<u64>,
        #[serde(deserialize_with = "if_readable")]
        inner: Option<Vec<String>>,
        member: Member,
    }

    #[test]
    fn no_member_costs_the_others() {
        let long = "9".repeat(400);
        for (value, text, count) in [
            (r#""7""#, Some("7"), Some(7)),
            ("7", Some("7"), Some(7)),
            ("\"\"", Some(""), None),
            ("\" 12 \"", Some(" 12 "), Some(12)),
            ("null", None, None),
            ("-1", Some("-1"), None),
            ("1.5", Some("1.5"), None),
            ("1e999", Some("1e999"), None),
            (&long, Some(&long), None),
            ("true", Some("true"), None),
            ("[\"a\"]", Some("[\"a\"]"), None),
            (r#"{"a":1}"#, Some(r#"{"a":1}"#), None),
        ] {
            let document = format!(
                r#"{{"text":{value},"count":{value},"inner":{value},"member":{value},"other":{value},"more":"\ud800"}}"#
            );
            let read: Members = serde_json::from_str(&document).unwrap();
            assert_eq!(read.text.as_deref(), text, "{value}");
            assert_eq!(read.count, count, "{value}");
            let inner = (value == "[\"a\"]").then(|| vec!["a".to_owned()]);
            assert_eq!(read.inner, inner, "{value}");
            let member = match (value, text) {
                ("null", _) => Member::Absent,
                (_, Some(text)) if value.starts_with('"') => Member::Text(text.to_owned()),
                _ => Member::Odd,
            };
            assert_eq!(read.member, member, "{value}");
        }
        let absent: Members = serde_json::from_str("{}").unwrap();
        assert_eq!(absent, Members::default());
    }

    #[test]
    fn one_member_that_cant_be_read_costs_no_other() {
        #[derive(Deserialize)]
        struct Item {
            #[serde(default, deserialize_with = "members")]
            attributes: Vec<(String, Value)>,
        }
        for (json, expected) in [
            (
                r#"{"b":1,"a":["x"]}"#,
                vec![("b", json!(1)), ("a", json!(["x"]))],
            ),
            (
                r#"{"b":1e999,"a":"x"}"#,
                vec![("b", json!("1e999")), ("a", json!("x"))],
            ),
            (
                r#"{"a":{"b":-1e999}}"#,
                vec![("a", json!(r#"{"b":-1e999}"#))],
            ),
            ("{}", vec![]),
            ("[1]", vec![]),
            ("\"a\"", vec![]),
            ("null", vec![]),
        ] {
            let item: Item = serde_json::from_str(&format!(r#"{{"attributes":{json}}}"#)).unwrap();
            let expected: Vec<(String, Value)> = expected
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            assert_eq!(item.attributes, expected, "{json}");
        }
        let item: Item = serde_json::from_str("{}").unwrap();
        assert_eq!(item.attributes, []);
    }

    #[test]
    fn a_lone_half_of_a_pair_is_replaced_and_nothing_else() {
        for (document, expected) in [
            (r#"["a\ud800"]"#, "a\u{fffd}"),
            (r#"["\udc00\ud800b"]"#, "\u{fffd}\u{fffd}b"),
            (r#"["\ud83d\ude00"]"#, "\u{1f600}"),
            (r#"["\ud83d\ud83d\ude00"]"#, "\u{fffd}\u{1f600}"),
            (r#"["\uD800\u0041"]"#, "\u{fffd}A"),
            (r#"["\\ud800"]"#, "\\ud800"),
            (r#"["\\\ud800"]"#, "\\\u{fffd}"),
            (r#"["\ud800\\"]"#, "\u{fffd}\\"),
        ] {
            let read: Vec<String> =
                serde_json::from_str(&without_lone_surrogates(document)).unwrap();
            assert_eq!(read, [expected], "{document}");
        }
        let damaged = without_lone_surrogates(r#""a\ud800""#).into_owned();
        assert_eq!(
            serde_json::from_str::<Member>(&damaged).unwrap(),
            Member::Odd
        );
        for whole in [
            "",
            "\\",
            r"\u",
            r"\ud8",
            r"\ud800",
            "é\\é",
            r#"{"a":"\n\u00e9"}"#,
        ] {
            let _ = without_lone_surrogates(whole);
        }
        let whole = r#"{"a":"\n\u00e9\ud83d\ude00"}"#;
        assert!(matches!(without_lone_surrogates(whole), Cow::Borrowed(_)));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken(text: String, document in r#"[\\u"dD8cC0fF]{0,40}"#) {
            let document_of_text = json!([text]).to_string();
            let read: Value = serde_json::from_str(&without_lone_surrogates(&document_of_text)).unwrap();
            proptest::prop_assert_eq!(&read[0], &text);
            let _ = without_lone_surrogates(&document);
        }
    }
}
