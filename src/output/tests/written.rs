//! csv, ndjson and yaml, and rows that are written as they become known.

use std::sync::{Arc, Mutex};

use super::*;

/// A row with everything that csv has a way of its own for.
#[derive(Serialize)]
struct Odd {
    name: String,
    from: Option<Side>,
    count: i64,
    words: Vec<String>,
}

#[derive(Serialize)]
struct Side {
    id: String,
    name: String,
}

impl Row for Odd {
    const COLUMNS: &'static [Column<Self>] = &[
        column("name", "NAME", |it| it.name.shown()),
        column("from", "FROM", |it: &Self| {
            it.from.as_ref().map(|it| &it.name).shown()
        })
        .of(&["id", "name"]),
        number("count", "COUNT", |it| it.count.shown()),
        more("words", |it| it.words.shown()),
    ];
}

fn odd(name: &str, from: Option<(&str, &str)>, words: &[&str]) -> Odd {
    Odd {
        name: name.to_owned(),
        from: from.map(|(id, name)| Side {
            id: id.to_owned(),
            name: name.to_owned(),
        }),
        count: -3,
        words: words.iter().map(|&it| it.to_owned()).collect(),
    }
}

/// What was written, to be looked at meanwhile.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn csv_has_a_column_for_each_nested_member() {
    let mut output = at(None);
    output.format = Format::Csv;
    let rows = vec![
        odd("a", Some(("1", "One, two")), &["x", "y"]),
        odd("b", None, &[]),
    ];
    assert_eq!(
        output.render(&Document::rows(rows)).unwrap(),
        "name,from_id,from_name,count,words\na,1,\"One, two\",-3,\"x,y\"\nb,,,-3,\n"
    );
}

#[test]
fn csv_has_no_formulas_unless_it_is_to_be_raw() {
    let mut output = at(None);
    output.format = Format::Csv;
    output.no_headers = true;
    for name in ["=1+1", "+1", "-1", "@a", "\tx", "\rx"] {
        let shown = name.replace(['\t', '\r'], " ");
        let row = || Document::rows(vec![odd(name, Some((name, "b")), &[name])]);
        output.raw = false;
        let expected = format!("'{shown},'{shown},b,-3,'{shown}\n");
        let text = output.render(&row()).unwrap().replace('"', "");
        if name.starts_with(['\t', '\r']) {
            // In a list what it begins with is a blank by then.
            assert!(
                text.starts_with(&format!("'{shown},'{shown},b,-3,")),
                "{text}"
            );
        } else {
            assert_eq!(text, expected);
        }
        output.raw = true;
        let expected = format!("{shown},{shown},b,-3,{shown}\n");
        assert_eq!(output.render(&row()).unwrap().replace('"', ""), expected);
    }
}

#[test]
fn a_stream_writes_what_is_written_at_once() {
    for (format, first, all, left) in [
        (
            Format::Csv,
            "name,from_id,from_name,count,words\na,,,-3,\n",
            "name,from_id,from_name,count,words\na,,,-3,\nb,,,-3,\n",
            false,
        ),
        (
            Format::Ndjson,
            "{\"name\":\"a\",\"from\":null,\"count\":-3,\"words\":[]}\n",
            "{\"name\":\"a\",\"from\":null,\"count\":-3,\"words\":[]}\n{\"name\":\"b\",\"from\":null,\"count\":-3,\"words\":[]}\n",
            false,
        ),
        (Format::Table, "", "", true),
        (Format::Json, "", "", true),
    ] {
        let written = Shared::default();
        let mut output = Output::new(Box::new(written.clone()));
        output.format = format;
        let text = || String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let mut rows = Stream::new(&output).unwrap();
        assert!(rows.push(odd("a", None, &[])));
        assert_eq!(text(), first);
        assert!(rows.push(odd("b", None, &[])));
        assert_eq!(rows.finish().unwrap().is_some(), left);
        assert_eq!(text(), all);
    }
    // Without rows csv has its header all the same.
    let written = Shared::default();
    let mut output = Output::new(Box::new(written.clone()));
    output.format = Format::Csv;
    assert!(
        Stream::<Odd>::new(&output)
            .unwrap()
            .finish()
            .unwrap()
            .is_none()
    );
    assert_eq!(
        &*written.0.lock().unwrap(),
        b"name,from_id,from_name,count,words\n"
    );
}

#[test]
fn rows_of_several_organizations_have_their_profile_in_front() {
    for (format, columns, expected) in [
        (
            Format::Csv,
            None,
            "profile,name,from_id,from_name,count,words\nacme,a,,,-3,\nglobex,b,,,-3,\n",
        ),
        (
            Format::Ndjson,
            None,
            "{\"profile\":\"acme\",\"name\":\"a\",\"from\":null,\"count\":-3,\"words\":[]}\n{\"profile\":\"globex\",\"name\":\"b\",\"from\":null,\"count\":-3,\"words\":[]}\n",
        ),
        (
            Format::Table,
            None,
            "PROFILE  NAME  FROM  COUNT\nacme     a     -        -3\nglobex   b     -        -3\n",
        ),
        (
            Format::Json,
            Some(vec!["name", "profile"]),
            "[\n  {\n    \"name\": \"a\",\n    \"profile\": \"acme\"\n  },\n  {\n    \"name\": \"b\",\n    \"profile\": \"globex\"\n  }\n]\n",
        ),
    ] {
        let written = Shared::default();
        let mut output = Output::new(Box::new(written.clone()));
        output.format = format;
        output.columns = columns.map(|it: Vec<&str>| it.into_iter().map(str::to_owned).collect());
        let mut rows = Stream::of_profiles(&output).unwrap();
        assert!(rows.push_of("acme", odd("a", None, &[])));
        assert!(rows.push_of("globex", odd("b", None, &[])));
        if let Some(document) = rows.finish().unwrap() {
            output.write(&document).unwrap();
        }
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text, expected);
    }
    // Where there is one organization, there is no such column.
    let mut output = at(None);
    output.columns = Some(vec!["profile".to_owned()]);
    assert!(Stream::<Odd>::new(&output).is_err());
    assert!(Stream::<Odd>::of_profiles(&output).is_ok());
}

#[test]
fn yaml_keeps_what_it_can_and_harms_no_terminal() {
    let mut output = at(None);
    output.format = Format::Yaml;
    for text in [
        "two\nlines",
        "two\r\nlines\n",
        "a\tb",
        "a\tb\nc",
        "a\u{1b}[31m",
        "a\u{9b}2J\nb",
        "\u{feff}a",
        "a\u{202e}b\u{2066}\nc",
    ] {
        let yaml = output
            .render(&Document::Foreign(json!({"name": text})))
            .unwrap();
        let bare =
            |c: char| (c.is_control() && c != '\n' && c != '\t') || "\u{202e}\u{2066}".contains(c);
        assert!(!yaml.contains(bare), "{yaml:?}");
        let back: Value = serde_saphyr::from_str(&yaml).unwrap();
        let kept = text.replace(['\u{202e}', '\u{2066}'], "\u{fffd}");
        assert_eq!(
            back["name"],
            kept.replace('\u{feff}', "\u{fffd}"),
            "{yaml:?}"
        );
    }
}

/// What else there is to say of a change, in a test.
#[derive(Serialize)]
struct Id {
    id: &'static str,
}

#[test]
fn a_change_is_written_row_by_row_and_then_what_else_it_has() {
    let change = || Change {
        changed: true,
        dry_run: false,
        profile: "acme".to_owned(),
        sandbox: false,
        changes: Vec::new(),
        more: Id { id: "1" },
    };
    let written = |format| {
        let shared = Shared::default();
        let mut output = Output::new(Box::new(shared.clone()));
        output.format = format;
        let mut rows = Stream::new(&output).unwrap();
        assert!(rows.push(odd("a", None, &[])));
        let early = String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
        assert!(rows.push(odd("b", None, &[])));
        let document =
            rows.finish_change(change(), |change| change.document(Vec::new(), None, &[]));
        let rest = document.unwrap().map(|it| output.render(&it).unwrap());
        let now = String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
        (early, now, rest)
    };
    let row =
        |name: &str| format!("{{\"count\":-3,\"from\":null,\"name\":\"{name}\",\"words\":[]}}\n");
    let last = "{\"changed\":true,\"dry_run\":false,\"id\":\"1\",\"profile\":\"acme\",\"sandbox\":false}\n";
    let (early, now, rest) = written(Format::Ndjson);
    let sorted = |text: &str| -> Vec<Value> {
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect()
    };
    assert_eq!(sorted(&early), sorted(&row("a")));
    assert_eq!(sorted(&now), sorted(&(row("a") + &row("b") + last)));
    assert_eq!(rest, None);
    let (early, now, rest) = written(Format::Csv);
    assert_eq!(early, "name,from_id,from_name,count,words\na,,,-3,\n");
    assert_eq!(now, early + "b,,,-3,\n");
    assert_eq!(rest, None);
    let (early, now, rest) = written(Format::Json);
    assert_eq!((early + &now).len(), 0);
    let whole: Value = serde_json::from_str(&rest.unwrap()).unwrap();
    assert_eq!(whole["changes"][1]["name"], "b");
    assert_eq!(whole["id"], "1");
}
