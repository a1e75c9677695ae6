//! The account-driven enrollment URLs that Apple hands to devices, one for each server token: read, looked at, changed, declared.

pub mod change;
pub mod declare;
pub mod declared;
pub mod default_for;
pub mod known;
pub mod look;
pub mod precondition;
pub mod template;
pub mod write;

pub use crate::apple::device_assignment::discovery::Registered;
