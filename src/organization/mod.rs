//! One organization: what it has at Apple, what is kept of it on this machine, and how both are changed. No command line, no
//! tables, no prompts.

pub mod defaults;
pub mod notices;
pub mod profile;
