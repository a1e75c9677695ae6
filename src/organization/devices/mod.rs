//! Devices: what the organization has, and how they are changed.

pub mod change;
