//! Listing domains.

use super::*;
use crate::core::domains::Evidence;
use crate::output::Output;

#[test]
fn the_table_is_for_people() {
    let row = |domain: Option<&str>,
               status,
               since: Option<&str>,
               accounts,
               id: Option<&str>,
               sources: &[Source]| {
        let evidence = sources.iter().map(|source| Evidence {
            source: *source,
            says: "so".to_owned(),
            at: None,
        });
        Listed(Domain {
            domain: domain.map(str::to_owned),
            status,
            verified: None,
            since: since.map(|at| at.parse().unwrap()),
            accounts,
            dns_token: None,
            near_misses: Vec::new(),
            resolves: None,
            subject_id: id.map(str::to_owned),
            disputed_at: None,
            evidence: evidence.collect(),
        })
    };
    let at = Some("2026-09-02T09:14:00Z");
    let rows = vec![
        row(
            Some("acme.com"),
            Status::Verified,
            at,
            Some(412),
            None,
            &[Source::Audit, Source::Audit, Source::Accounts],
        ),
        row(
            Some("xn--bcher-kva.example"),
            Status::Unknown,
            None,
            Some(38),
            None,
            &[Source::Accounts, Source::Declared],
        ),
        row(
            None,
            Status::Pending,
            at,
            None,
            Some("7F"),
            &[Source::Audit],
        ),
        row(None, Status::Unknown, None, None, None, &[Source::Audit]),
    ];
    let output = Output::new(Box::new(std::io::sink()));
    let table = output.render(&Document::rows(rows)).unwrap();
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
