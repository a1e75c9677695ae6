//! The account-driven enrollment URLs that Apple hands to devices, one for each server token: read, looked at, changed.

pub mod change;
pub mod default_for;
pub mod known;
pub mod look;
pub mod precondition;
pub mod template;
pub mod url;
pub mod write;

pub use crate::apple::device_assignment::discovery::Registered;
