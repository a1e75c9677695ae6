//! Clients of Apple's services. No command line, no printing, no configuration files.

pub mod enrollment;
pub mod error;
pub mod http;
pub mod lenient;
pub mod manager;
pub mod oauth;
pub mod page;
pub mod retry;
pub mod roster;
