//! The guide to troubles has a heading for each finding.

use std::collections::BTreeSet;

use abmctl::core::service_discovery::Code;

#[test]
fn each_finding_has_its_heading() {
    let guide = include_str!("../../docs/guides/troubleshooting.md");
    let headings: BTreeSet<&str> = guide
        .lines()
        .filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'))
        .collect();
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    assert_eq!(headings, codes);
}
