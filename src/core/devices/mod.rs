//! Devices: what is decided about them.

pub mod change;
