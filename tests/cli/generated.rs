//! What is committed and generated: it is as the program would write it now.
//!
//! `ABMCTL_REWRITE=1 cargo test --test cli generated` writes all of it again; read the difference before it is kept.
//!
//! Over 400 lines, since it says what each member of each output means.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::Machine;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rewrites() -> bool {
    std::env::var_os("ABMCTL_REWRITE").is_some_and(|value| !value.is_empty() && value != "0")
}

/// The files below a folder, by their paths in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let entry = entry.unwrap();
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if entry.file_name() != ".DS_Store" {
                // The Finder's own file, which git doesn't have.
                let below = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(below, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// Compares with what is committed, or commits to it.
fn pin(below: &Path, text: &str) {
    let path = repository().join(below);
    if rewrites() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "{} is not as the program would write it: run `ABMCTL_REWRITE=1 cargo test --test cli generated`",
        below.display()
    );
}

#[test]
fn what_the_program_generates_is_as_committed() {
    let folder = TempDir::new().unwrap();
    let line = format!("generate {}", folder.path().display());
    assert_eq!(Machine::bare().run(&line).code, 0);
    let generated = files(folder.path());
    assert!(generated.len() > 20);
    for (below, text) in &generated {
        pin(below, text);
    }
    for generated_only in ["man", "completions"] {
        for below in files(&repository().join(generated_only)).keys() {
            let below = Path::new(generated_only).join(below);
            assert!(generated.contains_key(&below), "{below:?} is left over");
        }
    }
}

#[test]
fn each_variable_is_in_the_reference() {
    let name = Regex::new(r#""(ABMCTL_[A-Z_]+)""#).unwrap();
    let reference = repository().join("docs/reference/configuration.md");
    let reference = fs::read_to_string(reference).unwrap();
    for (path, text) in files(&repository().join("src")) {
        for found in name.captures_iter(&text) {
            let named = format!("`{}`", &found[1]);
            assert!(reference.contains(&named), "{named} of {path:?}");
        }
    }
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    let link = Regex::new(r"\]\(([^)#:]+)(#[^)]*)?\)").unwrap();
    let mut documents = files(&repository().join("docs"));
    documents = documents
        .into_iter()
        .map(|(below, text)| (Path::new("docs").join(below), text))
        .collect();
    for name in ["README.md", "CHANGELOG.md", "SECURITY.md"] {
        let text = fs::read_to_string(repository().join(name)).unwrap();
        documents.insert(name.into(), text);
    }
    for (below, text) in documents {
        for found in link.captures_iter(&text) {
            let target = repository().join(below.parent().unwrap()).join(&found[1]);
            assert!(target.exists(), "{below:?} links {}", &found[1]);
        }
    }
}

/// Whoever reads a claim can look it up: the file that holds it, and the test that fails without it.
#[test]
fn the_places_and_tests_in_the_security_policy_exist() {
    let text = fs::read_to_string(repository().join("SECURITY.md")).unwrap();
    let place = Regex::new(r"`((?:src|tests|docs)/[\w/.-]+)`(?:: `(\w+)`)?").unwrap();
    let mut tests = 0;
    for found in place.captures_iter(&text) {
        let path = repository().join(&found[1]);
        assert!(path.exists(), "SECURITY.md names {}", &found[1]);
        if let Some(test) = found.get(2) {
            let code = fs::read_to_string(path).unwrap();
            let wanted = format!("fn {}(", test.as_str());
            assert!(code.contains(&wanted), "{}: {wanted}", &found[1]);
            tests += 1;
        }
    }
    assert!(tests > 20, "{tests}");
}

/// A command and what its output means.
struct Section {
    heading: &'static str,
    /// What to say of it.
    about: &'static str,
    /// What is shown; several for one heading.
    lines: &'static [&'static str],
    /// What each member means; of the rows, where there are rows.
    members: &'static [(&'static str, &'static str)],
}

const SERVER_ID: (&str, &str) = ("server_id", "Apple's id of the server; null if not known");
const SERVER_NAME: (&str, &str) = ("server_name", "its name; null if not known");
const TOKEN: (&str, &str) = ("token", "the server token's name in the configuration");
const KEY_END: (&str, &str) = (
    "consumer_key_end",
    "the last characters of the consumer key; null if the token can't be read",
);
const SET_AT: (&str, &str) = (
    "set_at",
    "when the URL was set, from Apple; null if none is set or Apple's time can't be read",
);
const SET_AT_RAW: (&str, &str) = ("set_at_raw", "the same in Apple's own words");
const ROW_ERROR: (&str, &str) = ("error", "why this row could not be read; otherwise null");
const DOMAIN: &[(&str, &str)] = &[
    (
        "domain",
        "the name in lower case, internationalized ones as A-labels; null if Apple logged none",
    ),
    (
        "status",
        "`verified`, `pending`, `removed`, `unverified` (School Manager only) or `unknown`",
    ),
    ("verified", "true, false, or null if there is no evidence"),
    ("since", "the time of the event that decides the status"),
    (
        "accounts",
        "how many Managed Apple Accounts used it at the last count; null before the first count",
    ),
    (
        "dns_token",
        "`present` or `absent`: a record `apple-domain-verification` on exactly that name; null with `--no-dns`, or if the resolver did not answer",
    ),
    (
        "resolves",
        "whether the name has an address in the DNS; null for the same reasons as `dns_token`",
    ),
    ("subject_id", "Apple's id of the domain in the audit log"),
    (
        "evidence",
        "each `{\"source\",\"says\",\"at\"}`; `source` is `roster`, `audit`, `accounts`, `declared` or `dns`",
    ),
    (
        "difference",
        "with `--check` alone: `not_declared` for a domain that is verified at Apple, or for a declared domain `pending`, `removed`, `unverified`, `not_listed` (not among the domains of the Roster API) or `may_be_removed` (a removal that names no domain was logged since it was verified, and since it was seen in the portal)",
    ),
];
const SETTING: &[(&str, &str)] = &[
    ("setting", "the member of the profile, or `access_token`"),
    ("from", "the former value; null for none"),
    ("to", "the present value; null for none"),
    (
        "secret",
        "`stored`, `removed` or `kept`: the result for the secret itself; null if it is not a secret",
    ),
];

const JOURNAL: &[(&str, &str)] = &[
    ("id", "the id of the change"),
    ("at", "when it began"),
    (
        "profile",
        "the profile; `environment` for credentials from variables",
    ),
    ("command", "the command, such as `tokens import`"),
    ("note", "the text of `--note`; null for none"),
    ("changes", "the intended changes, as above"),
    (
        "ended",
        "`as_wished`, `nothing` (nothing was changed), `put_back` (all is as before), `open` (it runs, was killed, or a request got no answer: the result isn't known) or `failed` (none of these)",
    ),
    (
        "put_back",
        "the command that puts it back; null if there is nothing to put back, no such command, or if a server that it needs is deleted",
    ),
];

const SECTIONS: &[Section] = &[
    Section {
        heading: "assign, the table",
        about: "A row for each platform, even if no server is the default for it. A platform that Apple adds and abmctl doesn't know has `platform: null`.",
        lines: &["assign --platform vision,watch -o json"],
        members: &[
            ("platform", "the platform, in the words of `--platform`"),
            ("product_family", "Apple's word for it"),
            SERVER_ID,
            (
                "server_name",
                "its name; null for none, or if `error` says why it is not known",
            ),
            (
                "error",
                "why it isn't known, or that a request without an answer may still change it; otherwise null. abmctl says \"none\" only if it could read every server",
            ),
            (
                "adde_url_state",
                "`set`, `none`, `not_asked` or `no_token`, as of the last `adde-url` command; `declared` if Apple was never asked with a token of the server and a URL is declared for it; null if there is no server",
            ),
            ("adde_url_set_at", "when that URL was set"),
            (
                "adde_url_declared_at",
                "with `declared`: the day on which somebody saw that URL",
            ),
        ],
    },
    Section {
        heading: "assign, a change",
        about: "`state` is null if the change succeeded. Otherwise it is a list of `{\"server\":{\"id\",\"name\"},\"default_platforms\"}`: the present defaults of each server that was touched. `unsettled` lists `{\"server\":{\"id\",\"name\"},\"until\"}`: servers to which a request got no answer, and until when Apple may still act on it. With `--existing` it also has `devices`, a row for each device without a server that was assigned or left, with the members of `devices assign`.",
        lines: &["assign --platform vision --server prod -o json"],
        members: &[
            ("platform", "the platform"),
            (
                "from",
                "`{\"id\",\"name\"}` of the server before; null for none",
            ),
            (
                "from_known",
                "false if no server was read to have it and one can't be read: it may be the one before",
            ),
            ("to", "the same of the server afterwards; null for none"),
            (
                "confirmed",
                "false if Apple accepted the change and abmctl could not read it back, or if the result isn't known; null if nothing was to be changed",
            ),
        ],
    },
    Section {
        heading: "adde-url list, adde-url get",
        about: "`list` has a row for each server token. `get` of one server is the object alone, `get` of several a list. If no URL is set, the exit code is 0 and `url` is null.",
        lines: &[
            "adde-url list -o json",
            "adde-url get --server intune -o json",
        ],
        members: &[
            TOKEN,
            SERVER_ID,
            SERVER_NAME,
            (
                "default_platforms",
                "the platforms whose new devices go to that server; null if not known, and with `get` of one, which does not ask",
            ),
            (
                "joined_by",
                "how abmctl found that server in the Manager API: `id`, `name` (nobody has confirmed that the ids of Apple's two services are equal), or null if it was not found or not asked",
            ),
            (
                "organization",
                "the organization's name, as last read from Apple",
            ),
            (
                "url",
                "the ADDE URL; null if none is set, or if `error` says why",
            ),
            SET_AT,
            SET_AT_RAW,
            ("token_expires_at", "when the server token ends"),
            (
                "state",
                "`ok`, `expiring` (within 30 days), `expired`, `terms_not_signed`, `replaced`, `refused`, `not_supported`, `unreachable`, `unusable` (the token can't be read) or `failed`",
            ),
            ROW_ERROR,
        ],
    },
    Section {
        heading: "adde-url set, adde-url clear",
        about: "The same with `--check`, which sends nothing.",
        lines: &[
            "adde-url set https://mdm.acme.example/.well-known/com.apple.remotemanagement --server prod -o json",
        ],
        members: &[
            TOKEN,
            SERVER_ID,
            SERVER_NAME,
            ("from", "the URL before; null for none"),
            ("to", "the URL afterwards; null for none"),
            SET_AT,
            SET_AT_RAW,
            (
                "result",
                "`set`, `cleared`, `unchanged`, `would_set`, `would_clear` or `failed`",
            ),
            ("error", "the error for this server; otherwise null"),
        ],
    },
    Section {
        heading: "adde-url check",
        about: "A row for each domain and platform. A member of `findings` is `{\"at\",\"code\",\"weight\",\"message\",\"remedy\"}`: `at` is `domain` or `apple` (the answer of the ADDE URL), `weight` is `fails` or `warns` (for the version in `os_version`), and [troubleshooting](../guides/troubleshooting.md) explains each `code`. A member of `steps` is one request or connection: `at` and `purpose` (`discovery`; `explanation`: the same request with a device's name after a refusal; `base_url` and `apple_host`: connected, and nothing sent; `probe`), the request (`method`, `url`, `user_agent`), its `address`, and the answer: `status`, `content_types`, `location`, `challenge` (`WWW-Authenticate`), `body_start` (at most 2,000 characters), `body_length` in bytes, or `failure`, a sentence; `took_ms`.",
        lines: &["adde-url check acme.com --platform iphone -o json"],
        members: &[
            ("domain", "the domain, internationalized ones as A-labels"),
            (
                "platform",
                "the platform; in a table several if their rows are equal",
            ),
            (
                "model_family",
                "the name that such a device sends to its domain",
            ),
            (
                "os_version",
                "the version of the judged device; null for a recent one",
            ),
            ("user", "the user in the request"),
            (
                "verdict",
                "`enrolls_through_domain`, `enrolls_through_apple`, `may_fall_back` (the domain fails in a way on which the documents disagree), `blocked`, or `unknown`",
            ),
            (
                "base_url",
                "where it would enroll, or with `may_fall_back` may enroll; otherwise null",
            ),
            (
                "version",
                "the kind of enrollment there: `mdm-byod` (User Enrollment) or `mdm-adde` (Device Enrollment)",
            ),
            (
                "server_id",
                "the server that is the default of the platform, if the device would ask Apple",
            ),
            SERVER_NAME,
            (
                "adde_url",
                "the URL that this server has registered, or the URL that is declared for it",
            ),
            (
                "adde_url_declared_at",
                "the day on which that URL was declared; null if a server token read it",
            ),
            ("problem_code", "the first thing to fix"),
            ("problem", "the same as a sentence"),
            ("remedy", "the cure"),
            (
                "missing",
                "with `unknown`: the missing sources, and how to add them, as sentences",
            ),
            ("findings", "all findings, as above"),
            ("steps", "all steps, as above"),
        ],
    },
    Section {
        heading: "tokens list",
        about: "Exit 9 if `--fail-within` finds a token that ends within that time or has expired; an expired token is then no error. If the end of a token is not known, abmctl warns and the exit code doesn't change.",
        lines: &["tokens list -o json"],
        members: &[
            TOKEN,
            SERVER_ID,
            SERVER_NAME,
            (
                "organization",
                "the organization, from Apple; null if not known",
            ),
            KEY_END,
            (
                "expires_at",
                "when the token ends; null if it can't be read",
            ),
            ("days_left", "whole days until then, negative after it"),
            (
                "state",
                "`ok`, `expiring` (within 30 days), `expired`, `terms_not_signed`, `replaced`, `refused`, `unreachable`, `unusable` (the token can't be read) or `failed`; with `--offline` from its date alone",
            ),
            ("error", "why it does not work; otherwise null"),
        ],
    },
    Section {
        heading: "tokens import",
        about: "`changes` is empty if abmctl already keeps this token.",
        lines: &["tokens import token-prod.json --store file --dry-run -o json"],
        members: &[
            TOKEN,
            SERVER_ID,
            SERVER_NAME,
            (
                "organization",
                "the organization, from Apple; null if not known",
            ),
            KEY_END,
            (
                "expires_at",
                "when the token ends; null if it can't be read",
            ),
            (
                "state",
                "`ok`, `expiring`, or with `--offline` also `expired`",
            ),
            (
                "key_pair",
                "the kept key pair that opened the file; null for another key or for JSON",
            ),
            ("kept_in", "where the token is kept; never the token"),
            (
                "before",
                "`{\"server_id\",\"server_name\",\"consumer_key_end\",\"expires_at\",\"kept_in\"}` of the token that was kept under that name; null for none",
            ),
        ],
    },
    Section {
        heading: "tokens keygen",
        about: "`next_steps` has the remaining steps in Apple's portal, in order.",
        lines: &["tokens keygen --server Discovery --create --store file --dry-run -o json"],
        members: &[
            ("key_pair", "the key pair's name in the configuration"),
            SERVER_NAME,
            (
                "server_id",
                "Apple's id of the server; null if it does not exist yet or is not known",
            ),
            (
                "server_created",
                "whether it is created through the API (`--create`)",
            ),
            (
                "certificate_file",
                "the file of the certificate for the portal",
            ),
            (
                "certificate_id",
                "its serial number and issuer, by which a `.p7m` file names it; null with `dry_run`",
            ),
            ("certificate", "where the certificate is kept"),
            (
                "private_key",
                "where the private key is kept; never the key",
            ),
            (
                "older_key_pair",
                "the new name of the key pair that had this name before; null for none",
            ),
        ],
    },
    Section {
        heading: "adde-url declare",
        about: "A row for each declaration that changes. If a server is declared again with another spelling, the older declaration is removed, in a row with `to` null.",
        lines: &[
            "adde-url declare https://intune.acme.com/.well-known/com.apple.remotemanagement --server 'Jamf Pro Test' -o json --dry-run",
        ],
        members: &[
            ("what", "the server, as you typed it"),
            ("from", "the URL that was declared before; null for none"),
            ("to", "the URL that is declared now; null if it is removed"),
            (
                "seen_before",
                "the day on which `from` was seen; null for none",
            ),
            ("seen", "the day on which `to` was seen; null for none"),
        ],
    },
    Section {
        heading: "domains declare",
        about: "",
        lines: &["domains declare acme.org -o json --dry-run"],
        members: &[
            ("what", "the domain, internationalized ones as A-labels"),
            ("domain", "the same"),
            (
                "from",
                "the day on which it was seen in the portal before, `no date`, or null if it was not declared",
            ),
            ("to", "the day now; null if the declaration is removed"),
        ],
    },
    Section {
        heading: "domains list",
        about: "[The guide on domains](../guides/domains.md) explains what each source proves. With `--check` the list has only the domains that differ from your declarations.",
        lines: &["domains list --accounts -o json"],
        members: DOMAIN,
    },
    Section {
        heading: "domains check",
        about: "The members of `domains list`, and these. Exit 9 if a domain is not known as verified, or if a platform does not enroll there or may not. If nobody configured a source that could decide, the exit code is 0, or 9 with `--strict`.",
        lines: &[
            "domains check acme.org -o json --columns domain,status,evidence,timeline,missing,next",
        ],
        members: &[
            ("domain", "as in `domains list`"),
            ("status", "as in `domains list`"),
            ("evidence", "as in `domains list`"),
            (
                "timeline",
                "its events in the audit log, oldest first, each `{\"at\",\"event\",\"failed\",\"says\"}`; `event` is `added`, `verified`, `removed`, `federation_enabled` or `federation_disabled`; `failed`: somebody tried it and it did not happen; `by`: who did it, if Apple says; `subject_id`: Apple's id of the domain, which changes when the domain is removed and added again",
            ),
            (
                "missing",
                "the missing or unknown facts, as sentences; empty if it is verified",
            ),
            ("next", "the steps to take, in their order, as sentences"),
            ("devices", "the rows of `adde-url check` for it"),
        ],
    },
    Section {
        heading: "servers list, servers get",
        about: "`get` is one object with the same members.",
        lines: &["servers list -o json"],
        members: &[
            ("id", "Apple's id"),
            ("name", "the name"),
            (
                "type",
                "`MDM`, `APPLE_CONFIGURATOR`, `APPLE_MDM`, or a value that Apple adds",
            ),
            (
                "status",
                "`ACTIVE`, `INACTIVE`, `DELETED`, or a value that Apple adds; may be null",
            ),
            (
                "default_platforms",
                "the platforms it is the default for; null if abmctl could not read them, which is not the same as none",
            ),
            ("device_count", "how many devices; may be null"),
            (
                "last_connected_at",
                "when it last connected to Apple; may be null",
            ),
            ("last_connected_ip", "from where; may be null"),
            ("created_at", "when it was created"),
            ("updated_at", "when it was changed"),
            ROW_ERROR,
        ],
    },
    Section {
        heading: "servers create, servers rename, servers set-certificate, servers delete",
        about: "`server_id` is null in a dry run of `servers create`, and `server_name` is the name after the change. `servers delete` has a row for each step that was done, and `devices` with a row for each device that it moved, as in `devices assign`.",
        lines: &["servers rename Intune \"Intune 2\" --dry-run -o json"],
        members: &[
            ("what", "the part of the server that changes"),
            (
                "from",
                "the former value; null if there is none. `the previous one` for a certificate, since Apple doesn't show it; `exists` for a server that is deleted",
            ),
            ("to", "the present value; null for none"),
        ],
    },
    Section {
        heading: "servers alias",
        about: "The list, without a name.",
        lines: &["servers alias -o json"],
        members: &[
            ("alias", "the short name"),
            (
                "server",
                "the server as the configuration has it: its id or its name",
            ),
            (
                "server_name",
                "the name of that server, if the server has a server token here; else null",
            ),
            ("source", "the profile or the variable that has it"),
        ],
    },
    Section {
        heading: "servers alias NAME SERVER",
        about: "",
        lines: &["servers alias jamf \"Jamf Pro Production\" -o json"],
        members: &[
            ("what", "the short name"),
            ("alias", "the same"),
            ("from", "the former server; null for none"),
            ("to", "the id of its server; null for none"),
        ],
    },
    Section {
        heading: "devices list, devices get",
        about: "`get` of one device is the object alone, `get` of several a list. Apple's other attributes have their names in snake_case; null if Apple doesn't say. Json and ndjson also have attributes that Apple added after this version. `list` has `server_id` and `server_name` with `--with-server`, with `--on SERVER`, or if `--columns`, `--sort` or `--where` names them. `applecare` and `activation_lock` are there with `--applecare` and `--lock`.",
        lines: &[
            "devices list --platform mac --limit 1 -o json",
            "devices get CJJT000000 --applecare --lock -o json",
        ],
        members: &[
            ("serial_number", "the serial number"),
            (
                "product_family",
                "Apple's word for the kind of device: `iPhone`, `iPad`, `Mac`, `AppleTV`, `Watch`, `Vision`",
            ),
            ("platform", "the same, in the words of `--platform`"),
            ("model", "the model's name (Apple's `deviceModel`)"),
            (
                "status",
                "`ASSIGNED` or `UNASSIGNED`; `not_found` for a serial number that the organization lacks",
            ),
            (
                "server_id",
                "Apple's id of the server; null for none, or if `error` says why it is not known",
            ),
            ("server_name", "its name"),
            (
                "order_number",
                "the order number; null for devices that were added by hand",
            ),
            (
                "added_at",
                "when it was added to the organization (Apple's `addedToOrgDateTime`)",
            ),
            ("updated_date_time", "when its record was last changed"),
            (
                "released_from_org_date_time",
                "when it was released from the organization; only `get` tells it",
            ),
            ("product_type", "the model's identifier, such as `Mac16,8`"),
            ("device_capacity", "its storage"),
            ("part_number", "the part number"),
            ("color", "the color"),
            ("order_date_time", "when it was ordered"),
            (
                "purchase_source_type",
                "`APPLE`, `RESELLER` or `MANUALLY_ADDED`",
            ),
            ("purchase_source_id", "the customer or reseller number"),
            (
                "is_mdm_migration_capable",
                "whether Apple can migrate it to another server without erasing it",
            ),
            (
                "mdm_migration_status",
                "`REQUESTED`, `STARTED`, `SUCCESS` or `FAILED`; null if no migration was requested",
            ),
            (
                "mdm_migration_deadline_date_time",
                "the migration's deadline",
            ),
            (
                "imei",
                "a list of texts, or one text, as Apple writes it; `meid`, `eid` and `ethernet_mac_address` likewise",
            ),
            ("meid", "see `imei`"),
            ("eid", "see `imei`"),
            ("wifi_mac_address", "the Wi-Fi address"),
            ("bluetooth_mac_address", "the Bluetooth address"),
            ("ethernet_mac_address", "see `imei`"),
            (
                "applecare",
                "a list of coverages, empty for none; null if it couldn't be read. The members are Apple's: `status` (`ACTIVE`, `INACTIVE`), `payment_type`, `description`, `agreement_number`, `start_date_time`, `end_date_time`, `is_renewable`, `is_canceled`, `contract_cancel_date_time`",
            ),
            (
                "activation_lock",
                "`{\"is_locked\",\"lock_type\"}`; `lock_type` is `MDM`, `USER` or `NONE`; null if it couldn't be read",
            ),
            ROW_ERROR,
        ],
    },
    Section {
        heading: "devices history",
        about: "The latest event first.",
        lines: &["devices history CJJT000000 -o json"],
        members: &[
            ("at", "when it happened; null if Apple doesn't say"),
            (
                "event",
                "Apple's type of the event in lower case, without `DEVICE_`: `added_to_org`, `assigned_to_server`, `unassigned_from_server`, `is_erased`, `removed_from_org`",
            ),
            (
                "server_name",
                "the server that it was assigned to; null for other events",
            ),
            (
                "by",
                "who did it: a person's account, `an API account` or `Apple`; null if Apple doesn't say",
            ),
            (
                "outcome",
                "`success` or `failure`; null if Apple doesn't say",
            ),
        ],
    },
    Section {
        heading: "devices migrations",
        about: "A row for each server and status.",
        lines: &["devices migrations -o json"],
        members: &[
            (
                "server_id",
                "the server that the devices migrate to; null if not known",
            ),
            SERVER_NAME,
            (
                "status",
                "`requested`, `started`, `failed`, `success`, or a word that Apple adds",
            ),
            ("devices", "how many devices"),
            (
                "next_deadline",
                "the first deadline to come; null if there is none",
            ),
            (
                "overdue",
                "devices whose deadline has passed while the status is `requested` or `started`, each `{\"serial_number\",\"model\",\"deadline\"}`",
            ),
        ],
    },
    Section {
        heading: "auth status",
        about: "`permissions` is null without `--permissions`, `unattended` without `--unattended`. A permission is `{\"area\",\"allowed\",\"needs\",\"reason\"}`; `allowed` is null if it isn't known. `unattended` is `{\"proven\",\"checks\",\"variables\"}`.",
        lines: &["auth status -o json"],
        members: &[
            ("profile", "the profile in force; null for none"),
            ("profile_source", "the source of the profile's name"),
            (
                "kind",
                "`business` or `school`; null without an API account",
            ),
            ("sandbox", "whether the services are on this machine"),
            ("client_id", "the API account's client id"),
            ("key_id", "the id of its key; may be null"),
            (
                "private_key",
                "where the private key is kept; never the key",
            ),
            ("credentials_source", "where the credentials come from"),
            (
                "access_token_expires_at",
                "when the kept access token ends; null for none",
            ),
            (
                "server_tokens",
                "each `{\"token\",\"kept_in\",\"source\",\"server_id\",\"server_name\",\"expires_at\"}`",
            ),
            (
                "key_pairs",
                "each `{\"key_pair\",\"kept_in\",\"source\",\"certificate\"}`",
            ),
            (
                "roster",
                "the access to the Roster API, `{\"client_id\",\"team_id\",\"key_id\",\"private_key\",\"refresh_token\",\"authorized\",\"redirect_uri\",\"organization_id\",\"organization\",\"source\"}`, with the places of the two secrets; null if it is not configured",
            ),
            ("services", "each `{\"service\",\"url\",\"source\"}`"),
            (
                "certificates",
                "the files of certificates that are trusted beside the system's, each `{\"file\",\"source\"}`",
            ),
            (
                "resolver",
                "the resolver that is asked in place of the system's; null if that is asked",
            ),
            ("resolver_source", "where it comes from"),
            (
                "resolve",
                "addresses that are used for names, each `{\"address\",\"source\"}`, the address as `HOST=ADDRESS:PORT`",
            ),
            ("config_file", "the configuration file"),
            ("state_folder", "the state folder"),
            ("timeout_seconds", "the time limit of one attempt"),
            ("timeout_source", "where it comes from"),
            ("max_wait_seconds", "the time limit of all waiting"),
            ("max_wait_source", "where it comes from"),
            (
                "read_only",
                "whether requests that change something are stopped before they are sent",
            ),
            ("read_only_source", "the source of that; null for none"),
            (
                "proxy",
                "the proxy, without name and password; null for none",
            ),
            ("proxy_source", "the variable it comes from"),
            ("permissions", "what the API account may do"),
            (
                "unattended",
                "the proof that it works while nobody is logged in",
            ),
        ],
    },
    Section {
        heading: "auth login, auth logout, auth roster, profiles use, profiles remove, tokens remove",
        about: "`auth login` has `permissions` too, like `auth status`. `auth roster` has `organization`, `{\"id\",\"name\"}`, and `domains`, each `{\"domain\",\"verified\"}`, from Apple's Roster API; null if the API doesn't say. `auth roster --print-url` is no change, and prints `{\"authorize_url\",\"redirect_uri\",\"scope\",\"expires_at\"}`.",
        lines: &["auth logout --dry-run -o json"],
        members: SETTING,
    },
    Section {
        heading: "profiles list",
        about: "",
        lines: &["profiles list -o json"],
        members: &[
            ("profile", "the name"),
            ("default", "whether it is the default"),
            (
                "kind",
                "`business` or `school`; null without an API account",
            ),
            ("client_id", "the API account's client id; may be null"),
            ("key_id", "the id of its key; may be null"),
            ("private_key", "where the private key is kept; may be null"),
            ("tokens", "how many server tokens it has"),
            ("aliases", "how many aliases it has"),
        ],
    },
    Section {
        heading: "journal list",
        about: "Newest first. `changes` has the members of the command's own document: for `assign` `{\"platform\",\"from\",\"from_known\",\"to\"}`, for `adde-url set` and `clear` `{\"token\",\"server_id\",\"server_name\",\"from\",\"to\"}`, for all others `{\"what\",\"from\",\"to\"}`, for `api` with Apple's `status`, for changes of devices `{\"kind\",\"devices\",\"from\",\"to\",\"deadline\",\"results\"}` with the numbers by server and result. `from` lacks devices whose server wasn't read. It is empty if an entry of an older version doesn't have it. Exit 7 if a line can't be read.",
        lines: &["journal list -o json"],
        members: JOURNAL,
    },
    Section {
        heading: "journal show",
        about: "The members of `journal list`, and these. `events` has a row for each line of the change, `{\"at\",\"event\",\"server_id\",\"server_name\",\"platforms\",\"until\"}`; `event` is `begun`, `sent`, `answered`, `refused`, `released`, `ended`, `closed` or `unknown` (of another version), `devices` (how many) and `activity_id` are there for changes of devices, `platforms` the whole list that was sent, or that the server has by Apple's answer, `until` the time until which Apple may act on the request if it got no answer.",
        lines: &[],
        members: &[
            (
                "organization",
                "the owner of the change: the API account or server token with the service's origin, or `this machine`",
            ),
            ("how", "how it ended, as a sentence; null if it didn't"),
            (
                "next",
                "the next step for an open change, or why nothing puts it back; otherwise null",
            ),
            ("events", "the steps, in order"),
        ],
    },
    Section {
        heading: "activities list, activities get, activities wait",
        about: "`get` is one object. `list` has what the journal has, newest first, and asks Apple for nothing.",
        lines: &[],
        members: &[
            ("activity_id", "Apple's id of the activity"),
            (
                "kind",
                "`assign`, `unassign`, `migrate`, `update_deadline`, `cancel_migration` or `release`; null if abmctl didn't ask for it",
            ),
            (
                "server_id",
                "the id of the server that it names; null if it names none, or if abmctl didn't ask for it",
            ),
            SERVER_NAME,
            (
                "devices",
                "how many devices it has; null if abmctl didn't ask for it",
            ),
            (
                "status",
                "Apple's word: `IN_PROGRESS`, `COMPLETED`, `FAILED` or `STOPPED`; null if it wasn't read",
            ),
            (
                "sub_status",
                "Apple's word for how far it is or how it ended, such as `COMPLETED_WITH_FAILURE`: some devices failed",
            ),
            ("created_at", "when it was asked for"),
            ("completed_at", "when it ended; null if that isn't known"),
            ("error", "why it couldn't be read; null if it could"),
        ],
    },
    Section {
        heading: "devices assign, devices unassign, devices migrate, devices release",
        about: "In ndjson, each device has a line as soon as its result is known; the last line has the other members of the document. `devices resume` has the same rows.",
        lines: &["devices assign XNDX00000K C02UNKNOWN1 --server intune --dry-run -o json"],
        members: &[
            ("serial_number", "the serial number"),
            (
                "from",
                "`{\"id\",\"name\"}` of the server before; null for none, or if it isn't known",
            ),
            (
                "from_known",
                "whether abmctl knows the server before; false for a device that it didn't find, and where a change doesn't need the server",
            ),
            (
                "to",
                "the same of the server that was asked for; null for none",
            ),
            (
                "result",
                "`assigned`, `unassigned`, `migrating`, `updated` (another deadline), `canceled` or `released`; with `--dry-run` `would_assign` and so on; `skipped`, `not_found`, `failed`; `pending` if Apple may still do it; `not_known` if nobody can tell any more",
            ),
            (
                "reason",
                "why it was left out, failed or is pending, as a sentence; otherwise null",
            ),
            (
                "deadline",
                "the migration deadline that was asked for; null for none",
            ),
            (
                "activity_id",
                "the id of Apple's activity; null if none was sent or Apple gave none",
            ),
        ],
    },
    Section {
        heading: "sandbox portal",
        about: "With `--server` it has `server_id`, `server_name`, `certificate` and `file` in place of these. At a school the last three are null, since it has no audit log.",
        lines: &["sandbox portal --verify-domain acme.org -o json"],
        members: &[
            ("domain", "the domain"),
            (
                "was",
                "the former status: `pending` (at a school `unverified`), `verified` or `removed`; null if the sandbox knows nothing of it",
            ),
            ("status", "the present status"),
            ("subject_id", "its id in the audit log"),
            ("event", "the logged event, in Apple's word"),
            (
                "listed_from",
                "when the event is listed: now, or later with `--audit-delay`",
            ),
        ],
    },
    Section {
        heading: "sandbox web",
        about: "A row for each host, or for each that was changed; only a change has `was`.",
        lines: &[
            "sandbox web -o json",
            "sandbox web acme.de=redirect -o json",
        ],
        members: &[
            ("host", "the host"),
            ("was", "what its web server did before; null for a new host"),
            ("behaviour", "what its web server does"),
        ],
    },
];

/// How many items of a list are shown.
const SHOWN: usize = 2;

/// The rows of a document.
fn rows(document: &Value) -> Vec<Value> {
    match document {
        Value::Array(rows) => rows.clone(),
        other => other["changes"]
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![other.clone()]),
    }
}

#[test]
fn the_outputs_are_as_committed() {
    let (machine, _apple) = Machine::with_business();
    let token = machine.path("config/token-prod.json");
    let mut text = String::from(
        "# Outputs\n\n\
        Data goes to standard output. Messages, warnings and errors go to standard error. If standard output is not a terminal, \
        tables are neither wrapped nor cut.\n\n\
        `-o FORMAT` selects the format. `ABMCTL_OUTPUT` sets the default.\n\n\
        * `table`: a table for people\n\
        * `json`: one JSON document\n\
        * `ndjson`: one JSON object per line, as soon as it is known\n\
        * `csv`: rows, with a header. A cell that a spreadsheet would read as a formula gets a ' in front, unless `--raw` is given.\n\
        * `yaml`: one YAML document\n\n\
        Keys are snake_case, times are RFC 3339 in UTC, and absent values are `null`. Reading gives a list, or one object for `get` of one. \
        A later version may add members. If one is removed or changes its meaning, that is a breaking change.\n\n\
        A change gives an object: `changed` (whether anything is different, or with `dry_run` would be), `dry_run` (true with \
        `--dry-run` and `--check` too), `profile`, `sandbox` if Apple was involved, and `changes`, one for each thing.\n\n\
        `--columns A,B` selects columns, by their names in json, in every format. `api` prints Apple's own document unchanged, as json or ndjson.\n\n\
        With json and ndjson, an error is a document on standard error. The page on [exit codes](exit-codes.md) shows it.\n",
    );
    for section in SECTIONS {
        text.push_str(&format!("\n## {}\n", section.heading));
        if !section.about.is_empty() {
            text.push_str(&format!("\n{}\n", section.about));
        }
        text.push_str("\n| member | meaning |\n|---|---|\n");
        for (member, meaning) in section.members {
            text.push_str(&format!("| `{member}` | {meaning} |\n"));
        }
        for line in section.lines {
            let real = line.replace("token-prod.json", token.to_str().unwrap());
            let ran = machine.run(&real);
            assert!(matches!(ran.code, 0 | 9), "{ran}");
            let mut document = ran.json();
            for row in rows(&document) {
                for member in row.as_object().unwrap().keys() {
                    let said = section.members.iter().any(|(said, _)| said == member);
                    assert!(said, "{line}: what {member} means is not said");
                }
            }
            let mut more = 0;
            if let Value::Array(rows) = &mut document {
                more = rows.len().saturating_sub(SHOWN);
                rows.truncate(SHOWN);
            }
            text.push_str(&format!(
                "\n```console\n$ abmctl {line}\n{document:#}\n```\n"
            ));
            if more > 0 {
                text.push_str(&format!("\nand {more} more.\n"));
            }
        }
    }
    text.push_str(
        "\nThis page is generated from the program on its sandbox, and a test keeps it in step.\n",
    );
    let port = Regex::new("http://\\[apple\\]").unwrap();
    let text = port.replace_all(&text, "http://127.0.0.1:8080");
    // What differs from run to run.
    let took = Regex::new(r#""took_ms": \d+"#).unwrap();
    let text = took.replace_all(&text, "\"took_ms\": 12");
    let id = Regex::new(r#""id": "[0-9a-f]{16}""#).unwrap();
    let text = id.replace_all(&text, "\"id\": \"3f2a90d1c4b87e65\"");
    let address = Regex::new(r#""address": "127.0.0.1:\d+""#).unwrap();
    let text = address.replace_all(&text, "\"address\": \"127.0.0.1:8443\"");
    pin(
        Path::new("docs/reference/outputs.md"),
        &text.replace("[home]", "/home/you"),
    );
}
