//! Tables on terminals and in pipes, and lists in csv.

use serde_json::json;

use super::*;

const COLUMNS: &[Column] = &[
    column("domain", "DOMAIN", Cell::Plain),
    column("status", "STATUS", Cell::Plain),
    column("known", "HOW WE KNOW", Cell::Plain),
    column("accounts", "ACCOUNTS", Cell::Number),
    column("dns", "DNS TXT", Cell::Plain),
];

static PLAIN: View = View {
    columns: COLUMNS,
    below: None,
    empty: "",
};

static WITH_BELOW: View = View {
    columns: COLUMNS,
    below: Some(advice),
    empty: "",
};

const LONG: &str = "students-of-the-lower-school.northfield-school.districts.example.org";

fn advice(row: &Map<String, Value>) -> Vec<String> {
    let lines = row.get("advice").and_then(Value::as_array);
    let lines = lines.into_iter().flatten().filter_map(Value::as_str);
    lines.map(str::to_owned).collect()
}

fn row(domain: &str, known: &str, advice: &[&str]) -> Value {
    json!({"domain": domain, "status": "unknown", "known": known, "accounts": 38, "dns": "absent", "advice": advice})
}

fn at(width: Option<u16>) -> Output {
    let mut output = Output::new(Box::new(io::sink()));
    output.width = width;
    output
}

fn rendered(output: &Output, rows: &[Value], view: &'static View) -> String {
    output.render(&Document::Rows(rows.to_vec(), view)).unwrap()
}

fn widest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap()
}

#[test]
fn a_first_cell_without_room_is_on_a_line_of_its_own() {
    let rows = [
        row("acme.com", "audit log", &[]),
        row(LONG, "accounts, you", &["no word on it"]),
        row("日本語.jp", "you", &[]),
    ];
    let expected = "\
DOMAIN     STATUS   HOW WE KNOW    ACCOUNTS  DNS TXT
acme.com   unknown  audit log            38  absent
students-of-the-lower-school.northfield-school.districts.example.org
           unknown  accounts, you        38  absent
日本語.jp  unknown  you                  38  absent
";
    let output = at(Some(80));
    assert_eq!(rendered(&output, &rows, &PLAIN), expected);
    let below = expected.replace(
        "accounts, you        38  absent\n",
        "accounts, you        38  absent\n  no word on it\n",
    );
    assert_eq!(rendered(&output, &rows, &WITH_BELOW), below);
}

#[test]
fn without_headers_and_short_names_the_first_column_is_a_gap() {
    let mut output = at(Some(80));
    output.no_headers = true;
    let rows = [row(LONG, "you", &[])];
    let expected = format!("{LONG}\n   unknown  you  38  absent\n");
    assert_eq!(rendered(&output, &rows, &WITH_BELOW), expected);
    assert_eq!(rendered(&output, &rows, &PLAIN), expected);
}

#[test]
fn chosen_columns_have_the_same_room() {
    let mut output = at(Some(80));
    let rows = [row("acme.com", "you", &["-"]), row(LONG, "you", &["-"])];
    let columns = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
    output.columns = columns(&["domain", "accounts"]);
    let fits = format!(
        "{:<68}  ACCOUNTS\n{:<68}        38\n{LONG}        38\n",
        "DOMAIN", "acme.com"
    );
    assert_eq!(rendered(&output, &rows, &WITH_BELOW), fits);
    output.columns = columns(&["domain", "status", "known"]);
    let expected = format!(
        "DOMAIN    STATUS   HOW WE KNOW\nacme.com  unknown  you\n{LONG}\n          unknown  you\n"
    );
    assert_eq!(rendered(&output, &rows, &WITH_BELOW), expected);
    // Alone it has the line anyway, if it is longer than that.
    output.width = Some(40);
    output.columns = columns(&["domain"]);
    let alone = format!("DOMAIN\nacme.com\n{LONG}\n");
    assert_eq!(rendered(&output, &rows, &WITH_BELOW), alone);
}

#[test]
fn room_is_counted_as_it_is_shown() {
    // 39 are left beside the others.
    for (domain, fits) in [
        ("a".repeat(39), true),
        ("a".repeat(40), false),
        ("語".repeat(19), true),
        ("語".repeat(20), false),
        // One sign of two columns, made of several characters.
        ("👩‍💻".repeat(19), true),
    ] {
        let text = rendered(&at(Some(80)), &[row(&domain, "you", &[])], &PLAIN);
        assert!(text.contains(&domain), "{text}");
        assert_eq!(text.lines().count(), if fits { 2 } else { 3 }, "{text}");
    }
}

#[test]
fn where_the_others_alone_do_not_fit_they_are_arranged_and_the_first_is_whole() {
    let known =
        "the audit log, the accounts, what you declared, and the DNS as it was this morning";
    let rows = [row("acme.com", known, &[]), row(LONG, known, &[])];
    let text = rendered(&at(Some(80)), &rows, &PLAIN);
    assert!(
        text.contains("\nacme.com  unknown  the audit log"),
        "{text}"
    );
    assert!(
        text.contains(&format!("\n{LONG}\n          unknown  ")),
        "{text}"
    );
    assert!(widest(&text) <= 80, "{text}");
    // Nothing is cut where each row is one line.
    let text = rendered(&at(Some(80)), &rows, &WITH_BELOW);
    let long = format!("\n{LONG}\n          unknown  {known}");
    assert!(text.contains(&long), "{text}");
}

#[test]
fn a_pipe_has_each_row_on_one_line() {
    let advice =
        "All of this is one line, however long it gets, since what reads it may be a program.";
    let rows = [row("acme.com", "you", &[]), row(LONG, "you", &[advice])];
    let text = rendered(&at(None), &rows, &WITH_BELOW);
    let expected = format!(
        "{:<68}  STATUS   HOW WE KNOW  ACCOUNTS  DNS TXT\n{:<68}  unknown  you                38  absent\n{LONG}  unknown  you                38  absent\n  {advice}\n",
        "DOMAIN", "acme.com"
    );
    assert_eq!(text, expected);
}

#[test]
fn what_is_below_a_row_is_wrapped_between_words() {
    let url = "https://mdm.northfield-school.example/enroll/account-driven?tenant=students-and-staff&by=abmctl";
    let with_url = format!("Enrollment at {url} (Jamf Pro)");
    let rows = [row(
        "acme.com",
        "you",
        &[
            "Missing:",
            "  Apple answers devices only for verified domains: what enrols through Apple needs that.",
            "To do:",
            "  1. Look for it in the portal's view of domains. If it is verified there, keep that: `abmctl domains declare acme.com`.",
            "  12. In the portal's view of domains, have Apple verify acme.com, and wait for a day.",
            "  13. If it is verified there, keep that with this command: `abmctl domains declare acme.com`.",
            url,
            &with_url,
        ],
    )];
    let expected = format!(
        "\
DOMAIN    STATUS   HOW WE KNOW  ACCOUNTS  DNS TXT
acme.com  unknown  you                38  absent
  Missing:
    Apple answers devices only for verified domains: what enrols through Apple
    needs that.
  To do:
    1. Look for it in the portal's view of domains. If it is verified there,
       keep that: `abmctl domains declare acme.com`.
    12. In the portal's view of domains, have Apple verify acme.com, and wait
        for a day.
    13. If it is verified there, keep that with this command:
        `abmctl domains declare acme.com`.
  {url}
  Enrollment at
  {url}
  (Jamf Pro)
"
    );
    assert_eq!(rendered(&at(Some(80)), &rows, &WITH_BELOW), expected);
}

#[test]
fn lists_have_commas_and_sentences_blanks() {
    for (list, expected) in [
        (json!([]), ""),
        (json!(["mac", "vision"]), "mac,vision"),
        (json!(["", "b"]), ",b"),
        (json!([1, null, true]), "1,,true"),
        (json!(["Nothing was logged."]), "Nothing was logged."),
        (
            json!([
                "Apple logged none since.",
                "A token is in the DNS.",
                "Look."
            ]),
            "Apple logged none since. A token is in the DNS. Look.",
        ),
    ] {
        assert_eq!(plain(Some(&list), ""), expected);
    }
}

#[test]
fn csv_has_no_control_characters() {
    let mut output = at(None);
    output.format = Format::Csv;
    let odd = "a\u{1b}[31mb\nc\u{202e}d\re";
    let text = rendered(&output, &[row(odd, "you", &[])], &PLAIN);
    let cell = text.lines().nth(1).unwrap().split(',').next().unwrap();
    assert_eq!(cell, "a\u{fffd}[31mb c\u{fffd}d e");
    assert_eq!(text.lines().count(), 2);
}
