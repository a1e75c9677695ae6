//! Rows: csv has a column for each member that json has, and no other.

use serde_json::Value;

use crate::support::Machine;

const LINES: [&str; 25] = [
    "servers list",
    "servers get prod",
    "servers alias",
    "servers alias jamf 'Jamf Pro Production' -n",
    "devices list --limit 2",
    "devices list --limit 2 --with-server --applecare",
    "devices list --on prod",
    "devices get CJJT000000 --lock",
    "devices history CJJT000000",
    "devices migrations",
    "assign",
    "assign --platform vision --server prod -n",
    "adde-url list",
    "adde-url get --server intune",
    "adde-url set https://mdm.acme.com/discovery --no-verify --server prod -n",
    "tokens list",
    "tokens keygen --create --server Discovery --store file -n",
    "domains list --no-dns",
    "domains declare acme.de -n",
    "devices assign XNDX00000K --server intune -n",
    "profiles list",
    "auth status",
    "auth logout --yes -n",
    "journal list",
    "journal show 0",
];

#[test]
fn the_columns_of_csv_are_the_members_of_json() {
    let (machine, _apple) = Machine::with_business();
    // One change, for the journal.
    machine.run("assign --platform watch --server prod");
    for line in LINES {
        let document = machine.run(&format!("{line} -o json")).json();
        // A change of the journal has changes too, and is no change itself.
        let is_change = document.get("changed").is_some();
        let rows = match document.get("changes") {
            Some(changes) if is_change => changes.clone(),
            _ => document,
        };
        let row = match &rows {
            Value::Array(rows) => rows.first().cloned(),
            one => Some(one.clone()),
        };
        let row = row.unwrap_or_else(|| panic!("{line} has no rows"));
        let members: Vec<&String> = row.as_object().unwrap().keys().collect();
        let listed = machine.run(&format!("{line} --columns"));
        assert_eq!((listed.code, listed.stderr.as_str()), (0, ""), "{listed}");
        let listed = listed.stdout.lines();
        let mut listed: Vec<&str> = listed.filter_map(|it| it.split(' ').next()).collect();
        listed.sort_unstable();
        let mut sorted = members.clone();
        sorted.sort_unstable();
        assert_eq!(listed, sorted, "{line} --columns");
        let csv = machine.run(&format!("{line} -o csv")).stdout;
        let columns: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        for column in &columns {
            let is_of =
                |member: &&String| column == member || column.starts_with(&format!("{member}_"));
            assert!(members.iter().any(is_of), "{line}: {column} is no member");
        }
        for member in members {
            let nested = format!("{member}_");
            let is_there = |column: &&str| column == member || column.starts_with(&nested);
            assert!(columns.iter().any(is_there), "{line}: no column {member}");
        }
    }
}
