//! Every command's behaviour: standard output, standard error and exit status, in one snapshot each.
//!
//! The commands run in this process through `abmctl::run`, in a cleared environment, against the emulator, with which they
//! share a clock. Snapshots are made anew with `INSTA_UPDATE=always cargo test`; read the difference before it is kept.
#![cfg(feature = "sandbox")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod support;
#[path = "../web/mod.rs"]
mod web;

mod adde_url;
mod adde_url_check;
mod adde_url_declare;
mod adde_url_many;
mod adde_url_verify;
mod api;
mod assign;
mod assign_existing;
mod auth;
mod auth_roster;
mod completion;
#[path = "../consent/mod.rs"]
mod consent;
mod devices;
mod devices_change;
mod devices_colleague;
mod devices_each;
mod devices_endings;
mod devices_log;
mod devices_moving;
mod devices_pages;
mod devices_resume;
mod devices_serials;
mod devices_told;
mod domains;
mod domains_check;
mod domains_declare;
mod domains_kept;
mod domains_log;
mod general;
mod generated;
mod help;
mod journal;
mod kept_version;
mod new_state;
mod odd_items;
mod printed;
mod private_keys;
mod profiles;
mod read_only;
mod remembered;
mod replaced;
mod rows;
mod sandbox;
mod sandbox_profile;
mod secrets;
mod server_changes;
mod servers;
mod servers_delete;
mod servers_delete_stopped;
mod side_by_side;
mod tokens;
mod troubleshooting;
mod waiting;
mod whole_way;
