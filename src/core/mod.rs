//! Decisions, pure: facts in, decisions out.

pub mod defaults;
pub mod platform;
