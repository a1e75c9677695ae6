//! One organization at Apple: what it has, and how it is changed. No command line, no tables, no prompts.

pub mod defaults;
pub mod notices;
