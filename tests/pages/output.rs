//! Whether a command printed what the page shows.

use std::sync::LazyLock;

use regex::Regex;

/// What may differ from one run to the next, and what it becomes before it is compared.
static DIFFERS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        (r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?", "[time]"),
        (
            r"(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}, \d{4}",
            "[time]",
        ),
        (r"(127\.0\.0\.1|localhost):\d+", "$1:[port]"),
        // The folder of `sandbox exec` and `sandbox serve`.
        (r"abmctl-sandbox-\w{6}", "abmctl-sandbox-[id]"),
        // The id of a change in the journal.
        (r"\b[0-9a-f]{16}\b", "[id]"),
        // The serial number of a certificate that was just made.
        (r"\b[0-9A-F]{32} \(issued by", "[serial number] (issued by"),
    ]
    .map(|(pattern, by)| (Regex::new(pattern).unwrap(), by))
    .into()
});

/// The lines of a text, without what may differ.
fn plain(text: &str, folder: &str) -> Vec<String> {
    let mut text = text
        .replace(&format!("{folder}/home"), "/home/you")
        .replace(&format!("{folder}/tmp"), "/tmp");
    for (pattern, by) in DIFFERS.iter() {
        text = pattern.replace_all(&text, *by).into_owned();
    }
    let mut lines: Vec<String> = text.lines().map(|it| it.trim_end().to_owned()).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// What is wrong with what a page shows, beside what was printed.
pub fn difference(shown: &[String], stdout: &str, stderr: &str, folder: &str) -> Option<String> {
    let shown = plain(&shown.join("\n"), folder);
    let stdout = plain(stdout, folder);
    let stderr = plain(stderr, folder);
    let (mut out, mut err) = (0, 0);
    let mut any = false;
    for line in &shown {
        if line.trim() == "…" {
            any = true;
            continue;
        }
        // After a `…`, the next line like this one.
        let reach = if any { stdout.len() } else { out + 1 };
        let range = out..reach.min(stdout.len());
        if let Some(found) = range.clone().find(|at| stdout[*at] == *line) {
            out = found + 1;
            any = false;
        } else if let Some(found) = (err..stderr.len()).find(|at| stderr[*at] == *line) {
            err = found + 1;
        } else {
            return Some(format!("the page shows what was not printed there: {line}"));
        }
    }
    if out < stdout.len() && !any {
        return Some(format!("the page leaves out: {}", stdout[out]));
    }
    None
}

#[test]
fn only_what_may_differ_differs() {
    let differs = |shown: &str, stdout: &str, stderr: &str| {
        let shown: Vec<String> = shown.lines().map(str::to_owned).collect();
        difference(&shown, stdout, stderr, "/tmp/x").is_some()
    };
    assert!(!differs("a 2026-01-02\nb\n", "a 2027-03-04\nb\n", "hint\n"));
    assert!(!differs("a\nhint\nb", "a\nb\n", "other\nhint\n"));
    assert!(!differs("a\n…\nd\n", "a\nb\nc\nd\n", ""));
    assert!(!differs("a\n  …\n", "a\nb\nc\n", ""));
    assert!(!differs("/home/you/c", "/tmp/x/home/c\n", ""));
    assert!(differs("a\n", "a\nb\n", ""));
    assert!(differs("a\nb\n", "a\n", ""));
    assert!(differs("a\n…\nd\n", "a\nb\nd\nc\n", ""));
    assert!(differs("b\na\n", "a\nb\n", ""));
    assert!(differs("", "a\n", ""));
}
