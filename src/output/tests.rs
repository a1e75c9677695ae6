//! Tables on terminals and in pipes, and lists in csv.

use serde::Serialize;
use serde_json::json;

use super::*;

mod written;

#[derive(Clone, Serialize)]
struct KnownDomain {
    domain: String,
    status: &'static str,
    known: String,
    accounts: u64,
    dns: &'static str,
    #[serde(skip)]
    advice: Vec<String>,
}

impl Row for KnownDomain {
    const COLUMNS: &'static [Column<Self>] = &[
        column("domain", "DOMAIN", |it| it.domain.shown()),
        column("status", "STATUS", |it| it.status.shown()),
        column("known", "HOW WE KNOW", |it| it.known.shown()),
        number("accounts", "ACCOUNTS", |it| it.accounts.shown()),
        column("dns", "DNS TXT", |it| it.dns.shown()),
    ];
}

/// The same with something below each row.
#[derive(Clone, Serialize)]
#[serde(transparent)]
struct Advised(KnownDomain);

impl Row for Advised {
    const COLUMNS: &'static [Column<Self>] = &[
        column("domain", "DOMAIN", |it| it.0.domain.shown()),
        column("status", "STATUS", |it| it.0.status.shown()),
        column("known", "HOW WE KNOW", |it| it.0.known.shown()),
        number("accounts", "ACCOUNTS", |it| it.0.accounts.shown()),
        column("dns", "DNS TXT", |it| it.0.dns.shown()),
    ];
    const BELOW: Option<fn(&Self) -> Vec<String>> = Some(|it| it.0.advice.clone());
}

const LONG: &str = "students-of-the-lower-school.northfield-school.districts.example.org";

fn row(domain: &str, known: &str, advice: &[&str]) -> KnownDomain {
    KnownDomain {
        domain: domain.to_owned(),
        status: "unknown",
        known: known.to_owned(),
        accounts: 38,
        dns: "absent",
        advice: advice.iter().map(|&it| it.to_owned()).collect(),
    }
}

fn at(width: Option<u16>) -> Output {
    let mut output = Output::new(Box::new(io::sink()));
    output.width = width;
    output
}

fn rendered(output: &Output, rows: &[KnownDomain]) -> String {
    output.render(&Document::rows(rows.to_vec())).unwrap()
}

fn with_below(output: &Output, rows: &[KnownDomain]) -> String {
    let rows = rows.iter().cloned().map(Advised).collect();
    output.render(&Document::rows(rows)).unwrap()
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
    assert_eq!(rendered(&output, &rows), expected);
    let below = expected.replace(
        "accounts, you        38  absent\n",
        "accounts, you        38  absent\n  no word on it\n",
    );
    assert_eq!(with_below(&output, &rows), below);
}

#[test]
fn without_headers_and_short_names_the_first_column_is_a_gap() {
    let mut output = at(Some(80));
    output.no_headers = true;
    let rows = [row(LONG, "you", &[])];
    let expected = format!("{LONG}\n   unknown  you  38  absent\n");
    assert_eq!(with_below(&output, &rows), expected);
    assert_eq!(rendered(&output, &rows), expected);
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
    assert_eq!(with_below(&output, &rows), fits);
    output.columns = columns(&["domain", "status", "known"]);
    let expected = format!(
        "DOMAIN    STATUS   HOW WE KNOW\nacme.com  unknown  you\n{LONG}\n          unknown  you\n"
    );
    assert_eq!(with_below(&output, &rows), expected);
    // Alone it has the line anyway, if it is longer than that.
    output.width = Some(40);
    output.columns = columns(&["domain"]);
    let alone = format!("DOMAIN\nacme.com\n{LONG}\n");
    assert_eq!(with_below(&output, &rows), alone);
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
        let text = rendered(&at(Some(80)), &[row(&domain, "you", &[])]);
        assert!(text.contains(&domain), "{text}");
        assert_eq!(text.lines().count(), if fits { 2 } else { 3 }, "{text}");
    }
}

#[test]
fn where_the_others_alone_do_not_fit_they_are_arranged_and_the_first_is_whole() {
    let known =
        "the audit log, the accounts, what you declared, and the DNS as it was this morning";
    let rows = [row("acme.com", known, &[]), row(LONG, known, &[])];
    let text = rendered(&at(Some(80)), &rows);
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
    let text = with_below(&at(Some(80)), &rows);
    let long = format!("\n{LONG}\n          unknown  {known}");
    assert!(text.contains(&long), "{text}");
}

#[test]
fn the_first_column_is_whole_and_others_are_wrapped() {
    let known = "the audit log, the accounts, and what you declared";
    let output = at(Some(63));
    // As wide as what is left beside the longest word of each other column.
    let name = "a-certificate-of-Munki";
    let text = rendered(&output, &[row(name, known, &[])]);
    assert!(text.contains(&format!("\n{name}  unknown  ")), "{text}");
    assert!(widest(&text) <= 63, "{text}");
    // A short one is whole even if words of the others have to be cut.
    let output = at(Some(40));
    let text = rendered(&output, &[row("CJJT000000", known, &[])]);
    assert!(text.contains("\nCJJT000000  "), "{text}");
    assert!(widest(&text) <= 40, "{text}");
}

#[test]
fn a_pipe_has_each_row_on_one_line() {
    let advice =
        "All of this is one line, however long it gets, since what reads it may be a program.";
    let rows = [row("acme.com", "you", &[]), row(LONG, "you", &[advice])];
    let text = with_below(&at(None), &rows);
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
            "  Apple answers devices only for verified domains: what enrolls through Apple needs that.",
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
    Apple answers devices only for verified domains: what enrolls through Apple
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
    assert_eq!(with_below(&at(Some(80)), &rows), expected);
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
    let text = rendered(&output, &[row(odd, "you", &[])]);
    let cell = text.lines().nth(1).unwrap().split(',').next().unwrap();
    assert_eq!(cell, "a\u{fffd}[31mb c\u{fffd}d e");
    assert_eq!(text.lines().count(), 2);
}
