//! Devices: what the organization has, and how they are changed.

pub mod change;
pub mod extra;
pub mod history;
mod idle;
pub mod migrations;
pub mod plan;
pub mod read;
pub mod serials_file;
pub mod servers_map;
