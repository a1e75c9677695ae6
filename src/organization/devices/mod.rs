//! Devices: what the organization has, and how they are changed.

pub mod existing;
pub mod read;
pub mod serials_file;
pub mod servers_map;
