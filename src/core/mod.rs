//! Decisions, pure: facts in, decisions out.

pub mod adde_url;
pub mod audit_log;
pub mod authorization;
pub mod declared_urls;
pub mod defaults;
pub mod device_url;
pub mod devices;
pub mod domains;
pub mod durations;
pub mod enrollment;
pub mod lookup;
pub mod mounts;
pub mod names;
pub mod new_server_name;
pub mod platform;
pub mod printed;
pub mod server_removal;
pub mod server_use;
pub mod service_discovery;
pub mod sightings;
