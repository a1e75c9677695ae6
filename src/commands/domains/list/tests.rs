//! Listing domains.

use super::*;
use crate::output::Output;
use serde_json::json;

#[test]
fn the_table_is_for_people() {
    let row = |domain, status, since, accounts, subject_id, sources: &[&str]| {
        let evidence: Vec<Value> = sources
            .iter()
            .map(|source| json!({"source": source, "says": "so", "at": null}))
            .collect();
        json!({
            "domain": domain, "status": status, "verified": null, "since": since, "accounts": accounts,
            "dns_token": null, "subject_id": subject_id, "evidence": evidence,
        })
    };
    let at = Some("2026-09-02T09:14:00Z");
    let rows = vec![
        row(
            Some("acme.com"),
            "verified",
            at,
            Some(412),
            None,
            &["audit", "audit", "accounts"],
        ),
        row(
            Some("xn--bcher-kva.example"),
            "unknown",
            None,
            Some(38),
            None,
            &["accounts", "declared"],
        ),
        row(None, "pending", at, None, Some("7F"), &["audit"]),
        row(None, "unknown", None, None, None, &["audit"]),
    ];
    let output = Output::new(Box::new(std::io::sink()));
    let table = output.render(&Document::Rows(rows, &VIEW)).unwrap();
    let expected = "\
DOMAIN          STATUS    SINCE       HOW WE KNOW    ACCOUNTS  DNS TXT
acme.com        verified  2026-09-02  audit log           412  -
bücher.example  unknown   -           accounts, you        38  -
(no name)       pending   2026-09-02  audit log             -  -
  subject id 7F
(no name)       unknown   -           audit log             -  -
";
    assert_eq!(table, expected);
}
